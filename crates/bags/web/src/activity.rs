//! Scans by day: for the picture on the home page, for a person's page and for programs.
//!
//! Invariant: what is remembered of past days is used only while the number of all scans before today is unchanged.
//! Scans are never taken back from the counters, so a scan that is added to an old day, such as by an import from an
//! earlier system, changes that number, and the days are read again.

use std::sync::Arc;

use bags_rules::report::{Activity, PastActivity};
use bags_store::board;
use bags_store::report::people;
use bags_store::report::people::Figures;
use base_core::account::AccountId;
use base_core::area::Scope;
use base_core::report::{Range, by_day, date_of, start_of};
use base_db::Conn;
use base_web::error::Problem;
use jiff::ToSpan;
use jiff::civil::Date;

use crate::memory::Days;
use crate::state::Bags;

/// The most days that are shown, today included.
pub const DAYS_MAX: i32 = 366;

/// The scans of each of the last days, not refused; the last one is today.
pub async fn days(app: &Bags, scope: &Scope, count: i32) -> Result<Vec<(Date, i64)>, Problem> {
    let all = app.memory.activity.get(scope, read(app, scope)).await?;
    let count = usize::try_from(count.clamp(1, DAYS_MAX)).unwrap_or(1);
    Ok(all[all.len().saturating_sub(count)..].to_vec())
}

async fn read(app: &Bags, scope: &Scope) -> Result<Days, Problem> {
    let zone = &app.settings.zone;
    let now = app.clock.now();
    let today = date_of(now, zone);
    let midnight = start_of(today, zone);
    let mut reader = app.db.snapshot().await?;
    let before = board::scans_before(reader.conn(), scope, midnight).await?;
    let of_today = board::quarters(reader.conn(), scope, (midnight, now.end_of_day(zone))).await?;
    let mut days = if let Some(days) = app.memory.past_days.get(scope, today, before) {
        days
    } else {
        let first = today.checked_sub((DAYS_MAX - 1).days()).unwrap_or(today);
        let range = Range { from: first, to: today.yesterday().unwrap_or(today) };
        let quarters = board::quarters(reader.conn(), scope, (start_of(first, zone), midnight)).await?;
        let days = by_day(&quarters, range, zone);
        app.memory.past_days.put(scope.clone(), today, before, days.clone());
        days
    };
    days.push((today, of_today.iter().map(|quarter| quarter.1).sum()));
    Ok(days.into())
}

/// What one person did in the last year.
pub async fn of_person(app: &Bags, mut conn: Conn<'_>, account: AccountId) -> Result<(Figures, Activity), Problem> {
    let zone = &app.settings.zone;
    let today = date_of(app.clock.now(), zone);
    let figures = people::figures(conn.reborrow(), account, start_of(today, zone)).await?;
    let of_today: i64 = figures.quarters.iter().map(|quarter| quarter.1).sum();
    let before = figures.total.accepted() - of_today;
    let past = if let Some(past) = app.memory.past_activity.get(&account, today, before) {
        past
    } else {
        let span = PastActivity::range(today).bounds(zone);
        let past = Arc::new(PastActivity::of(&people::quarters(conn, account, span).await?, today, zone));
        app.memory.past_activity.put(account, today, before, past.clone());
        past
    };
    let activity = Activity::of(&past, &figures.quarters, today, zone);
    Ok((figures, activity))
}
