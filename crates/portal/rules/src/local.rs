//! A moment as the clocks of the site show it.

use base_core::time::Moment;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

/// A moment where the site is.
pub fn local(at: Moment, zone: &TimeZone) -> Zoned {
    Timestamp::from_microsecond(at.0).unwrap_or(Timestamp::MAX).to_zoned(zone.clone())
}
