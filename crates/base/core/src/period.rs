//! Periods that people name by words: what a filter by days offers.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

use crate::report::Range;

/// A period that ends today, or yesterday.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    /// Today.
    Today,
    /// Yesterday.
    Yesterday,
    /// From Monday to today.
    Week,
    /// Today and the six days before.
    Last7,
    /// Today and the 29 days before.
    Last30,
    /// From the first of the month to today.
    Month,
}

impl Period {
    /// Every period, the shortest first.
    pub const ALL: [Self; 6] = [Self::Today, Self::Yesterday, Self::Week, Self::Last7, Self::Last30, Self::Month];

    /// The name in addresses.
    pub fn name(self) -> &'static str {
        match self {
            Self::Today => "today",
            Self::Yesterday => "yesterday",
            Self::Week => "week",
            Self::Last7 => "last7",
            Self::Last30 => "last30",
            Self::Month => "month",
        }
    }

    /// Reads a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|period| period.name() == name)
    }

    /// Its days, when it is `today`.
    pub fn days(self, today: Date) -> Range {
        let back = |days: i32| today.checked_sub(days.days()).unwrap_or(today);
        let (from, to) = match self {
            Self::Today => (today, today),
            Self::Yesterday => (back(1), back(1)),
            Self::Week => (back(i32::from(today.weekday().since(Weekday::Monday))), today),
            Self::Last7 => (back(6), today),
            Self::Last30 => (back(29), today),
            Self::Month => (today.first_of_month(), today),
        };
        Range { from, to }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_is_the_days_that_people_mean_by_it() {
        // A Monday.
        let today: Date = "2026-11-30".parse().expect("a day");
        let shown = Period::ALL.map(|period| {
            let Range { from, to } = period.days(today);
            format!("{} {from} {to}", period.name())
        });
        assert_eq!(
            shown,
            [
                "today 2026-11-30 2026-11-30",
                "yesterday 2026-11-29 2026-11-29",
                "week 2026-11-30 2026-11-30",
                "last7 2026-11-24 2026-11-30",
                "last30 2026-11-01 2026-11-30",
                "month 2026-11-01 2026-11-30",
            ]
        );
        let sunday: Date = "2026-11-29".parse().expect("a day");
        assert_eq!(Period::Week.days(sunday).from.to_string(), "2026-11-23");
        assert!(Period::ALL.iter().all(|period| Period::parse(period.name()) == Some(*period)));
    }
}
