//! What can go wrong with the database, sorted by cause: what goes away by itself, and what is our fault.
//!
//! Invariant: an error whose cause is not listed is our fault. If it counted as passing, it would be retried forever
//! and never fixed.

use std::error::Error;
use std::sync::Arc;

use sqlx::postgres::PgDatabaseError;
use sqlx::sqlite::SqliteError;

/// A failed database call.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another transaction was faster; nothing was written and the same work may be tried again.
    #[error("another transaction changed the same rows first")]
    Conflict,
    /// A row exists already, or one is missing that another refers to. Nothing was written. Another transaction may
    /// have been faster, so the same work may be tried again; where that does not help, it is our fault.
    #[error("a constraint of the database refused")]
    Constraint(#[source] sqlx::Error),
    /// The address names no database that this program knows.
    #[error("{0:?} is not a database address: use sqlite:PATH or postgres://USER@HOST/NAME")]
    Address(String),
    /// The database contains something that the program cannot have written.
    #[error("the database contains an unreadable {what}: {value:?}")]
    Unreadable {
        /// The kind of value.
        what: &'static str,
        /// The value.
        value: String,
    },
    /// The schema was made by other migrations than those of this program.
    #[error(
        "migration {number} of this database is not the one of this program: the database was made by a version from before \
         the first release. Such a database cannot be brought up to date; start with an empty one, and import into it again"
    )]
    ForeignSchema {
        /// The first migration that differs.
        number: i64,
    },
    /// The schema could not be brought up to date.
    #[error("the database could not be migrated")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// The disk did not keep what was written, now or earlier. Nothing is written any more until the program starts again.
    #[error("the disk did not keep what was written; look at it, then start the program again")]
    Disk(#[source] Option<std::io::Error>),
    /// Everything else: not reachable, disk full, a mistake in our SQL. [`Cause::of`] tells them apart.
    #[error("the database refused")]
    Database(#[source] sqlx::Error),
}

/// Who can do something about a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// It goes away by itself: the database is unreachable, busy or full. The same work may be tried again later.
    Passing,
    /// It is a mistake in the program or in the contents of the database. Retrying does not help; somebody has to look
    /// at it.
    Ours,
}

/// PostgreSQL: classes and codes of failures that go away by themselves. Connection, wrong credentials or no such
/// database (while somebody moves or restores it), rolled back, out of resources, in use, stopped by an operator or
/// restarting, read-only after a failover, a transaction that was left idle for too long, and a disk that cannot be read or written.
const POSTGRES_PASSING: [&str; 10] = ["08", "28", "3D", "40", "53", "55", "57", "25006", "25P03", "58030"];

/// SQLite: primary codes of failures that go away by themselves. Busy, locked, out of memory, interrupted, input or
/// output, disk full, file cannot be opened, locking protocol.
const SQLITE_PASSING: [i32; 8] = [5, 6, 7, 9, 10, 13, 14, 15];
/// SQLite: written through a connection that only reads. Its extended codes stand for a file that was moved, or a
/// disk that is read-only for now.
const SQLITE_READ_ONLY: i32 = 8;

/// PostgreSQL: serialization failure, deadlock. Both mean: rolled back, try again.
const RETRY_CODES: [&str; 2] = ["40001", "40P01"];

impl Cause {
    /// The cause of any error that was caused by a [`StoreError`], directly or not; `None` where there is none.
    pub fn behind(error: &(dyn Error + 'static)) -> Option<Self> {
        let mut next = Some(error);
        while let Some(error) = next {
            let store = error.downcast_ref::<StoreError>();
            let store = store.or_else(|| error.downcast_ref::<Arc<StoreError>>().map(|shared| &**shared));
            if let Some(store) = store {
                return Some(Self::of(store));
            }
            next = error.source();
        }
        None
    }

    /// The cause of a failed call. To be asked when the retries are over.
    pub fn of(error: &StoreError) -> Self {
        match error {
            StoreError::Conflict | StoreError::Disk(_) => Self::Passing,
            StoreError::Constraint(_)
            | StoreError::Address(_)
            | StoreError::Unreadable { .. }
            | StoreError::ForeignSchema { .. } => Self::Ours,
            StoreError::Migration(error) => Self::of_migration(error),
            StoreError::Database(error) => Self::of_driver(error),
        }
    }

    fn of_driver(error: &sqlx::Error) -> Self {
        use sqlx::Error as E;
        let is_passing = match error {
            E::Io(_) | E::Tls(_) | E::PoolTimedOut | E::PoolClosed | E::WorkerCrashed => true,
            E::Database(fault) => {
                if let Some(fault) = fault.try_downcast_ref::<PgDatabaseError>() {
                    POSTGRES_PASSING.iter().any(|code| fault.code().starts_with(code))
                } else if fault.try_downcast_ref::<SqliteError>().is_some() {
                    fault.code().and_then(|code| code.parse().ok()).is_some_and(passes_in_sqlite)
                } else {
                    false
                }
            }
            E::Migrate(error) => return Self::of_migration(error),
            _ => false,
        };
        if is_passing { Self::Passing } else { Self::Ours }
    }

    fn of_migration(error: &sqlx::migrate::MigrateError) -> Self {
        use sqlx::migrate::MigrateError as E;
        match error {
            E::Execute(error) | E::ExecuteMigration(error, _) => Self::of_driver(error),
            _ => Self::Ours,
        }
    }
}

/// `code` is an extended result code; its lowest byte is the primary one.
fn passes_in_sqlite(code: i32) -> bool {
    let primary = code & 0xff;
    SQLITE_PASSING.contains(&primary) || (primary == SQLITE_READ_ONLY && code != SQLITE_READ_ONLY)
}

impl StoreError {
    /// True when another transaction was or may have been faster: the same work is worth retrying a few times at once.
    pub fn is_conflict(&self) -> bool {
        matches!(self, Self::Conflict | Self::Constraint(_))
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let database = error.as_database_error();
        let retry = database
            .and_then(sqlx::error::DatabaseError::code)
            .is_some_and(|code| RETRY_CODES.contains(&code.as_ref()));
        let is_in_the_way =
            database.is_some_and(|fault| fault.is_unique_violation() || fault.is_foreign_key_violation());
        match error {
            _ if retry => Self::Conflict,
            error if is_in_the_way => Self::Constraint(error),
            error => Self::Database(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_of_sqlite_is_sorted_by_its_primary_part() {
        // SQLITE_BUSY_SNAPSHOT, SQLITE_IOERR_WRITE, SQLITE_FULL, SQLITE_CANTOPEN, SQLITE_READONLY_DBMOVED.
        assert!([517, 778, 13, 14, 1032].into_iter().all(passes_in_sqlite));
        // SQLITE_ERROR, SQLITE_READONLY, SQLITE_CORRUPT, SQLITE_CONSTRAINT_CHECK, SQLITE_MISMATCH, SQLITE_MISUSE.
        assert!(![1, 8, 11, 275, 20, 21].into_iter().any(passes_in_sqlite));
    }

    #[test]
    fn the_cause_is_found_inside_other_errors() {
        #[derive(Debug, thiserror::Error)]
        #[error("the outer error")]
        struct Outer(#[source] Arc<StoreError>);
        let passing = Outer(Arc::new(StoreError::Conflict));
        assert_eq!(Cause::behind(&passing), Some(Cause::Passing));
        let ours = Outer(Arc::new(StoreError::from(sqlx::Error::ColumnNotFound("colour".into()))));
        assert_eq!(Cause::behind(&ours), Some(Cause::Ours));
        assert_eq!(Cause::behind(&std::io::Error::other("a file")), None);
        assert_eq!(Cause::of(&StoreError::from(sqlx::Error::PoolTimedOut)), Cause::Passing);
        assert_eq!(Cause::of(&StoreError::from(sqlx::Error::RowNotFound)), Cause::Ours);
    }
}
