//! What the portal keeps of customers: whose stock they see. The stock itself is never stored.
//!
//! One file for each noun, with its statements beside the functions that use them.

#[macro_use(on, execute, execute_rows, select_query)]
extern crate base_db;

pub mod customer;
pub mod earlier;
pub mod migrations;
pub mod scope;
pub mod usage;
