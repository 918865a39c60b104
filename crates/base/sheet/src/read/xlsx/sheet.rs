//! One sheet of a workbook, row by row: the values of its cells, how they are shown, and which rows nobody sees.

use quick_xml::events::{BytesStart, Event};

use super::super::format::Format;
use super::super::row::{CELL_BYTES_MAX, COLUMNS_MAX, Cells, Found, Row};
use super::super::time::write_time;
use super::super::value::{Form, Look};
use super::super::xml::{Archive, Part, add_text, attribute, attributes, broken, is_yes, part};
use super::parts::{Parts, SheetPart};
use super::texts::{InText, without_escapes};
use crate::fault::SheetFault;

/// Up to so many digits, a number is read as it stands.
const PLAIN_DIGITS_MAX: usize = 15;
/// Most entries about columns that are looked at: a sheet of Excel has no more columns.
const COLUMN_ENTRIES_MAX: usize = 16_384;

/// See the module's head.
pub struct Lines<'w> {
    part: Part<'w>,
    parts: &'w Parts,
    buffer: Vec<u8>,
    cells: Vec<Found>,
    /// How many of `cells` this row has.
    used: usize,
    number: i64,
    /// Columns that nobody sees, from 0.
    pub hidden_columns: Vec<usize>,
    is_at_end: bool,
    value: String,
    inline: InText,
}

/// What the element of a cell says.
#[derive(Default)]
struct Head {
    column: Option<usize>,
    style: usize,
    kind: Kind,
}

/// The type that a cell has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Kind {
    #[default]
    Number,
    Shared,
    Inline,
    Text,
    Bool,
    Error,
    Date,
}

impl<'w> Lines<'w> {
    /// Opens a sheet up to its first row.
    pub fn open(archive: &'w mut Archive, sheet: &SheetPart, parts: &'w Parts) -> Result<Self, SheetFault> {
        let mut lines = Self {
            part: part(archive, sheet.part)?,
            parts,
            buffer: Vec::with_capacity(1024),
            cells: Vec::new(),
            used: 0,
            number: 0,
            hidden_columns: Vec::new(),
            is_at_end: false,
            value: String::new(),
            inline: InText::default(),
        };
        let mut entries = 0;
        loop {
            lines.buffer.clear();
            match lines.part.read_event_into(&mut lines.buffer).map_err(broken)? {
                Event::Start(element) => match element.local_name().as_ref() {
                    "sheetData" => return Ok(lines),
                    "col" if entries < COLUMN_ENTRIES_MAX => {
                        entries += 1;
                        note_hidden(&element, &mut lines.hidden_columns);
                    }
                    _ => {}
                },
                Event::Eof => return Err(broken("a sheet has no rows at all")),
                _ => {}
            }
        }
    }

    /// The next row that has a cell.
    pub fn next(&mut self) -> Result<Option<Row<'_>>, SheetFault> {
        loop {
            if self.is_at_end {
                return Ok(None);
            }
            self.buffer.clear();
            match self.part.read_event_into(&mut self.buffer).map_err(broken)? {
                Event::Start(element) if element.local_name().as_ref() == "row" => {
                    let (number, is_hidden) = row_head(&element, self.number)?;
                    self.number = number;
                    self.row(number)?;
                    if self.used > 0 {
                        return Ok(Some(Row { number, is_hidden, cells: Cells::Each(&self.cells[..self.used]) }));
                    }
                }
                Event::End(element) if element.local_name().as_ref() == "sheetData" => self.is_at_end = true,
                Event::Eof => return Err(broken("a sheet ends within its rows")),
                _ => {}
            }
        }
    }

    /// Reads the cells of a row.
    fn row(&mut self, number: i64) -> Result<(), SheetFault> {
        self.cells[..self.used].iter_mut().for_each(Found::clear);
        self.used = 0;
        let mut next = 0;
        loop {
            self.buffer.clear();
            match self.part.read_event_into(&mut self.buffer).map_err(broken)? {
                Event::Start(element) if element.local_name().as_ref() == "c" => {
                    let head = cell_head(&element)?;
                    let column = head.column.unwrap_or(next);
                    next = column.saturating_add(1);
                    self.cell(number, column, &head)?;
                }
                Event::End(element) if element.local_name().as_ref() == "row" => return Ok(()),
                Event::Eof => return Err(broken("a sheet ends within a row")),
                _ => {}
            }
        }
    }

    fn cell(&mut self, row: i64, column: usize, head: &Head) -> Result<(), SheetFault> {
        let (mut has_formula, mut has_value, mut is_in_value) = (false, false, false);
        self.value.clear();
        self.inline.text.clear();
        loop {
            self.buffer.clear();
            let event = self.part.read_event_into(&mut self.buffer).map_err(broken)?;
            match &event {
                Event::Start(element) => match element.local_name().as_ref() {
                    "v" => (is_in_value, has_value) = (true, true),
                    "f" => has_formula = true,
                    _ => self.inline.take(&event),
                },
                Event::End(element) => match element.local_name().as_ref() {
                    "c" => break,
                    "v" => is_in_value = false,
                    _ => self.inline.take(&event),
                },
                Event::Eof => return Err(broken("a sheet ends within a cell")),
                _ if is_in_value => add_text(&event, &mut self.value),
                event => self.inline.take(event),
            }
        }
        let is_computed = head.kind == Kind::Text && has_value;
        if has_formula && self.value.is_empty() && self.inline.text.is_empty() && !is_computed {
            return self.put(row, column, |cell, _| {
                cell.form = Form::NoValue;
                Ok(())
            });
        }
        if self.value.is_empty() && self.inline.text.is_empty() {
            return Ok(());
        }
        let (style, kind) = (head.style, head.kind);
        self.put(row, column, |cell, lines| lines.write(cell, kind, style))
    }

    /// Puts a cell into its row.
    fn put(
        &mut self,
        row: i64,
        column: usize,
        write: impl FnOnce(&mut Found, &Self) -> Result<(), SheetFault>,
    ) -> Result<(), SheetFault> {
        let mut cell = self.cells.get_mut(column).map(std::mem::take).unwrap_or_default();
        cell.clear();
        write(&mut cell, self)?;
        // Cells that are only formatted are blank, and may be anywhere.
        if cell.is_blank() {
            return Ok(());
        }
        if column >= COLUMNS_MAX {
            return Err(SheetFault::TooManyColumns { row, found: column.saturating_add(1) });
        }
        if cell.text.len() > CELL_BYTES_MAX {
            return Err(SheetFault::CellTooLong { row, column });
        }
        if cell.text.contains('\0') {
            return Err(SheetFault::ZeroByte { row, column });
        }
        self.used = self.used.max(column + 1);
        if self.cells.len() < self.used {
            self.cells.resize_with(self.used, Found::default);
        }
        self.cells[column] = cell;
        Ok(())
    }

    fn write(&self, cell: &mut Found, kind: Kind, style: usize) -> Result<(), SheetFault> {
        let value = self.value.as_str();
        match kind {
            Kind::Shared => {
                let text = value.trim().parse().ok().and_then(|at| self.parts.texts.get(at));
                cell.text.push_str(text.ok_or_else(|| broken("a cell names a text that is not there"))?);
            }
            Kind::Inline => cell.text.push_str(&without_escapes(&self.inline.text)),
            Kind::Text => cell.text.push_str(&without_escapes(value)),
            Kind::Error => {
                cell.text.push_str(value);
                cell.form = Form::Error;
            }
            Kind::Date => {
                cell.text.push_str(value);
                cell.form = Form::Date;
            }
            Kind::Bool => {
                let is_true = match value.trim().to_ascii_lowercase().as_str() {
                    "1" | "true" => true,
                    "0" | "false" => false,
                    _ => return Err(broken("a cell is neither true nor false")),
                };
                cell.text.push_str(if is_true { "true" } else { "false" });
                cell.form = Form::Bool;
            }
            Kind::Number => self.write_number(cell, value.trim(), style)?,
        }
        if matches!(kind, Kind::Shared | Kind::Inline | Kind::Text)
            && let Some(format) = self.format(style)
        {
            cell.form = format.write_text(&cell.text, &mut cell.shown);
        }
        Ok(())
    }

    /// How a style shows numbers and texts; one that is not there as the first one does.
    fn format(&self, style: usize) -> Option<&Format> {
        let styles = &self.parts.styles;
        styles.format(style).or_else(|| styles.format(0))
    }

    fn write_number(&self, cell: &mut Found, value: &str, style: usize) -> Result<(), SheetFault> {
        let format = self.format(style);
        let is_digits = value.bytes().all(|byte| byte.is_ascii_digit());
        let is_plain = is_digits && value.len() <= PLAIN_DIGITS_MAX && (value == "0" || !value.starts_with('0'));
        if is_plain && format.is_none_or(Format::is_general) {
            cell.text.push_str(value);
            cell.form = Form::Number(Look::Plain);
            return Ok(());
        }
        let Ok(number) = value.parse::<f64>() else {
            // Some programs write text and forget to say so.
            cell.text.push_str(value);
            return Ok(());
        };
        if !number.is_finite() {
            return Err(broken("a number is too large"));
        }
        match format {
            Some(format) if format.is_date() => {
                write_time(&mut cell.text, number, format.is_duration(), self.parts.is_1904);
                cell.form = Form::Date;
            }
            Some(format) => cell.form = format.write(number, &mut cell.text, &mut cell.shown),
            None => {
                cell.form = Format::default().write(number, &mut cell.text, &mut cell.shown);
            }
        }
        // More digits than are kept: what stands in the file is shown, not what became of it.
        if cell.form == Form::Number(Look::TooLong) && is_digits {
            cell.text.clear();
            cell.text.push_str(value);
        }
        Ok(())
    }
}

fn row_head(element: &BytesStart<'_>, before: i64) -> Result<(i64, bool), SheetFault> {
    let (mut number, mut is_hidden) = (before + 1, false);
    for (name, value) in attributes(element) {
        match name {
            "r" => number = value.trim().parse().map_err(|_| broken("a row has no number"))?,
            "hidden" => is_hidden |= is_yes(&value),
            // A row of no height is not seen either.
            "ht" => is_hidden |= value.parse::<f64>().is_ok_and(|height| height <= 0.0),
            _ => {}
        }
    }
    if number <= before || number > i64::from(u32::MAX) {
        return Err(broken("its rows are out of order"));
    }
    Ok((number, is_hidden))
}

fn cell_head(element: &BytesStart<'_>) -> Result<Head, SheetFault> {
    let mut head = Head::default();
    for (name, value) in attributes(element) {
        match name {
            "r" => head.column = Some(column_of(&value).ok_or_else(|| broken("a cell has no place"))?),
            "s" => head.style = value.parse().unwrap_or_default(),
            "t" => {
                head.kind = match value.as_ref() {
                    "n" => Kind::Number,
                    "s" => Kind::Shared,
                    "inlineStr" => Kind::Inline,
                    "str" => Kind::Text,
                    "b" => Kind::Bool,
                    "e" => Kind::Error,
                    "d" => Kind::Date,
                    _ => return Err(broken("a cell has an unknown type")),
                }
            }
            _ => {}
        }
    }
    Ok(head)
}

/// The column of a cell, from 0: `AB12` is 27.
fn column_of(place: &str) -> Option<usize> {
    let letters = place.bytes().take_while(u8::is_ascii_alphabetic);
    let mut column = 0_usize;
    for letter in letters {
        column = column.checked_mul(26)?.checked_add(usize::from(letter.to_ascii_uppercase() - b'A') + 1)?;
    }
    let digits = place.trim_start_matches(|one: char| one.is_ascii_alphabetic());
    let is_place = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    column.checked_sub(1).filter(|_| is_place)
}

/// Columns that nobody sees, by one entry for several.
fn note_hidden(element: &BytesStart<'_>, hidden: &mut Vec<usize>) {
    let of = |name| attribute(element, name);
    let is_hidden = of("hidden").is_some_and(|value| is_yes(&value))
        || of("width").and_then(|width| width.parse::<f64>().ok()).is_some_and(|width| width <= 0.0);
    let number = |name| of(name).and_then(|value| value.parse::<usize>().ok()).unwrap_or_default();
    if is_hidden {
        for column in number("min").max(1)..=number("max").min(COLUMNS_MAX) {
            if !hidden.contains(&(column - 1)) {
                hidden.push(column - 1);
            }
        }
    }
}
