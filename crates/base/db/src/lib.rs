//! The database, SQLite or PostgreSQL, without a table of its own: connections, transactions, statements over many rows.
//!
//! One SQL text for both; the few real differences are in [`dialect`]. Stores keep their statements beside the
//! functions that use them; what belongs together is written in one transaction of the caller.

mod background;
#[macro_use]
pub mod conn;
#[macro_use]
pub mod batch;
pub mod calls;
pub mod copy;
pub mod db;
pub mod dialect;
pub mod error;
mod flush;
pub mod inspect;
pub mod maintain;
pub mod migrate;
#[macro_use]
pub mod packed;
#[macro_use]
pub mod query;
pub mod scratch;
mod silence;
pub mod slow;
mod tx;
pub mod waits;
mod watch;
pub mod writes;

pub use background::background;
pub use batch::Batch;
pub use conn::{Conn, Either, Reader, Snapshot};
pub use db::{Db, OpenOptions};
pub use error::{Cause, StoreError};
pub use flush::Flush;
pub use migrate::{Migration, Migrations, SchemaState};
pub use tx::Tx;
pub use waits::FIGURES;
pub use watch::PoolState;
pub use writes::{Cell, Writes};

/// Part of a log filter that leaves out PostgreSQL's notices, which only say that something exists already, and statements
/// that took long, which are kept in memory ([`slow`]).
pub const QUIET_LOG: &str = "sqlx::postgres::notice=warn,sqlx::query=error";
