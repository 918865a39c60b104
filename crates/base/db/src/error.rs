//! What can go wrong with the database, sorted by what the caller can do about it.

/// A failed database call.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another transaction was faster; nothing was written and the same work may be tried again.
    #[error("another transaction changed the same rows first")]
    Conflict,
    /// The address names no database that this program knows.
    #[error("{0:?} is no database address: use sqlite:PATH or postgres://USER@HOST/NAME")]
    Address(String),
    /// The database holds something that the program cannot have written.
    #[error("the database holds an unreadable {what}: {value:?}")]
    Unreadable {
        /// The kind of value.
        what: &'static str,
        /// The value.
        value: String,
    },
    /// The schema could not be brought up to date.
    #[error("the database could not be migrated")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// The disk did not keep what was written, now or earlier. Nothing is written any more until the program starts again.
    #[error("the disk did not keep what was written; look at it, then start the program again")]
    Disk(#[source] Option<std::io::Error>),
    /// Everything else: not reachable, disk full, broken.
    #[error("the database refused")]
    Database(#[source] sqlx::Error),
}

/// PostgreSQL: serialization failure, deadlock. Both mean: rolled back, try again.
const RETRY_CODES: [&str; 2] = ["40001", "40P01"];

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let database = error.as_database_error();
        let retry = database
            .and_then(sqlx::error::DatabaseError::code)
            .is_some_and(|code| RETRY_CODES.contains(&code.as_ref()));
        let meets = database.is_some_and(|fault| fault.is_unique_violation() || fault.is_foreign_key_violation());
        if retry || meets { Self::Conflict } else { Self::Database(error) }
    }
}
