//! Everything of a site as files: CSV or workbook, of whatever kinds the wings hand in.
//!
//! Invariants: nothing is cut but by a limit that was asked for, and then the name says so; a row comes at most once; memory
//! does not grow with the number of rows, because rows are read by the page and handed on. A file tells of the site while it
//! was being made: what is written meanwhile may be in it or not. Headings are English and fixed, so that programs can rely
//! on them.

mod choice;
mod csv;
mod error;
mod format;
mod job;
mod kind;
mod rows;
mod setting;
mod workbook;

pub use choice::{Choice, Exports};
pub use csv::CsvMaker;
pub use error::ExportError;
pub use format::Format;
pub use job::{Made, PART_BYTES, make_next};
pub use kind::{ChoiceFault, Content, ExportKind, ExportSource, FilterField, Given, Page, Values, columns_of};
pub use rows::Rows;
pub use setting::Setting;
pub use workbook::workbook;
