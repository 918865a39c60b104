//! Scans by day: for the picture on the home page, for a person's page and for programs.
//!
//! Invariant: what is remembered of days gone by is used only as long as the number of all scans before today is what it
//! was then. Scans are never taken back from the counters, so whatever comes in for an old day, such as an import of an
//! earlier system, changes that number and has the days read anew.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use bags_rules::report::{Activity, PastActivity};
use bags_store::board;
use bags_store::report::people;
use bags_store::report::people::Figures;
use base_core::account::AccountId;
use base_core::area::Scope;
use base_core::report::{Range, by_day, date_of, start_of};
use base_db::Conn;
use jiff::ToSpan;
use jiff::civil::Date;

use crate::app::App;
use crate::error::Problem;

/// Most days that are looked back on, today included.
pub const DAYS_MAX: i32 = 366;

/// Days of one scope, today included, oldest first: [`DAYS_MAX`] of them.
pub type Days = Arc<[(Date, i64)]>;

/// Most of whom or what days gone by are remembered.
const REMEMBERED_MAX: usize = 256;

struct Past<K, T> {
    of: K,
    today: Date,
    /// All scans before today.
    scans: i64,
    days: T,
}

/// Days gone by, by scope or by person.
pub struct PastDays<K, T>(Mutex<VecDeque<Past<K, T>>>);

impl<K, T> Default for PastDays<K, T> {
    fn default() -> Self {
        Self(Mutex::new(VecDeque::new()))
    }
}

impl<K: PartialEq, T: Clone> PastDays<K, T> {
    fn get(&self, of: &K, today: Date, scans: i64) -> Option<T> {
        let memory = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_it = |past: &&Past<K, T>| past.of == *of && past.today == today && past.scans == scans;
        memory.iter().find(is_it).map(|past| past.days.clone())
    }

    fn put(&self, of: K, today: Date, scans: i64, days: T) {
        let mut memory = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        memory.retain(|past| past.of != of);
        memory.push_back(Past { of, today, scans, days });
        if memory.len() > REMEMBERED_MAX {
            memory.pop_front();
        }
    }
}

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
    let mut reader = app.db.snapshot().await?;
    let before = board::scans_before(reader.conn(), scope, midnight).await?;
    let of_today = board::quarters(reader.conn(), scope, (midnight, now.end_of_day(zone))).await?;
    let mut days = if let Some(days) = app.past_days.get(scope, today, before) {
        days
    } else {
        let first = today.checked_sub((DAYS_MAX - 1).days()).unwrap_or(today);
        let range = Range { from: first, to: today.yesterday().unwrap_or(today) };
        let quarters = board::quarters(reader.conn(), scope, (start_of(first, zone), midnight)).await?;
        let days = by_day(&quarters, range, zone);
        app.past_days.put(scope.clone(), today, before, days.clone());
        days
    };
    days.push((today, of_today.iter().map(|quarter| quarter.1).sum()));
    Ok(days.into())
}

/// What one person did in the last year.
pub async fn of_person(app: &App, mut conn: Conn<'_>, account: AccountId) -> Result<(Figures, Activity), Problem> {
    let zone = &app.settings.zone;
    let today = date_of(app.clock.now(), zone);
    let figures = people::figures(conn.again(), account, start_of(today, zone)).await?;
    let of_today: i64 = figures.quarters.iter().map(|quarter| quarter.1).sum();
    let before = figures.total.accepted() - of_today;
    let past = if let Some(past) = app.past_activity.get(&account, today, before) {
        past
    } else {
        let span = PastActivity::range(today).bounds(zone);
        let past = Arc::new(PastActivity::of(&people::quarters(conn, account, span).await?, today, zone));
        app.past_activity.put(account, today, before, past.clone());
        past
    };
    let activity = Activity::of(&past, &figures.quarters, today, zone);
    Ok((figures, activity))
}
