//! The shells of the station and the phone page. They hold nothing personal, so that a service worker may keep them and
//! scanning works without a network; what they show comes from `/api/v1/me`.

use askama::Template;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use base_web::error::Problem;
use base_web::pages::accept_language;
use base_web::request::{RequestFacts, allow_camera, allow_code_reader};
use base_web::view::{Frame, render};
use base_web::{assets, locale};

use crate::state::Bags;

#[derive(Template)]
#[template(path = "scans/station.html")]
pub(crate) struct StationPage {
    pub(crate) frame: Frame,
    pub(crate) mode: &'static str,
    pub(crate) zone: String,
}

/// `GET /station`
pub async fn station(State(app): State<Bags>, headers: HeaderMap, facts: RequestFacts) -> Response {
    shell(&app, &headers, &facts, "station")
}

/// `GET /scan`
pub async fn phone(State(app): State<Bags>, headers: HeaderMap, facts: RequestFacts) -> Response {
    shell(&app, &headers, &facts, "scan")
}

fn shell(app: &Bags, headers: &HeaderMap, facts: &RequestFacts, mode: &'static str) -> Response {
    let frame = Frame::outside(accept_language(headers), String::new(), facts);
    let zone = app.settings.zone.iana_name().unwrap_or("UTC").to_owned();
    let mut response = render(&StationPage { frame, mode, zone });
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    // Only a phone scans with its camera.
    if mode == "scan" {
        allow_code_reader(&mut response);
    } else {
        allow_camera(&mut response);
    }
    response
}

/// `GET /ui/phrases/{locale}.json`
pub async fn phrases(Path(file): Path<String>, headers: HeaderMap) -> Result<Response, Problem> {
    let name = file.strip_suffix(".json").filter(|name| locale::LOCALES.contains(name));
    let name = name.ok_or_else(|| Problem::not_found("This language"))?;
    if let Some(packed) = assets::phrases(name, &headers) {
        return Ok(packed);
    }
    Ok(([(header::CACHE_CONTROL, "no-cache")], Json(crate::words::station_phrases(name))).into_response())
}
