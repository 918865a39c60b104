//! Tokens over the API.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use base_core::time::Moment;
use base_records::token::TokenLine;
use base_web::app::App;
use base_web::body::JsonBody;
use base_web::error::{Problem, ProblemBody};
use base_web::openapi;
use base_web::session::Caller;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::work::{self, Asked};

/// What is handled here, with its description.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(revoke))
}

/// A token.
#[derive(Serialize, ToSchema)]
pub struct TokenJson {
    id: i64,
    /// What it is for.
    name: String,
    /// What it may do; null is everything that its owner may.
    permissions: Option<Vec<String>>,
    /// The one area that it sees.
    area: Option<String>,
    /// RFC 3339.
    created_at: String,
    /// RFC 3339; null for one without an end.
    ends_at: Option<String>,
    /// RFC 3339; noted once a minute.
    used_at: Option<String>,
    /// RFC 3339.
    revoked_at: Option<String>,
}

impl From<TokenLine> for TokenJson {
    fn from(line: TokenLine) -> Self {
        let text = |at: Option<i64>| at.map(|at| Moment(at).rfc3339());
        Self {
            id: line.id,
            name: line.name,
            permissions: line.permissions.map(|names| names.split(' ').map(ToOwned::to_owned).collect()),
            area: line.area,
            created_at: Moment(line.created_at).rfc3339(),
            ends_at: text(line.expires_at),
            used_at: text(line.used_at),
            revoked_at: text(line.revoked_at),
        }
    }
}

/// The caller's tokens.
#[derive(Serialize, ToSchema)]
pub struct TokensJson {
    tokens: Vec<TokenJson>,
}

/// Lists the caller's own tokens.
#[utoipa::path(get, path = "/api/v1/tokens", extensions(("x-permission" = json!(openapi::SIGNED_IN))), responses(
    (status = 200, description = "The tokens, those in use first.", body = TokensJson)))]
pub async fn list(State(app): State<App>, caller: Caller) -> Result<Json<TokensJson>, Problem> {
    let tokens = work::own(&app, &caller).await?.into_iter().map(TokenJson::from).collect();
    Ok(Json(TokensJson { tokens }))
}

/// A new token.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTokenBody {
    /// What it is for: 1 to 64 characters.
    name: String,
    /// What it may do: permissions of the caller; everything that the caller may without.
    #[serde(default)]
    permissions: Option<Vec<String>>,
    /// The one area that it sees.
    #[serde(default)]
    area: Option<String>,
    /// How many days it lasts: 1 to 730.
    days: u32,
}

/// The new token.
#[derive(Serialize, ToSchema)]
pub struct CreatedTokenJson {
    id: i64,
    /// The token itself. It is told this once.
    token: String,
}

/// Makes a token. Only somebody who signed in can; a token cannot.
#[utoipa::path(post, path = "/api/v1/tokens", extensions(("x-permission" = json!(openapi::SIGNED_IN))),
    request_body = NewTokenBody, responses(
    (status = 201, description = "It is made.", body = CreatedTokenJson),
    (status = 403, description = "A token was used, or the CSRF proof is missing.", body = ProblemBody)))]
pub async fn create(
    State(app): State<App>,
    caller: Caller,
    JsonBody(body): JsonBody<NewTokenBody>,
) -> Result<(StatusCode, Json<CreatedTokenJson>), Problem> {
    let NewTokenBody { name, permissions, area, days } = body;
    let asked = Asked { name, permissions, area: area.unwrap_or_default(), days };
    let (id, token) = work::create(&app, &caller, asked).await?;
    Ok((StatusCode::CREATED, Json(CreatedTokenJson { id, token })))
}

/// Revokes one of the caller's own tokens. Only somebody who signed in can; a token cannot.
#[utoipa::path(delete, path = "/api/v1/tokens/{id}", extensions(("x-permission" = json!(openapi::SIGNED_IN))),
    params(("id", description = "The token's number.")), responses(
    (status = 204, description = "It opens nothing any more."),
    (status = 403, description = "A token was used, or the CSRF proof is missing.", body = ProblemBody),
    (status = 404, description = "The caller has no such token.", body = ProblemBody)))]
pub async fn revoke(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    let Ok(id) = id.parse() else { return Err(Problem::not_found("The token")) };
    if work::revoke(&app, &caller, id).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Problem::not_found("The token"))
    }
}
