//! The result file: each refused row with its number, its values and the reason, safe to open in a spreadsheet.

use std::io::Write;

use tallyhouse_sheet::write::{CsvOptions, CsvWriter, Heading};
use tallyhouse_sheet::{Cell, Column, Kind, WriteFault};
use tallyhouse_store::import::{self, Import, Phase};
use tallyhouse_store::{Db, StoreError};

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

/// Writes every refused row of a dry run or a run, or what a roll back kept, as CSV. `place` names a row by its number.
pub async fn write(
    db: &Db,
    import: &Import,
    phase: Phase,
    out: &mut (dyn Write + Send),
    place: &(dyn Fn(i64) -> String + Sync),
) -> Result<(), ResultError> {
    let names = import.kind.columns().iter().map(|column| column.name);
    let names: Vec<&'static str> = if phase == Phase::Back { Vec::new() } else { names.collect() };
    let columns: Vec<Column> = std::iter::once("row")
        .chain(names.iter().copied())
        .chain(["code", "outcome", "message"])
        .map(|title| Column::new(title, Kind::Text, 20))
        .collect();
    let heading = Heading { title: "result", columns: &columns, no_data: "no row was refused" };
    let mut writer = CsvWriter::begin(out, &heading, CsvOptions::default())?;
    let mut after_row = 0;
    loop {
        let page = import::rows_after(db, &import.id, phase, after_row, PAGE_ROWS).await?;
        let Some(last) = page.last() else { break };
        after_row = last.row_number;
        for note in &page {
            let values: Vec<String> = serde_json::from_str(&note.cells).unwrap_or_default();
            let mut cells = vec![Cell::text(place(note.row_number))];
            for at in 0..names.len() {
                cells.push(Cell::text(values.get(at).cloned().unwrap_or_default()));
            }
            cells.extend([&note.code, &note.outcome, &note.message].map(|text| Cell::text(text.clone())));
            writer.row(&cells)?;
        }
    }
    Ok(writer.finish()?)
}
