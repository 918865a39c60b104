//! The passes of an event as a table: the columns of E-Pass, in its order, then what it did not know.

use base_core::time::Moment;
use base_db::{Db, StoreError};
use base_sheet::report::Table;
use base_sheet::write::{CsvOptions, CsvWriter, Heading};
use base_sheet::{Cell, Column, Kind};
use jiff::tz::TimeZone;
use passes_rules::event::{EventDetails, EventId};
use passes_store::pass::{self, Page, PassCursor, PassFilter, PassLine};

/// As E-Pass wrote times.
pub const TIME: &str = "%Y-%m-%d %H:%M:%S";
/// Rows that are read at once.
pub const ROWS_AT_ONCE: u32 = 500;

/// The columns: their names are those of E-Pass, in every language, because programs read them.
const COLUMNS: [(&str, Kind, u8); 18] = [
    ("Pass ID", Kind::Text, 38),
    ("Name 1", Kind::Text, 24),
    ("Phone 1", Kind::Text, 12),
    ("Name 2", Kind::Text, 24),
    ("Phone 2", Kind::Text, 12),
    ("Pass Type", Kind::Text, 10),
    ("Amount", Kind::Int, 8),
    ("Payment Mode", Kind::Text, 10),
    ("Transaction Info", Kind::Text, 24),
    ("Timing", Kind::Text, 24),
    ("Created At", Kind::Text, 20),
    ("Scanned At", Kind::Text, 20),
    ("Scanned By", Kind::Text, 16),
    ("Gate", Kind::Text, 12),
    ("Cancelled At", Kind::Text, 20),
    ("Cancel Reason", Kind::Text, 24),
    ("Refunded", Kind::Int, 8),
    ("Created By", Kind::Text, 16),
];
/// Of these E-Pass had the first ones.
const COLUMNS_OF_EPASS: usize = 13;

/// Which columns a file has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    /// Those of E-Pass, and no others.
    Epass,
    /// All.
    Whole,
}

impl Width {
    fn columns(self) -> usize {
        match self {
            Self::Epass => COLUMNS_OF_EPASS,
            Self::Whole => COLUMNS.len(),
        }
    }
}

/// The clocks of the place of an event: its own, or those of the site.
pub fn zone_of(details: &EventDetails, site: &TimeZone) -> TimeZone {
    zone_named(&details.zone, site)
}

/// The clocks of this name; those of the site where it is empty.
pub fn zone_named(name: &str, site: &TimeZone) -> TimeZone {
    if name.is_empty() {
        return site.clone();
    }
    TimeZone::get(name).unwrap_or_else(|_| site.clone())
}

/// The table without its rows.
pub fn table(title: String, width: Width) -> Table {
    let columns = COLUMNS.iter().take(width.columns());
    let columns = columns.map(|(title, kind, width)| Column::new(*title, *kind, *width)).collect();
    Table { name: "passes".into(), title, columns, ..Table::default() }
}

/// A row of the table.
pub fn cells(line: &PassLine, zone: &TimeZone, width: Width) -> Vec<Cell<'static>> {
    let time = |at: Option<Moment>| Cell::maybe(at.map(|at| at.display(zone, TIME)));
    let mut cells = vec![
        Cell::text(line.id.clone()),
        Cell::text(line.name1.clone()),
        Cell::text(line.phone1.clone()),
        Cell::maybe(line.name2.clone()),
        Cell::maybe(line.phone2.clone()),
        Cell::text(line.kind.name()),
        Cell::Int(line.amount),
        Cell::text(line.mode.name()),
        Cell::maybe(line.txn_info.clone()),
        Cell::text(line.timing.clone()),
        time(Some(line.created_at)),
        time(line.entered_at),
        Cell::maybe(line.scanned_by.clone()),
        Cell::maybe(line.entered_gate.clone()),
        time(line.cancelled_at),
        Cell::maybe(line.cancel_reason.clone()),
        Cell::Int(line.refunded),
        Cell::maybe(line.created_by.clone()),
    ];
    cells.truncate(width.columns());
    cells
}

/// Reads the passes of an event page by page.
#[derive(Clone, Debug)]
pub struct Walk {
    event: EventId,
    filter: PassFilter,
    after: Option<PassCursor>,
    is_done: bool,
}

impl Walk {
    /// Begins with the newest pass.
    pub fn new(event: EventId, filter: PassFilter) -> Self {
        Self { event, filter, after: None, is_done: false }
    }

    /// The next passes; none at the end.
    pub async fn next(&mut self, db: &Db) -> Result<Vec<PassLine>, StoreError> {
        if self.is_done {
            return Ok(Vec::new());
        }
        let mut reader = db.read().await?;
        let page = Page { after: self.after.as_ref(), skipped: 0, limit: ROWS_AT_ONCE };
        let mut lines = pass::list(reader.conn(), self.event, &self.filter, page).await?;
        drop(reader);
        self.is_done = lines.len() <= ROWS_AT_ONCE as usize;
        lines.truncate(ROWS_AT_ONCE as usize);
        let cursor = |line: &PassLine| PassCursor { created_at: line.created_at, id: line.id.clone() };
        self.after = lines.last().map(cursor).or(self.after.take());
        Ok(lines)
    }
}

/// A whole file, as E-Pass wrote it: each row ends with carriage return and line feed.
#[derive(Clone, Debug)]
pub struct WholeFile {
    /// Its content.
    pub content: Vec<u8>,
    /// How many passes it has.
    pub passes: i64,
}

/// Why a file could not be made.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The passes could not be read.
    #[error("the passes could not be read")]
    Store(#[from] StoreError),
    /// The file could not be written.
    #[error("the file could not be written")]
    Write(#[from] base_sheet::WriteFault),
}

/// The passes of an event as a file.
pub async fn whole(db: &Db, mut walk: Walk, zone: &TimeZone, width: Width) -> Result<WholeFile, FileError> {
    let table = table(String::new(), width);
    let heading = Heading { title: "", columns: &table.columns, no_data: "" };
    let mut out = WholeLines(Vec::new());
    let mut passes = 0;
    let mut writer = CsvWriter::begin(&mut out, &heading, CsvOptions { has_bom: true })?;
    loop {
        let lines = walk.next(db).await?;
        if lines.is_empty() {
            break;
        }
        for line in &lines {
            writer.row(&cells(line, zone, width))?;
            passes += 1;
        }
    }
    writer.finish()?;
    Ok(WholeFile { content: out.0, passes })
}

/// Ends each line as E-Pass did.
struct WholeLines(Vec<u8>);

impl std::io::Write for WholeLines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        for byte in bytes {
            if *byte == b'\n' && self.0.last() != Some(&b'\r') {
                self.0.push(b'\r');
            }
            self.0.push(*byte);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
