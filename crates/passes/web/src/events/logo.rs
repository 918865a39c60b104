//! The logo of an event: PNG or JPEG, small, and looked at before it is kept.

use axum::extract::{Path, Request, State};
use axum::response::Response;
use base_sheet::Logo;
use base_web::error::Problem;
use base_web::form::{Form, NoFields};
use base_web::upload;
use passes_rules::permission::EVENT_MANAGE;
use passes_store::logo;

use super::pages::back_to;
use super::work::{by, find};
use crate::state::Passes;

/// `POST /events/{event}/logo`
pub async fn put(State(app): State<Passes>, Path(id): Path<String>, request: Request) -> Result<Response, Problem> {
    let (caller, upload) = upload::read(request, app.app()).await.map_err(|(_, problem)| problem)?;
    caller.must(EVENT_MANAGE)?;
    let event = find(&app, &caller, &id).await?;
    let Some(file) = upload.files.into_iter().next().filter(|file| !file.content.is_empty()) else {
        return Ok(back_to(event.id, "no-logo"));
    };
    let content = file.content;
    let _turn = app.file_writers.acquire().await.map_err(|_| Problem::busy("The server is closing."))?;
    // Reading unpacks it once: not on a thread that answers others.
    let looked = tokio::task::spawn_blocking(move || Logo::read(content.clone()).map(|_| content)).await;
    let Ok(Ok(content)) = looked else { return Ok(back_to(event.id, "wrong-logo")) };
    let media_type = if content.starts_with(b"\x89PNG") { "image/png" } else { "image/jpeg" };
    let kept = logo::Logo { media_type: media_type.to_owned(), content };
    logo::put(&app.db, event.id, &kept, by(&app, &caller.origin(None))).await?;
    Ok(back_to(event.id, "saved"))
}

/// `POST /events/{event}/logo/remove`
pub async fn remove(
    State(app): State<Passes>,
    Path(id): Path<String>,
    form: Form<NoFields>,
) -> Result<Response, Problem> {
    let caller = form.caller;
    caller.must(EVENT_MANAGE)?;
    let event = find(&app, &caller, &id).await?;
    logo::remove(&app.db, event.id, by(&app, &caller.origin(None))).await?;
    Ok(back_to(event.id, "saved"))
}
