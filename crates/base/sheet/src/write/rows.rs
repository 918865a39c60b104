//! What every writer of a table has in common, whatever the format.

use crate::cell::{Cell, Column};
use crate::fault::WriteFault;

/// The heading of a table.
#[derive(Clone, Copy, Debug)]
pub struct Heading<'h> {
    /// Its name; in a workbook the name of its sheet.
    pub title: &'h str,
    /// Its columns.
    pub columns: &'h [Column],
    /// The one line that is written when there are no rows.
    pub no_data: &'h str,
}

/// Takes a table row by row. Without [`RowWriter::finish`] the file is incomplete.
pub trait RowWriter {
    /// Writes a row; cells beyond the columns are left out, missing ones are empty.
    fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), WriteFault>;

    /// Writes what is left, and the line for a table without rows.
    fn finish(self: Box<Self>) -> Result<(), WriteFault>;
}
