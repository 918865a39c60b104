//! What the pages of a session ask for: how long it goes on, to go on, to lock, to resume.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use base_core::time::{Moment, SECOND_US};
use base_records::session;
use base_web::app::App;
use base_web::body::JsonBody;
use base_web::error::{Problem, ProblemBody};
use base_web::openapi;
use base_web::session::{AnySession, STAFF};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::work;
use crate::sign_in::Visit;

/// What is handled here, with its description.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(status)).routes(routes!(stay)).routes(routes!(lock)).routes(routes!(resume))
}

/// The session of the caller.
#[derive(Serialize, ToSchema)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact by itself, two of them named by the earlier system")]
pub struct SessionStatus {
    authenticated: bool,
    /// True while the screen is locked: nothing opens until the person has typed their password.
    locked: bool,
    /// Seconds until the screen locks without another request, or the session ends, whichever comes first.
    time_remaining_seconds: i64,
    /// True when the page should warn.
    show_warning: bool,
    /// True when what comes first is the end of the session, which no request puts off.
    ends: bool,
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

fn status_of(app: &App, session: &session::Session, is_locked: bool) -> Json<SessionStatus> {
    let settings = &app.settings;
    let now = app.clock.now();
    let idle_end = session.seen_at + app.session_idle_s() * SECOND_US;
    let ends = is_locked || session.expires_at <= idle_end;
    let end = if ends { session.expires_at } else { idle_end };
    let time_remaining_seconds = (end - now.0) / SECOND_US;
    let text = |at: i64| Moment(at).rfc3339();
    Json(SessionStatus {
        authenticated: true,
        locked: is_locked,
        time_remaining_seconds,
        show_warning: !is_locked && time_remaining_seconds <= settings.session_warning_s,
        ends,
        session_info: SessionInfo {
            created_at: text(session.created_at),
            last_activity: text(session.seen_at),
            absolute_timeout: app.session_absolute_s(),
            inactivity_timeout: app.session_idle_s(),
            warning_time: settings.session_warning_s,
        },
    })
}

/// Tells how long the session lasts. Asking does not make it last longer.
#[utoipa::path(get, path = "/api/session/status", extensions(("x-permission" = json!(openapi::SIGNED_IN))), responses(
    (status = 200, description = "How long the session goes on.", body = SessionStatus),
    (status = 401, description = "Nobody is signed in, or a token was used.", body = ProblemBody)))]
pub async fn status(State(app): State<App>, any: AnySession) -> Json<SessionStatus> {
    status_of(&app, &any.present.session, any.present.is_locked)
}

/// Goes on: the person is there. The end of the session stays as it is.
#[utoipa::path(post, path = "/api/session/stay", extensions(("x-permission" = json!(openapi::SIGNED_IN))), responses(
    (status = 200, description = "How long the session goes on now.", body = SessionStatus),
    (status = 401, description = "Nobody is signed in, or the screen is locked.", body = ProblemBody),
    (status = 403, description = "The CSRF proof is missing.", body = ProblemBody)))]
pub async fn stay(State(app): State<App>, any: AnySession) -> Result<Json<SessionStatus>, Problem> {
    if any.present.is_locked {
        return Err(Problem::locked());
    }
    let mut session = any.present.session;
    session.seen_at = app.clock.now().0;
    let mut tx = app.db.write().await?;
    session::touch(tx.conn(), STAFF, &session.token_hash, Moment(session.seen_at)).await?;
    tx.commit().await?;
    Ok(status_of(&app, &session, false))
}

/// Locks the screen.
#[utoipa::path(post, path = "/api/session/lock", extensions(("x-permission" = json!(openapi::SIGNED_IN))), responses(
    (status = 204, description = "The screen is locked."),
    (status = 401, description = "Nobody is signed in, or a token was used.", body = ProblemBody),
    (status = 403, description = "The CSRF proof is missing.", body = ProblemBody)))]
pub async fn lock(State(app): State<App>, any: AnySession, headers: HeaderMap) -> Result<StatusCode, Problem> {
    work::lock(&app, &Visit { headers, facts: any.facts }, &any.present).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The password of the person whose screen is locked.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResumeBody {
    /// The password.
    password: String,
}

/// Resumes a locked session.
#[utoipa::path(post, path = "/api/session/resume", extensions(("x-permission" = json!(openapi::SIGNED_IN))),
    request_body = ResumeBody, responses(
    (status = 204, description = "The session goes on."),
    (status = 401, description = "Nobody is signed in, or a token was used.", body = ProblemBody),
    (status = 403, description = "The CSRF proof is missing.", body = ProblemBody),
    (status = 422, description = "The password is wrong.", body = ProblemBody)))]
pub async fn resume(
    State(app): State<App>,
    any: AnySession,
    headers: HeaderMap,
    JsonBody(body): JsonBody<ResumeBody>,
) -> Result<StatusCode, Problem> {
    let visit = Visit { headers, facts: any.facts };
    if any.present.is_locked && !work::resume(&app, &visit, &any.present, body.password).await? {
        return Err(Problem::field("password", "The password is wrong."));
    }
    Ok(StatusCode::NO_CONTENT)
}
