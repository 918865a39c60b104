//! The tables of events, passes and scans at gates.

use base_db::{Migration, migration};

/// In the order over all wings.
pub const MIGRATIONS: &[Migration] =
    &[migration!(24, "0024_passes_events"), migration!(25, "0025_passes_passes"), migration!(26, "0026_passes_scans")];
