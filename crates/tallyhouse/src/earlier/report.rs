//! What was not as it should be, row by row: a CSV file for people, and how often each thing was found.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::Context;
use serde_json::{Value, json};
use tallyhouse_core::earlier::Finding;
use tallyhouse_sheet::write::{CsvOptions, CsvWriter, Heading};
use tallyhouse_sheet::{Cell, Column, Kind};

/// Where findings go.
pub struct Report {
    file: Option<(PathBuf, CsvWriter<File>)>,
    found: BTreeMap<&'static str, u64>,
}

impl Report {
    /// A report that goes to a file, or one that only counts.
    pub fn new(path: Option<&Path>) -> anyhow::Result<Self> {
        let mut file = None;
        if let Some(path) = path {
            let cannot = || format!("{} cannot be written", path.display());
            let columns = ["kind", "earlier_id", "code", "found", "done"];
            let columns = columns.map(|title| Column::new(title, Kind::Text, 20));
            let heading = Heading { title: "Findings", columns: &columns, no_data: "nothing had to be mended" };
            let out = File::create(path).with_context(cannot)?;
            let writer = CsvWriter::begin(out, &heading, CsvOptions::default()).with_context(cannot)?;
            file = Some((path.to_owned(), writer));
        }
        Ok(Self { file, found: BTreeMap::new() })
    }

    /// Takes findings in.
    pub fn tell(&mut self, findings: &[Finding]) -> anyhow::Result<()> {
        for finding in findings {
            *self.found.entry(finding.found).or_default() += 1;
            if let Some((path, writer)) = &mut self.file {
                let id = finding.earlier_id.to_string();
                let cells = [finding.kind, &id, &finding.code, finding.found, &finding.done];
                writer.row(&cells.map(Cell::text)).with_context(|| format!("{} cannot be written", path.display()))?;
            }
        }
        Ok(())
    }

    /// Makes sure that everything is in the file.
    pub fn finish(&mut self) -> anyhow::Result<()> {
        if let Some((path, writer)) = self.file.take() {
            writer.finish().with_context(|| format!("{} cannot be written", path.display()))?;
        }
        Ok(())
    }

    /// How often each thing was found.
    pub fn found(&self) -> &BTreeMap<&'static str, u64> {
        &self.found
    }

    /// The same for machines.
    pub fn as_json(&self) -> Value {
        json!(self.found)
    }
}
