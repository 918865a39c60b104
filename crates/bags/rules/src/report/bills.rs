//! Sums over bills.

use base_core::time::Moment;

use crate::bill::{BillStatus, BillWeights, progress};

/// A bill as reports list it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BillLine {
    /// Its key, for the next page.
    pub key: String,
    /// Its number as it was typed.
    pub number: String,
    /// When it was created.
    pub created_at: Moment,
    /// Who created it; `None` when that is no longer known.
    pub created_by: Option<String>,
    /// Its status.
    pub status: BillStatus,
    /// Parents it takes.
    pub capacity: i64,
    /// Parents on it.
    pub parents: i64,
    /// Children in those parents.
    pub children: i64,
}

impl BillLine {
    /// Its weights; `full` is a full parent's number of children.
    pub fn weights(&self, full: u32) -> BillWeights {
        BillWeights::of(self.parents, self.children, self.capacity, full)
    }

    /// Its progress in whole percent, and as a word (L12).
    pub fn progress(&self) -> (i64, &'static str) {
        progress(self.parents, self.capacity)
    }
}

/// The sums of one person's bills of one status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BillSums {
    /// Who created them.
    pub person: Option<String>,
    /// Their status.
    pub status: BillStatus,
    /// Their sums.
    pub totals: BillTotals,
}

/// The sums of bills.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BillTotals {
    /// Bills.
    pub bills: i64,
    /// Parents on them.
    pub parents: i64,
    /// Children in those parents.
    pub children: i64,
    /// Parents that they take.
    pub capacity: i64,
    /// Bills that have all their parents (L12).
    pub full: i64,
    /// Bills without a parent (L12).
    pub empty: i64,
}

impl BillTotals {
    /// Adds up groups.
    pub fn of<'a>(sums: impl IntoIterator<Item = &'a BillSums>) -> Self {
        sums.into_iter().fold(Self::default(), |mut total, group| {
            let part = group.totals;
            total.bills += part.bills;
            total.parents += part.parents;
            total.children += part.children;
            total.capacity += part.capacity;
            total.full += part.full;
            total.empty += part.empty;
            total
        })
    }

    /// Bills with some of their parents (L12).
    pub fn in_progress(self) -> i64 {
        self.bills - self.full - self.empty
    }

    /// Their weights; `full` is a full parent's number of children.
    pub fn weights(self, full: u32) -> BillWeights {
        BillWeights::of(self.parents, self.children, self.capacity, full)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_are_the_sums_of_their_groups() {
        let group = |status, bills, full, empty| BillSums {
            person: Some("meera".into()),
            status,
            totals: BillTotals { bills, parents: 5, children: 128, capacity: 6, full, empty },
        };
        let total = BillTotals::of(&[group(BillStatus::New, 4, 0, 3), group(BillStatus::Completed, 2, 2, 0)]);
        assert_eq!((total.bills, total.full, total.empty, total.in_progress()), (6, 2, 3, 1));
        let weights = total.weights(30);
        assert_eq!((weights.actual_kg, weights.expected_kg, weights.variance_kg), (256, 300, -44));
    }
}
