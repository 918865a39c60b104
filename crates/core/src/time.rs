//! Moments and days. Everything is kept as UTC microseconds in one integer; a zone is applied only where people read.

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

    /// Start of the quarter of an hour that holds this moment.
    #[must_use]
    pub fn quarter(self) -> Self {
        Self(self.0 - self.0.rem_euclid(QUARTER_US))
    }

    /// First moment of the day that holds this moment in `zone`.
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

    /// As the people of the house read it (`bags.md` 7.1), by `strftime` pattern, in `zone`.
    pub fn display(self, zone: &TimeZone, pattern: &str) -> String {
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

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.timestamp())
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
    fn a_midnight_is_the_start_of_a_quarter_in_every_zone() {
        for zone in ["Asia/Kolkata", "Asia/Kathmandu", "UTC", "America/St_Johns", "Australia/Eucla"] {
            let zone = TimeZone::get(zone).expect("bundled zone");
            let midnight = Moment(1_790_000_000_000_000).start_of_day(&zone);
            assert_eq!(midnight, midnight.quarter());
        }
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in ["", "yesterday", "2026-11-21", "2026-13-01T00:00:00Z", "1969-12-31T23:59:59Z"] {
            assert_eq!(Moment::parse(text), None, "{text}");
        }
    }
}
