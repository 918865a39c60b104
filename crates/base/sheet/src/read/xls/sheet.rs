//! One sheet of an old workbook, row by row.

use std::collections::HashSet;

use super::super::format::Format;
use super::super::row::{CELL_BYTES_MAX, COLUMNS_MAX, Cells, Found, Row};
use super::super::time::write_time;
use super::super::value::Form;
use super::super::xml::broken;
use super::container::{u16_at, u32_at};
use super::globals::Globals;
use super::records::{BOF, EOF, Record, Records};
use super::texts::Pieces;
use crate::fault::SheetFault;

const ROW: u16 = 0x208;
const COLUMNS: u16 = 0x7d;
const SHARED_TEXT: u16 = 0xfd;
const TEXT: u16 = 0x204;
const RICH_TEXT: u16 = 0xd6;
const NUMBER: u16 = 0x203;
const SHORT_NUMBER: u16 = 0x27e;
const SHORT_NUMBERS: u16 = 0xbd;
const FORMULA: u16 = 0x06;
const FORMULA_TEXT: u16 = 0x207;
const TRUE_OR_ERROR: u16 = 0x205;

/// See the module's head.
pub struct Lines<'w> {
    globals: &'w Globals,
    records: Records<'w>,
    cells: Vec<Found>,
    used: usize,
    number: i64,
    hidden_rows: HashSet<u16>,
    /// Columns that nobody sees, from 0.
    pub hidden_columns: Vec<usize>,
    /// A record that was read and belongs to the next row.
    waiting: Option<Record<'w>>,
    is_at_end: bool,
    /// The cell whose formula has a text, which follows, and its style.
    of_text: Option<(usize, u16)>,
}

impl<'w> Lines<'w> {
    /// Opens a sheet, counted from 0.
    pub fn open(globals: &'w Globals, sheet: usize) -> Result<Self, SheetFault> {
        let place = globals.sheets.get(sheet).filter(|sheet| sheet.begin < sheet.end);
        let place = place.ok_or_else(|| broken("a sheet is missing"))?;
        let mut records = Records::from(&globals.stream[..place.end], place.begin);
        if records.next()?.is_none_or(|first| first.kind != BOF) {
            return Err(broken("a sheet does not begin as one"));
        }
        Ok(Self {
            globals,
            records,
            cells: Vec::new(),
            used: 0,
            number: 0,
            hidden_rows: HashSet::new(),
            hidden_columns: Vec::new(),
            waiting: None,
            is_at_end: false,
            of_text: None,
        })
    }

    /// The next row that has a cell.
    pub fn next(&mut self) -> Result<Option<Row<'_>>, SheetFault> {
        loop {
            self.cells[..self.used].iter_mut().for_each(Found::clear);
            (self.used, self.of_text) = (0, None);
            let Some(row) = self.gather()? else { return Ok(None) };
            if self.used > 0 {
                let is_hidden = self.hidden_rows.contains(&row);
                let cells = Cells::Each(&self.cells[..self.used]);
                return Ok(Some(Row { number: self.number, is_hidden, cells }));
            }
        }
    }

    /// Reads the cells of the next row, and tells which it is, from 0.
    fn gather(&mut self) -> Result<Option<u16>, SheetFault> {
        let mut row = None;
        loop {
            let record = match self.waiting.take() {
                Some(record) => record,
                None if self.is_at_end => return Ok(row),
                None => match self.records.next()? {
                    Some(record) if record.kind != EOF => record,
                    _ => {
                        self.is_at_end = true;
                        return Ok(row);
                    }
                },
            };
            match record.kind {
                // Charts inside a sheet have cells of their own.
                BOF => self.pass()?,
                ROW if u16_at(record.bytes(), 12) & 0x20 != 0 => {
                    self.hidden_rows.insert(u16_at(record.bytes(), 0));
                }
                COLUMNS => self.note_columns(record.bytes()),
                FORMULA_TEXT => self.formula_text(&record)?,
                SHARED_TEXT | TEXT | RICH_TEXT | NUMBER | SHORT_NUMBER | SHORT_NUMBERS | FORMULA | TRUE_OR_ERROR => {
                    let of = u16_at(record.bytes(), 0);
                    if row.is_some_and(|row| row != of) {
                        self.waiting = Some(record);
                        return Ok(row);
                    }
                    let number = i64::from(of) + 1;
                    if row.is_none() && number <= self.number {
                        return Err(broken("its rows are out of order"));
                    }
                    (row, self.number) = (Some(of), number);
                    self.take(&record)?;
                }
                _ => {}
            }
        }
    }

    /// Passes over a part inside this one.
    fn pass(&mut self) -> Result<(), SheetFault> {
        let mut depth = 1;
        while depth > 0 {
            match self.records.next()? {
                Some(record) if record.kind == BOF => depth += 1,
                Some(record) if record.kind == EOF => depth -= 1,
                Some(_) => {}
                None => break,
            }
        }
        Ok(())
    }

    fn note_columns(&mut self, bytes: &[u8]) {
        let (first, last) = (usize::from(u16_at(bytes, 0)), usize::from(u16_at(bytes, 2)));
        let is_hidden = u16_at(bytes, 8) & 1 != 0 || u16_at(bytes, 4) == 0;
        if is_hidden && self.hidden_columns.len() < COLUMNS_MAX {
            self.hidden_columns.extend(first..=last.min(COLUMNS_MAX - 1));
        }
    }

    fn take(&mut self, record: &Record<'_>) -> Result<(), SheetFault> {
        let bytes = record.bytes();
        let (column, style) = (usize::from(u16_at(bytes, 2)), u16_at(bytes, 4));
        match record.kind {
            SHARED_TEXT => {
                let globals = self.globals;
                let text = globals.texts.get(u32_at(bytes, 6) as usize);
                let text = text.ok_or_else(|| broken("a cell names a text that is not there"))?;
                self.text(column, style, text)
            }
            TEXT | RICH_TEXT => {
                let mut text = String::new();
                Pieces::from(&record.pieces, 6).text(&mut text)?;
                self.text(column, style, &text)
            }
            NUMBER => self.number(column, style, f64_at(bytes, 6)),
            SHORT_NUMBER => self.number(column, style, short(u32_at(bytes, 6))),
            SHORT_NUMBERS => {
                for (at, one) in bytes.get(4..).unwrap_or_default().chunks_exact(6).enumerate() {
                    self.number(column + at, u16_at(one, 0), short(u32_at(one, 2)))?;
                }
                Ok(())
            }
            TRUE_OR_ERROR => {
                let (value, is_error) = (byte_at(bytes, 6), byte_at(bytes, 7) != 0);
                self.true_or_error(column, value, is_error)
            }
            _ => self.formula(column, style, bytes),
        }
    }

    /// The value of a formula: a number, or by a mark something else.
    fn formula(&mut self, column: usize, style: u16, bytes: &[u8]) -> Result<(), SheetFault> {
        if u16_at(bytes, 12) != 0xffff {
            return self.number(column, style, f64_at(bytes, 6));
        }
        let value = byte_at(bytes, 8);
        match byte_at(bytes, 6) {
            // The text follows in a record of its own.
            0 => {
                self.of_text = Some((column, style));
                Ok(())
            }
            1 => self.true_or_error(column, value, false),
            2 => self.true_or_error(column, value, true),
            _ if self.globals.is_computed => Ok(()),
            _ => self.put(column, |cell| cell.form = Form::NoValue),
        }
    }

    fn formula_text(&mut self, record: &Record<'_>) -> Result<(), SheetFault> {
        let Some((column, style)) = self.of_text.take() else { return Ok(()) };
        let mut text = String::new();
        Pieces::from(&record.pieces, 0).text(&mut text)?;
        self.text(column, style, &text)
    }

    fn text(&mut self, column: usize, style: u16, text: &str) -> Result<(), SheetFault> {
        let globals = self.globals;
        self.put(column, |cell| {
            cell.text.push_str(text);
            if let Some(format) = globals.format(style) {
                cell.form = format.write_text(text, &mut cell.shown);
            }
        })
    }

    fn true_or_error(&mut self, column: usize, value: u8, is_error: bool) -> Result<(), SheetFault> {
        self.put(column, |cell| {
            let (text, form) = match (is_error, value) {
                (false, value) => (if value == 0 { "false" } else { "true" }, Form::Bool),
                (true, value) => (error_of(value), Form::Error),
            };
            cell.text.push_str(text);
            cell.form = form;
        })
    }

    fn number(&mut self, column: usize, style: u16, number: f64) -> Result<(), SheetFault> {
        if !number.is_finite() {
            return Err(broken("a number is too large"));
        }
        let (general, globals) = (Format::default(), self.globals);
        let format = globals.format(style).unwrap_or(&general);
        self.put(column, |cell| {
            if format.is_date() {
                write_time(&mut cell.text, number, format.is_duration(), globals.is_1904);
                cell.form = Form::Date;
            } else {
                cell.form = format.write(number, &mut cell.text, &mut cell.shown);
            }
        })
    }

    fn put(&mut self, column: usize, write: impl FnOnce(&mut Found)) -> Result<(), SheetFault> {
        let row = self.number;
        if column >= COLUMNS_MAX {
            return Err(SheetFault::TooManyColumns { row, found: column + 1 });
        }
        if self.cells.len() <= column {
            self.cells.resize_with(column + 1, Found::default);
        }
        let cell = &mut self.cells[column];
        cell.clear();
        write(cell);
        if cell.text.len() > CELL_BYTES_MAX {
            return Err(SheetFault::CellTooLong { row, column });
        }
        if cell.text.contains('\0') {
            return Err(SheetFault::ZeroByte { row, column });
        }
        if !cell.is_blank() {
            self.used = self.used.max(column + 1);
        }
        Ok(())
    }
}

fn byte_at(bytes: &[u8], at: usize) -> u8 {
    bytes.get(at).copied().unwrap_or_default()
}

fn f64_at(bytes: &[u8], at: usize) -> f64 {
    let low = u64::from(u32_at(bytes, at));
    let high = u64::from(u32_at(bytes, at + 4));
    f64::from_bits(high << 32 | low)
}

/// A number in four bytes: whole or not, perhaps divided by a hundred.
fn short(bits: u32) -> f64 {
    let number =
        if bits & 2 == 0 { f64::from_bits(u64::from(bits & !3) << 32) } else { f64::from(bits.cast_signed() >> 2) };
    if bits & 1 == 0 { number } else { number / 100.0 }
}

fn error_of(value: u8) -> &'static str {
    match value {
        0x00 => "#NULL!",
        0x07 => "#DIV/0!",
        0x0f => "#VALUE!",
        0x17 => "#REF!",
        0x1d => "#NAME?",
        0x24 => "#NUM!",
        0x2a => "#N/A",
        _ => "#ERROR!",
    }
}
