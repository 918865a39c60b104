//! Sessions over the API.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use base_core::permission::ACCOUNT_MANAGE;
use base_core::realm::Realm;
use base_core::time::Moment;
use base_records::session::SessionLine;
use base_web::app::App;
use base_web::body::JsonBody;
use base_web::error::{Problem, ProblemBody};
use base_web::openapi;
use base_web::parameters::Parameters;
use base_web::session::{Caller, STAFF};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::work::{self, Asked};

/// What is handled here, with its description.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(own)).routes(routes!(end)).routes(routes!(end_all))
}

/// Which sessions.
#[derive(Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct SessionsQuery {
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// 1 to 200; 50 without.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// Part of a name or an e-mail, or a whole address.
    q: Option<String>,
    /// `staff` or `customer`; `staff` without.
    realm: Option<String>,
}

/// A session.
#[derive(Serialize, ToSchema)]
pub struct SessionJson {
    /// What names it here; it opens nothing.
    id: String,
    /// Whose it is.
    person: String,
    address: String,
    agent: String,
    /// The enrolled device that it was opened on.
    device: Option<String>,
    /// RFC 3339.
    created_at: String,
    /// RFC 3339; noted once a minute.
    seen_at: String,
    /// RFC 3339.
    ends_at: String,
    /// True while its screen is locked.
    locked: bool,
    /// True for the one that asks.
    is_this: bool,
}

/// A page of sessions, the newest first.
#[derive(Serialize, ToSchema)]
pub struct SessionsJson {
    sessions: Vec<SessionJson>,
    /// Where the next page begins; null on the last one.
    next_cursor: Option<String>,
}

fn json_of(app: &App, caller: &Caller, realm: Realm, line: SessionLine) -> SessionJson {
    SessionJson {
        id: line.id().to_owned(),
        locked: work::is_locked(app, realm, &line),
        is_this: line.token_hash == caller.session_hash,
        person: line.username,
        address: line.address,
        agent: line.agent,
        device: line.device,
        created_at: Moment(line.created_at).rfc3339(),
        seen_at: Moment(line.seen_at).rfc3339(),
        ends_at: Moment(line.expires_at).rfc3339(),
    }
}

/// Lists the sessions of everybody.
#[utoipa::path(get, path = "/api/v1/sessions", extensions(("x-permission" = json!(ACCOUNT_MANAGE.name()))),
    params(SessionsQuery), responses(
    (status = 200, description = "A page of sessions.", body = SessionsJson)))]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Parameters(query): Parameters<SessionsQuery>,
) -> Result<Json<SessionsJson>, Problem> {
    let asked = Asked {
        realm: query.realm.as_deref().unwrap_or(STAFF.name()),
        text: query.q.as_deref().unwrap_or_default(),
        cursor: query.cursor.as_deref().unwrap_or_default(),
        limit: query.limit.unwrap_or(work::PAGE),
    };
    let page = work::page(&app, &caller, asked).await?;
    let realm = page.realm;
    let sessions = page.sessions.into_iter().map(|line| json_of(&app, &caller, realm, line)).collect();
    Ok(Json(SessionsJson { sessions, next_cursor: page.next }))
}

/// Lists the caller's own sessions.
#[utoipa::path(get, path = "/api/v1/me/sessions", extensions(("x-permission" = json!(openapi::SIGNED_IN))), responses(
    (status = 200, description = "All of them.", body = SessionsJson)))]
pub async fn own(State(app): State<App>, caller: Caller) -> Result<Json<SessionsJson>, Problem> {
    let sessions = work::own(&app, &caller).await?;
    let sessions = sessions.into_iter().map(|line| json_of(&app, &caller, caller.person.realm, line)).collect();
    Ok(Json(SessionsJson { sessions, next_cursor: None }))
}

/// Ends a session: one of the caller's own, or anybody's with the permission `account.manage`. Only somebody who signed in
/// can; a token cannot.
#[utoipa::path(delete, path = "/api/v1/sessions/{id}", extensions(("x-permission" = json!(openapi::SIGNED_IN))),
    params(("id", description = "The session's `id`.")), responses(
    (status = 204, description = "It has ended."),
    (status = 403, description = "A token was used, or the CSRF proof is missing.", body = ProblemBody),
    (status = 404, description = "There is no such session, or it is not the caller's.", body = ProblemBody)))]
pub async fn end(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    if work::end(&app, &caller, STAFF, &id).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(Problem::not_found("The session"))
}

/// Whose sessions end.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EndBody {
    /// User name or e-mail.
    person: String,
    /// `staff` or `customer`; `staff` without.
    #[serde(default)]
    realm: String,
}

/// How many sessions have ended.
#[derive(Serialize, ToSchema)]
pub struct EndedJson {
    ended: u64,
}

/// Ends all sessions of somebody. Only somebody who signed in can; a token cannot.
#[utoipa::path(post, path = "/api/v1/sessions/end", extensions(("x-permission" = json!(ACCOUNT_MANAGE.name()))),
    request_body = EndBody, responses(
    (status = 200, description = "They have ended.", body = EndedJson),
    (status = 422, description = "Nobody has this name.", body = ProblemBody)))]
pub async fn end_all(
    State(app): State<App>,
    caller: Caller,
    body: Result<JsonBody<EndBody>, Problem>,
) -> Result<Json<EndedJson>, Problem> {
    caller.must(ACCOUNT_MANAGE)?;
    let JsonBody(body) = body?;
    let realm = work::realm_of_action(&body.realm)?;
    let ended = work::end_all(&app, &caller, realm, &body.person).await?;
    Ok(Json(EndedJson { ended }))
}
