//! Devices over the API.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use base_core::permission::ACCOUNT_MANAGE;
use base_core::time::Moment;
use base_web::app::App;
use base_web::body::JsonBody;
use base_web::error::{Problem, ProblemBody};
use base_web::session::Caller;
use people_store::device::DeviceLine;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::work;

/// What is handled here, with its description.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(revoke))
}

/// A device.
#[derive(Serialize, ToSchema)]
pub struct DeviceJson {
    id: i64,
    /// It stands beside what is scanned on it.
    name: String,
    /// RFC 3339.
    created_at: String,
    /// RFC 3339; null while it waits to be enrolled.
    enrolled_at: Option<String>,
    /// When somebody last signed in on it, RFC 3339.
    seen_at: Option<String>,
    /// RFC 3339.
    revoked_at: Option<String>,
}

impl From<DeviceLine> for DeviceJson {
    fn from(line: DeviceLine) -> Self {
        let text = |at: Option<i64>| at.map(|at| Moment(at).rfc3339());
        Self {
            id: line.id,
            name: line.name,
            created_at: Moment(line.created_at).rfc3339(),
            enrolled_at: text(line.enrolled_at),
            seen_at: text(line.seen_at),
            revoked_at: text(line.revoked_at),
        }
    }
}

/// The devices of the site.
#[derive(Serialize, ToSchema)]
pub struct DevicesJson {
    devices: Vec<DeviceJson>,
}

/// Lists the devices, those in use first.
#[utoipa::path(get, path = "/api/v1/devices", extensions(("x-permission" = json!(ACCOUNT_MANAGE.name()))), responses(
    (status = 200, description = "The devices.", body = DevicesJson)))]
pub async fn list(State(app): State<App>, caller: Caller) -> Result<Json<DevicesJson>, Problem> {
    let devices = work::list(&app, &caller).await?.into_iter().map(DeviceJson::from).collect();
    Ok(Json(DevicesJson { devices }))
}

/// A new device.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDeviceBody {
    /// 1 to 64 characters.
    name: String,
}

/// The new device.
#[derive(Serialize, ToSchema)]
pub struct CreatedDeviceJson {
    id: i64,
    /// What the device opens within a quarter of an hour, once. It is told this once.
    enrol_address: String,
}

/// Makes a device and the code that enrols it.
#[utoipa::path(post, path = "/api/v1/devices", extensions(("x-permission" = json!(ACCOUNT_MANAGE.name()))),
    request_body = NewDeviceBody, responses(
    (status = 201, description = "It is made.", body = CreatedDeviceJson),
    (status = 422, description = "The name is wrong, or another device has it.", body = ProblemBody)))]
pub async fn create(
    State(app): State<App>,
    caller: Caller,
    body: Result<JsonBody<NewDeviceBody>, Problem>,
) -> Result<(StatusCode, Json<CreatedDeviceJson>), Problem> {
    caller.must(ACCOUNT_MANAGE)?;
    let JsonBody(body) = body?;
    let code = work::create(&app, &caller, &body.name).await?;
    Ok((StatusCode::CREATED, Json(CreatedDeviceJson { id: code.id, enrol_address: code.address })))
}

/// Revokes a device; the sessions that were opened on it end.
#[utoipa::path(delete, path = "/api/v1/devices/{id}", extensions(("x-permission" = json!(ACCOUNT_MANAGE.name()))),
    params(("id", description = "The device's number.")), responses(
    (status = 204, description = "It is no longer known."),
    (status = 404, description = "There is no such device.", body = ProblemBody)))]
pub async fn revoke(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    caller.must(ACCOUNT_MANAGE)?;
    let Ok(id) = id.parse() else { return Err(Problem::not_found("The device")) };
    if work::revoke(&app, &caller, id).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Problem::not_found("The device"))
    }
}
