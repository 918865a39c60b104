//! Dates of spreadsheets, which are numbers of days, as ISO 8601 writes them.

use std::fmt::Write as _;

use jiff::ToSpan;
use jiff::civil::date;

/// The end of the year 9999, in days: no spreadsheet has later dates.
const DAYS_END: f64 = 2_958_466.0;
/// From 1904 on, days are counted as so many fewer.
const DAYS_BEFORE_1904: f64 = 1462.0;
/// The day that was never there: 29 February 1900.
const NO_DAY: i64 = 60;
const DAY_SECONDS: f64 = 86_400.0;

/// Writes a date, a time of day, or a duration.
pub fn write_time(text: &mut String, days: f64, is_duration: bool, is_1904: bool) {
    let days = if is_1904 && !is_duration && days >= 1.0 { days + DAYS_BEFORE_1904 } else { days };
    if !(0.0..DAYS_END).contains(&days) {
        super::format::write_digits(days, text);
        return;
    }
    #[expect(clippy::cast_possible_truncation, reason = "the days are within the bounds above")]
    let (mut whole, mut seconds) = (days.floor() as i64, (days.fract() * DAY_SECONDS).round() as i64);
    if seconds >= 86_400 {
        (whole, seconds) = (whole + 1, 0);
    }
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let written = if is_duration {
        write!(text, "{}:{minute:02}:{second:02}", whole * 24 + hour)
    } else if whole == 0 {
        write!(text, "{hour:02}:{minute:02}:{second:02}")
    } else {
        let day = day_of(whole);
        match seconds {
            0 => write!(text, "{day}"),
            _ => write!(text, "{day}T{hour:02}:{minute:02}:{second:02}"),
        }
    };
    written.expect("writing into a text cannot fail");
}

fn day_of(days: i64) -> String {
    if days == NO_DAY {
        return "1900-02-29".into();
    }
    let from = if days < NO_DAY { date(1899, 12, 31) } else { date(1899, 12, 30) };
    from.checked_add(days.days()).map_or_else(|_| days.to_string(), |day| day.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_as_spreadsheets_do() {
        let written = |days, is_duration, is_1904| {
            let mut text = String::new();
            write_time(&mut text, days, is_duration, is_1904);
            text
        };
        assert_eq!(written(46_382.0, false, false), "2026-12-26");
        assert_eq!(written(46_382.25, false, false), "2026-12-26T06:00:00");
        assert_eq!(written(46_382.999_999_99, false, false), "2026-12-27");
        assert_eq!(written(0.25, false, false), "06:00:00");
        assert_eq!(written(1.5, true, false), "36:00:00");
        assert_eq!(written(1.0, false, false), "1900-01-01");
        assert_eq!(written(60.0, false, false), "1900-02-29");
        assert_eq!(written(61.0, false, false), "1900-03-01");
        assert_eq!(written(44_920.0, false, true), "2026-12-26");
        assert_eq!(written(-1.0, false, false), "-1");
    }
}
