//! Every address of this wing.

use axum::Router;
use axum::routing::get;
use utoipa_axum::router::OpenApiRouter;

use crate::inventory;
use crate::state::Portal;

/// Pages.
pub fn pages() -> Router<Portal> {
    Router::new().merge(of_customers())
}

/// What customers reach.
fn of_customers() -> Router<Portal> {
    Router::new().route("/inventory", get(inventory::pages::show))
}

/// Calls that are described where they are handled.
pub fn api() -> OpenApiRouter<Portal> {
    OpenApiRouter::new()
}
