//! Whether the house is alive, and whether it can work.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::error::Problem;

/// Tells that the program is alive.
#[utoipa::path(get, path = "/health", responses((status = 200, description = "The program is alive.")))]
pub async fn alive() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], r#"{"status":"ok"}"#).into_response()
}

/// Tells that the database answers and has the schema of this program.
#[utoipa::path(get, path = "/ready", responses(
    (status = 200, description = "Ready to work."), (status = 503, description = "Not now; the detail says why.")))]
pub async fn ready(State(app): State<App>) -> Result<Response, Problem> {
    let (known, applied) = app.db.migrations().await?;
    if applied < known {
        let detail = format!("{} of {known} migrations are missing. Run `tallyhouse migrate`.", known - applied);
        return Err(Problem::new(axum::http::StatusCode::SERVICE_UNAVAILABLE, "not_migrated", detail));
    }
    Ok(([(header::CONTENT_TYPE, "application/json")], r#"{"status":"ready"}"#).into_response())
}
