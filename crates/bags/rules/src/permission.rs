//! What people may do with bags and bills, and which roles may.

use base_core::permission::{Grant, Permission, Role};

/// Scan parents and children, undo, unlink, move, close.
pub const BAG_SCAN: Permission = Permission::new("bag.scan");
/// Look up bags, their history and their scans.
pub const BAG_READ: Permission = Permission::new("bag.read");
/// Remove bags (rules D1 to D4).
pub const BAG_DELETE: Permission = Permission::new("bag.delete");
/// Replace the whole list of a parent's children.
pub const BAG_EDIT: Permission = Permission::new("bag.edit");
/// Look at bills; a dispatcher only at those with a bag of their area.
pub const BILL_READ: Permission = Permission::new("bill.read");
/// Create, fill, complete and reopen bills.
pub const BILL_EDIT: Permission = Permission::new("bill.edit");
/// Remove bills, and have their figures recalculated.
pub const BILL_DELETE: Permission = Permission::new("bill.delete");
/// Sum up one's own bills.
pub const BILL_SUMMARY: Permission = Permission::new("bill.summary");
/// Sum up everybody's bills, and read and send the day's report.
pub const BILL_SUMMARY_ALL: Permission = Permission::new("bill.summary_all");
/// Read the scan report and the area report of one's scope.
pub const REPORT_READ: Permission = Permission::new("report.read");

/// Every permission of this wing.
pub const ALL: &[Permission] = &[
    BAG_SCAN,
    BAG_READ,
    BAG_DELETE,
    BAG_EDIT,
    BILL_READ,
    BILL_EDIT,
    BILL_DELETE,
    BILL_SUMMARY,
    BILL_SUMMARY_ALL,
    REPORT_READ,
];

/// Which roles have them.
pub const GRANTS: &[Grant] = &[
    (Role::Admin, ALL),
    (Role::Biller, &[BAG_SCAN, BAG_READ, BAG_DELETE, BILL_READ, BILL_EDIT, BILL_SUMMARY, REPORT_READ]),
    (Role::Dispatcher, &[BAG_SCAN, BAG_READ, BILL_READ, REPORT_READ]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_admin_and_biller_remove_bags() {
        let may: Vec<Role> =
            GRANTS.iter().filter(|(_, held)| held.contains(&BAG_DELETE)).map(|(role, _)| *role).collect();
        assert_eq!(may, [Role::Admin, Role::Biller]);
    }
}
