//! Bills: the list. One bill is in `show`, forms and their actions in `change`, the shell of the station in `station`.

pub mod change;
pub mod old;
pub mod show;
pub mod station;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use bags_rules::bill::{BillStatus, BillTexts, BillWeights, progress};
use bags_rules::counter::Counter;
use bags_store::bill::{BillLine, BillPage};
use bags_store::counter;
use base_core::area::Scope;
use base_web::error::Problem;
use base_web::filter::{FilterBar, wrong_filter};
use base_web::list::{self, Above, Cell, Column, Kept, List, ListKind, Row, Tone, View};
use base_web::names::{Picked, picked};
use base_web::parameters::Parameters;
use base_web::session::Caller;
use base_web::view::{Fragment, Frame, Said, path_part, render};
use serde::Deserialize;

use crate::bills::filter::{BillsQuery, write_cursor};
use crate::bills::work;
use crate::earlier;
use crate::filter::{area_choices, given, period_wins, shown_days};
use crate::picked::bills_bulk;
use crate::rights::Rights as _;
use crate::said::said;
use crate::shown::shown;
use crate::state::Bags;

/// A bill as pages show it.
pub(crate) struct Shown {
    pub(crate) number: String,
    /// Its number as one part of an address. In capitals, so that no bill has the address of another page.
    pub(crate) path: String,
    pub(crate) texts: BillTexts,
    pub(crate) status: &'static str,
    pub(crate) capacity: i64,
    pub(crate) parents: i64,
    pub(crate) children: i64,
    pub(crate) missing: i64,
    pub(crate) percent: i64,
    pub(crate) progress: &'static str,
    pub(crate) weights: BillWeights,
    pub(crate) created_at: String,
    pub(crate) created_by: String,
    pub(crate) completed_at: String,
    pub(crate) completed_by: String,
}

impl Shown {
    pub(crate) fn of(line: &BillLine, app: &Bags) -> Self {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let (percent, progress) = progress(line.parents, line.capacity);
        Self {
            number: line.number.clone(),
            path: path_part(line.key.as_str()),
            texts: line.texts.clone(),
            status: line.status.name(),
            capacity: line.capacity,
            parents: line.parents,
            children: line.children,
            missing: (line.capacity - line.parents).max(0),
            percent,
            progress,
            weights: BillWeights::of(line.parents, line.children, line.capacity, app.rules.capacity),
            created_at: shown(line.created_at, app),
            created_by: text(&line.created_by),
            completed_at: line.completed_at.map(|at| shown(at, app)).unwrap_or_default(),
            completed_by: text(&line.completed_by),
        }
    }

    pub(crate) fn is_completed(&self) -> bool {
        self.status == BillStatus::Completed.name()
    }

    /// The words for how full it is (L12).
    pub(crate) fn fill_key(&self) -> String {
        format!("bill-fill-{}", self.progress)
    }

    pub(crate) fn is_new(&self) -> bool {
        self.status == BillStatus::New.name()
    }
}

#[derive(Template)]
#[template(path = "bills/list.html")]
pub(crate) struct ListPage {
    pub(crate) frame: Frame,
    pub(crate) bar: FilterBar,
    pub(crate) above: Above,
    pub(crate) list: Fragment,
    /// How many bills are shown.
    pub(crate) count: usize,
    /// Bills are left out: by a filter, or by their status.
    pub(crate) is_narrowed: bool,
    pub(crate) next: Option<String>,
    pub(crate) looked_at: Option<u32>,
    pub(crate) said: Option<Said>,
}

/// The list of bills.
pub const BILLS: &ListKind = &ListKind {
    id: "bills",
    path: "/bills",
    title: "nav-bills",
    columns: &[
        Column::key("number", "bill-number"),
        Column::new("status", "status"),
        Column::new("description", "bill-description").on_demand(),
        Column::new("destination", "bill-destination").on_demand(),
        Column::new("vehicle", "bill-vehicle").on_demand(),
        Column::new("progress", "bill-progress"),
        Column::number("parents", "bill-parents"),
        Column::number("children", "children"),
        Column::number("actual", "bill-actual"),
        Column::number("expected", "bill-expected").on_demand(),
        Column::number("variance", "bill-variance"),
        Column::new("created", "bill-created"),
        Column::new("completed", "bill-completed").on_demand(),
    ],
};

impl Shown {
    fn row(&self, frame: &Frame) -> Row {
        let progress = || frame.t1("bill-progress-of", "bill", &self.number);
        let percent = Cell::progress(self.percent, progress(), self.progress, frame.t(&self.fill_key()));
        let tone = match () {
            () if self.is_completed() => Tone::Ok,
            () if self.is_new() => Tone::Plain,
            () => Tone::Look,
        };
        Row::new()
            .with("number", Cell::code(&self.number, format!("/bills/{}", self.path)))
            .with("status", Cell::chip(tone, frame.t(&format!("bill-status-{}", self.status))))
            .with("description", Cell::words(&self.texts.description))
            .with("destination", Cell::words(&self.texts.destination))
            .with("vehicle", Cell::words(&self.texts.vehicle_number))
            .with("progress", percent.aside())
            .with("parents", Cell::words(format!("{} / {}", self.parents, self.capacity)))
            .with("children", Cell::words(self.children.to_string()).aside())
            .with("actual", Cell::words(frame.kg(self.weights.actual_kg)))
            .with("expected", Cell::words(frame.kg(self.weights.expected_kg)))
            .with("variance", Cell::words(frame.kg(self.weights.variance_kg)))
            .with("created", Cell::done_by(&self.created_at, &self.created_by))
            .with("completed", Cell::time_by(&self.completed_at, &self.completed_by))
            .picked_as(&self.path)
    }
}

/// As `aria-sort` says in which order a column is.
fn order(sort: &str, column: &str) -> &'static str {
    match (column, sort) {
        ("number", "number") | ("created", "oldest") => "ascending",
        ("created", "newest") => "descending",
        _ => "none",
    }
}

/// What the address of the list holds, in our words and in those of the earlier system.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct ListQuery {
    cursor: Option<String>,
    #[serde(alias = "status_filter")]
    status: Option<String>,
    #[serde(alias = "search_bill_id")]
    q: Option<String>,
    #[serde(alias = "date_from")]
    from: Option<String>,
    #[serde(alias = "date_to")]
    to: Option<String>,
    days: Option<String>,
    created_by: Option<String>,
    user_id: Option<String>,
    area: Option<String>,
    sort: Option<String>,
    #[serde(default)]
    said: String,
}

/// `GET /bills`
pub async fn list(
    State(app): State<Bags>,
    caller: Caller,
    Parameters(asked): Parameters<ListQuery>,
) -> Result<Response, Problem> {
    let by_number = earlier::person(&app, asked.user_id.as_deref()).await?;
    let mut query = BillsQuery {
        cursor: asked.cursor,
        limit: None,
        status: asked.status,
        q: asked.q,
        from: asked.from,
        to: asked.to,
        days: asked.days,
        created_by: by_number.or(asked.created_by),
        area: asked.area,
        sort: asked.sort,
    };
    period_wins(query.days.as_deref(), [&mut query.from, &mut query.to]);
    let frame = Frame::of(&caller, "bills");
    let (page, wrong) = match work::page(&app, &caller, &query).await {
        Ok(page) => (page, None),
        // On this page the order does not depend on the search.
        Err(problem) if problem.field_name() == Some("sort") => {
            (BillPage::default(), Some(("sort".to_owned(), frame.t("wrong-choice"))))
        }
        Err(problem) => (BillPage::default(), Some(wrong_filter(&frame, problem)?)),
    };
    let person = picked(&app, &caller, query.person()).await?;
    let said = said(&app, &caller, &frame, &asked.said).await?;
    let is_wrong = wrong.is_some();
    let bar = filter_bar(&app, &caller, &frame, &query, person).wrong(wrong);
    let kept = Kept::of(app.db.read().await?.conn(), &caller, BILLS).await?;
    let views = views(&app, &caller, &query, &bar).await?;
    let sort = given(query.sort.as_deref()).unwrap_or("newest");
    // A second press reverses the order.
    let by_age = if sort == "newest" { "oldest" } else { "newest" };
    let rows = page.bills.iter().map(|line| Shown::of(line, &app).row(&frame)).collect();
    let list = List::new(&frame, BILLS, &kept, rows)
        .sorted("number", order(sort, "number"), bar.with("sort", "number"))
        .sorted("created", order(sort, "created"), bar.with("sort", by_age))
        .bulk(bills_bulk(&caller, &frame));
    let mut response = render(&ListPage {
        count: page.bills.len(),
        is_narrowed: bar.is_in_use() || given(query.status.as_deref()).is_some(),
        above: list::above(&frame, BILLS, &kept, &bar, views)?,
        list: list.shown()?,
        bar,
        next: page.next.as_ref().map(|next| write_cursor(&app, &caller, next)),
        looked_at: page.looked_at,
        frame,
        said,
    });
    if is_wrong {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

fn filter_bar(app: &Bags, caller: &Caller, frame: &Frame, query: &BillsQuery, person: Picked) -> FilterBar {
    let asked = query.days();
    let shown = shown_days(asked, &app.settings.zone, app.clock.now());
    FilterBar::new("/bills", "bill-filters")
        .text("q", frame.t("bill-filter-number"), query.q.as_deref())
        .days(frame, frame.t("bill-created"), asked, shown)
        .person("created_by", frame.t("bill-created-by"), person)
        .choice("area", frame.t("filter-area"), query.area.as_deref(), area_choices(app, caller))
        .keep("status", given(query.status.as_deref()))
        .keep("sort", given(query.sort.as_deref()))
}

/// Counts by status come from the counters, which count the whole site and not the bills of each area.
async fn views(app: &Bags, caller: &Caller, query: &BillsQuery, bar: &FilterBar) -> Result<Vec<View>, Problem> {
    let mut counts = None;
    if caller.scope() == Scope::All {
        let mut reader = app.db.read().await?;
        let totals = counter::totals(reader.conn(), &Scope::All).await?;
        counts = Some(BillStatus::ALL.map(|status| totals.get(&Counter::of_bill(status)).copied().unwrap_or_default()));
    }
    let shown = given(query.status.as_deref()).unwrap_or_default();
    let frame = Frame::of(caller, "bills");
    let view = |status, key, of: fn([i64; 3]) -> i64| View {
        words: frame.t(key),
        count: counts.map(of),
        address: bar.with("status", status),
        is_shown: shown == status,
    };
    Ok(vec![
        view("", "all", |[new, processing, completed]| new + processing + completed),
        view("open", "bill-status-open", |[new, processing, _]| new + processing),
        view("new", "bill-status-new", |[new, ..]| new),
        view("processing", "bill-status-processing", |[_, processing, _]| processing),
        view("completed", "bill-status-completed", |[.., completed]| completed),
    ])
}
