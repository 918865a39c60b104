//! Calls of the page's script. They are not described: they may change with the page.
//!
//! Invariant: each reads the account's scope anew, and what a browser sends can only choose among what it covers.

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post, put};
use axum::{Json, Router};
use base_records::preference;
use base_web::body::JsonBody;
use base_web::error::Problem;
use base_web::session::Caller;
use portal_rules::view::View;
use portal_rules::watch::{Mailing, WatchKind, Watching};
use portal_store::{By, view, watch};
use serde::Deserialize;
use serde_json::{Value, json};

use super::export;
use super::work::{CHOICES, Choices, must_be_sound, scope_of, told};
use crate::state::Portal;

/// Most characters of a view's name.
const NAME_CHARS_MAX: usize = 60;

/// The addresses.
pub fn router() -> Router<Portal> {
    Router::new()
        .route("/inventory/api/rows", get(rows))
        .route("/inventory/api/choices", put(choose))
        .route("/inventory/api/export-xlsx", post(export::xlsx))
        .route("/inventory/api/export-csv", post(export::csv))
        .route("/inventory/api/views", get(views).post(save))
        .route("/inventory/api/views/{id}", put(mailing).delete(remove))
        .route("/inventory/api/watches", get(watches).post(watch_stock))
        .route("/inventory/api/watches/{id}", delete(stop_watching))
}

/// `GET /inventory/api/rows`
pub async fn rows(State(portal): State<Portal>, caller: Caller) -> Result<Response, Problem> {
    let scope = scope_of(&portal, caller.person.id).await?;
    Ok(([(header::CONTENT_TYPE, "application/json")], told(&portal, &scope).await).into_response())
}

/// `PUT /inventory/api/choices`
async fn choose(
    State(portal): State<Portal>,
    caller: Caller,
    JsonBody(choices): JsonBody<Choices>,
) -> Result<StatusCode, Problem> {
    must_be_sound(&choices.view)?;
    let text = serde_json::to_string(&choices).map_err(|error| Problem::ours(&error))?;
    let mut tx = portal.db.write().await?;
    preference::put(tx.conn(), caller.person.id, CHOICES, &text, portal.clock.now()).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

fn told_of(view: &view::Saved) -> Value {
    let shown: Value = serde_json::from_str(&view.view).unwrap_or_default();
    json!({ "id": view.id, "name": view.name, "view": shown, "mailing": view.mailing.name() })
}

/// `GET /inventory/api/views`
async fn views(State(portal): State<Portal>, caller: Caller) -> Result<Json<Value>, Problem> {
    let mut reader = portal.db.read().await?;
    let saved = view::list(reader.conn(), caller.person.id).await?;
    let can_mail = portal.settings.outbox.is_open();
    Ok(Json(json!({ "views": saved.iter().map(told_of).collect::<Vec<_>>(), "can_mail": can_mail })))
}

#[derive(Deserialize)]
struct NewView {
    name: String,
    view: View,
}

/// `POST /inventory/api/views`: a view under its name, in place of one that had it.
async fn save(
    State(portal): State<Portal>,
    caller: Caller,
    JsonBody(new): JsonBody<NewView>,
) -> Result<Json<Value>, Problem> {
    must_be_sound(&new.view)?;
    let name = new.name.trim();
    if name.is_empty() || name.chars().count() > NAME_CHARS_MAX {
        return Err(Problem::field("name", "Give it a name of at most 60 characters."));
    }
    let text = serde_json::to_string(&new.view).map_err(|error| Problem::ours(&error))?;
    let mut tx = portal.db.write().await?;
    let saved = view::save(tx.conn(), caller.person.id, (name, &text), portal.clock.now()).await?;
    let Some(saved) = saved else {
        return Err(Problem::field("name", "There are already 50 views. Remove one first."));
    };
    tx.commit().await?;
    Ok(Json(told_of(&saved)))
}

#[derive(Deserialize)]
struct NewMailing {
    mailing: Mailing,
}

/// `PUT /inventory/api/views/{id}`: whether it is sent by mail.
async fn mailing(
    State(portal): State<Portal>,
    caller: Caller,
    Path(id): Path<String>,
    JsonBody(new): JsonBody<NewMailing>,
) -> Result<Json<Value>, Problem> {
    let (id, now, origin) = (id_of(&id)?, portal.clock.now(), caller.origin(None));
    let next = new.mailing.next_at(now, &portal.settings.zone);
    let mut tx = portal.db.write().await?;
    let by = By { at: now, origin: &origin };
    let changed = view::set_mailing(tx.conn(), (caller.person.id, id), (new.mailing, next), by).await?;
    tx.commit().await?;
    changed.as_ref().map(|view| Json(told_of(view))).ok_or_else(|| Problem::not_found("This view"))
}

/// `DELETE /inventory/api/views/{id}`
async fn remove(State(portal): State<Portal>, caller: Caller, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    let id = id_of(&id)?;
    let mut tx = portal.db.write().await?;
    let is_gone = view::remove(tx.conn(), caller.person.id, id).await?;
    tx.commit().await?;
    if is_gone { Ok(StatusCode::NO_CONTENT) } else { Err(Problem::not_found("This view")) }
}

fn id_of(text: &str) -> Result<i64, Problem> {
    text.parse().map_err(|_| Problem::not_found("This"))
}

/// `GET /inventory/api/watches`
async fn watches(State(portal): State<Portal>, caller: Caller) -> Result<Json<Value>, Problem> {
    let mut reader = portal.db.read().await?;
    let watches = watch::list(reader.conn(), caller.person.id).await?;
    let told: Vec<Value> = watches.iter().map(|watch| json!({ "id": watch.id, "watching": watch.watching })).collect();
    Ok(Json(json!({ "watches": told })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewWatch {
    kind: WatchKind,
    #[serde(default)]
    part: String,
    limit: String,
}

/// `POST /inventory/api/watches`: asks to be told; one of the same kind and part is replaced.
async fn watch_stock(
    State(portal): State<Portal>,
    caller: Caller,
    JsonBody(new): JsonBody<NewWatch>,
) -> Result<StatusCode, Problem> {
    let watching = Watching::read(new.kind, &new.part, &new.limit);
    let watching = watching.map_err(|fault| Problem::field(fault.field(), fault.to_string()))?;
    let (now, origin) = (portal.clock.now(), caller.origin(None));
    let mut tx = portal.db.write().await?;
    let is_kept = watch::put(tx.conn(), caller.person.id, &watching, By { at: now, origin: &origin }).await?;
    if !is_kept {
        return Err(Problem::field("watching", "There are already 50 of these. Remove one first."));
    }
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `DELETE /inventory/api/watches/{id}`
async fn stop_watching(
    State(portal): State<Portal>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let id = id_of(&id)?;
    let mut tx = portal.db.write().await?;
    let is_gone = watch::remove(tx.conn(), caller.person.id, id).await?;
    tx.commit().await?;
    if is_gone { Ok(StatusCode::NO_CONTENT) } else { Err(Problem::not_found("This")) }
}
