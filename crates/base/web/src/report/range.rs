//! Days as pages and calls ask for them, and what is said about wrong ones.

use base_core::report::{Range, RangeFault, date_of};
use jiff::civil::Date;

use crate::app::App;
use crate::error::Problem;

/// Today, in the zone of the house.
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

/// What is said about a wrong range where there is no form to say it in.
pub fn refused(fault: RangeFault) -> Problem {
    let text = match fault {
        RangeFault::NoDate(_) => "This is no day of the calendar. Write it as 2026-11-30.".to_owned(),
        RangeFault::ToBeforeFrom => "The last day lies before the first. Change one of them.".to_owned(),
        RangeFault::TooLong { days_max } => {
            format!("This report takes {days_max} days at most. Ask for a part of them, and then for the rest.")
        }
    };
    Problem::field(fault.field(), text)
}
