//! The history of scans: what was scanned, by whom, and what became of it.

use axum::Json;
use axum::extract::State;
use bags_rules::outcome::Outcome;
use bags_rules::permission::BAG_READ;
use bags_store::scan;
use bags_store::scan::{Cursor, Page, Results, ScanFilter};
use base_records::account;
use base_web::error::Problem;
use base_web::parameters::Parameters;
use base_web::session::{Caller, STAFF};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::bags::api::HistoryJson;
use crate::bags::filter::{area, limit, text};
use crate::bills::filter::{day, given};
use crate::state::Bags;

/// Scans on a page unless asked otherwise.
const LIMIT_DEFAULT: u32 = 50;

/// What is handled here, with its description.
pub fn router() -> OpenApiRouter<Bags> {
    OpenApiRouter::new().routes(routes!(list))
}

/// Which scans.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ScansQuery {
    /// Where the page begins: `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// Scans on a page, 1 to 200; 50 when not given.
    #[serde(alias = "per_page")]
    pub limit: Option<u32>,
    /// A code, a parent or a bill. When no scan names exactly this, those that hold it.
    #[serde(alias = "search")]
    pub q: Option<String>,
    /// The user name of the person who scanned.
    pub person: Option<String>,
    /// `accepted`, `refused`, or one outcome such as `linked`.
    pub result: Option<String>,
    /// The first day, such as 2026-11-21, in the site's time zone.
    pub from: Option<String>,
    /// The last day.
    pub to: Option<String>,
    /// A dispatch area, or `none`.
    pub area: Option<String>,
}

/// A page of history.
#[derive(Serialize, ToSchema)]
pub struct ScanPage {
    /// The scans, newest first.
    pub scans: Vec<HistoryJson>,
    /// Where the next page starts; null on the last page.
    pub next_cursor: Option<String>,
    /// How many scans were looked at, where that ended the page before it was full; go on with `next_cursor`.
    pub looked_through: Option<u32>,
    /// True when no scan names exactly `q`, and these hold it.
    pub inside: bool,
}

impl ScansQuery {
    /// What the query asks the store for.
    pub async fn filter(&self, app: &Bags) -> Result<ScanFilter, Problem> {
        let zone = &app.settings.zone;
        let (from, to) = (day("from", self.from.as_deref(), zone)?, day("to", self.to.as_deref(), zone)?);
        if let (Some(from), Some(to)) = (from, to)
            && to < from
        {
            return Err(Problem::field("to", "The last day lies before the first. Change one of them."));
        }
        let mut filter = ScanFilter {
            text: text("q", self.q.as_deref())?,
            person: None,
            results: self.results()?,
            from,
            until: to.map(|day| day.end_of_day(zone)),
            area: area(self.area.as_deref())?,
        };
        if let Some(name) = text("person", self.person.as_deref())? {
            filter.person = Some(account::find_id(&app.db, STAFF, &name).await?.ok_or_else(Problem::nobody)?);
        }
        Ok(filter)
    }

    fn results(&self) -> Result<Option<Results>, Problem> {
        match given(self.result.as_deref()) {
            None | Some("all") => Ok(None),
            Some("accepted") => Ok(Some(Results::Accepted)),
            Some("refused") => Ok(Some(Results::Refused)),
            Some(code) => {
                let wrong = || Problem::field("result", "The result is `accepted`, `refused` or an outcome.");
                Outcome::parse(code).map(|one| Some(Results::One(one))).ok_or_else(wrong)
            }
        }
    }
}

/// One page of the history of the caller's areas.
pub async fn page(app: &Bags, caller: &Caller, query: &ScansQuery, default: u32) -> Result<Page, Problem> {
    caller.must(BAG_READ)?;
    let wrong = || Problem::field("cursor", "This cursor is not valid. Start again without one.");
    let cursor = given(query.cursor.as_deref()).map(|text| Cursor::parse(text).ok_or_else(wrong)).transpose()?;
    let limit = limit(query.limit, default)?;
    let filter = query.filter(app).await?;
    let mut reader = app.db.read().await?;
    Ok(scan::list(reader.conn(), &filter, &caller.scope(), cursor, limit).await?)
}

/// Lists the scans of the caller's areas, newest first. Everything may be combined.
#[utoipa::path(get, path = "/api/v1/scans", extensions(("x-permission" = json!(BAG_READ.name()))),
    params(ScansQuery), responses(
    (status = 200, description = "A page of the history of the caller's areas.", body = ScanPage)))]
pub async fn list(
    State(app): State<Bags>,
    caller: Caller,
    Parameters(query): Parameters<ScansQuery>,
) -> Result<Json<ScanPage>, Problem> {
    let page = page(&app, &caller, &query, LIMIT_DEFAULT).await?;
    Ok(Json(ScanPage {
        scans: page.lines.into_iter().map(HistoryJson::from).collect(),
        next_cursor: page.next.map(|cursor| cursor.to_string()),
        looked_through: page.looked_through,
        inside: page.inside,
    }))
}
