//! Reading days from the parameters of pages and calls, and the messages about wrong ones.

use base_core::report::{Range, RangeFault, date_of};
use jiff::civil::Date;

use crate::app::App;
use crate::error::Problem;

/// Today, in the zone of the site.
pub fn today(app: &App) -> Date {
    date_of(app.clock.now(), &app.settings.zone)
}

/// Reads a range; nothing given is today.
pub fn read(app: &App, from: &str, to: &str) -> Result<Range, RangeFault> {
    Range::parse(from, to, today(app))
}

/// Reads one day; nothing given is today.
pub fn read_day(app: &App, date: &str) -> Result<Date, RangeFault> {
    let range = Range::parse(date, date, today(app));
    range.map(|range| range.from).map_err(|_| RangeFault::NoDate("date"))
}

/// The message about a wrong range, where there is no form to show it in.
pub fn refused(fault: RangeFault) -> Problem {
    let text = match fault {
        RangeFault::NoDate(_) => "Not a valid date. Write it as 2026-11-30.".to_owned(),
        RangeFault::ToBeforeFrom => "The last day is before the first. Change one of them.".to_owned(),
        RangeFault::TooLong { days_max } => {
            format!("A report covers at most {days_max} days. Choose fewer days.")
        }
    };
    Problem::field(fault.field(), text)
}
