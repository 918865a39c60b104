//! Every address of this wing.

use axum::Router;
use axum::http::Uri;
use axum::routing::{get, post};
use base_web::pages::{moved, moved_with};
use utoipa_axum::router::OpenApiRouter;

use crate::gone::GONE;
use crate::state::Bags;
use crate::{bags, bills, earlier, exports, home, picked, reports, scans, search, station};

/// Pages.
pub fn pages() -> Router<Bags> {
    Router::new()
        .route("/scan", get(station::pages::phone))
        .route("/station", get(station::pages::station))
        .merge(bag_pages())
        .merge(bill_pages())
        .merge(report_pages())
        .merge(earlier_addresses())
}

/// Calls that are described where they are handled.
pub fn api() -> OpenApiRouter<Bags> {
    OpenApiRouter::new()
        .merge(station::me::router())
        .merge(search::router())
        .merge(station::api::router())
        .merge(scans::api::router())
        .merge(bags::api::router())
        .merge(bags::old::router().into())
        .merge(bills::api::router())
        .merge(bills::old::router().into())
        .merge(base_web::earlier::gone_routes(GONE).into())
        .merge(home::api::router())
        .merge(reports::api::router())
}

/// What stations fetch before anybody is signed in.
pub fn files() -> Router<Bags> {
    Router::new().route("/ui/phrases/{file}", get(station::pages::phrases))
}

/// Bags, looking up, and what was scanned.
fn bag_pages() -> Router<Bags> {
    Router::new()
        .route("/bags", get(bags::pages::list::list))
        .route("/lists/bags/selected", post(picked::bags))
        .route("/bags/{code}", get(bags::pages::show::show))
        .route("/bags/{code}/children", get(bags::pages::children::ask).post(bags::pages::children::save))
        .route("/bags/{code}/relink", get(bags::pages::relink::ask).post(bags::pages::relink::relink))
        .route("/bags/{code}/bill", get(bags::pages::bill::ask).post(bags::pages::bill::put))
        .route("/bags/{code}/delete", get(bags::pages::delete::ask).post(bags::pages::delete::delete))
        .route("/bags/{code}/{action}", post(bags::pages::act::act))
        .route("/lookup", get(bags::pages::look_up::look_up))
        .route("/scans", get(scans::pages::list))
        .route("/scans/{seq}", get(scans::pages::show))
}

/// Bills.
fn bill_pages() -> Router<Bags> {
    Router::new()
        .route("/bills", get(bills::pages::list))
        .route("/bills/new", get(bills::pages::change::ask_new).post(bills::pages::change::create))
        .route("/bills/recalculate", get(bills::pages::change::ask_recalculate).post(bills::pages::change::recalculate))
        .route("/bills/station", get(bills::pages::station::show))
        .route("/lists/bills/selected", post(picked::bills))
        .route("/bills/{number}", get(bills::pages::show::show))
        .route("/bills/{number}/edit", get(bills::pages::change::ask_edit).post(bills::pages::change::edit))
        .route("/bills/{number}/parents/{code}", get(bills::pages::show::parent))
        .route("/bills/{number}/report", get(reports::pages::bill::show))
        .route("/bills/{number}/{action}", post(bills::pages::change::act))
}

/// Reports.
fn report_pages() -> Router<Bags> {
    Router::new()
        .route("/reports", get(reports::pages::index))
        .route("/reports/bills", get(reports::pages::bills::show))
        .route("/reports/day", get(reports::pages::day::show))
        .route("/reports/day/send", post(reports::pages::day::send))
        .route("/reports/day/schedule", post(reports::pages::day::schedule))
        .route("/reports/scans", get(reports::pages::scans::show))
        .route("/reports/areas", get(reports::pages::areas::show))
        .route("/reports/people", get(reports::pages::people::list))
        .route("/reports/people/{name}", get(reports::pages::people::show))
        .route("/reports/me", get(reports::pages::people::me))
}

/// Addresses of the earlier system.
fn earlier_addresses() -> Router<Bags> {
    Router::new()
        .route("/dashboard", get(async || moved("/")))
        .route("/scan_parent", get(async || moved("/scan")))
        .route("/scan_child", get(async || moved("/scan")))
        .route("/scan/parent", get(async || moved("/scan")))
        .route("/scan/child", get(async || moved("/scan")))
        .route("/scan/batch", get(async || moved("/scan")))
        .route("/scan/complete", get(async || moved("/scan")))
        .route("/scan/finish", get(async || moved("/scan")))
        .route("/scan/{id}", get(earlier::scan))
        .route("/bag_management", get(async |uri: Uri| moved_with("/bags", &uri)))
        .route("/bag/{code}", get(bags::pages::moved))
        .route("/edit-parent/{code}", get(bags::pages::moved_children))
        .route("/link_to_bill/{code}", get(bags::pages::moved))
        .route("/bill_management", get(bills::pages::old::management))
        .route("/bill/create", get(async || moved("/bills/new")))
        .route("/bills/create", get(async || moved("/bills/new")))
        .route("/bill/manual_parent_entry", get(async || moved("/bills/station")))
        .route("/scan_bill_parent", get(async || moved("/bills/station")))
        .route("/scan_bill_parent/{number}", get(bills::pages::old::station))
        .route("/bill/{number}", get(bills::pages::old::bill))
        .route("/bill/{number}/edit", get(bills::pages::old::edit))
        .route("/bill/{number}/finish", get(bills::pages::old::bill))
        .route("/bill/{number}/scan_parent", get(bills::pages::old::station))
        .route("/bill_summary", get(async || moved("/reports/bills")))
        .route("/import/bags", get(async || moved("/imports/new?kind=bags")))
        .route("/import/bills", get(async || moved("/imports/new?kind=bills")))
        .route("/import/batch_child_parent", get(async || moved("/imports/new?kind=children")))
        .route("/import/batch_parent_bill", get(async || moved("/imports/new?kind=parents")))
        .route("/import/batch_multi", get(async || moved("/imports/new")))
        .route("/excel_upload", get(async || moved("/imports/new")))
        .route("/upload", get(async || moved("/imports/new")))
        .route("/export/reports/{what}/{format}", get(exports::old))
        .route("/eod_summary_preview", get(async || moved("/reports/day")))
}
