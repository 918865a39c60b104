//! Tables in files, both ways: CSV and workbooks are read as rows of text, and rows and reports are written as CSV,
//! workbook or PDF.
//!
//! Invariants: no content of a file makes this crate panic or run out of memory, every limit is a named constant, and
//! what is wrong with a file is said in one sentence that names the place and what to do. It uses no database, no web
//! server and no clock.

pub mod axis;
pub mod barcode;
mod brand;
pub mod card;
mod cell;
mod drawing;
mod fault;
mod guard;
mod name;
pub mod qr;
pub mod read;
pub mod report;
pub mod write;

pub use brand::{Brand, LOGO_BYTES_MAX, LOGO_SIDE_MAX, Logo, Rgb};
pub use cell::{Cell, Column, Kind};
pub use fault::{SheetFault, WriteFault, column_letters};
pub use name::stamped_name;
