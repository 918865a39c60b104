//! Jobs that run by themselves, and the backups that some of them make: what each came to, and running one now.

pub mod api;
pub mod pages;
pub mod work;

use axum::Router;
use axum::routing::{get, post};

use crate::app::App;

/// The pages.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/admin/jobs", get(pages::list))
        .route("/admin/jobs/{name}/run", post(pages::run))
        .route("/admin/backups", get(pages::backups))
}
