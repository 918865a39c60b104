//! Every address of this wing.

use axum::Router;
use axum::routing::{get, post};
use utoipa_axum::router::OpenApiRouter;

use crate::state::Passes;
use crate::{events, gates, passes};

/// Pages.
pub fn pages() -> Router<Passes> {
    Router::new()
        .route("/events", get(events::pages::list))
        .route("/events/new", get(events::form::ask_new).post(events::form::create))
        .route("/events/{event}", get(events::pages::show))
        .route("/events/{event}/edit", get(events::form::ask_edit).post(events::form::edit))
        .route("/events/{event}/state", post(events::pages::set_state))
        .route("/events/{event}/people", post(events::pages::assign))
        .route("/events/{event}/passes", get(passes::pages::list))
        .route("/events/{event}/passes/new", get(passes::form::ask_new).post(passes::form::create))
        .route("/events/{event}/passes/file", get(passes::file::download))
        .route("/events/{event}/gate", get(gates::pages::show).post(gates::pages::scan))
        .route("/passes/{pass}", get(passes::show::show))
        .route("/passes/{pass}/edit", get(passes::form::ask_edit).post(passes::form::edit))
        .route("/passes/{pass}/cancel", post(passes::show::cancel))
        .route("/passes/{pass}/bring-back", post(passes::show::bring_back))
        .route("/passes/{pass}/undo-entry", post(passes::show::undo_entry))
        .route("/gate", get(gates::pages::choose))
        .merge(earlier_addresses())
}

/// Calls that are described where they are handled, and the one of E-Pass.
pub fn api() -> OpenApiRouter<Passes> {
    OpenApiRouter::new().merge(gates::api::router()).merge(gates::old::router().into())
}

/// Addresses of E-Pass. They are about one event, as it was: the newest that the person sees.
fn earlier_addresses() -> Router<Passes> {
    Router::new()
        .route("/generate", get(passes::old::generate).post(passes::old::create))
        .route("/preview/{pass}", get(passes::old::preview))
        .route("/regenerate/{pass}", get(passes::old::preview))
        .route("/scanner", get(gates::pages::choose))
        .route("/database", get(passes::old::database))
        .route("/export-csv", get(passes::old::export))
}
