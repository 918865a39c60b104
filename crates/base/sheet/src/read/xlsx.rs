//! Rows of a workbook, cell by cell: only the shared texts are ever held in memory. The archive was measured before
//! ([`super::archive`]).

use std::collections::HashSet;
use std::fmt::Write as _;
use std::io::BufReader;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use calamine::{DataRef, ExcelDateTime, Reader, SheetType, Xlsx, XlsxCellReader, XlsxError};

use super::content::{Content, Placed};
use super::row::{CELL_BYTES_MAX, COLUMNS_MAX, Cells, Each, Row, Sheet, Walk};
use crate::fault::SheetFault;

type Source = BufReader<Placed>;

/// Beyond this, a floating point number cannot represent every whole number.
const WHOLE_MAX: f64 = 9e15;
/// Most characters of the parser's own message that are shown.
const DETAIL_CHARS_MAX: usize = 120;

/// A workbook that is open.
pub struct Workbook {
    book: Xlsx<Source>,
    /// Where the part that is being read begins.
    place: Arc<AtomicU64>,
}

impl Workbook {
    /// Opens it and reads the shared texts.
    pub fn open(content: &Content) -> Result<Self, SheetFault> {
        let place = Arc::new(AtomicU64::default());
        let stream = BufReader::new(Placed::new(content.open()?, place.clone()));
        Ok(Self { book: guarded(|| Xlsx::new(stream))?, place })
    }

    /// Its worksheets, in order, with their headings. Each has a part of its own: otherwise a small file could have one
    /// large part read thousands of times.
    pub fn sheets(&mut self) -> Result<Vec<Sheet>, SheetFault> {
        let is_sheet = |sheet: &&calamine::Sheet| sheet.typ == SheetType::WorkSheet;
        let names: Vec<String> = self.book.sheets_metadata().iter().filter(is_sheet).map(|s| s.name.clone()).collect();
        let mut sheets = Vec::new();
        let mut parts = HashSet::new();
        for name in names {
            let mut lines = Lines::open(&mut self.book, &name)?;
            if !parts.insert(self.place.load(Ordering::Relaxed)) {
                return Err(SheetFault::BrokenWorkbook { detail: "two of its sheets are the same part".into() });
            }
            let mut header = Vec::new();
            while let Some(row) = lines.next()? {
                let used = row.used();
                if used > 0 {
                    header = row.iter().take(used).map(str::to_owned).collect();
                    break;
                }
            }
            sheets.push(Sheet { name, header });
        }
        Ok(sheets)
    }

    /// Calls `each` with every row of a sheet below its header, until it breaks.
    pub fn rows(&mut self, name: &str, headings: usize, each: &mut Each<'_>) -> Result<Walk, SheetFault> {
        let mut lines = Lines::open(&mut self.book, name)?;
        let mut walk = Walk::default();
        let mut is_below = false;
        while let Some(row) = lines.next()? {
            if is_below {
                if walk.step(headings, row, each) == ControlFlow::Break(()) {
                    break;
                }
            } else {
                walk.last_row = row.number;
                is_below = !row.is_empty();
            }
        }
        Ok(walk)
    }
}

/// Runs the parser. It computes with numbers from the file and may panic over them; that is the fault of the file and
/// must only refuse it.
fn guarded<T>(parse: impl FnOnce() -> Result<T, XlsxError>) -> Result<T, SheetFault> {
    let detail = match catch_unwind(AssertUnwindSafe(parse)) {
        Ok(Ok(value)) => return Ok(value),
        Ok(Err(XlsxError::Password)) => return Err(SheetFault::Password),
        Ok(Err(error)) => {
            error.to_string().chars().filter(|character| !character.is_control()).take(DETAIL_CHARS_MAX).collect()
        }
        Err(_) => "it makes no sense".into(),
    };
    Err(SheetFault::BrokenWorkbook { detail })
}

/// One sheet, row by row.
struct Lines<'w> {
    reader: XlsxCellReader<'w, Source>,
    cells: Vec<String>,
    /// How many of `cells` this row has.
    used: usize,
    /// A cell that was read and belongs to the next row.
    waiting: Option<(i64, usize)>,
    waiting_text: String,
    is_at_end: bool,
}

impl<'w> Lines<'w> {
    fn open(workbook: &'w mut Xlsx<Source>, name: &str) -> Result<Self, SheetFault> {
        let reader = guarded(|| workbook.worksheet_cells_reader(name))?;
        Ok(Self { reader, cells: Vec::new(), used: 0, waiting: None, waiting_text: String::new(), is_at_end: false })
    }

    fn next(&mut self) -> Result<Option<Row<'_>>, SheetFault> {
        self.cells[..self.used].iter_mut().for_each(String::clear);
        self.used = 0;
        if self.waiting.is_none() && !self.advance()? {
            return Ok(None);
        }
        let Some((number, _)) = self.waiting else { return Ok(None) };
        while let Some((row, column)) = self.waiting
            && row == number
        {
            self.take(row, column)?;
            self.advance()?;
        }
        Ok(Some(Row { number, cells: Cells::Each(&self.cells[..self.used]) }))
    }

    /// Reads one cell; false at the end.
    fn advance(&mut self) -> Result<bool, SheetFault> {
        self.waiting = None;
        if self.is_at_end {
            return Ok(false);
        }
        let Some(cell) = guarded(|| self.reader.next_cell())? else {
            self.is_at_end = true;
            return Ok(false);
        };
        let (row, column) = cell.get_position();
        self.waiting_text.clear();
        write_cell(&mut self.waiting_text, cell.get_value());
        self.waiting = Some((i64::from(row) + 1, column as usize));
        Ok(true)
    }

    /// Puts the pending cell into its row.
    fn take(&mut self, row: i64, column: usize) -> Result<(), SheetFault> {
        // Cells that are only formatted are blank, and may be anywhere.
        if self.waiting_text.is_empty() {
            return Ok(());
        }
        if column >= COLUMNS_MAX {
            return Err(SheetFault::TooManyColumns { row, found: column.saturating_add(1) });
        }
        if self.waiting_text.len() > CELL_BYTES_MAX {
            return Err(SheetFault::CellTooLong { row, column });
        }
        if self.waiting_text.contains('\0') {
            return Err(SheetFault::ZeroByte { row, column });
        }
        self.used = self.used.max(column + 1);
        if self.cells.len() < self.used {
            self.cells.resize(self.used, String::new());
        }
        std::mem::swap(&mut self.cells[column], &mut self.waiting_text);
        Ok(())
    }
}

/// A number that was typed where a code was meant reads as it was typed; a date reads as ISO 8601 writes it.
fn write_cell(text: &mut String, value: &DataRef<'_>) {
    let written = match value {
        DataRef::SharedString(shared) => text.write_str(shared),
        DataRef::String(own) | DataRef::DateTimeIso(own) | DataRef::DurationIso(own) => text.write_str(own),
        DataRef::Int(number) => write!(text, "{number}"),
        DataRef::Float(number) if number.fract() == 0.0 && number.abs() < WHOLE_MAX => write!(text, "{number:.0}"),
        DataRef::Float(number) => write!(text, "{number}"),
        DataRef::Bool(flag) => write!(text, "{flag}"),
        DataRef::DateTime(time) => write_time(text, time),
        DataRef::Error(_) | DataRef::Empty => Ok(()),
    };
    written.expect("writing into a text cannot fail");
}

fn write_time(text: &mut String, time: &ExcelDateTime) -> std::fmt::Result {
    let days = time.as_f64();
    // Outside of these a workbook has no dates: year 0 to 9999.
    if !(0.0..2_958_466.0).contains(&days) {
        return write!(text, "{days}");
    }
    let (year, month, day, hour, minute, second, _) = time.to_ymd_hms_milli();
    if time.is_duration() {
        #[expect(clippy::cast_possible_truncation, reason = "the days are within the bounds above")]
        let whole_hours = (days * 24.0 + 1e-9) as i64;
        return write!(text, "{whole_hours}:{minute:02}:{second:02}");
    }
    if days >= 1.0 {
        write!(text, "{year:04}-{month:02}-{day:02}")?;
    }
    match ((hour, minute, second), days < 1.0) {
        ((0, 0, 0), false) => Ok(()),
        (_, false) => write!(text, "T{hour:02}:{minute:02}:{second:02}"),
        (_, true) => write!(text, "{hour:02}:{minute:02}:{second:02}"),
    }
}
