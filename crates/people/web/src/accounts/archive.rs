//! What is kept of a person, as one file: all of it as JSON, and a table for each kind.

use std::io::{Cursor, Write};

use base_sheet::write::{CsvOptions, CsvWriter, Heading};
use base_sheet::{Cell, Column, Kind, WriteFault};
use base_web::error::Problem;
use serde_json::{Map, Value};
use zip::ZipWriter;
use zip::result::ZipError;
use zip::write::SimpleFileOptions;

/// Widest column, in characters.
const WIDTH: u8 = 20;

/// Packs an object of wings, of kinds, of rows; `text` is the same as JSON.
pub fn pack(all: &Map<String, Value>, text: &str) -> Result<Vec<u8>, Problem> {
    let mut files = vec![("data.json".to_owned(), text.as_bytes().to_vec())];
    for (wing, kinds) in all {
        for (kind, rows) in kinds.as_object().into_iter().flatten() {
            let rows = rows.as_array().map(Vec::as_slice).unwrap_or_default();
            if !rows.is_empty() {
                files.push((format!("{wing}-{kind}.csv"), table(rows).map_err(|error| Problem::ours(&error))?));
            }
        }
    }
    zipped(&files).map_err(|error| Problem::ours(&error))
}

fn zipped(files: &[(String, Vec<u8>)]) -> Result<Vec<u8>, ZipError> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        zip.start_file(name.as_str(), SimpleFileOptions::default())?;
        zip.write_all(content)?;
    }
    Ok(zip.finish()?.into_inner())
}

/// Rows as CSV: a column for each name that any of them has, in the order in which they come.
fn table(rows: &[Value]) -> Result<Vec<u8>, WriteFault> {
    let mut names: Vec<&str> = Vec::new();
    for name in rows.iter().filter_map(Value::as_object).flat_map(Map::keys) {
        if !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    let columns: Vec<Column> = names.iter().map(|name| Column::new((*name).to_owned(), Kind::Text, WIDTH)).collect();
    let heading = Heading { title: "", columns: &columns, no_data: "" };
    let mut out = Vec::new();
    let mut writer = CsvWriter::begin(&mut out, &heading, CsvOptions { has_bom: true })?;
    for row in rows {
        let cells: Vec<Cell<'_>> = names.iter().map(|name| cell(&row[*name])).collect();
        writer.row(&cells)?;
    }
    writer.finish()?;
    Ok(out)
}

fn cell(value: &Value) -> Cell<'_> {
    match value {
        Value::Null => Cell::Empty,
        Value::String(text) => Cell::text(text.as_str()),
        Value::Number(number) if number.is_i64() => Cell::Int(number.as_i64().unwrap_or_default()),
        other => Cell::text(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn rows_have_a_column_for_each_name_and_nothing_runs_as_a_formula() {
        let rows = [json!({ "name": "=1+1", "n": 3 }), json!({ "name": "Asha", "roles": ["admin"], "none": null })];
        let text = String::from_utf8(table(&rows).expect("memory")).expect("text");
        let lines: Vec<&str> = text.trim_start_matches('\u{feff}').lines().collect();
        let columns = lines[0].split(',').count();
        assert_eq!((lines.len(), columns), (3, 4));
        assert!(!text.contains("\n=1") && !text.contains(",=1") && text.contains("Asha"), "{text}");
    }
}
