//! Reads the database of the earlier customer portal, so that its accounts and its trail can be imported.
//!
//! It comes from its SQL Server or from CSV files of its tables. Customers and the audit log are read;
//! sessions are not, because people sign in again, and neither are reset tokens, which it never used. Invariant: a row is
//! read or refused with a reason, never changed in silence. Nothing is written here, and no password is in a message.

mod cells;
mod customer;
mod entry;
mod files;
mod options;
mod reading;
mod server;
mod time;

pub use cells::{Fault, Table};
pub use customer::{OldCustomer, OldPassword};
pub use entry::{Details, OldEntry};
pub use files::{FileFault, read_file};
pub use options::{Options, Warning};
pub use reading::{Reading, Refused};
pub use server::read_server;
