//! Events, passes and scans at gates in the database.
//!
//! One file for each noun, with its statements beside the functions that use them. What belongs together is written in one
//! transaction.

#[macro_use(on, execute, select_in, select_query)]
extern crate base_db;

pub mod archive;
pub mod conflict;
pub mod counts;
pub mod erase;
pub mod event;
pub mod figures;
pub mod gate;
pub mod key;
pub mod loaded;
pub mod logo;
pub mod migrations;
pub mod pass;
pub mod person_data;
mod read;
pub mod sale;
pub mod sales;
pub mod sample;
pub mod scan;
