//! What goes out comes in again: an export is read by the import of its kind.

use std::io::{Read as _, Seek as _};
use std::ops::ControlFlow;

use bags_rules::import::ImportKind;
use bags_rules::intent::Intent;
use bags_rules::scan::{Action, Details, Scan};
use bags_work::export::{exports, site_setting};
use base_files::export::{CsvMaker, Given, Rows, Setting, workbook};
use base_files::import::{Mapping, Table};
use base_sheet::read::Book;
use base_sheet::write::{CsvOptions, CsvWriter, Heading};
use base_sheet::{Cell, Column, Kind};
use tallyhouse_support::assert_counts_are_true;

use crate::common::{Site, each_site, full};

async fn exported(site: &Site, kind: ImportKind) -> String {
    let choice = exports().choose(kind.name(), &Given::default()).expect("it goes out").expect("a choice");
    let setting = Setting { zone: jiff::tz::TimeZone::UTC, site: site_setting(30).into(), at: site.now() };
    let mut maker = CsvMaker::begin(Rows::new(&site.db, choice, setting)).expect("it begins");
    let mut bytes = Vec::new();
    while let Some(piece) = maker.next().await.expect("a piece") {
        bytes.extend(piece);
    }
    String::from_utf8(bytes).expect("text")
}

fn table(kind: ImportKind, text: &str) -> Table {
    let book = Book::of_bytes(text.as_bytes().to_vec()).expect("a book");
    Table::open(book, kind.file(), None, &Mapping::default()).expect("a table")
}

/// The same as a workbook.
async fn exported_workbook(site: &Site, kind: ImportKind) -> Vec<u8> {
    let choice = exports().choose(kind.name(), &Given::default()).expect("it goes out").expect("a choice");
    let zone = jiff::tz::TimeZone::get("Asia/Kolkata").expect("a zone");
    let setting = Setting { zone, site: site_setting(30).into(), at: site.now() };
    let (mut file, _) =
        workbook(Rows::new(&site.db, choice, setting), |_| async { Ok(true) }).await.expect("a workbook");
    let mut bytes = Vec::new();
    file.rewind().expect("a file");
    file.read_to_end(&mut bytes).expect("bytes");
    bytes
}

/// Texts that a spreadsheet or a reader of CSV could take for something else.
const AWKWARD: [(&str, &str); 14] = [
    ("=1+1", "=SUM(A1)"),
    ("-12", "-5 degrees"),
    ("@home", "+91 98765"),
    ("'=x", "''quoted"),
    ("TRUE", "FALSE"),
    ("#N/A", "#DIV/0!"),
    ("1.2E+05", "1E+99"),
    ("0012", "007"),
    ("a,b;c|d", "one \"two\"\nthree\r\nfour"),
    ("चावल-१", "दाल  और चावल"),
    ("caf\u{e9}", "naïve"),
    ("sep=;", "sep=;"),
    ("a b", "  blanks  inside  "),
    ("_x000D_", "_x0041_ and \u{1f33e}"),
];

#[tokio::test(flavor = "multi_thread")]
async fn awkward_texts_come_back_as_they_went_out_in_both_forms() {
    for (old, new) in each_site().await.into_iter().zip(each_site().await) {
        for (number, description) in AWKWARD {
            let details = Details { capacity: Some(3), description: Some(description.into()), ..Details::default() };
            let scan = Scan { action: Action::BillCreate, bill: Some(number.into()), ..Scan::default() };
            let intent = scan.with(details).intent();
            assert!(matches!(intent, Intent::Bill(_)), "{number}: {intent:?}");
            let made = "bill_id,description,parent_bag_count\n".to_owned() + &csv_row(&[number, description, "3"]);
            let import = old.done(ImportKind::Bills, &made).await;
            assert_eq!(import.counts.created, 1, "{number}: {:?}", import.outcomes);
        }
        let out = read(&table(ImportKind::Bills, &exported(&old, ImportKind::Bills).await));
        let numbers: Vec<&str> = out.iter().map(|row| row[0].as_str()).collect();
        for (number, description) in AWKWARD {
            let row = out.iter().find(|row| row[0] == number).unwrap_or_else(|| panic!("{number} of {numbers:?}"));
            assert_eq!(row[1].trim(), description.trim(), "{number}");
        }
        let book = exported_workbook(&old, ImportKind::Bills).await;
        let import = new.done_with(ImportKind::Bills, book).await;
        assert_eq!((import.counts.created, import.counts.refused), (14, 0), "{:?}", import.outcomes);
        let again = read(&table(ImportKind::Bills, &exported(&new, ImportKind::Bills).await));
        assert_eq!(again, out, "{}", new.db.name());
    }
}

/// A row of CSV as a site writes it: with the mark against formulas.
fn csv_row(cells: &[&str]) -> String {
    let mut bytes = Vec::new();
    let columns: Vec<Column> = cells.iter().map(|_| Column::new("x", Kind::Text, 9)).collect();
    let heading = Heading { title: "x", columns: &columns, no_data: "" };
    let mut writer = CsvWriter::begin(&mut bytes, &heading, CsvOptions::default()).expect("a writer");
    writer.row(&cells.iter().map(|cell| Cell::text(*cell)).collect::<Vec<_>>()).expect("a row");
    writer.finish().expect("a file");
    let text = String::from_utf8(bytes).expect("text");
    text.split_once('\n').expect("headings").1.to_owned()
}

/// What an import reads of a file.
fn read(table: &Table) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    let each = &mut |row: base_files::import::TableRow<'_>| {
        rows.push(row.cells.iter().map(ToString::to_string).collect());
        ControlFlow::Continue(())
    };
    table.each_row(each).expect("rows");
    rows
}

const BILLS: &str =
    "bill_id,description,parent_bag_count,Ship to,Truck No\nBILL-1,rice,3,Indore,MP 09 AB 1234\nBILL-2,,12,,\n";

#[tokio::test(flavor = "multi_thread")]
async fn an_exported_file_is_read_by_its_import_with_every_column_known() {
    for (old, new) in each_site().await.into_iter().zip(each_site().await) {
        old.done(ImportKind::Bags, &(full(0, 3) + "SB00007,parent,\nKID1,child,SB00007\n")).await;
        old.done(ImportKind::Bills, BILLS).await;
        for kind in [ImportKind::Bags, ImportKind::Bills] {
            let text = exported(&old, kind).await;
            let out = table(kind, &text);
            for column in kind.columns() {
                assert!(out.has(column.name), "{} is not found in {}", column.name, kind.name());
            }
            // What is left are columns of the same list that follow from the others.
            let derived = kind.file().columns.iter().filter(|column| !column.is_read());
            let derived: Vec<&str> =
                derived.filter_map(|column| column.written).map(|written| written.heading).collect();
            let unread: Vec<&str> = out.unread().into_iter().map(|name| name.trim_end_matches(" (UTC)")).collect();
            assert_eq!(unread, derived, "{}", kind.name());

            let import = new.done(kind, &text).await;
            assert_eq!(import.counts.refused, 0, "{:?}", import.outcomes);
            assert!(kind != ImportKind::Bills || text.contains("Indore,MP 09 AB 1234"), "{text}");
            let came = table(kind, &exported(&new, kind).await);
            assert_eq!(read(&came), read(&out), "{} on {}", kind.name(), new.db.name());
        }
        assert_counts_are_true(&new.db).await;
    }
}

/// As a site exports bags that an earlier system let in, children that are in no parent, and areas.
const OF_EARLIER: &str = "\
QR ID,Type,Children Count,Linked to Bill,Created At (Asia/Kolkata),Area,Parent
SB00001,PARENT,2,Not linked,21/11/26 05:30,Sri Ganganagar,
PARENT_001_X,PARENT,1,Not linked,21/11/26 05:30,,
KID-17,CHILD,N/A,Not linked,21/11/26 05:30,Sri Ganganagar,SB00001
C1,CHILD,N/A,Not linked,21/11/26 05:30,Sri Ganganagar,SB00001
caf\u{e9} 7,CHILD,N/A,Not linked,21/11/26 05:30,,PARENT_001_X
SB54321,CHILD,N/A,Not linked,21/11/26 05:30,Indore,
FREE1,CHILD,N/A,Not linked,21/11/26 05:30,,
";

#[tokio::test(flavor = "multi_thread")]
async fn what_was_in_a_site_comes_into_another_with_its_codes_and_areas() {
    for (old, new) in each_site().await.into_iter().zip(each_site().await) {
        let import = old.done(ImportKind::Bags, OF_EARLIER).await;
        assert_eq!((import.counts.created, import.counts.refused), (7, 0), "{:?}", import.outcomes);
        let text = exported(&old, ImportKind::Bags).await;
        let out = table(ImportKind::Bags, &text);
        assert!(out.is_export);
        let import = new.done(ImportKind::Bags, &text).await;
        assert_eq!((import.counts.created, import.counts.linked), (7, 3), "{:?}", import.outcomes);
        let again = table(ImportKind::Bags, &exported(&new, ImportKind::Bags).await);
        assert_eq!(read(&again), read(&out), "{}", new.db.name());
        let known = new.done_with(ImportKind::Bags, exported_workbook(&old, ImportKind::Bags).await).await;
        assert_eq!((known.counts.known, known.counts.refused), (7, 0), "{:?}", known.outcomes);
        // A list of somebody's own makes no such bags, and names those that are there.
        let list =
            "qr_id,type,parent_qr_id,area\nKID-18,child,SB00001,\nSB00002,parent,,Nowhere\nSB00003,parent,,indore\n";
        let import = new.done(ImportKind::Bags, list).await;
        let codes: Vec<&str> = import.outcomes.0.keys().map(String::as_str).collect();
        assert_eq!((import.counts.created, codes), (1, vec!["bad_area", "bad_code"]), "{:?}", import.outcomes);
        let import = new.done(ImportKind::Children, "child,parent\nKID-17,SB00001\nKID-19,SB00001\n").await;
        assert_eq!((import.counts.known, import.counts.refused), (1, 1), "{:?}", import.outcomes);
        assert_counts_are_true(&new.db).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_of_nothing_comes_back_as_nothing() {
    let site = each_site().await.remove(0);
    for kind in [ImportKind::Bags, ImportKind::Bills] {
        let text = exported(&site, kind).await;
        for bytes in [text.into_bytes(), exported_workbook(&site, kind).await] {
            let book = Book::of_bytes(bytes).expect("a book");
            let fault = Table::open(book, kind.file(), None, &Mapping::default()).expect_err("there is nothing in it");
            assert_eq!(fault.code(), "file_without_rows", "{}", kind.name());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bills_of_earlier_systems_keep_their_numbers_capacities_and_texts() {
    for (old, new) in each_site().await.into_iter().zip(each_site().await) {
        let head: Vec<&str> = ImportKind::Bills.file().written_columns().map(|column| column.heading).collect();
        let long = "x".repeat(3000);
        let mut file = csv_row(&head);
        for (number, description, capacity) in
            [("B7", "short", "3"), (&"9".repeat(80), &*long, "240"), ("new", "", "1")]
        {
            let cells = [number, description, "NEW", capacity, "0", "0", "0", "0", "", "", "", "Indore", ""];
            file += &csv_row(&cells);
        }
        let import = old.done(ImportKind::Bills, &file).await;
        assert_eq!((import.counts.created, import.counts.refused), (3, 0), "{:?}", import.outcomes);
        let text = exported(&old, ImportKind::Bills).await;
        let import = new.done(ImportKind::Bills, &text).await;
        assert_eq!((import.counts.created, import.counts.refused), (3, 0), "{:?}", import.outcomes);
        let out = read(&table(ImportKind::Bills, &text));
        assert_eq!(read(&table(ImportKind::Bills, &exported(&new, ImportKind::Bills).await)), out);
        assert!(out.iter().any(|row| row[1].len() == 3000), "a long description is whole");
    }
}
