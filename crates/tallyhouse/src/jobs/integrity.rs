//! Looks through the whole database every night: its own state, every figure recounted, the whole audit trail.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use base_jobs::{Done, Job, JobError, Schedule, Worker};
use base_records::job;
use jiff::civil::time;

use crate::checks;
use crate::config::Config;

/// Longest that a look takes.
const RUN_MAX: Duration = Duration::from_hours(4);
/// Things that are wrong and told in the note.
const TOLD_MAX: usize = 3;

/// The job.
pub struct Integrity(pub Arc<Config>);

#[async_trait]
impl Job for Integrity {
    fn name(&self) -> &'static str {
        "integrity"
    }

    fn schedule(&self) -> Schedule {
        Schedule::Daily(time(3, 0, 0, 0), self.0.bags.zone.clone())
    }

    fn run_max(&self) -> Duration {
        RUN_MAX
    }

    async fn run(&self, worker: &Worker) -> Result<Done, JobError> {
        let found = checks::findings(&worker.db, &self.0).await?;
        let wrong: Vec<&str> =
            found.iter().filter(|finding| finding.wrong > 0).map(|finding| finding.text.as_str()).collect();
        for text in &wrong {
            tracing::error!(finding = text, "the database is not well; see: tallyhouse verify");
        }
        let told = match wrong.len() {
            0 => format!("{} checks, all is well", found.len()),
            _ => wrong.iter().take(TOLD_MAX).copied().collect::<Vec<_>>().join("; "),
        };
        job::tell(&worker.db, self.name(), &told, checks::faults(&found)).await?;
        Ok(Done::All)
    }
}
