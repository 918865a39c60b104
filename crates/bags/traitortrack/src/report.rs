//! The problems that were found, row by row: a CSV file for people, and how often each problem occurred.
//!
//! Invariant: a finding is in the file before the page it belongs to is durable. The file of an earlier run is never
//! overwritten, because what was imported then is not reported again.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::Context;
use base_sheet::write::{CsvOptions, CsvWriter, Heading};
use base_sheet::{Cell, Column, Kind};
use serde_json::{Value, json};

use crate::archive::Archive;
use crate::rules::Finding;

/// Where findings go.
pub struct Report {
    /// Where what has no place here is written.
    pub archive: Archive,
    file: Option<(PathBuf, CsvWriter<File>)>,
    found: BTreeMap<&'static str, u64>,
}

impl Report {
    /// A report that goes to a file, or one that only counts.
    pub fn new(path: Option<&Path>) -> anyhow::Result<Self> {
        let mut file = None;
        if let Some(path) = path {
            let cannot = || format!("{} cannot be written", path.display());
            let titles = ["kind", "earlier_id", "code", "found", "done"];
            let columns = titles.map(|title| Column::new(title, Kind::Text, 20));
            let heading = Heading { title: "Findings", columns: &columns, no_data: "everything was as it should be" };
            let open = File::create_new(path).with_context(|| {
                format!("{} is there already, or cannot be made; name another file", path.display())
            })?;
            let writer = CsvWriter::begin(open, &heading, CsvOptions::default()).with_context(cannot)?;
            file = Some((path.to_owned(), writer));
        }
        Ok(Self { archive: Archive::beside(path), file, found: BTreeMap::new() })
    }

    /// Adds findings, and writes them to the file.
    pub fn tell(&mut self, findings: &[Finding]) -> anyhow::Result<()> {
        for finding in findings {
            *self.found.entry(finding.found).or_default() += 1;
        }
        let Some((path, writer)) = self.file.as_mut().filter(|_| !findings.is_empty()) else {
            return Ok(());
        };
        let cannot = || format!("{} cannot be written", path.display());
        for finding in findings {
            let id = finding.earlier_id.to_string();
            let cells = [finding.kind, &id, &finding.code, finding.found, &finding.done].map(Cell::text);
            writer.row(&cells).with_context(cannot)?;
        }
        writer.flush().with_context(cannot)
    }

    /// Makes sure that everything is in the file. Nothing may be added afterwards.
    pub fn finish(&mut self) -> anyhow::Result<()> {
        match self.file.take() {
            Some((path, writer)) => writer.finish().with_context(|| format!("{} cannot be written", path.display())),
            None => Ok(()),
        }
    }

    /// How often each problem was found.
    pub fn found(&self) -> &BTreeMap<&'static str, u64> {
        &self.found
    }

    /// The same for machines.
    pub fn as_json(&self) -> Value {
        json!(self.found)
    }
}
