//! The history of scans: what was scanned, by whom, and what became of it.

use axum::Json;
use axum::extract::State;
use bags_rules::permission::BAG_READ;
use base_web::cursor;
use base_web::error::Problem;
use base_web::parameters::Parameters;
use base_web::session::Caller;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::history::HistoryJson;
use crate::scans::work::{ScansQuery, page};
use crate::state::Bags;

/// Scans on a page unless asked otherwise.
const LIMIT_DEFAULT: u32 = 50;

/// What is handled here, with its description.
pub fn router() -> OpenApiRouter<Bags> {
    OpenApiRouter::new().routes(routes!(list))
}

/// A page of history.
#[derive(Serialize, ToSchema)]
pub struct ScanPage {
    /// The scans, newest first.
    pub scans: Vec<HistoryJson>,
    /// Where the next page starts; null on the last page.
    pub next_cursor: Option<String>,
    /// How many scans were looked at, when the page ended there before it was full; continue with `next_cursor`.
    pub looked_through: Option<u32>,
    /// True when no scan names exactly `q`, and these contain it.
    pub inside: bool,
}

/// Lists the scans of the caller's areas, newest first. All filters can be combined.
#[utoipa::path(get, path = "/api/v1/scans", extensions(("x-permission" = json!(BAG_READ.name()))),
    params(ScansQuery), responses(
    (status = 200, description = "A page of the history of the caller's areas.", body = ScanPage)))]
pub async fn list(
    State(app): State<Bags>,
    caller: Caller,
    Parameters(query): Parameters<ScansQuery>,
) -> Result<Json<ScanPage>, Problem> {
    let page = page(&app, &caller, &query, LIMIT_DEFAULT).await?;
    Ok(Json(ScanPage {
        scans: page.lines.into_iter().map(HistoryJson::from).collect(),
        next_cursor: page.next.map(|next| cursor::write(&app, &caller, &next.to_string())),
        looked_through: page.looked_through,
        inside: page.inside,
    }))
}
