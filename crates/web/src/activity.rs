//! Scans by day: for the picture on the home page and for programs.
//!
//! Invariant: what is remembered of days gone by is used only as long as the number of all scans before today is what it
//! was then. Scans are never taken back from the counters, so whatever comes in for an old day, such as an import of an
//! earlier system, changes that number and has the days read anew.

use std::sync::Arc;

use jiff::ToSpan;
use jiff::civil::Date;
use tallyhouse_core::area::Scope;
use tallyhouse_core::report::{Range, by_day, date_of, start_of};
use tallyhouse_store::board;
use tokio::sync::Mutex;

use crate::app::App;
use crate::error::Problem;

/// Most days that are looked back on, today included.
pub const DAYS_MAX: i32 = 366;

/// Days of one scope, today included, oldest first: [`DAYS_MAX`] of them.
pub type Days = Arc<[(Date, i64)]>;

struct Past {
    scope: Scope,
    today: Date,
    /// All scans before today.
    scans: i64,
    days: Vec<(Date, i64)>,
}

/// Days gone by, by scope.
#[derive(Default)]
pub struct PastDays(Mutex<Vec<Past>>);

/// The scans of each of the last days, not refused; the last one is today.
pub async fn days(app: &App, scope: &Scope, count: i32) -> Result<Vec<(Date, i64)>, Problem> {
    let all = app.activity.get(scope, read(app, scope)).await?;
    let count = usize::try_from(count.clamp(1, DAYS_MAX)).unwrap_or(1);
    Ok(all[all.len().saturating_sub(count)..].to_vec())
}

async fn read(app: &App, scope: &Scope) -> Result<Days, Problem> {
    let zone = &app.settings.zone;
    let now = app.clock.now();
    let today = date_of(now, zone);
    let midnight = start_of(today, zone);
    let mut reader = app.db.read().await?;
    let before = board::scans_before(reader.conn(), scope, midnight).await?;
    let of_today = board::quarters(reader.conn(), scope, (midnight, now.end_of_day(zone))).await?;
    let mut memory = app.past_days.0.lock().await;
    let known = memory.iter().find(|past| past.scope == *scope && past.today == today && past.scans == before);
    let mut days = if let Some(past) = known {
        past.days.clone()
    } else {
        let first = today.checked_sub((DAYS_MAX - 1).days()).unwrap_or(today);
        let range = Range { from: first, to: today.yesterday().unwrap_or(today) };
        let quarters = board::quarters(reader.conn(), scope, (start_of(first, zone), midnight)).await?;
        let days = by_day(&quarters, range, zone);
        memory.retain(|past| past.scope != *scope);
        memory.push(Past { scope: scope.clone(), today, scans: before, days: days.clone() });
        days
    };
    days.push((today, of_today.iter().map(|quarter| quarter.1).sum()));
    Ok(days.into())
}
