//! Sums of what is shown, by unit: pounds are not added to cases.

use std::collections::BTreeMap;
use std::fmt;

use crate::quantity::write_micros;
use crate::stock::Stock;

/// A sum in millionths, wide enough for any number of rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sum(pub i128);

impl fmt::Display for Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_micros(f, self.0)
    }
}

/// The sums by unit, in the order of the units. Quantities without a unit have an empty one.
pub fn by_unit<'r>(rows: impl IntoIterator<Item = &'r Stock>) -> BTreeMap<&'r str, Sum> {
    let mut sums: BTreeMap<&str, Sum> = BTreeMap::new();
    for row in rows {
        sums.entry(row.unit.as_str()).or_default().0 += i128::from(row.on_hand.0);
    }
    sums
}
