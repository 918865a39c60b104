//! What all calls of the JSON API share: every refusal is problem+json with a stable `code`.

use axum::http::StatusCode;

use crate::error::Problem;

/// Anything under `/api` that is not there.
pub async fn nothing_here() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "no_such_address", "There is nothing at this address. /api/docs lists what is.")
}

/// An address that is there, asked in a way it does not know.
pub async fn method_not_allowed() -> Problem {
    let detail = "This address does not know this method. /api/docs lists what it knows.";
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail)
}
