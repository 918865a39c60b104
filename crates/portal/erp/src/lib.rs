//! The ERP: whose stock lies where, read live and never written.
//!
//! One trait ([`Erp`]) and one source of it ([`Source`]), made of a driver (SQL Server, PostgreSQL or SQLite) and of a shape:
//! the tables of Deacom, or a query of the administrator's own. Invariant: read-only by construction. Nothing here can be
//! asked to write, every connection says that it only reads, and a login that could write is refused where that can be
//! found out.

pub mod demo;
mod dialect;
mod driver;
mod error;
mod field;
mod read;
mod settings;
mod shape;
mod source;
pub mod tables;
mod text_reader;

pub use dialect::Dialect;
pub use driver::Take;
pub use error::ErpError;
pub use field::Field;
pub use settings::{Encryption, Isolation, Limits, Place, Settings, SqlServerPlace, Trust, WhichShape};
pub use shape::OwnQuery;
pub use shape::deacom::TABLES as DEACOM_TABLES;
pub use source::{Checked, Erp, Health, Inventory, Source};
pub use text_reader::TextReader;
