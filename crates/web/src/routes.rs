//! Every route of the house, in one table.

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{delete, get, post};

use crate::app::App;
use crate::{api, assets, live, pages, request};

/// The whole web side.
pub fn router(app: App) -> Router {
    let pages = Router::new()
        .route("/", get(pages::home::show))
        .route("/login", get(pages::sessions::ask).post(pages::sessions::sign_in))
        .route("/logout", post(pages::sessions::sign_out))
        .route("/locale", post(pages::sessions::choose_locale))
        .route("/scan", get(pages::scans::phone))
        .route("/station", get(pages::scans::station))
        .route("/bags", get(pages::bags::list))
        .route("/bags/{code}", get(pages::bags::show))
        .route("/bags/{code}/{action}", post(pages::bags::act))
        .route("/lookup", get(pages::bags::look_up))
        .route("/reports", get(pages::reports::index))
        .route("/reports/bills", get(pages::reports::bills::show))
        .route("/reports/day", get(pages::reports::day::show))
        .route("/reports/day/send", post(pages::reports::day::send))
        .route("/reports/day/schedule", post(pages::reports::day::schedule))
        .route("/reports/scans", get(pages::reports::scans::show))
        .route("/reports/areas", get(pages::reports::areas::show))
        .route("/reports/people", get(pages::reports::people::list))
        .route("/reports/people/{name}", get(pages::reports::people::show))
        .route("/reports/me", get(pages::reports::people::me))
        .route("/bills/{number}/report", get(pages::reports::bill::show))
        .merge(export_pages())
        .merge(bill_pages())
        .route("/api/docs", get(pages::docs::show))
        // Addresses of the system before this one.
        .route("/dashboard", get(async || pages::moved("/")))
        .route("/scan_parent", get(async || pages::moved("/scan")))
        .route("/scan_child", get(async || pages::moved("/scan")))
        .route("/scan/parent", get(async || pages::moved("/scan")))
        .route("/scan/child", get(async || pages::moved("/scan")))
        .route("/bill_summary", get(async || pages::moved("/reports/bills")))
        .route("/eod_summary_preview", get(async || pages::moved("/reports/day")))
        .route("/bag_management", get(async || pages::moved("/bags")))
        .route("/bag/{code}", get(pages::bags::moved))
        .fallback(pages::nothing_here)
        .layer(from_fn(pages::problems_as_pages));
    let api = Router::new()
        .route("/health", get(api::health::alive))
        .route("/ready", get(api::health::ready))
        .route("/api/openapi.json", get(api::openapi::document))
        .route("/api/session/status", get(api::session::status))
        .route("/api/stats", get(api::stats::show))
        .route("/api/v2/stats", get(api::stats::show))
        .route("/api/statistics", get(api::stats::totals))
        .route("/api/activity/{days}", get(api::stats::activity))
        .route("/api/scans", get(api::stats::recent))
        .route("/api/bill_summary/eod", get(api::reports::eod))
        .route("/api/bill_summary/send_eod", post(api::reports::send))
        .route("/api/bill_summary/schedule_eod", post(api::reports::schedule))
        .route("/api/v1/me", get(api::me::show))
        .route("/api/v1/live", get(live::feed))
        .route("/api/v1/scans", post(api::scans::create))
        .route("/api/v1/bags", get(api::bags::list))
        .route("/api/v1/bags/{code}", get(api::bags::show))
        .route("/api/v1/bags/{code}", delete(api::bags::remove))
        .route("/api/v1/exports", get(api::exports::list).post(api::exports::create))
        .route("/api/v1/exports/{id}", get(api::exports::show).delete(api::exports::cancel))
        .merge(bill_api())
        .route("/api/{*rest}", axum::routing::any(api::nothing_here))
        .method_not_allowed_fallback(api::method_not_allowed);
    let files = Router::new()
        .route("/assets/{file}", get(assets::file))
        .route("/sw.js", get(assets::fixed))
        .route("/favicon.svg", get(assets::fixed))
        .route("/manifest.webmanifest", get(assets::fixed))
        .route("/ui/phrases/{file}", get(pages::scans::phrases));
    api.merge(files).merge(pages).layer(from_fn_with_state(app.clone(), request::wrap)).with_state(app)
}

/// Pages of exports, and the files.
fn export_pages() -> Router<App> {
    Router::new()
        .route("/exports", get(pages::exports::show).post(pages::exports::create))
        .route("/exports/{id}/cancel", post(pages::exports::cancel))
        .route("/exports/{id}/file", get(pages::exports::file::ready))
        .route("/export/{what}/{format}", get(pages::exports::file::show))
        .route("/export/reports/{what}/{format}", get(pages::exports::file::old))
}

/// Pages of bills.
fn bill_pages() -> Router<App> {
    Router::new()
        .route("/bills", get(pages::bills::list))
        .route("/bills/new", get(pages::bills::change::ask_new).post(pages::bills::change::create))
        .route(
            "/bills/recalculate",
            get(pages::bills::change::ask_recalculate).post(pages::bills::change::recalculate),
        )
        .route("/bills/station", get(pages::bills::station::show))
        .route("/bills/{number}", get(pages::bills::show::show))
        .route("/bills/{number}/edit", get(pages::bills::change::ask_edit).post(pages::bills::change::edit))
        .route("/bills/{number}/parents/{code}", get(pages::bills::show::parent))
        .route("/bills/{number}/{action}", post(pages::bills::change::act))
        // Addresses of the system before this one.
        .route("/bill_management", get(async || pages::moved("/bills")))
        .route("/bill/create", get(async || pages::moved("/bills/new")))
        .route("/bills/create", get(async || pages::moved("/bills/new")))
        .route("/bill/manual_parent_entry", get(async || pages::moved("/bills/station")))
        .route("/scan_bill_parent", get(async || pages::moved("/bills/station")))
        .route("/scan_bill_parent/{number}", get(pages::bills::old::station))
        .route("/bill/{number}", get(pages::bills::old::bill))
        .route("/bill/{number}/edit", get(pages::bills::old::edit))
        .route("/bill/{number}/finish", get(pages::bills::old::bill))
        .route("/bill/{number}/scan_parent", get(pages::bills::old::station))
        .route("/link_to_bill/{code}", get(pages::bags::moved))
}

/// The API of bills.
fn bill_api() -> Router<App> {
    Router::new()
        .route("/api/v1/bills", get(api::bills::list).post(api::bills::change::create))
        .route(
            "/api/v1/bills/{number}",
            get(api::bills::show).patch(api::bills::change::edit).delete(api::bills::change::remove),
        )
        .route("/api/v1/bills/{number}/weights", get(api::bills::weights))
        .route("/api/v1/bills/{number}/scans", get(api::bills::scans))
        .route("/api/v1/bills/{number}/{action}", post(api::bills::change::act))
        .route("/api/v1/bills/{number}/parents/{code}", post(api::bills::change::put).delete(api::bills::change::take))
        .route("/api/v1/bill-weights/recalculate", post(api::bills::change::recalculate_all))
        .route("/api/bills", get(api::bills::old::list))
        .route("/api/bills/{number}", get(api::bills::old::show))
        .route("/api/bill/{number}/weights", get(api::bills::old::weights))
}
