//! What one person has done: only what was counted, nothing estimated.

use base_core::report::{Quarters, Range, by_day, by_hour, date_of};
use base_core::time::Moment;
use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;

/// Days in the chart.
pub const CHART_DAYS: i32 = 30;

/// Scans of one person that were not refused, of the last year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Activity {
    /// Scans today.
    pub today: i64,
    /// Since Monday.
    pub week: i64,
    /// Since the first day of this quarter of the year.
    pub quarter: i64,
    /// Since the first of January.
    pub year: i64,
    /// Days with a scan, of the last 366.
    pub active_days: i64,
    /// Scans per day with a scan, in tenths.
    pub average_tenths: i64,
    /// The day with the most scans, the latest of equals.
    pub best_day: Option<(Date, i64)>,
    /// The hour of the clock with the most scans, the earliest of equals.
    pub busiest_hour: Option<(usize, i64)>,
    /// The last [`CHART_DAYS`] days.
    pub chart: Vec<(Date, i64)>,
}

/// Scans of one person that were not refused, of the 365 days before today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastActivity {
    days: Vec<(Date, i64)>,
    hours: [i64; 24],
}

impl PastActivity {
    /// The days that are looked at. Today is none of them.
    pub fn range(today: Date) -> Range {
        let before = |days: i32| today.checked_sub(days.days()).unwrap_or(today);
        Range { from: before(365), to: before(1) }
    }

    /// From the scans of these days by the quarter of an hour.
    pub fn of(quarters: &Quarters, today: Date, zone: &TimeZone) -> Self {
        Self { days: by_day(quarters, Self::range(today), zone), hours: by_hour(quarters, zone) }
    }
}

impl Activity {
    /// From the days before today, and the scans since its midnight by the quarter of an hour. Scans that a wrong clock
    /// dated tomorrow are left out until tomorrow.
    pub fn of(past: &PastActivity, since_midnight: &Quarters, today: Date, zone: &TimeZone) -> Self {
        let of_today: Vec<(Moment, i64)> =
            since_midnight.iter().copied().filter(|quarter| date_of(quarter.0, zone) == today).collect();
        let mut days = past.days.clone();
        days.push((today, of_today.iter().map(|quarter| quarter.1).sum()));
        let since = |first: Date| days.iter().filter(|day| day.0 >= first).map(|day| day.1).sum::<i64>();
        let monday = today.nth_weekday(-1, Weekday::Monday).unwrap_or(today);
        let monday = if today.weekday() == Weekday::Monday { today } else { monday };
        let first_month = (today.month() - 1) / 3 * 3 + 1;
        let active = days.iter().filter(|day| day.1 > 0);
        let (active_days, scans) = active.fold((0, 0), |(n, scans), day| (n + 1, scans + day.1));
        let hours = past.hours.iter().zip(by_hour(&of_today, zone)).map(|(past, of_today)| past + of_today);
        let busiest = hours.enumerate().filter(|hour| hour.1 > 0);
        Self {
            today: since(today),
            week: since(monday),
            quarter: since(Date::new(today.year(), first_month, 1).unwrap_or(today)),
            year: since(today.first_of_year()),
            active_days,
            average_tenths: if active_days > 0 { (scans * 10 + active_days / 2) / active_days } else { 0 },
            best_day: days.iter().copied().filter(|day| day.1 > 0).max_by_key(|day| day.1),
            busiest_hour: busiest.max_by_key(|hour| (hour.1, std::cmp::Reverse(hour.0))),
            chart: days[days.len().saturating_sub(usize::try_from(CHART_DAYS).unwrap_or_default())..].to_vec(),
        }
    }
}

#[cfg(test)]
mod tests {
    use base_core::report::start_of;

    use super::*;

    fn of(quarters: &Quarters, now: Moment, zone: &TimeZone) -> Activity {
        let today = date_of(now, zone);
        let midnight = quarters.partition_point(|quarter| quarter.0 < start_of(today, zone));
        Activity::of(&PastActivity::of(&quarters[..midnight], today, zone), &quarters[midnight..], today, zone)
    }

    #[test]
    fn weeks_begin_on_monday_and_days_at_india_midnight() {
        let zone = TimeZone::get("Asia/Kolkata").expect("bundled zone");
        let at = |text| Moment::parse(text).expect("a time");
        // Saturday, 21 November 2026, in India.
        let now = at("2026-11-20T18:30:00Z");
        let quarters = [
            (at("2026-01-01T06:00:00Z"), 100),
            (at("2026-10-01T06:00:00Z"), 40),
            (at("2026-11-15T18:15:00Z"), 8),
            (at("2026-11-15T18:30:00Z"), 4),
            (at("2026-11-20T18:15:00Z"), 2),
            (at("2026-11-20T18:30:00Z"), 1),
            (at("2026-11-21T18:30:00Z"), 1_000),
        ];
        let activity = of(&quarters, now, &zone);
        let spans = (activity.today, activity.week, activity.quarter, activity.year);
        assert_eq!(spans, (1, 1 + 2 + 4, 1 + 2 + 4 + 8 + 40, 155));
        assert_eq!((activity.active_days, activity.average_tenths), (6, 258));
        assert_eq!(activity.best_day.map(|day| day.1), Some(100));
        assert_eq!(activity.busiest_hour, Some((11, 140)));
        assert_eq!((activity.chart.len(), activity.chart[29].1, activity.chart[28].1), (30, 1, 2));
    }

    #[test]
    fn a_monday_is_the_first_day_of_its_week() {
        let monday = Moment::parse("2026-11-16T09:00:00Z").expect("a time");
        let quarters = [(monday.quarter().plus_us(-base_core::time::DAY_US), 5), (monday.quarter(), 3)];
        assert_eq!(of(&quarters, monday, &TimeZone::UTC).week, 3);
    }

    #[test]
    fn a_person_who_never_scanned_has_no_best_day() {
        let activity = of(&[], Moment(1_790_000_000_000_000), &TimeZone::UTC);
        assert_eq!((activity.best_day, activity.busiest_hour, activity.average_tenths), (None, None, 0));
    }
}
