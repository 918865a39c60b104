//! Every kind of cell in every column of every kind of file that this site takes in, in every format: a later kind is in
//! this table by being registered.

use std::ops::ControlFlow;

use base_core::file::{FileKind, Holds};
use base_files::import::{CellFault, Mapping, Table};
use base_sheet::read::{Book, Unfit};

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
    ]
}

/// What CSV, which has no types, tells of a cell: an error, a truth value and a number in powers of ten show.
fn in_csv(case: &Case, expected: Option<Unfit>) -> Option<Unfit> {
    match (case.cell.value, expected?) {
        (_, unfit @ (Unfit::Error | Unfit::Bool)) => Some(unfit),
        (_, Unfit::TooLong) | (Value::Number(_, "0.00E+00"), Unfit::Number) => Some(Unfit::Number),
        _ => None,
    }
}

/// Reads the one row of a file: its cells, and what is wrong with them.
fn read(kind: &'static FileKind, bytes: Vec<u8>) -> (Vec<String>, Vec<CellFault>) {
    let book = Book::of_bytes(bytes).expect("a book");
    let table = Table::open(book, kind, None, &Mapping::default()).expect("a table");
    let mut found = None;
    table
        .each_row(&mut |row| {
            found = Some((row.cells.iter().map(ToString::to_string).collect(), row.faults.to_vec()));
            ControlFlow::Break(())
        })
        .expect("rows");
    found.expect("a row")
}

#[tokio::test(flavor = "multi_thread")]
async fn each_cell_in_each_column_of_each_kind_in_each_format_is_what_is_seen_or_named() {
    let site = each_site().await.remove(0);
    let kinds = site.app.imports.kinds();
    assert!(kinds.len() >= 4, "the kinds of this site are registered");
    let mut tried = 0;
    for kind in kinds {
        let columns: Vec<_> = kind.read_columns().collect();
        let head: Vec<Cell> = columns.iter().map(|column| Cell::text(column.name)).collect();
        for (at, column) in columns.iter().enumerate() {
            for case in cases() {
                for format in Format::ALL {
                    let expected = match column.holds {
                        Holds::Code => case.code,
                        Holds::Figure => case.figure,
                        Holds::Words => case.words,
                        Holds::Passed => None,
                    };
                    let expected = if format == Format::Csv { in_csv(&case, expected) } else { expected };
                    let mut row = vec![Cell::text("other"); columns.len()];
                    row[at] = case.cell;
                    let (cells, faults) = read(kind, written(format, &[Sheet::of(vec![head.clone(), row])]));
                    let told = format!("{:?} in {} of {} as {format:?}", case.cell, column.name, kind.name);
                    let found = faults.iter().find(|fault| fault.at == at);
                    assert_eq!(found.map(|fault| fault.unfit), expected, "{told}");
                    assert!(faults.iter().all(|fault| fault.at == at), "{told}: {faults:?}");
                    if let Some(fault) = found {
                        assert_eq!((fault.name, fault.place, fault.row), (column.name, at, 2), "{told}");
                    } else if column.holds == Holds::Code {
                        assert_eq!(cells[at].trim(), case.cell.shown, "{told}");
                    }
                    tried += 1;
                }
            }
        }
    }
    assert!(tried > 500, "{tried}");
}
