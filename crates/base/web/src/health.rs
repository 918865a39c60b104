//! Whether the site is alive, whether it can work, and how it is.

pub mod api;
pub mod last;
pub mod pages;
pub mod seen;
pub mod work;

use axum::Router;
use axum::extract::State;
use axum::http::{Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use base_db::{SchemaState, StoreError};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::error::{Problem, ProblemBody};
use crate::openapi;
use crate::pages::moved_with;

/// Calls, with their descriptions.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(alive)).routes(routes!(ready)).merge(api::router())
}

/// The pages.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/system_health", get(pages::show))
        .route("/admin/health", get(|uri: Uri| async move { moved_with("/system_health", &uri) }))
        .route("/pool_dashboard", get(pages::pool))
        .route("/pool_dashboard/history.csv", get(pages::history))
        .route("/admin/pool_dashboard", get(|uri: Uri| async move { moved_with("/pool_dashboard", &uri) }))
        .route("/admin/queries", get(pages::queries))
        .route("/admin/queries/{pid}/end", post(pages::end))
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
    if app.leaving.has_begun() {
        return Err(Problem::unavailable("leaving", "This node ends in a moment; others go on."));
    }
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
