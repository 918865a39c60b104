//! Which bills are asked for, as an address says it. The page and the API read the same words.

use bags_rules::bill::{BillKey, BillStatus};
use bags_store::bill::{BillCursor, BillFilter, BillOrder, StatusFilter};
use base_core::area::Area;
use base_core::time::Moment;
use base_web::cursor;
use base_web::cursor::Given;
use base_web::error::Problem;
use base_web::filter::DaysAsked;
use base_web::session::Caller;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::filter::{Days, days, given, text};
use crate::state::Bags;

/// Bills on a page unless asked otherwise.
const LIMIT_DEFAULT: u32 = 50;
/// Most bills on a page.
const LIMIT_MAX: u32 = 200;
/// Which bills, and in which order.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct BillsQuery {
    /// Where the page begins: `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// Bills on a page, 1 to 200; 50 when not given.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
    /// `new`, `processing`, `completed`, or `open` for the first two.
    pub status: Option<String>,
    /// A piece of the number; with fewer than three characters, its beginning.
    pub q: Option<String>,
    /// A period instead of days: `today`, `yesterday`, `week`, `last7`, `last30` or `month`.
    pub days: Option<String>,
    /// The first day of creation, such as 2026-11-21, in the site's time zone.
    pub from: Option<String>,
    /// The last day of creation.
    pub to: Option<String>,
    /// The user name of the person who created it, or what pages call them.
    pub created_by: Option<String>,
    /// A dispatch area of which it holds a parent.
    pub area: Option<String>,
    /// `newest`, `oldest` or `number`; newest when not given.
    pub sort: Option<String>,
}

impl BillsQuery {
    /// The days that are asked for.
    pub fn days(&self) -> DaysAsked<'_> {
        let Self { days, from, to, .. } = self;
        let [period, from, to] = [days, from, to].map(|given| given.as_deref().unwrap_or_default());
        DaysAsked { period, from, to }
    }

    /// The person who is asked for.
    pub fn person(&self) -> Option<&str> {
        given(self.created_by.as_deref())
    }

    /// What the query asks the store for, but for the person.
    pub fn filter(&self, app: &Bags) -> Result<BillFilter, Problem> {
        let text = text("q", self.q.as_deref())?;
        let area = given(self.area.as_deref());
        if area.is_some_and(|area| area.chars().any(char::is_control)) {
            return Err(Problem::field("area", "An area name cannot contain control characters."));
        }
        let Days { from, until } = days(self.days(), &app.settings.zone, app.clock.now())?;
        Ok(BillFilter {
            status: self.status()?,
            text,
            from,
            until,
            created_by: None,
            area: area.map(Area::new),
            order: self.order()?,
        })
    }

    fn status(&self) -> Result<Option<StatusFilter>, Problem> {
        let wrong = || Problem::field("status", "The status must be `new`, `processing`, `completed` or `open`.");
        match given(self.status.as_deref()) {
            None => Ok(None),
            Some("open") => Ok(Some(StatusFilter::Open)),
            Some(name) => BillStatus::parse(name).map(|status| Some(StatusFilter::One(status))).ok_or_else(wrong),
        }
    }

    /// In which order.
    pub fn order(&self) -> Result<BillOrder, Problem> {
        match given(self.sort.as_deref()) {
            None | Some("newest") => Ok(BillOrder::Newest),
            Some("oldest") => Ok(BillOrder::Oldest),
            Some("number") => Ok(BillOrder::Number),
            Some(_) => Err(Problem::field("sort", "The order must be `newest`, `oldest` or `number`.")),
        }
    }

    /// How many bills a page has.
    pub fn limit(&self) -> Result<u32, Problem> {
        match self.limit.unwrap_or(LIMIT_DEFAULT) {
            limit @ 1..=LIMIT_MAX => Ok(limit),
            _ => Err(Problem::field("limit", format!("Ask for 1 to {LIMIT_MAX} bills."))),
        }
    }

    /// Where the page begins.
    pub fn cursor(&self, app: &Bags, caller: &Caller) -> Result<Option<BillCursor>, Problem> {
        cursor::read(app, caller, Given::of(self.cursor.as_deref()), |text| {
            let (at, key) = text.split_once('.')?;
            Some(BillCursor { created_at: Moment(at.parse().ok()?), key: BillKey::stored(key) })
        })
    }
}

/// Writes a cursor for the caller.
pub fn write_cursor(app: &Bags, caller: &Caller, next: &BillCursor) -> String {
    cursor::write(app, caller, &format!("{}.{}", next.created_at.0, next.key.as_str()))
}
