//! A file that was recognised: its sheets with their headings, and its rows one after another.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use super::archive::Limits;
use super::columns::{Columns, Wanted, Written};
use super::content::{Content, Place, Shared};
use super::lines::{Form, Opened};
use super::row::{HEADER_ROWS_MAX, Row, Sheet, Walk};
use super::stop::Stop;
use super::{kind, text};
use crate::fault::SheetFault;

/// A file that was recognised and can be read.
#[derive(Clone, Debug)]
pub struct Book {
    pub(super) content: Content,
    pub(super) form: Form,
    pub(super) sheets: Vec<Sheet>,
    pub(super) digest: [u8; 32],
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
        Self::open_at(Content { place: Place::Bytes(Shared(Arc::new(bytes))), stop }, &Limits::UPLOAD)
    }

    fn open_at(content: Content, limits: &Limits) -> Result<Self, SheetFault> {
        let stop = content.stop.clone();
        Self::look_at(content, limits).map_err(|fault| or_stopped(&stop, fault))
    }

    fn look_at(content: Content, limits: &Limits) -> Result<Self, SheetFault> {
        let likely = kind::likely(&content)?;
        let survey = text::survey(&content)?;
        let (form, sheets) = Form::recognise(&content, likely, limits, survey.encoding)?;
        let mut book = Self { content, form, sheets, digest: survey.digest };
        book.find_first_rows()?;
        if book.sheets.iter().all(|sheet| sheet.header.is_empty()) {
            return Err(SheetFault::Empty);
        }
        Ok(book)
    }

    /// Its sheets, in order, with their headings.
    pub fn sheets(&self) -> &[Sheet] {
        &self.sheets
    }

    /// The first sheet that people see and that is not empty: the one to read unless another is chosen.
    pub fn first_sheet(&self) -> usize {
        let is_filled = |sheet: &Sheet| !sheet.header.is_empty();
        let seen = self.sheets.iter().position(|sheet| is_filled(sheet) && !sheet.is_hidden);
        seen.or_else(|| self.sheets.iter().position(is_filled)).unwrap_or_default()
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
        let written = match &self.form {
            Form::Csv(shape) => shape.named().map_or(Written::Separators, Written::Named),
            _ => Written::Cells,
        };
        Ok(Columns::guess(self.header(sheet)?, wanted, written))
    }

    /// True where the file can tell that rows are hidden.
    pub fn tells_hidden_rows(&self) -> bool {
        !matches!(self.form, Form::Csv(_))
    }

    /// SHA-256 over its content.
    pub fn digest(&self) -> [u8; 32] {
        self.digest
    }

    /// Opens it for reading; one reader serves all sheets.
    pub fn reader(&self) -> Result<Reader<'_>, SheetFault> {
        let opened = self.form.open(&self.content).map_err(|fault| or_stopped(&self.content.stop, fault))?;
        Ok(Reader { book: self, opened })
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
    opened: Opened,
}

impl Reader<'_> {
    /// Calls `each` with every row of a sheet under its headings, until it breaks. Blank rows are skipped.
    pub fn each_row(
        &mut self,
        sheet: usize,
        each: &mut dyn FnMut(Row<'_>) -> ControlFlow<()>,
    ) -> Result<Walk, SheetFault> {
        let headings = self.book.header(sheet)?.len();
        let header_row = self.book.sheets[sheet].header_row;
        let mut walk = Walk::default();
        let mut take = |row: Row<'_>| {
            if row.number > header_row {
                return walk.step(headings, row, each);
            }
            walk.last_row = row.number;
            ControlFlow::Continue(())
        };
        let walked = self.opened.walk(&self.book.form, &self.book.content, (sheet, &mut take));
        walked.map_err(|fault| or_stopped(&self.book.content.stop, fault))?;
        Ok(walk)
    }

    /// Calls `each` with the first rows of a sheet that are not blank, headings and titles among them, until it breaks.
    pub fn each_top_row(
        &mut self,
        sheet: usize,
        each: &mut dyn FnMut(Row<'_>) -> ControlFlow<()>,
    ) -> Result<(), SheetFault> {
        self.book.header(sheet)?;
        let mut left = HEADER_ROWS_MAX;
        let mut take = |row: Row<'_>| {
            if row.is_empty() {
                return ControlFlow::Continue(());
            }
            left -= 1;
            if each(row).is_break() || left == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let walked = self.opened.walk(&self.book.form, &self.book.content, (sheet, &mut take));
        walked.map_err(|fault| or_stopped(&self.book.content.stop, fault))
    }
}

/// A file that was not read to its end because nobody waits for it is not at fault, whatever its reader has made of that.
pub(super) fn or_stopped(stop: &Stop, fault: SheetFault) -> SheetFault {
    if stop.is_asked() { SheetFault::Stopped } else { fault }
}
