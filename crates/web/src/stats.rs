//! The figures of the dashboard. Each equals a recount made now.

use serde::Serialize;
use tallyhouse_core::area::Scope;
use tallyhouse_core::counter::Counter;
use tallyhouse_core::outcome::Outcome;
use tallyhouse_core::time::{DAY_US, HOUR_US, Moment};
use tallyhouse_store::counter::Totals;
use tallyhouse_store::scan::ScanLine;
use tallyhouse_store::{counter, person_scans, scan};

use crate::app::App;
use crate::error::Problem;

/// How many of the latest scans the dashboard shows.
const LATEST: u32 = 12;

/// The dashboard of one scope.
#[derive(Debug, Serialize)]
pub struct Dashboard {
    /// Parents that exist.
    pub parents: i64,
    /// Children that exist.
    pub children: i64,
    /// Scans today that were not refused; the day begins at midnight of the site's zone.
    pub scans_today: i64,
    /// Scans of the last 60 minutes that were not refused.
    pub scans_last_hour: i64,
    /// Scans today that a rule refused.
    pub scans_refused_today: i64,
    /// Dispatchers who scanned in the last 60 minutes.
    pub active_dispatchers: i64,
    /// Scans of today by hour of the day, not refused.
    pub hours: Vec<Hour>,
    /// The latest scans, newest first.
    pub latest: Vec<LatestScan>,
}

/// One hour of the day.
#[derive(Debug, Serialize)]
pub struct Hour {
    /// `00` to `23`.
    pub label: String,
    /// Scans.
    pub scans: i64,
}

/// A scan as the dashboard shows it.
#[derive(Debug, Serialize)]
pub struct LatestScan {
    /// `HH:MM:SS` in the site's zone.
    pub time: String,
    /// The code.
    pub code: String,
    /// The parent concerned.
    pub parent: Option<String>,
    /// What became of it.
    pub outcome: &'static str,
    /// Who.
    pub person: Option<String>,
    /// Where.
    pub station: Option<String>,
}

/// Parents of every status.
pub fn parents(totals: &Totals) -> i64 {
    let of = |counter| totals.get(&counter).copied().unwrap_or_default();
    of(Counter::ParentsPending) + of(Counter::ParentsInProgress) + of(Counter::ParentsCompleted)
}

/// Scans that were not refused.
pub fn accepted(totals: &Totals) -> i64 {
    let of = |counter| totals.get(&counter).copied().unwrap_or_default();
    of(Counter::ScansParent) + of(Counter::ScansChild) + of(Counter::ScansBill) + of(Counter::ScansOther)
}

/// The stable codes of refusals.
pub fn refusal_codes() -> Vec<&'static str> {
    Outcome::ALL.iter().filter(|outcome| outcome.is_refusal()).map(|outcome| outcome.code()).collect()
}

/// Computes the dashboard of a scope.
pub async fn dashboard(app: &App, scope: &Scope) -> Result<Dashboard, Problem> {
    let now = app.clock.now();
    let zone = &app.settings.zone;
    let midnight = now.start_of_day(zone);
    let mut reader = app.db.read().await?;
    let totals = counter::totals(reader.conn(), scope).await?;
    let today = counter::scans_between(reader.conn(), scope, midnight, now.end_of_day(zone)).await?;
    let hour_ago = now.plus_us(-HOUR_US);
    let scans_last_hour = scan::count_since(reader.conn(), scope, hour_ago, &refusal_codes()).await?;
    let active_dispatchers = person_scans::active_dispatchers(reader.conn(), scope, hour_ago).await?;
    let latest = scan::latest(reader.conn(), scope, LATEST).await?;

    let mut by_hour = [0_i64; 24];
    let mut scans_refused_today = 0;
    for (quarter, counter, n) in today {
        if counter == Counter::ScansRefused {
            scans_refused_today += n;
        } else {
            by_hour[hour_of_day(quarter, app)] += n;
        }
    }
    let hours = by_hour.iter().enumerate();
    Ok(Dashboard {
        parents: parents(&totals),
        children: totals.get(&Counter::Children).copied().unwrap_or_default(),
        scans_today: by_hour.iter().sum(),
        scans_last_hour,
        scans_refused_today,
        active_dispatchers,
        hours: hours.map(|(hour, scans)| Hour { label: format!("{hour:02}"), scans: *scans }).collect(),
        latest: latest.into_iter().map(|line| latest_scan(line, app)).collect(),
    })
}

/// Scans since a day ago that were not refused.
pub async fn scans_24h(app: &App, scope: &Scope) -> Result<i64, Problem> {
    let mut reader = app.db.read().await?;
    let since = app.clock.now().plus_us(-DAY_US);
    Ok(scan::count_since(reader.conn(), scope, since, &refusal_codes()).await?)
}

fn hour_of_day(quarter: Moment, app: &App) -> usize {
    quarter.display(&app.settings.zone, "%H").parse::<usize>().unwrap_or_default().min(23)
}

fn latest_scan(line: ScanLine, app: &App) -> LatestScan {
    LatestScan {
        time: line.at.display(&app.settings.zone, "%H:%M:%S"),
        code: line.code,
        parent: line.parent,
        outcome: line.outcome.code(),
        person: line.person,
        station: line.station,
    }
}
