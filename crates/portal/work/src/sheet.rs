//! Stock as a file: what a view shows, in its order and with its columns.
//!
//! Invariant: texts stay texts, however much they look like numbers; quantities are numbers and days are days.

use std::io::Write;

use base_sheet::write::{CsvOptions, CsvWriter, Heading, XlsxOptions, XlsxWriter};
use base_sheet::{Cell, Column as Written, Kind as WrittenKind, WriteFault};
use jiff::civil::DateTime;
use portal_rules::column::{Cell as Shown, Column, Kind};
use portal_rules::stock::Stock;

/// The form of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A workbook.
    Xlsx,
    /// Comma separated.
    Csv,
}

/// What a file is made of.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// What it is called.
    pub title: String,
    /// The columns, each with what stands above it.
    pub columns: Vec<(Column, String)>,
    /// When it is made, where the site is.
    pub made_at: DateTime,
}

impl Sheet {
    /// Writes rows.
    pub fn write<W: Write + Send>(&self, form: Form, rows: &[&Stock], out: W) -> Result<(), WriteFault> {
        let columns: Vec<Written> = self.columns.iter().map(|(column, title)| written(*column, title)).collect();
        let heading = Heading { title: &self.title, columns: &columns, no_data: "" };
        let mut cells = Vec::with_capacity(columns.len());
        match form {
            Form::Xlsx => {
                let options = XlsxOptions { made_at: self.made_at, scratch: None };
                let mut writer = XlsxWriter::begin(out, &heading, &options)?;
                for row in rows {
                    self.cells(row, &mut cells);
                    writer.row(&cells)?;
                }
                writer.finish()
            }
            Form::Csv => {
                let mut writer = CsvWriter::begin(out, &heading, CsvOptions { has_bom: true })?;
                for row in rows {
                    self.cells(row, &mut cells);
                    writer.row(&cells)?;
                }
                writer.finish()
            }
        }
    }

    fn cells<'r>(&self, row: &'r Stock, cells: &mut Vec<Cell<'r>>) {
        cells.clear();
        cells.extend(self.columns.iter().map(|(column, _)| match column.cell(row) {
            Shown::Text(text) => Cell::text(text),
            Shown::Number(quantity) => Cell::Decimal(quantity.0),
            Shown::Date(day) => day.map_or(Cell::Empty, Cell::Date),
        }));
    }
}

fn written(column: Column, title: &str) -> Written {
    let (kind, width) = match column.kind() {
        Kind::Number => (WrittenKind::Decimal, 14),
        Kind::Date => (WrittenKind::Date, 13),
        Kind::Text => (WrittenKind::Text, if column == Column::Description { 40 } else { 18 }),
    };
    Written::new(title.to_owned(), kind, width)
}
