//! What a file is made with, whatever is in it.

use base_core::time::Moment;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::Value;

/// What a file is made with, whatever is in it.
#[derive(Clone, Debug)]
pub struct Setting {
    /// Where days begin and how times are shown.
    pub zone: TimeZone,
    /// What the site has set and a wing wants to know, by name. It is kept with a file that waits.
    pub site: Value,
    /// When it was asked for.
    pub at: Moment,
}

impl Setting {
    /// What is kept of it with a file that waits, beside its zone and its time, as JSON.
    pub fn as_stored(&self) -> String {
        self.site.to_string()
    }

    /// A moment on the clocks of the site.
    pub fn local(&self, at: Moment) -> DateTime {
        timestamp(at).to_zoned(self.zone.clone()).datetime()
    }

    /// A heading of times, with the zone in which they are: `Created At (Asia/Kolkata)`.
    pub fn in_zone(&self, heading: &str) -> String {
        match self.zone.iana_name() {
            Some(zone) => format!("{heading} ({zone})"),
            None => heading.to_owned(),
        }
    }

    /// A file's name, with the time at which it was asked for: `STEM_20261121_093000.csv`.
    pub(crate) fn stamped(&self, stem: &str, extension: &str) -> String {
        base_sheet::stamped_name(stem, timestamp(self.at), &self.zone, extension)
    }
}

fn timestamp(at: Moment) -> Timestamp {
    Timestamp::from_microsecond(at.0).unwrap_or(Timestamp::MAX)
}
