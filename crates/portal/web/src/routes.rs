//! Every address of this wing.

use axum::Router;
use axum::routing::{get, post};
use base_web::pages::moved;
use utoipa_axum::router::OpenApiRouter;

use crate::gone::GONE;
use crate::state::Portal;
use crate::{analytics, customers, health, inventory, panel, stop, trail};

/// Pages.
pub fn pages() -> Router<Portal> {
    Router::new().merge(of_customers()).merge(of_staff())
}

/// What customers reach.
fn of_customers() -> Router<Portal> {
    Router::new()
        .route("/inventory", get(inventory::pages::show))
        .route("/portal/stop/{what}/{account}/{id}/{proof}", get(stop::ask).post(stop::stop))
}

/// What staff reach who look after customers.
fn of_staff() -> Router<Portal> {
    use customers::pages::{form, list, show};
    Router::new()
        .route("/admin", get(async || moved("/admin/panel")))
        .route("/admin/panel", get(panel::show))
        .route("/admin/analytics", get(analytics::show))
        .route("/admin/customers", get(list::list))
        .route("/lists/customers/selected", post(list::selected))
        .route("/admin/customers/trail", get(trail::moved))
        .route("/admin/customers/new", get(form::ask_new).post(form::create))
        .route("/admin/customers/{id}", get(show::show))
        .route("/admin/customers/{id}/stock", get(inventory::pages::view_as))
        .route("/admin/customers/{id}/edit", get(form::ask_edit).post(form::edit))
        .route("/admin/customers/{id}/password", post(show::give_password))
        .route("/admin/customers/{id}/deactivate", post(show::deactivate))
        .route("/admin/customers/{id}/reactivate", post(show::reactivate))
        .route("/admin/stock", get(health::show))
}

/// Calls of the pages' scripts. They are not described: they may change with the pages.
pub fn api() -> OpenApiRouter<Portal> {
    let of_staff = Router::new().route("/admin/customers/{id}/stock/rows", get(inventory::pages::view_as_rows));
    let gone = base_web::earlier::gone_routes(GONE);
    OpenApiRouter::new().merge(inventory::api::router().merge(of_staff).merge(gone).into())
}
