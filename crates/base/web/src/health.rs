//! Whether the site is alive, and whether it can work.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use base_db::{SchemaState, StoreError};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::error::{Problem, ProblemBody};
use crate::openapi;

/// What is handled here, with its description.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(alive)).routes(routes!(ready))
}

/// Tells that the program is alive.
#[utoipa::path(get, path = "/health", extensions(("x-permission" = json!(openapi::PUBLIC))),
    responses((status = 200, description = "The program is alive.")))]
pub async fn alive() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], r#"{"status":"ok"}"#).into_response()
}

/// Tells that the database answers, takes what is written and has the schema of this program.
#[utoipa::path(get, path = "/ready", extensions(("x-permission" = json!(openapi::PUBLIC))), responses(
    (status = 200, description = "Ready to work."),
    (status = 503, description = "Not now; the detail says why.", body = ProblemBody)))]
pub async fn ready(State(app): State<App>) -> Result<Response, Problem> {
    // Whatever the cause, a load balancer should send requests to another node now.
    let away = |error: StoreError| Problem::passing("store_unavailable", "The database does not answer.", &error);
    let SchemaState { known, missing, .. } = app.db.schema_state(app.settings.migrations).await.map_err(away)?;
    if missing > 0 {
        let detail = format!("{missing} of {known} migrations are missing. Run `tallyhouse migrate`.");
        return Err(Problem::unavailable("not_migrated", &detail));
    }
    let refused = |error: StoreError| Problem::passing("store_unavailable", "Nothing can be written.", &error);
    app.writable.check(&app.db, app.clock.now()).await.map_err(refused)?;
    Ok(([(header::CONTENT_TYPE, "application/json")], r#"{"status":"ready"}"#).into_response())
}
