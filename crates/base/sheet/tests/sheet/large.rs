//! The size that is promised: 1.8 million rows of seven columns. Takes long without optimisation: `cargo test -p
//! base-sheet --release -- --ignored --nocapture`.

use std::fs::File;
use std::io::BufWriter;
use std::ops::ControlFlow;
use std::time::Instant;

use base_sheet::read::Book;
use base_sheet::write::{CsvOptions, CsvWriter, Heading, RowWriter, SHEET_ROWS_MAX, XlsxOptions, XlsxWriter};
use base_sheet::{Cell, Column, Kind};

use crate::common::made;

const ROWS: i64 = 1_800_000;

fn columns() -> Vec<Column> {
    let text = |title: &'static str| Column::new(title, Kind::Text, 18);
    vec![
        text("QR ID"),
        text("Type"),
        Column::new("Children", Kind::Int, 10),
        text("Parent"),
        text("Bill"),
        text("Area"),
        Column::new("Created at", Kind::Time, 16),
    ]
}

fn fill(writer: &mut dyn RowWriter) {
    let time = jiff::civil::date(2026, 11, 21).at(5, 30, 0, 0);
    for n in 0..ROWS {
        let (code, parent) = (format!("KID{n:08}"), format!("SB{:05}", n / 30));
        let cells = [
            Cell::text(&code),
            Cell::text("CHILD"),
            Cell::Int(n % 31),
            Cell::text(&parent),
            Cell::text("Not linked"),
            Cell::text("lucknow"),
            Cell::Time(time),
        ];
        writer.row(&cells).unwrap();
    }
}

/// The most memory that this process ever had, in MB; `None` where the system does not report it.
fn peak_mb() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kb| kb / 1024)
}

fn tell(what: &str, started: Instant) -> f64 {
    let seconds = started.elapsed().as_secs_f64();
    eprintln!("{what}: {seconds:.1} s, {:?} MB at most", peak_mb());
    seconds
}

fn count(path: &std::path::Path) -> u64 {
    let book = Book::open(path).unwrap();
    let mut rows = 0;
    for sheet in 0..book.sheets().len() {
        rows += book
            .each_row(sheet, &mut |row| {
                if row.cell(0).is_empty() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            })
            .unwrap()
            .rows;
    }
    rows
}

#[test]
#[ignore = "writes and reads 1.8 million rows three times"]
fn one_million_eight_hundred_thousand_rows_are_written_and_read_in_little_memory() {
    let folder = tempfile::tempdir().unwrap();
    let columns = columns();
    let heading = Heading { title: "Bags", columns: &columns, no_data: "" };
    let rows = u64::try_from(ROWS).unwrap();

    let path = folder.path().join("bags.csv");
    let started = Instant::now();
    let mut writer = Box::new(CsvWriter::begin(File::create(&path).unwrap(), &heading, CsvOptions::default()).unwrap());
    fill(&mut *writer);
    writer.finish().unwrap();
    tell("CSV written", started);
    let started = Instant::now();
    assert_eq!(count(&path), rows);
    assert!(tell("CSV read", started) < 13.0);
    assert!(peak_mb().unwrap_or_default() < 60);

    let path = folder.path().join("bags.xlsx");
    let started = Instant::now();
    let options = XlsxOptions { scratch: Some(folder.path()), ..made() };
    let out = BufWriter::new(File::create(&path).unwrap());
    let mut writer = XlsxWriter::begin(out, &heading, &options).unwrap();
    fill(&mut writer);
    writer.finish().unwrap();
    assert!(tell("workbook written", started) < 60.0);
    assert!(peak_mb().unwrap_or_default() < 200);
    eprintln!("{} MB", std::fs::metadata(&path).unwrap().len() / 1_000_000);

    let started = Instant::now();
    let book = Book::open(&path).unwrap();
    let sheets: Vec<u64> = (0..2).map(|sheet| book.look_through(sheet).unwrap().rows).collect();
    assert_eq!(sheets, [u64::from(SHEET_ROWS_MAX) - 1, rows - u64::from(SHEET_ROWS_MAX) + 1]);
    tell("workbook read", started);
    assert!(peak_mb().unwrap_or_default() < 200);
}
