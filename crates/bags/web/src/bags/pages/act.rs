//! Corrections with one button: unlink, undo, close. Each goes through the desk, and the page that is shown next says
//! what became of it.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use bags_rules::code::Code;
use bags_rules::scan::Action;
use base_web::error::Problem;
use base_web::form::Form;
use base_web::session::Caller;
use serde::Deserialize;

use crate::bags::work;
use crate::bags::work::Subject;
use crate::state::Bags;

/// A correction from a bag's page, or from the history.
#[derive(Deserialize)]
pub struct ActFields {
    /// The child to take out, or to put in again.
    #[serde(default)]
    other: String,
    /// The number of the scan whose page sent this; that page is shown again.
    scan: Option<i64>,
}

/// `POST /bags/{code}/{action}`
pub async fn act(
    State(app): State<Bags>,
    Path((code, action)): Path<(String, String)>,
    form: Form<ActFields>,
) -> Result<Response, Problem> {
    let other = form.fields.other.trim();
    let (action, subject, parent) = match action.as_str() {
        "unlink" if other.is_empty() => (Action::Unlink, code.as_str(), None),
        "unlink" => (Action::Unlink, other, None),
        "link" => (Action::Child, other, Some(code.as_str())),
        "undo" => (Action::Undo, "", Some(code.as_str())),
        "undo-link" => (Action::Undo, code.as_str(), None),
        "close" => (Action::Close, code.as_str(), None),
        _ => return Err(Problem::not_found("This action")),
    };
    let id = told(&app, &form.caller, action, Subject { code: subject, parent }).await?;
    match form.fields.scan {
        Some(seq) => Ok(Redirect::to(&format!("/scans/{seq}?said={id}")).into_response()),
        None => back(&code, &id),
    }
}

/// Hands an action to the desk and gives the id under which its answer is stored.
pub(crate) async fn told(app: &Bags, caller: &Caller, action: Action, subject: Subject<'_>) -> Result<String, Problem> {
    caller.must(action.permission())?;
    let answer = work::submit(app, caller, action, subject).await?;
    let answer: serde_json::Value = serde_json::from_str(&answer).unwrap_or_default();
    Ok(answer["id"].as_str().unwrap_or_default().to_owned())
}

/// The bag's page with what became of an action.
pub(crate) fn back(code: &str, id: &str) -> Result<Response, Problem> {
    let code = Code::kept(code).ok_or_else(|| Problem::not_found("This bag"))?;
    Ok(Redirect::to(&format!("{}?said={id}", super::address(code.as_str()))).into_response())
}
