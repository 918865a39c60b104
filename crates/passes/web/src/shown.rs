//! Times as pages show them and as forms send them: those of an event by the clocks of its place.

use base_core::time::Moment;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use passes_rules::event::EventDetails;
use passes_work::file::{zone_named, zone_of};

use crate::state::Passes;

/// `DD/MM/YY HH:MM`.
const TIME: &str = "%d/%m/%y %H:%M";
/// As a field for date and time has it.
const FIELD: &str = "%Y-%m-%dT%H:%M";
/// As E-Pass wrote times.
const OLD: &str = "%Y-%m-%d %H:%M:%S";

/// The clocks of the place of an event.
pub fn zone(app: &Passes, details: &EventDetails) -> TimeZone {
    zone_of(details, &app.settings.zone)
}

/// The clocks of this name; those of the site where it is empty.
pub fn named_zone(app: &Passes, name: &str) -> TimeZone {
    zone_named(name, &app.settings.zone)
}

/// A time to the minute, by these clocks.
pub fn shown_in(at: Moment, zone: &TimeZone) -> String {
    at.display(zone, TIME)
}

/// A time to the minute, by the clocks of the site.
pub fn shown(at: Moment, app: &Passes) -> String {
    at.display(&app.settings.zone, TIME)
}

/// A time as E-Pass wrote it, by these clocks.
pub fn shown_as_before(at: Moment, zone: &TimeZone) -> String {
    at.display(zone, OLD)
}

/// A time as a field has it; empty without one.
pub fn field(at: Option<Moment>, zone: &TimeZone) -> String {
    at.map(|at| at.display(zone, FIELD)).unwrap_or_default()
}

/// The time in a field: nothing for an empty one, `Err` for what is no time.
pub fn read_field(text: &str, zone: &TimeZone) -> Result<Option<Moment>, ()> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let civil: DateTime = text.parse().map_err(|_| ())?;
    let zoned = civil.to_zoned(zone.clone()).map_err(|_| ())?;
    Ok(Some(Moment(zoned.timestamp().as_microsecond())))
}
