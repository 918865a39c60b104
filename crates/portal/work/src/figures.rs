//! Figures of the ERP.

use base_core::figure::Figure;
use metrics::{gauge, histogram};

const QUERY_SECONDS: &str = "tallyhouse_erp_query_seconds";
const PAUSED: &str = "tallyhouse_erp_paused";
const ANSWERED: &str = "answered";

/// What is counted of the ERP.
pub const FIGURES: &[Figure] = &[
    Figure::times(
        QUERY_SECONDS,
        &["outcome"],
        "Time of a query for stock; its outcome is `answered` or the code of the fault.",
    ),
    Figure::gauge(PAUSED, &[], "1 while the ERP is left alone because it did not answer several times in a row."),
];

/// Counts a query that ended; `fault` is the code of what went wrong.
pub(crate) fn asked(took_us: i64, fault: Option<&'static str>) {
    let seconds = std::time::Duration::from_micros(took_us.max(0).unsigned_abs()).as_secs_f64();
    histogram!(QUERY_SECONDS, "outcome" => fault.unwrap_or(ANSWERED)).record(seconds);
}

/// Notes whether the ERP is left alone.
pub(crate) fn paused(is_paused: bool) {
    gauge!(PAUSED).set(f64::from(u8::from(is_paused)));
}
