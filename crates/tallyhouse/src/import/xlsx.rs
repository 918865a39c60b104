//! Rows of a workbook, all sheets in order, cell by cell: only the shared texts are ever held in memory, and a workbook
//! that would unfold to more than a stated size is refused before it is opened.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufReader, Read};
use std::ops::ControlFlow;
use std::path::Path;

use anyhow::{Context, ensure};
use calamine::{DataRef, Reader, SheetType, Xlsx, XlsxCellReader};

use super::table::{Header, Row, Sheet};

/// Most bytes that a workbook may hold once it is unzipped.
pub const UNZIPPED_BYTES_MAX: u64 = 1 << 30;
/// Beyond this a floating point number no longer names every whole number.
const WHOLE_MAX: f64 = 9e15;

/// Unzips the workbook into nothing and refuses one that is larger than `bytes_max`, whatever it says about itself.
pub fn check_size(path: &Path, bytes_max: u64) -> anyhow::Result<()> {
    let broken = "is no workbook (.xlsx): its archive is broken";
    let mut archive = zip::ZipArchive::new(BufReader::new(File::open(path)?)).context(broken)?;
    let mut left = bytes_max;
    for index in 0..archive.len() {
        let part = archive.by_index(index).context(broken)?;
        let bytes = std::io::copy(&mut part.take(left + 1), &mut std::io::sink()).context(broken)?;
        ensure!(bytes <= left, "unfolds to more than {} MB; split it", bytes_max / 1_000_000);
        left -= bytes;
    }
    Ok(())
}

/// Hands every row of every sheet to `each`, until it breaks off, and tells how the sheets are numbered.
pub fn rows(path: &Path, each: &mut dyn FnMut(Row<'_>) -> ControlFlow<()>) -> anyhow::Result<Vec<Sheet>> {
    let broken = "is no workbook (.xlsx) that can be read";
    let mut workbook: Xlsx<_> = Xlsx::new(BufReader::new(File::open(path)?)).context(broken)?;
    let is_sheet = |sheet: &&calamine::Sheet| sheet.typ == SheetType::WorkSheet;
    let names: Vec<String> = workbook.sheets_metadata().iter().filter(is_sheet).map(|s| s.name.clone()).collect();
    let mut sheets = Vec::new();
    let mut before = 0;
    for name in names {
        let cells = workbook.worksheet_cells_reader(&name).context(broken)?;
        let mut sheet = SheetReader::new(before);
        let flow = sheet.read(cells, each).with_context(|| format!("sheet {name:?}"))?;
        if sheet.header.is_some() {
            sheets.push(Sheet { name, before });
        }
        before = sheet.number.max(before);
        if flow.is_break() {
            return Ok(sheets);
        }
    }
    ensure!(!sheets.is_empty(), "is empty");
    Ok(sheets)
}

/// One sheet, row by row.
struct SheetReader {
    header: Option<Header>,
    names: Vec<String>,
    cells: [String; 3],
    /// Rows of the sheets before.
    before: i64,
    /// The row that is being read.
    number: i64,
}

impl SheetReader {
    fn new(before: i64) -> Self {
        Self { header: None, names: Vec::new(), cells: Default::default(), before, number: 0 }
    }

    fn read<RS: Read + std::io::Seek>(
        &mut self,
        mut cells: XlsxCellReader<'_, RS>,
        each: &mut dyn FnMut(Row<'_>) -> ControlFlow<()>,
    ) -> anyhow::Result<ControlFlow<()>> {
        while let Some(cell) = cells.next_cell()? {
            let (row, column) = cell.get_position();
            let number = self.before + i64::from(row) + 1;
            if number != self.number {
                if self.end_of_row(each)?.is_break() {
                    return Ok(ControlFlow::Break(()));
                }
                self.number = number;
            }
            self.take(column as usize, cell.get_value());
        }
        self.end_of_row(each)
    }

    fn take(&mut self, column: usize, value: &DataRef<'_>) {
        let Some(header) = self.header else {
            if self.names.len() <= column {
                self.names.resize(column + 1, String::new());
            }
            write_cell(&mut self.names[column], value);
            return;
        };
        let columns = [header.code, header.kind, header.parent];
        for (wanted, text) in columns.into_iter().zip(&mut self.cells) {
            if column == wanted {
                write_cell(text, value);
            }
        }
    }

    /// The first row that holds anything is the header.
    fn end_of_row(&mut self, each: &mut dyn FnMut(Row<'_>) -> ControlFlow<()>) -> anyhow::Result<ControlFlow<()>> {
        if self.header.is_none() {
            if self.names.iter().any(|name| !name.trim().is_empty()) {
                self.header = Some(Header::find(&self.names)?);
            }
            self.names.clear();
            return Ok(ControlFlow::Continue(()));
        }
        let [code, kind, parent] = &self.cells;
        let row = Row { number: self.number, code, kind, parent };
        let flow = if row.is_blank() { ControlFlow::Continue(()) } else { each(row) };
        self.cells.iter_mut().for_each(String::clear);
        Ok(flow)
    }
}

/// A number that was typed where a code was meant reads as it was typed.
fn write_cell(text: &mut String, value: &DataRef<'_>) {
    let written = match value {
        DataRef::SharedString(shared) => text.write_str(shared),
        DataRef::String(own) | DataRef::DateTimeIso(own) | DataRef::DurationIso(own) => text.write_str(own),
        DataRef::Int(number) => write!(text, "{number}"),
        DataRef::Float(number) if number.fract() == 0.0 && number.abs() < WHOLE_MAX => write!(text, "{number:.0}"),
        DataRef::Float(number) => write!(text, "{number}"),
        DataRef::Bool(flag) => write!(text, "{flag}"),
        DataRef::DateTime(time) => write!(text, "{}", time.as_f64()),
        DataRef::Error(_) | DataRef::Empty => Ok(()),
    };
    written.expect("writing into a text cannot fail");
}
