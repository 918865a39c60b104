//! Gives a leaf of the tree to each new entry of the trail, closes them by signed checkpoints, and removes what has been kept
//! for long enough.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use base_core::audit::{Entry, Origin};
use base_core::entropy::Entropy;
use base_core::setting::{AUDIT_ROWS_DAYS, AUDIT_VALUES_DAYS};
use base_db::StoreError;
use base_proof::note::Signer;
use base_records::audit::grow::grow;
use base_records::audit::retention::{Counts, Cutter, Periods};
use base_records::audit::tree::Step;
use base_records::audit::{self, Record};
use base_records::setting;
use serde_json::json;

use crate::{Done, Job, JobError, Schedule, Worker};

/// The pause when there was nothing new.
const PAUSE: Duration = Duration::from_secs(1);

/// The job that signs checkpoints.
pub struct Checkpoints {
    /// The key of the site.
    pub signer: Arc<Signer>,
    /// Where salts come from.
    pub entropy: Arc<dyn Entropy>,
}

#[async_trait]
impl Job for Checkpoints {
    fn name(&self) -> &'static str {
        "audit_checkpoints"
    }

    fn schedule(&self) -> Schedule {
        Schedule::Continuous(PAUSE)
    }

    async fn run(&self, worker: &Worker) -> Result<Done, JobError> {
        let step = Step { signer: &self.signer, now: worker.clock.now(), entropy: &*self.entropy };
        match grow(&worker.db, &step).await {
            Ok(grown) => Ok(if grown.is_more { Done::More } else { Done::All }),
            // Something was forgotten meanwhile: the next step reads anew.
            Err(StoreError::Conflict) => Ok(Done::All),
            Err(error) => Err(error.into()),
        }
    }
}

/// The job that removes what was kept for long enough.
pub struct OldEntries(pub Arc<Signer>);

#[async_trait]
impl Job for OldEntries {
    fn name(&self) -> &'static str {
        "audit_retention"
    }

    fn schedule(&self) -> Schedule {
        Schedule::Every(Duration::from_hours(6))
    }

    fn run_max(&self) -> Duration {
        Duration::from_hours(1)
    }

    async fn run(&self, worker: &Worker) -> Result<Done, JobError> {
        let mut reader = worker.db.read().await?;
        let rows_days = setting::number(reader.conn(), &AUDIT_ROWS_DAYS).await?;
        let values_days = setting::number(reader.conn(), &AUDIT_VALUES_DAYS).await?;
        drop(reader);
        let periods = Periods { rows_days, values_days };
        let now = worker.clock.now();
        let counts = Cutter { db: &worker.db, periods, signer: Some(&self.0), now }.run().await?;
        if counts.rows + counts.values > 0 {
            let mut tx = worker.db.write().await?;
            let origin = Origin::default();
            audit::insert(tx.conn(), &[Record { at: now, entry: told(counts, periods), origin: &origin }]).await?;
            tx.commit().await?;
        }
        Ok(Done::All)
    }
}

fn told(counts: Counts, periods: Periods) -> Entry {
    let Counts { rows, values, kept } = counts;
    Entry::new("audit_retention", "audit", "").with_after(&json!({
        "rows": rows, "values": values, "kept": kept, "rows_days": periods.rows_days, "values_days": periods.values_days,
    }))
}
