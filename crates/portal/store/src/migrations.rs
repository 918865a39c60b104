//! The tables of the portal.

use base_db::{Migration, migration};

/// In the order over all wings.
pub const MIGRATIONS: &[Migration] =
    &[migration!(24, "0024_portal_scopes"), migration!(25, "0025_portal_views"), migration!(27, "0027_portal_earlier")];
