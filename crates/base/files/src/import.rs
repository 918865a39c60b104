//! Files of rows: looked through, tried, brought in and taken back.
//!
//! Invariants: a file is looked through before anything of it is written; a dry run decides as the run does and writes
//! nothing but its own result; what was done is noted with the rows themselves, so an import goes on exactly where it
//! stood, on whatever node; and it can be taken back as far as it still is as it was made.

mod blocks;
mod cells;
pub mod check;
mod domain;
mod error;
mod find;
pub mod intake;
mod mapping;
mod result;
mod runner;
mod steps;
mod table;

pub use domain::{
    Acting, AllKinds, CellFault, DryRun, ImportKinds, ImportWork, LabelText, OwnRows, ReadAs, RowReader, RunStep,
    TableRow, WouldBe,
};
pub use error::ImportError;
pub use find::{likely_sheet, settle_header, sheet_named, with_parts};
pub use mapping::{Mapping, TableFault};
pub use result::{ResultError, ResultOf, ResultWriter, write as write_result};
pub use runner::{LEASE_US, Runner, Watch};
pub use steps::{From, STEP_ROWS, Step, steps_of};
pub use table::{Beyond, Table};
