//! The same table in every format that is read: what a person sees is what comes in, and what is no code is named.

use std::ops::ControlFlow;

use base_core::file::Holds;
use base_sheet::SheetFault;
use base_sheet::read::{Book, Fit, Unfit};
use calamine::Reader as _;

use crate::made::{Cell, Format, Sheet, Value, written};

const HEAD: [Cell; 3] = [Cell::text("code"), Cell::text("count"), Cell::text("note")];

fn book(format: Format, sheets: &[Sheet]) -> Book {
    Book::of_bytes(written(format, sheets)).unwrap_or_else(|fault| panic!("{format:?}: {fault}"))
}

/// The cell of column A under the header, as columns of each kind take it.
fn taken(format: Format, cell: Cell) -> [Result<String, Unfit>; 4] {
    let book = book(format, &[Sheet::of(vec![HEAD.to_vec(), vec![cell, Cell::BLANK, Cell::text("x")]])]);
    let mut found = None;
    let kinds = [Holds::Code, Holds::Figure, Holds::Words, Holds::Passed];
    book.each_row(0, &mut |row| {
        found = Some(kinds.map(|holds| row.read(0, holds).map(|text| text.trim().to_owned())));
        ControlFlow::Break(())
    })
    .unwrap();
    found.unwrap()
}

#[test]
fn what_is_seen_of_a_number_is_its_code_in_every_format() {
    for (number, code, shown) in [
        (4711.0, "General", "4711"),
        (4711.0, "0", "4711"),
        (11.0, "\"SB\"00000", "SB00011"),
        (4711.0, "0000000", "0004711"),
        (815.0, "000000", "000815"),
        (7.0, "\"M444-\"00000", "M444-00007"),
        (123_456_789_012_345.0, "0", "123456789012345"),
    ] {
        for format in Format::ALL {
            let [as_code, as_figure, as_words, _] = taken(format, Cell::number(number, code, shown));
            assert_eq!(as_code.as_deref(), Ok(shown), "{format:?} {code}");
            assert_eq!(as_words.as_deref(), Ok(shown), "{format:?} {code}");
            if format != Format::Csv {
                assert_eq!(as_figure.as_deref(), Ok(&*format!("{number}")), "{format:?} {code}");
            }
        }
    }
}

#[test]
fn what_is_no_code_is_named_in_every_format() {
    let of = |value, shown| Cell { value, shown };
    for (cell, code, figure) in [
        (Cell::number(0.3, "General", "0.3"), Some(Unfit::Number), None),
        (Cell::number(2026.1, "0.00", "2026.10"), Some(Unfit::Number), None),
        (Cell::number(4711.0, "#,##0", "4,711"), Some(Unfit::Number), None),
        (Cell::number(-5.0, "General", "-5"), Some(Unfit::Number), None),
        (Cell::number(0.5, "0%", "50%"), Some(Unfit::Number), Some(Unfit::Number)),
        (Cell::number(120_000.0, "0.00E+00", "1.20E+05"), Some(Unfit::Number), Some(Unfit::Number)),
        (Cell::number(12_345_678_901_234_567.0, "0", "1.23457E+16"), Some(Unfit::TooLong), Some(Unfit::TooLong)),
        (of(Value::Date(46_382.0), "26-Dec"), Some(Unfit::Date), Some(Unfit::Date)),
        (of(Value::Bool(true), "TRUE"), Some(Unfit::Bool), Some(Unfit::Bool)),
        (of(Value::Error(0x07), "#DIV/0!"), Some(Unfit::Error), Some(Unfit::Error)),
        (of(Value::Error(0x2a), "#N/A"), Some(Unfit::Error), Some(Unfit::Error)),
        (of(Value::Missing, ""), Some(Unfit::NoValue), Some(Unfit::NoValue)),
    ] {
        for format in [Format::Xlsx, Format::Xls, Format::Ods] {
            let [as_code, as_figure, as_words, as_passed] = taken(format, cell);
            assert_eq!(as_code.err(), code, "{format:?} {cell:?}");
            assert_eq!(as_figure.err(), figure, "{format:?} {cell:?}");
            assert!(as_passed.is_ok(), "{format:?} {cell:?}");
            let is_told = matches!(cell.value, Value::Error(_) | Value::Missing);
            assert_eq!(as_words.is_err(), is_told, "{format:?} {cell:?}");
        }
    }
}

#[test]
fn what_a_spreadsheet_saved_as_csv_is_named_where_it_shows() {
    let csv = |shown| taken(Format::Csv, Cell::text(shown));
    for (shown, unfit) in
        [("#DIV/0!", Unfit::Error), ("#N/A", Unfit::Error), ("TRUE", Unfit::Bool), ("1.23457E+16", Unfit::Number)]
    {
        assert_eq!(csv(shown)[0], Err(unfit), "{shown}");
        assert_eq!(csv(shown)[1], Err(unfit), "{shown}");
    }
    assert_eq!(csv("'=1+1")[2].as_deref(), Ok("=1+1"));
    // A formula that is a text is that text; of any other nobody knows the value.
    let [code, figure, words, _] = csv("=\"00012\"");
    assert_eq!((code.as_deref(), figure.as_deref(), words.as_deref()), (Ok("00012"), Ok("00012"), Ok("00012")));
    let [code, figure, words, _] = csv("=5*4");
    assert_eq!((code, figure, words.as_deref()), (Err(Unfit::NoValue), Err(Unfit::NoValue), Ok("=5*4")));
    let bare = Book::of_bytes("code,count\n=\"00012\",1\n").unwrap();
    bare.each_row(0, &mut |row| {
        assert_eq!(row.read(0, Holds::Code), Ok("00012"));
        ControlFlow::Break(())
    })
    .unwrap();
}

#[test]
fn a_text_is_what_its_format_shows_of_it_in_every_format() {
    let by = |text, format, shown| Cell { value: Value::TextBy(text, format), shown };
    for format in Format::ALL {
        let [code, _, words, _] = taken(format, by("25-001", "\"BL-\"@", "BL-25-001"));
        assert_eq!((code.as_deref(), words.as_deref()), (Ok("BL-25-001"), Ok("BL-25-001")), "{format:?}");
        let [code, _, words, _] = taken(format, by("25-001", "@", "25-001"));
        assert_eq!((code.as_deref(), words.as_deref()), (Ok("25-001"), Ok("25-001")), "{format:?}");
        if format == Format::Csv {
            continue;
        }
        assert_eq!(taken(format, by("12", "\"No. \"@", "No. 12"))[1].as_deref(), Ok("12"), "{format:?}");
        for hidden in [by("SB00001", ";;;", ""), Cell::number(4711.0, ";;;", "")] {
            let [code, figure, words, _] = taken(format, hidden);
            assert_eq!([code, figure, words], [const { Err(Unfit::Unseen) }; 3], "{format:?}");
        }
    }
}

#[test]
fn long_numbers_without_a_format_are_their_digits_however_a_program_shows_them() {
    for (number, shown) in [(123_456_789_012.0, "1.23457E+11"), (8_901_234_567_890.0, "8.90123E+12")] {
        for format in [Format::Xlsx, Format::Xls, Format::Ods] {
            let digits = format!("{number}");
            let [code, figure, ..] = taken(format, Cell::number(number, "General", shown));
            assert_eq!((code.as_deref(), figure.as_deref()), (Ok(&*digits), Ok(&*digits)), "{format:?}");
        }
    }
}

#[test]
fn the_mark_of_our_csv_is_taken_off_in_every_format_and_put_before_one_that_is_meant() {
    for format in Format::ALL {
        let text = |text| taken(format, Cell::text(text))[2].clone().expect("words");
        assert_eq!((text("'=1+1"), text("''=1"), text("'quoted")), ("=1+1".into(), "'=1".into(), "'quoted".into()));
    }
}

#[test]
fn hidden_sheets_rows_and_columns_are_told() {
    let rows = |code| vec![HEAD.to_vec(), vec![Cell::text(code)], vec![Cell::text("HIDDEN")], vec![Cell::text("LAST")]];
    let old = Sheet { name: "old", is_hidden: true, ..Sheet::of(rows("OLD")) };
    let now = Sheet { name: "now", hidden_rows: vec![2], hidden_columns: vec![1], ..Sheet::of(rows("NOW")) };
    for format in [Format::Xlsx, Format::Xls, Format::Ods] {
        let book = book(format, &[old.clone(), now.clone()]);
        assert_eq!(book.first_sheet(), 1, "{format:?}");
        let hidden: Vec<bool> = book.sheets().iter().map(|sheet| sheet.is_hidden).collect();
        assert_eq!(hidden, [true, false], "{format:?}");
        assert_eq!(book.sheets()[1].hidden_columns, [1], "{format:?}");
        let mut seen = Vec::new();
        let walk = book
            .each_row(1, &mut |row| {
                seen.push((row.number, row.cell(0).to_owned(), row.is_hidden));
                ControlFlow::Continue(())
            })
            .unwrap();
        let expected = [(2, "NOW".to_owned(), false), (3, "HIDDEN".to_owned(), true), (4, "LAST".to_owned(), false)];
        assert_eq!(seen, expected, "{format:?}");
        assert_eq!((walk.rows, walk.hidden_rows), (3, 1), "{format:?}");
    }
}

#[test]
fn texts_come_in_as_they_are_in_every_format() {
    for text in ["चावल  दो", "a<b & \"c\"", "=1+1", "'quoted", "x,y;z|w", "\u{1f33e}", " blanks "] {
        for format in [Format::Xlsx, Format::Xls, Format::Ods] {
            let shown = taken(format, Cell::text(text))[2].clone();
            assert_eq!(shown.as_deref(), Ok(text.trim()), "{format:?}");
            let formula = Cell { value: Value::TextFormula, shown: text };
            assert_eq!(taken(format, formula)[2].as_deref(), Ok(text.trim()), "{format:?}");
        }
    }
}

#[test]
fn another_parser_reads_what_the_writers_of_these_tests_write() {
    let row = vec![Cell::text("SB00001"), Cell::number(12.5, "0.00", "12.50"), Cell::text("चावल")];
    let sheet = Sheet { hidden_rows: vec![2], ..Sheet::of(vec![HEAD.to_vec(), row.clone(), row]) };
    let expected = ["code", "count", "note", "SB00001", "12.5", "चावल", "SB00001", "12.5", "चावल"];
    let texts = |range: calamine::Range<calamine::Data>| -> Vec<String> {
        range.cells().map(|(_, _, cell)| cell.to_string()).collect()
    };
    for format in [Format::Xlsx, Format::Xls, Format::Ods] {
        let bytes = std::io::Cursor::new(written(format, std::slice::from_ref(&sheet)));
        let mut other =
            calamine::open_workbook_auto_from_rs(bytes).unwrap_or_else(|error| panic!("{format:?} {error}"));
        assert_eq!(texts(other.worksheet_range("Sheet").unwrap()), expected, "{format:?}");
    }
}

/// Finds the headings as somebody would who wants the columns `code` and `count`.
fn found(text: &str) -> (Book, i64) {
    let mut book = Book::of_bytes(text.as_bytes().to_vec()).unwrap();
    let fit = |header: &[String]| {
        let known = header.iter().filter(|name| ["code", "count"].contains(&name.as_str())).count();
        if header.iter().any(|name| name == "code") && known > 0 { Fit::Whole(known) } else { Fit::Names(known) }
    };
    book.find_header(0, &fit).unwrap();
    let row = book.sheets()[0].header_row;
    (book, row)
}

#[test]
fn headings_are_found_below_titles_and_lines_that_name_the_separator() {
    for (text, row, values) in [
        ("sep=;\ncode;count\nA,1;2\n", 2, "A,1|2"),
        ("SEP=\t\r\ncode\tcount\r\nA\t2\r\n", 2, "A|2"),
        ("\"sep=;\"\ncode;count\nA;2\n", 2, "A|2"),
        ("Despatch register;;\nMay 2026;;\ncode;count;x\nA;2;\n", 3, "A|2|"),
        // A line without anything is a row, as a spreadsheet shows it.
        ("Despatch register\n\ncode,count\nA,2\n", 3, "A|2"),
        // A title may be the name of a column: the row that names most is taken.
        ("code\nof May\ncode,count\nA,2\n", 3, "A|2"),
        ("code\n\ncode;count\nA,1;2\n", 3, "A,1|2"),
        ("code\nA\n", 1, "A"),
        ("Register, of May, 2026\ncode;count\nA;2\n", 2, "A|2"),
        ("code,count\nA,2\n", 1, "A|2"),
        ("other,names\nA,2\n", 1, "A|2"),
    ] {
        let (book, found) = found(text);
        assert_eq!(found, row, "{text}");
        let mut rows = Vec::new();
        book.each_row(0, &mut |row| {
            rows.push(row.iter().collect::<Vec<_>>().join("|"));
            ControlFlow::Continue(())
        })
        .unwrap();
        assert_eq!(rows, [values], "{text}");
    }
}

#[test]
fn headings_can_be_chosen_and_a_blank_row_is_none() {
    let text = "Register\nfirst;second\nA;2\n";
    let mut book = Book::of_bytes(text.as_bytes().to_vec()).unwrap();
    book.choose_header(0, 2, true).unwrap();
    assert_eq!(
        (book.header(0).unwrap(), book.sheets()[0].found_header_row()),
        (&["first".into(), "second".into()][..], Some(2))
    );
    assert!(matches!(book.choose_header(0, 9, true), Err(SheetFault::NoHeaderRow { row: 9 })));
    for format in [Format::Xlsx, Format::Xls, Format::Ods] {
        let rows = vec![vec![Cell::text("Register")], vec![Cell::BLANK], HEAD.to_vec(), vec![Cell::text("A")]];
        let mut book = self::book(format, &[Sheet::of(rows)]);
        book.choose_header(0, 3, true).unwrap();
        assert_eq!(book.header(0).unwrap()[0], "code", "{format:?}");
        assert_eq!(book.look_through(0).unwrap().rows, 1, "{format:?}");
        assert!(book.choose_header(0, 2, true).is_err(), "{format:?}");
    }
}
