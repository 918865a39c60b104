//! `/admin/audit/{seq}`: one entry with every field before and after.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use base_core::permission::AUDIT_READ;
use base_core::time::Moment;
use base_records::audit::prove;
use base_web::error::Problem;
use base_web::session::Caller;
use base_web::view::{Frame, path_part, render};

use super::facts::{self, Change};
use super::work;
use crate::accounts::pages::shown;
use crate::state::People;

#[derive(Template)]
#[template(path = "trail/show.html")]
struct ShowPage {
    frame: Frame,
    seq: i64,
    at: String,
    person: String,
    person_trail: Option<String>,
    action: String,
    thing: String,
    history: Option<String>,
    realm: String,
    address: String,
    agent: String,
    request: String,
    station: String,
    changes: Vec<Change>,
    has_proof: bool,
    may_prove: bool,
}

/// `GET /admin/audit/{seq}`
pub async fn show(State(app): State<People>, caller: Caller, Path(seq): Path<String>) -> Result<Response, Problem> {
    let line = work::find(&app, &caller, &seq).await?;
    let frame = Frame::of(&caller, "audit");
    let mask = work::mask(&app);
    let name = line.person.as_deref().map(|name| format!("/admin/audit?person={}", path_part(name)));
    Ok(render(&ShowPage {
        seq: line.seq,
        at: shown(Moment(line.at), &app),
        person: facts::person(&frame, &line),
        person_trail: name,
        action: frame.words_for("action", &line.action),
        thing: facts::thing(&frame, mask, &line),
        history: facts::history(&line),
        realm: frame.words_for("realm", &line.realm),
        address: mask.address(&line.address),
        changes: facts::changes(&frame, mask, &line),
        has_proof: prove::entry(&app.db, line.seq).await?.is_ok(),
        may_prove: caller.person.may(AUDIT_READ),
        agent: line.agent,
        request: line.request_id,
        station: line.station.unwrap_or_default(),
        frame,
    }))
}
