//! Workbooks of Excel 97 to 2003 (.xls). Their container and their records are read in memory, which is bounded by the size
//! of the file; sheets are read row by row.

mod container;
mod globals;
mod records;
mod sheet;
mod texts;

pub use container::stream;
pub use globals::Globals;
pub use sheet::Lines;
