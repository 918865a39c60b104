//! Tables and reports as CSV and workbooks.

use std::io::{self, Write};

use base_sheet::read::Book;
use base_sheet::report::{Bar, Bars, Figure, Report, Table, Target};
use base_sheet::write::{CsvOptions, CsvWriter, Heading, RowWriter, XlsxWriter, report_as_csv, report_as_xlsx};
use base_sheet::{Cell, Column, Kind};

use crate::common::{all, joined, made};

fn columns() -> Vec<Column> {
    vec![
        Column::new("QR ID", Kind::Text, 14),
        Column::new("Children", Kind::Int, 9),
        Column::new("Weight (kg)", Kind::Kilograms, 200),
        Column::new("Created at", Kind::Time, 16),
    ]
}

fn write_rows(writer: &mut dyn RowWriter) {
    let time = jiff::civil::date(2026, 11, 21).at(5, 30, 0, 0);
    writer.row(&[Cell::text("00123"), Cell::Int(30), Cell::Kilograms(30.5), Cell::Time(time)]).unwrap();
    writer.row(&[Cell::text("=1+1"), Cell::Int(-1), Cell::Kilograms(f64::NAN)]).unwrap();
    writer.row(&[Cell::text("12E4"), Cell::Empty, Cell::Empty, Cell::Empty, Cell::text("beyond")]).unwrap();
}

fn csv(options: CsvOptions, fill: impl FnOnce(&mut CsvWriter<&mut Vec<u8>>)) -> String {
    let columns = columns();
    let heading = Heading { title: "Bags", columns: &columns, no_data: "There are no bags, yet." };
    let mut bytes = Vec::new();
    let mut writer = CsvWriter::begin(&mut bytes, &heading, options).unwrap();
    fill(&mut writer);
    writer.finish().unwrap();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn csv_is_quoted_guarded_and_plain() {
    let text = csv(CsvOptions::default(), |writer| write_rows(writer));
    let expected = "QR ID,Children,Weight (kg),Created at\n00123,30,30.5,21/11/26 05:30\n'=1+1,-1,,\n12E4,,,\n";
    assert_eq!(text, expected);
    let cells = ["+1", "-1", "@x", "\tx", "\rx", "a,b", "a\"b", "a\nb", " a", "a=b"];
    let text = csv(CsvOptions { has_bom: true }, |writer| {
        for cell in cells {
            writer.row(&[Cell::text(cell)]).unwrap();
        }
    });
    let rows = text.strip_prefix("\u{feff}QR ID,Children,Weight (kg),Created at\n").unwrap();
    let wanted = ["'+1", "'-1", "'@x", "\"'\tx\"", "\"'\rx\"", "\"a,b\"", "\"a\"\"b\"", "\"a\nb\"", "\" a\"", "a=b"];
    assert_eq!(rows, wanted.map(|cell| format!("{cell},,,\n")).concat());
}

#[test]
fn a_table_without_rows_says_so() {
    let text = csv(CsvOptions::default(), |_| ());
    assert_eq!(text, "QR ID,Children,Weight (kg),Created at\n\"There are no bags, yet.\"\n");
    let columns = columns();
    let heading = Heading { title: "Bags", columns: &columns, no_data: "There are no bags." };
    let mut bytes = Vec::new();
    XlsxWriter::begin(&mut bytes, &heading, &made()).unwrap().finish().unwrap();
    assert_eq!(joined(bytes), "QR ID|Children|Weight (kg)|Created at\nThere are no bags.");
}

/// Refuses everything after so many bytes.
struct Full(usize);

impl Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.checked_sub(bytes.len()).ok_or_else(|| io::Error::other("full"))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn csv_is_written_in_chunks_and_a_full_disk_is_reported() {
    let columns = columns();
    let heading = Heading { title: "Bags", columns: &columns, no_data: "" };
    let mut writer = CsvWriter::begin(Full(200_000), &heading, CsvOptions::default()).unwrap();
    let rows = (0..30_000).take_while(|_| writer.row(&[Cell::text("SB00001234")]).is_ok()).count();
    // Fourteen bytes each, and a chunk that is collected before it goes to the disk.
    assert!((14_000..20_000).contains(&rows), "{rows}");
    let mut writer = XlsxWriter::begin(Full(100), &heading, &made()).unwrap();
    writer.row(&[Cell::text("x")]).unwrap();
    assert_eq!(writer.finish().unwrap_err().code(), "write_workbook_failed");
}

fn workbook() -> Vec<u8> {
    let columns = columns();
    let heading = Heading { title: "Bags", columns: &columns, no_data: "" };
    let mut bytes = Vec::new();
    let mut writer = XlsxWriter::begin(&mut bytes, &heading, &made()).unwrap();
    write_rows(&mut writer);
    let fault = writer.row(&[Cell::text("x".repeat(40_000))]).unwrap_err();
    assert_eq!(fault.code(), "write_text_too_long");
    writer.finish().unwrap();
    bytes
}

#[test]
fn a_workbook_keeps_text_as_text_and_times_as_times() {
    let expected = "QR ID|Children|Weight (kg)|Created at\n00123|30|30.5|2026-11-21T05:30:00\n=1+1|-1\n12E4";
    assert_eq!(joined(workbook()), expected);
    assert_eq!(workbook(), workbook(), "the same table gives the same bytes");
}

#[test]
fn a_workbook_has_a_frozen_white_on_blue_header_and_no_formula() {
    let mut archive = zip::ZipArchive::new(io::Cursor::new(workbook())).unwrap();
    let mut part = |name: &str| io::read_to_string(archive.by_name(name).unwrap()).unwrap();
    let sheet = part("xl/worksheets/sheet1.xml");
    assert!(sheet.contains(r#"state="frozen""#) && !sheet.contains("<f>"), "{sheet}");
    assert!(sheet.contains(r#"min="3" max="3" width="50."#), "{sheet}");
    let styles = part("xl/styles.xml");
    assert!(styles.contains("FF4472C4") && styles.contains("FFFFFFFF") && styles.contains("<b/>"), "{styles}");
}

fn report() -> Report {
    let bar = |label: &str, value: f64| Bar { label: label.into(), value, shown: value.to_string() };
    let figure = |label: &str, value: &str| Figure { label: label.into(), value: value.into() };
    Report {
        title: "Bill summary".into(),
        lines: vec!["21/11/26 to 21/11/26".into(), "=HYPERLINK(1)".into()],
        figures: vec![figure("Bills", "12"), figure("Weight", "1,800 kg")],
        bars: Some(Bars {
            title: "Bags each day".into(),
            bars: vec![bar("Mon", 3.0), bar("Tue", 5.0)],
            target: Some(Target { label: "Target".into(), value: 4.0 }),
        }),
        tables: vec![
            Table {
                title: "Bills".into(),
                columns: columns(),
                rows: vec![vec![Cell::text("BILL-1"), Cell::Int(3), Cell::Kilograms(90.0)]],
            },
            Table { title: "Bills".into(), columns: columns(), rows: vec![] },
        ],
        no_data: "Nothing here.".into(),
    }
}

#[test]
fn a_report_as_csv_has_all_its_parts() {
    let mut bytes = Vec::new();
    report_as_csv(&report(), &mut bytes, CsvOptions::default()).unwrap();
    let head = "QR ID,Children,Weight (kg),Created at";
    let expected = [
        "Bill summary\n21/11/26 to 21/11/26\n'=HYPERLINK(1)\n\n",
        "Bills,12\nWeight,\"1,800 kg\"\n\n",
        "Bags each day\nMon,3\nTue,5\nTarget,4\n\n",
        &format!("Bills\n{head}\nBILL-1,3,90,\n\n"),
        &format!("Bills\n{head}\nNothing here.\n"),
    ];
    assert_eq!(String::from_utf8(bytes).unwrap(), expected.concat());
}

#[test]
fn a_report_as_workbook_has_an_overview_and_a_sheet_for_each_table() {
    let mut bytes = Vec::new();
    report_as_xlsx(&report(), &mut bytes, &made()).unwrap();
    let book = Book::of_bytes(bytes).unwrap();
    let names: Vec<&str> = book.sheets().iter().map(|sheet| sheet.name.as_str()).collect();
    assert_eq!(names, ["Bill summary", "Bills", "Bills 2"]);
    let overview: Vec<String> = all(&book, 0).iter().map(|row| row.join("|")).collect();
    let expected = [
        "Bill summary",
        "21/11/26 to 21/11/26",
        "=HYPERLINK(1)",
        "Bills|12",
        "Weight|1,800 kg",
        "Bags each day",
        "Mon|3",
        "Tue|5",
        "Target|4",
    ];
    assert_eq!(overview, expected);
    assert_eq!(all(&book, 2)[1], ["Nothing here."]);
}
