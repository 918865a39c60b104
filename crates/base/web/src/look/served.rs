//! The style and the logo of customers, and the old addresses at the address of theirs.

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use base_core::realm::Realm;

use crate::app::App;
use crate::door::door;
use crate::error::Problem;

/// How long browsers keep the style and the logo.
const KEPT: &str = "max-age=3600";

/// The style and the logo.
pub fn router() -> Router<App> {
    Router::new().route("/portal/look.css", get(style)).route("/portal/logo.png", get(logo))
}

async fn style(State(app): State<App>) -> Response {
    let style = app.settings.look.style().unwrap_or_default();
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, KEPT)], style).into_response()
}

async fn logo(State(app): State<App>) -> Result<Response, Problem> {
    let logo = app.settings.look.logo.clone().ok_or_else(|| Problem::not_found("This file"))?;
    Ok(([(header::CONTENT_TYPE, "image/png"), (header::CACHE_CONTROL, KEPT)], logo.to_vec()).into_response())
}

/// At the address of customers, the addresses of the earlier portal lead to theirs; a form that is sent stays one.
pub(crate) fn moved(app: &App, request: &Request) -> Option<Response> {
    if !app.settings.look.is_host_of(request) {
        return None;
    }
    let door = door(Realm::Customer);
    let to = match request.uri().path() {
        "/" => app.menu.home(Realm::Customer),
        "/login" => door.sign_in,
        "/logout" => door.sign_out,
        _ => return None,
    };
    Some(Redirect::temporary(&with_query(to, request.uri())).into_response())
}

fn with_query(to: &str, uri: &Uri) -> String {
    uri.query().map_or_else(|| to.to_owned(), |query| format!("{to}?{query}"))
}
