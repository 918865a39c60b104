//! The page of the keys: a new one, and an end of an old one.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use base_core::time::Moment;
use base_web::error::Problem;
use base_web::form::{Form, NoFields};
use base_web::parameters::Parameters;
use base_web::session::Caller;
use base_web::view::{Frame, Said, render};
use passes_rules::pass::REASON_LENGTH_MAX;
use passes_rules::payload::compact::CompactKey;
use passes_rules::permission::EVENT_MANAGE;
use passes_store::key::{self, Revoked};
use serde::Deserialize;

use crate::events::work::by;
use crate::shown::shown;
use crate::state::Passes;

struct ShownKey {
    id: u16,
    public: String,
    signs: bool,
    made: String,
    by: String,
    revoked: String,
    reason: String,
}

#[derive(Template)]
#[template(path = "keys.html")]
struct KeysPage {
    frame: Frame,
    keys: Vec<ShownKey>,
    /// How many secrets of E-Pass codes are taken.
    secrets: usize,
    said: Option<Said>,
}

/// What was done a moment ago.
#[derive(Deserialize)]
pub struct KeysQuery {
    #[serde(default)]
    said: String,
}

/// `GET /pass-keys`
pub async fn list(
    State(app): State<Passes>,
    caller: Caller,
    Parameters(query): Parameters<KeysQuery>,
) -> Result<Response, Problem> {
    caller.must(EVENT_MANAGE)?;
    let lines = key::list(app.db.read().await?.conn()).await?;
    renew(&app).await?;
    let frame = Frame::of(&caller, "events");
    let signs = app.keys.compact.first().map(|key| key.id());
    let shown_key = |key: &CompactKey| {
        let line = lines.iter().find(|line| line.id == i64::from(key.id()));
        let time = |at: Option<i64>| at.map(|at| shown(Moment(at), &app)).unwrap_or_default();
        ShownKey {
            id: key.id(),
            public: key.public(),
            signs: signs == Some(key.id()),
            made: time(line.map(|line| line.created_at)),
            by: line.and_then(|line| line.created_by.clone()).unwrap_or_default(),
            revoked: time(line.and_then(|line| line.revoked_at)),
            reason: line.and_then(|line| line.reason.clone()).unwrap_or_default(),
        }
    };
    let said = match query.said.as_str() {
        word @ ("made" | "revoked") => Some(Said::yes(frame.t(&format!("key-done-{word}")))),
        word @ ("gone" | "last" | "reason" | "many") => Some(Said::no(frame.t(&format!("key-not-{word}")))),
        _ => None,
    };
    let keys = app.keys.compact.all().iter().map(shown_key).collect();
    Ok(render(&KeysPage { keys, secrets: app.keys.epass.len(), said, frame }))
}

/// Takes what the database says at once, instead of within a few seconds.
async fn renew(app: &Passes) -> Result<(), Problem> {
    app.keys.compact.renew(&key::states(&app.db).await?);
    Ok(())
}

fn back(said: &str) -> Response {
    Redirect::to(&format!("/pass-keys?said={said}")).into_response()
}

/// `POST /pass-keys/new`
pub async fn create(State(app): State<Passes>, form: Form<NoFields>) -> Result<Response, Problem> {
    let caller = form.caller;
    caller.must(EVENT_MANAGE)?;
    let made = key::add(&app.db, by(&app, &caller.origin(None))).await?;
    renew(&app).await?;
    Ok(back(if made.is_some() { "made" } else { "many" }))
}

/// Why a key ends.
#[derive(Deserialize)]
pub struct RevokeFields {
    #[serde(default)]
    reason: String,
}

/// `POST /pass-keys/{key}/revoke`
pub async fn revoke(
    State(app): State<Passes>,
    Path(id): Path<String>,
    form: Form<RevokeFields>,
) -> Result<Response, Problem> {
    let Form { caller, fields } = form;
    caller.must(EVENT_MANAGE)?;
    let id: i64 = id.parse().map_err(|_| Problem::not_found("This key"))?;
    let reason = fields.reason.trim();
    if reason.is_empty() || reason.chars().count() > REASON_LENGTH_MAX {
        return Ok(back("reason"));
    }
    let done = key::revoke(&app.db, id, reason, by(&app, &caller.origin(None))).await?;
    renew(&app).await?;
    Ok(back(match done {
        Revoked::Done => "revoked",
        Revoked::Gone => "gone",
        Revoked::Last => "last",
    }))
}
