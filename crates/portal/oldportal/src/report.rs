//! What was not as expected, row by row, as a CSV file. The file of an earlier run is never overwritten.

use std::fs::OpenOptions;
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use base_sheet::write::{CsvOptions, CsvWriter, Heading};
use base_sheet::{Cell, Column, Kind};

use crate::bring::Finding;

/// Writes findings.
pub fn write(path: &Path, findings: &[Finding]) -> io::Result<()> {
    let columns = ["kind", "earlier_id", "code", "found", "done"].map(|title| Column::new(title, Kind::Text, 20));
    let heading = Heading { title: "Findings", columns: &columns, no_data: "everything was as it should be" };
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    let mut writer = CsvWriter::begin(file, &heading, CsvOptions::default()).map_err(io::Error::other)?;
    for finding in findings {
        let id = finding.earlier_id.to_string();
        let cells = [finding.kind, &id, &finding.code, finding.found, &finding.done].map(Cell::text);
        writer.row(&cells).map_err(io::Error::other)?;
    }
    writer.finish().map(drop).map_err(io::Error::other)
}
