//! Figures of jobs. There are as many jobs as the program has, so what is split by their names is bounded.

use base_core::figure::Figure;
use base_core::time::Moment;
use metrics::{counter, gauge, histogram};

/// The outcome of a run that succeeded.
pub(crate) const DONE: &str = "done";

const RUNS: &str = "tallyhouse_job_runs_total";
const SECONDS: &str = "tallyhouse_job_run_seconds";
const SUCCEEDED_AT: &str = "tallyhouse_job_success_timestamp_seconds";

/// What is counted of jobs.
pub const FIGURES: &[Figure] = &[
    Figure::counter(RUNS, &["job", "outcome"], "Runs of jobs on this node: `done`, `failed`, `lost` or `cut_off`."),
    Figure::times(SECONDS, &["job"], "Time of a run of a job."),
    Figure::gauge(SUCCEEDED_AT, &["job"], "When a job last succeeded on this node, in seconds since 1970."),
];

/// Counts a run that ended.
pub(crate) fn ran(job: &'static str, outcome: &'static str, started: Moment, ended: Moment) {
    let took = std::time::Duration::from_micros(ended.since_us(started).max(0).unsigned_abs());
    counter!(RUNS, "job" => job, "outcome" => outcome).increment(1);
    histogram!(SECONDS, "job" => job).record(took.as_secs_f64());
    if outcome == DONE {
        gauge!(SUCCEEDED_AT, "job" => job).set(as_seconds(ended));
    }
}

/// Seconds since 1970, as figures tell a time.
#[expect(clippy::cast_precision_loss, reason = "microseconds of our centuries have 51 bits, a float has 53")]
fn as_seconds(at: Moment) -> f64 {
    at.0 as f64 / 1e6
}
