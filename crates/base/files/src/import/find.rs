//! Where the rows of a file are: its sheets, their headings, and which column is which.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use base_core::file::{CellKind, FileColumn, FileKind};
use base_core::text::readable;
use base_sheet::SheetFault;
use base_sheet::read::{Book, Columns, Fit, Sheet, Wanted};

use super::blocks::{BlockColumns, block_columns};
use super::mapping::Mapping;

/// A sheet that has all that is needed and names so many columns is a table. One that names fewer may be a cover whose title
/// happens to be the name of a column.
const NAMES_SURE: usize = 2;
/// Most names of sheets that are told.
const NAMES_SHOWN_MAX: usize = 20;
/// Longest name that is told, in characters.
const NAME_CHARS_MAX: usize = 40;

/// The columns of a kind, as the reader of files wants them.
pub fn wanted(kind: &'static FileKind) -> Vec<Wanted> {
    let wanted = |column: &FileColumn| Wanted {
        name: column.name,
        heading: column.written.map(|written| written.heading),
        synonyms: column.synonyms,
        is_needed: column.is_needed(),
    };
    kind.read_columns().map(wanted).collect()
}

/// Which column of a sheet is which: guessed, then corrected by what a person has said.
pub fn columns_of(
    book: &Book,
    place: usize,
    kind: &'static FileKind,
    mapping: &Mapping,
) -> Result<Columns, SheetFault> {
    let mut columns = book.columns(place, &wanted(kind))?;
    for (name, column) in &mapping.columns {
        columns.choose(name, *column)?;
    }
    Ok(columns)
}

/// Settles where the headings of a sheet are: where a person has said, or where they are found. A file whose columns are
/// chosen already keeps its first row.
pub fn settle_header(
    book: &mut Book,
    place: usize,
    kind: &'static FileKind,
    (mapping, headings): (&Mapping, &BTreeMap<String, String>),
) -> Result<(), SheetFault> {
    if let Some(separator) = mapping.separator {
        book.use_separator(separator);
    }
    if let Some(row) = mapping.header_row {
        return book.choose_header(place, row, mapping.separator.is_none());
    }
    if !mapping.columns.is_empty() {
        return Ok(());
    }
    let wanted = wanted(kind);
    book.find_header(place, &|header| {
        let mut columns = Columns::of(header, &wanted);
        for (name, column) in &Mapping::of_headings(headings, header).columns {
            if columns.choose(name, *column).is_err() {
                return Fit::Names(0);
            }
        }
        // Their marks and codes are two columns.
        if columns.fit() < Fit::Whole(0) && in_blocks(kind, header).is_some() { Fit::Whole(2) } else { columns.fit() }
    })
}

/// Where the columns of blocks stand, if the rows of such a file stand in blocks.
pub fn in_blocks(kind: &FileKind, header: &[String]) -> Option<BlockColumns> {
    block_columns(kind.blocks.as_ref()?, header)
}

/// The sheet to read unless another is chosen: of those that people see the first with rows that has the columns, else the
/// first with rows. A cover with a title on it is no table. The headings of the sheets that are looked at are settled.
pub fn likely_sheet(book: &mut Book, kind: &'static FileKind, headings: &BTreeMap<String, String>) -> usize {
    let (mut with_rows, mut best) = (None, None);
    for place in seen_sheets(book) {
        let mapping = Mapping::default();
        if settle_header(book, place, kind, (&mapping, headings)).is_err() {
            continue;
        }
        let walk = book.each_row(place, &mut |_| ControlFlow::Break(()));
        if walk.is_ok_and(|walk| walk.rows > 0) {
            let named = names_of(book, place, kind, headings);
            if named.is_some_and(|names| names >= NAMES_SURE) {
                return place;
            }
            if named > best.map(|(names, _)| names) {
                best = named.map(|names| (names, place));
            }
            with_rows.get_or_insert(place);
        }
    }
    best.map(|(_, place)| place).or(with_rows).unwrap_or_else(|| book.first_sheet())
}

/// The sheet that was asked for, by its name or else its number from 1.
pub fn sheet_named(book: &Book, wanted: &str) -> Result<usize, SheetFault> {
    let (sheets, wanted) = (book.sheets(), wanted.trim());
    let is = |sheet: &Sheet| sheet.name.trim().to_lowercase() == wanted.to_lowercase();
    let by_number = || wanted.parse::<usize>().ok()?.checked_sub(1).filter(|at| *at < sheets.len());
    sheets.iter().position(is).or_else(by_number).ok_or_else(|| {
        let found = (1..).zip(sheets).map(|(number, sheet)| format!("{number} {}", shown(&sheet.name)));
        SheetFault::NoSheetNamed { name: shown(wanted), found: found.take(NAMES_SHOWN_MAX).collect() }
    })
}

fn shown(name: &str) -> String {
    readable(name, NAME_CHARS_MAX)
}

/// How many columns a sheet names that has all that is needed.
fn names_of(book: &Book, place: usize, kind: &'static FileKind, headings: &BTreeMap<String, String>) -> Option<usize> {
    let header = &book.sheets()[place].header;
    if in_blocks(kind, header).is_some() {
        return Some(NAMES_SURE);
    }
    let mapping = Mapping::of_headings(headings, header);
    let columns = columns_of(book, place, kind, &mapping).ok()?.check().ok()?;
    Some(columns.iter().flatten().count())
}

/// A sheet and those after it that go on with it, as an export writes what is longer than a sheet: with the same headings,
/// and a name that counts on.
pub fn with_parts(book: &Book, place: usize) -> Vec<usize> {
    let mut places = vec![place];
    let Some(first) = book.sheets().get(place) else { return places };
    for (at, sheet) in book.sheets().iter().enumerate().skip(place + 1) {
        let number = places.len() + 1;
        let goes_on = sheet.header == first.header && sheet.name == format!("{} {number}", first.name);
        if !goes_on || sheet.is_hidden {
            break;
        }
        places.push(at);
    }
    places
}

/// The sheets that people see, or all where there is none.
pub fn seen_sheets(book: &Book) -> Vec<usize> {
    let is_filled = |place: &usize| !book.sheets()[*place].header.is_empty();
    let filled = || (0..book.sheets().len()).filter(is_filled);
    let seen: Vec<usize> = filled().filter(|place| !book.sheets()[*place].is_hidden).collect();
    if seen.is_empty() { filled().collect() } else { seen }
}

/// True where the headings are those that an export of such a site writes, all of them in its order: what stands there was
/// in a site already. Those of times name a zone behind.
pub fn is_export(kind: &FileKind, header: &[String]) -> bool {
    let mut written = kind.written_columns().peekable();
    if written.peek().is_none() {
        return false;
    }
    let mut names = header.iter().map(|name| name.trim());
    let is_here = written.all(|column| {
        let Some(name) = names.next() else { return false };
        let is_zoned = || name.strip_prefix(column.heading).is_some_and(|rest| rest.starts_with(" ("));
        name == column.heading || (column.kind == CellKind::Time && is_zoned())
    });
    is_here && names.all(str::is_empty)
}

#[cfg(test)]
mod tests {
    use base_core::permission::IMPORT_RUN;
    use base_sheet::report::{Report, Table};
    use base_sheet::write::{XlsxOptions, report_as_xlsx};
    use base_sheet::{Brand, Cell, Column, Kind};

    use super::*;

    static BAGS: FileKind = FileKind {
        name: "bags",
        permission: IMPORT_RUN,
        columns: &[
            FileColumn::needed("code", &["bag"]).written("Code", CellKind::Text, 9),
            FileColumn::derived("made").written("Made At", CellKind::Time, 9),
            FileColumn::optional("place", &[]).written("Place", CellKind::Text, 9),
        ],
        rounds: 1,
        has_codes: true,
        blocks: None,
        makes: None,
    };

    /// A workbook with an overview and a sheet for each of these names, all with the same headings.
    fn book(names: &[(&str, &'static str)]) -> Book {
        let table = |(title, heading): &(&str, &'static str)| Table {
            title: (*title).to_owned(),
            columns: vec![Column::new(*heading, Kind::Text, 9), Column::new("Place", Kind::Text, 9)],
            rows: vec![vec![Cell::text("SB00001"), Cell::text("yard")]],
            ..Table::default()
        };
        let report = Report { title: "Bag".into(), tables: names.iter().map(table).collect(), ..Report::default() };
        let options = XlsxOptions { made_at: jiff::civil::date(2026, 11, 21).at(9, 30, 0, 0), scratch: None };
        let mut bytes = Vec::new();
        report_as_xlsx(&report, &mut bytes, &options, &Brand::default()).expect("a workbook");
        Book::of_bytes(bytes).expect("a book")
    }

    #[test]
    fn a_sheet_is_read_with_those_that_go_on_with_it_and_no_others() {
        let mut book = book(&[("Bags", "Code"), ("Bags 2", "Code"), ("Bags 3", "Other"), ("Bags 4", "Code")]);
        let place = likely_sheet(&mut book, &BAGS, &BTreeMap::new());
        assert_eq!(
            (place, with_parts(&book, place)),
            (1, vec![1, 2]),
            "not the overview, whose title is a column's name"
        );
        assert_eq!(with_parts(&book, 2), [2]);
    }

    #[test]
    fn a_sheet_is_chosen_by_its_name_or_its_number() {
        let book = book(&[("2", "Code"), ("May", "Code")]);
        for (wanted, place) in [("may", Some(2)), ("2", Some(1)), (" 3 ", Some(2)), ("0", None), ("July", None)] {
            assert_eq!(sheet_named(&book, wanted).ok(), place, "{wanted}");
        }
        let told = sheet_named(&book, "July").expect_err("there is none").to_string();
        assert!(
            told.starts_with("The file has no sheet July; its sheets are: 1 ") && told.ends_with("3 May"),
            "{told}"
        );
    }

    #[test]
    fn an_export_is_known_by_all_its_headings_in_their_order() {
        let of = |names: &[&str]| is_export(&BAGS, &names.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert!(of(&["Code", "Made At (Asia/Kolkata)", "Place"]) && of(&["Code", "Made At", "Place", " "]));
        for other in [
            &["Code", "Place"][..],
            &["Code", "Place", "Made At"],
            &["Code", "Made At", "Place", "More"],
            &["Code (x)", "Made At", "Place"],
            &["Code", "Made Atx", "Place"],
        ] {
            assert!(!of(other), "{other:?}");
        }
    }
}
