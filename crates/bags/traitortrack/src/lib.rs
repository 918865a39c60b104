//! Imports a database of TraitorTrack, the earlier system.
//!
//! It does not write through the desk, because the database has rows that today's rules would refuse. `rules` decides
//! what becomes of each row, `store` reads and writes page by page, [`bring_over`] runs the whole.

#[macro_use(on, execute, execute_in, execute_rows, select_in)]
extern crate base_db;

mod archive;
mod bring;
mod compare;
pub mod migrations;
mod report;
pub mod rules;
pub mod store;
mod strange;

pub use bring::{Counts, Spent, Summary, Target, Watch, bring_over};
pub use compare::{Compared, ComparedCounts, compare};
pub use report::Report;
