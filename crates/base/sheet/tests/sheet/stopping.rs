//! A reading that nobody waits for ends.

use std::fmt::Write as _;
use std::ops::ControlFlow;

use base_sheet::SheetFault;
use base_sheet::read::{Book, Stop};

use crate::common::workbook_of;

const ROWS: u64 = 20_000;

/// A CSV file and a workbook of many rows.
fn files() -> [Vec<u8>; 2] {
    let (mut text, mut data) = ("code,parent\n".to_owned(), String::new());
    for n in 1..=ROWS {
        writeln!(text, "KID{n},SB{n}").unwrap();
        write!(data, "<row r=\"{n}\"><c r=\"A{n}\"><v>{n}</v></c><c r=\"B{n}\"><v>{n}</v></c></row>").unwrap();
    }
    [text.into_bytes(), workbook_of(&format!("<sheetData>{data}</sheetData>"), &[])]
}

#[test]
fn a_reading_ends_soon_after_it_is_asked_to_and_the_file_is_not_at_fault() {
    for file in files() {
        let all = Stop::default();
        for stop in [all.of_one(), all.clone()] {
            let book = Book::of_bytes_until(file.clone(), all.of_one()).unwrap();
            let mut rows = 0;
            let walk = book.each_row(0, &mut |_| {
                rows += 1;
                if rows == 10 {
                    stop.ask();
                }
                ControlFlow::Continue(())
            });
            if all.is_asked() {
                assert!(matches!(walk, Err(SheetFault::Stopped)), "{walk:?}");
                assert!(rows < ROWS / 2, "{rows}");
                assert!(matches!(book.reader().map(drop), Err(SheetFault::Stopped)) || file.starts_with(b"code"));
            } else {
                assert!(rows >= ROWS - 1, "another reading was asked to end, and this one goes on: {rows}");
            }
        }
        assert!(matches!(Book::of_bytes_until(file, all.of_one()), Err(SheetFault::Stopped)));
    }
}

#[test]
fn a_reading_ends_with_who_waits_for_it() {
    let stop = Stop::default();
    let waits = stop.ask_when_dropped();
    let book = Book::of_bytes_until(files()[0].clone(), stop.of_one()).unwrap();
    assert!(stop.has_readings() && book.look_through(0).is_ok());
    drop(waits);
    assert!(matches!(book.look_through(0), Err(SheetFault::Stopped)));
    drop(book);
    assert!(!stop.has_readings());
}
