//! The passes of an event as a file: the columns of E-Pass, in its order, then what it did not know.

use axum::extract::{Path, State};
use axum::response::Response;
use base_sheet::report::{Report, Table};
use base_sheet::{Cell, Column, Kind};
use base_web::error::Problem;
use base_web::parameters::Parameters;
use base_web::report::download::{Form, Pages, stream, whole};
use base_web::session::Caller;
use base_web::view::Frame;
use passes_rules::event::EventId;
use passes_rules::permission::PASS_READ;
use passes_store::pass::{self, PassCursor, PassFilter, PassLine};

use super::filter::{PassesQuery, after};
use crate::events::work::find;
use crate::shown::shown_as_before;
use crate::state::Passes;

/// Rows that are read at once.
const ROWS_AT_ONCE: u32 = 500;

/// The columns: their names are those of E-Pass, in every language, because programs read them.
const COLUMNS: [(&str, Kind, u8); 17] = [
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

fn cells(line: &PassLine, app: &Passes, width: Width) -> Vec<Cell<'static>> {
    let time = |at: Option<base_core::time::Moment>| Cell::maybe(at.map(|at| shown_as_before(at, app)));
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
    ];
    cells.truncate(width.columns());
    cells
}

fn table(title: String, width: Width) -> Table {
    let columns = COLUMNS.iter().take(width.columns());
    let columns = columns.map(|(title, kind, width)| Column::new(*title, *kind, *width)).collect();
    Table { name: "passes".into(), title, columns, ..Table::default() }
}

/// Reads passes page by page.
struct Rows {
    app: Passes,
    event: EventId,
    filter: PassFilter,
    width: Width,
    after: Option<PassCursor>,
    is_done: bool,
}

impl Pages for Rows {
    async fn next(&mut self) -> Result<Vec<Vec<Cell<'static>>>, Problem> {
        if self.is_done {
            return Ok(Vec::new());
        }
        let mut reader = self.app.db.read().await?;
        let mut lines = pass::list(reader.conn(), self.event, &self.filter, self.after.as_ref(), ROWS_AT_ONCE).await?;
        drop(reader);
        self.is_done = lines.len() <= ROWS_AT_ONCE as usize;
        lines.truncate(ROWS_AT_ONCE as usize);
        self.after = lines.last().map(after).or(self.after.take());
        Ok(lines.iter().map(|line| cells(line, &self.app, self.width)).collect())
    }
}

/// The passes that a filter finds, as a file.
pub async fn file(
    app: &Passes,
    caller: &Caller,
    event: (EventId, String),
    filter: PassFilter,
    (form, width): (Form, Width),
) -> Result<Response, Problem> {
    let (event, title) = event;
    let mut rows = Rows { app: app.clone(), event, filter, width, after: None, is_done: false };
    let mut table = table(title, width);
    if form == Form::Csv {
        return Ok(stream(app, caller, "epass_database", table, rows));
    }
    loop {
        let page = rows.next().await?;
        if page.is_empty() {
            break;
        }
        table.rows.extend(page);
    }
    let locale = Frame::of(caller, "events").locale;
    let report = Report { title: table.title.clone(), tables: vec![table], ..Report::default() };
    whole(app, form, "passes", locale, report).await
}

/// `GET /events/{event}/passes/file`
pub async fn download(
    State(app): State<Passes>,
    caller: Caller,
    Path(id): Path<String>,
    Parameters(query): Parameters<PassesQuery>,
) -> Result<Response, Problem> {
    caller.must(PASS_READ)?;
    let event = find(&app, &caller, &id).await?;
    let form = Form::parse(query.format.as_deref().unwrap_or_default())?.unwrap_or(Form::Csv);
    file(&app, &caller, (event.id, event.details.name), query.filter()?, (form, Width::Whole)).await
}
