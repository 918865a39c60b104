//! The description of the API, as `OpenAPI` wants it, made from the handlers themselves.

use axum::Json;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};
use utoipa::{Modify, OpenApi, ToSchema};

/// The results of `POST /api/v1/scans`.
#[derive(Serialize, ToSchema)]
pub struct ScanResults {
    /// One for each scan, in order.
    results: Vec<ScanResult>,
}

/// What became of one scan. Facts that do not apply are left out.
#[derive(Serialize, ToSchema)]
pub struct ScanResult {
    /// The scan's id, as it was sent.
    id: uuid::Uuid,
    /// `parent_created`, `parent_selected`, `linked`, `unlinked`, `relinked`, `undone`, `closed`, or the code of a refusal.
    outcome: String,
    /// The code, as it was read.
    code: String,
    /// The parent concerned.
    parent: Option<String>,
    /// How many children that parent has now.
    children: Option<u32>,
    /// How many fit.
    capacity: Option<u32>,
    /// `pending`, `in_progress` or `completed`.
    status: Option<String>,
    /// True on the link that filled the parent.
    completed: Option<bool>,
    /// The parent that the child is in.
    current_parent: Option<String>,
    /// The bill that stands in the way.
    bill: Option<String>,
    /// By how many seconds the sender's clock is off, where that is too much to be true.
    clock_off_s: Option<i64>,
    /// Refusals: what is wrong and the way out.
    message: Option<String>,
}

struct SignIn;

impl Modify for SignIn {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("token", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
        let cookie = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new("__Host-tallyhouse")));
        components.add_security_scheme("session", cookie);
    }
}

/// The document.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Tallyhouse",
        description = "A code is scanned, a rule decides, the fact is kept. Sign in with a session cookie and \
            X-CSRF-Token, or send Authorization: Bearer TOKEN (`tallyhouse token create`).",
        license(name = "MIT OR Apache-2.0")
    ),
    paths(
        super::scans::create,
        super::bags::list,
        super::bags::show,
        super::bags::remove,
        super::me::show,
        super::session::status,
        super::stats::show,
        super::health::alive,
        super::health::ready
    ),
    security(("token" = []), ("session" = [])),
    modifiers(&SignIn)
)]
pub struct Document;

/// `GET /api/openapi.json`
pub async fn document() -> Response {
    Json(Document::openapi()).into_response()
}
