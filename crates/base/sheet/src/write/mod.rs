//! Tables and reports as files. Rows are taken one by one, so that a table of any length is written in little memory.

mod csv;
mod pdf;
mod rows;
mod xlsx;

use std::io::Write;

pub use csv::{CsvOptions, CsvWriter};
pub(crate) use pdf::CardLetters;
pub use pdf::{PDF_ROWS_MAX, Paper, PdfOptions};
pub use rows::{Heading, RowWriter};
pub use xlsx::{SHEET_ROWS_MAX, XlsxOptions, XlsxWriter};

use crate::brand::Brand;
use crate::drawing::Drawing;
use crate::fault::WriteFault;
use crate::report::{Report, Table};

/// Writes one table of a report as CSV: its headings and rows, and nothing else.
pub fn table_as_csv(table: &Table, out: &mut dyn Write, options: CsvOptions) -> Result<(), WriteFault> {
    csv::table(table, out, options)
}

/// Writes a report as a workbook: an overview, and each table on sheets of its own.
pub fn report_as_xlsx(
    report: &Report,
    out: &mut (dyn Write + Send),
    options: &XlsxOptions<'_>,
    brand: &Brand,
) -> Result<(), WriteFault> {
    xlsx::report(report, out, options, brand)
}

/// Draws a card on a sheet of paper.
pub(crate) fn card_as_pdf(drawing: &Drawing, title: &str, language: &str) -> Result<Vec<u8>, WriteFault> {
    pdf::card(drawing, title, language)
}

/// Writes a report as PDF. The same report gives the same bytes.
pub fn report_as_pdf(report: &Report, options: &PdfOptions<'_>) -> Result<Vec<u8>, WriteFault> {
    pdf::report(report, options)
}
