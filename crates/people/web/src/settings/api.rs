//! Settings for programs.

use axum::Json;
use axum::extract::{Path, State};
use base_core::setting::Kind;
use base_web::body::JsonBody;
use base_web::error::Problem;
use base_web::session::Caller;
use people_rules::permission::SETTING_MANAGE;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::work;
use crate::state::People;

/// What is handled here, with its description.
pub fn router() -> OpenApiRouter<People> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(put))
}

/// A setting.
#[derive(Serialize, ToSchema)]
pub struct SettingJson {
    /// Its name, such as `session.idle_minutes`.
    name: String,
    /// What it is now.
    value: String,
    /// What it is unless somebody sets it.
    default: String,
    /// True where somebody has set it.
    is_set: bool,
    /// `flag`, `number` or `time`.
    kind: String,
    /// The least, of a number.
    min: Option<i64>,
    /// The most, of a number.
    max: Option<i64>,
    /// The page on which it is set instead.
    page: Option<String>,
}

impl SettingJson {
    fn of(present: &work::Present<'_>) -> Self {
        let declared = present.offered.declared;
        let (kind, min, max) = match declared.kind {
            Kind::Flag => ("flag", None, None),
            Kind::Number { min, max } => ("number", Some(min), Some(max)),
            Kind::Time => ("time", None, None),
        };
        Self {
            name: declared.name.to_owned(),
            value: present.value.clone(),
            default: present.offered.default.clone(),
            is_set: present.is_set,
            kind: kind.to_owned(),
            min,
            max,
            page: Some(declared.page.to_owned()).filter(|page| !page.is_empty()),
        }
    }
}

/// Every setting.
#[derive(Serialize, ToSchema)]
pub struct SettingsJson {
    /// The settings.
    settings: Vec<SettingJson>,
}

/// A value.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ValueBody {
    /// `true` or `false`, a number in digits, or a time such as `18:30`.
    value: String,
}

/// What became of a value.
#[derive(Serialize, ToSchema)]
pub struct PutJson {
    /// False when it was that already.
    changed: bool,
}

/// Lists every setting that people change while the site runs.
#[utoipa::path(get, path = "/api/v1/settings", extensions(("x-permission" = json!(SETTING_MANAGE.name()))),
    responses((status = 200, description = "The settings.", body = SettingsJson)))]
pub async fn list(State(app): State<People>, caller: Caller) -> Result<Json<SettingsJson>, Problem> {
    let all = work::all(&app, &caller).await?;
    Ok(Json(SettingsJson { settings: all.iter().map(SettingJson::of).collect() }))
}

/// Sets a value.
#[utoipa::path(put, path = "/api/v1/settings/{name}", extensions(("x-permission" = json!(SETTING_MANAGE.name()))),
    request_body = ValueBody, params(("name", description = "The setting's name")), responses(
    (status = 200, description = "It is set.", body = PutJson)))]
pub async fn put(
    State(app): State<People>,
    caller: Caller,
    Path(name): Path<String>,
    JsonBody(body): JsonBody<ValueBody>,
) -> Result<Json<PutJson>, Problem> {
    let changed = work::put(&app, &caller, &name, &body.value).await?;
    Ok(Json(PutJson { changed }))
}
