//! `/admin/devices`: the devices of a site.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use base_core::time::Moment;
use base_sheet::qr::Qr;
use base_web::app::App;
use base_web::error::Problem;
use base_web::form::Form;
use base_web::list::{self, Button, Cell, Column, Kept, List, ListKind, Row, Tone};
use base_web::parameters::Parameters;
use base_web::session::Caller;
use base_web::view::{Fragment, Frame, TIME};
use people_store::device::DeviceLine;
use serde::Deserialize;

use super::work::{self, Code};
use crate::said::{SaidQuery, Told, answer};

/// The list of devices.
pub const DEVICES: &ListKind = &ListKind {
    id: "devices",
    path: "/admin/devices",
    title: "nav-devices",
    columns: &[
        Column::key("name", "device-name"),
        Column::new("status", "status"),
        Column::new("created", "token-created").on_demand(),
        Column::new("enrolled", "device-enrolled-at"),
        Column::new("seen", "device-seen"),
        Column::acts("acts", "session-actions"),
    ],
};

fn row(app: &App, frame: &Frame, line: &DeviceLine) -> Row {
    let time = |at: Option<i64>| at.map(|at| Cell::time(Moment(at).display(&app.settings.zone, TIME)));
    let waits = line.enrol_until.is_some_and(|until| until > app.clock.now().0);
    let (tone, state) = match &line {
        DeviceLine { revoked_at: Some(_), .. } => (Tone::Plain, "device-revoked"),
        _ if waits => (Tone::Look, "device-waits"),
        DeviceLine { enrolled_at: Some(_), .. } => (Tone::Ok, "device-enrolled"),
        _ => (Tone::Plain, "device-not-enrolled"),
    };
    let button = |words: &str, address: &str| Button {
        words: frame.t(words),
        label: frame.t1(&format!("{words}-of"), "name", &line.name),
        address: address.into(),
        fields: vec![("id", line.id.to_string())],
    };
    let acts = match line.revoked_at {
        Some(_) => Vec::new(),
        None => vec![button("device-renew", "/admin/devices/code"), button("device-revoke", "/admin/devices/revoke")],
    };
    Row::new()
        .with("name", Cell::words(&line.name))
        .with("status", Cell::chip(tone, frame.t(state)))
        .with("created", time(Some(line.created_at)).unwrap_or_default())
        .with("enrolled", time(line.enrolled_at).unwrap_or_default())
        .with("seen", time(line.seen_at).unwrap_or_default())
        .with("acts", Cell::buttons(acts))
}

#[derive(Template)]
#[template(path = "devices/list.html")]
struct ListPage {
    frame: Frame,
    tools: Fragment,
    list: Fragment,
    has_rows: bool,
    /// The code of a device that was just made.
    code: Option<Drawn>,
    told: Told,
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

/// `GET /admin/devices`
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Parameters(query): Parameters<SaidQuery>,
) -> Result<Response, Problem> {
    let frame = Frame::of(&caller, "devices");
    page(&app, &caller, Told::of_revoked(&frame, &query, "device-revoked-now", "device-gone"), None).await
}

async fn page(app: &App, caller: &Caller, told: Told, code: Option<Code>) -> Result<Response, Problem> {
    let frame = Frame::of(caller, "devices");
    let devices = work::list(app, caller).await?;
    let kept = Kept::of(app.db.read().await?.conn(), caller, DEVICES).await?;
    let rows = devices.iter().map(|line| row(app, &frame, line)).collect();
    let is_wrong = told.is_wrong();
    let page = ListPage {
        tools: list::columns_of(&frame, DEVICES, &kept, "")?,
        list: List::new(&frame, DEVICES, &kept, rows).shown()?,
        has_rows: !devices.is_empty(),
        code: code.map(Drawn::from),
        told,
        frame,
    };
    Ok(answer(&page, is_wrong))
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
        Ok(code) => page(&app, &caller, Told::default(), Some(code)).await,
        Err(problem) => {
            let told = Told::of_fault(&Frame::of(&caller, ""), problem, "device", fields.name)?;
            page(&app, &caller, told, None).await
        }
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
        Some(code) => page(&app, &caller, Told::default(), Some(code)).await,
        None => Ok(Redirect::to("/admin/devices?said=gone").into_response()),
    }
}

/// `POST /admin/devices/revoke`
pub async fn revoke(State(app): State<App>, form: Form<DeviceFields>) -> Result<Response, Problem> {
    let said = if work::revoke(&app, &form.caller, form.fields.id).await? { "revoked" } else { "gone" };
    Ok(Redirect::to(&format!("/admin/devices?said={said}")).into_response())
}
