//! Erases the guests of events that are over: those that somebody has marked, and by setting those that ended long enough
//! ago. Of these, what nobody closed is closed first, so that nobody is let in or sold a pass meanwhile.

use std::time::Duration;

use async_trait::async_trait;
use base_core::audit::Origin;
use base_core::time::DAY_US;
use base_jobs::{Done, Job, JobError, Schedule, Worker};
use passes_rules::event::EventState;
use passes_store::event::{By, Seen};
use passes_store::{erase, event};

use super::Number;

const LOOK: Duration = Duration::from_mins(1);

/// The job.
pub struct Erase {
    /// How many days after its end; 0 for never.
    pub after_days: Number,
}

#[async_trait]
impl Job for Erase {
    fn name(&self) -> &'static str {
        "pass_erase"
    }

    fn schedule(&self) -> Schedule {
        Schedule::Every(LOOK)
    }

    async fn run(&self, worker: &Worker) -> Result<Done, JobError> {
        let now = worker.clock.now();
        let days = (self.after_days)();
        if days > 0 {
            let before = now.plus_us(-days * DAY_US);
            let origin = Origin { agent: "job pass_erase".into(), ..Origin::default() };
            let forgotten = erase::forgotten(worker.db.read().await?.conn(), before).await?;
            for id in forgotten {
                let Some(line) = event::find(worker.db.read().await?.conn(), id, Seen::All).await? else { continue };
                event::set_state(&worker.db, &line, EventState::Closed, By { at: now, origin: &origin }).await?;
            }
            let due = erase::due(worker.db.read().await?.conn(), before).await?;
            for event in due {
                erase::begin(&worker.db, event, By { at: now, origin: &origin }).await?;
            }
        }
        if erase::left(worker.db.read().await?.conn()).await? == 0 {
            return Ok(Done::All);
        }
        let erased = erase::some(&worker.db, now).await?;
        Ok(if erased == 0 { Done::All } else { Done::More })
    }
}
