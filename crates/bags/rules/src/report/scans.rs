//! The scans of a day.

use std::collections::BTreeMap;

use base_core::area::Area;
use base_core::report::hour_of;
use base_core::time::Moment;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// Scans by what they did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ScanCounts {
    /// Parents chosen or registered.
    pub parents: i64,
    /// Children linked or moved.
    pub children: i64,
    /// Parents put on bills or taken off.
    pub bills: i64,
    /// Corrections.
    pub others: i64,
    /// Refused.
    pub refused: i64,
}

impl ScanCounts {
    /// Scans that were not refused.
    pub fn accepted(self) -> i64 {
        self.parents + self.children + self.bills + self.others
    }

    /// The same with others added.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            parents: self.parents + other.parents,
            children: self.children + other.children,
            bills: self.bills + other.bills,
            others: self.others + other.others,
            refused: self.refused + other.refused,
        }
    }
}

/// The scans of one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScanDay {
    /// The day.
    pub date: Date,
    /// By the hour that the clock showed.
    pub hours: [ScanCounts; 24],
    /// By area; `None` is no area.
    pub areas: Vec<(Option<Area>, ScanCounts)>,
    /// By person, the busiest first; `None` is an account that is gone.
    pub people: Vec<(Option<String>, ScanCounts)>,
}

/// The scans of one area in one hour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HourOfArea {
    /// `None` is no area.
    pub area: Option<Area>,
    /// The first moment of the hour.
    pub from: Moment,
    /// How many.
    pub counts: ScanCounts,
}

impl ScanDay {
    /// A day of these hours, its people left out.
    pub fn of(date: Date, zone: &TimeZone, found: Vec<HourOfArea>) -> Self {
        let (mut hours, mut areas) = (<[ScanCounts; 24]>::default(), BTreeMap::new());
        for HourOfArea { area, from, counts } in found {
            let hour = &mut hours[hour_of(from, zone)];
            *hour = hour.plus(counts);
            let of_area: &mut ScanCounts = areas.entry(area).or_default();
            *of_area = of_area.plus(counts);
        }
        Self { date, hours, areas: areas.into_iter().collect(), people: Vec::new() }
    }

    /// All scans of the day.
    pub fn total(&self) -> ScanCounts {
        self.hours.iter().fold(ScanCounts::default(), |total, hour| total.plus(*hour))
    }
}
