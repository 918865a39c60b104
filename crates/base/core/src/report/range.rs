//! Ranges of days: how they are requested, and the moments at which they begin and end.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Zoned};

use crate::time::Moment;

/// Most days in one report; a longer range has to be requested in parts.
pub const DAYS_MAX: i32 = 366;

/// Days from one to another, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
}

/// Why a range of days was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RangeFault {
    /// The named field is not a day.
    NoDate(&'static str),
    /// The last day lies before the first.
    ToBeforeFrom,
    /// More days than a report takes.
    TooLong {
        /// The most it takes.
        days_max: i32,
    },
}

impl RangeFault {
    /// The field that is wrong.
    pub fn field(self) -> &'static str {
        match self {
            Self::NoDate(field) => field,
            Self::ToBeforeFrom | Self::TooLong { .. } => "to",
        }
    }
}

impl Range {
    /// One day.
    pub fn day(day: Date) -> Self {
        Self { from: day, to: day }
    }

    /// Reads `from` and `to` as `YYYY-MM-DD`. Without either, the range is today; with `from` alone, it goes from that
    /// day to today; with `to` alone, it is that one day.
    pub fn parse(from: &str, to: &str, today: Date) -> Result<Self, RangeFault> {
        let read = |text: &str, field| match text.trim() {
            "" => Ok(None),
            text => parse_date(text).map(Some).ok_or(RangeFault::NoDate(field)),
        };
        let (from, to) = (read(from, "from")?, read(to, "to")?);
        let range = match (from, to) {
            (None, None) => Self::day(today),
            (Some(from), None) => Self { from, to: today.max(from) },
            (None, Some(to)) => Self::day(to),
            (Some(from), Some(to)) => Self { from, to },
        };
        if range.to < range.from {
            return Err(RangeFault::ToBeforeFrom);
        }
        range.within(DAYS_MAX)
    }

    /// The same range; refused when it has more than `days_max` days.
    pub fn within(self, days_max: i32) -> Result<Self, RangeFault> {
        if self.days() > days_max { Err(RangeFault::TooLong { days_max }) } else { Ok(self) }
    }

    /// How many days.
    pub fn days(self) -> i32 {
        (self.to - self.from).get_days() + 1
    }

    /// Every day.
    pub fn dates(self) -> impl Iterator<Item = Date> {
        self.from.series(1.day()).take_while(move |date| *date <= self.to)
    }

    /// The first moment of the range, and the first after it.
    pub fn bounds(self, zone: &TimeZone) -> (Moment, Moment) {
        let after = self.to.checked_add(1.day()).unwrap_or(self.to);
        (start_of(self.from, zone), start_of(after, zone))
    }
}

/// Reads `YYYY-MM-DD`, from 1970 to 9998.
pub fn parse_date(text: &str) -> Option<Date> {
    let plain = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    let date: Date = plain.then(|| text.parse().ok()).flatten()?;
    (1970..=9998).contains(&date.year()).then_some(date)
}

/// The day on the calendars of a zone.
pub fn date_of(at: Moment, zone: &TimeZone) -> Date {
    zoned(at, zone).date()
}

/// The first moment of a day.
pub fn start_of(day: Date, zone: &TimeZone) -> Moment {
    let start = day.to_zoned(zone.clone()).and_then(|noon| noon.start_of_day());
    start.map_or(Moment(0), |start| Moment(start.timestamp().as_microsecond()))
}

/// `DD/MM/YY`.
pub fn date_text(day: Date) -> String {
    day.strftime("%d/%m/%y").to_string()
}

/// A moment as the clocks of a zone show it.
pub fn zoned(at: Moment, zone: &TimeZone) -> Zoned {
    Timestamp::from_microsecond(at.0).unwrap_or(Timestamp::MAX).to_zoned(zone.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        parse_date(text).expect("a day")
    }

    #[test]
    fn without_days_a_range_is_today_and_a_range_includes_both_ends() {
        let zone = TimeZone::get("Asia/Kolkata").expect("bundled zone");
        let today = day("2026-11-21");
        let range = Range::parse("", " ", today).expect("a range");
        assert_eq!((range, range.days()), (Range::day(today), 1));
        let at = |text| Moment::parse(text).expect("a time");
        assert_eq!(range.bounds(&zone), (at("2026-11-20T18:30:00Z"), at("2026-11-21T18:30:00Z")));
        let three = Range::parse("2026-11-19", "", today).expect("a range");
        assert_eq!((three.days(), three.dates().count()), (3, 3));
        assert_eq!(Range::parse("", "2026-11-01", today), Ok(Range::day(day("2026-11-01"))));
    }

    #[test]
    fn texts_that_are_no_day_reversed_ranges_and_long_ranges_are_refused() {
        let today = day("2026-11-21");
        for text in ["yesterday", "2026-02-30", "21/11/2026", "2026-11-21T00:00", "1969-12-31", "+2026-1-1"] {
            assert_eq!(Range::parse(text, "", today), Err(RangeFault::NoDate("from")), "{text}");
            assert_eq!(Range::parse("", text, today), Err(RangeFault::NoDate("to")), "{text}");
        }
        assert_eq!(Range::parse("2026-11-21", "2026-11-20", today), Err(RangeFault::ToBeforeFrom));
        assert_eq!(Range::parse("2025-11-21", "2026-11-21", today).map(Range::days), Ok(366));
        let long = RangeFault::TooLong { days_max: DAYS_MAX };
        assert_eq!(Range::parse("2025-11-20", "2026-11-21", today), Err(long));
        assert_eq!(long.field(), "to");
    }

    #[test]
    fn a_day_on_which_clocks_jump_is_still_one_day() {
        let zone = TimeZone::get("Europe/Berlin").expect("bundled zone");
        let (from, until) = Range::day(day("2026-03-29")).bounds(&zone);
        assert_eq!(until.since_us(from), 23 * crate::time::HOUR_US);
    }
}
