//! `/lock`: the lock screen.

use askama::Template;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use base_secret as secret;
use base_web::app::App;
use base_web::error::Problem;
use base_web::parameters::Parameters;
use base_web::request::RequestFacts;
use base_web::session::{Present, STAFF, present};
use base_web::view::{Frame, path_part, render};
use people_rules::next::safe_next;
use people_store::passkey;
use serde::Deserialize;

use super::work;
use crate::passkeys::work as passkeys;
use crate::sign_in::Visit;
use crate::sign_in::form::read_outside;

#[derive(Template)]
#[template(path = "sign_in/lock.html")]
struct LockPage {
    frame: Frame,
    name: String,
    next: String,
    fault: String,
    /// True where a passkey will do as well.
    has_passkeys: bool,
}

/// Where to go afterwards.
#[derive(Deserialize)]
pub struct LockQuery {
    #[serde(default)]
    next: String,
}

#[derive(Deserialize)]
struct LockFields {
    #[serde(default)]
    password: String,
    #[serde(default)]
    next: String,
    #[serde(default)]
    csrf: String,
    /// A passkey instead of the password.
    #[serde(flatten)]
    key: passkeys::Shown,
}

fn to_sign_in(next: &str) -> Response {
    Redirect::to(&format!("/login?next={}", path_part(safe_next(next)))).into_response()
}

async fn page(
    app: &App,
    (present, facts): (&Present, &RequestFacts),
    (next, fault): (&str, &str),
) -> Result<Response, Problem> {
    let has_passkeys = passkeys::site(app).is_some()
        && !passkey::of(app.db.read().await?.conn(), present.session.account_id).await?.is_empty();
    let frame = Frame::outside(&present.session.locale, present.csrf.clone(), facts);
    let fault = if fault.is_empty() { String::new() } else { frame.t(fault) };
    let is_wrong = !fault.is_empty();
    let name = present.person.called().to_owned();
    let mut response = render(&LockPage { frame, name, next: safe_next(next).into(), fault, has_passkeys });
    if is_wrong {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

/// `GET /lock`
pub async fn ask(
    State(app): State<App>,
    Parameters(query): Parameters<LockQuery>,
    headers: HeaderMap,
    facts: RequestFacts,
) -> Result<Response, Problem> {
    match present(&app, STAFF, &headers).await? {
        None => Ok(to_sign_in(&query.next)),
        Some(present) if !present.is_locked => Ok(Redirect::to(safe_next(&query.next)).into_response()),
        Some(present) => page(&app, (&present, &facts), (&query.next, "")).await,
    }
}

/// `POST /lock`
pub async fn resume(State(app): State<App>, request: Request) -> Result<Response, Problem> {
    let (visit, fields): (Visit, LockFields) = read_outside(request).await?;
    let Some(present) = present(&app, STAFF, &visit.headers).await? else {
        return Ok(to_sign_in(&fields.next));
    };
    if !secret::equal(&present.csrf, &fields.csrf) {
        return Err(Problem::foreign_form());
    }
    let by_passkey = !fields.key.credential.is_empty();
    let is_resumed = match (present.is_locked, by_passkey) {
        (false, _) => true,
        (true, false) => work::resume(&app, &visit, &present, fields.password).await?,
        (true, true) => work::resume_by_passkey(&app, &visit, &present, &fields.key).await?,
    };
    if is_resumed {
        return Ok(Redirect::to(safe_next(&fields.next)).into_response());
    }
    let fault = if by_passkey { "passkey-wrong" } else { "password-wrong" };
    page(&app, (&present, &visit.facts), (&fields.next, fault)).await
}

/// `POST /lock/now`
pub async fn lock(State(app): State<App>, request: Request) -> Result<Response, Problem> {
    let (visit, fields): (Visit, LockFields) = read_outside(request).await?;
    let Some(present) = present(&app, STAFF, &visit.headers).await? else {
        return Ok(to_sign_in(&fields.next));
    };
    if !secret::equal(&present.csrf, &fields.csrf) {
        return Err(Problem::foreign_form());
    }
    work::lock(&app, &visit, &present).await?;
    Ok(Redirect::to(&format!("/lock?next={}", path_part(safe_next(&fields.next)))).into_response())
}
