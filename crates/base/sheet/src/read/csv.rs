//! Rows of a CSV file, one after another, in memory that does not grow beyond one row of a stated size.
//!
//! Built on the parser under the `csv` crate, because that crate would take a row of any length into memory: one quotation
//! mark that is never closed makes the whole rest of a file one cell.

use csv_core::{ReadRecordResult, Reader};
use encoding_rs::Encoding;

use super::content::Content;
use super::quotes::open_quote;
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
    /// Its first line names the separator and holds nothing else.
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
        if let Some(separator) = lines.hint()? {
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

    /// The separator that the first line names, where it names one.
    pub fn named(self) -> Option<char> {
        self.has_hint.then_some(char::from(self.separator))
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
        let missing = (HINT.len() + 6).saturating_sub(self.head.len());
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
    fn hint(&self) -> Result<Option<u8>, SheetFault> {
        let head = self.head.strip_prefix(b"\"").unwrap_or(&self.head);
        let Some((word, rest)) = head.split_at_checked(HINT.len()) else { return Ok(None) };
        if !word.eq_ignore_ascii_case(HINT) {
            return Ok(None);
        }
        let end = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r' | b'"')).unwrap_or(rest.len());
        match &rest[..end] {
            [] => Ok(None),
            [one] if one.is_ascii() && !one.is_ascii_alphanumeric() => Ok(Some(*one)),
            // One letter, or one character that takes several bytes.
            more if std::str::from_utf8(more).is_ok_and(|text| text.chars().count() == 1) => {
                Err(SheetFault::UnknownSeparator { named: String::from_utf8_lossy(more).into_owned() })
            }
            _ => Ok(None),
        }
    }
}

/// The rows of a file.
pub struct Lines {
    text: TextReader,
    parser: Reader,
    separator: u8,
    /// Text that is read and not parsed yet.
    chunk: Vec<u8>,
    at: usize,
    is_at_end: bool,
    /// The last byte that was passed ended a line as the first of two might.
    is_after_return: bool,
    /// What of the row under way stood in earlier chunks.
    begun: Vec<u8>,
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
            separator: shape.separator,
            chunk: Vec::new(),
            at: 0,
            is_at_end: false,
            is_after_return: false,
            begun: Vec::new(),
            row: vec![0; FIRST_ROW_BYTES],
            ends: vec![0; COLUMNS_MAX],
            number: 0,
        };
        if shape.has_hint {
            lines.next()?;
        }
        Ok(lines)
    }

    /// Takes more of the file in.
    fn read_on(&mut self) -> Result<(), SheetFault> {
        self.chunk.clear();
        self.chunk.extend_from_slice(self.text.next(self.number + 1)?);
        self.at = 0;
        self.is_at_end = self.chunk.is_empty();
        Ok(())
    }

    /// Passes over lines without anything: the parser does not tell them, and people see a row for each.
    fn pass_blank_lines(&mut self) -> Result<(), SheetFault> {
        loop {
            while let Some(byte) = self.chunk.get(self.at) {
                match byte {
                    // The second half of one line end.
                    b'\n' if self.is_after_return => self.is_after_return = false,
                    b'\n' | b'\r' => {
                        self.number += 1;
                        self.is_after_return = *byte == b'\r';
                    }
                    _ => return Ok(()),
                }
                self.at += 1;
            }
            if self.is_at_end {
                return Ok(());
            }
            self.read_on()?;
        }
    }

    /// The next row, blank or not.
    pub fn next(&mut self) -> Result<Option<Row<'_>>, SheetFault> {
        self.pass_blank_lines()?;
        if self.at == self.chunk.len() {
            return Ok(None);
        }
        let number = self.number + 1;
        let (mut bytes, mut cells, mut begin) = (0, 0, self.at);
        self.begun.clear();
        loop {
            if self.at == self.chunk.len() && !self.is_at_end {
                self.begun.extend_from_slice(&self.chunk[begin..]);
                self.read_on()?;
                begin = 0;
            }
            // A line end behind the last line closes it, unless a quotation mark is open.
            let input = if self.is_at_end { &b"\n"[..] } else { &self.chunk[self.at..] };
            let (result, read, written, ended) =
                self.parser.read_record(input, &mut self.row[bytes..], &mut self.ends[cells..]);
            self.at += if self.is_at_end { 0 } else { read };
            bytes += written;
            cells += ended;
            match result {
                ReadRecordResult::InputEmpty if self.is_at_end => {
                    return Err(SheetFault::OpenQuote { row: number, column: cells });
                }
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
        self.is_after_return = self.at > 0 && self.chunk[self.at - 1] == b'\r';
        if let Some(column) = long_cell(&self.ends[..cells], bytes) {
            return Err(SheetFault::CellTooLong { row: number, column });
        }
        if self.row[..bytes].iter().any(|byte| matches!(byte, 0 | b'\n' | b'\r')) {
            self.check_odd(number, (bytes, cells), begin)?;
        }
        let (row, ends) = (&self.row[..bytes], &self.ends[..cells]);
        let Ok(text) = std::str::from_utf8(row) else { return Err(SheetFault::BadText { row: number }) };
        Ok(Some(Row { number, is_hidden: false, cells: Cells::Flat(text, ends) }))
    }

    /// Looks closer at a row with a zero byte, or with line ends inside its cells.
    fn check_odd(&mut self, row: i64, (bytes, cells): (usize, usize), begin: usize) -> Result<(), SheetFault> {
        if let Some(place) = self.row[..bytes].iter().position(|byte| *byte == 0) {
            let column = self.ends[..cells].iter().position(|end| place < *end).unwrap_or_default();
            return Err(SheetFault::ZeroByte { row, column });
        }
        self.begun.extend_from_slice(&self.chunk[begin..self.at]);
        match open_quote(&self.begun, self.separator) {
            Some(column) => Err(SheetFault::OpenQuote { row, column }),
            None => Ok(()),
        }
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
