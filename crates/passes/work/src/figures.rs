//! Figures of gates. Counting a scan is an addition to a number in memory.

use std::sync::LazyLock;

use base_core::figure::Figure;
use metrics::{Counter, counter};
use passes_rules::outcome::Outcome;
pub use passes_store::figures::FIGURES as OF_SALES;

const SCANS: &str = "tallyhouse_passes_scans_total";
const ENTRIES: &str = "tallyhouse_passes_entries_total";

/// What this wing counts at gates.
pub const FIGURES: &[Figure] = &[
    Figure::counter(SCANS, &["outcome"], "Scans at gates that were decided, by outcome. A repeat counts once."),
    Figure::counter(ENTRIES, &[], "People who were let in."),
];

/// By outcome, in the order of [`Outcome::ALL`].
static BY_OUTCOME: LazyLock<Vec<Counter>> =
    LazyLock::new(|| Outcome::ALL.iter().map(|outcome| counter!(SCANS, "outcome" => outcome.code())).collect());
static LET_IN: LazyLock<Counter> = LazyLock::new(|| counter!(ENTRIES));

/// Shows every figure, at nothing, before the first scan: a rate needs something to begin with. Called once figures are kept.
pub fn begin() {
    BY_OUTCOME.iter().chain([&*LET_IN]).for_each(|counter| counter.increment(0));
    passes_store::figures::begin();
}

/// Counts scans whose group is committed, each with the people of its pass.
pub(crate) fn count(scans: impl Iterator<Item = (Outcome, Option<i64>)>) {
    for (outcome, people) in scans {
        BY_OUTCOME[outcome as usize].increment(1);
        if outcome == Outcome::Admitted {
            LET_IN.increment(people.unwrap_or(1).max(0).unsigned_abs());
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
