//! Dispatch areas side by side.

use base_core::area::Area;

use super::scans::ScanCounts;
use crate::mark::CHILD_WEIGHT_KG;

/// Most days of an area report: it walks over the bills of its days.
pub const AREA_DAYS_MAX: i32 = 92;

/// One area. Figures without a range are those of now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AreaLine {
    /// The area; `None` is no area.
    pub area: Option<Area>,
    /// Parents that exist now.
    pub parents: i64,
    /// Children that exist now.
    pub children: i64,
    /// Children that are in a parent now.
    pub linked: i64,
    /// Parents on a bill now.
    pub billed: i64,
    /// Parents registered in the range.
    pub parents_created: i64,
    /// Dispatchers of the area who scanned in the range.
    pub dispatchers: i64,
    /// Bills created in the range with a parent of the area.
    pub bills: i64,
    /// Parents of the area on those bills.
    pub bill_parents: i64,
    /// Children in those parents.
    pub bill_children: i64,
    /// What was scanned in the range.
    pub scans: ScanCounts,
}

impl AreaLine {
    /// What is in parents now, in kilograms.
    pub fn weight_kg(&self) -> i64 {
        self.linked * i64::from(CHILD_WEIGHT_KG)
    }

    /// How many of a hundred scans of the range were refused; 0 without scans.
    pub fn refused_percent(&self) -> i64 {
        let all = self.scans.accepted() + self.scans.refused;
        if all == 0 { 0 } else { (self.scans.refused * 100 + all / 2) / all }
    }

    /// Accepted scans of the range for each dispatcher who scanned; `None` if nobody did.
    pub fn scans_each(&self) -> Option<i64> {
        (self.dispatchers > 0).then(|| (self.scans.accepted() + self.dispatchers / 2) / self.dispatchers)
    }

    /// The weight of the area's parents on the bills of the range, in kilograms.
    pub fn bill_weight_kg(&self) -> i64 {
        self.bill_children * i64::from(CHILD_WEIGHT_KG)
    }
}

/// All areas of a scope.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AreaReport {
    /// One line for each area.
    pub areas: Vec<AreaLine>,
}

impl AreaReport {
    /// The sum of a figure over all areas.
    pub fn sum(&self, figure: impl Fn(&AreaLine) -> i64) -> i64 {
        self.areas.iter().map(figure).sum()
    }
}
