//! What people may do with events and passes, and which roles may.

use base_core::permission::{Grant, IMPORT_OWN, Permission, Role};

/// See the events that one is assigned to.
pub const EVENT_READ: Permission = Permission::new("event.read");
/// See every event, assigned or not.
pub const EVENT_READ_ALL: Permission = Permission::new("event.read_all");
/// Create events, change them, and assign people to them.
pub const EVENT_MANAGE: Permission = Permission::new("event.manage");
/// Create passes.
pub const PASS_CREATE: Permission = Permission::new("pass.create");
/// List passes, look at them and export them.
pub const PASS_READ: Permission = Permission::new("pass.read");
/// Correct, transfer, cancel and refund passes.
pub const PASS_EDIT: Permission = Permission::new("pass.edit");
/// See what was taken.
pub const PASS_REVENUE: Permission = Permission::new("pass.revenue");
/// Let people in and out, and find a pass by name at the gate.
pub const PASS_REDEEM: Permission = Permission::new("pass.redeem");
/// Sell and let in at once.
pub const PASS_SELL_AT_GATE: Permission = Permission::new("pass.sell_at_gate");
/// Undo an entry.
pub const PASS_UNDO_ENTRY: Permission = Permission::new("pass.undo_entry");

/// Every permission of this wing.
pub const ALL: &[Permission] = &[
    EVENT_READ,
    EVENT_READ_ALL,
    EVENT_MANAGE,
    PASS_CREATE,
    PASS_READ,
    PASS_EDIT,
    PASS_REVENUE,
    PASS_REDEEM,
    PASS_SELL_AT_GATE,
    PASS_UNDO_ENTRY,
];

/// Which roles have them.
pub const GRANTS: &[Grant] = &[
    (Role::Admin, ALL),
    (
        Role::Organiser,
        &[
            EVENT_READ,
            PASS_CREATE,
            PASS_READ,
            PASS_EDIT,
            PASS_REVENUE,
            PASS_REDEEM,
            PASS_SELL_AT_GATE,
            PASS_UNDO_ENTRY,
            IMPORT_OWN,
        ],
    ),
    (Role::Steward, &[EVENT_READ, PASS_REDEEM]),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn roles_with(permission: Permission) -> Vec<Role> {
        GRANTS.iter().filter(|(_, held)| held.contains(&permission)).map(|(role, _)| *role).collect()
    }

    #[test]
    fn a_steward_scans_and_does_nothing_else() {
        assert_eq!(roles_with(PASS_REDEEM), [Role::Admin, Role::Organiser, Role::Steward]);
        for permission in [PASS_READ, PASS_CREATE, PASS_REVENUE, PASS_UNDO_ENTRY, PASS_SELL_AT_GATE] {
            assert_eq!(roles_with(permission), [Role::Admin, Role::Organiser], "{}", permission.name());
        }
        assert_eq!(roles_with(EVENT_MANAGE), [Role::Admin]);
    }
}
