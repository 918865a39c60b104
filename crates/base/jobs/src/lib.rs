//! Jobs that run by themselves, beside the requests of people: what a job is, who runs it, and the jobs of the base. The
//! jobs of wings are handed in.
//!
//! Invariants: over all nodes a job runs once at a time, by lease (`base_records::job`). It may be cut off at any
//! moment and run again, and what it does is right all the same.

mod figures;
mod job;
pub mod jobs;
mod runner;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use base_core::time::Clock;
use base_db::{Db, StoreError};
pub use figures::FIGURES;
pub use job::{Done, Job, JobError, Schedule};
use tokio::sync::watch;

/// What jobs need. Cheap to clone.
#[derive(Clone)]
pub struct Worker {
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The name of this running program; no other has it, on this machine or elsewhere.
    pub node: Arc<str>,
    /// How long things take.
    pub pace: Pace,
}

/// How long the runner waits, and for what. The default is for a site, a test may be quicker.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// Longest pause between two looks whether a job is due.
    pub look: Duration,
    /// How long a job is held without a renewal; it is renewed three times as often. A job whose node died is taken over
    /// after this time.
    pub lease: Duration,
    /// The pause after a first failure; it doubles with every further one.
    pub retry_first: Duration,
    /// The longest pause after a failure that passes. A job is never given up.
    pub retry_max: Duration,
    /// The pause after a failure by our fault, once a few tries have shown that it stays; it doubles with every further
    /// one. A program that starts anew tries at once: it may be the one without the mistake.
    pub ours_first: Duration,
    /// The longest pause after a failure by our fault.
    pub ours_max: Duration,
    /// How long a run under way may go on once the site closes; then it is cut off.
    pub closing: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            look: Duration::from_secs(5),
            lease: Duration::from_mins(1),
            retry_first: Duration::from_secs(10),
            retry_max: Duration::from_mins(10),
            ours_first: Duration::from_hours(1),
            ours_max: Duration::from_hours(24),
            closing: Duration::from_secs(10),
        }
    }
}

impl Worker {
    /// Runs one job that is due, once, and gives it back. False where another node has it.
    pub async fn run_now(self, job: Arc<dyn Job>) -> Result<bool, StoreError> {
        runner::run_once(self, job).await
    }

    /// Runs these jobs when they are due, each beside the others, until `closing` says so. A run that fails is told to the
    /// log and tried again.
    pub async fn run(self, jobs: Vec<Arc<dyn Job>>, closing: watch::Receiver<bool>) {
        runner::run(self, jobs, closing).await;
    }
}
