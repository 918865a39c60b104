//! The connection that store functions take, to either database, and the macros that run one body on both.

use std::ops::DerefMut;

use sqlx::pool::PoolConnection;
use sqlx::postgres::PgConnection;
use sqlx::sqlite::SqliteConnection;
use sqlx::{Postgres, Sqlite, Transaction};

use crate::dialect::Dialect;

/// One value or another, depending on the database.
#[derive(Debug)]
pub enum Either<S, P> {
    /// SQLite's.
    Sqlite(S),
    /// PostgreSQL's.
    Postgres(P),
}

/// A borrowed connection: what the functions of this crate take.
pub type Conn<'c> = Either<&'c mut SqliteConnection, &'c mut PgConnection>;
/// A connection for reading.
pub type Reader = Either<PoolConnection<Sqlite>, PoolConnection<Postgres>>;
/// A connection that sees everything as it was when it first read, whatever is written meanwhile.
pub type Snapshot = Either<Transaction<'static, Sqlite>, Transaction<'static, Postgres>>;
/// Runs one body on whichever database is open. Inside, `c` is `&mut &mut Connection`.
#[macro_export]
macro_rules! on {
    ($conn:expr, $c:ident => $body:expr) => {
        match &mut $conn {
            $crate::conn::Either::Sqlite($c) => $body,
            $crate::conn::Either::Postgres($c) => $body,
        }
    };
}

/// Runs one statement with its values and returns the number of rows affected.
#[macro_export]
macro_rules! execute {
    ($conn:expr, $text:expr $(, $value:expr)* $(,)?) => {
        $crate::on!($conn, c => sqlx::query($text)$(.bind($value))*.execute(&mut **c).await?.rows_affected())
    };
}

impl<S: DerefMut<Target = SqliteConnection>, P: DerefMut<Target = PgConnection>> Either<S, P> {
    /// The connection, for the functions of this crate.
    pub fn conn(&mut self) -> Conn<'_> {
        match self {
            Self::Sqlite(connection) => Either::Sqlite(connection),
            Self::Postgres(connection) => Either::Postgres(connection),
        }
    }
}

impl Conn<'_> {
    /// Which database this is.
    pub fn dialect(&self) -> Dialect {
        match self {
            Self::Sqlite(_) => Dialect::Sqlite,
            Self::Postgres(_) => Dialect::Postgres,
        }
    }

    /// The same connection for one more call.
    pub fn reborrow(&mut self) -> Conn<'_> {
        match self {
            Self::Sqlite(connection) => Either::Sqlite(connection),
            Self::Postgres(connection) => Either::Postgres(connection),
        }
    }
}
