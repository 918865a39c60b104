//! A file of bags, CSV or workbook, seen as rows. Invariant: the same file gives the same rows with the same numbers each
//! time it is read, or an import could not be carried on.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, ensure};
use tallyhouse_sheet::SheetFault;
use tallyhouse_sheet::read::{Book, Walk, Wanted};

/// The columns of a file of bags; others do not matter.
const COLUMNS: [Wanted; 3] =
    [Wanted::needed("qr_id", &[]), Wanted::needed("type", &[]), Wanted::needed("parent_qr_id", &[])];

/// One row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row<'r> {
    /// Its number; the header is row 1. Sheets after the first count on.
    pub number: i64,
    /// `qr_id`
    pub code: &'r str,
    /// `type`
    pub kind: &'r str,
    /// `parent_qr_id`
    pub parent: &'r str,
}

impl Row<'_> {
    /// True for a row that says nothing at all.
    pub fn is_blank(&self) -> bool {
        [self.code, self.kind, self.parent].iter().all(|cell| cell.trim().is_empty())
    }
}

/// A sheet that says something.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Sheet {
    /// Which of the book's sheets it is.
    place: usize,
    /// Where code, type and parent stand.
    columns: [usize; 3],
    /// How many rows the sheets before it have.
    before: i64,
}

/// A file of bags that was looked through once and can be read.
#[derive(Clone, Debug)]
pub struct Table {
    path: PathBuf,
    book: Book,
    sheets: Vec<Sheet>,
    /// How many rows it has, without header and blank ones.
    pub rows: i64,
    /// SHA-256 over its content.
    pub digest: [u8; 32],
}

impl Table {
    /// Looks the whole file through, so that nothing is written when its end cannot be read.
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        let name = || path.display().to_string();
        Self::look_through(path).with_context(name)
    }

    fn look_through(path: &Path) -> anyhow::Result<Self> {
        ensure!(path.metadata().context("cannot be opened")?.is_file(), "is no file");
        let book = Book::open(path).map_err(told)?;
        let digest = book.digest();
        let mut table = Self { path: path.to_owned(), book, sheets: Vec::new(), rows: 0, digest };
        table.sheets = table.find_columns()?;
        let mut rows = 0;
        let ends = table.read(&mut |_| {
            rows += 1;
            ControlFlow::Continue(())
        })?;
        for at in 1..table.sheets.len() {
            table.sheets[at].before = ends[at - 1];
        }
        if rows == 0 {
            return Err(told(SheetFault::NoRows));
        }
        table.rows = rows;
        Ok(table)
    }

    fn find_columns(&self) -> anyhow::Result<Vec<Sheet>> {
        let mut found = Vec::new();
        for place in (0..self.book.sheets().len()).filter(|place| !self.book.sheets()[*place].header.is_empty()) {
            let columns = self.book.columns(place, &COLUMNS).and_then(|columns| columns.check());
            let columns = columns.map_err(|fault| self.told_of(place, fault))?;
            let [Some(code), Some(kind), Some(parent)] = columns[..] else {
                unreachable!("a needed column that is missing is a fault");
            };
            found.push(Sheet { place, columns: [code, kind, parent], before: 0 });
        }
        Ok(found)
    }

    /// Hands every row to `each`, until it breaks off.
    pub fn each_row(&self, each: &mut dyn FnMut(Row<'_>) -> ControlFlow<()>) -> anyhow::Result<()> {
        self.read(each).with_context(|| self.path.display().to_string()).map(drop)
    }

    /// Where a row stands, for people: its number, with the sheet when it is not the first.
    pub fn place(&self, number: i64) -> String {
        let sheet = self.sheets.iter().skip(1).rev().find(|sheet| number > sheet.before);
        match sheet {
            Some(sheet) => format!("{}!{}", self.book.sheets()[sheet.place].name, number - sheet.before),
            None => number.to_string(),
        }
    }

    /// Reads sheet after sheet, and tells the number of the last row of each.
    fn read(&self, each: &mut dyn FnMut(Row<'_>) -> ControlFlow<()>) -> anyhow::Result<Vec<i64>> {
        let mut reader = self.book.reader().map_err(told)?;
        let mut ends = Vec::with_capacity(self.sheets.len());
        let mut before = 0;
        for sheet in &self.sheets {
            let [code, kind, parent] = sheet.columns;
            let walk = reader.each_row(sheet.place, &mut |row| {
                let row = Row {
                    number: before + row.number,
                    code: row.cell(code),
                    kind: row.cell(kind),
                    parent: row.cell(parent),
                };
                if row.is_blank() { ControlFlow::Continue(()) } else { each(row) }
            });
            let Walk { last_row, is_broken_off, .. } = walk.map_err(|fault| self.told_of(sheet.place, fault))?;
            before += last_row;
            ends.push(before);
            if is_broken_off {
                break;
            }
        }
        Ok(ends)
    }

    /// The fault with the name of the sheet, where there are sheets.
    fn told_of(&self, place: usize, fault: SheetFault) -> anyhow::Error {
        let name = &self.book.sheets()[place].name;
        let told = told(fault);
        if name.is_empty() { told } else { told.context(format!("sheet {name:?}")) }
    }
}

/// The fault as it is said after the file's name.
fn told(fault: SheetFault) -> anyhow::Error {
    let about = fault.about();
    match fault {
        SheetFault::Unreadable(source) => anyhow::Error::new(source).context(about),
        _ => anyhow!(about),
    }
}
