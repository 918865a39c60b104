//! `GET /api/v1/gate/revocations`: which keys sign, which are no longer taken, and which passes have no valid code. It names
//! nobody.

use axum::Json;
use axum::extract::State;
use base_core::time::Moment;
use base_web::error::{Problem, ProblemBody};
use base_web::parameters::Parameters;
use base_web::session::Caller;
use passes_rules::payload::epass::id_is_plain;
use passes_rules::permission::PASS_REDEEM;
use passes_store::key::{self, RevokedPass};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::events::work::{find, seen};
use crate::state::Passes;

/// Passes of one answer.
const LIMIT: u32 = 1_000;

/// What is handled here, with its description.
pub fn router() -> OpenApiRouter<Passes> {
    OpenApiRouter::new().routes(routes!(list))
}

/// Which event, and from where on.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RevocationsQuery {
    /// The event of the gate; without it every event that the person works at.
    event: Option<i64>,
    /// The last pass of the answer before.
    after: Option<String>,
}

/// A key of compact codes.
#[derive(Serialize, ToSchema)]
pub struct PublicKey {
    /// Its number, as codes name it.
    id: u16,
    /// What codes are checked with: 32 bytes in hexadecimal digits.
    public: String,
    /// True when codes that it signed are no longer taken.
    revoked: bool,
}

/// A pass that has no valid code, or only one of the codes that it had.
#[derive(Serialize, ToSchema)]
pub struct RevokedCodes {
    /// The pass.
    pass: String,
    /// Codes that were made before are not taken (RFC 3339); a code of E-Pass is never taken.
    #[schema(format = DateTime)]
    made_before: Option<String>,
    /// True when the pass was cancelled.
    cancelled: bool,
}

/// What gates need to refuse by themselves.
#[derive(Serialize, ToSchema)]
pub struct Revocations {
    /// Every key, the newest first.
    keys: Vec<PublicKey>,
    /// Up to 1,000 passes, in the order of their ids.
    passes: Vec<RevokedCodes>,
    /// Ask again with it as `after`; absent at the end.
    next: Option<String>,
}

/// Tells which keys and codes of passes are no longer taken.
#[utoipa::path(get, path = "/api/v1/gate/revocations", params(RevocationsQuery),
    extensions(("x-permission" = json!(PASS_REDEEM.name()))), responses(
    (status = 200, description = "Keys, and passes without a valid code.", body = Revocations),
    (status = 404, description = "The event was not found, or is not yours.", body = ProblemBody)))]
pub async fn list(
    State(app): State<Passes>,
    caller: Caller,
    Parameters(query): Parameters<RevocationsQuery>,
) -> Result<Json<Revocations>, Problem> {
    caller.must(PASS_REDEEM)?;
    let event = match query.event {
        Some(event) => Some(find(&app, &caller, &event.to_string()).await?.id),
        None => None,
    };
    let after = query.after.unwrap_or_default();
    if !after.is_empty() && !id_is_plain(&after) {
        return Err(Problem::field("after", "This is no id of a pass."));
    }
    let found = key::revoked_passes(app.db.read().await?.conn(), (event, seen(&caller)), &after, LIMIT).await?;
    let keys = app.keys.compact.all();
    let keys = keys.iter().map(|key| PublicKey { id: key.id(), public: key.public(), revoked: key.is_revoked });
    let next = found.last().filter(|_| found.len() == LIMIT as usize).map(|line| line.pass_id.clone());
    let told = |line: RevokedPass| RevokedCodes {
        pass: line.pass_id,
        made_before: line.codes_since.map(|at| Moment(at).rfc3339()),
        cancelled: line.cancelled_at.is_some(),
    };
    Ok(Json(Revocations { keys: keys.collect(), passes: found.into_iter().map(told).collect(), next }))
}
