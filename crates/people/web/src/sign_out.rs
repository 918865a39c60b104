//! Signing out. It works while the screen is locked, too.

use askama::Template;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use base_records::audit::Record;
use base_records::{audit, session};
use base_secret as secret;
use base_web::app::App;
use base_web::door::{Door, door};
use base_web::error::Problem;
use base_web::pages::accept_language;
use base_web::request::RequestFacts;
use base_web::session::{cookie, present, session_cookie, set_cookie};
use base_web::view::{Frame, render};
use people_rules::trail::session_entry;
use serde::Deserialize;

use crate::sign_in::Visit;
use crate::sign_in::form::read_outside;

/// Has the browser drop what it kept of pages. What a station has saved stays: it belongs to its person.
const CLEAR: HeaderName = HeaderName::from_static("clear-site-data");

#[derive(Template)]
#[template(path = "sign_in/sign_out.html")]
struct SignOutPage {
    frame: Frame,
    door: &'static Door,
    name: String,
}

/// `GET /logout` and `GET /portal/logout`: a question, because a link to it may stand anywhere.
pub async fn ask(State(app): State<App>, headers: HeaderMap, facts: RequestFacts) -> Result<Response, Problem> {
    let door = door(facts.realm);
    let Some(present) = present(&app, facts.realm, &headers).await? else {
        return Ok(Redirect::to(door.sign_in).into_response());
    };
    let locale = if present.session.locale.is_empty() { accept_language(&headers) } else { &present.session.locale };
    let frame = Frame::outside(locale, present.csrf, &facts);
    Ok(render(&SignOutPage { frame, door, name: present.person.called().to_owned() }))
}

/// A form without fields of its own.
#[derive(Deserialize)]
struct SignOutFields {
    #[serde(default)]
    csrf: String,
}

/// `POST /logout` and `POST /portal/logout`
pub async fn sign_out(State(app): State<App>, request: Request) -> Result<Response, Problem> {
    let (visit, fields): (Visit, SignOutFields) = read_outside(request).await?;
    let realm = visit.facts.realm;
    let Some(present) = present(&app, realm, &visit.headers).await? else { return over(&app, &visit).await };
    if !secret::equal(&present.csrf, &fields.csrf) {
        return Err(Problem::foreign_form());
    }
    let mut tx = app.db.write().await?;
    session::end(tx.conn(), realm, &present.session.token_hash).await?;
    let origin = visit.origin_of(&app, &present.person);
    let entry = session_entry(realm, "logout", &present.person.name);
    let record = Record { at: app.clock.now(), entry, origin: &origin };
    audit::insert(tx.conn(), &[record]).await?;
    tx.commit().await?;
    app.sessions.forget_all();
    Ok(led_out(&app, &visit))
}

/// A session that opens nothing any more ends for good, so that it opens nothing either once it may be idle for longer.
async fn over(app: &App, visit: &Visit) -> Result<Response, Problem> {
    let realm = visit.facts.realm;
    let Some(text) = cookie(&visit.headers, session_cookie(app, realm)) else { return Err(Problem::not_signed_in()) };
    let mut tx = app.db.write().await?;
    if !session::end(tx.conn(), realm, &secret::hash_token(text)).await? {
        return Err(Problem::not_signed_in());
    }
    tx.commit().await?;
    Ok(led_out(app, visit))
}

fn led_out(app: &App, visit: &Visit) -> Response {
    let mut response = Redirect::to(visit.door().sign_in).into_response();
    let gone = set_cookie(app, session_cookie(app, visit.facts.realm), "");
    let gone = HeaderValue::from_str(&gone).expect("plain ASCII");
    response.headers_mut().append(header::SET_COOKIE, gone);
    response.headers_mut().insert(CLEAR, HeaderValue::from_static("\"cache\""));
    response
}
