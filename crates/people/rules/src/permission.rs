//! What people may do with accounts and what belongs to them. What a person does with their own account needs no more than
//! being signed in.

use base_core::permission::{ACCOUNT_MANAGE, Grant, Permission, Role};

/// See the accounts, and what each of them did.
pub const ACCOUNT_READ: Permission = Permission::new("account.read");
/// Take out everything that is kept of a person, and remove a person.
pub const PERSON_ERASE: Permission = Permission::new("person.erase");
/// Ask for a higher role.
pub const PROMOTION_ASK: Permission = Permission::new("promotion.ask");
/// Decide who gets a higher role.
pub const PROMOTION_DECIDE: Permission = Permission::new("promotion.decide");
/// See the mails that were sent or failed, and send them again.
pub const MAIL_MANAGE: Permission = Permission::new("mail.manage");
/// Change the settings of the site.
pub const SETTING_MANAGE: Permission = Permission::new("setting.manage");

/// Everything that this wing declares.
pub const ALL: &[Permission] =
    &[ACCOUNT_READ, PERSON_ERASE, PROMOTION_ASK, PROMOTION_DECIDE, MAIL_MANAGE, SETTING_MANAGE];

/// Which roles may.
pub const GRANTS: &[Grant] = &[
    (Role::Admin, &[ACCOUNT_READ, ACCOUNT_MANAGE, PERSON_ERASE, PROMOTION_DECIDE, MAIL_MANAGE, SETTING_MANAGE]),
    (Role::Biller, &[PROMOTION_ASK]),
    (Role::Dispatcher, &[PROMOTION_ASK]),
    (Role::Organiser, &[PROMOTION_ASK]),
    (Role::Steward, &[PROMOTION_ASK]),
];
