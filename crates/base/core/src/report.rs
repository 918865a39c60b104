//! Which days a report is about, and how many there were on each.
//!
//! Invariant: a day is a day of the site's zone, midnight to midnight.

mod range;

use jiff::civil::Date;
use jiff::tz::TimeZone;
pub use range::{DAYS_MAX, Range, RangeFault, date_of, date_text, parse_date, start_of, zoned};

use crate::time::Moment;

/// A count for each quarter of an hour, with the moment at which the quarter begins.
pub type Quarters = [(Moment, i64)];

/// The count for each day of a range, including days without any.
pub fn by_day(quarters: &Quarters, range: Range, zone: &TimeZone) -> Vec<(Date, i64)> {
    let mut days: Vec<(Date, i64)> = range.dates().map(|date| (date, 0)).collect();
    for (quarter, n) in quarters {
        let date = date_of(*quarter, zone);
        if let Ok(at) = days.binary_search_by_key(&date, |day| day.0) {
            days[at].1 += n;
        }
    }
    days
}

/// The count for each hour of the day, over all days: 24 figures.
pub fn by_hour(quarters: &Quarters, zone: &TimeZone) -> [i64; 24] {
    let mut hours = [0; 24];
    for (quarter, n) in quarters {
        hours[hour_of(*quarter, zone)] += n;
    }
    hours
}

/// The hour that the clocks of a zone show, 0 to 23.
pub fn hour_of(at: Moment, zone: &TimeZone) -> usize {
    usize::try_from(range::zoned(at, zone).hour()).unwrap_or_default().min(23)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn india_midnight_parts_two_days_and_two_hours() {
        let zone = TimeZone::get("Asia/Kolkata").expect("bundled zone");
        let at = |text| Moment::parse(text).expect("a time");
        let quarters = [(at("2026-11-20T18:15:00Z"), 5), (at("2026-11-20T18:30:00Z"), 7)];
        let range =
            Range::parse("2026-11-20", "2026-11-21", parse_date("2026-11-21").expect("a day")).expect("a range");
        let days: Vec<i64> = by_day(&quarters, range, &zone).iter().map(|day| day.1).collect();
        assert_eq!(days, [5, 7]);
        let hours = by_hour(&quarters, &zone);
        assert_eq!((hours[23], hours[0], hours.iter().sum::<i64>()), (5, 7, 12));
    }
}
