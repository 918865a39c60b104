//! What is written can be read again, and nothing at all makes the reader panic.

use std::ops::ControlFlow;

use base_core::file::Holds;
use base_sheet::read::{Book, Row};
use base_sheet::write::{CsvOptions, CsvWriter, Heading, XlsxWriter};
use base_sheet::{Cell, Column, Kind};
use proptest::prelude::*;

use crate::common::{made, workbook_of, zipped};

/// Letters of all kinds, and characters that separate, quote and begin formulas; no zero bytes, which no table may
/// contain.
fn text() -> impl Strategy<Value = String> {
    let characters = prop_oneof![
        "[ -~]{0,12}",
        "[=+@\\-][0-9A-Z(]{0,6}",
        "[\",;|\t\n 'a]{0,8}",
        "[क-हा-ौ्₹é…]{0,10}",
        "\\PC{0,10}",
        "0{0,3}[0-9]{1,15}",
        "[0-9]E[0-9]",
    ];
    characters.prop_filter("no row of a table holds these", |text: &String| {
        !text.contains(['\0', '\u{feff}', '\u{fffe}', '\u{ffff}'])
    })
}

fn table() -> impl Strategy<Value = Vec<Vec<String>>> {
    (1_usize..6).prop_flat_map(|columns| {
        let row = prop::collection::vec(text(), columns);
        prop::collection::vec(row, 1..12)
    })
}

fn columns(count: usize) -> Vec<Column> {
    (0..count).map(|at| Column::new(format!("Column {at}"), Kind::Text, 20)).collect()
}

/// Rows that are not blank, without blank cells at their end: that is how a table is read.
fn trimmed(rows: &[Vec<String>], width: usize) -> Vec<Vec<String>> {
    let said = rows.iter().filter(|row| row.iter().any(|cell| !cell.trim().is_empty()));
    said.map(|row| (0..width).map(|at| row.get(at).cloned().unwrap_or_default()).collect()).collect()
}

/// The rows of a file, as columns of words take them.
fn read(bytes: Vec<u8>, width: usize) -> Vec<Vec<String>> {
    let mut read: Vec<Vec<String>> = Vec::new();
    let mut take = |row: Row<'_>| {
        let text = |at| row.read(at, Holds::Words).expect("what was written is no fault").to_owned();
        read.push((0..width).map(text).collect());
        ControlFlow::Continue(())
    };
    Book::of_bytes(bytes).unwrap().each_row(0, &mut take).unwrap();
    read
}

proptest! {
    #[test]
    fn a_table_written_as_csv_is_read_as_it_was(rows in table(), has_bom: bool) {
        let width = rows[0].len();
        let columns = columns(width);
        let heading = Heading { title: "T", columns: &columns, no_data: "" };
        let mut bytes = Vec::new();
        let mut writer = CsvWriter::begin(&mut bytes, &heading, CsvOptions { has_bom }).unwrap();
        for row in &rows {
            let cells: Vec<Cell<'_>> = row.iter().map(|cell| Cell::text(cell.as_str())).collect();
            writer.row(&cells).unwrap();
        }
        writer.finish().unwrap();
        let read = read(bytes, width);
        prop_assert_eq!(trimmed(&read, width), trimmed(&rows, width));
    }

    #[test]
    fn a_table_written_as_workbook_is_read_as_it_was(rows in table()) {
        let width = rows[0].len();
        let columns = columns(width);
        let heading = Heading { title: "T", columns: &columns, no_data: "" };
        let mut bytes = Vec::new();
        let mut writer = XlsxWriter::begin(&mut bytes, &heading, &made()).unwrap();
        for row in &rows {
            let cells: Vec<Cell<'_>> = row.iter().map(|cell| Cell::text(cell.as_str())).collect();
            writer.row(&cells).unwrap();
        }
        writer.finish().unwrap();
        let read = read(bytes, width);
        prop_assert_eq!(trimmed(&read, width), trimmed(&rows, width));
    }

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..600), begin in 0_usize..9) {
        let begins: [&[u8]; 9] = [b"", b"PK\x03\x04", b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"a,b\n", b"\"", b"\xd0\xcf\x11\xe0", b"a;\xff\n"];
        let whole = [begins[begin], &bytes].concat();
        try_to_read(whole);
    }

    #[test]
    fn no_broken_workbook_makes_the_reader_panic(data in "(<(row|c|v|is|t|si)( (r|t|s)=\"[A-Z0-9a-z]{0,9}\"){0,2}/?>|</(row|c|v|is|t)>|[0-9.eE-]{1,6}){0,40}", texts in "[ -~]{0,60}", dimension in "[A-Z]{0,4}[0-9]{0,11}:[A-Z]{0,4}[0-9]{0,3}") {
        let sheet = format!("<dimension ref=\"{dimension}\"/><sheetData>{data}</sheetData>");
        let shared = format!("<sst>{texts}</sst>");
        try_to_read(workbook_of(&sheet, &[("xl/sharedStrings.xml", shared.as_bytes()), ("xl/styles.xml", texts.as_bytes())]));
    }

    #[test]
    fn no_flipped_byte_of_an_archive_makes_the_reader_panic(at: prop::sample::Index, byte: u8) {
        let mut bytes = zipped(&[("[Content_Types].xml", b"<Types/>"), ("xl/workbook.xml", b"<workbook/>")]);
        let at = at.index(bytes.len());
        bytes[at] = byte;
        try_to_read(bytes);
    }
}

fn try_to_read(bytes: Vec<u8>) {
    if let Ok(book) = Book::of_bytes(bytes) {
        for sheet in 0..book.sheets().len() {
            drop(book.look_through(sheet));
        }
    }
}
