//! The migrations of this wing.

use base_db::{Migration, migration};

/// Each step, in order. A step of a release never changes; a new one is added behind it.
pub const MIGRATIONS: &[Migration] = &[
    migration!(13, "0013_people_resets"),
    migration!(15, "0015_people_second_factor"),
    migration!(30, "0030_people_passkeys"),
];
