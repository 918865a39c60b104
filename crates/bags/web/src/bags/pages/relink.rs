//! Moving a child: scan or type the right parent, see what both parents will hold, confirm.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use bags_rules::bag::BagKind;
use bags_rules::code::Code;
use bags_rules::permission::BAG_SCAN;
use bags_rules::scan::Action;
use bags_store::bag;
use base_web::error::Problem;
use base_web::form::Form;
use base_web::parameters::Parameters;
use base_web::session::Caller;
use base_web::view::{Frame, render};
use serde::Deserialize;

use super::{Row, act};
use crate::bags::work;
use crate::bags::work::Subject;
use crate::state::Bags;

#[derive(Template)]
#[template(path = "bags/relink.html")]
pub(crate) struct RelinkPage {
    pub(crate) frame: Frame,
    pub(crate) bag: Row,
    pub(crate) capacity: u32,
    /// What was scanned or typed.
    pub(crate) wanted: String,
    /// Why it cannot be the target.
    pub(crate) fault: String,
    /// The parent that the child leaves.
    pub(crate) from: Option<Row>,
    /// The parent that it goes to.
    pub(crate) to: Option<Row>,
}

/// The target, once it is chosen.
#[derive(Deserialize)]
pub struct RelinkQuery {
    #[serde(default)]
    to: String,
}

/// `GET /bags/{code}/relink`
pub async fn ask(
    State(app): State<Bags>,
    caller: Caller,
    Path(code): Path<String>,
    Parameters(query): Parameters<RelinkQuery>,
) -> Result<Response, Problem> {
    caller.must(BAG_SCAN)?;
    let line = work::find(&app, &caller, &code).await?;
    if line.kind != BagKind::Child {
        return Err(Problem::not_found("This child"));
    }
    let frame = Frame::of(&caller, "bags");
    let wanted: String = query.to.trim().chars().take(100).collect();
    let mut reader = app.db.read().await?;
    let scope = caller.scope();
    let mut from = None;
    if let Some(parent) = &line.parent {
        from = bag::find(reader.conn(), parent, &scope).await?;
    }
    let mut to = None;
    if let Some(target) = Code::kept(&wanted) {
        to = bag::find(reader.conn(), &target, &scope).await?;
    }
    drop(reader);
    let to = to.map(|to| Row::of(&to, &app));
    let fault = match &to {
        _ if wanted.is_empty() => String::new(),
        None => frame.t1("relink-unknown", "code", &wanted),
        Some(to) if !to.is_parent() => frame.t1("relink-is-child", "code", &to.code),
        Some(to) if from.as_ref().is_some_and(|from| from.code.as_str() == to.code) => {
            frame.t1("relink-same", "code", &to.code)
        }
        Some(to) if to.children >= app.rules.capacity => frame.t1("relink-full", "code", &to.code),
        Some(_) => String::new(),
    };
    let is_wrong = !fault.is_empty();
    let to = to.filter(|_| !is_wrong);
    let from = from.map(|from| Row::of(&from, &app));
    let bag = Row::of(&line, &app);
    let mut response = render(&RelinkPage { frame, bag, capacity: app.rules.capacity, wanted, fault, from, to });
    if is_wrong {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

/// The target.
#[derive(Deserialize)]
pub struct RelinkFields {
    #[serde(default)]
    other: String,
}

/// `POST /bags/{code}/relink`
pub async fn relink(
    State(app): State<Bags>,
    Path(code): Path<String>,
    form: Form<RelinkFields>,
) -> Result<Response, Problem> {
    let to = form.fields.other.trim();
    let id = act::told(&app, &form.caller, Action::Relink, Subject { code: code.as_str(), parent: Some(to) }).await?;
    act::back(&code, &id)
}
