//! The list of accounts, and what is done with those that were picked in it.

use askama::Template;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use base_core::permission::Role;
use base_web::cursor;
use base_web::error::Problem;
use base_web::filter::{Choice, FilterBar, wrong_filter};
use base_web::form::Form;
use base_web::list::{self, Above, Act, Bulk, Cell, Column, Kept, List, ListKind, Picked, Row, View};
use base_web::pages::apart_from_said;
use base_web::session::Caller;
use base_web::view::{Fragment, Frame, Said, render};
use people_rules::permission::ACCOUNT_READ;
use people_store::account::{Counts, Page};

use super::Shown;
use crate::accounts::filter::{AccountsQuery, NO_SECOND_FACTOR};
use crate::accounts::work;
use crate::state::People;

/// The list of accounts.
pub const USERS: &ListKind = &ListKind {
    id: "users",
    path: "/admin/users",
    title: "nav-users",
    columns: &[
        Column::key("name", "user-name-of"),
        Column::new("status", "status"),
        Column::new("roles", "user-roles"),
        Column::new("area", "area"),
        Column::new("email", "user-email"),
        Column::new("second_factor", "user-second-factor"),
        Column::new("signed_in", "user-signed-in"),
        Column::new("created", "user-created").on_demand(),
        Column::new("locked_until", "user-locked-until").on_demand(),
        Column::number("failures", "user-failures").on_demand(),
    ],
};

/// When somebody signed in last.
pub(crate) fn signed_in(frame: &Frame, at: &str) -> Cell {
    if at.is_empty() { Cell::words(frame.t("user-never")) } else { Cell::time(at) }
}

impl Shown {
    fn row(&self, frame: &Frame) -> Row {
        let name = Cell::link(&self.called, format!("/admin/users/{}", self.id));
        let name = if self.called == self.username { name } else { name.with_note(&self.username) };
        let second_factor = frame.t(if self.two_factor { "yes" } else { "no" });
        Row::new()
            .with("name", name)
            .with("status", Cell::chip(self.tone(), frame.t(&self.state_key())))
            .with("roles", Cell::words(&self.roles))
            .with("area", Cell::words(&self.area))
            .with("email", Cell::words(&self.email))
            .with("second_factor", Cell::words(second_factor))
            .with("signed_in", signed_in(frame, &self.signed_in_at))
            .with("created", Cell::time(&self.created_at))
            .with("locked_until", Cell::time(&self.locked_until))
            .with("failures", Cell::words(self.failed_sign_ins.to_string()))
            .picked_as(self.id.to_string())
    }
}

#[derive(Template)]
#[template(path = "accounts/list.html")]
pub(crate) struct ListPage {
    pub(crate) frame: Frame,
    pub(crate) bar: FilterBar,
    pub(crate) above: Above,
    pub(crate) list: Fragment,
    pub(crate) total: i64,
    pub(crate) next: Option<String>,
    pub(crate) may_manage: bool,
    pub(crate) said: Option<Said>,
}

/// `GET /admin/users`
pub async fn list(State(app): State<People>, caller: Caller, uri: Uri) -> Result<Response, Problem> {
    caller.must(ACCOUNT_READ)?;
    let frame = Frame::of(&caller, "users");
    let (said, asked) = apart_from_said::<AccountsQuery>(&uri);
    let (query, mut wrong) = match asked {
        Ok(query) => (apart_from_second_factor(query), None),
        Err(problem) => (AccountsQuery::default(), Some(wrong_filter(&frame, problem)?)),
    };
    let mut page = Page::default();
    if wrong.is_none() {
        match work::page(&app, &caller, &query).await {
            Ok(found) => page = found,
            Err(problem) => wrong = Some(wrong_filter(&frame, problem)?),
        }
    }
    let is_wrong = wrong.is_some();
    let bar = bar(&app, &frame, &query).wrong(wrong);
    let kept = Kept::of(app.db.read().await?.conn(), &caller, USERS).await?;
    let counts = work::counts(&app, &caller).await?;
    let may_manage = work::must_manage(&caller).is_ok();
    let rows = page.accounts.iter().map(|account| Shown::of(account, &frame, &app).row(&frame)).collect();
    let mut response = render(&ListPage {
        above: list::above(&frame, USERS, &kept, &bar, views(&frame, counts, &query, &bar))?,
        list: List::new(&frame, USERS, &kept, rows).bulk(may_manage.then(|| bulk(&frame))).shown()?,
        bar,
        total: page.total,
        next: page.next.as_ref().map(|next| cursor::write(&app, &caller, next)),
        may_manage,
        said: said_of(&frame, &said),
        frame,
    });
    if is_wrong {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

/// Those without a second factor are a state for programs, and a filter of its own on the page.
fn apart_from_second_factor(query: AccountsQuery) -> AccountsQuery {
    if query.status.as_deref() != Some(NO_SECOND_FACTOR) {
        return query;
    }
    AccountsQuery { status: None, second_factor: Some("no".into()), ..query }
}

fn bar(app: &People, frame: &Frame, query: &AccountsQuery) -> FilterBar {
    let roles = Role::ALL.map(|role| Choice::new(role.name(), frame.t(&format!("role-{}", role.name())))).into();
    let areas = app.settings.areas.iter().map(|area| Choice::new(area.as_str(), area.title())).collect();
    let has = ["yes", "no"].map(|has| Choice::new(has, frame.t(has))).into();
    FilterBar::new("/admin/users", "user-filters")
        .text("q", frame.t("users-filter-text"), query.q.as_deref())
        .choice("role", frame.t("user-role"), query.role.as_deref(), roles)
        .choice("area", frame.t("area"), query.area.as_deref(), areas)
        .choice("second_factor", frame.t("user-second-factor"), query.second_factor.as_deref(), has)
        .keep("status", query.status.as_deref().filter(|status| *status != "all"))
}

/// One view for each state, with how many accounts are in it at the whole site.
fn views(frame: &Frame, counts: Counts, query: &AccountsQuery, bar: &FilterBar) -> Vec<View> {
    let shown = query.status.as_deref().filter(|status| *status != "all").unwrap_or_default();
    let without = shown.is_empty() && query.second_factor.as_deref() == Some("no");
    let view = |status: &str, key: &str, n: i64| View {
        words: frame.t(key),
        count: Some(n),
        address: bar.with("status", status),
        is_shown: shown == status && !without,
    };
    vec![
        view("", "all", counts.all),
        view("active", "user-state-active", counts.active),
        view("must_change", "user-state-must_change", counts.must_change),
        view("locked", "user-state-locked", counts.locked),
        view("inactive", "user-state-inactive", counts.inactive),
        View {
            words: frame.t("user-state-no_second_factor"),
            count: Some(counts.without_second_factor),
            address: "/admin/users?second_factor=no".into(),
            is_shown: without,
        },
    ]
}

fn bulk(frame: &Frame) -> Bulk {
    let act = Act { name: "unlock", words: frame.t("user-unlock"), removes: false };
    Bulk { address: "/lists/users/selected".into(), acts: vec![act] }
}

fn said_of(frame: &Frame, said: &str) -> Option<Said> {
    if let Some(n) = said.strip_prefix("unlocked-").and_then(|n| n.parse::<u32>().ok()) {
        return Some(Said::yes(frame.count("users-unlocked", n)));
    }
    match said {
        "deleted" => Some(Said::yes(frame.t("user-said-deleted"))),
        "none" => Some(Said::no(frame.t("picked-nothing"))),
        _ => None,
    }
}

/// `POST /lists/users/selected`
pub async fn selected(State(app): State<People>, form: Form<Picked>) -> Result<Response, Problem> {
    work::must_manage(&form.caller)?;
    if form.fields.act() != "unlock" {
        return Err(Problem::not_found("This action"));
    }
    let ids = form.fields.rows()?.into_iter().map(work::number).collect::<Result<Vec<_>, _>>()?;
    if ids.is_empty() {
        return Ok(Redirect::to("/admin/users?said=none").into_response());
    }
    let unlocked = work::unlock_all(&app, &form.caller, &ids).await?;
    Ok(Redirect::to(&format!("/admin/users?said=unlocked-{unlocked}")).into_response())
}
