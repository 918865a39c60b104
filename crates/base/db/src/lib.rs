//! The database, SQLite or PostgreSQL, without a table of its own: connections, transactions, statements over many rows.
//!
//! One SQL text for both; the few real differences are in [`dialect`]. Stores keep their statements beside the
//! functions that use them; what belongs together is written in one transaction of the caller.

#[macro_use]
pub mod conn;
#[macro_use]
pub mod batch;
pub mod copy;
pub mod db;
pub mod dialect;
pub mod error;
mod flush;
pub mod migrate;
#[macro_use]
pub mod packed;
#[macro_use]
pub mod query;
pub mod scratch;
mod tx;
pub mod writes;

pub use batch::Batch;
pub use conn::{Conn, Either, Reader, Snapshot};
pub use db::{Db, OpenOptions};
pub use error::{Cause, StoreError};
pub use flush::Flush;
pub use migrate::{Migration, Migrations, SchemaState};
pub use tx::Tx;
pub use writes::{Cell, Writes};

/// Part of a log filter that leaves out PostgreSQL's notices, which only say that something exists already.
pub const QUIET_LOG: &str = "sqlx::postgres::notice=warn";
