//! Tables in files, both ways: CSV and workbooks are read as rows of text, and rows and reports are written as CSV,
//! workbook or PDF.
//!
//! Invariants: nothing a file holds makes this crate panic or fill the memory, every limit is a named constant, and what
//! is wrong with a file is said in one sentence that names the place and the way out. It knows nothing of bags, of
//! databases or of the web, and no clock.

mod cell;
mod fault;
mod name;
pub mod read;
pub mod report;
pub mod write;

pub use cell::{Cell, Column, Kind};
pub use fault::{SheetFault, WriteFault, column_letters};
pub use name::stamped_name;
