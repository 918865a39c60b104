//! Moments and days. Everything is kept as UTC microseconds in one integer; a time zone is applied only for display.

use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::{Serialize, Serializer};

/// A point in time: microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(pub i64);

/// Where the time comes from. The program passes the system's clock in, a test its own.
pub trait Clock: Send + Sync + 'static {
    /// The present moment.
    fn now(&self) -> Moment;
}

/// Microseconds in one second.
pub const SECOND_US: i64 = 1_000_000;
/// Microseconds in one minute.
pub const MINUTE_US: i64 = 60 * SECOND_US;
/// Microseconds in one hour.
pub const HOUR_US: i64 = 60 * MINUTE_US;
/// Microseconds in one day of 24 hours.
pub const DAY_US: i64 = 24 * HOUR_US;
/// Scan counts are kept per quarter of an hour, the largest step that fits every time zone's midnight.
pub const QUARTER_US: i64 = 15 * MINUTE_US;

impl Moment {
    /// What an earlier system did not record. Pages say so, the API writes null, files have an empty cell.
    pub const UNKNOWN: Self = Self(0);

    /// False where no time was recorded.
    pub fn is_known(self) -> bool {
        self != Self::UNKNOWN
    }

    /// The same where it is known.
    pub fn known(self) -> Option<Self> {
        self.is_known().then_some(self)
    }

    /// Reads an RFC 3339 text such as `2026-11-21T05:30:00.120Z`. `None` when it is not one, or lies before 1970.
    pub fn parse(text: &str) -> Option<Self> {
        let stamp: Timestamp = text.parse().ok()?;
        let moment = Self(stamp.as_microsecond());
        (moment.0 >= 0).then_some(moment)
    }

    /// This moment plus a span in microseconds.
    #[must_use]
    pub fn plus_us(self, span_us: i64) -> Self {
        Self(self.0.saturating_add(span_us))
    }

    /// Microseconds from `earlier` to this moment; negative when `earlier` is later.
    pub fn since_us(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// Start of the quarter of an hour that contains this moment.
    #[must_use]
    pub fn quarter(self) -> Self {
        Self(self.0 - self.0.rem_euclid(QUARTER_US))
    }

    /// First moment of the day that contains this moment in `zone`.
    #[must_use]
    pub fn start_of_day(self, zone: &TimeZone) -> Self {
        let start = self.timestamp().to_zoned(zone.clone()).start_of_day();
        start.map_or(self, |day| Self(day.timestamp().as_microsecond()))
    }

    /// First moment of the next day in `zone`.
    #[must_use]
    pub fn end_of_day(self, zone: &TimeZone) -> Self {
        let next = self.timestamp().to_zoned(zone.clone()).start_of_day().and_then(|day| day.checked_add(1.day()));
        next.map_or(self, |day| Self(day.timestamp().as_microsecond()))
    }

    /// As people read it, by `strftime` pattern, in `zone`; empty where it is not known.
    pub fn display(self, zone: &TimeZone, pattern: &str) -> String {
        if !self.is_known() {
            return String::new();
        }
        self.timestamp().to_zoned(zone.clone()).strftime(pattern).to_string()
    }

    /// RFC 3339 in UTC with microseconds, as the API writes it.
    pub fn rfc3339(self) -> String {
        self.timestamp().to_string()
    }

    fn timestamp(self) -> Timestamp {
        Timestamp::from_microsecond(self.0).unwrap_or(Timestamp::MAX)
    }
}

/// Reads a time of the day such as `18:00`: two digits, a colon, two digits.
pub fn parse_time_of_day(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':')?;
    let number = |part: &str| {
        let plain = part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| part.parse().ok()).flatten()
    };
    Time::new(number(hour)?, number(minute)?, 0, 0).ok()
}

/// The next moment after `now` at which the clocks of `zone` show `time`. Where the clocks skip that time, it moves
/// forward by as much as they do; where they show it twice, the first one counts.
pub fn next_daily(now: Moment, time: Time, zone: &TimeZone) -> Moment {
    let today = now.timestamp().to_zoned(zone.clone()).date();
    let days = today.series(1.day()).take(3).filter_map(|day| day.to_datetime(time).to_zoned(zone.clone()).ok());
    let mut moments = days.map(|zoned| Moment(zoned.timestamp().as_microsecond()));
    // Three days contain at least two such moments, unless the calendar ends.
    moments.find(|moment| *moment > now).unwrap_or(Moment(i64::MAX))
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.is_known() { serializer.collect_str(&self.timestamp()) } else { serializer.serialize_none() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_in_india_begins_at_half_past_six_in_the_evening_utc() {
        let zone = TimeZone::get("Asia/Kolkata").expect("bundled zone");
        let just_before = Moment::parse("2026-11-20T18:29:59.999999Z").expect("valid");
        let midnight = Moment::parse("2026-11-20T18:30:00Z").expect("valid");
        assert_eq!(midnight.start_of_day(&zone), midnight);
        assert_eq!(just_before.end_of_day(&zone), midnight);
        assert_eq!(just_before.display(&zone, "%d/%m/%y %H:%M"), "20/11/26 23:59");
    }

    #[test]
    fn a_time_that_is_not_known_is_shown_as_none() {
        assert_eq!(Moment::UNKNOWN.display(&TimeZone::UTC, "%d/%m/%y"), "");
        assert_eq!(serde_json::to_string(&[Moment::UNKNOWN]).expect("plain"), "[null]");
        assert_eq!((Moment::UNKNOWN.known(), Moment(1).known()), (None, Some(Moment(1))));
    }

    #[test]
    fn a_midnight_is_the_start_of_a_quarter_in_every_zone() {
        for zone in ["Asia/Kolkata", "Asia/Kathmandu", "UTC", "America/St_Johns", "Australia/Eucla"] {
            let zone = TimeZone::get(zone).expect("bundled zone");
            let midnight = Moment(1_790_000_000_000_000).start_of_day(&zone);
            assert_eq!(midnight, midnight.quarter());
        }
    }

    #[test]
    fn the_next_evening_is_today_until_it_has_come() {
        let zone = TimeZone::get("Asia/Kolkata").expect("bundled zone");
        let six = parse_time_of_day("18:00").expect("a time");
        let moment = |text| Moment::parse(text).expect("valid");
        let evening = moment("2026-11-20T12:30:00Z");
        assert_eq!(next_daily(moment("2026-11-19T20:00:00Z"), six, &zone), evening);
        assert_eq!(next_daily(moment("2026-11-20T12:29:59.999999Z"), six, &zone), evening);
        assert_eq!(next_daily(evening, six, &zone), moment("2026-11-21T12:30:00Z"));
    }

    #[test]
    fn a_daily_time_that_clocks_skip_or_show_twice_comes_once() {
        let zone = TimeZone::get("Europe/Berlin").expect("bundled zone");
        let half_past_two = parse_time_of_day("02:30").expect("a time");
        let moment = |text| Moment::parse(text).expect("valid");
        let skipped = next_daily(moment("2026-03-29T00:00:00Z"), half_past_two, &zone);
        assert_eq!(skipped, moment("2026-03-29T01:30:00Z"), "half past three by the new clock");
        assert_eq!(next_daily(skipped, half_past_two, &zone), moment("2026-03-30T00:30:00Z"));
        let first = next_daily(moment("2026-10-24T23:00:00Z"), half_past_two, &zone);
        assert_eq!(first, moment("2026-10-25T00:30:00Z"));
        assert_eq!(next_daily(first, half_past_two, &zone), moment("2026-10-26T01:30:00Z"));
    }

    #[test]
    fn a_time_of_the_day_is_four_digits_and_a_colon() {
        for text in ["", "18", "6:00", "24:00", "18:60", "18:00:00", "+1:00", "18.00"] {
            assert_eq!(parse_time_of_day(text), None, "{text}");
        }
        assert!(parse_time_of_day("00:00").is_some() && parse_time_of_day("23:59").is_some());
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in ["", "yesterday", "2026-11-21", "2026-13-01T00:00:00Z", "1969-12-31T23:59:59Z"] {
            assert_eq!(Moment::parse(text), None, "{text}");
        }
    }
}
