//! How long transactions that write waited until they could begin.

use std::time::Duration;

use base_core::figure::Figure;
use metrics::histogram;

const WRITE_WAIT: &str = "tallyhouse_db_write_wait_seconds";

/// What is counted here.
pub const FIGURES: &[Figure] = &[Figure::times(
    WRITE_WAIT,
    &["who"],
    "Time until a transaction that writes could begin: on SQLite it waits for the one writer, on PostgreSQL for a connection. \
     `desk` decides scans, `other` is everything else.",
)];

/// Counts one; `ahead` is true for what decides scans.
pub(crate) fn waited(time: Duration, ahead: bool) {
    histogram!(WRITE_WAIT, "who" => if ahead { "desk" } else { "other" }).record(time.as_secs_f64());
}
