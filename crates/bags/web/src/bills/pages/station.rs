//! The shell of the bill station. It holds nothing personal, so that a service worker may keep it; the page reads the
//! bill's number from its address.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use base_web::pages::accept_language;
use base_web::parameters::Parameters;
use base_web::request::{RequestFacts, allow_camera};
use base_web::view::{Frame, render};
use serde::Deserialize;

use crate::state::Bags;

#[derive(Template)]
#[template(path = "bills/station.html")]
pub(crate) struct StationPage {
    pub(crate) frame: Frame,
    pub(crate) zone: String,
    pub(crate) bill: String,
}

/// Which bill.
#[derive(Deserialize)]
pub struct StationQuery {
    #[serde(default)]
    bill: String,
}

/// `GET /bills/station`
pub async fn show(
    State(app): State<Bags>,
    headers: HeaderMap,
    facts: RequestFacts,
    Parameters(query): Parameters<StationQuery>,
) -> Response {
    let frame = Frame::outside(accept_language(&headers), String::new(), &facts);
    let zone = app.settings.zone.iana_name().unwrap_or("UTC").to_owned();
    let bill = query.bill.chars().take(bags_rules::bill::NUMBER_LENGTH_MAX).collect();
    let mut response = render(&StationPage { frame, zone, bill });
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    allow_camera(&mut response);
    response
}
