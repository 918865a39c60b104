//! What has no place here, written whole beside the report: tables and columns that nobody knows, and rows that were
//! left out. One CSV file for each table, in a folder that only the user who runs the command may read.
//!
//! Invariant: a row that is left out is in its file before the page it belongs to is durable. Files of an earlier run
//! are never overwritten.

use std::collections::BTreeMap;
use std::fs::{DirBuilder, File, OpenOptions};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use anyhow::Context;
use base_sheet::write::{CsvOptions, CsvWriter, Heading};
use base_sheet::{Cell, Column, Kind as CellKind};

use crate::rules::Finding;
use crate::store::Kind;
use crate::store::traitortrack::{Source, Strange, TextRow};

/// The folder beside a report, with the files that were begun.
pub struct Archive {
    folder: Option<PathBuf>,
    files: BTreeMap<String, CsvWriter<File>>,
}

impl Archive {
    /// The one beside a report; without a report nothing is written.
    pub fn beside(report: Option<&Path>) -> Self {
        let folder = report.map(|path| {
            let name = path.file_stem().unwrap_or_default().to_string_lossy();
            path.with_file_name(format!("{name}-archive"))
        });
        Self { folder, files: BTreeMap::new() }
    }

    /// Where it is, once something is in it.
    pub fn folder(&self) -> Option<&Path> {
        self.folder.as_deref().filter(|_| !self.files.is_empty())
    }

    fn write(&mut self, file: &str, columns: &[String], rows: &[TextRow]) -> anyhow::Result<()> {
        let Some(folder) = self.folder.as_ref().filter(|_| !rows.is_empty()) else { return Ok(()) };
        let path = folder.join(format!("{file}.csv"));
        let cannot = || format!("{} cannot be written; it may be there already: name another report", path.display());
        if !self.files.contains_key(file) {
            DirBuilder::new().recursive(true).mode(0o700).create(folder).with_context(cannot)?;
            let opened = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
            let columns: Vec<Column> =
                columns.iter().map(|name| Column::new(name.clone(), CellKind::Text, 20)).collect();
            let heading = Heading { title: file, columns: &columns, no_data: "" };
            let writer = CsvWriter::begin(opened.with_context(cannot)?, &heading, CsvOptions::default());
            self.files.insert(file.to_owned(), writer.with_context(cannot)?);
        }
        let Some(writer) = self.files.get_mut(file) else { return Ok(()) };
        for row in rows {
            let cells: Vec<Cell<'_>> = row.iter().map(|value| Cell::maybe(value.as_deref())).collect();
            writer.row(&cells).with_context(cannot)?;
        }
        writer.flush().with_context(cannot)
    }

    /// Adds rows that were left out, as they stand in the earlier database.
    pub(crate) async fn left_out(&mut self, source: &mut Source, kind: Kind, ids: &[i64]) -> anyhow::Result<()> {
        if self.folder.is_none() {
            return Ok(());
        }
        let columns = source.plain_columns(kind);
        let rows = source.rows_as_text(kind, &columns, ids).await?;
        self.write(&format!("left-out-{}", kind.name()), &columns, &rows)
    }

    /// Walks what nobody knows of one table, writes it, and tells of it.
    pub(crate) async fn strange(
        &mut self,
        source: &mut Source,
        strange: &Strange,
        writes: bool,
    ) -> anyhow::Result<Vec<Finding>> {
        let mut columns = strange.columns.clone();
        if strange.is_known_table {
            columns.insert(0, "id".into());
        }
        let (mut filled, mut rows_found) = (vec![0_u64; columns.len()], 0_u64);
        source.walk_strange(strange).await?;
        loop {
            let rows = source.next_strange().await?;
            if rows.is_empty() {
                break;
            }
            rows_found += u64::try_from(rows.len()).unwrap_or(u64::MAX);
            for (n, filled) in filled.iter_mut().enumerate() {
                let has = |row: &&TextRow| row[n].as_ref().is_some_and(|value| !value.is_empty());
                *filled += u64::try_from(rows.iter().filter(has).count()).unwrap_or(u64::MAX);
            }
            if writes {
                self.write(&strange.table, &columns, &rows)?;
            }
        }
        let place = match (&self.folder, writes) {
            (Some(_), true) => format!("written whole to {}.csv in the archive", strange.table),
            (Some(_), false) => format!("to be written whole to {}.csv in the archive", strange.table),
            (None, _) => "not in this program; --report FILE.csv writes it whole beside the report".into(),
        };
        let tell =
            |code: &str, found, rows: u64| Finding::new("table", 0, code, found, format!("{rows} rows, {place}"));
        if !strange.is_known_table {
            let found = (rows_found > 0).then(|| tell(&strange.table, "unknown_table", rows_found));
            return Ok(found.into_iter().collect());
        }
        let named = columns.iter().zip(filled).skip(1).filter(|(_, filled)| *filled > 0);
        Ok(named
            .map(|(column, filled)| tell(&format!("{}.{column}", strange.table), "unknown_column", filled))
            .collect())
    }
}
