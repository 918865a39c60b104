//! The tables of the importer: what came from where.

use base_db::{Migration, migration};

/// In the order over all wings.
pub const MIGRATIONS: &[Migration] = &[migration!(10, "0010_traitortrack_import")];
