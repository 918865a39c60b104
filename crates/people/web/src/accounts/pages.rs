//! The pages of accounts: the list; one person is in `show`, forms are in `form`, removal in `remove`.

pub mod form;
pub mod remove;
pub mod show;

use askama::Template;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use base_core::area::Area;
use base_core::permission::Role;
use base_core::time::Moment;
use base_web::cursor;
use base_web::error::Problem;
use base_web::filter::{Choice, FilterBar, wrong_filter};
use base_web::pages::apart_from_said;
use base_web::session::Caller;
use base_web::view::{Frame, Said, render};
use people_rules::permission::ACCOUNT_READ;
use people_store::account::{Account, Page, State as AccountState};

use crate::accounts::filter::{AccountsQuery, NO_SECOND_FACTOR};
use crate::accounts::work;
use crate::state::People;

/// An account as pages show it.
pub(crate) struct Shown {
    pub(crate) id: i64,
    pub(crate) username: String,
    pub(crate) called: String,
    pub(crate) email: String,
    pub(crate) roles: String,
    pub(crate) area: String,
    pub(crate) state: AccountState,
    pub(crate) two_factor: bool,
    pub(crate) created_at: String,
    pub(crate) signed_in_at: String,
}

impl Shown {
    pub(crate) fn of(account: &Account, frame: &Frame, app: &People) -> Self {
        Self {
            id: account.id,
            username: account.username.clone(),
            called: account.called.clone(),
            email: account.email.clone().unwrap_or_default(),
            roles: roles_in_words(frame, &account.standing.roles),
            area: account.area.as_ref().map(Area::title).unwrap_or_default(),
            state: account.state(app.clock.now()),
            two_factor: account.two_factor,
            created_at: shown(account.created_at, app),
            signed_in_at: account.signed_in_at.map(|at| shown(at, app)).unwrap_or_default(),
        }
    }

    /// The key of the words for the state.
    pub(crate) fn state_key(&self) -> String {
        format!("user-state-{}", self.state.name())
    }

    /// How the state is drawn.
    pub(crate) fn state_class(&self) -> &'static str {
        match self.state {
            AccountState::Active => "ok",
            AccountState::Inactive => "",
            AccountState::MustChange => "look",
            AccountState::Locked => "stop",
        }
    }
}

/// A time in the site's zone.
pub(crate) fn shown(at: Moment, app: &People) -> String {
    at.display(&app.settings.zone, work::TIME)
}

/// Roles in words.
pub(crate) fn roles_in_words(frame: &Frame, roles: &[Role]) -> String {
    let words: Vec<String> = roles.iter().map(|role| frame.t(&format!("role-{}", role.name()))).collect();
    words.join(", ")
}

#[derive(Template)]
#[template(path = "accounts/list.html")]
pub(crate) struct ListPage {
    pub(crate) frame: Frame,
    pub(crate) bar: FilterBar,
    pub(crate) rows: Vec<Shown>,
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
        Ok(query) => (query, None),
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
    let said = (said == "deleted").then(|| Said::yes(frame.t("user-said-deleted")));
    let mut response = render(&ListPage {
        bar: bar(&app, &frame, &query).wrong(wrong),
        rows: page.accounts.iter().map(|account| Shown::of(account, &frame, &app)).collect(),
        total: page.total,
        next: page.next.as_ref().map(|next| cursor::write(&app, &caller, next)),
        may_manage: work::must_manage(&caller).is_ok(),
        said,
        frame,
    });
    if is_wrong {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

fn bar(app: &People, frame: &Frame, query: &AccountsQuery) -> FilterBar {
    let roles = Role::ALL.map(|role| Choice::new(role.name(), frame.t(&format!("role-{}", role.name())))).into();
    let states = [AccountState::Active, AccountState::Inactive, AccountState::Locked, AccountState::MustChange];
    let mut states: Vec<Choice> =
        states.map(|state| Choice::new(state.name(), frame.t(&format!("user-state-{}", state.name())))).into();
    states.push(Choice::new(NO_SECOND_FACTOR, frame.t("user-state-no_second_factor")));
    let areas = app.settings.areas.iter().map(|area| Choice::new(area.as_str(), area.title())).collect();
    FilterBar::new("/admin/users", "user-filters")
        .text("q", frame.t("users-filter-text"), query.q.as_deref())
        .choice("role", frame.t("user-role"), query.role.as_deref(), roles)
        .choice("status", frame.t("status"), query.status.as_deref(), states)
        .choice("area", frame.t("area"), query.area.as_deref(), areas)
}
