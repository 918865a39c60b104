//! The files themselves: CSV goes out while it is made, workbooks when they are whole.
//!
//! Invariants: each is in the audit trail, from its beginning and with the number of its rows at its end; a client that
//! goes away, or whose session ends, ends the work.

use std::fs::File;
use std::io::{Read, Seek};
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use base_core::audit::Origin;
use base_files::export::{Choice, CsvMaker, ExportError, Format, PART_BYTES, Rows, workbook};
use base_records::export_file as files;
use futures_util::stream;
use tokio::sync::OwnedSemaphorePermit;

use super::{Filter, choose, find, is_at_once, must_see_all, note, setting, shared_origin};
use crate::app::App;
use crate::error::{Problem, cut_off};
use crate::followed::while_there;
use crate::parameters::Parameters;
use crate::session::Caller;
use crate::view::path_part;

/// Where a file is found.
pub(crate) fn address(choice: &Choice, format: Format) -> String {
    let filter = match choice.filter() {
        serde_json::Value::Object(filter) => filter,
        _ => serde_json::Map::new(),
    };
    let text = |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let query: Vec<String> = filter.iter().map(|(name, value)| format!("{name}={}", path_part(&text(value)))).collect();
    let query = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
    format!("/export/{}/{}{query}", choice.name(), format.extension())
}

/// `GET /export/{what}/{format}`
pub async fn show(
    State(app): State<App>,
    caller: Caller,
    Path((what, format)): Path<(String, String)>,
    Parameters(query): Parameters<Filter>,
) -> Result<Response, Problem> {
    must_see_all(&caller)?;
    let choice = choose(&app, &what, &query)?;
    let format = Format::parse(&format).ok_or_else(|| Problem::not_found("This format"))?;
    if !is_at_once(&app, &choice, format).await? {
        // A GET changes nothing: the page has the button that has it made.
        return Ok(Redirect::to("/exports").into_response());
    }
    let permit = app.exports_under_way.clone().try_acquire_owned();
    let permit = permit.map_err(|_| Problem::busy("Two exports are already running. Try again when one is done."))?;
    match format {
        Format::Csv => csv(app, caller, choice, permit).await,
        Format::Xlsx => whole_workbook(&app, &caller, choice).await,
    }
}

fn attachment(name: &str, format: Format, body: Body) -> Response {
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(format.media_type()));
    // Names are made of letters, digits, `_`, `-` and `.`.
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

/// A CSV file under way to somebody.
struct Sending {
    maker: CsvMaker,
    app: App,
    caller: Caller,
    origin: Arc<Origin>,
    choice: Choice,
    has_ended: bool,
    _permit: OwnedSemaphorePermit,
}

impl Sending {
    async fn next(&mut self) -> Result<Option<Bytes>, std::io::Error> {
        if self.has_ended {
            return Ok(None);
        }
        let piece =
            if self.caller.still_there(&self.app).await { self.maker.next().await } else { Err(ExportError::CutOff) };
        let state = match &piece {
            Ok(Some(_)) => None,
            Ok(None) => Some("sent"),
            Err(error) => {
                tracing::warn!(error = error as &dyn std::error::Error, "an export broke off");
                Some("failed")
            }
        };
        if let Some(state) = state {
            self.has_ended = true;
            self.tell(state).await;
        }
        piece.map(|piece| piece.map(Bytes::from)).map_err(std::io::Error::other)
    }

    async fn tell(&self, state: &str) {
        let what = (&self.choice, Format::Csv);
        if let Err(problem) = note(&self.app, &self.origin, what, (state, Some(self.maker.rows_done()))).await {
            tracing::error!(problem = problem.detail(), "the end of an export is not in the audit trail");
        }
    }
}

impl Drop for Sending {
    /// Dropped before its end: the client has gone.
    fn drop(&mut self) {
        if self.has_ended {
            return;
        }
        let (app, origin, choice) = (self.app.clone(), self.origin.clone(), self.choice.clone());
        let rows = self.maker.rows_done();
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                if let Err(problem) = note(&app, &origin, (&choice, Format::Csv), ("broken_off", Some(rows))).await {
                    tracing::error!(problem = problem.detail(), "the end of an export is not in the audit trail");
                }
            });
        }
    }
}

async fn csv(app: App, caller: Caller, choice: Choice, permit: OwnedSemaphorePermit) -> Result<Response, Problem> {
    let setting = setting(&app);
    let name = choice.file_name(&setting, Format::Csv);
    let origin = shared_origin(&caller);
    note(&app, &origin, (&choice, Format::Csv), ("started", None)).await?;
    let maker = CsvMaker::begin(Rows::new(&app.db, choice.clone(), setting))?;
    let sending = Sending { maker, app, caller, origin, choice, has_ended: false, _permit: permit };
    let pieces = stream::unfold(sending, |mut sending| async move {
        match sending.next().await {
            Ok(Some(piece)) => Some((Ok(piece), sending)),
            Ok(None) => None,
            Err(error) => Some((Err(error), sending)),
        }
    });
    Ok(attachment(&name, Format::Csv, Body::from_stream(pieces)))
}

async fn whole_workbook(app: &App, caller: &Caller, choice: Choice) -> Result<Response, Problem> {
    let setting = setting(app);
    let name = choice.file_name(&setting, Format::Xlsx);
    let rows = Rows::new(&app.db, choice.clone(), setting);
    let (file, rows) = workbook(rows, |_| async { Ok(true) }).await?;
    let bytes = tokio::task::spawn_blocking(move || whole(file)).await.map_err(|_| ExportError::CutOff)?;
    let bytes = bytes.map_err(ExportError::from)?;
    note(app, &caller.origin(None), (&choice, Format::Xlsx), ("sent", Some(rows))).await?;
    Ok(attachment(&name, Format::Xlsx, Body::from(bytes)))
}

/// The bytes of a small file.
fn whole(mut file: File) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(PART_BYTES);
    file.rewind()?;
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// `GET /exports/{id}/file`: a file that is ready, part by part.
pub async fn ready(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Response, Problem> {
    must_see_all(&caller)?;
    let file = find(&app, &id).await?;
    if file.state != "ready" {
        return Err(Problem::not_found("This file in a finished state"));
    }
    let choice = app.exports.stored(&file.what, &file.filter).ok_or_else(|| Problem::not_found("This export"))?;
    let rows = u64::try_from(file.rows_done).ok();
    note(&app, &caller.origin(None), (&choice, Format::Xlsx), ("downloaded", rows)).await?;
    let (db, request_id) = (app.db.clone(), caller.facts.id.clone());
    let parts = stream::unfold((db, id, 0_i64), move |(db, id, place)| {
        let request_id = request_id.clone();
        async move {
            match files::part(&db, &id, place).await {
                Ok(part) => part.map(|part| (Ok(Bytes::from(part)), (db, id, place + 1))),
                Err(error) => Some((Err(cut_off(error, &request_id)), (db, id, i64::MAX))),
            }
        }
    });
    let mut response = attachment(&file.file_name, Format::Xlsx, Body::from_stream(while_there(&app, &caller, parts)));
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(file.bytes));
    Ok(response)
}
