//! The list of bags. Filters, order and page are in the address, so that people who come back see the same list.

use askama::Template;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use bags_rules::counter::Counter;
use bags_rules::permission::BAG_READ;
use bags_store::bag::{Count, Page};
use bags_store::{bag, counter};
use base_web::cursor;
use base_web::error::Problem;
use base_web::filter::{Choice, FilterBar, wrong_filter};
use base_web::list::{self, Above, Cell, Column, Kept, List, ListKind, Tone};
use base_web::names::{Picked, picked};
use base_web::pages::apart_from_said;
use base_web::session::Caller;
use base_web::view::{Fragment, Frame, Said, grouped, render};

use super::{Row, address};
use crate::bags::filter::ListQuery;
use crate::bags::work;
use crate::filter::{every_area, given, period_wins, shown_days};
use crate::picked::bags_bulk;
use crate::rights::Rights as _;
use crate::said::said;
use crate::state::Bags;

/// Bags on a page unless asked otherwise.
const LIMIT_DEFAULT: u32 = 20;

/// How many bags there are in total, and how many match the filter.
#[derive(Default)]
pub(crate) struct Totals {
    pub(crate) all: i64,
    pub(crate) parents: i64,
    pub(crate) children: i64,
    /// `1,204`, `1,000+`, or empty when it is not known.
    pub(crate) filtered: String,
}

#[derive(Template)]
#[template(path = "bags/list.html")]
pub(crate) struct ListPage {
    pub(crate) frame: Frame,
    pub(crate) bar: FilterBar,
    pub(crate) above: Above,
    pub(crate) list: Fragment,
    /// How many bags are shown.
    pub(crate) count: usize,
    pub(crate) totals: Totals,
    pub(crate) next: Option<String>,
    pub(crate) looked_through: Option<u32>,
    /// The order is that of the search and cannot be chosen.
    pub(crate) is_search: bool,
    /// The text was so short that it was taken as the beginning of a code.
    pub(crate) is_beginning: bool,
    /// What became of the action on the page before.
    pub(crate) said: Option<Said>,
}

impl ListPage {
    fn figure(&self, n: &i64) -> String {
        grouped(*n)
    }
}

/// The list of bags.
pub const BAGS: &ListKind = &ListKind {
    id: "bags",
    path: "/bags",
    title: "nav-bags",
    columns: &[
        Column::key("code", "code"),
        Column::new("type", "filter-type"),
        Column::new("status", "status"),
        Column::number("children", "children"),
        Column::new("parent", "parent"),
        Column::new("bill", "bill"),
        Column::new("area", "area"),
        Column::new("scanned", "last-scan"),
        Column::new("created", "created"),
    ],
};

impl Row {
    fn listed(&self, frame: &Frame, capacity: u32) -> list::Row {
        let bag = |code: &str| Cell::code(code, if code.is_empty() { String::new() } else { address(code) });
        let bill = if self.bill.is_empty() { String::new() } else { format!("/bills/{}", self.bill_path) };
        let mut row = list::Row::new()
            .with("code", bag(&self.code))
            .with("type", Cell::words(frame.t(if self.is_parent() { "kind-parent" } else { "kind-child" })))
            .with("parent", bag(&self.parent))
            .with("bill", Cell::code(&self.bill, bill))
            .with("area", Cell::words(&self.area))
            .with("scanned", Cell::time(&self.scanned_at).aside())
            .with("created", Cell::done_by(&self.created_at, &self.created_by))
            .picked_as(&self.code);
        if self.is_parent() {
            let (tone, key) = match self.status {
                _ if self.closed => (Tone::Ok, "status-closed"),
                "completed" => (Tone::Ok, "status-completed"),
                "in_progress" => (Tone::Look, "status-in-progress"),
                _ => (Tone::Plain, "status-pending"),
            };
            row = row
                .with("status", Cell::chip(tone, frame.t(key)))
                .with("children", Cell::words(format!("{} / {capacity}", self.children)));
        }
        row
    }
}

/// As `aria-sort` says in which order a column is.
fn order(sort: &str, is_beginning: bool, column: &str) -> &'static str {
    match (column, sort) {
        ("code", "code") | ("created", "oldest") => "ascending",
        ("created", "newest") if !is_beginning => "descending",
        _ => "none",
    }
}

/// `GET /bags`
pub async fn list(State(app): State<Bags>, caller: Caller, uri: Uri) -> Result<Response, Problem> {
    caller.must(BAG_READ)?;
    let (told, query) = apart_from_said::<ListQuery>(&uri);
    let mut query = query?.with_person_here(&app).await?;
    period_wins(query.days.as_deref(), [&mut query.from, &mut query.to]);
    // The form keeps the order of the list; search results have an order of their own.
    if let Some(sort) = query.sort.take() {
        let is_search = query.filter(&app).await.is_ok_and(|filter| filter.is_search());
        query.sort = Some(sort).filter(|_| !is_search);
    }
    let frame = Frame::of(&caller, "bags");
    let said = said(&app, &caller, &frame, &told).await?;
    let (page, wrong) = match work::page(&app, &caller, &query, LIMIT_DEFAULT).await {
        Ok(page) => (page, None),
        Err(problem) => (Page::default(), Some(wrong_filter(&frame, problem)?)),
    };
    let filter = if wrong.is_none() { Some(query.filter(&app).await?) } else { None };
    let mut totals = Totals::default();
    let mut reader = app.db.read().await?;
    let all = counter::totals(reader.conn(), &caller.scope()).await?;
    let n = |counter: Counter| all.get(&counter).copied().unwrap_or_default();
    totals.children = n(Counter::Children);
    totals.parents = n(Counter::ParentsPending) + n(Counter::ParentsInProgress) + n(Counter::ParentsCompleted);
    totals.all = totals.children + totals.parents;
    if let Some(filter) = &filter {
        totals.filtered = match bag::count(reader.conn(), filter, &caller.scope()).await? {
            Count::Exact(n) => grouped(n),
            Count::MoreThan(n) => format!("{}+", grouped(n)),
            Count::Unknown if given(query.cursor.as_deref()).is_none() && page.next.is_none() => {
                page.lines.len().to_string()
            }
            Count::Unknown => String::new(),
        };
    }
    drop(reader);
    let person = picked(&app, &caller, query.person.as_deref()).await?;
    let is_wrong = wrong.is_some();
    let bar = filter_bar(&app, &caller, &frame, &query, person).wrong(wrong);
    let kept = Kept::of(app.db.read().await?.conn(), &caller, BAGS).await?;
    let is_search = filter.as_ref().is_some_and(bag::BagFilter::is_search);
    let is_beginning = filter.as_ref().is_some_and(bag::BagFilter::is_beginning);
    let capacity = app.rules.capacity;
    let rows = page.lines.iter().map(|line| Row::of(line, &app).listed(&frame, capacity)).collect();
    let mut list = List::new(&frame, BAGS, &kept, rows).bulk(bags_bulk(&caller, &frame));
    if !is_search {
        let sort = given(query.sort.as_deref()).unwrap_or("newest");
        let by_age = order(sort, is_beginning, "created");
        // A second press reverses the order.
        let other = if by_age == "descending" { "oldest" } else { "newest" };
        list = list.sorted("code", order(sort, is_beginning, "code"), bar.with("sort", "code"));
        list = list.sorted("created", by_age, bar.with("sort", other));
    }
    let mut response = render(&ListPage {
        above: list::above(&frame, BAGS, &kept, &bar, Vec::new())?,
        list: list.shown()?,
        count: page.lines.len(),
        bar,
        totals,
        next: page.next.map(|next| cursor::write(&app, &caller, &next.to_string())),
        looked_through: page.looked_through,
        is_search,
        is_beginning,
        said,
        frame,
    });
    if is_wrong {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

fn filter_bar(app: &Bags, caller: &Caller, frame: &Frame, query: &ListQuery, person: Picked) -> FilterBar {
    let asked = query.days();
    let shown = shown_days(asked, &app.settings.zone, app.clock.now());
    let words =
        |choices: &[(&str, &str)]| choices.iter().map(|(value, key)| Choice::new(*value, frame.t(key))).collect();
    let kinds = words(&[("parent", "kind-parent"), ("child", "kind-child")]);
    let statuses = words(&[
        ("pending", "status-pending"),
        ("in_progress", "status-in-progress"),
        ("completed", "status-completed"),
    ]);
    let linked = words(&[("linked", "filter-is-linked"), ("unlinked", "filter-is-unlinked")]);
    let billed = words(&[("billed", "filter-is-billed"), ("unbilled", "no-bill")]);
    let limit = query.limit.map(|limit| limit.to_string());
    let mut bar = FilterBar::new("/bags", "bag-filters")
        .text("q", frame.t("filter-code"), query.q.as_deref())
        .choice("type", frame.t("filter-type"), query.kind.as_deref(), kinds)
        .choice("status", frame.t("status"), query.status.as_deref(), statuses)
        .choice("linked", frame.t("filter-linked"), query.linked.as_deref(), linked)
        .choice("billed", frame.t("bill"), query.billed.as_deref(), billed);
    if let Some(areas) = every_area(app, caller, frame) {
        bar = bar.choice("area", frame.t("filter-area"), query.area.as_deref(), areas);
    }
    bar.days(frame, frame.t("filter-first-scan"), asked, shown)
        .person("person", frame.t("filter-scanned-by"), person)
        .choice(
            "scanned",
            frame.t("filter-scanned"),
            query.scanned.as_deref(),
            words(&[("never", "filter-never-scanned")]),
        )
        .keep("sort", given(query.sort.as_deref()))
        .keep("limit", limit.as_deref())
}
