//! Which accounts are asked for, as an address says it. The page and the API read the same words.

use base_core::area::Area;
use base_core::permission::Role;
use base_web::cursor::Given;
use base_web::error::Problem;
use base_web::session::{Caller, STAFF};
use base_web::{App, cursor};
use people_store::account::{Filter, State};
use serde::Deserialize;
use utoipa::IntoParams;

/// Accounts on a page unless asked otherwise.
const LIMIT_DEFAULT: u32 = 50;
/// Most accounts on a page.
const LIMIT_MAX: u32 = 200;
/// Longest text that is looked for, in characters.
const TEXT_CHARS_MAX: usize = 200;
/// How an address asks for those without a second factor.
pub const NO_SECOND_FACTOR: &str = "no_second_factor";

/// Which accounts.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct AccountsQuery {
    /// Where the page begins: `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// Accounts on a page, 1 to 200; 50 when not given.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
    /// A piece of the user name, the display name or the e-mail.
    pub q: Option<String>,
    /// A role, such as `biller`.
    pub role: Option<String>,
    /// `active`, `inactive`, `locked`, `must_change` or `no_second_factor`.
    pub status: Option<String>,
    /// A dispatch area.
    pub area: Option<String>,
    /// `yes` for those who have a second factor, `no` for the others.
    pub second_factor: Option<String>,
}

/// A value that is there, and is not the word for all.
fn given(value: Option<&str>) -> Option<&str> {
    value.map(str::trim).filter(|value| !value.is_empty() && *value != "all")
}

impl AccountsQuery {
    /// What the query asks the store for.
    pub fn filter(&self) -> Result<Filter, Problem> {
        let text = given(self.q.as_deref());
        if text.is_some_and(|text| text.chars().count() > TEXT_CHARS_MAX || text.chars().any(char::is_control)) {
            let detail = format!("Use at most {TEXT_CHARS_MAX} characters, without control characters.");
            return Err(Problem::field("q", detail));
        }
        let role = given(self.role.as_deref())
            .map(|name| Role::parse(name).ok_or_else(|| Problem::field("role", "There is no such role.")));
        let second_factor = match given(self.second_factor.as_deref()) {
            None => None,
            Some("yes") => Some(true),
            Some("no") => Some(false),
            Some(_) => return Err(Problem::field("second_factor", "Use `yes` or `no`.")),
        };
        let state = given(self.status.as_deref()).map(state).transpose()?;
        Ok(Filter {
            realm: STAFF,
            text: text.map(ToOwned::to_owned),
            role: role.transpose()?,
            state: state.flatten(),
            area: given(self.area.as_deref()).map(Area::new),
            second_factor: if state == Some(None) { Some(false) } else { second_factor },
        })
    }

    /// How many accounts a page has.
    pub fn limit(&self) -> Result<u32, Problem> {
        match self.limit.unwrap_or(LIMIT_DEFAULT) {
            limit @ 1..=LIMIT_MAX => Ok(limit),
            _ => Err(Problem::field("limit", format!("Ask for 1 to {LIMIT_MAX} accounts."))),
        }
    }

    /// After which name the page begins.
    pub fn after(&self, app: &App, caller: &Caller) -> Result<Option<String>, Problem> {
        cursor::read(app, caller, Given::of(self.cursor.as_deref()), |text| Some(text.to_owned()))
    }
}

/// A state; none of them for those without a second factor.
fn state(name: &str) -> Result<Option<State>, Problem> {
    let states = [State::Active, State::Inactive, State::Locked, State::MustChange];
    if name == NO_SECOND_FACTOR {
        return Ok(None);
    }
    let found = states.into_iter().find(|state| state.name() == name);
    found.map(Some).ok_or_else(|| {
        Problem::field("status", "Use `active`, `inactive`, `locked`, `must_change` or `no_second_factor`.")
    })
}
