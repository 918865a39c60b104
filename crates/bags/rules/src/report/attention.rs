//! When refusals of a day need a look.

use base_core::time::{DAY_US, Moment};
use jiff::tz::TimeZone;

/// Days that say what is usual.
pub const USUAL_DAYS: i64 = 7;
/// Fewer refusals of a day need no look, whatever is usual.
const REFUSALS_MIN: i64 = 20;

/// The first moment of the days that say what is usual: those before the day of `now`.
pub fn usual_from(now: Moment, zone: &TimeZone) -> Moment {
    now.start_of_day(zone).plus_us(-USUAL_DAYS * DAY_US).start_of_day(zone)
}

/// The mean of those days until the time of the day that it is now, from counts by the quarter of an hour.
pub fn usual_until_now(quarters: &[(Moment, i64)], now: Moment, zone: &TimeZone) -> i64 {
    let time_of_day_us = |at: Moment| at.since_us(at.start_of_day(zone));
    let until_now = quarters.iter().filter(|(at, _)| time_of_day_us(*at) < time_of_day_us(now));
    until_now.map(|(_, n)| n).sum::<i64>() / USUAL_DAYS
}

/// True when so many refusals until now are far above what is usual.
pub fn is_unusual(refused: i64, usually: i64) -> bool {
    refused >= REFUSALS_MIN && refused > 2 * usually
}

#[cfg(test)]
mod tests {
    use base_core::time::HOUR_US;

    use super::*;

    #[test]
    fn what_is_usual_is_the_mean_of_seven_days_until_the_same_time() {
        let now = Moment(30 * DAY_US + 10 * HOUR_US);
        let at = |day: i64, hour: i64| Moment(day * DAY_US + hour * HOUR_US);
        assert_eq!(usual_from(now, &TimeZone::UTC), at(23, 0));
        let quarters = [(at(23, 9), 7), (at(29, 9), 14), (at(29, 10), 700), (at(28, 23), 700)];
        assert_eq!(usual_until_now(&quarters, now, &TimeZone::UTC), 3);
    }

    #[test]
    fn a_few_refusals_are_never_unusual_and_twice_as_many_as_usual_are_not_yet() {
        assert!(!is_unusual(19, 0) && is_unusual(20, 0));
        assert!(!is_unusual(40, 20) && is_unusual(41, 20));
    }
}
