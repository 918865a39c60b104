//! `/admin/devices`: the devices of a site.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use base_core::time::Moment;
use base_web::app::App;
use base_web::error::Problem;
use base_web::form::Form;
use base_web::parameters::Parameters;
use base_web::session::Caller;
use base_web::view::{Frame, Said, render};
use people_store::device::DeviceLine;
use serde::Deserialize;

use super::work::{self, Code};
use crate::qr::Qr;

const TIME: &str = "%d/%m/%y %H:%M";

struct Row {
    id: i64,
    name: String,
    state: &'static str,
    enrolled_at: String,
    seen_at: String,
    is_revoked: bool,
}

impl Row {
    fn of(app: &App, line: DeviceLine) -> Self {
        let time = |at: Option<i64>| at.map(|at| Moment(at).display(&app.settings.zone, TIME)).unwrap_or_default();
        let waits = line.enrol_until.is_some_and(|until| until > app.clock.now().0);
        let state = match &line {
            DeviceLine { revoked_at: Some(_), .. } => "device-revoked",
            _ if waits => "device-waits",
            DeviceLine { enrolled_at: Some(_), .. } => "device-enrolled",
            _ => "device-not-enrolled",
        };
        Self {
            id: line.id,
            state,
            enrolled_at: time(line.enrolled_at),
            seen_at: time(line.seen_at),
            is_revoked: line.revoked_at.is_some(),
            name: line.name,
        }
    }
}

#[derive(Template)]
#[template(path = "devices/list.html")]
struct ListPage {
    frame: Frame,
    rows: Vec<Row>,
    /// The code of a device that was just made.
    code: Option<Drawn>,
    name: String,
    fault: String,
    said: Option<Said>,
}

struct Drawn {
    qr: Option<Qr>,
    address: String,
}

impl From<Code> for Drawn {
    fn from(code: Code) -> Self {
        Self { qr: Qr::of(&code.address), address: code.address }
    }
}

#[derive(Default)]
struct Told {
    code: Option<Drawn>,
    name: String,
    fault: String,
    said: Option<Said>,
}

/// What the last action was.
#[derive(Deserialize)]
pub struct ListQuery {
    #[serde(default)]
    said: String,
}

/// `GET /admin/devices`
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Parameters(query): Parameters<ListQuery>,
) -> Result<Response, Problem> {
    let frame = Frame::of(&caller, "devices");
    let said = match query.said.as_str() {
        "revoked" => Some(Said::yes(frame.t("device-revoked-now"))),
        "gone" => Some(Said::no(frame.t("device-gone"))),
        _ => None,
    };
    page(&app, &caller, Told { said, ..Told::default() }).await
}

async fn page(app: &App, caller: &Caller, told: Told) -> Result<Response, Problem> {
    let rows = work::list(app, caller).await?.into_iter().map(|line| Row::of(app, line)).collect();
    let is_wrong = !told.fault.is_empty();
    let Told { code, name, fault, said } = told;
    let mut response = render(&ListPage { frame: Frame::of(caller, "devices"), rows, code, name, fault, said });
    if is_wrong {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

/// A new device.
#[derive(Deserialize)]
pub struct NewFields {
    #[serde(default)]
    name: String,
}

/// `POST /admin/devices`
pub async fn create(State(app): State<App>, form: Form<NewFields>) -> Result<Response, Problem> {
    let Form { caller, fields } = form;
    match work::create(&app, &caller, &fields.name).await {
        Ok(code) => page(&app, &caller, Told { code: Some(code.into()), ..Told::default() }).await,
        Err(problem) if problem.field_name() == Some("name") => {
            let fault = Frame::of(&caller, "").t("device-wrong-name");
            page(&app, &caller, Told { name: fields.name, fault, ..Told::default() }).await
        }
        Err(problem) => Err(problem),
    }
}

/// Which device.
#[derive(Deserialize)]
pub struct DeviceFields {
    id: i64,
}

/// `POST /admin/devices/code`
pub async fn renew(State(app): State<App>, form: Form<DeviceFields>) -> Result<Response, Problem> {
    let Form { caller, fields } = form;
    match work::renew(&app, &caller, fields.id).await? {
        Some(code) => page(&app, &caller, Told { code: Some(code.into()), ..Told::default() }).await,
        None => Ok(Redirect::to("/admin/devices?said=gone").into_response()),
    }
}

/// `POST /admin/devices/revoke`
pub async fn revoke(State(app): State<App>, form: Form<DeviceFields>) -> Result<Response, Problem> {
    let said = if work::revoke(&app, &form.caller, form.fields.id).await? { "revoked" } else { "gone" };
    Ok(Redirect::to(&format!("/admin/devices?said={said}")).into_response())
}
