//! Tables and reports as CSV and workbooks.

use std::io::{self, Write};

use base_sheet::read::Book;
use base_sheet::report::{Bar, Bars, Figure, Number, Report, Table, Target};
use base_sheet::write::{CsvOptions, CsvWriter, Heading, RowWriter, XlsxWriter, report_as_xlsx, table_as_csv};
use base_sheet::{Brand, Cell, Column, Kind};
use calamine::{Data, Reader, Xlsx};

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

fn part(book: Vec<u8>, name: &str) -> String {
    let mut archive = zip::ZipArchive::new(io::Cursor::new(book)).unwrap();
    io::read_to_string(archive.by_name(name).unwrap()).unwrap()
}

#[test]
fn every_sheet_can_be_filtered_and_prints_in_the_width_of_a_page() {
    let sheet = part(workbook(), "xl/worksheets/sheet1.xml");
    for piece in [
        r#"<autoFilter ref="A1:D4"/>"#,
        r#"orientation="landscape""#,
        r#"fitToHeight="0""#,
        "<oddFooter>&amp;LBags&amp;R&amp;P / &amp;N</oddFooter>",
    ] {
        assert!(sheet.contains(piece), "{piece}: {sheet}");
    }
    assert!(part(workbook(), "xl/workbook.xml").contains("Bags!$1:$1"), "the headings are printed on each page");
}

fn report() -> Report {
    let bar = |label: &str, value: f64| Bar { label: label.into(), value, shown: value.to_string() };
    let figure = |label: &str, value: &str, number: f64, unit: &str| Figure {
        label: label.into(),
        value: value.into(),
        number: Some(Number { value: number, unit: unit.into() }),
        ..Figure::default()
    };
    let row = |bill: &'static str, children: i64, weight: f64| {
        vec![Cell::text(bill), Cell::Int(children), Cell::Kilograms(weight)]
    };
    let rows = vec![row("BILL-1", 3, 90.0), row("BILL-2", 4, 1.5)];
    Report {
        title: "Bill summary".into(),
        lines: vec!["21/11/26 to 21/11/26".into(), "=HYPERLINK(1)".into()],
        made: "Generated 22/11/26".into(),
        figures: vec![figure("Bills", "12", 12.0, ""), figure("Weight", "1,23,456 kg", 123_456.0, "kg")],
        bars: Some(Bars {
            title: "Bags each day".into(),
            bars: vec![bar("Mon", 3.0), bar("Tue", 5.0)],
            target: Some(Target { label: "Target".into(), value: 4.0 }),
            words: vec!["Highest: Tue (5)".into()],
            ..Bars::default()
        }),
        tables: vec![
            Table { title: "Bills".into(), columns: columns(), rows, ..Table::default() }.summed("Total"),
            Table { title: "Bills".into(), columns: columns(), ..Table::default() },
        ],
        no_data: "Nothing here.".into(),
        ..Report::default()
    }
}

#[test]
fn a_table_of_a_report_as_csv_is_its_headings_and_rows_and_nothing_else() {
    let csv = |table: &Table| {
        let mut bytes = Vec::new();
        table_as_csv(table, &mut bytes, CsvOptions::default()).unwrap();
        String::from_utf8(bytes).unwrap()
    };
    let head = "QR ID,Children,Weight (kg),Created at\n";
    let mut report = report();
    report.tables[0].rows[0][1] = Cell::Int(-1_234_567);
    assert_eq!(csv(&report.tables[0]), format!("{head}BILL-1,-1234567,90,\nBILL-2,4,1.5,\n"));
    assert_eq!(csv(&report.tables[1]), head);
}

fn book() -> Vec<u8> {
    let mut bytes = Vec::new();
    let brand = Brand { name: "Seeds & Sons".into(), ..Brand::default() };
    report_as_xlsx(&report(), &mut bytes, &made(), &brand).unwrap();
    bytes
}

#[test]
fn a_report_as_workbook_has_an_overview_and_a_sheet_for_each_table() {
    let book = Book::of_bytes(book()).unwrap();
    let names: Vec<&str> = book.sheets().iter().map(|sheet| sheet.name.as_str()).collect();
    assert_eq!(names, ["Bill summary", "Bills", "Bills 2"]);
    let overview: Vec<String> = all(&book, 0).iter().map(|row| row.join("|")).collect();
    let expected = [
        "Seeds & Sons",
        "Bill summary",
        "21/11/26 to 21/11/26",
        "=HYPERLINK(1)",
        "Generated 22/11/26",
        "Bills|12",
        "Weight|123456",
        "Bags each day",
        "Highest: Tue (5)",
        "||Target",
        "Mon|3|4",
        "Tue|5|4",
    ];
    assert_eq!(overview, expected);
    assert_eq!(all(&book, 2)[1], ["Nothing here."]);
}

#[test]
fn figures_of_a_workbook_are_numbers_and_totals_follow_the_filter() {
    let mut read: Xlsx<_> = Xlsx::new(io::Cursor::new(book())).unwrap();
    let overview = read.worksheet_range("Bill summary").unwrap();
    let weight = overview.rows().find(|row| row[0] == Data::String("Weight".into())).unwrap();
    assert_eq!(weight[1], Data::Float(123_456.0));
    let table = read.worksheet_range("Bills").unwrap();
    let total: Vec<Data> = table.rows().next_back().unwrap().to_vec();
    assert_eq!(total[..3], [Data::String("Total".into()), Data::Float(7.0), Data::Float(91.5)]);
    let formulas = read.worksheet_formula("Bills").unwrap();
    let formulas: Vec<&String> = formulas.used_cells().map(|cell| cell.2).collect();
    assert_eq!(formulas, ["SUBTOTAL(109,B2:B3)", "SUBTOTAL(109,C2:C3)"]);
    let sheet = part(book(), "xl/worksheets/sheet2.xml");
    assert!(sheet.contains(r#"<autoFilter ref="A1:D3"/>"#), "the total is not sorted into the rows: {sheet}");
    assert!(sheet.contains("&amp;LSeeds &amp;&amp; Sons · Bill summary&amp;RPage &amp;P of &amp;N"), "{sheet}");
    let styles = part(book(), "xl/styles.xml");
    assert!(styles.contains(r"##\,##\,##0") && styles.contains("kg"), "{styles}");
    assert!(styles.contains("FF2D5016"), "headings have the colour of the site: {styles}");
}

#[test]
fn a_workbook_has_the_chart_of_its_report_on_the_scale_of_the_page() {
    let chart = part(book(), "xl/charts/chart1.xml");
    for piece in [
        "<c:barChart>",
        "<c:lineChart>",
        r#"<c:max val="6"/>"#,
        r#"<c:majorUnit val="2"/>"#,
        "'Bill summary'!$B$13:$B$14",
        "<c:v>3</c:v>",
        "<c:v>Tue</c:v>",
    ] {
        assert!(chart.contains(piece), "{piece}: {chart}");
    }
}
