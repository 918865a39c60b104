//! The list of bags. Filters, order and page are in the address, so that people who come back see the same list.

use askama::Template;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use bags_rules::counter::Counter;
use bags_rules::permission::BAG_READ;
use bags_store::bag::{Count, Page};
use bags_store::{bag, counter};
use base_core::area::Scope;
use base_web::cursor;
use base_web::error::Problem;
use base_web::filter::{FilterForm, wrong_filter};
use base_web::pages::apart_from_said;
use base_web::session::Caller;
use base_web::view::{Frame, Said, address_of, grouped, render};

use super::Row;
use crate::bags::filter::ListQuery;
use crate::bags::work;
use crate::filter::given;
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
    pub(crate) query: ListQuery,
    pub(crate) areas: Vec<(String, String)>,
    pub(crate) sees_all: bool,
    pub(crate) totals: Totals,
    pub(crate) rows: Vec<Row>,
    pub(crate) next: Option<String>,
    pub(crate) looked_through: Option<u32>,
    pub(crate) capacity: u32,
    /// The field that is wrong, and what is wrong with it.
    pub(crate) wrong: Option<(String, String)>,
    /// The order is that of the search and cannot be chosen.
    pub(crate) is_search: bool,
    /// The text was so short that it was taken as the beginning of a code.
    pub(crate) is_beginning: bool,
    /// What became of the action on the page before.
    pub(crate) said: Option<Said>,
}

impl FilterForm for ListPage {
    fn wrong(&self) -> Option<&(String, String)> {
        self.wrong.as_ref()
    }
}

impl ListPage {
    fn parts(&self) -> [(&'static str, Option<&str>); 11] {
        let query = &self.query;
        [
            ("type", given(query.kind.as_deref())),
            ("status", given(query.status.as_deref())),
            ("area", given(query.area.as_deref())),
            ("q", given(query.q.as_deref())),
            ("linked", given(query.linked.as_deref())),
            ("billed", given(query.billed.as_deref())),
            ("from", given(query.from.as_deref())),
            ("to", given(query.to.as_deref())),
            ("person", given(query.person.as_deref())),
            ("scanned", given(query.scanned.as_deref())),
            ("sort", given(query.sort.as_deref())),
        ]
    }

    fn has_filters(&self) -> bool {
        self.parts().iter().any(|(name, value)| *name != "sort" && value.is_some())
    }

    /// The address of this list with one thing changed, from its first page.
    fn with(&self, name: &str, value: &str) -> String {
        let limit = self.query.limit.map(|limit| limit.to_string());
        address_of("/bags", self.parts().into_iter().chain([("limit", limit.as_deref())]), (name, value))
    }

    fn sorted(&self, name: &str) -> &'static str {
        if self.is_search {
            return "none";
        }
        match (name, given(self.query.sort.as_deref()).unwrap_or("newest")) {
            ("code", "code") | ("created", "oldest") => "ascending",
            ("created", "newest") if !self.is_beginning => "descending",
            _ => "none",
        }
    }

    /// A second press reverses the order.
    fn by_age(&self) -> &'static str {
        if self.sorted("created") == "descending" { "oldest" } else { "newest" }
    }
}

/// `GET /bags`
pub async fn list(State(app): State<Bags>, caller: Caller, uri: Uri) -> Result<Response, Problem> {
    caller.must(BAG_READ)?;
    let (told, query) = apart_from_said::<ListQuery>(&uri);
    let mut query = query?;
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
    let areas = app.settings.areas.iter().filter(|area| caller.scope().covers(Some(area)));
    let is_wrong = wrong.is_some();
    let mut response = render(&ListPage {
        areas: areas.map(|area| (area.to_string(), area.title())).collect(),
        sees_all: caller.scope() == Scope::All,
        totals,
        rows: page.lines.iter().map(|line| Row::of(line, &app)).collect(),
        next: page.next.map(|next| cursor::write(&app, &caller, &next.to_string())),
        looked_through: page.looked_through,
        capacity: app.rules.capacity,
        wrong,
        is_search: filter.as_ref().is_some_and(bag::BagFilter::is_search),
        is_beginning: filter.as_ref().is_some_and(bag::BagFilter::is_beginning),
        said,
        query,
        frame,
    });
    if is_wrong {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}
