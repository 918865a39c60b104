//! The values that the filters of several nouns share: days, areas, texts, the length of a page.

use bags_store::bag::InArea;
use base_core::area::{Area, Scope};
use base_core::period::Period;
use base_core::report::{Range, date_of};
use base_core::time::Moment;
use base_web::error::Problem;
use base_web::filter::{Choice, DaysAsked};
use base_web::session::Caller;
use base_web::view::Frame;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::state::Bags;

/// Most lines on a page.
const LIMIT_MAX: u32 = 200;
/// Longest text that is looked for, in characters.
const TEXT_LENGTH_MAX: usize = 200;
/// How an address says that something lies in no area.
pub const NOWHERE: &str = "none";

/// A value that is there and not blank.
pub fn given(value: Option<&str>) -> Option<&str> {
    value.map(str::trim).filter(|value| !value.is_empty())
}

/// A value out of a few.
pub fn chosen(value: Option<&str>) -> Option<&str> {
    given(value).filter(|value| *value != "all")
}

/// A text that is looked for.
pub fn text(field: &str, value: Option<&str>) -> Result<Option<String>, Problem> {
    let text = given(value);
    if text.is_some_and(|text| text.chars().count() > TEXT_LENGTH_MAX || text.chars().any(char::is_control)) {
        let detail = format!("Use at most {TEXT_LENGTH_MAX} characters, without control characters.");
        return Err(Problem::field(field, detail));
    }
    Ok(text.map(ToOwned::to_owned))
}

/// Where something lies.
pub fn area(value: Option<&str>) -> Result<Option<InArea>, Problem> {
    match chosen(value) {
        None => Ok(None),
        Some(NOWHERE) => Ok(Some(InArea::Nowhere)),
        Some(area) if area.chars().any(char::is_control) => {
            Err(Problem::field("area", "An area name cannot contain control characters."))
        }
        Some(area) => Ok(Some(InArea::Of(Area::new(area)))),
    }
}

/// How many there are on a page.
pub fn limit(asked: Option<u32>, default: u32) -> Result<u32, Problem> {
    match asked.unwrap_or(default) {
        limit @ 1..=LIMIT_MAX => Ok(limit),
        _ => Err(Problem::field("limit", format!("Ask for 1 to {LIMIT_MAX} rows."))),
    }
}

/// A range of days: the first moment of the first one, and the end of the last one.
#[derive(Clone, Copy, Debug)]
pub struct Days {
    /// The first moment that belongs to it.
    pub from: Option<Moment>,
    /// The first moment after it.
    pub until: Option<Moment>,
}

/// The days that are asked for: a period by name, or `from` and `to`, of which either may be left out. `now` says which day
/// is today.
pub fn days(asked: DaysAsked<'_>, zone: &TimeZone, now: Moment) -> Result<Days, Problem> {
    let (from, to) = (given(Some(asked.from)), given(Some(asked.to)));
    if let Some(name) = given(Some(asked.period)) {
        let names = Period::ALL.map(Period::name).join("`, `");
        let period = Period::parse(name).ok_or_else(|| Problem::field("days", format!("Use one of `{names}`.")))?;
        if from.is_some() || to.is_some() {
            return Err(Problem::field("days", "Use a period or dates, not both."));
        }
        let (from, until) = period.days(date_of(now, zone)).bounds(zone);
        return Ok(Days { from: Some(from), until: Some(until) });
    }
    let (from, to) = (day("from", from, zone)?, day("to", to, zone)?);
    if let (Some(from), Some(to)) = (from, to)
        && to < from
    {
        return Err(Problem::field("to", "The last day is before the first. Change one of them."));
    }
    Ok(Days { from, until: to.map(|day| day.end_of_day(zone)) })
}

/// The first moment of a day.
fn day(field: &str, text: Option<&str>, zone: &TimeZone) -> Result<Option<Moment>, Problem> {
    let Some(text) = given(text) else { return Ok(None) };
    let start = text.parse::<Date>().ok().and_then(|day| day.to_zoned(zone.clone()).ok());
    match start.map(|start| Moment(start.timestamp().as_microsecond())) {
        Some(moment) if moment.0 >= 0 && text.len() == 10 => Ok(Some(moment)),
        _ => Err(Problem::field(field, "Not a valid date. Write it as 2026-11-21.")),
    }
}

/// The first and the last day that a list shows, where they follow from a period: for the fields of its filter.
pub fn shown_days(asked: DaysAsked<'_>, zone: &TimeZone, now: Moment) -> Option<(String, String)> {
    let Range { from, to } = Period::parse(asked.period)?.days(date_of(now, zone));
    Some((from.to_string(), to.to_string()))
}

/// The areas that somebody may choose, by their names.
pub fn area_choices(app: &Bags, caller: &Caller) -> Vec<Choice> {
    let seen = app.settings.areas.iter().filter(|area| caller.scope().covers(Some(area)));
    seen.map(|area| Choice::new(area.to_string(), area.title())).collect()
}

/// On pages a period wins: the form sends the days that it showed along with a period that was chosen.
pub fn period_wins(period: Option<&str>, days: [&mut Option<String>; 2]) {
    if given(period).is_some() {
        for day in days {
            *day = None;
        }
    }
}

/// The same as [`area_choices`] for who sees every area, bags without one included; `None` for others.
pub fn every_area(app: &Bags, caller: &Caller, frame: &Frame) -> Option<Vec<Choice>> {
    let mut areas = (caller.scope() == Scope::All).then(|| area_choices(app, caller))?;
    areas.push(Choice::new(NOWHERE, frame.t("no-area")));
    Some(areas)
}
