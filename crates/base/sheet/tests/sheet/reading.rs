//! Files of every shape that can be read.

use std::ops::ControlFlow;

use base_sheet::SheetFault;
use base_sheet::read::{Book, Guess, Wanted};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

use crate::common::{all, joined, workbook_of};

const TABLE: &str = "qr_id|type\nSB00001|parent\nKÍD 1|child";

fn utf16(text: &str, big: bool, mark: bool) -> Vec<u8> {
    let units = mark.then_some(0xfeff).into_iter().chain(text.encode_utf16());
    units.flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
}

#[test]
fn every_separator_is_understood() {
    for separator in [",", ";", "\t", "|"] {
        let text = format!("qr_id{separator}type\r\nSB00001{separator}parent\r\nKÍD 1{separator}child");
        assert_eq!(joined(&text), TABLE, "{separator:?}");
    }
    let quoted = "\"qr_id,;;;\";\"type\"\n\"SB\"\"1\";\"a\nb\"\n";
    assert_eq!(joined(quoted), "qr_id,;;;|type\nSB\"1|a\nb");
}

#[test]
fn every_encoding_is_understood() {
    let text = "qr_id,type\nSB00001,parent\nKÍD 1,child\n";
    assert_eq!(joined(format!("\u{feff}{text}")), TABLE);
    for (big, mark) in [(true, true), (true, false), (false, true), (false, false)] {
        assert_eq!(joined(utf16(text, big, mark)), TABLE, "big {big}, mark {mark}");
    }
    let windows: Vec<u8> = text.chars().map(|character| u8::try_from(character).unwrap()).collect();
    assert_eq!(joined(windows), TABLE);
    assert_eq!(joined("बैग,प्रकार\nक्ष,ज्ञ\n"), "बैग|प्रकार\nक्ष|ज्ञ");
}

#[test]
fn one_letter_that_is_no_utf_8_in_the_last_row_is_seen() {
    let mut text = "code,note\n".to_owned();
    text += &"SB00001,ok\n".repeat(40_000);
    let mut bytes = text.into_bytes();
    bytes.extend(b"SB00002,caf\xe9\n");
    let book = Book::of_bytes(bytes).unwrap();
    let rows = all(&book, 0);
    assert_eq!((rows.len(), rows[40_001][1].as_str()), (40_002, "café"));
}

#[test]
fn rows_keep_their_numbers_and_short_and_long_ones_are_met() {
    let book = Book::of_bytes("a,b\n1\n,,\n1,2,3\n1,2,,\n1,2,3,4\n").unwrap();
    let mut seen = Vec::new();
    let walk = book.each_row(0, &mut |row| {
        seen.push((row.number, row.cell(0).to_owned(), row.cell(1).to_owned()));
        ControlFlow::Continue(())
    });
    let walk = walk.unwrap();
    let row = |number, b: &str| (number, "1".to_owned(), b.to_owned());
    assert_eq!(seen, [row(2, ""), row(4, "2"), row(5, "2"), row(6, "2")]);
    assert_eq!((walk.rows, walk.last_row, walk.longer_rows, walk.first_longer_row), (4, 6, 2, Some(4)));

    let walk = book.each_row(0, &mut |_| ControlFlow::Break(())).unwrap();
    assert!(walk.is_broken_off && walk.rows == 1);
}

#[test]
fn rows_of_csv_have_the_numbers_that_people_see() {
    for end in ["\n", "\r\n", "\r"] {
        let text = ["", "a,b", "1,x", "", "", "2,\"two", "lines\"", "", "3,z", ""].join(end);
        let book = Book::of_bytes(text).unwrap();
        let mut seen = Vec::new();
        book.each_row(0, &mut |row| {
            seen.push((row.number, row.cell(0).to_owned()));
            ControlFlow::Continue(())
        })
        .unwrap();
        let expected = [(3, "1".to_owned()), (6, "2".to_owned()), (8, "3".to_owned())];
        assert_eq!((book.sheets()[0].header_row, seen), (2, expected.to_vec()), "{end:?}");
    }
    // Wherever the file is cut into pieces while it is read.
    let text = format!("a,b\n{}", "\r\n1,2\r\n".repeat(60_000));
    let walk = Book::of_bytes(text).unwrap().look_through(0).unwrap();
    assert_eq!((walk.rows, walk.last_row), (60_000, 120_001));
    for last in ["1,2", "1,\"2\"", "\"1\",\"2\"\n"] {
        assert_eq!(joined(format!("a,b\n{last}")), "a|b\n1|2", "{last:?}");
    }
}

#[test]
fn a_workbook_gives_codes_as_they_were_typed_and_dates_as_iso() {
    let mut workbook = Workbook::new();
    workbook.add_worksheet().set_name("Notes").unwrap();
    let sheet = workbook.add_worksheet().set_name("Bags").unwrap();
    let day = Format::new().set_num_format("dd/mm/yyyy");
    let stamp = Format::new().set_num_format("dd/mm/yyyy hh:mm");
    let clock = Format::new().set_num_format("hh:mm:ss");
    sheet.write_string(1, 1, "Code").unwrap().write_string(1, 2, "When").unwrap();
    sheet.write_number(2, 1, 123.0).unwrap().write_number(3, 1, 1.5).unwrap();
    sheet.write_string(4, 1, "00123").unwrap().write_string(5, 1, "12E4").unwrap();
    sheet.write_number(6, 1, 900_719_925_474_099.0).unwrap().write_boolean(7, 1, true).unwrap();
    sheet.write_blank(3, 700, &day).unwrap();
    let date = ExcelDateTime::from_ymd(2026, 11, 21).unwrap();
    sheet.write_datetime_with_format(2, 2, &date, &day).unwrap();
    sheet.write_datetime_with_format(3, 2, date.and_hms(5, 30, 0).unwrap(), &stamp).unwrap();
    sheet.write_number_with_format(4, 2, 0.25, &clock).unwrap();
    let book = Book::of_bytes(workbook.save_to_buffer().unwrap()).unwrap();
    let names: Vec<&str> = book.sheets().iter().map(|sheet| sheet.name.as_str()).collect();
    assert_eq!((names, book.first_sheet()), (vec!["Notes", "Bags"], 1));
    let rows: Vec<String> = all(&book, 1).iter().map(|row| row[1..].join("|")).collect();
    let expected =
        ["Code|When", "123|2026-11-21", "1.5|2026-11-21T05:30:00", "00123|06:00:00", "12E4", "900719925474099", "true"];
    assert_eq!(rows, expected);
    assert!(matches!(book.look_through(0), Err(SheetFault::NoRows)));
    assert!(matches!(book.look_through(2), Err(SheetFault::NoSheet { number: 3, count: 2 })));
}

#[test]
fn a_workbook_without_references_and_with_rows_left_out_keeps_its_numbers() {
    let data = r#"<sheetData><row r="2"><c t="inlineStr"><is><t>a</t></is></c><c t="inlineStr"><is><t>b</t></is></c></row>
        <row r="5"><c t="inlineStr"><is><t>1</t></is></c></row></sheetData>"#;
    let book = Book::of_bytes(workbook_of(data, &[])).unwrap();
    let mut numbers = Vec::new();
    let mut take = |row: base_sheet::read::Row<'_>| {
        numbers.push((row.number, row.cell(0).to_owned(), row.cell(1).to_owned()));
        ControlFlow::Continue(())
    };
    book.each_row(0, &mut take).unwrap();
    assert_eq!(numbers, [(5, "1".to_owned(), String::new())]);
}

#[test]
fn the_same_content_has_the_same_digest_from_disk_and_from_memory() {
    let text = "a,b\n1,2\n";
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bags.pdf");
    std::fs::write(&path, text).unwrap();
    let (disk, memory) = (Book::open(&path).unwrap(), Book::of_bytes(text).unwrap());
    assert_eq!(disk.digest(), memory.digest());
    assert_eq!(all(&disk, 0), all(&memory, 0));
    assert_ne!(memory.digest(), Book::of_bytes("a,b\n1,3\n").unwrap().digest());
    let missing = Book::open(&folder.path().join("none.csv")).unwrap_err();
    assert_eq!(missing.code(), "file_unreadable");
}

const WANTED: [Wanted; 3] = [
    Wanted::needed("child", &["qr_id", "code", "bag"]),
    Wanted::needed("parent", &["parent_qr_id", "parent bag"]),
    Wanted::optional("capacity", &["parent_bag_count"]),
];

fn columns(header: &str) -> base_sheet::read::Columns {
    Book::of_bytes(format!("{header}\n1,2,3\n")).unwrap().columns(0, &WANTED).unwrap()
}

#[test]
fn names_of_columns_are_compared_without_case_spaces_and_hyphens() {
    let guessed = |header: &str| columns(header).check().unwrap();
    assert_eq!(guessed(" QR ID ,Parent-QR-Id,note"), [Some(0), Some(1), None]);
    assert_eq!(guessed("PARENT_BAG,Parent Bag Count,Child"), [Some(2), Some(0), Some(1)]);
    // Its own name takes precedence over a synonym.
    assert_eq!(guessed("code,child,parent"), [Some(1), Some(2), None]);
    // What is said about a column in its heading is no part of its name, unless it is one.
    assert_eq!(guessed("Child (required),Parent Bag [SB + 5],Capacity, optional"), [Some(0), Some(1), Some(2)]);
    assert_eq!(guessed("Parent - mandatory,\"Child\n(as on the label)\",x"), [Some(1), Some(0), None]);
    assert_eq!(guessed("child (old),child,parent"), [Some(1), Some(2), None]);
}

#[test]
fn a_guess_can_be_corrected_and_what_is_wrong_is_named() {
    let mut found = columns("bag,bag,Parent");
    let names: Vec<(&str, Guess)> = found.guesses().collect();
    assert_eq!(names, [("child", Guess::Either(0, 1)), ("parent", Guess::Is(2)), ("capacity", Guess::None)]);
    assert!(matches!(found.check(), Err(SheetFault::TwoColumns { first: 0, second: 1, .. })));
    found.choose("child", Some(1)).unwrap();
    assert_eq!(found.check().unwrap(), [Some(1), Some(2), None]);
    found.choose("capacity", Some(1)).unwrap();
    let fault = found.check().unwrap_err();
    assert_eq!(
        fault.to_string(),
        "The file has one column, B, chosen for both child and capacity; choose another for one of them"
    );
    found.choose("parent", None).unwrap();
    found.choose("capacity", None).unwrap();
    let fault = found.check().unwrap_err();
    assert!(
        fault.to_string().starts_with("The file has no column parent; its first row is: bag, bag, Parent; "),
        "{fault}"
    );
    assert!(found.choose("child", Some(3)).is_err() && found.choose("nonsense", Some(0)).is_err());
}
