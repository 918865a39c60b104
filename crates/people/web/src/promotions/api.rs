//! Requests for a higher role, for programs.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use base_core::time::Moment;
use base_web::body::JsonBody;
use base_web::error::{Problem, ProblemBody};
use base_web::session::Caller;
use people_rules::permission::{PROMOTION_ASK, PROMOTION_DECIDE};
use people_store::promotion::Request;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::work;
use crate::refused::problem;
use crate::state::People;

/// What is handled here, with its description.
pub fn router() -> OpenApiRouter<People> {
    OpenApiRouter::new().routes(routes!(list, ask)).routes(routes!(own)).routes(routes!(decide))
}

/// A request.
#[derive(Serialize, ToSchema)]
pub struct PromotionJson {
    /// Its number.
    id: i64,
    /// The account of who asks.
    account_id: i64,
    /// Their user name.
    username: String,
    /// Why.
    reason: String,
    /// `pending`, `approved` or `rejected`.
    status: String,
    /// Who decided.
    decided_by: Option<String>,
    /// The words of the decision.
    notes: Option<String>,
    /// RFC 3339.
    requested_at: String,
    /// RFC 3339.
    decided_at: Option<String>,
}

impl From<Request> for PromotionJson {
    fn from(request: Request) -> Self {
        Self {
            id: request.id,
            account_id: request.account_id,
            username: request.username,
            reason: request.reason,
            status: request.status,
            decided_by: request.decided_by,
            notes: request.admin_notes,
            requested_at: Moment(request.requested_at).rfc3339(),
            decided_at: request.processed_at.map(|at| Moment(at).rfc3339()),
        }
    }
}

/// Requests.
#[derive(Serialize, ToSchema)]
pub struct PromotionsJson {
    /// Those that wait, the oldest first, then the last 50 that were decided.
    promotions: Vec<PromotionJson>,
}

/// A new request.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskBody {
    /// Why, in 1 to 1,000 characters.
    reason: String,
}

/// The number of a request.
#[derive(Serialize, ToSchema)]
pub struct AskedJson {
    /// Its number.
    id: i64,
}

/// A decision.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DecideBody {
    /// `approve` or `reject`.
    decision: String,
    /// Words for the person. A rejection needs some.
    #[serde(default)]
    notes: String,
}

/// Lists the requests that wait, and those that were decided last.
#[utoipa::path(get, path = "/api/v1/promotions", extensions(("x-permission" = json!(PROMOTION_DECIDE.name()))),
    responses((status = 200, description = "The requests.", body = PromotionsJson)))]
pub async fn list(State(app): State<People>, caller: Caller) -> Result<Json<PromotionsJson>, Problem> {
    let all = work::all(&app, &caller).await?;
    Ok(Json(PromotionsJson { promotions: all.into_iter().map(PromotionJson::from).collect() }))
}

/// Lists one's own requests, the newest first.
#[utoipa::path(get, path = "/api/v1/promotions/own", extensions(("x-permission" = json!(PROMOTION_ASK.name()))),
    responses((status = 200, description = "The requests.", body = PromotionsJson)))]
pub async fn own(State(app): State<People>, caller: Caller) -> Result<Json<PromotionsJson>, Problem> {
    let own = work::own(&app, &caller).await?;
    Ok(Json(PromotionsJson { promotions: own.into_iter().map(PromotionJson::from).collect() }))
}

/// Asks to become an admin. One request of each person waits at a time.
#[utoipa::path(post, path = "/api/v1/promotions", extensions(("x-permission" = json!(PROMOTION_ASK.name()))),
    request_body = AskBody, responses(
    (status = 201, description = "The request waits.", body = AskedJson),
    (status = 409, description = "A rule says no; `code` says which.", body = ProblemBody)))]
pub async fn ask(
    State(app): State<People>,
    caller: Caller,
    JsonBody(body): JsonBody<AskBody>,
) -> Result<(StatusCode, Json<AskedJson>), Problem> {
    caller.must(PROMOTION_ASK)?;
    let id = work::ask(&app, &caller, &body.reason).await.map_err(problem)?;
    Ok((StatusCode::CREATED, Json(AskedJson { id })))
}

/// Decides a request. An approved person becomes an admin and is signed out.
#[utoipa::path(post, path = "/api/v1/promotions/{id}", extensions(("x-permission" = json!(PROMOTION_DECIDE.name()))),
    request_body = DecideBody, params(("id", description = "The request's number")), responses(
    (status = 204, description = "It is decided."),
    (status = 409, description = "A rule says no; `code` says which.", body = ProblemBody)))]
pub async fn decide(
    State(app): State<People>,
    caller: Caller,
    Path(id): Path<String>,
    JsonBody(body): JsonBody<DecideBody>,
) -> Result<StatusCode, Problem> {
    caller.must(PROMOTION_DECIDE)?;
    let (id, decision) = (work::number(&id).map_err(problem)?, work::decision(&body.decision).map_err(problem)?);
    work::decide(&app, &caller, id, decision, &body.notes).await.map_err(problem)?;
    Ok(StatusCode::NO_CONTENT)
}
