//! Workbooks. Rows go to a temporary file as they come, so that memory does not grow with them; a table that is longer
//! than a sheet continues in another one with the same headings. Figures are numbers, each sheet can be filtered, keeps its
//! headings in view and prints in the width of a page.

mod overview;
mod shapes;

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;

use jiff::civil::DateTime;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Formula, Workbook, Worksheet, XlsxError};

use self::shapes::{Shapes, escaped, print_in_width};
use super::rows::{Heading, RowWriter};
use crate::brand::{Brand, Rgb};
use crate::cell::{Cell, Column, EXACT_INT_MAX};
use crate::fault::{WriteFault, column_letters};
use crate::guard::{GUARD, has_guard};
use crate::report::{Report, Table};

/// Most rows in a sheet, including its headings; the format allows no more.
pub const SHEET_ROWS_MAX: u32 = 1_048_576;
/// Most characters in the name of a sheet.
const NAME_CHARS_MAX: usize = 31;
/// Headings of tables that belong to no report are white on this colour.
const HEADER_COLOR: Rgb = [0x44, 0x72, 0xc4];
/// A page among pages, in the signs of the format.
const PAGE_OF_PAGES: &str = "&P / &N";

/// How a workbook is written.
#[derive(Clone, Copy, Debug)]
pub struct XlsxOptions<'o> {
    /// When it is made, in the time zone of the site; written into its properties.
    pub made_at: DateTime,
    /// Where the temporary files go; `None` is the system's own place.
    pub scratch: Option<&'o Path>,
}

/// Writes a table as a workbook; everything is written out at its end.
pub struct XlsxWriter<W: Write + Send> {
    out: W,
    book: Book,
    table: Sheets,
}

impl<W: Write + Send> XlsxWriter<W> {
    /// Begins with the row of headings.
    pub fn begin(out: W, heading: &Heading<'_>, options: &XlsxOptions<'_>) -> Result<Self, WriteFault> {
        let mut book = Book::new(options, HEADER_COLOR)?;
        book.foot = format!("&L{}&R{PAGE_OF_PAGES}", escaped(heading.title));
        let table = book.begin(heading)?;
        Ok(Self { out, book, table })
    }

    /// Writes a row.
    pub fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), WriteFault> {
        self.book.row(&mut self.table, cells)
    }

    /// Puts the workbook together and writes it out.
    pub fn finish(mut self) -> Result<(), WriteFault> {
        self.book.end(&self.table, &[])?;
        self.book.workbook.save_to_writer(&mut self.out)?;
        Ok(self.out.flush()?)
    }

    /// Sheets with at most so many rows, for tests that do not want to write a million.
    #[cfg(test)]
    fn with_sheet_rows_max(mut self, rows: u32) -> Self {
        self.table.rows_max = rows;
        self
    }
}

impl<W: Write + Send> RowWriter for XlsxWriter<W> {
    fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), WriteFault> {
        self.row(cells)
    }

    fn finish(self: Box<Self>) -> Result<(), WriteFault> {
        (*self).finish()
    }
}

/// Writes a report: an overview, then every table.
pub fn report(
    report: &Report,
    out: &mut (dyn Write + Send),
    options: &XlsxOptions<'_>,
    brand: &Brand,
) -> Result<(), WriteFault> {
    let mut book = Book::new(options, brand.color)?;
    let page = escaped(&report.words.page).replace("{page}", "&P").replace("{pages}", "&N");
    book.foot = format!("&L{}&R{page}", escaped(&format!("{} · {}", brand.name, report.title)));
    book.overview(report, brand)?;
    for table in &report.tables {
        let Table { title, columns, rows, total, .. } = table;
        let mut sheets = book.begin(&Heading { title, columns, no_data: &report.no_data })?;
        for row in rows {
            book.row(&mut sheets, row)?;
        }
        book.end(&sheets, total)?;
    }
    book.workbook.save_to_writer(&mut *out)?;
    Ok(out.flush()?)
}

/// The sheets of one table.
struct Sheets {
    title: String,
    columns: Vec<Column>,
    no_data: String,
    /// Which sheet of the workbook is being written.
    index: usize,
    /// Its number among the sheets of this table, from 1.
    part: u32,
    /// The next row in it.
    row: u32,
    rows: u64,
    rows_max: u32,
}

struct Book {
    workbook: Workbook,
    sheet_names: BTreeSet<String>,
    shapes: Shapes,
    color: Rgb,
    /// What stands at the foot of each printed page.
    foot: String,
}

impl Book {
    fn new(options: &XlsxOptions<'_>, color: Rgb) -> Result<Self, WriteFault> {
        let mut workbook = Workbook::new();
        if let Some(folder) = options.scratch {
            workbook.set_tempdir(folder)?;
        }
        workbook.set_properties(&DocProperties::new().set_creation_datetime(&options.made_at));
        let foot = format!("&R{PAGE_OF_PAGES}");
        Ok(Self { workbook, sheet_names: BTreeSet::new(), shapes: Shapes::new(color), color, foot })
    }

    fn begin(&mut self, heading: &Heading<'_>) -> Result<Sheets, WriteFault> {
        let mut table = Sheets {
            title: heading.title.to_owned(),
            columns: heading.columns.to_vec(),
            no_data: heading.no_data.to_owned(),
            index: 0,
            part: 0,
            row: 0,
            rows: 0,
            rows_max: SHEET_ROWS_MAX,
        };
        self.next_sheet(&mut table)?;
        Ok(table)
    }

    fn next_sheet(&mut self, table: &mut Sheets) -> Result<(), WriteFault> {
        table.part += 1;
        table.index = self.workbook.worksheets().len();
        let name = self.name(&table.title, table.part);
        let sheet = self.workbook.add_worksheet_with_constant_memory()?;
        sheet.set_name(name)?;
        for (at, column) in (0_u16..).zip(&table.columns) {
            sheet.set_column_width(at, f64::from(column.width.min(Column::WIDTH_MAX)))?;
            sheet.write_string_with_format(0, at, &*column.title, &self.shapes.header)?;
        }
        sheet.set_freeze_panes(1, 0)?;
        print_in_width(sheet, &self.foot);
        sheet.set_repeat_rows(0, 0)?;
        table.row = 1;
        Ok(())
    }

    fn row(&mut self, table: &mut Sheets, cells: &[Cell<'_>]) -> Result<(), WriteFault> {
        if table.row >= table.rows_max {
            self.filter(table)?;
            self.next_sheet(table)?;
        }
        table.rows += 1;
        let sheet = self.workbook.worksheet_from_index(table.index)?;
        for ((at, cell), _) in (0_u16..).zip(cells).zip(&table.columns) {
            write_cell(sheet, (table.row, at), cell, &self.shapes).map_err(|error| match error {
                XlsxError::MaxStringLengthExceeded => WriteFault::TextTooLong { row: table.rows },
                other => other.into(),
            })?;
        }
        table.row += 1;
        Ok(())
    }

    /// Lets people filter what is on the current sheet.
    fn filter(&mut self, table: &Sheets) -> Result<(), WriteFault> {
        let columns = u16::try_from(table.columns.len()).unwrap_or(u16::MAX);
        if table.row > 1 && columns > 0 {
            let sheet = self.workbook.worksheet_from_index(table.index)?;
            sheet.autofilter(0, 0, table.row - 1, columns - 1)?;
        }
        Ok(())
    }

    fn end(&mut self, table: &Sheets, total: &[Cell<'_>]) -> Result<(), WriteFault> {
        self.filter(table)?;
        let sheet = self.workbook.worksheet_from_index(table.index)?;
        if table.rows == 0 {
            sheet.write_string(1, 0, &table.no_data)?;
            return Ok(());
        }
        for ((at, cell), _) in (0_u16..).zip(total).zip(&table.columns) {
            let shape = self.shapes.total_of(cell);
            let is_sum = table.part == 1 && matches!(cell, Cell::Int(_) | Cell::Kilograms(_));
            if is_sum {
                // What is filtered out is not counted.
                let column = column_letters(usize::from(at));
                let formula = Formula::new(format!("=SUBTOTAL(109,{column}2:{column}{})", table.row));
                let formula = formula.set_result(cell.to_string());
                sheet.write_formula_with_format(table.row, at, formula, shape)?;
            } else {
                match cell {
                    Cell::Int(number) => write_int(sheet, (table.row, at), *number, shape)?,
                    Cell::Kilograms(weight) => write_finite(sheet, (table.row, at), *weight, shape)?,
                    Cell::Text(text) => drop(sheet.write_string_with_format(table.row, at, &**text, shape)?),
                    _ => drop(sheet.write_blank(table.row, at, shape)?),
                }
            }
        }
        Ok(())
    }

    /// A name that the format allows and that no other sheet has: `Report`, `Report 2`.
    fn name(&mut self, title: &str, part: u32) -> String {
        let is_forbidden = |character: char| {
            character.is_control() || matches!(character, '[' | ']' | ':' | '*' | '?' | '/' | '\\' | '\'')
        };
        let clean: String =
            title.chars().map(|character| if is_forbidden(character) { ' ' } else { character }).collect();
        let clean = if clean.trim().is_empty() { "Table" } else { clean.trim() };
        let mut number = part;
        loop {
            let end = if number > 1 { format!(" {number}") } else { String::new() };
            let mut units = end.len();
            // The format counts as UTF-16 does.
            let fits = |character: &char| {
                units += character.len_utf16();
                units <= NAME_CHARS_MAX
            };
            let begin: String = clean.chars().take_while(fits).collect();
            let name = format!("{}{end}", begin.trim_end());
            if self.sheet_names.insert(name.to_lowercase()) {
                return name;
            }
            number += 1;
        }
    }
}

type Place = (u32, u16);

fn write_cell(sheet: &mut Worksheet, place: Place, cell: &Cell<'_>, shapes: &Shapes) -> Result<(), XlsxError> {
    let (row, column) = place;
    match cell {
        Cell::Empty => Ok(()),
        Cell::Text(text) => write_text(sheet, place, text),
        Cell::Int(number) => write_int(sheet, place, *number, &shapes.int),
        Cell::Kilograms(weight) => write_finite(sheet, place, *weight, shapes.of_weight(*weight)),
        Cell::Percent(share) => {
            let share = f64::from(i32::try_from(*share).unwrap_or(i32::MAX)) / 100.0;
            write_finite(sheet, place, share, &shapes.percent)
        }
        Cell::Time(time) => match excel_time(*time) {
            Ok(stamp) => sheet.write_datetime_with_format(row, column, &stamp, &shapes.time).map(drop),
            // Before 1900 a workbook has no dates.
            Err(_) => write_text(sheet, place, &cell.to_string()),
        },
        Cell::Decimal(micros) => write_decimal(sheet, place, *micros, &shapes.amount),
        Cell::Date(day) => match excel_time(day.at(0, 0, 0, 0)) {
            Ok(stamp) => sheet.write_datetime_with_format(row, column, &stamp, &shapes.day).map(drop),
            Err(_) => write_text(sheet, place, &cell.to_string()),
        },
    }
}

fn write_text(sheet: &mut Worksheet, (row, column): Place, text: &str) -> Result<(), XlsxError> {
    if text.is_empty() {
        return Ok(());
    }
    if has_guard(text) {
        return sheet.write_string(row, column, format!("{GUARD}{text}")).map(drop);
    }
    sheet.write_string(row, column, text).map(drop)
}

fn write_int(sheet: &mut Worksheet, place: Place, number: i64, shape: &Format) -> Result<(), XlsxError> {
    if number.unsigned_abs() > EXACT_INT_MAX {
        return write_text(sheet, place, &number.to_string());
    }
    #[expect(clippy::cast_precision_loss, reason = "up to here every whole number is exact")]
    let exact = number as f64;
    write_finite(sheet, place, exact, shape)
}

/// Of an amount that a spreadsheet cannot hold exactly, it gets the nearest one that it can.
fn write_decimal(sheet: &mut Worksheet, place: Place, micros: i64, shape: &Format) -> Result<(), XlsxError> {
    #[expect(clippy::cast_precision_loss, reason = "15 digits are exact, as many as a spreadsheet shows")]
    let amount = micros as f64 / 1_000_000.0;
    write_finite(sheet, place, amount, shape)
}

fn write_finite(sheet: &mut Worksheet, (row, column): Place, value: f64, shape: &Format) -> Result<(), XlsxError> {
    if !value.is_finite() {
        return Ok(());
    }
    sheet.write_number_with_format(row, column, value, shape).map(drop)
}

fn excel_time(time: DateTime) -> Result<ExcelDateTime, XlsxError> {
    let part = |value: i8| u8::try_from(value).unwrap_or_default();
    let year = u16::try_from(time.year()).unwrap_or_default();
    let day = ExcelDateTime::from_ymd(year, part(time.month()), part(time.day()))?;
    day.and_hms(u16::from(part(time.hour())), part(time.minute()), f64::from(time.second()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cell::Kind;
    use crate::read::Book as Reading;

    fn options() -> XlsxOptions<'static> {
        XlsxOptions { made_at: jiff::civil::date(2026, 11, 21).at(9, 30, 0, 0), scratch: None }
    }

    #[test]
    fn rows_beyond_a_sheet_go_to_the_next_one_with_the_headings() {
        let columns = [Column::new("QR ID", Kind::Text, 12)];
        let heading = Heading { title: "Bags", columns: &columns, no_data: "There are no bags." };
        let mut bytes = Vec::new();
        let mut writer = XlsxWriter::begin(&mut bytes, &heading, &options()).unwrap().with_sheet_rows_max(3);
        for number in 0..5 {
            writer.row(&[Cell::text(format!("SB{number:05}"))]).unwrap();
        }
        writer.finish().unwrap();
        let book = Reading::of_bytes(bytes).unwrap();
        let names: Vec<&str> = book.sheets().iter().map(|sheet| sheet.name.as_str()).collect();
        assert_eq!(names, ["Bags", "Bags 2", "Bags 3"]);
        assert!(book.sheets().iter().all(|sheet| sheet.header == ["QR ID"]));
        let rows: Vec<u64> = (0..3).map(|sheet| book.look_through(sheet).unwrap().rows).collect();
        assert_eq!(rows, [2, 2, 1]);
    }

    #[test]
    fn names_of_sheets_are_such_as_the_format_allows() {
        let mut book = Book::new(&options(), HEADER_COLOR).unwrap();
        assert_eq!(book.name("Bills [all]: 1/2", 1), "Bills  all   1 2");
        assert_eq!(book.name("", 1), "Table");
        assert_eq!(book.name("''", 1), "Table 2");
        let long = "a".repeat(40);
        assert_eq!(book.name(&long, 1).len(), 31);
        assert_eq!(book.name(&long, 1), format!("{} 2", "a".repeat(29)));
    }
}
