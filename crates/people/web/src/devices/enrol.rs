//! `/devices/enrol`: what a device opens when it has read its code. Nobody needs to be signed in: the code is the proof.

use askama::Template;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use base_web::app::App;
use base_web::error::Problem;
use base_web::pages::accept_language;
use base_web::parameters::Parameters;
use base_web::request::RequestFacts;
use base_web::view::{Frame, render};
use serde::Deserialize;

use super::work;
use crate::sign_in::Visit;
use crate::sign_in::form::{FormProof, is_ours, read_outside};

/// What the form is for.
const ENROL: &str = "enrol a device";

#[derive(Template)]
#[template(path = "devices/enrol.html")]
struct EnrolPage {
    frame: Frame,
    code: String,
    /// The device; empty where the code enrols none.
    name: String,
}

/// The code of a device.
#[derive(Deserialize)]
pub struct EnrolQuery {
    #[serde(default)]
    code: String,
}

#[derive(Deserialize)]
struct EnrolFields {
    #[serde(default)]
    code: String,
    #[serde(default)]
    csrf: String,
}

fn page(app: &App, visit: &Visit, code: &str, name: String) -> Response {
    let proof = FormProof::of(app, &visit.headers);
    let frame = Frame::outside(accept_language(&visit.headers), proof.field(ENROL), &visit.facts);
    let is_good = !name.is_empty();
    let mut response = render(&EnrolPage { frame, code: code.to_owned(), name });
    if !is_good {
        *response.status_mut() = StatusCode::NOT_FOUND;
    }
    proof.put(app, &mut response);
    response
}

/// `GET /devices/enrol`
pub async fn ask(
    State(app): State<App>,
    Parameters(query): Parameters<EnrolQuery>,
    headers: HeaderMap,
    facts: RequestFacts,
) -> Result<Response, Problem> {
    let visit = Visit { headers, facts };
    let device = work::to_enrol(&app, &query.code).await?;
    let name = device.map(|device| device.name).unwrap_or_default();
    Ok(page(&app, &visit, &query.code, name))
}

/// `POST /devices/enrol`
pub async fn enrol(State(app): State<App>, request: Request) -> Result<Response, Problem> {
    let (visit, fields): (Visit, EnrolFields) = read_outside(request).await?;
    if !is_ours(&app, &visit.headers, ENROL, &fields.csrf) {
        return Err(Problem::foreign_form());
    }
    let Some(set) = work::enrol(&app, &visit, &fields.code).await? else {
        return Ok(page(&app, &visit, &fields.code, String::new()));
    };
    let mut response = Redirect::to("/").into_response();
    response.headers_mut().append(header::SET_COOKIE, HeaderValue::from_str(&set).expect("hex digits"));
    Ok(response)
}
