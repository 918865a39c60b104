//! Files that are refused: each with its own code, its place and what to do, and none with a panic.

use std::fmt::Write as _;

use base_sheet::SheetFault;
use base_sheet::read::{Book, CELL_BYTES_MAX, COLUMNS_MAX, Limits, Wanted};

use crate::common::{workbook_of, workbook_with, zipped};

const NEEDED: [Wanted; 2] = [Wanted::needed("code", &[]), Wanted::needed("parent", &[])];

/// Recognises, maps and reads.
fn read(bytes: impl AsRef<[u8]>) -> Result<u64, SheetFault> {
    let book = Book::of_bytes(bytes.as_ref().to_vec())?;
    let sheet = book.first_sheet();
    book.columns(sheet, &NEEDED)?.check()?;
    Ok(book.look_through(sheet)?.rows)
}

fn refusal(bytes: impl AsRef<[u8]>) -> (String, String) {
    let fault = read(bytes).unwrap_err();
    let said = fault.to_string();
    assert!(said.starts_with("The file ") && said.contains(';') && said.is_ascii(), "{said}");
    (fault.code().to_owned(), said)
}

#[test]
fn a_file_without_a_table_is_refused() {
    for (bytes, code) in [
        (&b""[..], "file_empty"),
        (b"\xef\xbb\xbf", "file_empty"),
        (b"\xff\xfe\r\0\n\0", "file_empty"),
        (b"\n\n\r\n", "file_empty"),
        (b" , ,\n,\n", "file_empty"),
        (b"code,parent\n", "file_without_rows"),
        (b"code,parent\n , \n", "file_without_rows"),
        (b"code/parent\n1/2\n", "file_one_column"),
        (b"sep=,\ncode;parent\n1;2\n", "file_wrong_separator"),
        (b"sep=x\ncode;parent\n1;2\n", "file_unknown_separator"),
        (b"code,parent\n1,\"2\n3,4\n", "file_open_quote"),
        (b"code,parent\n1,\"2\n3,\"4\"\n5,6\n", "file_open_quote"),
        (b"code,parent\n1,\"", "file_open_quote"),
        (b"code,child\n1,2\n", "file_column_missing"),
        (b"code,parent,Code\n1,2,3\n", "file_column_twice"),
        (b"%PDF-1.7\n", "file_no_table"),
        (b"\x89PNG\r\n\x1a\n", "file_no_table"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "file_no_table"),
        (b"\r\n <!DOCTYPE html><html>", "file_no_table"),
        (b"\xef\xbb\xbf<html><table>", "file_no_table"),
        (b"code,parent\n1,\0\n", "file_zero_byte"),
        (b"PK\x03\x04 and then nothing", "file_broken_workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "file_old_excel_or_password"),
        (b"\xff\xfec\0o\0\x00\xd8x\0", "file_bad_text"),
    ] {
        let (found, said) = refusal(bytes);
        assert_eq!(found, code, "{said}");
    }
}

/// The container of old Office files: a header, the table of its sectors, and a directory in the sector after it.
fn old_office(entry: &str) -> Vec<u8> {
    let mut bytes = vec![0_u8; 1536];
    bytes[..8].copy_from_slice(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1");
    bytes[30] = 9;
    bytes[48] = 1;
    bytes[57] = 0x10;
    bytes[60..64].fill(0xff);
    bytes[68..72].fill(0xff);
    bytes[80..1024].fill(0xff);
    bytes[512..520].copy_from_slice(b"\xfd\xff\xff\xff\xfe\xff\xff\xff");
    bytes[1024 + 64] = u8::try_from(2 * entry.len() + 2).unwrap();
    for (at, unit) in entry.encode_utf16().enumerate() {
        bytes[1024 + 2 * at..][..2].copy_from_slice(&unit.to_le_bytes());
    }
    bytes
}

#[test]
fn a_password_and_an_old_format_are_told_apart() {
    assert_eq!(refusal(old_office("EncryptedPackage")).0, "file_with_password");
    // Excel 97 and later are read; what comes before them is named.
    assert_eq!(refusal(old_office("Book")).0, "file_old_excel");
    assert_eq!(refusal(b"\x09\x04\x06\0\0\0\x10\0").0, "file_old_excel");
    assert_eq!(refusal(old_office("Workbook")).0, "file_broken_workbook");
    let mut wild = old_office("Workbook");
    wild[30..32].fill(0xff);
    wild[48..52].fill(0xff);
    assert_eq!(refusal(wild).0, "file_old_excel_or_password");
}

#[test]
fn other_archives_and_macros_are_named() {
    let sheet = "<sheetData/>";
    for (bytes, words) in [
        (zipped(&[("photo.jpg", b"x")]), "is a ZIP archive and no workbook"),
        (zipped(&[("word/document.xml", b"x"), ("[Content_Types].xml", b"")]), "is a text document (.docx)"),
        (zipped(&[("mimetype", b"x"), ("content.xml", b"")]), "is an OpenDocument file, but no spreadsheet"),
        (zipped(&[("xl/workbook.bin", b"x"), ("[Content_Types].xml", b"")]), "is a binary workbook (.xlsb)"),
        (workbook_of(sheet, &[("xl/vbaProject.bin", b"x")]), "contains macros; save it as a workbook without"),
        (workbook_of(sheet, &[("XL\\VBAProject.bin", b"x")]), "contains macros"),
        (workbook_of(sheet, &[]), "is empty"),
        (
            zipped(&[("[Content_Types].xml", b"<Types/>"), ("xl/workbook.xml", b"<workbook")]),
            "cannot be read as a workbook",
        ),
    ] {
        let (_, said) = refusal(bytes);
        assert!(said.contains(words), "{said}");
    }
    let mut macros = workbook_of(sheet, &[]);
    assert!(read(&macros).is_err());
    macros = zipped(&[
        ("[Content_Types].xml", b"<Override ContentType='x.macroEnabled.main+xml'/>"),
        ("xl/workbook.xml", b""),
    ]);
    assert_eq!(refusal(macros).0, "file_with_macros");
}

#[test]
fn too_many_columns_are_refused_and_the_row_is_named() {
    let wide = vec!["c"; 1000].join(",");
    let fault = read(format!("{wide}\n1\n")).unwrap_err();
    assert!(matches!(fault, SheetFault::TooManyColumns { row: 1, .. }), "{fault}");
    let fault = read(format!("code,parent\n1,2\n{wide}\n")).unwrap_err();
    assert_eq!((fault.code(), fault.row()), ("file_too_many_columns", Some(3)));
    let just = vec!["1"; COLUMNS_MAX].join(",");
    assert_eq!(read(format!("code,parent\n{just}\n")).unwrap(), 1);

    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.write_string(0, 0, "code").unwrap().write_string(0, 1, "parent").unwrap();
    sheet.write_string(1, 0, "1").unwrap().write_string(1, 999, "x").unwrap();
    let fault = read(workbook.save_to_buffer().unwrap()).unwrap_err();
    assert!(matches!(fault, SheetFault::TooManyColumns { row: 2, found: 1000 }), "{fault}");
    let huge = r#"<sheetData><row r="1"><c r="ZZZZZZZ1"><v>1</v></c></row></sheetData>"#;
    assert!(read(workbook_of(huge, &[])).is_err());
}

#[test]
fn a_cell_of_ten_megabytes_is_refused_with_its_row_and_column() {
    let long = "x".repeat(10_000_000);
    for text in [format!("code,parent\n1,2\n3,{long}\n"), format!("code,parent\n1,2\n3,\"{long}")] {
        let fault = read(text).unwrap_err();
        assert!(matches!(fault, SheetFault::CellTooLong { row: 3, column: 1 }), "{fault}");
    }
    let just = "x".repeat(CELL_BYTES_MAX);
    assert_eq!(read(format!("code,parent\n1,{just}\n")).unwrap(), 1);
    let fault = read(format!("code,parent\n1,{just}y\n")).unwrap_err();
    assert_eq!(fault.column(), Some(1));
    let fault = read(format!("code,parent\n{}\n", vec![just.as_str(); 40].join(","))).unwrap_err();
    assert!(matches!(fault, SheetFault::RowTooLong { row: 2 }), "{fault}");

    let mut data = "<sheetData><row r=\"1\">".to_owned();
    for (place, text) in [("A1", "code"), ("B1", "parent"), ("A2", "1"), ("B2", &long[..9_000_000])] {
        if place == "A2" {
            data += "</row><row r=\"2\">";
        }
        write!(data, "<c r=\"{place}\" t=\"inlineStr\"><is><t>{text}</t></is></c>").unwrap();
    }
    data += "</row></sheetData>";
    let fault = read(workbook_of(&data, &[])).unwrap_err();
    assert!(matches!(fault, SheetFault::CellTooLong { row: 2, column: 1 }), "{fault}");
}

#[test]
fn an_unclosed_quotation_mark_does_not_swallow_the_file() {
    let rows = "1,2\n".repeat(500_000);
    let fault = read(format!("code,parent\n\"1,2\n{rows}")).unwrap_err();
    assert!(matches!(fault, SheetFault::CellTooLong { row: 2, column: 0 }), "{fault}");
}

#[test]
fn a_workbook_that_is_too_large_or_too_tight_once_unpacked_is_refused_before_it_is_read() {
    let zeros = vec![b' '; 60_000_000];
    let bomb = workbook_of("<sheetData/>", &[("xl/worksheets/sheet2.xml", &zeros)]);
    assert!(bomb.len() < 100_000);
    assert_eq!(refusal(bomb).0, "file_packed_too_tightly");

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large.xlsx");
    let noise: Vec<u8> = (0_u32..300_000).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
    std::fs::write(&path, workbook_of("<sheetData/>", &[("xl/media/a.png", &noise)])).unwrap();
    let limits = Limits { unzipped_bytes_max: 1_000_000, ..Limits::UPLOAD };
    let fault = Book::open_within(&path, &limits).unwrap_err();
    assert_eq!(fault.to_string(), "The file unpacks to more than 1 MB; split it into smaller files");
    assert!(matches!(Book::open(&path).unwrap_err(), SheetFault::Empty));
}

#[test]
fn an_archive_that_lies_about_its_size_is_counted() {
    let zeros = vec![b' '; 60_000_000];
    let mut bomb = workbook_of("<sheetData/>", &[("xl/worksheets/sheet2.xml", &zeros)]);
    // The size is in the directory and before the part; both now claim 100 bytes.
    let size = 60_000_000_u32.to_le_bytes();
    let places: Vec<usize> = (0..bomb.len() - 4).filter(|at| bomb[*at..*at + 4] == size).collect();
    assert!(!places.is_empty());
    for place in places {
        bomb[place..place + 4].copy_from_slice(&100_u32.to_le_bytes());
    }
    let fault = read(bomb).unwrap_err();
    assert!(["file_packed_too_tightly", "file_broken_workbook"].contains(&fault.code()), "{fault}");
}

#[test]
fn a_list_of_texts_with_a_wrong_length_allocates_no_memory() {
    let sheet = "<sheetData><row r=\"1\"><c r=\"A1\"><v>1</v></c></row></sheetData>";
    for count in ["99999999999", "18446744073709551615", "999999999999999999999999"] {
        let texts = format!("<sst uniqueCount = '{count}'><si><t>a</t></si></sst>");
        let fault = read(workbook_of(sheet, &[("xl/sharedStrings.xml", texts.as_bytes())])).unwrap_err();
        assert!(fault.to_string().contains("gives a wrong length"), "{fault}");
    }
    let texts = "<sst count=\"9\" uniqueCount=\"1\"><si><t>a</t></si></sst>";
    let fault = read(workbook_of(sheet, &[("xl/sharedStrings.xml", texts.as_bytes())])).unwrap_err();
    assert_eq!(fault.code(), "file_column_missing");
}

#[test]
fn a_workbook_whose_numbers_make_the_parser_panic_is_only_refused() {
    let backwards = r#"<dimension ref="C9:A1"/><sheetData><row r="0"><c r="A0"><v>1</v></c></row></sheetData>"#;
    assert!(read(workbook_of(backwards, &[])).is_err());
    let shared = r#"<sheetData><row r="1"><c r="A1" t="s"><v>77</v></c></row></sheetData>"#;
    assert!(read(workbook_of(shared, &[])).is_err());
    let style = r#"<sheetData><row r="1"><c r="A1" s="9999"><v>1e999</v></c></row></sheetData>"#;
    assert!(read(workbook_of(style, &[])).is_err());
}

#[test]
fn many_sheets_that_name_one_part_are_refused_before_it_is_read_again() {
    // Rows without a cell in them, so that the heading is looked for to the end of the part.
    let part = "<sheetData>".to_owned() + &"<row></row>".repeat(200_000) + "</sheetData>";
    let sheet = |n: u32| format!(r#"<sheet name="S{n}" sheetId="{n}" r:id="rId1"/>"#);
    let sheets = (1..=20_000).map(sheet).collect::<Vec<_>>().concat();
    let started = std::time::Instant::now();
    let fault = Book::of_bytes(workbook_with(&sheets, &part, &[])).expect_err("no workbook");
    assert!(fault.to_string().contains("two of its sheets are the same part"), "{fault}");
    // Read once for each sheet, it would take an hour.
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}
