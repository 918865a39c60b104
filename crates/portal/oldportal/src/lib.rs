//! Brings the database of the earlier customer portal over: its accounts and its trail.
//!
//! It comes from its SQL Server or from CSV files of its tables. Customers and the audit log are read;
//! sessions are not, because people sign in again, and neither are reset tokens, which it never used. Invariant: a row is
//! read or refused with a reason, never changed in silence; nothing is written to the earlier database; what is brought over
//! a second time changes nothing; no password is in a message.

#[macro_use(on, execute_rows)]
extern crate base_db;

mod archive;
mod bring;
mod cells;
mod customer;
mod entry;
mod files;
mod options;
mod reading;
mod report;
mod server;
mod time;
mod trail;

pub use archive::write as write_archive;
pub use bring::{Brought, Counts, Finding, Target, bring_over};
pub use cells::{Fault, Table};
pub use customer::{OldCustomer, OldPassword};
pub use entry::{Details, OldEntry};
pub use files::{FileFault, read_file};
pub use options::{Options, Warning};
pub use reading::{Reading, Refused, Strange};
pub use report::write as write_report;
pub use server::read_server;
