//! Everything out as files: what there is to take out is the wings'.

pub mod api;
pub mod pages;

use axum::Router;
use axum::routing::{get, post};

use crate::app::App;

/// The pages, and the files themselves.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/exports", get(pages::show).post(pages::create))
        .route("/exports/{id}/cancel", post(pages::cancel))
        .route("/exports/{id}/file", get(pages::file::ready))
        .route("/export/{what}/{format}", get(pages::file::show))
}
