//! What a backup says of itself.

use serde::{Deserialize, Serialize};

/// The name of the manifest inside the archive.
pub const FILE: &str = "manifest.json";
/// The name of SQLite's file inside the archive.
pub const SQLITE_FILE: &str = "tallyhouse.db";
/// The name of PostgreSQL's own dump inside the archive.
pub const DUMP_FILE: &str = "tallyhouse.dump";
/// What is written today, but for dumps.
pub const FORMAT: u32 = 1;
/// What is written where the rows come from `pg_dump`, which a program that knows only [`FORMAT`] cannot restore.
pub const FORMAT_DUMP: u32 = 2;
/// Tables as CSV, which nothing restores.
pub const FORMAT_CSV: u32 = 10;

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

impl Entry {
    /// A file that is no table, before it is written.
    pub(crate) fn of_file(name: &str) -> Self {
        let file = name.to_owned();
        Self { file, table: None, columns: Vec::new(), rows: None, bytes: 0, sha256: String::new() }
    }
}

impl Manifest {
    /// SQLite's file, if that is what it holds.
    pub fn sqlite_file(&self) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.file == SQLITE_FILE)
    }

    /// PostgreSQL's own dump, if that is what it holds.
    pub fn dump(&self) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.file == DUMP_FILE)
    }
}
