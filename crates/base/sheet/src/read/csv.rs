//! Rows of a CSV file, one after another, in memory that does not grow beyond one row of a stated size.
//!
//! Built on the parser under the `csv` crate, because that crate would take a row of any length into memory: one quotation
//! mark that is never closed makes the whole rest of a file one cell.

use csv_core::{ReadRecordResult, Reader};
use encoding_rs::Encoding;

use super::content::Content;
use super::row::{CELL_BYTES_MAX, COLUMNS_MAX, Cells, ROW_BYTES_MAX, Row, SEPARATORS};
use super::text::TextReader;
use crate::fault::SheetFault;

/// Longest header line that the separator is looked for in.
const HEADER_BYTES_MAX: usize = 65_536;
const FIRST_ROW_BYTES: usize = 16_384;

/// A first line that names the separator, as Excel understands it: `sep=;`.
const HINT: &[u8] = b"sep=";

/// How a CSV file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    separator: u8,
    encoding: &'static Encoding,
    /// Its first line names the separator and is no row.
    has_hint: bool,
    /// The separator is not the one that the first lines tell.
    is_found: bool,
}

impl Shape {
    /// Looks at the first lines: at one that names the separator, or at the first that has any, for the separator that
    /// occurs in it most often, outside quotation marks.
    pub fn of(content: &Content, encoding: &'static Encoding) -> Result<Self, SheetFault> {
        let mut lines = FirstLines::default();
        let mut text = TextReader::open(content, encoding)?;
        loop {
            let chunk = text.next(1)?;
            if chunk.is_empty() || lines.take(chunk) {
                break;
            }
        }
        if let Some(separator) = lines.hint() {
            return Ok(Self { separator, encoding, has_hint: true, is_found: false });
        }
        if !lines.is_begun {
            return Err(SheetFault::Empty);
        }
        // The first of those that occur equally often: the comma before all others.
        let counts = lines.counts;
        let best = (0..SEPARATORS.len()).rev().max_by_key(|at| counts[*at]).unwrap_or_default();
        Ok(Self { separator: SEPARATORS[best], encoding, has_hint: false, is_found: false })
    }

    /// The separator, where it was found elsewhere than in the first lines.
    pub fn found(self) -> Option<u8> {
        self.is_found.then_some(self.separator)
    }

    /// The same file read with this separator.
    #[must_use]
    pub fn with(self, separator: u8) -> Self {
        Self { separator, is_found: self.is_found || separator != self.separator, ..self }
    }

    /// The same file read with each other separator. One whose separator is named has no others.
    pub fn others(self) -> impl Iterator<Item = Self> {
        let others = SEPARATORS.into_iter().filter(move |one| *one != self.separator && !self.has_hint);
        others.map(move |separator| self.with(separator))
    }
}

/// What is known of the first lines of a file.
#[derive(Default)]
struct FirstLines {
    /// The beginning of the file.
    head: Vec<u8>,
    counts: [usize; SEPARATORS.len()],
    is_quoted: bool,
    is_begun: bool,
    bytes_seen: usize,
}

impl FirstLines {
    /// Takes more of the file; true when enough was seen.
    fn take(&mut self, chunk: &[u8]) -> bool {
        let missing = (HINT.len() + 3).saturating_sub(self.head.len());
        self.head.extend(chunk.iter().take(missing));
        self.bytes_seen += chunk.len();
        for byte in chunk {
            match byte {
                b'"' => self.is_quoted = !self.is_quoted,
                // A title without any separator says nothing.
                b'\n' | b'\r' if !self.is_quoted && self.counts.iter().any(|count| *count > 0) => return true,
                b'\n' | b'\r' => continue,
                _ => {}
            }
            self.is_begun = true;
            if let (false, Some(at)) = (self.is_quoted, SEPARATORS.iter().position(|known| known == byte)) {
                self.counts[at] += 1;
            }
        }
        self.bytes_seen > HEADER_BYTES_MAX
    }

    /// The separator that the first line names: one character, and then the line ends.
    fn hint(&self) -> Option<u8> {
        let head = self.head.strip_prefix(b"\"").unwrap_or(&self.head);
        let (word, rest) = head.split_at_checked(HINT.len())?;
        let separator = *rest.first().filter(|_| word.eq_ignore_ascii_case(HINT))?;
        let ends = matches!(rest.get(1), None | Some(b'\n' | b'\r' | b'"'));
        (ends && separator.is_ascii() && !separator.is_ascii_alphanumeric()).then_some(separator)
    }
}

/// The rows of a file.
pub struct Lines {
    text: TextReader,
    parser: Reader,
    /// Text that is read and not parsed yet.
    chunk: Vec<u8>,
    at: usize,
    is_at_end: bool,
    row: Vec<u8>,
    ends: Vec<usize>,
    number: i64,
}

impl Lines {
    /// Opens a file at its first row.
    pub fn open(content: &Content, shape: Shape) -> Result<Self, SheetFault> {
        let mut lines = Self {
            text: TextReader::open(content, shape.encoding)?,
            parser: csv_core::ReaderBuilder::new().delimiter(shape.separator).build(),
            chunk: Vec::new(),
            at: 0,
            is_at_end: false,
            row: vec![0; FIRST_ROW_BYTES],
            ends: vec![0; COLUMNS_MAX],
            number: 0,
        };
        if shape.has_hint {
            lines.next()?;
        }
        Ok(lines)
    }

    /// The next row, blank or not.
    pub fn next(&mut self) -> Result<Option<Row<'_>>, SheetFault> {
        let number = self.number + 1;
        let (mut bytes, mut cells) = (0, 0);
        loop {
            if self.at == self.chunk.len() && !self.is_at_end {
                self.chunk.clear();
                self.chunk.extend_from_slice(self.text.next(number)?);
                self.at = 0;
                self.is_at_end = self.chunk.is_empty();
            }
            let input = &self.chunk[self.at..];
            let (result, read, written, ended) =
                self.parser.read_record(input, &mut self.row[bytes..], &mut self.ends[cells..]);
            self.at += read;
            bytes += written;
            cells += ended;
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull if self.row.len() < ROW_BYTES_MAX => {
                    self.row.resize(self.row.len() * 4, 0);
                }
                ReadRecordResult::OutputFull => return Err(self.too_long(number, bytes, cells)),
                ReadRecordResult::OutputEndsFull => {
                    return Err(SheetFault::TooManyColumns { row: number, found: cells + 1 });
                }
                ReadRecordResult::Record => break,
                ReadRecordResult::End => return Ok(None),
            }
        }
        self.number = number;
        let (row, ends) = (&self.row[..bytes], &self.ends[..cells]);
        if let Some(column) = long_cell(ends, bytes) {
            return Err(SheetFault::CellTooLong { row: number, column });
        }
        if let Some(place) = row.iter().position(|byte| *byte == 0) {
            let column = ends.iter().position(|end| place < *end).unwrap_or_default();
            return Err(SheetFault::ZeroByte { row: number, column });
        }
        let Ok(text) = std::str::from_utf8(row) else { return Err(SheetFault::BadText { row: number }) };
        Ok(Some(Row { number, is_hidden: false, cells: Cells::Flat(text, ends) }))
    }

    fn too_long(&self, row: i64, bytes: usize, cells: usize) -> SheetFault {
        match long_cell(&self.ends[..cells], bytes) {
            Some(column) => SheetFault::CellTooLong { row, column },
            None => SheetFault::RowTooLong { row },
        }
    }
}

/// The first cell that is too long; the last one may be incomplete.
fn long_cell(ends: &[usize], bytes: usize) -> Option<usize> {
    let begins = std::iter::once(&0).chain(ends);
    let ends = ends.iter().chain(std::iter::once(&bytes));
    begins.zip(ends).position(|(begin, end)| end - begin > CELL_BYTES_MAX)
}
