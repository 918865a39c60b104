//! The settings of this wing that people change while the site runs.

use base_core::setting::{Declared, Kind};

/// Whether people can make themselves an account (U7).
pub const REGISTRATION: Declared = Declared::new("people.registration", Kind::Flag, "true");
/// Fewest characters of a new password.
pub const PASSWORD_MIN: Declared = Declared::new("people.password_min", Kind::Number { min: 8, max: 64 }, "8");
/// How long a temporary password opens, in hours.
pub const TEMPORARY_HOURS: Declared = Declared::new("people.temporary_hours", Kind::Number { min: 1, max: 168 }, "72");
/// How long a link for a new password opens, in minutes.
pub const LINK_MINUTES: Declared = Declared::new("people.link_minutes", Kind::Number { min: 5, max: 60 }, "60");
/// Whether customers who do nothing for a while are signed out.
pub const CUSTOMER_KICK: Declared = Declared::new("people.customer_kick", Kind::Flag, "false");
/// How e-mails and addresses are shown in the audit trail: 0 as they are, 1 masked, 2 strictly masked.
pub const AUDIT_MASK: Declared = Declared::new("people.audit_mask", Kind::Number { min: 0, max: 2 }, "1");

/// All of them.
pub const ALL: &[Declared] = &[REGISTRATION, PASSWORD_MIN, TEMPORARY_HOURS, LINK_MINUTES, CUSTOMER_KICK, AUDIT_MASK];
