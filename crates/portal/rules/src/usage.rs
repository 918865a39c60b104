//! How often customers came, by day and by hour of the site's clock.
//!
//! Invariant: every moment is counted once, on the day and in the hour that the clock of the zone showed; days without
//! anybody are there with zero.

use base_core::time::Moment;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

/// The action of the trail by which a customer signs in.
pub const LOGIN: &str = "CUSTOMER_LOGIN";
/// What an entry about a customer is about.
pub const CUSTOMER: &str = "customer";
/// The action by which a customer takes stock out as a file.
pub const EXPORT: &str = "stock_exported";
/// How many days the chart shows, today among them.
pub const DAYS: usize = 14;

/// A day, and how often customers signed in on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    /// The day.
    pub date: Date,
    /// How often.
    pub n: i64,
}

fn stamp(at: Moment) -> Timestamp {
    Timestamp::from_microsecond(at.0).unwrap_or(Timestamp::MAX)
}

/// When the first of the days begins.
pub fn first_day(now: Moment, zone: &TimeZone) -> Moment {
    let today = stamp(now).to_zoned(zone.clone()).date();
    let back = i64::try_from(DAYS).unwrap_or(1) - 1;
    let first = today.checked_sub(back.days()).unwrap_or(today);
    let begin = first.to_zoned(zone.clone()).map_or(now.0, |begin| begin.timestamp().as_microsecond());
    Moment(begin)
}

/// The days up to today, with how many of the moments are on each.
pub fn days(times: &[Moment], now: Moment, zone: &TimeZone) -> Vec<Day> {
    let first = stamp(first_day(now, zone)).to_zoned(zone.clone()).date();
    let mut days: Vec<Day> = first.series(1.day()).take(DAYS).map(|date| Day { date, n: 0 }).collect();
    for at in times {
        let date = stamp(*at).to_zoned(zone.clone()).date();
        if let Some(day) = days.iter_mut().find(|day| day.date == date) {
            day.n += 1;
        }
    }
    days
}

/// How many of the moments are in each hour of the day.
pub fn hours(times: &[Moment], zone: &TimeZone) -> [i64; 24] {
    let mut hours = [0; 24];
    for at in times {
        let hour = usize::try_from(stamp(*at).to_zoned(zone.clone()).hour()).unwrap_or_default();
        hours[hour] += 1;
    }
    hours
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Moment {
        Moment::parse(text).expect("a time")
    }

    #[test]
    fn days_are_those_of_the_zone_and_those_without_anybody_are_there() {
        let zone = TimeZone::get("America/Los_Angeles").expect("bundled zone");
        // 1 November 2026 has 25 hours there.
        let now = at("2026-11-05T20:00:00Z");
        assert_eq!(first_day(now, &zone), at("2026-10-23T07:00:00Z"));
        let times = [
            at("2026-10-23T06:59:59Z"),
            at("2026-10-23T07:00:00Z"),
            at("2026-11-01T07:00:00Z"),
            at("2026-11-02T07:59:59Z"),
            at("2026-11-05T19:00:00Z"),
        ];
        let days = days(&times, now, &zone);
        assert_eq!((days.len(), days[0].date.to_string().as_str()), (DAYS, "2026-10-23"));
        let told: Vec<(String, i64)> =
            days.iter().filter(|day| day.n > 0).map(|day| (day.date.to_string(), day.n)).collect();
        assert_eq!(told, [("2026-10-23".into(), 1), ("2026-11-01".into(), 2), ("2026-11-05".into(), 1)]);
        let hours = hours(&times, &zone);
        assert_eq!((hours.iter().sum::<i64>(), hours[0], hours[23], hours[11]), (5, 2, 2, 1));
    }
}
