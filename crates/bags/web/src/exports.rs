//! The addresses under which the earlier system let files out.

use axum::extract::{Path, State};
use axum::response::Response;
use base_web::error::Problem;
use base_web::exports::pages::{Filter, file};
use base_web::parameters::Parameters;
use base_web::session::Caller;

use crate::state::Bags;

/// `GET /export/reports/{what}/{format}`
pub async fn old(
    State(bags): State<Bags>,
    caller: Caller,
    Path((what, format)): Path<(String, String)>,
    query: Parameters<Filter>,
) -> Result<Response, Problem> {
    let what = match what.as_str() {
        "user-activity" => "activity",
        "system-stats" => "statistics",
        _ => return Err(Problem::not_found("This export")),
    };
    file::show(State(bags.app().clone()), caller, Path((what.to_owned(), format)), query).await
}
