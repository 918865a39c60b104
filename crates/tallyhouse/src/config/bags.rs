//! `[bags]`: what a site may set of the rules for bags: labels, capacity, areas, undo and the zone of its day.

use bags_rules::code::{LabelFormat, Labels};
use bags_rules::rules::Rules;
use base_core::area::{AREAS_OF_SOURCE, Area};
use base_core::time::MINUTE_US;
use jiff::tz::TimeZone;
use toml::Value;

use super::reader::Reader;

const AREA_LENGTH_MAX: usize = 30;
const ZONE: &str = "Asia/Kolkata";

/// The section.
#[derive(Clone, Debug)]
pub struct Bags {
    /// Most children in one parent (P1).
    pub capacity: u32,
    /// The parent labels in use (B1).
    pub labels: Labels,
    /// The dispatch areas.
    pub areas: Vec<Area>,
    /// How old a link may be to be undone without naming it, in minutes (X1).
    pub undo_minutes: u32,
    /// Where the day begins and in which people read times.
    pub zone: TimeZone,
}

impl Bags {
    /// Reads the section.
    pub fn read(reader: &mut Reader) -> Self {
        let capacity = reader.number("bags.capacity", 30, 1..=1000);
        let undo_minutes = reader.number("bags.undo_minutes", 60, 1..=10_080);
        let default = TimeZone::get(ZONE).unwrap_or(TimeZone::UTC);
        let zone = reader.parsed("bags.zone", default, |name| {
            TimeZone::get(name).map_err(|_| format!("{name:?} is no time zone, such as {ZONE}"))
        });
        Self {
            capacity: u32::try_from(capacity).expect("at most 1,000"),
            labels: labels(reader),
            areas: areas(reader),
            undo_minutes: u32::try_from(undo_minutes).expect("at most a week"),
            zone,
        }
    }

    /// The site's settings for the rules.
    pub fn rules(&self) -> Rules {
        Rules {
            labels: self.labels.clone(),
            capacity: self.capacity,
            undo_age_us_max: i64::from(self.undo_minutes) * MINUTE_US,
            areas: self.areas.clone(),
        }
    }

    /// The configured area of a name.
    pub fn area(&self, name: &str) -> Option<Area> {
        self.areas.iter().find(|area| area.as_str() == name).cloned()
    }

    /// The names of all areas, for people.
    pub fn area_names(&self) -> String {
        let names: Vec<&str> = self.areas.iter().map(Area::as_str).collect();
        names.join(", ")
    }
}

/// A list of `{ prefix, digits }`; in the environment `SB:5,M444-:5`.
fn labels(reader: &mut Reader) -> Labels {
    const KEY: &str = "bags.parent_labels";
    let formats = match reader.value(KEY) {
        None => return Labels::of_source(),
        Some(Value::String(text)) => text.split(',').map(format_of_text).collect::<Option<Vec<_>>>(),
        Some(value) => value.try_into().ok(),
    };
    let Some(formats) = formats else {
        reader.fault(KEY, "must be a list of formats such as { prefix = \"SB\", digits = 5 }");
        return Labels::of_source();
    };
    Labels::new(formats).unwrap_or_else(|fault| {
        reader.fault(KEY, fault.to_string());
        Labels::of_source()
    })
}

fn format_of_text(text: &str) -> Option<LabelFormat> {
    let (prefix, digits) = text.trim().rsplit_once(':')?;
    Some(LabelFormat { prefix: prefix.to_owned(), digits: digits.parse().ok()? })
}

fn areas(reader: &mut Reader) -> Vec<Area> {
    const KEY: &str = "bags.areas";
    let Some(names) = reader.texts(KEY) else {
        return AREAS_OF_SOURCE.iter().map(|name| Area::new(name)).collect();
    };
    if names.is_empty() {
        reader.fault(KEY, "must name at least one area");
    }
    let mut areas: Vec<Area> = Vec::new();
    for name in names {
        let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
        let plain = (1..=AREA_LENGTH_MAX).contains(&name.len()) && name.bytes().all(allowed);
        let area = Area::new(&name);
        if !plain {
            reader.fault(KEY, format!("{name:?} must be 1 to {AREA_LENGTH_MAX} of a-z, 0-9 and _"));
        } else if areas.contains(&area) {
            reader.fault(KEY, format!("{name:?} stands there twice"));
        } else {
            areas.push(area);
        }
    }
    areas
}
