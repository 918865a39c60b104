//! One bill: what it weighs, the parents on it with their children, its newest scans, and what can be done with it.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use bags_store::bill;
use bags_store::bill::BilledParent;
use base_web::error::Problem;
use base_web::parameters::Parameters;
use base_web::session::Caller;
use base_web::view::{Frame, Said, render};
use serde::Deserialize;

use super::Shown;
use crate::bags;
use crate::bills::work;
use crate::bills::work::ParentsAsked;
use crate::history::{Event, event};
use crate::rights::Rights as _;
use crate::said::said;
use crate::shown::shown;
use crate::state::Bags;

/// Parents on one page.
const PARENTS: u32 = 50;
/// Parents on one page with the codes of their children: as many as a bill can hold, for printing.
const PARENTS_WITH_CHILDREN: u32 = 100;

#[derive(Template)]
#[template(path = "bills/show.html")]
pub(crate) struct ShowPage {
    pub(crate) frame: Frame,
    pub(crate) bill: Shown,
    /// How many children are a full parent.
    pub(crate) full: u32,
    pub(crate) parents: Vec<Parent>,
    /// How many of the visible parents are short (P9).
    pub(crate) short: i64,
    /// How many parents belong to areas that the person does not see.
    pub(crate) other_areas: i64,
    pub(crate) with_children: bool,
    pub(crate) next: Option<String>,
    pub(crate) history: Vec<Event>,
    pub(crate) said: Option<Said>,
}

/// A parent on the bill.
pub(crate) struct Parent {
    pub(crate) code: String,
    pub(crate) children: u32,
    pub(crate) status: &'static str,
    pub(crate) is_closed: bool,
    pub(crate) is_short: bool,
    pub(crate) area: String,
    pub(crate) linked_at: String,
    pub(crate) linked_by: String,
    pub(crate) child_codes: Vec<String>,
}

impl ShowPage {
    fn next_address(&self, next: &str) -> String {
        let children = if self.with_children { "children=1&" } else { "" };
        format!("?{children}cursor={}", base_web::view::path_part(next))
    }

    /// `kg` in percent of the target or the expected weight, whichever is heavier.
    fn width(&self, kg: &i64) -> i64 {
        let whole = self.bill.weights.target_kg.max(self.bill.weights.expected_kg).max(1);
        (kg * 100 / whole).clamp(0, 100)
    }

    /// Where the target is on the same scale.
    fn goal(&self) -> i64 {
        self.width(&self.bill.weights.target_kg).min(99)
    }
}

/// What the page shows besides the bill.
#[derive(Deserialize)]
pub struct ShowQuery {
    #[serde(default)]
    said: String,
    /// What was done without a scan, as one of the words of [`told`].
    #[serde(default)]
    told: String,
    cursor: Option<String>,
    #[serde(default)]
    children: String,
}

/// `GET /bills/{number}`
pub async fn show(
    State(app): State<Bags>,
    caller: Caller,
    Path(number): Path<String>,
    Parameters(query): Parameters<ShowQuery>,
) -> Result<Response, Problem> {
    let full = app.rules.capacity;
    let with_children = !query.children.is_empty();
    let limit = if with_children { PARENTS_WITH_CHILDREN } else { PARENTS };
    // One snapshot: a parent that is scanned at the same time is both counted and listed, or neither.
    let mut reader = app.db.snapshot().await?;
    let line = work::find_in(reader.conn(), &caller, &number).await?;
    let asked = ParentsAsked { app: app.app(), cursor: query.cursor.as_deref(), limit, with_children };
    let parents = work::parents(reader.conn(), &caller, &line.key, asked, full).await?;
    let history = bill::scans(reader.conn(), &line.key, &caller.scope()).await?;
    drop(reader);
    let frame = Frame::of(&caller, "bills");
    let said = match told(&frame, &query.told) {
        Some(told) => Some(told),
        None => said(&app, &caller, &frame, &query.said).await?,
    };
    Ok(render(&ShowPage {
        bill: Shown::of(&line, &app),
        full,
        parents: parents.page.iter().map(|parent| row(parent, full, &app)).collect(),
        short: parents.figures.short,
        other_areas: parents.other_areas(&line),
        with_children,
        next: parents.next,
        history: history.iter().map(|line| event(line, &app, &frame)).collect(),
        said,
        frame,
    }))
}

fn told(frame: &Frame, word: &str) -> Option<Said> {
    match word {
        "recalculated" => Some(Said::yes(frame.t("bill-recalculated"))),
        "right" => Some(Said::yes(frame.t("done-recalculated"))),
        _ => None,
    }
}

fn row(parent: &BilledParent, full: u32, app: &Bags) -> Parent {
    Parent {
        code: parent.code.to_string(),
        children: parent.children,
        status: parent.status.name(),
        is_closed: parent.is_closed,
        is_short: parent.children < full,
        area: parent.area.as_ref().map(base_core::area::Area::title).unwrap_or_default(),
        linked_at: shown(parent.linked_at, app),
        linked_by: parent.linked_by.clone().unwrap_or_default(),
        child_codes: parent.child_codes.clone(),
    }
}

#[derive(Template)]
#[template(path = "bills/parent.html")]
pub(crate) struct ParentPage {
    pub(crate) frame: Frame,
    pub(crate) bill: Shown,
    pub(crate) code: String,
    pub(crate) full: u32,
    pub(crate) children: Vec<String>,
}

/// `GET /bills/{number}/parents/{code}`: the children of one parent on a bill.
pub async fn parent(
    State(app): State<Bags>,
    caller: Caller,
    Path((number, code)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let mut reader = app.db.snapshot().await?;
    let line = work::find_in(reader.conn(), &caller, &number).await?;
    let bag = bags::work::find_in(reader.conn(), &caller, &code).await?;
    if bag.bill.as_deref() != Some(line.number.as_str()) {
        return Err(Problem::not_found("This parent"));
    }
    // Parents of the earlier system may hold more than fit; the page shows at most this many.
    let children = bags_store::bag::page_of_children(reader.conn(), &bag.code, None, 1000).await?;
    Ok(render(&ParentPage {
        frame: Frame::of(&caller, "bills"),
        bill: Shown::of(&line, &app),
        code: bag.code.to_string(),
        full: app.rules.capacity,
        children: children.0.iter().map(|child| child.code.to_string()).collect(),
    }))
}
