//! What all calls of the JSON API share: every refusal is problem+json with a stable `code`.

use axum::http::StatusCode;

use crate::error::Problem;

/// An address under `/api` that does not exist.
#[expect(clippy::unused_async, reason = "axum wants handlers to be async")]
pub async fn nothing_here() -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "no_such_address",
        "There is nothing at this address. /api/docs lists them all.",
    )
}

/// An address that exists, called with a method it does not have.
#[expect(clippy::unused_async, reason = "axum wants handlers to be async")]
pub async fn method_not_allowed() -> Problem {
    let detail = "This address does not accept this method. /api/docs lists the methods.";
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail)
}
