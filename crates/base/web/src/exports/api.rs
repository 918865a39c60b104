//! Exports for programs: have a workbook made, see how far it is, cancel it. The files stand at `/export/{what}/{format}`
//! and, when they were made, at `/exports/{id}/file`; both take a token.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use base_core::permission::EXPORT_RUN;
use base_core::time::Moment;
use base_records::export_file as files;
use base_records::export_file::ExportFile;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::body::JsonBody;
use crate::error::{Problem, ProblemBody};
use crate::exports::pages::{Filter, SHOWN, ask, cancel_file, choose, find, line, must_see_all};
use crate::locale;
use crate::session::Caller;

/// What is handled here, with its description.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(show, cancel))
}

/// What is to be made.
#[derive(Deserialize, ToSchema)]
pub struct ExportAsk {
    /// The name of an export, as the page of exports shows them.
    what: String,
    /// The fields of its filter, as the page of exports shows them; all rows where they are left out. A field that it
    /// does not have is refused.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    filter: BTreeMap<String, Value>,
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
    fn of(file: ExportFile, app: &App, caller: &Caller) -> Self {
        let is_ready = file.state == "ready";
        let created_at = Moment(file.created_at);
        Self {
            line: line(locale::choose(&caller.locale), &file),
            address: is_ready.then(|| format!("/exports/{}/file", file.id)),
            filter: app.exports.stored(&file.what, &file.filter).map(|choice| choice.filter()).unwrap_or_default(),
            state: if is_ready { "done".into() } else { file.state },
            id: file.id,
            what: file.what,
            file_name: file.file_name,
            done: file.rows_done,
            total: file.rows_total,
            bytes: file.bytes,
            person: file.person,
            created_at: created_at.rfc3339(),
            kept_until: created_at.plus_us(app.export_files_us()).rfc3339(),
        }
    }
}

/// Lists the files that are kept or being made.
#[utoipa::path(get, path = "/api/v1/exports", extensions(("x-permission" = json!(EXPORT_RUN.name()))), responses(
    (status = 200, description = "The newest files, the newest first.", body = ExportList)))]
pub async fn list(State(app): State<App>, caller: Caller) -> Result<Json<ExportList>, Problem> {
    must_see_all(&caller)?;
    let kept = files::list(&app.db, SHOWN).await?;
    Ok(Json(ExportList { exports: kept.into_iter().map(|file| ExportBody::of(file, &app, &caller)).collect() }))
}

/// Asks for a workbook, which is made in the background.
#[utoipa::path(post, path = "/api/v1/exports", extensions(("x-permission" = json!(EXPORT_RUN.name()))),
    request_body = ExportAsk, responses(
    (status = 202, description = "It is going to be made.", body = ExportBody),
    (status = 409, description = "Too many wait already.", body = ProblemBody),
    (status = 422, description = "There is no such choice.", body = ProblemBody)))]
pub async fn create(
    State(app): State<App>,
    caller: Caller,
    JsonBody(body): JsonBody<ExportAsk>,
) -> Result<(StatusCode, Json<ExportBody>), Problem> {
    must_see_all(&caller)?;
    let text = |value: Value| match value {
        Value::String(text) => text,
        Value::Null => String::new(),
        other => other.to_string(),
    };
    let filter: Filter = body.filter.into_iter().map(|(name, value)| (name, text(value))).collect();
    if app.exports.names().all(|name| name != body.what) {
        let names: Vec<&str> = app.exports.names().collect();
        return Err(Problem::field("what", format!("There is no such export. Choose one of {}.", names.join(", "))));
    }
    let id = ask(&app, &caller, choose(&app, &body.what, &filter)?).await?;
    Ok((StatusCode::ACCEPTED, Json(ExportBody::of(find(&app, &id).await?, &app, &caller))))
}

/// Tells how far a file is.
#[utoipa::path(get, path = "/api/v1/exports/{id}", extensions(("x-permission" = json!(EXPORT_RUN.name()))),
    params(("id" = String, Path, description = "The file's id.")), responses(
    (status = 200, description = "The file as it stands.", body = ExportBody),
    (status = 404, description = "There is no such file, or not any more.", body = ProblemBody)))]
pub async fn show(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Json<ExportBody>, Problem> {
    must_see_all(&caller)?;
    Ok(Json(ExportBody::of(find(&app, &id).await?, &app, &caller)))
}

/// Cancels a file that is not ready yet.
#[utoipa::path(delete, path = "/api/v1/exports/{id}",
    extensions(("x-permission" = json!(EXPORT_RUN.name()))),
    params(("id" = String, Path, description = "The file's id.")), responses(
    (status = 200, description = "The file as it stands: cancelled, or what it was before.", body = ExportBody),
    (status = 404, description = "There is no such file, or not any more.", body = ProblemBody)))]
pub async fn cancel(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<ExportBody>, Problem> {
    must_see_all(&caller)?;
    let file = find(&app, &id).await?;
    cancel_file(&app, &caller, &file).await?;
    Ok(Json(ExportBody::of(find(&app, &id).await?, &app, &caller)))
}
