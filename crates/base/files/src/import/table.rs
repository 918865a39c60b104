//! A file of rows, CSV or workbook, with the columns that its kind has. Invariant: the same file gives the same rows with
//! the same numbers each time it is read, or an import could not be carried on.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::ControlFlow;

use base_core::file::{FileColumn, FileKind, Holds};
use base_sheet::SheetFault;
use base_sheet::read::{Book, Columns, Fit, Row, Walk, Wanted};
use serde::{Deserialize, Serialize};

use super::blocks::{BlockColumns, Gathering, Part, block_columns};
use super::domain::{CellFault, TableRow};

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
    /// The number of the row that holds the headings, where it is not the first one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header_row: Option<i64>,
    /// What separates the columns of a CSV file, where its first lines do not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub separator: Option<char>,
    /// Rows that nobody sees in the spreadsheet are read, too.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hidden_rows: bool,
    /// What rows name and the site does not have is made.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub make_missing: bool,
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
        Self { columns: headings.iter().filter_map(pair).collect(), ..Self::default() }
    }

    /// The same, with the headings where they were found in a sheet.
    #[must_use]
    pub fn found_in(self, book: &Book, place: usize) -> Self {
        let header_row = book.sheets().get(place).and_then(base_sheet::read::Sheet::found_header_row);
        Self { header_row, separator: book.found_separator(), ..self }
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
    /// Where the kind's columns stand; of a sheet in blocks, where its codes stand.
    columns: Vec<Option<usize>>,
    /// Its rows stand in blocks.
    blocks: Option<BlockColumns>,
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
    /// What rows name and the site does not have is made.
    pub make_missing: bool,
    /// Rows that nobody sees are read, too.
    takes_hidden: bool,
    sheets: Vec<Sheet>,
    /// How many rows it has, without headers and blank ones, and without those that are left out.
    pub rows: i64,
    /// How many rows are left out because nobody sees them.
    pub hidden_rows: i64,
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
        if columns.fit() != Fit::Whole && in_blocks(kind, header).is_some() { Fit::Whole } else { columns.fit() }
    })
}

/// Where the columns of blocks stand, if the rows of such a file stand in blocks.
pub fn in_blocks(kind: &FileKind, header: &[String]) -> Option<BlockColumns> {
    block_columns(kind.blocks.as_ref()?, header)
}

/// The sheet to read unless another is chosen: of those that people see the first with rows that has the columns, else the
/// first with rows. A cover with a title on it is no table. The headings of the sheets that are looked at are settled.
pub fn likely_sheet(book: &mut Book, kind: &'static FileKind, headings: &BTreeMap<String, String>) -> usize {
    let mut with_rows = None;
    for place in seen_sheets(book) {
        let mapping = Mapping::default();
        if settle_header(book, place, kind, (&mapping, headings)).is_err() {
            continue;
        }
        let walk = book.each_row(place, &mut |_| ControlFlow::Break(()));
        if walk.is_ok_and(|walk| walk.rows > 0) {
            let mapping = Mapping::of_headings(headings, &book.sheets()[place].header);
            let is_whole = columns_of(book, place, kind, &mapping).is_ok_and(|columns| columns.check().is_ok());
            if is_whole || in_blocks(kind, &book.sheets()[place].header).is_some() {
                return place;
            }
            with_rows.get_or_insert(place);
        }
    }
    with_rows.unwrap_or_else(|| book.first_sheet())
}

/// The sheets that people see, or all where there is none.
fn seen_sheets(book: &Book) -> Vec<usize> {
    let is_filled = |place: &usize| !book.sheets()[*place].header.is_empty();
    let filled = || (0..book.sheets().len()).filter(is_filled);
    let seen: Vec<usize> = filled().filter(|place| !book.sheets()[*place].is_hidden).collect();
    if seen.is_empty() { filled().collect() } else { seen }
}

/// Where the sheets of a file end.
struct Ends {
    /// The number of the last row of each.
    rows: Vec<i64>,
    /// How many rows were left out because nobody sees them.
    left_out: i64,
}

/// Hands a part of a block on as a row that says all.
fn each_part(part: &Part<'_>, each: &mut dyn FnMut(TableRow<'_>) -> ControlFlow<()>) -> ControlFlow<()> {
    each(TableRow { number: part.number, cells: &[part.code, part.whole], faults: &[] })
}

/// What a person sees of a cell that is not what it should be; a formula without a value shows nothing.
fn seen(row: Row<'_>, column: usize) -> &str {
    row.shown(column).trim()
}

impl Table {
    /// Looks the whole file through, so that nothing is written when its end cannot be read. `sheet` counts from 0; `None`
    /// is all sheets that say something and that people see.
    pub fn open(
        book: Book,
        kind: &'static FileKind,
        sheet: Option<usize>,
        mapping: &Mapping,
    ) -> Result<Self, TableFault> {
        assert!(kind.read_columns().count() <= CELLS_MAX, "no kind of file has so many columns");
        let (label_text, make_missing) = (mapping.label_text, mapping.make_missing);
        let (takes_hidden, sheets) = (mapping.hidden_rows, Vec::new());
        let mut table = Self { book, kind, label_text, make_missing, takes_hidden, sheets, rows: 0, hidden_rows: 0 };
        table.sheets = table.find_columns(sheet, mapping)?;
        // Blocks are lists that were scanned from labels.
        table.label_text |= table.sheets.iter().any(|sheet| sheet.blocks.is_some());
        let mut rows = 0;
        let ends = table.read(&mut |_| {
            rows += 1;
            ControlFlow::Continue(())
        })?;
        for at in 1..table.sheets.len() {
            table.sheets[at].before = ends.rows[at - 1];
        }
        table.hidden_rows = ends.left_out;
        if rows == 0 && ends.left_out > 0 {
            return Err(SheetFault::RowsHidden { rows: ends.left_out }.into());
        }
        if rows == 0 {
            return Err(SheetFault::NoRows.into());
        }
        table.rows = rows;
        Ok(table)
    }

    /// The names of the sheets that nobody sees and that are not read.
    pub fn hidden_sheets(&self) -> Vec<&str> {
        let is_read = |place: usize| self.sheets.iter().any(|sheet| sheet.place == place);
        let all = self.book.sheets().iter().enumerate();
        all.filter(|(place, sheet)| sheet.is_hidden && !is_read(*place)).map(|(_, sheet)| sheet.name.as_str()).collect()
    }

    /// The headings of columns that are read though nobody sees them, each once.
    pub fn hidden_columns(&self) -> Vec<&str> {
        let mut hidden = Vec::new();
        for sheet in &self.sheets {
            let of = &self.book.sheets()[sheet.place];
            for at in sheet.columns.iter().flatten().filter(|at| of.hidden_columns.contains(at)) {
                if let Some(heading) = of.header.get(*at).filter(|heading| !hidden.contains(&heading.as_str())) {
                    hidden.push(heading.as_str());
                }
            }
        }
        hidden
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

    fn find_columns(&mut self, sheet: Option<usize>, mapping: &Mapping) -> Result<Vec<Sheet>, TableFault> {
        let places = sheet.map_or_else(|| seen_sheets(&self.book), |place| vec![place]);
        let mut found = Vec::new();
        let mut headings = BTreeMap::new();
        for place in &places {
            // Further sheets may have their columns elsewhere: there a heading means what it means on the first.
            let is_first = *place == places[0];
            let empty = Mapping { separator: mapping.separator, ..Mapping::default() };
            let said = if is_first { mapping } else { &empty };
            settle_header(&mut self.book, *place, self.kind, (said, &headings))
                .map_err(|fault| self.told_of(*place, fault))?;
            let header = self.book.header(*place).map_err(|fault| self.told_of(*place, fault))?;
            let own = if is_first {
                headings = mapping.by_headings(header);
                mapping.clone()
            } else {
                Mapping::of_headings(&headings, header)
            };
            let columns = columns_of(&self.book, *place, self.kind, &own).and_then(|columns| columns.check());
            let blocks = match (&columns, self.book.header(*place)) {
                (Err(_), Ok(header)) => in_blocks(self.kind, header),
                _ => None,
            };
            let columns = match blocks {
                Some(blocks) => vec![Some(blocks.code), Some(blocks.mark)],
                None => columns.map_err(|fault| self.told_of(*place, fault))?,
            };
            found.push(Sheet { place: *place, columns, blocks, before: 0 });
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

    /// Reads sheet after sheet.
    fn read(&self, each: &mut dyn FnMut(TableRow<'_>) -> ControlFlow<()>) -> Result<Ends, TableFault> {
        let mut reader = self.book.reader()?;
        let mut ends = Ends { rows: Vec::with_capacity(self.sheets.len()), left_out: 0 };
        let columns = || self.kind.read_columns();
        let wanted: Vec<(&'static str, Holds)> = columns().map(|column| (column.name, column.holds)).collect();
        // Of a sheet in blocks, the marks are words.
        let name = columns().next().map_or("", |column| column.name);
        let of_blocks = [(name, Holds::Code), (name, Holds::Words)];
        let mut before = 0;
        for sheet in &self.sheets {
            let mut gathering = self.kind.blocks.as_ref().filter(|_| sheet.blocks.is_some()).map(Gathering::new);
            let walk = reader.each_row(sheet.place, &mut |row| {
                let mut cells = [""; CELLS_MAX];
                let mut faults = Vec::new();
                let wanted = if sheet.blocks.is_some() { &of_blocks[..] } else { &wanted[..] };
                for (at, (column, (name, holds))) in sheet.columns.iter().zip(wanted).enumerate() {
                    let Some(place) = *column else { continue };
                    cells[at] = row.read(place, *holds).unwrap_or_else(|unfit| {
                        faults.push(CellFault { name, holds: *holds, unfit, at, place, row: row.number });
                        seen(row, place)
                    });
                }
                let cells = &cells[..sheet.columns.len().min(CELLS_MAX)];
                if faults.is_empty() && cells.iter().all(|cell| cell.trim().is_empty()) {
                    return ControlFlow::Continue(());
                }
                if row.is_hidden && !self.takes_hidden {
                    ends.left_out += 1;
                    return ControlFlow::Continue(());
                }
                let row = TableRow { number: before + row.number, cells, faults: &faults };
                match &mut gathering {
                    Some(gathering) if faults.is_empty() => {
                        gathering.take(row.number, (cells[1], cells[0]), &mut |part| each_part(&part, each))
                    }
                    _ => each(row),
                }
            });
            let Walk { last_row, is_broken_off, .. } = walk.map_err(|fault| self.told_of(sheet.place, fault))?;
            before += last_row;
            ends.rows.push(before);
            let ended = gathering.as_mut().map(|gathering| gathering.end(&mut |part| each_part(&part, each)));
            if is_broken_off || ended.is_some_and(|flow| flow.is_break()) {
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
