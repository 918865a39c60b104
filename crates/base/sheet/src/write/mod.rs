//! Tables and reports as files. Rows are taken one by one, so that a table of any length is written in little memory.

mod csv;
mod pdf;
mod xlsx;

use std::io::Write;

pub use csv::{CsvOptions, CsvWriter};
pub use pdf::{PDF_ROWS_MAX, Paper, PdfOptions};
pub use xlsx::{SHEET_ROWS_MAX, XlsxOptions, XlsxWriter};

use crate::cell::{Cell, Column};
use crate::fault::WriteFault;
use crate::report::Report;

/// What stands over a table.
#[derive(Clone, Copy, Debug)]
pub struct Heading<'h> {
    /// Its name; in a workbook the name of its sheet.
    pub title: &'h str,
    /// Its columns.
    pub columns: &'h [Column],
    /// The one line that is written when there is not one row.
    pub no_data: &'h str,
}

/// Takes a table row by row. Without [`RowWriter::finish`] what was written is no whole file.
pub trait RowWriter {
    /// Writes a row; cells beyond the columns are left out, missing ones are empty.
    fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), WriteFault>;

    /// Writes what is left, and the line for a table without rows.
    fn finish(self: Box<Self>) -> Result<(), WriteFault>;
}

/// Writes a report as CSV: its parts one under the other, with a blank line between.
pub fn report_as_csv(report: &Report, out: &mut dyn Write, options: CsvOptions) -> Result<(), WriteFault> {
    csv::report(report, out, options)
}

/// Writes a report as a workbook: an overview, and each table on sheets of its own.
pub fn report_as_xlsx(
    report: &Report,
    out: &mut (dyn Write + Send),
    options: &XlsxOptions<'_>,
) -> Result<(), WriteFault> {
    xlsx::report(report, out, options)
}

/// Writes a report as PDF. The same report gives the same bytes.
pub fn report_as_pdf(report: &Report, options: &PdfOptions<'_>) -> Result<Vec<u8>, WriteFault> {
    pdf::report(report, options)
}
