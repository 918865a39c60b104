//! The tables of events, passes and scans at gates.

use base_db::{Migration, migration};

/// In the order over all wings.
pub const MIGRATIONS: &[Migration] = &[
    migration!(19, "0019_passes_events"),
    migration!(20, "0020_passes_passes"),
    migration!(21, "0021_passes_scans"),
    migration!(22, "0022_passes_gates"),
    migration!(23, "0023_passes_office"),
    migration!(32, "0032_passes_after"),
];
