//! What staff may do with customers and for them, and which roles may. A customer needs no permission: what they see is what
//! their account is given.

/// Create customers, change them, give them passwords and end their sessions.
pub use base_core::permission::CUSTOMER_MANAGE;
use base_core::permission::{Grant, IMPORT_OWN, Permission, Role};

/// See customers, their sessions and how the portal is used.
pub const CUSTOMER_READ: Permission = Permission::new("customer.read");
/// See the stock of a customer as they see it, without changing anything.
pub const CUSTOMER_VIEW: Permission = Permission::new("customer.view_as");

/// Every permission of this wing.
pub const ALL: &[Permission] = &[CUSTOMER_READ, CUSTOMER_MANAGE, CUSTOMER_VIEW];

/// What roles may do. Who looks after customers also brings in files of them.
pub const GRANTS: &[Grant] =
    &[(Role::Admin, ALL), (Role::Service, &[CUSTOMER_READ, CUSTOMER_MANAGE, CUSTOMER_VIEW, IMPORT_OWN])];
