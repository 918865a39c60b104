//! Spreadsheets of OpenDocument (.ods), row by row. All sheets are in one part of the archive, and each cell has, beside
//! its value, the very text that a person sees. The archive was measured before ([`super::archive`]).

use std::collections::HashSet;

use quick_xml::events::{BytesStart, Event};

use super::content::Content;
use super::format::write_digits;
use super::row::{CELL_BYTES_MAX, COLUMNS_MAX, Cells, Found, Row};
use super::value::{Form, Look};
use super::xml::{Archive, Part, archive, attribute, attributes, broken, find, part};
use crate::fault::SheetFault;
use crate::guard::is_error;

mod text;

use text::CellText;

/// Most rows of a sheet, as programs for spreadsheets have them.
const ROWS_MAX: i64 = 1_048_576;
/// Most sheets: to come to one, those before it are read.
const SHEETS_MAX: usize = 100;

/// A sheet as the list of sheets tells of it.
#[derive(Clone, Debug)]
pub struct SheetPart {
    /// Its name.
    pub name: String,
    /// Nobody who opens the file sees it.
    pub is_hidden: bool,
}

/// The sheets of a file, in order.
pub fn sheets(content: &Content) -> Result<Vec<SheetPart>, SheetFault> {
    let mut archive = archive(content)?;
    check_password(&mut archive)?;
    let mut part = content_part(&mut archive)?;
    let mut sheets = Vec::new();
    let (mut hidden, mut style) = (HashSet::new(), String::new());
    let (mut buffer, mut depth) = (Vec::new(), 0_usize);
    loop {
        buffer.clear();
        match part.read_event_into(&mut buffer).map_err(broken)? {
            Event::Start(element) => match element.local_name().as_ref() {
                "style" => style = attribute(&element, "name").unwrap_or_default(),
                "table-properties" if attribute(&element, "display").as_deref() == Some("false") => {
                    hidden.insert(style.clone());
                }
                "table" => {
                    depth += 1;
                    if depth == 1 {
                        let name = attribute(&element, "name").unwrap_or_default();
                        let of = attribute(&element, "style-name").unwrap_or_default();
                        sheets.push(SheetPart { name, is_hidden: hidden.contains(&of) });
                    }
                    if sheets.len() > SHEETS_MAX {
                        return Err(broken(format!("it has more than {SHEETS_MAX} sheets")));
                    }
                }
                _ => {}
            },
            Event::End(element) if element.local_name().as_ref() == "table" => depth = depth.saturating_sub(1),
            Event::Eof => return Ok(sheets),
            _ => {}
        }
    }
}

fn content_part(archive: &mut Archive) -> Result<Part<'_>, SheetFault> {
    let at = find(archive, "content.xml").ok_or_else(|| broken("it has no content.xml"))?;
    part(archive, at)
}

fn check_password(archive: &mut Archive) -> Result<(), SheetFault> {
    let Some(at) = find(archive, "META-INF/manifest.xml") else { return Ok(()) };
    let mut manifest = part(archive, at)?;
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match manifest.read_event_into(&mut buffer).map_err(broken)? {
            Event::Start(element) if element.local_name().as_ref() == "encryption-data" => {
                return Err(SheetFault::Password);
            }
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

/// One sheet.
pub struct Lines<'w> {
    part: Part<'w>,
    buffer: Vec<u8>,
    cells: Vec<Found>,
    used: usize,
    number: i64,
    is_hidden: bool,
    /// How often the row is still to be handed out.
    repeats: i64,
    /// Columns that nobody sees, from 0.
    pub hidden_columns: Vec<usize>,
    columns_seen: usize,
    is_at_end: bool,
    text: CellText,
}

/// What the element of a cell says.
#[derive(Default)]
struct Head {
    kind: Kind,
    value: String,
    repeats: usize,
    has_formula: bool,
    is_error: bool,
}

/// The type that a cell has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Kind {
    #[default]
    None,
    Text,
    Number,
    Percent,
    Money,
    Date,
    Bool,
}

impl<'w> Lines<'w> {
    /// Opens a sheet, counted from 0.
    pub fn open(archive: &'w mut Archive, sheet: usize) -> Result<Self, SheetFault> {
        let mut lines = Self {
            part: content_part(archive)?,
            buffer: Vec::with_capacity(1024),
            cells: Vec::new(),
            used: 0,
            number: 0,
            is_hidden: false,
            repeats: 0,
            hidden_columns: Vec::new(),
            columns_seen: 0,
            is_at_end: false,
            text: CellText::default(),
        };
        let (mut before, mut depth) = (0, 0_usize);
        loop {
            lines.buffer.clear();
            match lines.part.read_event_into(&mut lines.buffer).map_err(broken)? {
                Event::Start(element) if element.local_name().as_ref() == "table" => {
                    if depth == 0 && before == sheet {
                        return Ok(lines);
                    }
                    before += usize::from(depth == 0);
                    depth += 1;
                }
                Event::End(element) if element.local_name().as_ref() == "table" => depth = depth.saturating_sub(1),
                Event::Eof => return Err(broken("a sheet is missing")),
                _ => {}
            }
        }
    }

    /// The next row that has a cell.
    pub fn next(&mut self) -> Result<Option<Row<'_>>, SheetFault> {
        while self.repeats == 0 {
            if self.is_at_end {
                return Ok(None);
            }
            self.advance()?;
        }
        self.repeats -= 1;
        self.number += 1;
        if self.number > ROWS_MAX {
            return Err(broken(format!("it has more than {ROWS_MAX} rows")));
        }
        let cells = Cells::Each(&self.cells[..self.used]);
        Ok(Some(Row { number: self.number, is_hidden: self.is_hidden, cells }))
    }

    /// Reads on to the next row.
    fn advance(&mut self) -> Result<(), SheetFault> {
        self.buffer.clear();
        match self.part.read_event_into(&mut self.buffer).map_err(broken)? {
            Event::Start(element) => match element.local_name().as_ref() {
                "table-column" => {
                    let (repeats, is_hidden) = repeated(&element, "number-columns-repeated");
                    let begin = self.columns_seen;
                    self.columns_seen = begin.saturating_add(repeats);
                    if is_hidden {
                        self.hidden_columns.extend(begin.min(COLUMNS_MAX)..self.columns_seen.min(COLUMNS_MAX));
                    }
                }
                "table-row" => {
                    let (repeats, is_hidden) = repeated(&element, "number-rows-repeated");
                    self.is_hidden = is_hidden;
                    let repeats = i64::try_from(repeats).unwrap_or(i64::MAX);
                    self.row()?;
                    if self.used == 0 {
                        self.number = self.number.saturating_add(repeats);
                    } else {
                        self.repeats = repeats;
                    }
                }
                _ => {}
            },
            Event::End(element) if element.local_name().as_ref() == "table" => self.is_at_end = true,
            Event::Eof => return Err(broken("a sheet does not end")),
            _ => {}
        }
        Ok(())
    }

    fn row(&mut self) -> Result<(), SheetFault> {
        self.cells[..self.used].iter_mut().for_each(Found::clear);
        self.used = 0;
        let mut column = 0_usize;
        loop {
            self.buffer.clear();
            let head = match self.part.read_event_into(&mut self.buffer).map_err(broken)? {
                Event::Start(element)
                    if matches!(element.local_name().as_ref(), "table-cell" | "covered-table-cell") =>
                {
                    cell_head(&element)
                }
                Event::End(element) if element.local_name().as_ref() == "table-row" => return Ok(()),
                Event::Eof => return Err(broken("a sheet ends within a row")),
                _ => continue,
            };
            self.text.read(&mut self.part, &mut self.buffer)?;
            let mut cell = Found::default();
            write(&head, &self.text.text, &mut cell);
            let end = column.saturating_add(head.repeats);
            if !cell.is_blank() {
                self.put(column, end, &cell)?;
            }
            column = end;
        }
    }

    fn put(&mut self, column: usize, end: usize, cell: &Found) -> Result<(), SheetFault> {
        let row = self.number.saturating_add(1);
        if end > COLUMNS_MAX {
            return Err(SheetFault::TooManyColumns { row, found: end });
        }
        if cell.text.len() > CELL_BYTES_MAX {
            return Err(SheetFault::CellTooLong { row, column });
        }
        if cell.text.contains('\0') {
            return Err(SheetFault::ZeroByte { row, column });
        }
        if self.cells.len() < end {
            self.cells.resize_with(end, Found::default);
        }
        self.cells[column..end].fill(cell.clone());
        self.used = end;
        Ok(())
    }
}

/// How often an element stands for itself, and whether nobody sees it.
fn repeated(element: &BytesStart<'_>, name: &str) -> (usize, bool) {
    let repeats = attribute(element, name).and_then(|value| value.parse().ok()).unwrap_or(1_usize);
    let seen = attribute(element, "visibility");
    (repeats.max(1), seen.is_some_and(|seen| matches!(seen.as_str(), "collapse" | "filter")))
}

fn cell_head(element: &BytesStart<'_>) -> Head {
    let mut head = Head { repeats: 1, ..Head::default() };
    for (name, value) in attributes(element) {
        match name {
            "number-columns-repeated" => head.repeats = value.parse().unwrap_or(1).max(1),
            "formula" => head.has_formula = true,
            // The same name with two prefixes: the newer one tells of errors.
            "value-type" => match value.as_ref() {
                "error" => head.is_error = true,
                "string" => head.kind = Kind::Text,
                "float" => head.kind = Kind::Number,
                "percentage" => head.kind = Kind::Percent,
                "currency" => head.kind = Kind::Money,
                "date" | "time" => head.kind = Kind::Date,
                "boolean" => head.kind = Kind::Bool,
                _ => {}
            },
            "value" | "date-value" | "time-value" | "boolean-value" => head.value = value.into_owned(),
            "string-value" => head.value = attribute(element, name).unwrap_or_default(),
            _ => {}
        }
    }
    head
}

fn write(head: &Head, seen: &str, cell: &mut Found) {
    let is_error = head.is_error || (head.has_formula && (seen.starts_with("Err:") || is_error(seen)));
    if is_error {
        cell.text.push_str(seen);
        cell.form = Form::Error;
        return;
    }
    match head.kind {
        Kind::None if head.has_formula => cell.form = Form::NoValue,
        // Some programs give no types at all.
        Kind::None => cell.text.push_str(seen),
        Kind::Text => write_text(&head.value, seen, cell),
        Kind::Date => {
            cell.text.push_str(&head.value);
            cell.shown.push_str(seen);
            cell.form = Form::Date;
        }
        Kind::Bool => {
            cell.text.push_str(if head.value == "true" { "true" } else { "false" });
            cell.form = Form::Bool;
        }
        Kind::Number | Kind::Percent | Kind::Money => write_number(head, seen, cell),
    }
}

/// A text whose value is told beside what is seen is shown by a format, or not at all.
fn write_text(value: &str, seen: &str, cell: &mut Found) {
    let is_same = value.trim().is_empty() || value.split_whitespace().eq(seen.split_whitespace());
    if is_same {
        cell.text.push_str(seen);
    } else if seen.trim().is_empty() {
        cell.text.push_str(value);
        cell.form = Form::Unseen;
    } else {
        cell.text.push_str(value);
        cell.shown.push_str(seen);
        cell.form = Form::ShownText;
    }
}

fn write_number(head: &Head, seen: &str, cell: &mut Found) {
    let Ok(number) = head.value.trim().parse::<f64>() else {
        cell.text.push_str(seen);
        return;
    };
    write_digits(number, &mut cell.text);
    if seen != cell.text {
        cell.shown.push_str(seen);
    }
    if seen.trim().is_empty() {
        cell.shown.clear();
        cell.form = Form::Unseen;
        return;
    }
    let look = match head.kind {
        _ if number.abs() >= 1e15 => {
            cell.text.clear();
            cell.text.push_str(head.value.trim());
            Look::TooLong
        }
        Kind::Percent => Look::Scaled,
        Kind::Money => Look::Other,
        _ => look_of(number, seen, &cell.text),
    };
    if look == Look::Plain {
        cell.shown.clear();
    }
    cell.form = Form::Number(look);
}

/// What is seen of a number: its digits in their order, perhaps with zeros before them and characters around them, and no
/// mark that sets thousands or fractions apart.
fn look_of(number: f64, seen: &str, digits: &str) -> Look {
    if number < 0.0 || number.fract() != 0.0 {
        return Look::Other;
    }
    // Some programs show long numbers in powers of ten though no format asks for it; all their digits are known.
    if seen == digits || seen == in_powers(number) {
        return Look::Plain;
    }
    let found: String = seen.chars().filter(char::is_ascii_digit).collect();
    if seen.contains("E+") || seen.contains('%') || !found.contains(digits) {
        return Look::Scaled;
    }
    let inside = seen.trim_matches(|one: char| !one.is_ascii_digit());
    if inside.contains([',', '.', ' ', '\u{a0}', '\u{202f}', '\'']) { Look::Other } else { Look::Code }
}

/// A long number as Excel shows it where no format is chosen: 123456789012 as `1.23457E+11`.
fn in_powers(number: f64) -> String {
    let written = format!("{number:.5e}");
    let (digits, power) = written.split_once('e').unwrap_or((&written, "0"));
    format!("{}E+{power:0>2}", digits.trim_end_matches('0').trim_end_matches('.'))
}
