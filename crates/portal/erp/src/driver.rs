//! How a statement reaches a database and its rows come back, for each kind of database.
//!
//! Invariant: a driver knows no statement and no shape. Its connections only read; a row is handed on as it comes, so that
//! a result is held in memory once.

mod postgres;
mod sql_server;
mod sqlite;
mod tds_fault;
mod tds_pool;

use std::sync::Arc;

use async_trait::async_trait;

use crate::dialect::Dialect;
use crate::error::ErpError;
use crate::settings::{Limits, Place};

/// A statement that reads, made in this crate.
#[derive(Clone, Debug)]
pub(crate) struct Statement {
    /// The text; it has no text of a visitor in it.
    pub text: String,
    /// Its parameters.
    pub parameters: Vec<String>,
}

/// Takes one row as it comes. What it returns as a fault ends the read.
pub type Take<'t> = dyn FnMut(&[Option<&str>]) -> Result<(), ErpError> + Send + 't;

/// A database that is read.
#[async_trait]
pub(crate) trait Driver: Send + Sync {
    /// Which one it is.
    fn dialect(&self) -> Dialect;

    /// Runs one statement, whose columns are all text, and hands on its rows. No longer than the limit on a query.
    async fn read(&self, statement: &Statement, take: &mut Take<'_>) -> Result<(), ErpError>;
}

/// Opens what is at `place`. No connection is made yet.
pub(crate) fn open(place: &Place, limits: Limits) -> Result<Arc<dyn Driver>, ErpError> {
    Ok(match place {
        Place::Sqlite(file) => Arc::new(sqlite::Sqlite::new(file, limits)),
        Place::Postgres(address) => Arc::new(postgres::Postgres::new(address, limits)?),
        Place::SqlServer(place) => Arc::new(sql_server::SqlServer::new(place, limits)?),
    })
}

/// What sqlx says, sorted.
fn sorted(fault: &sqlx::Error) -> ErpError {
    /// PostgreSQL's codes for a statement that was ended by its time limit, and for a login that is not known.
    const CANCELLED: &str = "57014";
    const SIGN_IN: [&str; 2] = ["28P01", "28000"];
    match fault {
        sqlx::Error::Database(database) => {
            let code = database.code().unwrap_or_default();
            let interrupted = database.message() == "interrupted";
            match code.as_ref() {
                CANCELLED => ErpError::Slow,
                code if SIGN_IN.contains(&code) => ErpError::SignIn,
                _ if interrupted => ErpError::Slow,
                // SQLite: the file cannot be opened, or is none of its own.
                "14" => ErpError::Unreachable(database.message().to_owned()),
                code if code.starts_with("57P") || code.starts_with("08") || code.starts_with("53") => {
                    ErpError::Unreachable(database.message().to_owned())
                }
                // PostgreSQL: a value cannot be what it was to be.
                code if code.starts_with("22") => ErpError::Nonsense(database.message().to_owned()),
                _ => ErpError::Refused(database.message().to_owned()),
            }
        }
        sqlx::Error::PoolTimedOut => ErpError::Busy,
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) | sqlx::Error::ColumnIndexOutOfBounds { .. } => {
            ErpError::Nonsense(fault.to_string())
        }
        sqlx::Error::Configuration(_) => ErpError::Settings("the address of the ERP cannot be read".into()),
        other => ErpError::Unreachable(other.to_string()),
    }
}
