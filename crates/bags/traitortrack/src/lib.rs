//! Brings a database of TraitorTrack over, the system before this one (`bags.md` section 11).
//!
//! It writes beside the desk, for it holds what no rule of today would let in. `rules` decides what becomes of each row,
//! `store` reads and writes page by page, [`bring_over`] runs the whole.

#[macro_use(on, execute, execute_in, execute_rows, select_in)]
extern crate base_db;

mod bring;
pub mod migrations;
mod report;
pub mod rules;
pub mod store;

pub use bring::{Counts, Summary, Target, Watch, bring_over};
pub use report::Report;
