//! What runs by itself in this wing.

use std::time::Duration;

use async_trait::async_trait;
use base_jobs::{Done, Job, JobError, Schedule, Worker};
use people_store::password;

/// Closes temporary passwords and deletes links whose time has run out.
pub struct OldPasswords;

#[async_trait]
impl Job for OldPasswords {
    fn name(&self) -> &'static str {
        "old_passwords"
    }

    fn schedule(&self) -> Schedule {
        Schedule::Every(Duration::from_mins(1))
    }

    async fn run(&self, worker: &Worker) -> Result<Done, JobError> {
        password::close_old(&worker.db, worker.clock.now()).await?;
        Ok(Done::All)
    }
}
