//! Files of rows that come in: what they are and what becomes of their rows is the wings'.

pub mod api;
pub mod pages;
pub mod rights;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use crate::app::App;
use crate::list::{Column, ListKind};

/// The list of imports.
pub const IMPORTS: &ListKind = &ListKind {
    id: "imports",
    path: "/imports",
    title: "nav-imports",
    columns: &[
        Column::key("file", "import-file"),
        Column::new("kind", "import-kind"),
        Column::new("status", "status"),
        Column::number("rows", "import-rows"),
        Column::number("created", "import-created"),
        Column::number("linked", "import-linked"),
        Column::number("known", "import-known"),
        Column::number("refused", "import-refused"),
        Column::new("time", "time"),
    ],
};

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
