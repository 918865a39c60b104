//! Exports for programs: have a workbook made, see how far it is, cancel it. The files stand at `/export/{what}/{format}`
//! and, when they were made, at `/exports/{id}/file`; both take a token.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use base_core::permission::EXPORT_RUN;
use base_core::time::Moment;
use base_files::export::{Exports, KEPT_US};
use base_records::export_file as files;
use base_records::export_file::ExportFile;
use base_web::body::JsonBody;
use base_web::error::{Problem, ProblemBody};
use base_web::locale;
use base_web::session::Caller;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::exports::pages::{ExportQuery, SHOWN, ask, cancel_file, choose, find, line, must_see_all};
use crate::state::Bags;

/// What is handled here, with its description.
pub fn router() -> OpenApiRouter<Bags> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(show, cancel))
}

/// What is to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExportAsk {
    /// `bags`, `bills`, `activity` or `statistics`.
    what: String,
    /// Bags: `parent` or `child`.
    #[serde(default, rename = "type")]
    kind: String,
    /// Bills: `new`, `processing` or `completed`.
    #[serde(default)]
    status: String,
    /// Activity: how many days, today included.
    #[serde(default)]
    days: Option<u32>,
    /// Bags and bills: only the first so many, by code or number. All when not given.
    #[serde(default)]
    limit: Option<u64>,
}

/// A file.
#[derive(Serialize, ToSchema)]
pub struct ExportBody {
    id: String,
    what: String,
    /// What was chosen.
    #[schema(value_type = Object)]
    filter: serde_json::Value,
    file_name: String,
    /// `waiting`, `making`, `done`, `failed` or `cancelled`.
    state: String,
    /// Rows that are in it.
    done: i64,
    /// Rows that there were when it was asked for.
    total: i64,
    /// How far it is, in words.
    line: String,
    /// Its size, once it is done.
    bytes: i64,
    /// The person who asked for it.
    person: Option<String>,
    /// RFC 3339.
    created_at: String,
    /// RFC 3339: it is gone then.
    kept_until: String,
    /// Where it is, once it is done.
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<String>,
}

/// The newest files.
#[derive(Serialize, ToSchema)]
pub struct ExportList {
    exports: Vec<ExportBody>,
}

impl ExportBody {
    fn of(file: ExportFile, exports: &Exports, caller: &Caller) -> Self {
        let is_ready = file.state == "ready";
        let created_at = Moment(file.created_at);
        Self {
            line: line(locale::choose(&caller.locale), &file),
            address: is_ready.then(|| format!("/exports/{}/file", file.id)),
            filter: exports.stored(&file.what, &file.filter).map(|choice| choice.filter()).unwrap_or_default(),
            state: if is_ready { "done".into() } else { file.state },
            id: file.id,
            what: file.what,
            file_name: file.file_name,
            done: file.rows_done,
            total: file.rows_total,
            bytes: file.bytes,
            person: file.person,
            created_at: created_at.rfc3339(),
            kept_until: created_at.plus_us(KEPT_US).rfc3339(),
        }
    }
}

/// Lists the files that are kept or being made.
#[utoipa::path(get, path = "/api/v1/exports", extensions(("x-permission" = json!(EXPORT_RUN.name()))), responses(
    (status = 200, description = "The newest files, the newest first.", body = ExportList)))]
pub async fn list(State(app): State<Bags>, caller: Caller) -> Result<Json<ExportList>, Problem> {
    must_see_all(&caller)?;
    let kept = files::list(&app.db, SHOWN).await?;
    Ok(Json(ExportList { exports: kept.into_iter().map(|file| ExportBody::of(file, &app.exports, &caller)).collect() }))
}

/// Asks for a workbook, which is made in the background.
#[utoipa::path(post, path = "/api/v1/exports", extensions(("x-permission" = json!(EXPORT_RUN.name()))),
    request_body = ExportAsk, responses(
    (status = 202, description = "It is going to be made.", body = ExportBody),
    (status = 409, description = "Too many wait already.", body = ProblemBody),
    (status = 422, description = "There is no such choice.", body = ProblemBody)))]
pub async fn create(
    State(app): State<Bags>,
    caller: Caller,
    JsonBody(body): JsonBody<ExportAsk>,
) -> Result<(StatusCode, Json<ExportBody>), Problem> {
    must_see_all(&caller)?;
    let days = body.days.map(|days| days.to_string()).unwrap_or_default();
    let limit = body.limit.map(|limit| limit.to_string()).unwrap_or_default();
    let query = ExportQuery { kind: body.kind, status: body.status, days, limit };
    if app.exports.names().all(|name| name != body.what) {
        return Err(Problem::field("what", "This is bags, bills, activity or statistics."));
    }
    let id = ask(&app, &caller, choose(&app, &body.what, &query)?).await?;
    Ok((StatusCode::ACCEPTED, Json(ExportBody::of(find(&app, &id).await?, &app.exports, &caller))))
}

/// Tells how far a file is.
#[utoipa::path(get, path = "/api/v1/exports/{id}", extensions(("x-permission" = json!(EXPORT_RUN.name()))),
    params(("id" = String, Path, description = "The file's id.")), responses(
    (status = 200, description = "The file as it stands.", body = ExportBody),
    (status = 404, description = "There is no such file, or not any more.", body = ProblemBody)))]
pub async fn show(
    State(app): State<Bags>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<ExportBody>, Problem> {
    must_see_all(&caller)?;
    Ok(Json(ExportBody::of(find(&app, &id).await?, &app.exports, &caller)))
}

/// Cancels a file that is not ready yet.
#[utoipa::path(delete, path = "/api/v1/exports/{id}",
    extensions(("x-permission" = json!(EXPORT_RUN.name()))),
    params(("id" = String, Path, description = "The file's id.")), responses(
    (status = 200, description = "The file as it stands: cancelled, or what it was before.", body = ExportBody),
    (status = 404, description = "There is no such file, or not any more.", body = ProblemBody)))]
pub async fn cancel(
    State(app): State<Bags>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<ExportBody>, Problem> {
    must_see_all(&caller)?;
    let file = find(&app, &id).await?;
    cancel_file(&app, &caller, &file).await?;
    Ok(Json(ExportBody::of(find(&app, &id).await?, &app.exports, &caller)))
}
