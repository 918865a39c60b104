//! `tallyhouse bench files`: how fast tables are written and read, without a database.
//!
//! It stands on the writers and readers alone, so that it can be laid beside an earlier version and run on both.

use std::fs::File;
use std::io::BufWriter;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, ensure};
use base_sheet::read::{Book, Row};
use base_sheet::write::{CsvOptions, CsvWriter, Heading, RowWriter, XlsxOptions, XlsxWriter};
use base_sheet::{Cell, Column, Kind};

use super::some;
use crate::commands::answer;

/// How files are measured.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Rows of each file
    #[arg(long, default_value_t = 200_000, value_parser = some)]
    rows: usize,
    /// Folder for the files
    #[arg(long, default_value = ".")]
    folder: PathBuf,
}

/// Runs the command.
pub fn run(args: &Args) -> anyhow::Result<()> {
    answer(&format!("Files of {} rows", args.rows))?;
    for form in ["csv", "xlsx"] {
        let path = args.folder.join(format!("tallyhouse-bench-{}.{form}", std::process::id()));
        let measured = measure(args.rows, form, &path);
        // Removed whatever became of it.
        std::fs::remove_file(&path).ok();
        let Measured { written_s, opened_s, read_s, bytes } = measured?;
        let mib = bytes >> 20;
        answer(&format!(
            "  {form:6} write {written_s:>7.2} s   open {opened_s:>7.2} s   read {read_s:>7.2} s   file {mib} MiB"
        ))?;
    }
    Ok(())
}

struct Measured {
    written_s: f64,
    opened_s: f64,
    read_s: f64,
    bytes: u64,
}

fn measure(rows: usize, form: &str, path: &Path) -> anyhow::Result<Measured> {
    let cannot = || format!("{} cannot be written", path.display());
    let started = Instant::now();
    let columns = columns();
    let heading = Heading { title: "Bags", columns: &columns, no_data: "" };
    let out = BufWriter::new(File::create(path).with_context(cannot)?);
    let made_at = jiff::civil::date(2026, 11, 21).at(9, 30, 0, 0);
    let mut writer: Box<dyn RowWriter> = match form {
        "csv" => Box::new(CsvWriter::begin(out, &heading, CsvOptions { has_bom: true })?),
        _ => Box::new(XlsxWriter::begin(out, &heading, &XlsxOptions { made_at, scratch: None })?),
    };
    for number in 0..rows {
        let code = format!("KID{number:07}");
        let parent = format!("SB{:05}", number / 30);
        let row = [
            Cell::text(code),
            Cell::text("CHILD"),
            Cell::Int(1),
            Cell::text("Not linked"),
            Cell::Time(made_at),
            Cell::text("Indore"),
            Cell::text(parent),
        ];
        writer.row(&row)?;
    }
    writer.finish()?;
    let written_s = started.elapsed().as_secs_f64();
    let started = Instant::now();
    let book = Book::open(path)?;
    let opened_s = started.elapsed().as_secs_f64();
    let started = Instant::now();
    let (mut found, mut letters) = (0, 0);
    for sheet in 0..book.sheets().len() {
        book.each_row(sheet, &mut |row: Row<'_>| {
            found += 1;
            letters += (0..columns.len()).map(|column| row.cell(column).len()).sum::<usize>();
            ControlFlow::Continue(())
        })?;
    }
    let read_s = started.elapsed().as_secs_f64();
    ensure!(found == rows && letters > rows * 20, "{found} of {rows} rows were read");
    Ok(Measured { written_s, opened_s, read_s, bytes: std::fs::metadata(path)?.len() })
}

/// As an export of bags has them.
fn columns() -> Vec<Column> {
    let kinds = [Kind::Text, Kind::Text, Kind::Int, Kind::Text, Kind::Time, Kind::Text, Kind::Text];
    let titles = ["QR ID", "Type", "Children Count", "Linked to Bill", "Created At", "Area", "Parent"];
    titles.into_iter().zip(kinds).map(|(title, kind)| Column::new(title, kind, 18)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_are_written_and_read_to_their_end() {
        let folder = tempfile::tempdir().expect("a folder");
        for form in ["csv", "xlsx"] {
            let measured = measure(50, form, &folder.path().join(form)).expect("it is read");
            assert!(measured.bytes > 0);
        }
    }
}
