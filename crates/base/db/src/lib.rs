//! The database, SQLite or PostgreSQL, without a table of its own: connections, transactions, statements over many rows.
//!
//! One SQL text for both; the few true differences stand in [`dialect`]. Stores keep their statements beside the
//! functions that use them; what must be true together is written in one transaction of the caller's.

#[macro_use]
pub mod conn;
#[macro_use]
pub mod batch;
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

/// A part of a log filter: PostgreSQL's notices tell that what should be there is there, and nobody reads them.
pub const QUIET_LOG: &str = "sqlx::postgres::notice=warn";
