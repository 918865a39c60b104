//! Times of the earlier portal: those of its server's clock, without a zone.

use base_core::time::Moment;
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};

use crate::cells::Fault;

/// A moment, and whether the clock showed that time twice, so that it may be an hour later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Local {
    pub moment: Moment,
    pub is_ambiguous: bool,
}

/// Reads a time such as `2025-10-30 14:05:01.997`, also with a `T`. Where the clock showed it twice the first counts; where
/// the clock skipped it, it moves forward by as much.
pub(crate) fn local(column: &'static str, text: &str, zone: &TimeZone) -> Result<Local, Fault> {
    let unreadable = || Fault::Unreadable(column, "a time");
    let time: DateTime = text.trim().parse().map_err(|_| unreadable())?;
    let found = zone.to_ambiguous_zoned(time);
    let is_ambiguous = matches!(found.offset(), AmbiguousOffset::Fold { .. });
    let moment = found.compatible().map_err(|_| unreadable())?.timestamp().as_microsecond();
    Ok(Local { moment: Moment(moment), is_ambiguous })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_that_comes_twice_is_told_and_the_first_counts() {
        let zone = TimeZone::get("America/Los_Angeles").expect("bundled zone");
        let read = |text| local("timestamp", text, &zone);
        let moment = |text| Moment::parse(text).expect("valid");
        let plain = Local { moment: moment("2025-10-30T21:05:01.997Z"), is_ambiguous: false };
        assert_eq!(read("2025-10-30 14:05:01.997"), Ok(plain));
        assert_eq!(read("2025-10-30T14:05:01.9970000 "), Ok(plain));
        let twice = Local { moment: moment("2025-11-02T08:30:00Z"), is_ambiguous: true };
        assert_eq!(read("2025-11-02 01:30:00"), Ok(twice));
        let skipped = Local { moment: moment("2026-03-08T10:30:00Z"), is_ambiguous: false };
        assert_eq!(read("2026-03-08 02:30:00"), Ok(skipped));
        assert!(read("yesterday").is_err());
    }
}
