//! The scans of a day (`bags.md` 7.6).

use jiff::civil::Date;

use crate::area::Area;

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
    /// By person, the busiest first; `None` is somebody who is gone.
    pub people: Vec<(Option<String>, ScanCounts)>,
}

impl ScanDay {
    /// All scans of the day.
    pub fn total(&self) -> ScanCounts {
        self.hours.iter().fold(ScanCounts::default(), |total, hour| total.plus(*hour))
    }
}
