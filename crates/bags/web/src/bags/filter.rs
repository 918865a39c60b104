//! Which bags are asked for, as an address says it. The page and the API read the same words; the parameters of the
//! earlier system are understood too.

use bags_rules::bag::{BagKind, BagStatus};
use bags_store::bag::{BagFilter, Cursor, ScannedBy, Sort};
use base_web::cursor;
use base_web::cursor::Given;
use base_web::error::Problem;
use base_web::filter::DaysAsked;
use base_web::names::account_of;
use base_web::session::Caller;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::earlier;
use crate::filter::{Days, area, chosen, days, given, limit, text};
use crate::state::Bags;

/// Which bags, and in which order.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ListQuery {
    /// Where the page begins: `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// Bags on a page, 1 to 200; 50 when not given.
    #[serde(alias = "per_page")]
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
    /// `parent` or `child`.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// Parents: `pending`, `in_progress` or `completed`.
    pub status: Option<String>,
    /// A dispatch area, or `none`.
    pub area: Option<String>,
    /// A piece of the code: the exact code first, then those that end with it; with fewer than three characters, its
    /// beginning.
    #[serde(alias = "search")]
    pub q: Option<String>,
    /// `linked`: parents with children and children in a parent; `unlinked`: all others.
    #[serde(alias = "linked_status")]
    pub linked: Option<String>,
    /// Parents: `billed` or `unbilled`.
    #[serde(alias = "bill_status")]
    pub billed: Option<String>,
    /// A period instead of days: `today`, `yesterday`, `week`, `last7`, `last30` or `month`.
    pub days: Option<String>,
    /// The first day of first scans, such as 2026-11-21, in the site's time zone.
    #[serde(alias = "date_from")]
    pub from: Option<String>,
    /// The last day of first scans.
    #[serde(alias = "date_to")]
    pub to: Option<String>,
    /// Somebody who scanned it, by user name or as pages call them; the newest scan first. `all` and `unscanned` are words
    /// of the earlier system.
    pub person: Option<String>,
    /// The same in the earlier system: `all`, `unscanned`, or the number that a person had there.
    #[param(ignore)]
    pub user_filter: Option<String>,
    /// `never`: no scan names it.
    pub scanned: Option<String>,
    /// `newest`, `oldest` or `code`; newest when not given.
    pub sort: Option<String>,
}

/// The two words that a parameter knows.
struct Words {
    yes: &'static str,
    no: &'static str,
}

/// `yes`, `no`, or neither.
fn either(field: &str, value: Option<&str>, Words { yes, no }: Words) -> Result<Option<bool>, Problem> {
    match chosen(value) {
        None => Ok(None),
        Some(value) if value == yes => Ok(Some(true)),
        Some(value) if value == no => Ok(Some(false)),
        Some(_) => Err(Problem::field(field, format!("Use `{yes}` or `{no}`."))),
    }
}

impl ListQuery {
    /// The days that are asked for.
    pub fn days(&self) -> DaysAsked<'_> {
        let Self { days, from, to, .. } = self;
        let [period, from, to] = [days, from, to].map(|given| given.as_deref().unwrap_or_default());
        DaysAsked { period, from, to }
    }

    /// The same with the person named as here, whatever the address calls them.
    pub async fn with_person_here(mut self, app: &Bags) -> Result<Self, Problem> {
        if let Some(asked) = self.user_filter.take() {
            self.person = earlier::person(app, Some(&asked)).await?.or(self.person);
        }
        Ok(self)
    }

    /// What the query asks the store for.
    pub async fn filter(&self, app: &Bags) -> Result<BagFilter, Problem> {
        let zone = &app.settings.zone;
        let Days { from, until } = days(self.days(), zone, app.clock.now())?;
        let mut filter = BagFilter {
            kind: self.kind()?,
            status: self.status()?,
            linked: either("linked", self.linked.as_deref(), Words { yes: "linked", no: "unlinked" })?,
            billed: either("billed", self.billed.as_deref(), Words { yes: "billed", no: "unbilled" })?,
            area: area(self.area.as_deref())?,
            from,
            until,
            scanned: self.never()?,
            text: text("q", self.q.as_deref())?,
            sort: self.sort()?,
        };
        let person = text("person", chosen(self.person.as_deref()))?;
        if person.as_deref() == Some("unscanned") {
            filter.scanned = Some(ScannedBy::Nobody);
        } else if let Some(name) = person {
            if filter.scanned.is_some() {
                return Err(Problem::field("person", "Bags never scanned have no person. Use one of the two."));
            }
            filter.scanned = Some(ScannedBy::Person(account_of(app, &name).await?));
        }
        if filter.is_search() && filter.sort != Sort::Newest {
            return Err(Problem::field("sort", "Search results cannot be sorted. Leave `sort` out."));
        }
        Ok(filter)
    }

    fn kind(&self) -> Result<Option<BagKind>, Problem> {
        let wrong = || Problem::field("type", "The type must be `parent` or `child`.");
        chosen(self.kind.as_deref()).map(|kind| BagKind::parse(kind).ok_or_else(wrong)).transpose()
    }

    fn status(&self) -> Result<Option<BagStatus>, Problem> {
        let wrong = || Problem::field("status", "The status must be `pending`, `in_progress` or `completed`.");
        chosen(self.status.as_deref()).map(|status| BagStatus::parse(status).ok_or_else(wrong)).transpose()
    }

    fn never(&self) -> Result<Option<ScannedBy>, Problem> {
        match chosen(self.scanned.as_deref()) {
            None => Ok(None),
            Some("never") => Ok(Some(ScannedBy::Nobody)),
            Some(_) => Err(Problem::field("scanned", "Use `never`, or leave this out.")),
        }
    }

    fn sort(&self) -> Result<Sort, Problem> {
        match given(self.sort.as_deref()) {
            None | Some("newest") => Ok(Sort::Newest),
            Some("oldest") => Ok(Sort::Oldest),
            Some("code") => Ok(Sort::Code),
            Some(_) => Err(Problem::field("sort", "The order must be `newest`, `oldest` or `code`.")),
        }
    }

    /// How many bags a page has.
    pub fn limit(&self, default: u32) -> Result<u32, Problem> {
        limit(self.limit, default)
    }

    /// Where the page begins.
    pub fn cursor(&self, app: &Bags, caller: &Caller) -> Result<Option<Cursor>, Problem> {
        cursor::read(app, caller, Given::of(self.cursor.as_deref()), Cursor::parse)
    }
}
