//! The tables of events, passes and scans at gates.

use base_db::{Migration, migration};

/// In the order over all wings.
pub const MIGRATIONS: &[Migration] =
    &[migration!(24, "0019_passes_events"), migration!(25, "0020_passes_passes"), migration!(26, "0021_passes_scans")];
