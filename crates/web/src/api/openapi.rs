//! The description of the API, as `OpenAPI` wants it, made from the handlers themselves.

use axum::Json;
use axum::response::{IntoResponse, Response};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};
use utoipa::{Modify, OpenApi};

struct SignIn;

impl Modify for SignIn {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("token", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
        let cookie = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new("__Host-tallyhouse")));
        components.add_security_scheme("session", cookie);
    }
}

/// Gives every operation a name of its own: its method and its path. The handlers' own names are those of their modules.
struct Names;

impl Modify for Names {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        for (path, item) in &mut document.paths.paths {
            let words: Vec<&str> = path.split(['/', '{', '}']).filter(|word| !word.is_empty()).collect();
            let of = |method: &str| Some(format!("{method}_{}", words.join("_")));
            let operations = [
                ("get", &mut item.get),
                ("post", &mut item.post),
                ("put", &mut item.put),
                ("patch", &mut item.patch),
                ("delete", &mut item.delete),
            ];
            for (method, operation) in operations {
                if let Some(operation) = operation {
                    operation.operation_id = of(method);
                }
            }
        }
    }
}

/// The document.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Tallyhouse",
        description = "A code is scanned, a rule decides, the fact is kept. Sign in with a session cookie and \
            X-CSRF-Token, or send Authorization: Bearer TOKEN (`tallyhouse token create`). Without either any answer is \
            401, without the right 403. Addresses of the system before (`/api/bags`, `/api/bag/CODE`, `/api/bills`, …) \
            answer in its shapes and are not described here.",
        license(name = "MIT OR Apache-2.0")
    ),
    paths(
        super::scans::create,
        super::history::list,
        super::search::search,
        super::bags::list,
        super::bags::show,
        super::bags::remove,
        super::bills::list,
        super::bills::show,
        super::bills::weights,
        super::bills::scans,
        super::bills::change::create,
        super::bills::change::edit,
        super::bills::change::remove,
        super::bills::change::act,
        super::bills::change::put,
        super::bills::change::take,
        super::bills::change::recalculate_all,
        super::exports::list,
        super::exports::create,
        super::exports::show,
        super::exports::cancel,
        super::imports::create,
        super::imports::list,
        super::imports::show,
        super::imports::act,
        super::imports::progress,
        super::imports::result,
        super::me::show,
        super::session::status,
        super::stats::show,
        super::stats::totals,
        super::stats::activity,
        super::stats::recent,
        super::reports::eod,
        super::reports::send,
        super::reports::schedule,
        super::health::alive,
        super::health::ready
    ),
    components(schemas(super::bills::change::RecalculatedJson)),
    security(("token" = []), ("session" = [])),
    modifiers(&SignIn, &Names)
)]
pub struct Document;

/// `GET /api/openapi.json`
pub async fn document() -> Response {
    Json(Document::openapi()).into_response()
}
