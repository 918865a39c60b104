//! What can go wrong with a backup.

use std::path::{Path, PathBuf};

use base_db::StoreError;

/// Why a backup could not be made, read or restored.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file or folder cannot be read or written.
    #[error("{path}: {error}")]
    Disk {
        /// Which.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// The bytes are not those that were written.
    #[error("{path} is damaged: {what}; restore another backup")]
    Damaged {
        /// The backup.
        path: PathBuf,
        /// What differs.
        what: String,
    },
    /// It is encrypted, and there is no passphrase.
    #[error("{0} is encrypted; give its passphrase in BACKUP_PASSPHRASE_FILE")]
    NoPassphrase(PathBuf),
    /// The passphrase is not the one it was made with.
    #[error("{0} cannot be decrypted: the passphrase is not the one it was made with, or the file is damaged")]
    Passphrase(PathBuf),
    /// It is no backup of this program.
    #[error("{path} is no backup of Tallyhouse: {what}")]
    Foreign {
        /// The file.
        path: PathBuf,
        /// What is missing or unknown.
        what: String,
    },
    /// It was made by a newer program.
    #[error(
        "{path} was made by a newer version ({version}, schema {schema}); restore it with that version or a later one"
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// The version that made it.
        version: String,
        /// Its last migration.
        schema: i64,
    },
    /// SQLite's backup for PostgreSQL, or the other way round.
    #[error("the backup is of {of}, and the database is {here}; give a database of that kind by --database")]
    OtherKind {
        /// The kind of the backup.
        of: String,
        /// The kind of the database.
        here: &'static str,
    },
    /// A copy elsewhere could not be made, found or read.
    #[error("{place}: {what}")]
    Copy {
        /// Where.
        place: String,
        /// Why.
        what: String,
    },
    /// A program of PostgreSQL is missing or failed.
    #[error("{program}: {what}")]
    Program {
        /// Which.
        program: &'static str,
        /// Why.
        what: String,
    },
    /// There is something already where it should go.
    #[error("{0} is not empty; restore into a new database, so that nothing is lost")]
    NotEmpty(String),
}

impl BackupError {
    /// From a file of the system.
    pub(crate) fn disk(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |error| Self::Disk { path, error }
    }

    /// From a file whose bytes are wrong.
    pub(crate) fn damaged(path: &Path, what: impl Into<String>) -> Self {
        Self::Damaged { path: path.to_owned(), what: what.into() }
    }
}
