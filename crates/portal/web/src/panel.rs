//! `/admin/panel`: where the staff of the portal begin.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use base_web::error::Problem;
use base_web::session::Caller;
use base_web::view::{Frame, grouped, render};
use portal_rules::permission::CUSTOMER_READ;
use portal_store::usage;

use crate::analytics::since;
use crate::state::Portal;
use crate::trail;

/// A way to one of the pages.
struct Way {
    address: &'static str,
    icon: &'static str,
    title: String,
    about: String,
}

#[derive(Template)]
#[template(path = "usage/panel.html")]
struct PanelPage {
    frame: Frame,
    ways: Vec<Way>,
}

/// `GET /admin/panel`
pub async fn show(State(portal): State<Portal>, caller: Caller) -> Result<Response, Problem> {
    caller.must(CUSTOMER_READ)?;
    let frame = Frame::of(&caller, "panel");
    let figures = usage::figures(portal.db.read().await?.conn(), since(&portal)).await?;
    let way = |address, icon, title: &str, about: String| Way { address, icon, title: frame.t(title), about };
    let ways = vec![
        way("/admin/customers", "people", "nav-customers", frame.count("panel-customers", figures.active)),
        way(
            "/admin/sessions?realm=customer",
            "station",
            "panel-sessions",
            frame.count("panel-signed-in", figures.sessions),
        ),
        way(trail::address(&caller), "audit", "nav-customer-trail", frame.t("panel-trail")),
        way("/admin/stock", "station", "stock-health", frame.t("panel-stock")),
        way("/admin/analytics", "report", "nav-usage", frame.t1("panel-usage", "n", &grouped(figures.sign_ins))),
    ];
    Ok(render(&PanelPage { frame, ways }))
}
