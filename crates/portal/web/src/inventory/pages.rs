//! The page of the stock.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use base_web::error::Problem;
use base_web::session::Caller;
use base_web::view::{Frame, render};

use crate::state::Portal;

#[derive(Template)]
#[template(path = "inventory/show.html")]
struct StockPage {
    frame: Frame,
    has_erp: bool,
}

/// `GET /inventory`
pub async fn show(State(portal): State<Portal>, caller: Caller) -> Result<Response, Problem> {
    Ok(render(&StockPage { frame: Frame::of(&caller, "stock"), has_erp: portal.live.is_some() }))
}
