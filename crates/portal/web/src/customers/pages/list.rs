//! The list of customers, and what is done with those that were picked in it.

use askama::Template;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use base_web::cursor::{self, Given};
use base_web::error::Problem;
use base_web::filter::{FilterBar, wrong_filter};
use base_web::form::Form;
use base_web::imports::rights::may_import;
use base_web::list::{self, Above, Act, Bulk, Cell, Column, Kept, List, ListKind, Picked, Row, View};
use base_web::pages::apart_from_said;
use base_web::session::Caller;
use base_web::view::{Fragment, Frame, Said, render};
use portal_rules::permission::{CUSTOMER_MANAGE, CUSTOMER_READ};
use portal_store::customer::{self, Counts, CustomerLine, Filter, Page};
use serde::Deserialize;

use super::{last_activity, scope_words, shown, state};
use crate::customers::work::{self, Failed};
use crate::state::Portal;

/// Accounts on a page.
const PAGE: u32 = 50;
/// Longest text that is looked for, in characters.
const TEXT_CHARS_MAX: usize = 200;

/// The list of customers.
pub const CUSTOMERS: &ListKind = &ListKind {
    id: "customers",
    path: "/admin/customers",
    title: "nav-customers",
    columns: &[
        Column::key("name", "customer-name-of"),
        Column::new("status", "status"),
        Column::new("email", "customer-email"),
        Column::new("scope", "customer-scope"),
        Column::new("last", "customer-last"),
        Column::new("created", "customer-created").on_demand(),
    ],
};

/// What the address of the list holds.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CustomersQuery {
    cursor: Option<String>,
    q: Option<String>,
    /// `active`, which is also meant by none, `inactive` or `all`.
    status: Option<String>,
}

impl CustomersQuery {
    fn text(&self) -> Result<&str, Problem> {
        let text = self.q.as_deref().unwrap_or_default().trim();
        let is_wrong = text.chars().count() > TEXT_CHARS_MAX || text.chars().any(char::is_control);
        let detail = || format!("Use at most {TEXT_CHARS_MAX} characters, without control characters.");
        if is_wrong { Err(Problem::field("q", detail())) } else { Ok(text) }
    }

    fn is_active(&self) -> Result<Option<bool>, Problem> {
        match self.status.as_deref().unwrap_or_default() {
            "" | "active" => Ok(Some(true)),
            "inactive" => Ok(Some(false)),
            "all" => Ok(None),
            _ => Err(Problem::field("status", "Use `active`, `inactive` or `all`.")),
        }
    }
}

#[derive(Template)]
#[template(path = "customers/list.html")]
struct ListPage {
    frame: Frame,
    bar: FilterBar,
    above: Above,
    list: Fragment,
    total: i64,
    all: i64,
    next: Option<String>,
    may_manage: bool,
    may_invite: bool,
    said: Option<Said>,
}

async fn page(portal: &Portal, caller: &Caller, query: &CustomersQuery) -> Result<Page, Problem> {
    let filter = Filter { text: query.text()?, is_active: query.is_active()? };
    let after = cursor::read(portal, caller, Given::of(query.cursor.as_deref()), |text| Some(text.to_owned()))?;
    let mut reader = portal.db.read().await?;
    Ok(customer::list(reader.conn(), &filter, after.as_deref(), PAGE).await?)
}

/// `GET /admin/customers`
pub async fn list(State(portal): State<Portal>, caller: Caller, uri: Uri) -> Result<Response, Problem> {
    caller.must(CUSTOMER_READ)?;
    let frame = Frame::of(&caller, "customers");
    let (said, asked) = apart_from_said::<CustomersQuery>(&uri);
    let (query, mut wrong) = match asked {
        Ok(query) => (query, None),
        Err(problem) => (CustomersQuery::default(), Some(wrong_filter(&frame, problem)?)),
    };
    let mut found = Page::default();
    if wrong.is_none() {
        match page(&portal, &caller, &query).await {
            Ok(page) => found = page,
            Err(problem) => wrong = Some(wrong_filter(&frame, problem)?),
        }
    }
    let is_wrong = wrong.is_some();
    let bar = FilterBar::new("/admin/customers", "customer-filters")
        .text("q", frame.t("customers-filter-text"), query.q.as_deref())
        .keep("status", query.status.as_deref())
        .wrong(wrong);
    let mut reader = portal.db.read().await?;
    let kept = Kept::of(reader.conn(), &caller, CUSTOMERS).await?;
    let counts = customer::counts(reader.conn()).await?;
    drop(reader);
    let may_manage = caller.person.may(CUSTOMER_MANAGE);
    let rows = found.customers.iter().map(|line| row(line, &frame, &portal)).collect();
    let mut response = render(&ListPage {
        above: list::above(&frame, CUSTOMERS, &kept, &bar, views(&frame, counts, &query, &bar))?,
        list: List::new(&frame, CUSTOMERS, &kept, rows).bulk(may_manage.then(|| bulk(&frame))).shown()?,
        bar,
        total: found.total,
        all: counts.all,
        next: found.next.as_ref().map(|next| cursor::write(&portal, &caller, next)),
        may_manage,
        may_invite: may_manage && may_import(&caller.person),
        said: said_of(&frame, &said),
        frame,
    });
    if is_wrong {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

fn row(line: &CustomerLine, frame: &Frame, portal: &Portal) -> Row {
    let (name, tone) = state(&line.facts);
    Row::new()
        .with("name", Cell::link(&line.called, format!("/admin/customers/{}", line.id)))
        .with("status", Cell::chip(tone, frame.t(&format!("customer-state-{name}"))))
        .with("email", Cell::words(&line.email))
        .with("scope", Cell::words(scope_words(&line.scope, frame)))
        .with("last", Cell::words(last_activity(line.facts, frame, portal)))
        .with("created", Cell::time(shown(line.created_at, portal)))
        .picked_as(line.id.to_string())
}

fn views(frame: &Frame, counts: Counts, query: &CustomersQuery, bar: &FilterBar) -> Vec<View> {
    let shown = query.status.as_deref().filter(|status| *status != "active").unwrap_or_default();
    let view = |status: &str, key: &str, n: i64| View {
        words: frame.t(key),
        count: Some(n),
        address: bar.with("status", status),
        is_shown: shown == status,
    };
    vec![
        view("", "customers-active", counts.active),
        view("inactive", "customers-inactive", counts.inactive),
        view("all", "all", counts.all),
    ]
}

fn bulk(frame: &Frame) -> Bulk {
    let act = |name, key: &str, removes| Act { name, words: frame.t(key), removes };
    let acts = vec![act("deactivate", "customer-deactivate", true), act("reactivate", "customer-reactivate", false)];
    Bulk { address: "/lists/customers/selected".into(), acts }
}

fn said_of(frame: &Frame, said: &str) -> Option<Said> {
    if let Some(n) = said.strip_prefix("changed-").and_then(|n| n.parse::<u32>().ok()) {
        return Some(Said::yes(frame.count("customers-changed", n)));
    }
    (said == "none").then(|| Said::no(frame.t("picked-nothing")))
}

/// `POST /lists/customers/selected`
pub async fn selected(State(portal): State<Portal>, form: Form<Picked>) -> Result<Response, Problem> {
    form.caller.must(CUSTOMER_MANAGE)?;
    let is_active = match form.fields.act() {
        "deactivate" => false,
        "reactivate" => true,
        _ => return Err(Problem::not_found("This action")),
    };
    let ids = form.fields.rows()?.into_iter().map(work::number).collect::<Result<Vec<_>, _>>()?;
    if ids.is_empty() {
        return Ok(Redirect::to("/admin/customers?said=none").into_response());
    }
    let mut changed = 0;
    for id in ids {
        match work::activate(&portal, &form.caller, id, is_active).await {
            Ok(was_other) => changed += u32::from(was_other),
            Err(Failed::Problem(problem)) if problem.status() == StatusCode::NOT_FOUND => {}
            Err(failed) => {
                let frame = Frame::of(&form.caller, "customers");
                failed.words(&portal, &frame)?;
            }
        }
    }
    Ok(Redirect::to(&format!("/admin/customers?said=changed-{changed}")).into_response())
}
