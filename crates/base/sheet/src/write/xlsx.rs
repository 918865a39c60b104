//! Workbooks. Rows go to a temporary file as they come, so that memory does not grow with them; a table that is longer
//! than a sheet continues in another one with the same headings.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;

use jiff::civil::DateTime;
use rust_xlsxwriter::{Color, DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError};

use super::rows::{Heading, RowWriter};
use crate::cell::{Cell, Column, EXACT_INT_MAX};
use crate::fault::WriteFault;
use crate::report::Report;

/// Most rows in a sheet, including its headings; the format allows no more.
pub const SHEET_ROWS_MAX: u32 = 1_048_576;
/// Most characters in the name of a sheet.
const NAME_CHARS_MAX: usize = 31;
/// White on this colour.
const HEADER_COLOR: u32 = 0x0044_72C4;
const WORDS_WIDTH: f64 = 30.0;

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
        let mut book = Book::new(options)?;
        let table = book.begin(heading)?;
        Ok(Self { out, book, table })
    }

    /// Writes a row.
    pub fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), WriteFault> {
        self.book.row(&mut self.table, cells)
    }

    /// Puts the workbook together and writes it out.
    pub fn finish(mut self) -> Result<(), WriteFault> {
        self.book.end(&self.table)?;
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
pub fn report(report: &Report, out: &mut (dyn Write + Send), options: &XlsxOptions<'_>) -> Result<(), WriteFault> {
    let mut book = Book::new(options)?;
    book.overview(report)?;
    for table in &report.tables {
        let heading = Heading { title: &table.title, columns: &table.columns, no_data: &report.no_data };
        let mut sheets = book.begin(&heading)?;
        for row in &table.rows {
            book.row(&mut sheets, row)?;
        }
        book.end(&sheets)?;
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
    header: Format,
    bold: Format,
    kilograms: Format,
    time: Format,
}

impl Book {
    fn new(options: &XlsxOptions<'_>) -> Result<Self, WriteFault> {
        let mut workbook = Workbook::new();
        if let Some(folder) = options.scratch {
            workbook.set_tempdir(folder)?;
        }
        workbook.set_properties(&DocProperties::new().set_creation_datetime(&options.made_at));
        let header = Format::new().set_bold().set_font_color(Color::White);
        let header = header.set_background_color(Color::RGB(HEADER_COLOR)).set_align(FormatAlign::Left);
        Ok(Self {
            workbook,
            sheet_names: BTreeSet::new(),
            header,
            bold: Format::new().set_bold(),
            kilograms: Format::new().set_num_format("0.###"),
            time: Format::new().set_num_format("dd/mm/yy hh:mm"),
        })
    }

    fn overview(&mut self, report: &Report) -> Result<(), WriteFault> {
        let name = self.name(&report.title, 1);
        let bold = self.bold.clone();
        let sheet = self.workbook.add_worksheet_with_constant_memory()?;
        sheet.set_name(name)?;
        sheet.set_column_width(0, WORDS_WIDTH)?.set_column_width(1, WORDS_WIDTH)?;
        sheet.write_string_with_format(0, 0, &report.title, &bold)?;
        let mut row = 1;
        for line in &report.lines {
            sheet.write_string(row, 0, line)?;
            row += 1;
        }
        row += 1;
        for figure in &report.figures {
            sheet.write_string(row, 0, &figure.label)?;
            sheet.write_string(row, 1, &figure.value)?;
            row += 1;
        }
        let Some(picture) = &report.bars else { return Ok(()) };
        row += 1;
        sheet.write_string_with_format(row, 0, &picture.title, &bold)?;
        for (label, value) in picture.bars.iter().map(|bar| (&bar.label, bar.value)) {
            row += 1;
            sheet.write_string(row, 0, label)?;
            write_finite(sheet, row, 1, value, None)?;
        }
        if let Some(target) = &picture.target {
            sheet.write_string(row + 1, 0, &target.label)?;
            write_finite(sheet, row + 1, 1, target.value, None)?;
        }
        Ok(())
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
            sheet.write_string_with_format(0, at, &*column.title, &self.header)?;
        }
        sheet.set_freeze_panes(1, 0)?;
        table.row = 1;
        Ok(())
    }

    fn row(&mut self, table: &mut Sheets, cells: &[Cell<'_>]) -> Result<(), WriteFault> {
        if table.row >= table.rows_max {
            self.next_sheet(table)?;
        }
        table.rows += 1;
        let sheet = self.workbook.worksheet_from_index(table.index)?;
        for ((at, cell), _) in (0_u16..).zip(cells).zip(&table.columns) {
            let written = match cell {
                Cell::Empty => Ok(()),
                Cell::Text(text) => write_text(sheet, table.row, at, text),
                Cell::Int(number) if number.unsigned_abs() <= EXACT_INT_MAX => {
                    #[expect(clippy::cast_precision_loss, reason = "up to here every whole number is exact")]
                    let exact = *number as f64;
                    sheet.write_number(table.row, at, exact).map(drop)
                }
                Cell::Int(number) => write_text(sheet, table.row, at, &number.to_string()),
                Cell::Kilograms(weight) => write_finite(sheet, table.row, at, *weight, Some(&self.kilograms)),
                Cell::Time(time) => match excel_time(*time) {
                    Ok(stamp) => sheet.write_datetime_with_format(table.row, at, &stamp, &self.time).map(drop),
                    // Before 1900 a workbook has no dates.
                    Err(_) => write_text(sheet, table.row, at, &cell.to_string()),
                },
            };
            written.map_err(|error| match error {
                XlsxError::MaxStringLengthExceeded => WriteFault::TextTooLong { row: table.rows },
                other => other.into(),
            })?;
        }
        table.row += 1;
        Ok(())
    }

    fn end(&mut self, table: &Sheets) -> Result<(), WriteFault> {
        if table.rows == 0 {
            let sheet = self.workbook.worksheet_from_index(table.index)?;
            sheet.write_string(1, 0, &table.no_data)?;
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

fn write_text(sheet: &mut Worksheet, row: u32, column: u16, text: &str) -> Result<(), XlsxError> {
    if text.is_empty() {
        return Ok(());
    }
    sheet.write_string(row, column, text).map(drop)
}

fn write_finite(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    value: f64,
    format: Option<&Format>,
) -> Result<(), XlsxError> {
    match format {
        _ if !value.is_finite() => Ok(()),
        Some(format) => sheet.write_number_with_format(row, column, value, format).map(drop),
        None => sheet.write_number(row, column, value).map(drop),
    }
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
        let mut book = Book::new(&options()).unwrap();
        assert_eq!(book.name("Bills [all]: 1/2", 1), "Bills  all   1 2");
        assert_eq!(book.name("", 1), "Table");
        assert_eq!(book.name("''", 1), "Table 2");
        let long = "a".repeat(40);
        assert_eq!(book.name(&long, 1).len(), 31);
        assert_eq!(book.name(&long, 1), format!("{} 2", "a".repeat(29)));
    }
}
