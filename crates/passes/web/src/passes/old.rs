//! The addresses of E-Pass. They name no event: they are about the newest one that the person sees.

use axum::extract::{Path, State};
use axum::http::Uri;
use axum::response::Response;
use base_web::error::Problem;
use base_web::form::Form as Sent;
use base_web::pages::{moved, moved_with};
use base_web::session::Caller;
use base_web::view::path_part;
use passes_rules::permission::{PASS_CREATE, PASS_READ};

use super::file::as_epass;
use super::form::{PassFields, sell};
use crate::events::work::{find, newest};
use crate::state::Passes;

/// `GET /generate`
pub async fn generate(State(app): State<Passes>, caller: Caller) -> Result<Response, Problem> {
    caller.must(PASS_CREATE)?;
    Ok(moved(&format!("/events/{}/passes/new", newest(&app, &caller).await?)))
}

/// `POST /generate`
pub async fn create(State(app): State<Passes>, form: Sent<PassFields>) -> Result<Response, Problem> {
    let Sent { caller, fields } = form;
    caller.must(PASS_CREATE)?;
    let id = newest(&app, &caller).await?;
    let event = find(&app, &caller, &id.to_string()).await?;
    sell(&app, &caller, event, fields).await
}

/// `GET /preview/{pass}` and `GET /regenerate/{pass}`
pub async fn preview(Path(pass): Path<String>) -> Response {
    moved(&format!("/passes/{}", path_part(&pass)))
}

/// `GET /database`
pub async fn database(State(app): State<Passes>, caller: Caller, uri: Uri) -> Result<Response, Problem> {
    caller.must(PASS_READ)?;
    Ok(moved_with(&format!("/events/{}/passes", newest(&app, &caller).await?), &uri))
}

/// `GET /export-csv`: all passes, in the columns of E-Pass and no others.
pub async fn export(State(app): State<Passes>, caller: Caller) -> Result<Response, Problem> {
    caller.must(PASS_READ)?;
    let id = newest(&app, &caller).await?;
    let event = find(&app, &caller, &id.to_string()).await?;
    as_epass(&app, &caller, &event).await
}
