//! Rows and sheets, whichever format they are read from, and the limits that both formats keep to.

use std::ops::ControlFlow;

/// Most columns that a row may have.
pub const COLUMNS_MAX: usize = 256;
/// Most bytes of text in one cell, as UTF-8.
pub const CELL_BYTES_MAX: usize = 32_768;
/// Most bytes of text in one row of a CSV file.
pub const ROW_BYTES_MAX: usize = 1_048_576;
/// What may separate two columns of a CSV file.
pub const SEPARATORS: [u8; 4] = *b",;\t|";

/// One row.
#[derive(Clone, Copy, Debug)]
pub struct Row<'r> {
    /// Its number in its sheet; the header is usually row 1.
    pub number: i64,
    pub(super) cells: Cells<'r>,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Cells<'r> {
    /// All texts in a row, and where each ends.
    Flat(&'r str, &'r [usize]),
    Each(&'r [String]),
}

impl<'r> Row<'r> {
    /// The text of a column, counted from 0; empty where the row is shorter.
    pub fn cell(&self, column: usize) -> &'r str {
        match self.cells {
            Cells::Each(cells) => cells.get(column).map_or("", String::as_str),
            Cells::Flat(text, ends) => {
                let Some(end) = ends.get(column) else { return "" };
                let begin = if column == 0 { 0 } else { ends[column - 1] };
                text.get(begin..*end).unwrap_or_default()
            }
        }
    }

    /// How many cells it has.
    pub fn len(&self) -> usize {
        match self.cells {
            Cells::Each(cells) => cells.len(),
            Cells::Flat(_, ends) => ends.len(),
        }
    }

    /// True for a row whose cells are all blank.
    pub fn is_empty(&self) -> bool {
        self.iter().all(|cell| cell.trim().is_empty())
    }

    /// Its texts, from the left.
    pub fn iter(&self) -> impl Iterator<Item = &'r str> + use<'r> {
        let row = *self;
        (0..row.len()).map(move |column| row.cell(column))
    }

    /// How many cells there are up to the last one that is not blank.
    pub(super) fn used(&self) -> usize {
        (0..self.len()).rev().find(|column| !self.cell(*column).trim().is_empty()).map_or(0, |last| last + 1)
    }
}

/// A sheet of a file; a CSV file is one sheet without a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// Its name.
    pub name: String,
    /// The headings: the first row that is not blank. Empty for a sheet without any text.
    pub header: Vec<String>,
}

/// What was found while reading a sheet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Walk {
    /// Rows below the header that are not blank.
    pub rows: u64,
    /// Number of the last row that was seen, blank or not.
    pub last_row: i64,
    /// Rows with more cells than there are headings; cells beyond the headings belong to no column and are only counted
    /// here.
    pub longer_rows: u64,
    /// Number of the first of them.
    pub first_longer_row: Option<i64>,
    /// True when the callback stopped the reading.
    pub is_broken_off: bool,
}

impl Walk {
    /// Counts a row, and calls `each` with it unless it is blank.
    pub(super) fn step(&mut self, headings: usize, row: Row<'_>, each: &mut Each<'_>) -> ControlFlow<()> {
        self.last_row = row.number;
        let used = row.used();
        if used == 0 {
            return ControlFlow::Continue(());
        }
        self.rows += 1;
        if used > headings {
            self.longer_rows += 1;
            self.first_longer_row.get_or_insert(row.number);
        }
        let flow = each(row);
        self.is_broken_off = flow.is_break();
        flow
    }
}

/// What is called with each row.
pub(super) type Each<'e> = dyn FnMut(Row<'_>) -> ControlFlow<()> + 'e;
