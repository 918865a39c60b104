//! The result file: each refused row with its number, the reason and its values, safe to open in a spreadsheet.

use std::io::Write;

use base_core::file::FileKind;
use base_db::{Db, StoreError};
use base_records::import;
use base_records::import::{Phase, RowNote};
use base_sheet::write::{CsvOptions, CsvWriter, Heading};
use base_sheet::{Cell, Column, Kind, WriteFault};

/// Rows that are read at once.
const PAGE_ROWS: u32 = 1000;

/// Why a result cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum ResultError {
    /// The database.
    #[error("the result could not be read")]
    Store(#[from] StoreError),
    /// The file.
    #[error("the result could not be written")]
    Write(#[from] WriteFault),
}

/// A result file under way.
pub struct ResultWriter<W: Write> {
    writer: CsvWriter<W>,
    values: usize,
}

impl<W: Write> ResultWriter<W> {
    /// Begins with the headings. What could not be taken back has no values: it came from no row.
    pub fn begin(out: W, kind: &FileKind, phase: Phase) -> Result<Self, WriteFault> {
        let names = kind.read_columns().map(|column| column.name);
        let names: Vec<&'static str> = if phase == Phase::Back { Vec::new() } else { names.collect() };
        let titles = ["row", "code", "outcome", "message"].into_iter().chain(names.iter().copied());
        let columns: Vec<Column> = titles.map(|title| Column::new(title, Kind::Text, 20)).collect();
        let heading = Heading { title: "result", columns: &columns, no_data: "no row was refused" };
        Ok(Self { writer: CsvWriter::begin(out, &heading, CsvOptions::default())?, values: names.len() })
    }

    /// Writes a row; `place` is how people find it in the file.
    pub fn row(&mut self, note: &RowNote, place: String) -> Result<(), WriteFault> {
        let values: Vec<String> = serde_json::from_str(&note.cells).unwrap_or_default();
        let mut cells = vec![Cell::text(place)];
        cells.extend([&note.code, &note.outcome, &note.message].map(|text| Cell::text(text.as_str())));
        cells.extend(values.iter().take(self.values).map(|value| Cell::text(value.as_str())));
        self.writer.row(&cells)
    }

    /// Writes what is left.
    pub fn finish(self) -> Result<(), WriteFault> {
        self.writer.finish()
    }
}

/// Which result is written.
#[derive(Clone, Copy, Debug)]
pub struct ResultOf<'o> {
    /// The import.
    pub import_id: &'o str,
    /// What its rows are.
    pub kind: &'static FileKind,
    /// Of which part of the work.
    pub phase: Phase,
}

/// Writes every refused row of a dry run or a run, or what could not be taken back, as CSV. `place` names a row by its number.
pub async fn write<W: Write + Send>(
    db: &Db,
    of: ResultOf<'_>,
    out: W,
    place: &(dyn Fn(i64) -> String + Sync),
) -> Result<(), ResultError> {
    let mut writer = ResultWriter::begin(out, of.kind, of.phase)?;
    let mut after_row = 0;
    loop {
        let page = import::rows_after(db, of.import_id, of.phase, after_row, PAGE_ROWS).await?;
        let Some(last) = page.last() else { break };
        after_row = last.row_number;
        for note in &page {
            writer.row(note, place(note.row_number))?;
        }
    }
    Ok(writer.finish()?)
}
