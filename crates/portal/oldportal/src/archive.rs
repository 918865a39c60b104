//! What has no place here, written whole beside the report: rows that were left out, and columns that nobody knows. One CSV
//! file for each, in a folder that only the user who runs the command may read. No password is in it.

use std::collections::BTreeMap;
use std::fs::{DirBuilder, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use base_sheet::write::{CsvOptions, CsvWriter, Heading};
use base_sheet::{Cell, Column, Kind};

use crate::cells::Table;
use crate::reading::Reading;

/// The columns of a file, and its rows.
type Written<'r> = (Vec<String>, Vec<Vec<Option<&'r str>>>);

/// Writes what has no place here into a folder beside a report. Gives the folder if there is anything in it.
pub fn write(report: &Path, reading: &Reading) -> io::Result<Option<PathBuf>> {
    let name = report.file_stem().unwrap_or_default().to_string_lossy();
    let folder = report.with_file_name(format!("{name}-archive"));
    let mut files: BTreeMap<String, Written<'_>> = BTreeMap::new();
    for table in [Table::Customers, Table::AuditLog] {
        let rows: Vec<Vec<Option<&str>>> = reading
            .refused
            .iter()
            .filter(|refused| refused.table == table)
            .map(|refused| refused.cells.iter().map(Option::as_deref).collect())
            .collect();
        if !rows.is_empty() {
            let columns = table.columns().iter().map(|name| (*name).to_owned()).collect();
            files.insert(format!("left-out-{}", table.name()), (columns, rows));
        }
    }
    for ((table, column), strange) in reading.strange.iter().filter(|(_, strange)| !strange.values.is_empty()) {
        let safe: String = column.chars().filter(|one| one.is_ascii_alphanumeric() || *one == '_').collect();
        let rows = strange.values.iter().map(|(id, value)| vec![Some(id.as_str()), Some(value.as_str())]).collect();
        files.insert(format!("{table}-{safe}"), (vec!["id".into(), column.clone()], rows));
    }
    if files.is_empty() {
        return Ok(None);
    }
    DirBuilder::new().recursive(true).mode(0o700).create(&folder)?;
    for (name, (columns, rows)) in &files {
        let path = folder.join(format!("{name}.csv"));
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        let columns: Vec<Column> = columns.iter().map(|name| Column::new(name.clone(), Kind::Text, 20)).collect();
        let heading = Heading { title: name, columns: &columns, no_data: "" };
        let mut writer = CsvWriter::begin(file, &heading, CsvOptions::default()).map_err(io::Error::other)?;
        for row in rows {
            let cells: Vec<Cell<'_>> = row.iter().map(|value| Cell::maybe(*value)).collect();
            writer.row(&cells).map_err(io::Error::other)?;
        }
        writer.finish().map(drop).map_err(io::Error::other)?;
    }
    Ok(Some(folder))
}
