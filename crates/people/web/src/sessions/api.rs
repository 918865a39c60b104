//! `GET /api/session/status`: how long the session lasts, under the names of the earlier system.

use axum::Json;
use axum::extract::State;
use base_core::time::SECOND_US;
use base_records::session;
use base_web::app::App;
use base_web::error::{Problem, ProblemBody};
use base_web::openapi;
use base_web::session::{Caller, STAFF};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// What is handled here, with its description.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(status))
}

/// The session of the caller.
#[derive(Serialize, ToSchema)]
pub struct SessionStatus {
    authenticated: bool,
    /// Seconds until the session ends without another request.
    time_remaining_seconds: i64,
    /// True when the page should offer to stay signed in.
    show_warning: bool,
    session_info: SessionInfo,
}

/// When it began and what limits it.
#[derive(Serialize, ToSchema)]
pub struct SessionInfo {
    /// RFC 3339.
    created_at: String,
    /// RFC 3339; noted once a minute.
    last_activity: String,
    /// Seconds.
    absolute_timeout: i64,
    /// Seconds.
    inactivity_timeout: i64,
    /// Seconds.
    warning_time: i64,
}

/// Tells how long the session lasts.
#[utoipa::path(get, path = "/api/session/status", extensions(("x-permission" = json!(openapi::SIGNED_IN))), responses(
    (status = 200, description = "How long the session goes on.", body = SessionStatus),
    (status = 401, description = "Nobody is signed in, or a token was used.", body = ProblemBody)))]
pub async fn status(State(app): State<App>, caller: Caller) -> Result<Json<SessionStatus>, Problem> {
    let settings = &app.settings;
    let now = app.clock.now();
    let idle_since = now.plus_us(-settings.session_idle_s * SECOND_US);
    let mut reader = app.db.read().await?;
    let found = session::find(reader.conn(), STAFF, &caller.session_hash, now, idle_since).await?;
    let session = found.ok_or_else(Problem::not_signed_in)?;
    let idle_end = session.seen_at + settings.session_idle_s * SECOND_US;
    let time_remaining_seconds = (session.expires_at.min(idle_end) - now.0) / SECOND_US;
    let text = |at: i64| base_core::time::Moment(at).rfc3339();
    Ok(Json(SessionStatus {
        authenticated: true,
        time_remaining_seconds,
        show_warning: time_remaining_seconds <= settings.session_warning_s,
        session_info: SessionInfo {
            created_at: text(session.created_at),
            last_activity: text(session.seen_at),
            absolute_timeout: settings.session_absolute_s,
            inactivity_timeout: settings.session_idle_s,
            warning_time: settings.session_warning_s,
        },
    }))
}
