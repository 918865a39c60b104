//! The tables of bags, bills and scans.

use base_db::{Migration, migration};

/// In the order over all wings.
pub const MIGRATIONS: &[Migration] = &[
    migration!(6, "0006_bags_bags"),
    migration!(7, "0007_bags_bills"),
    migration!(8, "0008_bags_scans"),
    migration!(9, "0009_bags_search"),
    migration!(16, "0016_bags_removed"),
    migration!(18, "0018_bags_bill_transport"),
];
