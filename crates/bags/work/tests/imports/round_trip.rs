//! What goes out comes in again: an export is read by the import of its kind.

use std::ops::ControlFlow;

use bags_rules::import::ImportKind;
use bags_work::export::{exports, site_setting};
use base_files::export::{CsvMaker, Given, Rows, Setting};
use base_files::import::{Mapping, Table};
use base_sheet::read::Book;
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
            assert_eq!(out.unread(), derived, "{}", kind.name());

            let import = new.done(kind, &text).await;
            assert_eq!(import.counts.refused, 0, "{:?}", import.outcomes);
            assert!(kind != ImportKind::Bills || text.contains("Indore,MP 09 AB 1234"), "{text}");
            let came = table(kind, &exported(&new, kind).await);
            assert_eq!(read(&came), read(&out), "{} on {}", kind.name(), new.db.name());
        }
        assert_counts_are_true(&new.db).await;
    }
}
