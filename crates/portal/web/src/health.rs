//! How the stock system is, for those who look after customers: a page, and what needs a look on the home page.

use askama::Template;
use async_trait::async_trait;
use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;
use base_core::time::Moment;
use base_web::error::Problem;
use base_web::home::{Card, HomeCard, Need};
use base_web::session::Caller;
use base_web::view::{Fragment, Frame, TIME, render};
use portal_rules::permission::CUSTOMER_READ;

use crate::state::Portal;

#[derive(Template)]
#[template(path = "health/show.html")]
struct HealthPage {
    frame: Frame,
    is_well: bool,
    /// Whether it answers now, in words.
    now: String,
    answered_at: String,
    fault: String,
    is_paused: bool,
    queries: String,
}

/// `GET /admin/stock`
pub async fn show(State(portal): State<Portal>, caller: Caller) -> Result<Response, Problem> {
    caller.must(CUSTOMER_READ)?;
    let frame = Frame::of(&caller, "stock-health");
    let at = |at: Moment| at.display(&portal.settings.zone, TIME);
    let Some(live) = &portal.live else {
        let now = frame.t("stock-health-none");
        let (nothing, queries) = (String::new, "0".to_owned());
        let (answered_at, fault) = (nothing(), nothing());
        return Ok(render(&HealthPage { frame, is_well: false, now, answered_at, fault, is_paused: false, queries }));
    };
    let health = live.health().await;
    let now = match &health {
        Ok(health) => frame.t1("stock-health-well", "ms", &health.took.as_millis().to_string()),
        Err(fault) => frame.t1("stock-health-bad", "fault", &fault.to_string()),
    };
    let standing = live.standing();
    let fault = standing.fault.map(|(when, fault)| format!("{}: {fault}", at(when))).unwrap_or_default();
    Ok(render(&HealthPage {
        is_well: health.is_ok(),
        now,
        answered_at: standing.answered_at.map(at).unwrap_or_default(),
        fault,
        is_paused: standing.is_paused,
        queries: standing.queries.to_string(),
        frame,
    }))
}

/// The card: it has nothing but what needs a look.
pub struct StockCard(pub Portal);

#[async_trait]
impl HomeCard for StockCard {
    async fn card(&self, caller: &Caller, frame: &Frame, _: &Uri) -> Result<Option<Card>, Problem> {
        let fault = self.0.live.as_ref().and_then(|live| live.standing().fault);
        let Some((at, _)) = fault.filter(|_| caller.person.may(CUSTOMER_READ)) else { return Ok(None) };
        let shown = at.display(&self.0.settings.zone, "%H:%M");
        let needs = vec![Need { shown, words: frame.t("need-stock-away"), address: "/admin/stock".into() }];
        let nothing = Fragment::default;
        Ok(Some(Card { scripts: Vec::new(), top: nothing(), figures: nothing(), body: nothing(), needs }))
    }
}
