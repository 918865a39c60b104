//! Carries imports on, and lets old files of imports go.
//!
//! The job's lease and the import's own are two: a command line beside the servers works on imports too.

use std::time::Duration;

use async_trait::async_trait;
use base_core::setting::IMPORT_FILES_DAYS;
use base_core::time::DAY_US;
use base_files::import::Runner;
use base_jobs::{Done, Job, JobError, Schedule, Worker};
use base_records::{import, setting};

/// How long until an import that was asked for is begun, at most.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Longest run: a slice of a run, or a whole dry run.
const RUN_MAX: Duration = Duration::from_mins(30);
/// Parts of old files that one run removes.
const PARTS_AT_ONCE: u32 = 64;

/// The job.
pub struct Imports(pub Runner);

#[async_trait]
impl Job for Imports {
    fn name(&self) -> &'static str {
        "imports"
    }

    fn schedule(&self) -> Schedule {
        Schedule::Continuous(LOOK_EVERY)
    }

    fn run_max(&self) -> Duration {
        RUN_MAX
    }

    async fn run(&self, _worker: &Worker) -> Result<Done, JobError> {
        Ok(if self.0.run_next().await? { Done::More } else { Done::All })
    }
}

/// Lets files go that nobody needs any more.
pub struct OldFiles;

#[async_trait]
impl Job for OldFiles {
    fn name(&self) -> &'static str {
        "old_import_files"
    }

    fn schedule(&self) -> Schedule {
        Schedule::Every(Duration::from_hours(1))
    }

    async fn run(&self, worker: &Worker) -> Result<Done, JobError> {
        let days = setting::number(worker.db.read().await?.conn(), &IMPORT_FILES_DAYS).await?;
        let before = worker.clock.now().plus_us(-days * DAY_US);
        let removed = import::forget_old_files(&worker.db, before, PARTS_AT_ONCE).await?;
        Ok(if removed == u64::from(PARTS_AT_ONCE) { Done::More } else { Done::All })
    }
}
