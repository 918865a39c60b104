//! A file of rows, CSV or workbook, with the columns that its kind has. Invariant: the same file gives the same rows with
//! the same numbers each time it is read, or an import could not be carried on.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::ControlFlow;

use base_core::file::{FileColumn, FileKind};
use base_sheet::SheetFault;
use base_sheet::read::{Book, Columns, Walk, Wanted};
use serde::{Deserialize, Serialize};

use super::domain::TableRow;

/// Most columns that are read of a kind of file.
const CELLS_MAX: usize = 16;

/// How a file is to be read, as far as a person has said so.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapping {
    /// Which column is which: the column's number from 0, or that there is none.
    #[serde(flatten)]
    pub columns: BTreeMap<String, Option<usize>>,
    /// Codes stand in longer texts and are taken out of them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub label_text: bool,
}

impl Mapping {
    /// Reads what is stored; what cannot be read is no mapping.
    pub fn stored(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or_default()
    }

    /// As it is stored.
    pub fn text(&self) -> String {
        serde_json::to_string(self).expect("names and numbers")
    }

    /// By the headings of a file: what is remembered for the next one.
    pub fn by_headings(&self, header: &[String]) -> BTreeMap<String, String> {
        let heading = |(name, column): (&String, &Option<usize>)| Some((name.clone(), header.get((*column)?)?.clone()));
        self.columns.iter().filter_map(heading).collect()
    }

    /// From headings, for those that a file has exactly once.
    pub fn of_headings(headings: &BTreeMap<String, String>, header: &[String]) -> Self {
        let place = |wanted: &String| {
            let is = |name: &String| name.trim().eq_ignore_ascii_case(wanted.trim());
            let mut places = header.iter().enumerate().filter(|(_, name)| is(name)).map(|(at, _)| at);
            places.next().filter(|_| places.next().is_none())
        };
        let pair = |(name, wanted)| Some((String::clone(name), Some(place(wanted)?)));
        Self { columns: headings.iter().filter_map(pair).collect(), label_text: false }
    }
}

/// What is wrong with a file, and in which of its sheets.
#[derive(Debug)]
pub struct TableFault {
    /// The sheet, where there are several.
    pub sheet: String,
    /// What is wrong.
    pub fault: SheetFault,
}

impl TableFault {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        self.fault.code()
    }
}

impl fmt::Display for TableFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.sheet.is_empty() { self.fault.fmt(f) } else { write!(f, "Sheet {:?}: {}", self.sheet, self.fault) }
    }
}

impl std::error::Error for TableFault {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        std::error::Error::source(&self.fault)
    }
}

impl From<SheetFault> for TableFault {
    fn from(fault: SheetFault) -> Self {
        Self { sheet: String::new(), fault }
    }
}

/// A sheet that is read.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Sheet {
    /// Which of the book's sheets it is.
    place: usize,
    /// Where the kind's columns stand.
    columns: Vec<Option<usize>>,
    /// How many rows the sheets before it have.
    before: i64,
}

/// A file that was looked through once and can be read.
#[derive(Clone, Debug)]
pub struct Table {
    book: Book,
    /// What its rows are.
    pub kind: &'static FileKind,
    /// Codes stand in longer texts and are taken out of them.
    pub label_text: bool,
    sheets: Vec<Sheet>,
    /// How many rows it has, without headers and blank ones.
    pub rows: i64,
}

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

/// The sheet to read unless another is chosen: the first with rows that has the columns, else the first with rows. A cover
/// with a title on it is no table.
pub fn likely_sheet(book: &Book, kind: &'static FileKind, headings: &BTreeMap<String, String>) -> usize {
    // One reader for all: each would unpack the texts that the sheets share.
    let Ok(mut reader) = book.reader() else { return book.first_sheet() };
    let mut has_rows = |place: &usize| {
        let walk = reader.each_row(*place, &mut |_| ControlFlow::Break(()));
        walk.is_ok_and(|walk| walk.rows > 0)
    };
    let has_columns = |place: &usize| {
        let mapping = Mapping::of_headings(headings, &book.sheets()[*place].header);
        columns_of(book, *place, kind, &mapping).is_ok_and(|columns| columns.check().is_ok())
    };
    let places = || 0..book.sheets().len();
    let found = places().find(|place| has_columns(place) && has_rows(place));
    let found = found.or_else(|| places().find(|place| has_rows(place)));
    found.unwrap_or_else(|| book.first_sheet())
}

impl Table {
    /// Looks the whole file through, so that nothing is written when its end cannot be read. `sheet` counts from 0; `None`
    /// is all sheets that say something.
    pub fn open(
        book: Book,
        kind: &'static FileKind,
        sheet: Option<usize>,
        mapping: &Mapping,
    ) -> Result<Self, TableFault> {
        assert!(kind.read_columns().count() <= CELLS_MAX, "no kind of file has so many columns");
        let mut table = Self { book, kind, label_text: mapping.label_text, sheets: Vec::new(), rows: 0 };
        table.sheets = table.find_columns(sheet, mapping)?;
        let mut rows = 0;
        let ends = table.read(&mut |_| {
            rows += 1;
            ControlFlow::Continue(())
        })?;
        for at in 1..table.sheets.len() {
            table.sheets[at].before = ends[at - 1];
        }
        if rows == 0 {
            return Err(SheetFault::NoRows.into());
        }
        table.rows = rows;
        Ok(table)
    }

    /// SHA-256 over the file's content.
    pub fn digest(&self) -> [u8; 32] {
        self.book.digest()
    }

    /// The headings from whose columns nothing is taken, each once.
    pub fn unread(&self) -> Vec<&str> {
        let mut unread = Vec::new();
        for sheet in &self.sheets {
            for (at, heading) in self.book.sheets()[sheet.place].header.iter().enumerate() {
                let is_read = sheet.columns.contains(&Some(at));
                if !is_read && !heading.trim().is_empty() && !unread.contains(&heading.as_str()) {
                    unread.push(heading);
                }
            }
        }
        unread
    }

    /// True when the file has this column.
    pub fn has(&self, name: &str) -> bool {
        let at = self.kind.read_columns().position(|column| column.name == name);
        at.is_some_and(|at| self.sheets.iter().any(|sheet| sheet.columns[at].is_some()))
    }

    fn find_columns(&self, sheet: Option<usize>, mapping: &Mapping) -> Result<Vec<Sheet>, TableFault> {
        let sheets = self.book.sheets();
        let places: Vec<usize> = match sheet {
            Some(place) => vec![place],
            None => (0..sheets.len()).filter(|place| !sheets[*place].header.is_empty()).collect(),
        };
        let mut found = Vec::new();
        for place in &places {
            // Further sheets may have their columns elsewhere: there a heading means what it means on the first.
            let own = if *place == places[0] {
                mapping.clone()
            } else {
                let headings = mapping.by_headings(&sheets[places[0]].header);
                Mapping::of_headings(&headings, &sheets[*place].header)
            };
            let columns = columns_of(&self.book, *place, self.kind, &own).and_then(|columns| columns.check());
            let columns = columns.map_err(|fault| self.told_of(*place, fault))?;
            found.push(Sheet { place: *place, columns, before: 0 });
        }
        Ok(found)
    }

    /// Hands every row to `each`, until it breaks off.
    pub fn each_row(&self, each: &mut dyn FnMut(TableRow<'_>) -> ControlFlow<()>) -> Result<(), TableFault> {
        self.read(each).map(drop)
    }

    /// Where a row stands, for people: its number, with the sheet when it is not the first.
    pub fn place(&self, number: i64) -> String {
        let sheet = self.sheets.iter().skip(1).rev().find(|sheet| number > sheet.before);
        match sheet {
            Some(sheet) => format!("{}!{}", self.book.sheets()[sheet.place].name, number - sheet.before),
            None => number.to_string(),
        }
    }

    /// Reads sheet after sheet, and tells the number of the last row of each.
    fn read(&self, each: &mut dyn FnMut(TableRow<'_>) -> ControlFlow<()>) -> Result<Vec<i64>, TableFault> {
        let mut reader = self.book.reader()?;
        let mut ends = Vec::with_capacity(self.sheets.len());
        let mut before = 0;
        for sheet in &self.sheets {
            let walk = reader.each_row(sheet.place, &mut |row| {
                let mut cells = [""; CELLS_MAX];
                for (cell, column) in cells.iter_mut().zip(&sheet.columns) {
                    *cell = column.map_or("", |column| row.cell(column));
                }
                let cells = &cells[..sheet.columns.len().min(CELLS_MAX)];
                if cells.iter().all(|cell| cell.trim().is_empty()) {
                    return ControlFlow::Continue(());
                }
                each(TableRow { number: before + row.number, cells })
            });
            let Walk { last_row, is_broken_off, .. } = walk.map_err(|fault| self.told_of(sheet.place, fault))?;
            before += last_row;
            ends.push(before);
            if is_broken_off {
                break;
            }
        }
        Ok(ends)
    }

    fn told_of(&self, place: usize, fault: SheetFault) -> TableFault {
        let sheet = self.book.sheets().get(place).map(|sheet| sheet.name.clone()).unwrap_or_default();
        TableFault { sheet, fault }
    }
}
