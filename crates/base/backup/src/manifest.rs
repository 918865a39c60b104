//! What a backup says of itself.

use serde::{Deserialize, Serialize};

/// The name of the manifest inside the archive.
pub const FILE: &str = "manifest.json";
/// The name of SQLite's file inside the archive.
pub const SQLITE_FILE: &str = "tallyhouse.db";
/// What is written today.
pub const FORMAT: u32 = 1;

/// The last file of every backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Which form of backup it is, see [`FORMAT`].
    pub format: u32,
    /// The version of the program that made it.
    pub version: String,
    /// `SQLite` or `PostgreSQL`.
    pub database: String,
    /// The moment it shows, in RFC 3339.
    pub taken_at: String,
    /// The number of its last migration.
    pub schema: i64,
    /// What else is in it, in the order in which it is restored.
    pub entries: Vec<Entry>,
}

/// One file of a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its name in the archive.
    pub file: String,
    /// The table whose rows it holds; `None` for SQLite's file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// The columns of its rows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<String>,
    /// How many rows it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<u64>,
    /// Its length in bytes, unpacked.
    pub bytes: u64,
    /// Its SHA-256 in hexadecimal, unpacked.
    pub sha256: String,
}
