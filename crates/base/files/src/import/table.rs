//! A file of rows, CSV or workbook, with the columns that its kind has. Invariant: the same file gives the same rows with
//! the same numbers each time it is read, or an import could not be carried on.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use base_core::file::{FileKind, Holds};
use base_sheet::read::{Book, Row, Walk};
use base_sheet::{SheetFault, column_letters};

use super::blocks::{BlockColumns, Gathering, Part};
use super::domain::{CellFault, TableRow};
use super::find::{columns_of, in_blocks, is_export, seen_sheets, settle_header};
use super::mapping::{Mapping, TableFault};

/// Most columns that are read of a kind of file.
const CELLS_MAX: usize = 16;

/// A sheet that is read.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Sheet {
    /// Which of the book's sheets it is.
    place: usize,
    /// Where the kind's columns stand; of a sheet in blocks, where its codes stand.
    columns: Vec<Option<usize>>,
    /// Its rows stand in blocks.
    blocks: Option<BlockColumns>,
    /// How many headings it has.
    headings: usize,
    /// Columns whose heading is blank and that are not read, from 0.
    nameless: Vec<usize>,
    /// How many rows the sheets before it have.
    before: i64,
}

impl Sheet {
    /// The first column of a row that holds something and belongs to no heading.
    fn beyond(&self, row: &Row<'_>) -> Option<usize> {
        let is_filled = |at: &usize| !row.shown(*at).trim().is_empty();
        let beyond = || (self.headings..row.len()).find(is_filled);
        self.nameless.iter().copied().find(is_filled).or_else(beyond)
    }
}

/// A file that was looked through once and can be read.
#[expect(clippy::struct_excessive_bools, reason = "each is a way in which the file is read")]
#[derive(Clone, Debug)]
pub struct Table {
    book: Book,
    /// What its rows are.
    pub kind: &'static FileKind,
    /// Codes stand in longer texts and are taken out of them.
    pub label_text: bool,
    /// What rows name and the site does not have is made.
    pub make_missing: bool,
    /// It was written by the export of a site such as this one: its codes were in a site already.
    pub is_export: bool,
    /// Rows that nobody sees are read, too.
    takes_hidden: bool,
    sheets: Vec<Sheet>,
    /// How many rows it has, without headers and blank ones, and without those that are left out.
    pub rows: i64,
    /// How many rows are left out because nobody sees them.
    pub hidden_rows: i64,
    /// What of its rows belongs to no column.
    pub beyond: Beyond,
}

/// Where the sheets of a file end.
struct Ends {
    /// The number of the last row of each.
    rows: Vec<i64>,
    /// How many rows were left out because nobody sees them.
    left_out: i64,
    beyond: Beyond,
}

/// Cells that belong to no column: under no heading, or beyond the last one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Beyond {
    /// How many rows have any.
    pub rows: i64,
    /// The first of them: its row, as rows of the file are numbered, and its column from 0.
    pub first: Option<(i64, usize)>,
}

impl Beyond {
    /// Where the first is, as spreadsheets say it: `E7`.
    pub fn place(&self, table: &Table) -> Option<String> {
        let (row, column) = self.first?;
        let (sheet, row) = table.place_parts(row);
        let cell = format!("{}{row}", column_letters(column));
        Some(sheet.map_or_else(|| cell.clone(), |sheet| format!("{sheet}!{cell}")))
    }
}

/// Hands a part of a block on as a row that says all.
fn each_part(part: &Part<'_>, each: &mut dyn FnMut(TableRow<'_>) -> ControlFlow<()>) -> ControlFlow<()> {
    each(TableRow { number: part.number, cells: &[part.code, part.whole], faults: &[] })
}

/// The one line of an export without rows: it is no row.
fn says_nothing(kind: &FileKind, row: &Row<'_>) -> bool {
    let text = row.cell(0).trim();
    let is_alone = || row.iter().skip(1).all(|cell| cell.trim().is_empty());
    text.strip_prefix("There are no ").and_then(|rest| rest.strip_suffix('.')) == Some(kind.name) && is_alone()
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
        let places = sheet.map_or_else(|| seen_sheets(&book), |place| vec![place]);
        Self::open_sheets(book, kind, &places, mapping)
    }

    /// The same with these sheets, one after another. What is said of columns is said of the first; on the others a heading
    /// means the same.
    pub fn open_sheets(
        book: Book,
        kind: &'static FileKind,
        places: &[usize],
        mapping: &Mapping,
    ) -> Result<Self, TableFault> {
        assert!(kind.read_columns().count() <= CELLS_MAX, "no kind of file has so many columns");
        let (label_text, make_missing) = (mapping.label_text, mapping.make_missing);
        let (takes_hidden, sheets) = (mapping.hidden_rows, Vec::new());
        let mut table = Self {
            book,
            kind,
            label_text,
            make_missing,
            is_export: false,
            takes_hidden,
            sheets,
            rows: 0,
            hidden_rows: 0,
            beyond: Beyond::default(),
        };
        table.sheets = table.find_columns(places, mapping)?;
        let headers = || table.sheets.iter().map(|sheet| &table.book.sheets()[sheet.place].header);
        table.is_export = headers().all(|header| is_export(kind, header));
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
        (table.hidden_rows, table.beyond) = (ends.left_out, ends.beyond);
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

    /// The names of the sheets that people see, that hold something, and that are not read.
    pub fn other_sheets(&self) -> Vec<&str> {
        let is_read = |place: usize| self.sheets.iter().any(|sheet| sheet.place == place);
        let all = self.book.sheets().iter().enumerate();
        let others = all.filter(|(place, sheet)| !sheet.is_hidden && !sheet.header.is_empty() && !is_read(*place));
        others.map(|(_, sheet)| sheet.name.as_str()).collect()
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

    fn find_columns(&mut self, places: &[usize], mapping: &Mapping) -> Result<Vec<Sheet>, TableFault> {
        let mut found = Vec::new();
        let mut headings = BTreeMap::new();
        for place in places {
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
            let header = self.book.header(*place).map_err(|fault| self.told_of(*place, fault))?;
            let nameless =
                (0..header.len()).filter(|at| header[*at].trim().is_empty() && !columns.contains(&Some(*at)));
            let sheet = Sheet {
                nameless: nameless.collect(),
                headings: header.len(),
                place: *place,
                columns,
                blocks,
                before: 0,
            };
            found.push(sheet);
        }
        Ok(found)
    }

    /// Hands every row to `each`, until it breaks off.
    pub fn each_row(&self, each: &mut dyn FnMut(TableRow<'_>) -> ControlFlow<()>) -> Result<(), TableFault> {
        self.read(each).map(drop)
    }

    /// Where a row stands, for people: its number, with the sheet when it is not the first.
    pub fn place(&self, number: i64) -> String {
        match self.place_parts(number) {
            (Some(sheet), row) => format!("{sheet}!{row}"),
            (None, row) => row.to_string(),
        }
    }

    /// The sheet of a row, when it is not the first that is read, and the row's number in it.
    fn place_parts(&self, number: i64) -> (Option<&str>, i64) {
        let sheet = self.sheets.iter().skip(1).rev().find(|sheet| number > sheet.before);
        sheet.map_or((None, number), |sheet| {
            (Some(self.book.sheets()[sheet.place].name.as_str()), number - sheet.before)
        })
    }

    /// Reads sheet after sheet.
    fn read(&self, each: &mut dyn FnMut(TableRow<'_>) -> ControlFlow<()>) -> Result<Ends, TableFault> {
        let mut reader = self.book.reader()?;
        let rows = Vec::with_capacity(self.sheets.len());
        let mut ends = Ends { rows, left_out: 0, beyond: Beyond::default() };
        let columns = || self.kind.read_columns();
        let wanted: Vec<(&'static str, Holds)> = columns().map(|column| (column.name, column.holds)).collect();
        // Of a sheet in blocks, the marks are words.
        let name = columns().next().map_or("", |column| column.name);
        let of_blocks = [(name, Holds::Code), (name, Holds::Words)];
        let mut before = 0;
        for sheet in &self.sheets {
            let mut gathering = self.kind.blocks.as_ref().filter(|_| sheet.blocks.is_some()).map(Gathering::new);
            let mut may_say_nothing = self.is_export;
            let walk = reader.each_row(sheet.place, &mut |row| {
                if std::mem::take(&mut may_say_nothing) && says_nothing(self.kind, &row) {
                    return ControlFlow::Continue(());
                }
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
                let is_blank = faults.is_empty() && cells.iter().all(|cell| cell.trim().is_empty());
                if row.is_hidden && !self.takes_hidden {
                    ends.left_out += i64::from(!is_blank);
                    return ControlFlow::Continue(());
                }
                if let Some(column) = sheet.beyond(&row) {
                    ends.beyond.rows += 1;
                    ends.beyond.first.get_or_insert((before + row.number, column));
                }
                if is_blank {
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
