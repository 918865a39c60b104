//! Figures of sales, counted once they are committed. Amounts are in paise, as figures of money have the smallest unit.

use std::sync::LazyLock;

use base_core::figure::Figure;
use metrics::{Counter, counter};

const MADE: &str = "tallyhouse_passes_made_total";
const REVENUE: &str = "tallyhouse_passes_revenue_paise_total";
const GIVEN_BACK: &str = "tallyhouse_passes_given_back_paise_total";
const PAISE: i64 = 100;

/// What is counted of sales.
pub const FIGURES: &[Figure] = &[
    Figure::counter(MADE, &[], "Passes that were sold or imported."),
    Figure::counter(REVENUE, &[], "What was paid for passes, in paise."),
    Figure::counter(GIVEN_BACK, &[], "What was given back for passes that were cancelled or taken back, in paise."),
];

static MADE_COUNT: LazyLock<Counter> = LazyLock::new(|| counter!(MADE));
static REVENUE_COUNT: LazyLock<Counter> = LazyLock::new(|| counter!(REVENUE));
static GIVEN_BACK_COUNT: LazyLock<Counter> = LazyLock::new(|| counter!(GIVEN_BACK));

/// Shows every figure, at nothing, before the first sale. Called once figures are kept.
pub fn begin() {
    for counter in [&*MADE_COUNT, &*REVENUE_COUNT, &*GIVEN_BACK_COUNT] {
        counter.increment(0);
    }
}

/// Counts passes that were sold for so many rupees together.
pub fn sold(passes: u64, rupees: i64) {
    MADE_COUNT.increment(passes);
    REVENUE_COUNT.increment(paise(rupees));
}

/// Counts rupees that were given back.
pub fn given_back(rupees: i64) {
    GIVEN_BACK_COUNT.increment(paise(rupees));
}

fn paise(rupees: i64) -> u64 {
    rupees.max(0).saturating_mul(PAISE).unsigned_abs()
}
