//! The result file: each refused row with its reason, safe to open in a spreadsheet.

use std::fs::File;
use std::path::Path;

use anyhow::Context;
use tallyhouse_sheet::write::{CsvOptions, CsvWriter, Heading};
use tallyhouse_sheet::{Cell, Column, Kind};
use tallyhouse_store::{Db, import};

use super::table::Table;

const PAGE_ROWS: u32 = 1000;

/// Writes every refused row of an import.
pub async fn write(db: &Db, import_id: &str, table: &Table, path: &Path) -> anyhow::Result<()> {
    let name = || format!("the result file {} cannot be written", path.display());
    let columns = ["row", "code", "outcome", "message"].map(|title| Column::new(title, Kind::Text, 20));
    let file = File::create(path).with_context(name)?;
    let heading = Heading { title: "Refused", columns: &columns, no_data: "no row was refused" };
    let mut writer = CsvWriter::begin(file, &heading, CsvOptions::default()).with_context(name)?;
    let mut after_row = 0;
    loop {
        let page = import::refusals(db, import_id, after_row, PAGE_ROWS).await?;
        let Some(last) = page.last() else { break };
        after_row = last.row_number;
        for refusal in &page {
            let place = table.place(refusal.row_number);
            let cells = [&place, &refusal.code, &refusal.outcome, &refusal.message];
            writer.row(&cells.map(|cell| Cell::text(cell.as_str()))).with_context(name)?;
        }
    }
    writer.finish().with_context(name)
}
