//! `/admin/audit/proof`: the public key, the newest checkpoint, what is not yet under one; and the files of proofs.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use base_core::permission::AUDIT_READ;
use base_core::time::Moment;
use base_records::audit::prove::{self, Unproved};
use base_records::site_key;
use base_web::error::Problem;
use base_web::session::Caller;
use base_web::view::{Frame, render};

use super::work;
use crate::accounts::pages::shown;
use crate::state::People;

#[derive(Template)]
#[template(path = "trail/proof.html")]
struct ProofPage {
    frame: Frame,
    public: String,
    size: Option<i64>,
    signed_at: String,
    note: String,
    waiting: String,
    waiting_since: String,
}

/// `GET /admin/audit/proof`
pub async fn page(State(app): State<People>, caller: Caller) -> Result<Response, Problem> {
    caller.must(AUDIT_READ)?;
    let newest = prove::newest(&app.db).await?;
    let (waiting, since) = prove::waiting(&app.db).await?;
    let frame = Frame::of(&caller, "audit");
    let is_many = waiting > prove::WAITING_MAX;
    let waiting = if is_many { frame.t("trail-waiting-many") } else { waiting.to_string() };
    Ok(render(&ProofPage {
        frame,
        public: site_key::find(&app.db, "audit_public").await?.unwrap_or_default(),
        size: newest.as_ref().map(|newest| newest.size),
        signed_at: newest.as_ref().map(|newest| shown(Moment(newest.at), &app)).unwrap_or_default(),
        note: newest.map(|newest| newest.note).unwrap_or_default(),
        waiting,
        waiting_since: since.map(|at| shown(Moment(at), &app)).unwrap_or_default(),
    }))
}

fn text_file(name: &str, text: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    (headers, text).into_response()
}

/// `GET /admin/audit/checkpoint`
pub async fn checkpoint(State(app): State<People>, caller: Caller) -> Result<Response, Problem> {
    caller.must(AUDIT_READ)?;
    let newest = prove::newest(&app.db).await?.ok_or_else(|| Problem::not_found("A checkpoint"))?;
    Ok(text_file(&format!("checkpoint-{}.txt", newest.size), newest.note))
}

/// `GET /admin/audit/{seq}/proof`
pub async fn file(State(app): State<People>, caller: Caller, Path(seq): Path<String>) -> Result<Response, Problem> {
    caller.must(AUDIT_READ)?;
    let line = work::find(&app, &caller, &seq).await?;
    match prove::entry(&app.db, line.seq).await? {
        Ok(text) => Ok(text_file(&format!("entry-{}.tlog-proof", line.seq), text)),
        Err(Unproved::NotYet) => Err(Problem::not_found("A proof of this entry, which gets one within 5 seconds,")),
        Err(Unproved::Nothing | Unproved::Gone) => Err(Problem::not_found("A proof of this entry")),
    }
}
