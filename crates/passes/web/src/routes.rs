//! Every address of this wing.

use axum::Router;
use axum::routing::{get, post};
use utoipa_axum::router::OpenApiRouter;

use crate::state::Passes;
use crate::{events, gates, keys, passes};

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
        .route("/events/{event}/logo", post(events::logo::put))
        .route("/events/{event}/logo/remove", post(events::logo::remove))
        .route("/events/{event}/archive", get(events::archive::list))
        .route("/events/{event}/archive/{day}", get(events::archive::download))
        .route("/events/{event}/erase", post(events::erase::erase))
        .route("/events/{event}/gate/sell", get(passes::at_gate::ask).post(passes::at_gate::sell))
        .route("/events/{event}/gate", get(gates::pages::shell).post(gates::pages::scan))
        .route("/events/{event}/gate/plain", get(gates::pages::show))
        .route("/gate/conflicts", get(gates::conflicts::list))
        .route("/gate/conflicts/{conflict}/settle", post(gates::conflicts::settle))
        .route("/passes/{pass}", get(passes::show::show))
        .route("/passes/{pass}/card.svg", get(passes::hand_out::svg))
        .route("/passes/{pass}/pass.pdf", get(passes::hand_out::pdf))
        .route("/passes/{pass}/mail", post(passes::hand_out::send))
        .route("/p/{pass}/{mark}", get(passes::guest::show))
        .route("/p/{pass}/{mark}/{file}", get(passes::guest::file))
        .route("/pass-keys", get(keys::pages::list))
        .route("/pass-keys/new", post(keys::pages::create))
        .route("/pass-keys/{key}/revoke", post(keys::pages::revoke))
        .route("/passes/{pass}/edit", get(passes::form::ask_edit).post(passes::form::edit))
        .route("/passes/{pass}/cancel", post(passes::show::cancel))
        .route("/passes/{pass}/bring-back", post(passes::show::bring_back))
        .route("/passes/{pass}/undo-entry", post(passes::show::undo_entry))
        .route("/gate", get(gates::pages::choose))
        .merge(earlier_addresses())
}

/// Calls that are described where they are handled, and the one of E-Pass.
pub fn api() -> OpenApiRouter<Passes> {
    OpenApiRouter::new()
        .merge(gates::api::router())
        .merge(gates::device::router())
        .merge(passes::at_gate::router())
        .merge(keys::api::router())
        .merge(gates::old::router().into())
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
