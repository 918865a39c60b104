//! CSV as RFC 4180 quotes it, in UTF-8, with one line feed after each row, and safe to open in a spreadsheet.

use std::fmt::Write as _;
use std::io::Write;

use super::rows::{Heading, RowWriter};
use crate::cell::{Cell, Column};
use crate::fault::WriteFault;
use crate::guard::needs_guard;
use crate::report::Table;

/// So many bytes are collected before they are written out.
const CHUNK_BYTES: usize = 65_536;
const BOM: &str = "\u{feff}";

/// How CSV is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CsvOptions {
    /// A byte order mark at the beginning: Excel needs it for Hindi, other programs do not expect it.
    pub has_bom: bool,
}

/// Writes a table as CSV.
pub struct CsvWriter<W: Write> {
    out: W,
    text: String,
    columns: usize,
    rows: u64,
    no_data: String,
}

impl<W: Write> CsvWriter<W> {
    /// Begins with the row of headings.
    pub fn begin(out: W, heading: &Heading<'_>, options: CsvOptions) -> Result<Self, WriteFault> {
        let mut writer = Self {
            out,
            text: String::with_capacity(CHUNK_BYTES + 1024),
            columns: heading.columns.len(),
            rows: 0,
            no_data: heading.no_data.to_owned(),
        };
        if options.has_bom {
            writer.text += BOM;
        }
        push_header(&mut writer.text, heading.columns);
        Ok(writer)
    }

    /// Writes a row.
    pub fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), WriteFault> {
        push_row(&mut self.text, cells, self.columns);
        self.rows += 1;
        if self.text.len() >= CHUNK_BYTES { self.hand_on() } else { Ok(()) }
    }

    /// Writes out what was collected so far.
    pub fn flush(&mut self) -> Result<(), WriteFault> {
        self.hand_on()?;
        Ok(self.out.flush()?)
    }

    /// Writes what is left.
    pub fn finish(mut self) -> Result<(), WriteFault> {
        if self.rows == 0 && !self.no_data.is_empty() {
            push_row(&mut self.text, &[Cell::text(&*self.no_data)], 1);
        }
        self.hand_on()?;
        Ok(self.out.flush()?)
    }

    fn hand_on(&mut self) -> Result<(), WriteFault> {
        self.out.write_all(self.text.as_bytes())?;
        self.text.clear();
        Ok(())
    }
}

impl<W: Write> RowWriter for CsvWriter<W> {
    fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), WriteFault> {
        self.row(cells)
    }

    fn finish(self: Box<Self>) -> Result<(), WriteFault> {
        (*self).finish()
    }
}

/// Writes one table: headings and rows.
pub fn table(table: &Table, out: &mut dyn Write, options: CsvOptions) -> Result<(), WriteFault> {
    let heading = Heading { title: &table.title, columns: &table.columns, no_data: "" };
    let mut writer = CsvWriter::begin(out, &heading, options)?;
    table.rows.iter().try_for_each(|row| writer.row(row))?;
    writer.finish()
}

fn push_header(text: &mut String, columns: &[Column]) {
    let titles: Vec<Cell<'_>> = columns.iter().map(|column| Cell::text(&*column.title)).collect();
    push_row(text, &titles, titles.len());
}

fn push_row(text: &mut String, cells: &[Cell<'_>], columns: usize) {
    let begin = text.len();
    for column in 0..columns {
        if column > 0 {
            text.push(',');
        }
        match cells.get(column) {
            Some(Cell::Text(cell)) => push_text(text, cell),
            Some(cell) => write!(text, "{cell}").expect("writing into a text cannot fail"),
            None => {}
        }
    }
    // Programs that read CSV do not take an empty line for a row.
    if text.len() == begin {
        text.push_str("\"\"");
    }
    text.push('\n');
}

/// A text with the mark in front that keeps it a text, in quotation marks where it needs them.
fn push_text(text: &mut String, cell: &str) {
    let needs_marks = cell.contains([',', '"', '\n', '\r', ';', '\t', '|']) || cell != cell.trim();
    let guard = if needs_guard(cell) { "'" } else { "" };
    if !needs_marks {
        text.push_str(guard);
        text.push_str(cell);
        return;
    }
    text.push('"');
    text.push_str(guard);
    for (at, part) in cell.split('"').enumerate() {
        if at > 0 {
            text.push_str("\"\"");
        }
        text.push_str(part);
    }
    text.push('"');
}
