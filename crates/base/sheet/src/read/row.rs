//! Rows and sheets, whichever format they are read from, and the limits that both formats keep to.

use std::ops::ControlFlow;

use super::value::Form;

/// Most columns that a row may have.
pub const COLUMNS_MAX: usize = 256;
/// Most bytes of text in one cell, as UTF-8.
pub const CELL_BYTES_MAX: usize = 32_768;
/// Most bytes of text in one row of a CSV file.
pub const ROW_BYTES_MAX: usize = 1_048_576;
/// So many rows that are not blank are looked at for headings.
pub const HEADER_ROWS_MAX: usize = 30;
/// What may separate two columns of a CSV file.
pub const SEPARATORS: [u8; 4] = *b",;\t|";

/// One row.
#[derive(Clone, Copy, Debug)]
pub struct Row<'r> {
    /// Its number in its sheet; the header is usually row 1.
    pub number: i64,
    /// Nobody who looks at the sheet sees it.
    pub is_hidden: bool,
    pub(super) cells: Cells<'r>,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Cells<'r> {
    /// All texts in a row, and where each ends.
    Flat(&'r str, &'r [usize]),
    Each(&'r [Found]),
}

/// A cell of a workbook.
#[derive(Clone, Debug, Default)]
pub(super) struct Found {
    /// Its value as text: a number as its digits.
    pub text: String,
    /// What a person sees, where that is something else.
    pub shown: String,
    pub form: Form,
}

impl Found {
    pub fn clear(&mut self) {
        self.text.clear();
        self.shown.clear();
        self.form = Form::Text;
    }

    /// True for a cell that is only formatted.
    pub fn is_blank(&self) -> bool {
        self.text.is_empty() && matches!(self.form, Form::Text)
    }
}

impl<'r> Row<'r> {
    /// The text of a column, counted from 0; empty where the row is shorter.
    pub fn cell(&self, column: usize) -> &'r str {
        match self.cells {
            Cells::Each(cells) => cells.get(column).map_or("", |cell| cell.text.as_str()),
            Cells::Flat(text, ends) => {
                let Some(end) = ends.get(column) else { return "" };
                let begin = if column == 0 { 0 } else { ends[column - 1] };
                text.get(begin..*end).unwrap_or_default()
            }
        }
    }

    /// What a person sees of a column.
    pub fn shown(&self, column: usize) -> &'r str {
        match self.cells {
            Cells::Each(cells) => cells
                .get(column)
                .map_or("", |cell| if cell.shown.is_empty() { cell.text.as_str() } else { cell.shown.as_str() }),
            Cells::Flat(..) => self.cell(column),
        }
    }

    /// What a column holds.
    pub fn form(&self, column: usize) -> Form {
        match self.cells {
            Cells::Each(cells) => cells.get(column).map_or(Form::Text, |cell| cell.form),
            Cells::Flat(..) => Form::Text,
        }
    }

    /// True where cells have types: in CSV all is text.
    pub(super) fn is_typed(&self) -> bool {
        matches!(self.cells, Cells::Each(_))
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
        self.used() == 0
    }

    /// Its texts, from the left.
    pub fn iter(&self) -> impl Iterator<Item = &'r str> + use<'r> {
        let row = *self;
        (0..row.len()).map(move |column| row.cell(column))
    }

    /// How many cells there are up to the last one that is not blank.
    pub(super) fn used(&self) -> usize {
        let is_used = |column: &usize| !self.cell(*column).trim().is_empty() || self.form(*column) != Form::Text;
        (0..self.len()).rev().find(is_used).map_or(0, |last| last + 1)
    }
}

/// A sheet of a file; a CSV file is one sheet without a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// Its name.
    pub name: String,
    /// The headings: the first row that is not blank, unless another was found or chosen. Empty for a sheet without any
    /// text.
    pub header: Vec<String>,
    /// The number of that row; 0 for a sheet without any text.
    pub header_row: i64,
    /// The number of the first row that is not blank.
    pub first_row: i64,
    /// Nobody who opens the file sees it.
    pub is_hidden: bool,
    /// Columns that nobody sees, counted from 0.
    pub hidden_columns: Vec<usize>,
}

impl Sheet {
    /// The number of the row that holds the headings, where it is not the first one.
    pub fn found_header_row(&self) -> Option<i64> {
        (self.header_row != self.first_row).then_some(self.header_row)
    }
}

/// What was found while reading a sheet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Walk {
    /// Rows below the header that are not blank.
    pub rows: u64,
    /// Number of the last row that was seen, blank or not.
    pub last_row: i64,
    /// How many of them nobody sees.
    pub hidden_rows: u64,
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
        self.hidden_rows += u64::from(row.is_hidden);
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
