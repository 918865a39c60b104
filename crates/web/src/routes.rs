//! Every route of the house, in one table for each part of it.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::Uri;
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
        .route("/api/docs", get(pages::docs::show))
        .merge(bag_pages())
        .merge(bill_pages())
        .merge(report_pages())
        .merge(file_pages())
        .merge(earlier_addresses())
        .fallback(pages::nothing_here)
        .layer(from_fn(pages::problems_as_pages));
    let api = Router::new()
        .route("/health", get(api::health::alive))
        .route("/ready", get(api::health::ready))
        .merge(api())
        .merge(bill_api())
        .merge(earlier_api())
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

/// Bags, looking up, and what was scanned.
fn bag_pages() -> Router<App> {
    Router::new()
        .route("/bags", get(pages::bags::list::list))
        .route("/bags/{code}", get(pages::bags::show::show))
        .route("/bags/{code}/children", get(pages::bags::children::ask).post(pages::bags::children::save))
        .route("/bags/{code}/relink", get(pages::bags::relink::ask).post(pages::bags::relink::relink))
        .route("/bags/{code}/delete", get(pages::bags::delete::ask).post(pages::bags::delete::delete))
        .route("/bags/{code}/{action}", post(pages::bags::act::act))
        .route("/lookup", get(pages::bags::look_up::look_up))
        .route("/scans", get(pages::history::list))
        .route("/scans/{seq}", get(pages::history::show))
}

/// Bills.
fn bill_pages() -> Router<App> {
    Router::new()
        .route("/bills", get(pages::bills::list))
        .route("/bills/new", get(pages::bills::change::ask_new).post(pages::bills::change::create))
        .route("/bills/recalculate", get(pages::bills::change::ask_recalculate).post(pages::bills::change::recalculate))
        .route("/bills/station", get(pages::bills::station::show))
        .route("/bills/{number}", get(pages::bills::show::show))
        .route("/bills/{number}/edit", get(pages::bills::change::ask_edit).post(pages::bills::change::edit))
        .route("/bills/{number}/parents/{code}", get(pages::bills::show::parent))
        .route("/bills/{number}/report", get(pages::reports::bill::show))
        .route("/bills/{number}/{action}", post(pages::bills::change::act))
}

/// Reports.
fn report_pages() -> Router<App> {
    Router::new()
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
}

/// What comes in and goes out as files.
fn file_pages() -> Router<App> {
    Router::new()
        .route("/imports", get(pages::imports::list))
        .route(
            "/imports/new",
            // `upload` counts for itself.
            get(pages::imports::ask_new).post(pages::imports::create).layer(DefaultBodyLimit::disable()),
        )
        .route("/imports/{id}", get(pages::imports::show::show))
        .route("/imports/{id}/result.csv", get(api::imports::result))
        .route("/imports/{id}/columns", post(pages::imports::show::choose))
        .route("/imports/{id}/{action}", post(pages::imports::show::act))
        .route("/exports", get(pages::exports::show).post(pages::exports::create))
        .route("/exports/{id}/cancel", post(pages::exports::cancel))
        .route("/exports/{id}/file", get(pages::exports::file::ready))
        .route("/export/{what}/{format}", get(pages::exports::file::show))
}

/// Addresses of the system before this one.
fn earlier_addresses() -> Router<App> {
    Router::new()
        .route("/dashboard", get(async || pages::moved("/")))
        .route("/scan_parent", get(async || pages::moved("/scan")))
        .route("/scan_child", get(async || pages::moved("/scan")))
        .route("/scan/parent", get(async || pages::moved("/scan")))
        .route("/scan/child", get(async || pages::moved("/scan")))
        .route("/scan/batch", get(async || pages::moved("/scan")))
        .route("/scan/complete", get(async || pages::moved("/scan")))
        .route("/scan/finish", get(async || pages::moved("/scan")))
        .route("/scan/{id}", get(pages::history::moved))
        .route("/bag_management", get(async |uri: Uri| pages::moved_with("/bags", &uri)))
        .route("/bag/{code}", get(pages::bags::moved))
        .route("/edit-parent/{code}", get(pages::bags::moved_children))
        .route("/link_to_bill/{code}", get(pages::bags::moved))
        .route("/bill_management", get(pages::bills::old::management))
        .route("/bill/create", get(async || pages::moved("/bills/new")))
        .route("/bills/create", get(async || pages::moved("/bills/new")))
        .route("/bill/manual_parent_entry", get(async || pages::moved("/bills/station")))
        .route("/scan_bill_parent", get(async || pages::moved("/bills/station")))
        .route("/scan_bill_parent/{number}", get(pages::bills::old::station))
        .route("/bill/{number}", get(pages::bills::old::bill))
        .route("/bill/{number}/edit", get(pages::bills::old::edit))
        .route("/bill/{number}/finish", get(pages::bills::old::bill))
        .route("/bill/{number}/scan_parent", get(pages::bills::old::station))
        .route("/bill_summary", get(async || pages::moved("/reports/bills")))
        .route("/import/bags", get(async || pages::moved("/imports/new?kind=bags")))
        .route("/import/bills", get(async || pages::moved("/imports/new?kind=bills")))
        .route("/import/batch_child_parent", get(async || pages::moved("/imports/new?kind=children")))
        .route("/import/batch_parent_bill", get(async || pages::moved("/imports/new?kind=parents")))
        .route("/import/batch_multi", get(async || pages::moved("/imports/new")))
        .route("/excel_upload", get(async || pages::moved("/imports/new")))
        .route("/upload", get(async || pages::moved("/imports/new")))
        .route("/export/reports/{what}/{format}", get(pages::exports::file::old))
        .route("/eod_summary_preview", get(async || pages::moved("/reports/day")))
}

/// The API of everything but bills.
fn api() -> Router<App> {
    Router::new()
        .route("/api/openapi.json", get(api::openapi::document))
        .route("/api/session/status", get(api::session::status))
        .route("/api/stats", get(api::stats::show))
        .route("/api/bill_summary/eod", get(api::reports::eod))
        .route("/api/bill_summary/send_eod", post(api::reports::send))
        .route("/api/bill_summary/schedule_eod", post(api::reports::schedule))
        .route("/api/v1/me", get(api::me::show))
        .route("/api/v1/live", get(live::feed))
        .route("/api/v1/scans", post(api::scans::create).get(api::history::list))
        .route("/api/v1/search", get(api::search::search))
        .route("/api/v1/bags", get(api::bags::list))
        .route("/api/v1/bags/{code}", get(api::bags::show))
        .route("/api/v1/bags/{code}", delete(api::bags::remove))
        .route("/api/v1/imports", get(api::imports::list).post(api::imports::create).layer(DefaultBodyLimit::disable()))
        .route("/api/v1/imports/{id}", get(api::imports::show))
        .route("/api/v1/imports/{id}/progress", get(api::imports::progress))
        .route("/api/v1/imports/{id}/result.csv", get(api::imports::result))
        .route("/api/v1/imports/{id}/{action}", post(api::imports::act))
        .route("/api/v1/exports", get(api::exports::list).post(api::exports::create))
        .route("/api/v1/exports/{id}", get(api::exports::show).delete(api::exports::cancel))
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
}

/// The API of the system before this one, with its names.
fn earlier_api() -> Router<App> {
    Router::new()
        .route("/api/v2/stats", get(api::stats::show))
        .route("/api/statistics", get(api::stats::totals))
        .route("/api/activity/{days}", get(api::stats::activity))
        .route("/api/scans", get(api::stats::recent))
        .route("/api/bags", get(api::bags::old::list).post(api::bags::old::create))
        .route("/api/bag/{code}", get(api::bags::old::show))
        .route("/api/parent-children/{code}", get(api::bags::old::children))
        .route("/api/bills", get(api::bills::old::list))
        .route("/api/bills/{number}", get(api::bills::old::show))
        .route("/api/bill/{number}/weights", get(api::bills::old::weights))
}
