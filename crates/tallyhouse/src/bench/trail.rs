//! What measuring the proof of the trail needs of a site.

use std::time::{Duration, Instant};

use base_core::audit::{Entry, Origin};
use base_core::time::{Clock, DAY_US};
use base_db::{Db, OpenOptions};
use base_proof::note::Signer;
use base_records::audit::grow::grow;
use base_records::audit::tree::Step;
use base_records::audit::verify::{Asked, verify};
use base_records::audit::{self, Record, prove};
use base_records::job;
use people_rules::account::removed_name;
use serde_json::json;

use super::BenchSite;
use crate::system::{SystemClock, SystemEntropy};

/// Entries that are written together.
const AT_ONCE: usize = 10_000;

fn signer() -> Signer {
    Signer::new(&[7; 32], "tallyhouse/bench")
}

impl BenchSite {
    async fn open(&self) -> anyhow::Result<Db> {
        Ok(Db::open(&self.database, OpenOptions::default()).await?)
    }

    /// Keeps a job from running: somebody else has its lease, all day.
    pub async fn without_job(&self, name: &str) -> anyhow::Result<()> {
        let db = self.open().await?;
        let now = SystemClock.now();
        job::register(&db, name, now).await?;
        anyhow::ensure!(job::claim(&db, name, "bench", now, DAY_US).await?.is_some(), "{name} could not be held");
        db.close().await;
        Ok(())
    }

    /// Waits until everything is under a checkpoint, and gives the seconds it took.
    pub async fn lag_s(&self) -> anyhow::Result<f64> {
        let started = Instant::now();
        let db = self.open().await?;
        while prove::waiting(&db).await?.0 > 0 {
            anyhow::ensure!(started.elapsed() < Duration::from_mins(2), "the job does not keep up");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        db.close().await;
        Ok(started.elapsed().as_secs_f64())
    }

    /// Fills the trail.
    pub async fn fill_trail(&self, entries: usize) -> anyhow::Result<()> {
        let db = Db::open(&self.database, OpenOptions::bulk()).await?;
        let origin = Origin { address: "10.0.0.1".into(), agent: "bench".into(), actor: Some(1), ..Origin::default() };
        let now = SystemClock.now();
        let parent = json!({ "parent": "SB00001" });
        for first in (0..entries).step_by(AT_ONCE) {
            let record = |n: usize| {
                let entry = Entry::new("link_created", "bag", format!("KID{n:09}")).with_after(&parent);
                Record { at: now, entry, origin: &origin }
            };
            let records: Vec<Record<'_>> = (first..entries.min(first + AT_ONCE)).map(record).collect();
            let mut tx = db.write().await?;
            audit::insert(tx.conn(), &records).await?;
            tx.commit().await?;
        }
        let signer = signer();
        let step = Step { signer: &signer, now: now.plus_us(DAY_US), entropy: &SystemEntropy };
        while grow(&db, &step).await?.is_more {}
        db.close().await;
        Ok(())
    }

    /// Verifies the trail.
    pub async fn verify_trail(&self) -> anyhow::Result<()> {
        let db = self.open().await?;
        let key = signer().public();
        let report = verify(&db, &Asked { key: &key, kept: &[], removed_name }).await?;
        anyhow::ensure!(report.faults.is_empty(), "{:?}", report.faults);
        db.close().await;
        Ok(())
    }
}
