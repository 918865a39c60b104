//! Bags, bills and scans in the database, with the counts and reports about them.
//!
//! One file for each noun, with its statements beside the functions that use them. What belongs together is written in
//! one transaction of the caller.

#[macro_use(on, execute, execute_rows, execute_in, select_in, packed, packed_row, select_packed, select_query)]
extern crate base_db;

pub mod attention;
pub mod bag;
pub mod bill;
pub mod board;
pub mod counter;
pub mod earlier;
pub mod export;
pub mod link;
pub mod loaded;
pub mod made;
pub mod migrations;
pub mod person_data;
pub mod person_scans;
pub mod removed;
pub mod report;
pub mod sample;
pub mod scan;
pub mod scratch;
pub mod search;
pub mod state;
mod window;
pub mod workplace;
