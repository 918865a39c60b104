//! The passes of an event as a file: the columns of E-Pass, in its order, then what it did not know.

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use base_core::audit::Entry;
use base_sheet::report::Report;
use base_sheet::{Cell, stamped_name};
use base_web::error::Problem;
use base_web::parameters::Parameters;
use base_web::report::download::{Form, Pages, stream, whole};
use base_web::session::Caller;
use base_web::view::Frame;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use passes_rules::permission::PASS_READ;
use passes_store::event::EventLine;
use passes_store::pass::PassFilter;
use passes_work::file::{self, FileError, Walk, Width, cells, table};
use serde_json::json;

use super::filter::PassesQuery;
use crate::events::work::{by, find};
use crate::shown::zone;
use crate::state::Passes;

/// Reads passes page by page.
struct Rows {
    app: Passes,
    walk: Walk,
    zone: TimeZone,
}

impl Pages for Rows {
    async fn next(&mut self) -> Result<Vec<Vec<Cell<'static>>>, Problem> {
        let lines = self.walk.next(&self.app.db).await?;
        Ok(lines.iter().map(|line| cells(line, &self.zone, Width::Whole)).collect())
    }
}

/// Notes in the trail who took the passes of an event away as a file, before the first row leaves.
async fn note(app: &Passes, caller: &Caller, event: &EventLine, form: &str) -> Result<(), Problem> {
    let origin = caller.origin(None);
    let mut tx = app.db.write().await?;
    let entry = Entry::new("passes_exported", "event", event.id.to_string()).with_after(&json!({ "format": form }));
    by(app, &origin).note(&mut tx, entry).await?;
    tx.commit().await?;
    Ok(())
}

/// The passes that a filter finds, as a file.
async fn filtered(
    app: &Passes,
    caller: &Caller,
    event: EventLine,
    filter: PassFilter,
    form: Form,
) -> Result<Response, Problem> {
    let walk = Walk::new(event.id, filter);
    let mut rows = Rows { app: app.clone(), walk, zone: zone(app, &event.details) };
    let mut table = table(event.details.name, Width::Whole);
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

/// What E-Pass answered at `/export-csv`: its columns and no others, its line ends, and no cancelled passes, which it did not
/// have.
pub async fn as_epass(app: &Passes, caller: &Caller, event: &EventLine) -> Result<Response, Problem> {
    note(app, caller, event, "csv").await?;
    let filter = PassFilter { cancelled: Some(false), ..PassFilter::default() };
    let made = file::whole(&app.db, Walk::new(event.id, filter), &zone(app, &event.details), Width::Epass).await;
    let made = made.map_err(|error| match error {
        FileError::Store(error) => Problem::from(error),
        FileError::Write(error) => Problem::ours(&error),
    })?;
    let now = Timestamp::from_microsecond(app.clock.now().0).unwrap_or(Timestamp::MAX);
    let name = stamped_name("epass_database", now, &app.settings.zone, "csv");
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    Ok((headers, made.content).into_response())
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
    let filter = query.filter()?;
    let form = Form::parse(query.format.as_deref().unwrap_or_default())?.unwrap_or(Form::Csv);
    note(&app, &caller, &event, query.format.as_deref().unwrap_or("csv")).await?;
    filtered(&app, &caller, event, filter, form).await
}
