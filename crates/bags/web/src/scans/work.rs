//! What the page and the API of the history share: which scans are asked for, and a page of them.

use bags_rules::outcome::Outcome;
use bags_rules::permission::BAG_READ;
use bags_store::scan;
use bags_store::scan::{Cursor, Page, Results, ScanFilter};
use base_web::cursor;
use base_web::cursor::Given;
use base_web::error::Problem;
use base_web::filter::DaysAsked;
use base_web::names::account_of;
use base_web::session::Caller;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::filter::{Days, area, days, given, limit, text};
use crate::state::Bags;

/// Which scans.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ScansQuery {
    /// Where the page begins: `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// Scans on a page, 1 to 200; 50 when not given.
    #[serde(alias = "per_page")]
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
    /// A code, a parent or a bill. When no scan names exactly this, those that contain it.
    #[serde(alias = "search")]
    pub q: Option<String>,
    /// The user name of the person who scanned, or what pages call them.
    pub person: Option<String>,
    /// `accepted`, `refused`, or one outcome such as `linked`.
    pub result: Option<String>,
    /// A period instead of days: `today`, `yesterday`, `week`, `last7`, `last30` or `month`.
    pub days: Option<String>,
    /// The first day, such as 2026-11-21, in the site's time zone.
    pub from: Option<String>,
    /// The last day.
    pub to: Option<String>,
    /// A dispatch area, or `none`.
    pub area: Option<String>,
}

impl ScansQuery {
    /// The days that are asked for.
    pub fn days(&self) -> DaysAsked<'_> {
        let Self { days, from, to, .. } = self;
        let [period, from, to] = [days, from, to].map(|given| given.as_deref().unwrap_or_default());
        DaysAsked { period, from, to }
    }

    /// What the query asks the store for.
    pub async fn filter(&self, app: &Bags) -> Result<ScanFilter, Problem> {
        let zone = &app.settings.zone;
        let Days { from, until } = days(self.days(), zone, app.clock.now())?;
        let mut filter = ScanFilter {
            text: text("q", self.q.as_deref())?,
            person: None,
            results: self.results()?,
            from,
            until,
            area: area(self.area.as_deref())?,
        };
        if let Some(name) = text("person", self.person.as_deref())? {
            filter.person = Some(account_of(app, &name).await?);
        }
        Ok(filter)
    }

    fn results(&self) -> Result<Option<Results>, Problem> {
        match given(self.result.as_deref()) {
            None | Some("all") => Ok(None),
            Some("accepted") => Ok(Some(Results::Accepted)),
            Some("refused") => Ok(Some(Results::Refused)),
            Some(code) => {
                let wrong = || Problem::field("result", "The result must be `accepted`, `refused` or an outcome.");
                Outcome::parse(code).map(|one| Some(Results::One(one))).ok_or_else(wrong)
            }
        }
    }
}

/// One page of the history of the caller's areas.
pub async fn page(app: &Bags, caller: &Caller, query: &ScansQuery, default: u32) -> Result<Page, Problem> {
    caller.must(BAG_READ)?;
    let cursor = cursor::read(app, caller, Given::of(query.cursor.as_deref()), Cursor::parse)?;
    let limit = limit(query.limit, default)?;
    let filter = query.filter(app).await?;
    let mut reader = app.db.read().await?;
    Ok(scan::list(reader.conn(), &filter, &caller.scope(), cursor, limit).await?)
}
