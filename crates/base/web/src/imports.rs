//! Files of rows that come in: what they are and what becomes of their rows is the wings'.

pub mod api;
pub mod pages;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use crate::app::App;

/// The pages.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/imports", get(pages::list))
        .route(
            "/imports/new",
            // `upload` has a limit of its own.
            get(pages::ask_new).post(pages::create).layer(DefaultBodyLimit::disable()),
        )
        .route("/imports/{id}", get(pages::show::show))
        .route("/imports/{id}/result.csv", get(api::result::result))
        .route("/imports/{id}/columns", post(pages::show::choose))
        .route("/imports/{id}/{action}", post(pages::show::act))
}
