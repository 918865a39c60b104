//! What the portal keeps of customers: whose stock they see, the views that they saved, and what they want to be told. The
//! stock itself is never stored.
//!
//! One file for each noun, with its statements beside the functions that use them.

#[macro_use(on, execute, execute_rows, select_query)]
extern crate base_db;

mod by;
pub mod customer;
pub mod earlier;
pub mod migrations;
pub mod person_data;
pub mod recipient;
pub mod scope;
pub mod usage;
pub mod view;
pub mod watch;

pub use by::By;
