//! A file, given by its path or as the bytes of an upload, read as rows of text.
//!
//! Invariants: a file is known by its content, not by its name; the same content gives the same rows with the same
//! numbers each time it is read; rows are read one by one, and memory does not grow with their number.

mod archive;
mod columns;
mod content;
mod csv;
mod kind;
pub(crate) mod row;
mod stop;
mod text;
mod xlsx;

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

pub use archive::Limits;
pub use columns::{Columns, Guess, Wanted};
use content::{Content, Place};
use kind::Form;
pub use row::{CELL_BYTES_MAX, COLUMNS_MAX, ROW_BYTES_MAX, Row, SEPARATORS, Sheet, Walk};
pub use stop::{AskWhenDropped, Stop};

use crate::fault::SheetFault;

/// A file that was recognised and can be read.
#[derive(Clone, Debug)]
pub struct Book {
    content: Content,
    form: Form,
    sheets: Vec<Sheet>,
    digest: [u8; 32],
}

impl Book {
    /// Recognises a file on disk; a workbook may unpack to [`Limits::FILE`].
    pub fn open(path: &Path) -> Result<Self, SheetFault> {
        Self::open_within(path, &Limits::FILE)
    }

    /// Recognises a file on disk within limits of the caller's choice.
    pub fn open_within(path: &Path, limits: &Limits) -> Result<Self, SheetFault> {
        Self::open_at(Content { place: Place::File(path.into()), stop: Stop::default() }, limits)
    }

    /// Recognises the bytes of an upload; a workbook may unpack to [`Limits::UPLOAD`].
    pub fn of_bytes(bytes: impl AsRef<[u8]> + Send + Sync + 'static) -> Result<Self, SheetFault> {
        Self::of_bytes_until(bytes, Stop::default())
    }

    /// The same, until `stop` is asked to end this and every later reading.
    pub fn of_bytes_until(bytes: impl AsRef<[u8]> + Send + Sync + 'static, stop: Stop) -> Result<Self, SheetFault> {
        Self::open_at(Content { place: Place::Bytes(content::Shared(Arc::new(bytes))), stop }, &Limits::UPLOAD)
    }

    fn open_at(content: Content, limits: &Limits) -> Result<Self, SheetFault> {
        let stop = content.stop.clone();
        Self::look_at(content, limits).map_err(|fault| or_stopped(&stop, fault))
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

    /// The first sheet that is not empty: the one to read unless another is chosen.
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
            Form::Workbook => {
                let opened = xlsx::Workbook::open(&self.content);
                Some(opened.map_err(|fault| or_stopped(&self.content.stop, fault))?)
            }
            Form::Csv(_) => None,
        };
        Ok(Reader { book: self, workbook })
    }

    /// Calls `each` with every row of a sheet, until it breaks.
    pub fn each_row(&self, sheet: usize, each: &mut dyn FnMut(Row<'_>) -> ControlFlow<()>) -> Result<Walk, SheetFault> {
        self.reader()?.each_row(sheet, each)
    }

    /// Reads a sheet to its end, so that a file with an unreadable end is refused before work begins on it; so is a
    /// sheet without rows.
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
    /// Calls `each` with every row of a sheet, until it breaks. Blank rows are skipped.
    pub fn each_row(
        &mut self,
        sheet: usize,
        each: &mut dyn FnMut(Row<'_>) -> ControlFlow<()>,
    ) -> Result<Walk, SheetFault> {
        let headings = self.book.header(sheet)?.len();
        let walk = match (self.book.form, &mut self.workbook) {
            (Form::Csv(shape), _) => csv::rows(&self.book.content, shape, headings, each),
            (Form::Workbook, Some(workbook)) => workbook.rows(&self.book.sheets[sheet].name, headings, each),
            (Form::Workbook, None) => unreachable!("a workbook is opened with its reader"),
        };
        walk.map_err(|fault| or_stopped(&self.book.content.stop, fault))
    }
}

/// A file that was not read to its end because nobody waits for it is not at fault, whatever its reader has made of that.
fn or_stopped(stop: &Stop, fault: SheetFault) -> SheetFault {
    if stop.is_asked() { SheetFault::Stopped } else { fault }
}
