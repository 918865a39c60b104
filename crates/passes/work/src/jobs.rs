//! What runs by itself: scans at gates are kept for as long as the site wants to look back at them.

use std::time::Duration;

use async_trait::async_trait;
use base_core::setting::{Declared, Kind};
use base_core::time::DAY_US;
use base_jobs::{Done, Job, JobError, Schedule, Worker};
use base_records::setting;
use passes_store::scan;

/// How many days scans at gates are kept. A device that comes back with a scan after that gets a new answer, so it is long.
pub const GATE_SCANS_DAYS: Declared =
    Declared::new("retention.gate_scans_days", Kind::Number { min: 30, max: 3650 }, "400");
/// Scans that are deleted in one transaction: few, because gates wait for it.
const REMOVED_MAX: u32 = 2_000;

/// Deletes scans at gates that nobody looks at any more. What they changed stays with the passes.
pub struct OldGateScans;

#[async_trait]
impl Job for OldGateScans {
    fn name(&self) -> &'static str {
        "old_gate_scans"
    }

    fn schedule(&self) -> Schedule {
        Schedule::Every(Duration::from_hours(1))
    }

    async fn run(&self, worker: &Worker) -> Result<Done, JobError> {
        let days = setting::number(worker.db.read().await?.conn(), &GATE_SCANS_DAYS).await?;
        let before = worker.clock.now().plus_us(-days * DAY_US);
        let removed = scan::forget_before(&worker.db, before, REMOVED_MAX).await?;
        Ok(if removed == u64::from(REMOVED_MAX) { Done::More } else { Done::All })
    }
}
