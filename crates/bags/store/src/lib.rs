//! Bags, bills and scans in the database, with what is counted and reported of them.
//!
//! One file per noun, each with the statements it uses beside the functions that use them. What must be true together is
//! written in one transaction of the caller's.

#[macro_use(on, execute, execute_rows, execute_in, select_in, packed, packed_row, select_packed, select_query)]
extern crate base_db;

pub mod bag;
pub mod bill;
pub mod board;
pub mod counter;
pub mod export;
pub mod floor;
pub mod link;
pub mod made;
pub mod migrations;
pub mod person_data;
pub mod person_scans;
pub mod report;
pub mod sample;
pub mod scan;
pub mod scratch;
pub mod search;
pub mod state;
pub mod workplace;
