//! Keeps the passes of each event as a file, every night on which they changed: what was sold is there for good, whatever is
//! done to the passes later.

use std::io::Write;
use std::time::Duration;

use async_trait::async_trait;
use base_jobs::{Done, Job, JobError, Schedule, Worker};
use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::civil::Time;
use jiff::tz::TimeZone;
use passes_rules::event::EventId;
use passes_store::archive::{self, NewArchive};
use passes_store::erase;
use passes_store::event::{self, Seen};
use passes_store::pass::PassFilter;
use sha2::{Digest, Sha256};

use crate::file::{self, Walk, Width, zone_of};

/// After midnight, so that a file has all of a day.
const AT: Time = Time::constant(0, 10, 0, 0);

/// The job.
pub struct Archive {
    /// The clocks of the site.
    pub zone: TimeZone,
}

#[async_trait]
impl Job for Archive {
    fn name(&self) -> &'static str {
        "pass_archive"
    }

    fn schedule(&self) -> Schedule {
        Schedule::Daily(AT, self.zone.clone())
    }

    fn run_max(&self) -> Duration {
        Duration::from_hours(1)
    }

    async fn run(&self, worker: &Worker) -> Result<Done, JobError> {
        let events = archive::events(worker.db.read().await?.conn()).await?;
        let mut kept = 0;
        for id in events {
            kept += u32::from(self.keep(worker, id).await?);
        }
        tracing::info!(kept, "the passes of events were kept as files");
        Ok(Done::All)
    }
}

impl Archive {
    /// Keeps one event. False where nothing has changed.
    async fn keep(&self, worker: &Worker, id: EventId) -> Result<bool, JobError> {
        let Some(line) = event::find(worker.db.read().await?.conn(), id, Seen::All).await? else { return Ok(false) };
        // What is named yet is on its way out; the next night keeps it without names.
        if erase::is_under_way(worker.db.read().await?.conn(), id).await? {
            return Ok(false);
        }
        let zone = zone_of(&line.details, &self.zone);
        let now = worker.clock.now();
        let whole = file::whole(&worker.db, Walk::new(id, PassFilter::default()), &zone, Width::Whole).await?;
        if whole.passes == 0 {
            return Ok(false);
        }
        let mut packed = GzEncoder::new(Vec::new(), Compression::default());
        packed.write_all(&whole.content)?;
        let new = NewArchive {
            event: id,
            // Shortly after midnight, what there is is that of the day before.
            day: now.plus_us(-base_core::time::HOUR_US).display(&self.zone, "%Y-%m-%d"),
            made_at: now,
            passes: whole.passes,
            hash: hex::encode(Sha256::digest(&whole.content)),
            content: packed.finish()?,
        };
        Ok(archive::put(&worker.db, &new, line.erased_at.is_some()).await?)
    }
}
