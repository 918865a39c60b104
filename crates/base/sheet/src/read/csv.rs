//! Rows of a CSV file, one after another, in memory that does not grow beyond one row of a stated size.
//!
//! Built on the parser under the `csv` crate, because that crate would take a row of any length into memory: one quotation
//! mark that is never closed makes the whole rest of a file one cell.

use csv_core::{ReadRecordResult, Reader};
use encoding_rs::Encoding;

use super::content::Content;
use super::row::{CELL_BYTES_MAX, COLUMNS_MAX, Cells, Each, ROW_BYTES_MAX, Row, SEPARATORS, Walk};
use super::text::TextReader;
use crate::fault::SheetFault;

/// Longest header line that the separator is looked for in.
const HEADER_BYTES_MAX: usize = 65_536;
const FIRST_ROW_BYTES: usize = 16_384;

/// How a CSV file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    separator: u8,
    encoding: &'static Encoding,
}

impl Shape {
    /// Looks at the header line: the separator that occurs in it most often, outside quotation marks.
    pub fn of(content: &Content, encoding: &'static Encoding) -> Result<Self, SheetFault> {
        let mut text = TextReader::open(content, encoding)?;
        let mut counts = [0_usize; SEPARATORS.len()];
        let (mut is_quoted, mut is_begun, mut bytes_seen) = (false, false, 0);
        'file: loop {
            let chunk = text.next(1)?;
            if chunk.is_empty() || bytes_seen > HEADER_BYTES_MAX {
                break;
            }
            bytes_seen += chunk.len();
            for byte in chunk {
                match byte {
                    b'"' => is_quoted = !is_quoted,
                    b'\n' | b'\r' if is_begun && !is_quoted => break 'file,
                    b'\n' | b'\r' => continue,
                    _ => {}
                }
                is_begun = true;
                if let (false, Some(at)) = (is_quoted, SEPARATORS.iter().position(|known| known == byte)) {
                    counts[at] += 1;
                }
            }
        }
        if !is_begun {
            return Err(SheetFault::Empty);
        }
        // The first of those that occur equally often: the comma before all others.
        let best = (0..SEPARATORS.len()).rev().max_by_key(|at| counts[*at]).unwrap_or_default();
        Ok(Self { separator: SEPARATORS[best], encoding })
    }
}

/// The headings: the first row that is not blank.
pub fn header(content: &Content, shape: Shape) -> Result<Vec<String>, SheetFault> {
    let mut lines = Lines::open(content, shape)?;
    while let Some(row) = lines.next()? {
        let used = row.used();
        if used > 0 {
            return Ok(row.iter().take(used).map(str::to_owned).collect());
        }
    }
    Err(SheetFault::Empty)
}

/// Calls `each` with every row below the header, until it breaks.
pub fn rows(content: &Content, shape: Shape, headings: usize, each: &mut Each<'_>) -> Result<Walk, SheetFault> {
    let mut lines = Lines::open(content, shape)?;
    let mut walk = Walk::default();
    let mut is_below = false;
    while let Some(row) = lines.next()? {
        if is_below {
            if walk.step(headings, row, each).is_break() {
                break;
            }
        } else {
            walk.last_row = row.number;
            is_below = !row.is_empty();
        }
    }
    Ok(walk)
}

struct Lines {
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
    fn open(content: &Content, shape: Shape) -> Result<Self, SheetFault> {
        Ok(Self {
            text: TextReader::open(content, shape.encoding)?,
            parser: csv_core::ReaderBuilder::new().delimiter(shape.separator).build(),
            chunk: Vec::new(),
            at: 0,
            is_at_end: false,
            row: vec![0; FIRST_ROW_BYTES],
            ends: vec![0; COLUMNS_MAX],
            number: 0,
        })
    }

    fn next(&mut self) -> Result<Option<Row<'_>>, SheetFault> {
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
        Ok(Some(Row { number, cells: Cells::Flat(text, ends) }))
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
