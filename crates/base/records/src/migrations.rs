//! The tables that all wings share.
//!
//! A file is named `NNNN_wing_what.sql` and has the same name for both databases; the numbers are one order over all
//! wings. Invariants: a released file is never edited (`tests/tidy` holds their hashes); each release only adds, so
//! that the program before it works on the new schema; base's tables refer to base's alone, another wing's to its own
//! and to base's.

use base_db::{Migration, migration};

/// The tables that every wing builds on.
pub const MIGRATIONS: &[Migration] = &[
    migration!(1, "0001_base_accounts"),
    migration!(2, "0002_base_audit"),
    migration!(3, "0003_base_site"),
    migration!(4, "0004_base_mail"),
    migration!(5, "0005_base_files"),
    migration!(11, "0011_base_preferences"),
    migration!(12, "0012_base_people"),
    migration!(14, "0014_base_sign_in"),
    migration!(17, "0017_base_idle_customers"),
    migration!(26, "0026_base_parties"),
    migration!(28, "0028_base_proof"),
    migration!(29, "0029_base_directory"),
    migration!(31, "0031_base_backups"),
    migration!(33, "0033_base_mail_account"),
    migration!(34, "0034_base_health"),
    migration!(35, "0035_base_alerts"),
    migration!(36, "0036_base_job_runs"),
    migration!(37, "0037_base_backup_copies"),
];
