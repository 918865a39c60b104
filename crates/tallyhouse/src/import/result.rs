//! The result file: each refused row with its reason, safe to open in a spreadsheet.

use std::borrow::Cow;
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use anyhow::Context;
use tallyhouse_store::{Db, import};

use super::table::Table;

const PAGE_ROWS: u32 = 1000;
/// A cell that begins like this would be run as a formula.
const FORMULA_SIGNS: &[char] = &['=', '+', '-', '@', '\t', '\r'];

/// Writes every refused row of an import.
pub async fn write(db: &Db, import_id: &str, table: &Table, path: &Path) -> anyhow::Result<()> {
    let name = || format!("the result file {} cannot be written", path.display());
    let file = File::create(path).with_context(name)?;
    let mut writer = csv::Writer::from_writer(BufWriter::new(file));
    writer.write_record(["row", "code", "outcome", "message"]).with_context(name)?;
    let mut after_row = 0;
    loop {
        let page = import::refusals(db, import_id, after_row, PAGE_ROWS).await?;
        let Some(last) = page.last() else { break };
        after_row = last.row_number;
        for refusal in &page {
            let place = table.place(refusal.row_number);
            let cells = [&place, &refusal.code, &refusal.outcome, &refusal.message];
            writer.write_record(cells.map(|cell| guarded(cell).into_owned())).with_context(name)?;
        }
    }
    writer.flush().with_context(name)
}

/// The cell as text, whatever it begins with (`bags.md` 7.4).
pub fn guarded(cell: &str) -> Cow<'_, str> {
    if cell.starts_with(FORMULA_SIGNS) { Cow::Owned(format!("'{cell}")) } else { Cow::Borrowed(cell) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_stays_text() {
        assert_eq!(guarded("=1+1"), "'=1+1");
        assert_eq!(guarded("@cmd"), "'@cmd");
        assert_eq!(guarded("KID17"), "KID17");
    }
}
