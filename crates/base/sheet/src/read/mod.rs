//! A file, by its path or as the bytes of an upload, seen as rows of text.
//!
//! Invariants: a file is known by its content, not by its name; the same content gives the same rows with the same
//! numbers each time it is read; rows are handed on one by one, and memory does not grow with their number.

mod archive;
mod columns;
mod content;
mod csv;
mod kind;
mod text;
mod xlsx;

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

pub use archive::Limits;
pub use columns::{Columns, Guess, Wanted};
use content::Content;
use kind::Form;

use crate::fault::SheetFault;

/// Most columns that a row may have.
pub const COLUMNS_MAX: usize = 256;
/// Most bytes of text in one cell, as UTF-8.
pub const CELL_BYTES_MAX: usize = 32_768;
/// Most bytes of text in one row of a CSV file.
pub const ROW_BYTES_MAX: usize = 1_048_576;
/// What may stand between two columns of a CSV file.
pub const SEPARATORS: [u8; 4] = *b",;\t|";

/// One row.
#[derive(Clone, Copy, Debug)]
pub struct Row<'r> {
    /// Its number in its sheet; the header is usually row 1.
    pub number: i64,
    cells: Cells<'r>,
}

#[derive(Clone, Copy, Debug)]
enum Cells<'r> {
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

    /// True for a row that says nothing at all.
    pub fn is_empty(&self) -> bool {
        self.iter().all(|cell| cell.trim().is_empty())
    }

    /// Its texts, from the left.
    pub fn iter(&self) -> impl Iterator<Item = &'r str> + use<'r> {
        let row = *self;
        (0..row.len()).map(move |column| row.cell(column))
    }

    /// How many cells say something, up to the last that does.
    fn used(&self) -> usize {
        (0..self.len()).rev().find(|column| !self.cell(*column).trim().is_empty()).map_or(0, |last| last + 1)
    }
}

/// A sheet of a file; a CSV file is one sheet without a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// Its name.
    pub name: String,
    /// The headings: the first row that says anything. Empty for a sheet that says nothing.
    pub header: Vec<String>,
}

/// What was met on the way through a sheet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Walk {
    /// Rows that were handed on: those below the header that say something.
    pub rows: u64,
    /// Number of the last row that was seen, blank or not.
    pub last_row: i64,
    /// Rows that say more than there are headings; what stands beyond the headings belongs to no column and is only
    /// counted here.
    pub longer_rows: u64,
    /// Number of the first of them.
    pub first_longer_row: Option<i64>,
    /// True when the callback broke off.
    pub is_broken_off: bool,
}

impl Walk {
    /// Takes note of a row, and hands it on if it says something.
    fn step(&mut self, headings: usize, row: Row<'_>, each: &mut Each<'_>) -> ControlFlow<()> {
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

type Each<'e> = dyn FnMut(Row<'_>) -> ControlFlow<()> + 'e;

/// A file that was recognised and can be read.
#[derive(Clone, Debug)]
pub struct Book {
    content: Content,
    form: Form,
    sheets: Vec<Sheet>,
    digest: [u8; 32],
}

impl Book {
    /// Recognises a file on disk; a workbook may unfold to [`Limits::FILE`].
    pub fn open(path: &Path) -> Result<Self, SheetFault> {
        Self::look_at(Content::File(path.into()), &Limits::FILE)
    }

    /// Recognises a file on disk within limits of the caller's choice.
    pub fn open_within(path: &Path, limits: &Limits) -> Result<Self, SheetFault> {
        Self::look_at(Content::File(path.into()), limits)
    }

    /// Recognises the bytes of an upload; a workbook may unfold to [`Limits::UPLOAD`].
    pub fn of_bytes(bytes: impl AsRef<[u8]> + Send + Sync + 'static) -> Result<Self, SheetFault> {
        Self::look_at(Content::Bytes(content::Shared(Arc::new(bytes))), &Limits::UPLOAD)
    }

    fn look_at(content: Content, limits: &Limits) -> Result<Self, SheetFault> {
        let is_workbook = kind::is_workbook(&content)?;
        let survey = text::survey(&content)?;
        let form = if is_workbook {
            archive::check(&content, limits)?;
            Form::Workbook
        } else {
            Form::Csv(csv::Shape::of(&content, survey.encoding)?)
        };
        let mut book = Self { content, form, sheets: Vec::new(), digest: survey.digest };
        book.sheets = match form {
            Form::Workbook => xlsx::Workbook::open(&book.content)?.sheets()?,
            Form::Csv(shape) => vec![Sheet { name: String::new(), header: csv::header(&book.content, shape)? }],
        };
        if book.sheets.iter().all(|sheet| sheet.header.is_empty()) {
            return Err(SheetFault::Empty);
        }
        Ok(book)
    }

    /// Its sheets, in order, with their headings.
    pub fn sheets(&self) -> &[Sheet] {
        &self.sheets
    }

    /// The first sheet that says something: the one to read unless another is chosen.
    pub fn first_sheet(&self) -> usize {
        self.sheets.iter().position(|sheet| !sheet.header.is_empty()).unwrap_or_default()
    }

    /// The headings of a sheet.
    pub fn header(&self, sheet: usize) -> Result<&[String], SheetFault> {
        let found = self.sheets.get(sheet);
        found
            .map(|sheet| sheet.header.as_slice())
            .ok_or(SheetFault::NoSheet { number: sheet.saturating_add(1), count: self.sheets.len() })
    }

    /// Which column of a sheet is which of the wanted ones.
    pub fn columns(&self, sheet: usize, wanted: &[Wanted]) -> Result<Columns, SheetFault> {
        Ok(Columns::guess(self.header(sheet)?, wanted, matches!(self.form, Form::Csv(_))))
    }

    /// SHA-256 over its content.
    pub fn digest(&self) -> [u8; 32] {
        self.digest
    }

    /// Opens it for reading; one reader serves all sheets.
    pub fn reader(&self) -> Result<Reader<'_>, SheetFault> {
        let workbook = match self.form {
            Form::Workbook => Some(xlsx::Workbook::open(&self.content)?),
            Form::Csv(_) => None,
        };
        Ok(Reader { book: self, workbook })
    }

    /// Hands every row of a sheet to `each`, until it breaks off.
    pub fn each_row(&self, sheet: usize, each: &mut dyn FnMut(Row<'_>) -> ControlFlow<()>) -> Result<Walk, SheetFault> {
        self.reader()?.each_row(sheet, each)
    }

    /// Reads a sheet to its end, so that nothing is begun whose end cannot be read; a sheet without rows is refused.
    pub fn look_through(&self, sheet: usize) -> Result<Walk, SheetFault> {
        let walk = self.each_row(sheet, &mut |_| ControlFlow::Continue(()))?;
        if walk.rows == 0 { Err(SheetFault::NoRows) } else { Ok(walk) }
    }
}

/// A file that is open.
pub struct Reader<'b> {
    book: &'b Book,
    workbook: Option<xlsx::Workbook>,
}

impl Reader<'_> {
    /// Hands every row of a sheet to `each`, until it breaks off. Rows without a single word are passed over.
    pub fn each_row(
        &mut self,
        sheet: usize,
        each: &mut dyn FnMut(Row<'_>) -> ControlFlow<()>,
    ) -> Result<Walk, SheetFault> {
        let headings = self.book.header(sheet)?.len();
        match (self.book.form, &mut self.workbook) {
            (Form::Csv(shape), _) => csv::rows(&self.book.content, shape, headings, each),
            (Form::Workbook, Some(workbook)) => workbook.rows(&self.book.sheets[sheet].name, headings, each),
            (Form::Workbook, None) => unreachable!("a workbook is opened with its reader"),
        }
    }
}
