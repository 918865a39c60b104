//! What called for somebody, until when, and who is told of it.

pub mod api;
pub mod pages;
pub mod work;

use axum::Router;
use axum::routing::{get, post};

use crate::app::App;

/// The pages.
pub fn routes() -> Router<App> {
    Router::new().route("/admin/alerts", get(pages::list)).route("/admin/alerts/try", post(pages::try_out))
}
