//! Every kind of cell in every column of every kind of file that this site takes in, in every format, and what every export
//! writes as its import reads it: a later kind is in these tables by being registered.

use std::ops::ControlFlow;

use base_core::file::{CellKind, FileColumn, FileKind, Holds};
use base_core::permission::IMPORT_RUN;
use base_files::export::columns_of;
use base_files::import::{CellFault, Mapping, Table};
use base_sheet::read::{Book, Unfit};
use base_sheet::write::{CsvOptions, CsvWriter, Heading, RowWriter, XlsxOptions, XlsxWriter};

use crate::common::each_site;
use crate::made::{Cell, Format, Sheet, Value, written};

/// A kind of cell, and why columns of codes, of figures and of words do not take it.
struct Case {
    cell: Cell,
    code: Option<Unfit>,
    figure: Option<Unfit>,
    words: Option<Unfit>,
}

fn cases() -> Vec<Case> {
    let of = |cell, [code, figure, words]: [Option<Unfit>; 3]| Case { cell, code, figure, words };
    let case = |value, shown, unfit| of(Cell { value, shown }, unfit);
    let number = |number, format, shown, unfit| of(Cell::number(number, format, shown), unfit);
    let (good, all) = ([None; 3], |unfit| [Some(unfit); 3]);
    let value = |unfit| [Some(unfit), Some(unfit), None];
    vec![
        of(Cell::BLANK, good),
        case(Value::Text, "SB00011", good),
        case(Value::TextFormula, "SB00011", good),
        number(4711.0, "General", "4711", good),
        number(11.0, "\"SB\"00000", "SB00011", good),
        number(4711.0, "0000000", "0004711", good),
        number(0.3, "General", "0.3", [Some(Unfit::Number), None, None]),
        number(4711.0, "#,##0", "4,711", [Some(Unfit::Number), None, None]),
        number(0.5, "0%", "50%", value(Unfit::Number)),
        number(120_000.0, "0.00E+00", "1.20E+05", value(Unfit::Number)),
        number(12_345_678_901_234_567.0, "0", "1.23457E+16", value(Unfit::TooLong)),
        case(Value::Date(46_382.0), "26-Dec", value(Unfit::Date)),
        case(Value::Bool(false), "FALSE", value(Unfit::Bool)),
        case(Value::Error(0x07), "#DIV/0!", all(Unfit::Error)),
        case(Value::Missing, "", all(Unfit::NoValue)),
        case(Value::TextBy("25-001", "\"BL-\"@"), "BL-25-001", good),
        case(Value::TextBy("25-001", ";;;"), "", all(Unfit::Unseen)),
        number(4711.0, ";;;", "", all(Unfit::Unseen)),
        number(123_456_789_012.0, "General", "123456789012", good),
    ]
}

/// A kind that no wing has, as a later one may have it: with every kind of column.
static LATER: FileKind = FileKind {
    name: "later",
    permission: IMPORT_RUN,
    columns: &[
        FileColumn::needed("label", &["code"]).holding(Holds::Code).written("Label", CellKind::Text, 9),
        FileColumn::derived("seen_at").written("Seen At", CellKind::Time, 9),
        FileColumn::optional("places", &["room"]).holding(Holds::Figure).written("Places", CellKind::Int, 9),
        FileColumn::optional("remark", &["note"]).written("Remark", CellKind::Text, 9),
        FileColumn::optional("mass", &[]).holding(Holds::Passed).written("Mass", CellKind::Kilograms, 9),
    ],
    rounds: 1,
    has_codes: false,
    blocks: None,
    makes: None,
};

/// What CSV, which has no types, tells of a cell: an error, a truth value and a number in powers of ten show.
fn in_csv(case: &Case, expected: Option<Unfit>) -> Option<Unfit> {
    match (case.cell.value, expected?) {
        (_, unfit @ (Unfit::Error | Unfit::Bool)) => Some(unfit),
        (_, Unfit::TooLong) | (Value::Number(_, "0.00E+00"), Unfit::Number) => Some(Unfit::Number),
        _ => None,
    }
}

/// Reads the one row of a file: its cells, and what is wrong with them. A row that may be blank may be none.
fn read(kind: &'static FileKind, bytes: Vec<u8>, may_be_blank: bool) -> (Vec<String>, Vec<CellFault>) {
    let book = Book::of_bytes(bytes).expect("a book");
    let table = match Table::open(book, kind, None, &Mapping::default()) {
        Err(fault) if may_be_blank && fault.code() == "file_without_rows" => return (Vec::new(), Vec::new()),
        table => table.expect("a table"),
    };
    let mut found = None;
    table
        .each_row(&mut |row| {
            found = Some((row.cells.iter().map(ToString::to_string).collect(), row.faults.to_vec()));
            ControlFlow::Break(())
        })
        .expect("rows");
    found.expect("a row")
}

/// Tries every cell in every column of a kind, and tells how many that were.
fn try_kind(kind: &'static FileKind) -> usize {
    let columns: Vec<_> = kind.read_columns().collect();
    let head: Vec<Cell> = columns.iter().map(|column| Cell::text(column.name)).collect();
    let mut tried = 0;
    for (at, column) in columns.iter().enumerate() {
        for (case, format) in cases().iter().flat_map(|case| Format::ALL.map(|format| (case, format))) {
            let expected = match column.holds {
                Holds::Code => case.code,
                Holds::Figure => case.figure,
                Holds::Words => case.words,
                Holds::Passed => None,
            };
            let expected = if format == Format::Csv { in_csv(case, expected) } else { expected };
            let mut row = vec![Cell::text("other"); columns.len()];
            row[at] = case.cell;
            let (cells, faults) =
                read(kind, written(format, &[Sheet::of(vec![head.clone(), row])]), columns.len() == 1);
            let told = format!("{:?} in {} of {} as {format:?}", case.cell, column.name, kind.name);
            let found = faults.iter().find(|fault| fault.at == at);
            assert_eq!(found.map(|fault| fault.unfit), expected, "{told}");
            assert!(faults.iter().all(|fault| fault.at == at), "{told}: {faults:?}");
            if let Some(fault) = found {
                assert_eq!((fault.name, fault.place, fault.row), (column.name, at, 2), "{told}");
            } else if column.holds == Holds::Code && !cells.is_empty() {
                assert_eq!(cells[at].trim(), case.cell.shown, "{told}");
            }
            tried += 1;
        }
    }
    tried
}

#[tokio::test(flavor = "multi_thread")]
async fn each_cell_in_each_column_of_each_kind_in_each_format_is_what_is_seen_or_named() {
    let site = each_site().await.remove(0);
    let kinds = site.app.imports.kinds();
    assert!(kinds.len() >= 4, "the kinds of this site are registered");
    let tried: usize = kinds.into_iter().chain([&LATER]).map(try_kind).sum();
    assert!(tried > 500, "{tried}");
}

/// Texts that a spreadsheet or a reader of CSV could take for something else.
const AWKWARD: [&str; 8] = ["=1+1", "'=x", "TRUE", "#N/A", "0012", "a,b;\"c\"\nd", "चावल-१ \u{1f33e}", "sep=;"];

/// A file as the export of a kind writes it, with one row for each awkward text.
fn exported(kind: &FileKind, form: &str, no_data: &str, texts: &[&str]) -> Vec<u8> {
    let made_at = jiff::civil::date(2026, 11, 21).at(5, 30, 0, 0);
    let mut columns = columns_of(kind);
    for column in columns.iter_mut().filter(|column| column.kind == base_sheet::Kind::Time) {
        column.title = format!("{} (Asia/Kolkata)", column.title).into();
    }
    let heading = Heading { title: kind.name, columns: &columns, no_data };
    let mut out = Vec::new();
    let mut writer: Box<dyn RowWriter + '_> = match form {
        "csv" => Box::new(CsvWriter::begin(&mut out, &heading, CsvOptions { has_bom: true }).expect("a writer")),
        _ => {
            Box::new(XlsxWriter::begin(&mut out, &heading, &XlsxOptions { made_at, scratch: None }).expect("a writer"))
        }
    };
    for text in texts {
        let cell = |written: base_core::file::Written| match written.kind {
            CellKind::Text => base_sheet::Cell::text(*text),
            CellKind::Int => base_sheet::Cell::Int(12),
            CellKind::Kilograms => base_sheet::Cell::Kilograms(1.5),
            CellKind::Time => base_sheet::Cell::Time(made_at),
        };
        writer.row(&kind.written_columns().map(cell).collect::<Vec<_>>()).expect("a row");
    }
    writer.finish().expect("a file");
    out
}

#[tokio::test(flavor = "multi_thread")]
async fn what_each_export_writes_the_import_of_its_kind_reads_cell_by_cell() {
    let site = each_site().await.remove(0);
    let of_site = site.app.exports.kinds().filter_map(|export| {
        let kind = site.app.imports.kind(export.name())?;
        Some((kind, export.no_data()))
    });
    let all: Vec<(&'static FileKind, &str)> = of_site.chain([(&LATER, "There are no later.")]).collect();
    assert!(all.len() > 2, "the exports of this site are registered");
    for (kind, no_data) in all {
        for form in ["csv", "xlsx"] {
            let told = format!("{} as {form}", kind.name);
            let book = Book::of_bytes(exported(kind, form, no_data, &AWKWARD)).expect("a book");
            let table =
                Table::open(book, kind, None, &Mapping::default()).unwrap_or_else(|fault| panic!("{told}: {fault}"));
            assert!(table.is_export && table.rows == 8, "{told}");
            let mut texts = AWKWARD.iter();
            table
                .each_row(&mut |row| {
                    let text = texts.next().expect("as many rows as texts");
                    assert!(row.faults.is_empty(), "{told} {text:?}: {:?}", row.faults);
                    for (column, cell) in kind.read_columns().zip(row.cells) {
                        match column.written.map(|written| written.kind) {
                            Some(CellKind::Text) => assert_eq!(cell, text, "{told} {}", column.name),
                            Some(CellKind::Int) => assert_eq!(*cell, "12", "{told} {}", column.name),
                            _ => {}
                        }
                    }
                    ControlFlow::Continue(())
                })
                .expect("rows");
            let book = Book::of_bytes(exported(kind, form, no_data, &[])).expect("a book");
            let fault = Table::open(book, kind, None, &Mapping::default()).expect_err("nothing is in it");
            assert_eq!(fault.code(), "file_without_rows", "{told}");
        }
    }
}
