//! The files of an event's passes that were kept, one for each day on which they changed.

use std::io::Read;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use base_core::audit::Entry;
use base_core::time::Moment;
use base_web::error::Problem;
use base_web::session::Caller;
use base_web::view::{Frame, grouped, render};
use flate2::read::GzDecoder;
use passes_rules::permission::PASS_READ;
use passes_store::archive::{self, ArchiveLine};
use passes_store::event::EventLine;
use serde_json::json;

use super::work::{by, find};
use crate::shown::{shown_in, zone};
use crate::state::Passes;

struct Kept {
    line: ArchiveLine,
    made_at: String,
    passes: String,
}

#[derive(Template)]
#[template(path = "events/archive.html")]
struct ArchivePage {
    frame: Frame,
    event: EventLine,
    kept: Vec<Kept>,
}

/// `GET /events/{event}/archive`
pub async fn list(State(app): State<Passes>, caller: Caller, Path(id): Path<String>) -> Result<Response, Problem> {
    caller.must(PASS_READ)?;
    let event = find(&app, &caller, &id).await?;
    let zone = zone(&app, &event.details);
    let lines = archive::list(app.db.read().await?.conn(), event.id).await?;
    let kept =
        |line: ArchiveLine| Kept { made_at: shown_in(Moment(line.made_at), &zone), passes: grouped(line.passes), line };
    let kept = lines.into_iter().map(kept).collect();
    Ok(render(&ArchivePage { frame: Frame::of(&caller, "events"), event, kept }))
}

/// `GET /events/{event}/archive/{day}`
pub async fn download(
    State(app): State<Passes>,
    caller: Caller,
    Path((id, day)): Path<(String, String)>,
) -> Result<Response, Problem> {
    caller.must(PASS_READ)?;
    let event = find(&app, &caller, &id).await?;
    let packed = archive::content(app.db.read().await?.conn(), event.id, &day).await?;
    let packed = packed.ok_or_else(|| Problem::not_found("This file"))?;
    let origin = caller.origin(None);
    let mut tx = app.db.write().await?;
    let entry = Entry::new("passes_exported", "event", event.id.to_string()).with_after(&json!({ "archive": day }));
    by(&app, &origin).note(&mut tx, entry).await?;
    tx.commit().await?;
    let unpacked = tokio::task::spawn_blocking(move || {
        let mut content = Vec::new();
        GzDecoder::new(packed.as_slice()).read_to_end(&mut content).map(|_| content)
    });
    let content = unpacked.await.map_err(|error| Problem::ours(&error))?.map_err(|error| Problem::ours(&error))?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"passes_{}_{day}.csv\"", event.id)),
    ];
    Ok((headers, content).into_response())
}
