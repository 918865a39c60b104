//! What passes show on the home page, and what updates itself on open pages: the figures of events that are on sale or open.
//!
//! Invariants: the figures of an event are computed at most twice a second, however many pages are open; who scans and sees
//! nothing else gets the names of the events that they work at, and no figure.

use askama::Template;
use async_trait::async_trait;
use axum::http::Uri;
use base_web::error::Problem;
use base_web::home::{Card, HomeCard};
use base_web::live::LiveSource;
use base_web::session::Caller;
use base_web::view::{Fragment, Frame, grouped};
use passes_rules::event::EventId;
use passes_rules::figures::Sums;
use passes_rules::permission::{EVENT_READ, PASS_READ, PASS_REVENUE};
use passes_store::event::{self, EventLine};
use serde_json::{Map, Value};
use tokio::sync::watch;

use crate::events::pages::{figures, revenue};
use crate::events::work::seen;
use crate::rights::Rights as _;
use crate::state::Passes;

/// Most events of the card and of the feed.
const EVENTS_MAX: usize = 20;

/// The events that somebody sees and that are on sale or open, with their figures for who may see passes.
async fn on_now(app: &Passes, caller: &Caller) -> Result<Vec<(EventLine, Option<Sums>)>, Problem> {
    if !caller.person.may(EVENT_READ) {
        return Ok(Vec::new());
    }
    let events = event::list(app.db.read().await?.conn(), seen(caller), None).await?;
    let mut found = Vec::new();
    for line in events.into_iter().filter(|line| line.state.sells()).take(EVENTS_MAX) {
        let sums = if caller.person.may(PASS_READ) { Some(app.recent.of(app, line.id).await?) } else { None };
        found.push((line, sums));
    }
    Ok(found)
}

/// The card of this wing.
pub struct PassesCard(pub Passes);

/// An event on the card.
struct Line {
    id: EventId,
    name: String,
    sums: Option<Sums>,
}

#[derive(Template)]
#[template(path = "home.html")]
struct Body {
    frame: Frame,
    lines: Vec<Line>,
    sees_revenue: bool,
}

impl Body {
    fn grouped(&self, n: i64) -> String {
        grouped(n)
    }
}

#[async_trait]
impl HomeCard for PassesCard {
    async fn card(&self, caller: &Caller, frame: &Frame, _: &Uri) -> Result<Option<Card>, Problem> {
        let sees_revenue = caller.person.may(PASS_REVENUE);
        let line = |(event, sums): (EventLine, Option<Sums>)| Line { id: event.id, name: event.details.name, sums };
        let lines: Vec<Line> = on_now(&self.0, caller).await?.into_iter().map(line).collect();
        if lines.is_empty() {
            return Ok(None);
        }
        let body = Fragment::of(&Body { frame: frame.clone(), lines, sees_revenue })?;
        let nothing = Fragment::default;
        Ok(Some(Card { scripts: Vec::new(), top: nothing(), figures: nothing(), body, needs: Vec::new() }))
    }
}

/// The figures in the live feed: they change with each scan at a gate, and with each sale.
pub struct Figures {
    app: Passes,
    event: &'static str,
    changes: watch::Receiver<u64>,
}

impl Figures {
    /// They change with scans.
    pub fn of_gates(app: Passes) -> Self {
        Self { event: "passes", changes: app.desk.committed(), app }
    }

    /// They change with sales.
    pub fn of_sales(app: Passes) -> Self {
        Self { event: "sales", changes: app.sold.subscribe(), app }
    }
}

#[async_trait]
impl LiveSource for Figures {
    fn event(&self) -> &'static str {
        self.event
    }

    fn changes(&self) -> watch::Receiver<u64> {
        self.changes.clone()
    }

    async fn figures(&self, caller: &Caller) -> Result<String, Problem> {
        // Any change sends what all sources have: the figures go once.
        if self.event == "sales" || !caller.person.may(PASS_READ) {
            return Ok("{}".into());
        }
        let sees_revenue = caller.person.may(PASS_REVENUE);
        let mut told = Map::new();
        for (line, sums) in on_now(&self.app, caller).await? {
            let Some(sums) = sums else { continue };
            let mut facts = figures(&sums);
            if sees_revenue {
                facts.extend(revenue(&sums));
            }
            let facts: Map<String, Value> =
                facts.into_iter().map(|fact| (fact.id.to_owned(), Value::from(fact.shown))).collect();
            told.insert(line.id.to_string(), facts.into());
        }
        Ok(Value::from(told).to_string())
    }
}
