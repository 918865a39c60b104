//! A file, given by its path or as the bytes of an upload, read as rows of text.
//!
//! Invariants: a file is known by its content, not by its name; the same content gives the same rows with the same
//! numbers each time it is read; rows are read one by one, and memory does not grow with their number.

mod archive;
mod book;
mod columns;
mod content;
mod csv;
mod fit;
mod format;
mod header;
mod kind;
mod lines;
mod ods;
mod quotes;
pub(crate) mod row;
mod stop;
mod text;
mod time;
mod value;
mod xls;
mod xlsx;
mod xml;

pub use archive::Limits;
pub use book::{Book, Reader};
pub use columns::{Columns, Fit, Guess, Wanted};
pub use row::{CELL_BYTES_MAX, COLUMNS_MAX, HEADER_ROWS_MAX, ROW_BYTES_MAX, Row, SEPARATORS, Sheet, Walk};
pub use stop::{AskWhenDropped, Stop};
pub use value::Unfit;
