//! What a site sets of its portal while it runs.

use base_core::setting::{Declared, Kind};

/// For how many hours stock that was read earlier is shown while the ERP is slow or away, with its time; 0 is never.
pub const LAST_GOOD_HOURS: Declared = Declared::new("portal.last_good_hours", Kind::Number { min: 0, max: 168 }, "24");
/// How many days before its expiry stock is marked as expiring soon.
pub const SOON_DAYS: Declared = Declared::new("portal.soon_days", Kind::Number { min: 0, max: 730 }, "30");

/// All of them.
pub const ALL: &[Declared] = &[LAST_GOOD_HOURS, SOON_DAYS];
