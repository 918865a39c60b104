//! The database, SQLite or PostgreSQL. One SQL text for both; the few true differences stand in `dialect`.
//!
//! Invariant: only this crate knows SQL. One file per noun, each with the statements it uses beside the functions that
//! use them. What must be true together is written in one transaction of the caller's.

#[macro_use]
mod db;
#[macro_use]
mod batch;
mod dialect;
mod error;
#[macro_use]
mod packed;
#[macro_use]
mod query;

pub mod account;
pub mod audit;
pub mod bag;
pub mod bill;
pub mod board;
pub mod counter;
pub mod earlier;
pub mod export;
pub mod floor;
pub mod house_key;
pub mod import;
pub mod job;
pub mod link;
pub mod mail;
pub mod person_scans;
pub mod report;
pub mod sample;
pub mod scan;
pub mod scratch;
mod seal;
pub mod search;
pub mod session;
pub mod setting;
pub mod state;
pub mod token;
mod tx;
pub mod workplace;
mod writes;

pub use db::{Conn, Db, OpenOptions, Reader, Snapshot};
pub use error::StoreError;
pub use seal::Seal;
pub use tx::Tx;

/// A part of a log filter: PostgreSQL's notices tell that what should be there is there, and nobody reads them.
pub const QUIET_LOG: &str = "sqlx::postgres::notice=warn";
