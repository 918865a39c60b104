//! Figures of scans. Counting one is an addition to a number in memory.

use std::sync::LazyLock;

use bags_rules::outcome::Outcome;
use base_core::figure::Figure;
use metrics::{Counter, counter};

const SCANS: &str = "tallyhouse_bags_scans_total";
const BILLS: &str = "tallyhouse_bags_bills_total";

/// What this wing counts.
pub const FIGURES: &[Figure] = &[
    Figure::counter(
        SCANS,
        &["outcome"],
        "Scans of bags and bills that were decided, by outcome. A repeat counts once.",
    ),
    Figure::counter(BILLS, &[], "Bills that were created."),
];

/// By outcome, in the order of [`Outcome::ALL`].
static BY_OUTCOME: LazyLock<Vec<Counter>> =
    LazyLock::new(|| Outcome::ALL.iter().map(|outcome| counter!(SCANS, "outcome" => outcome.code())).collect());
static CREATED: LazyLock<Counter> = LazyLock::new(|| counter!(BILLS));

/// Shows every figure, at nothing, before the first scan: a rate needs something to begin with. Called once figures are kept.
pub fn begin() {
    BY_OUTCOME.iter().chain([&*CREATED]).for_each(|counter| counter.increment(0));
}

/// Counts scans whose group is committed.
pub(crate) fn count(outcomes: impl Iterator<Item = Outcome>) {
    for outcome in outcomes {
        BY_OUTCOME[outcome as usize].increment(1);
        if outcome == Outcome::BillCreated {
            CREATED.increment(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_stand_in_the_order_of_their_list() {
        for (place, outcome) in Outcome::ALL.iter().enumerate() {
            assert_eq!(*outcome as usize, place, "{}", outcome.code());
        }
    }
}
