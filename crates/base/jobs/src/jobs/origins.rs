//! Removes origins of the trail (address and agent) to which no entry refers any more.
//!
//! Invariant: one goes only after it was found unused twice, with more time between than a desk remembers that it is stored.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use base_core::time::Moment;
use base_records::audit::unused::{REMOVED_AT_ONCE, Unused};
use base_records::audit::{KNOWN_ORIGINS_US, OriginId, unused};

use crate::{Done, Job, JobError, Schedule, Worker};

/// Up to so many, nobody looks: reading the whole trail would cost more than they do.
const KEPT_UNSEEN: u32 = 10_000;

/// The job.
pub struct Origins {
    /// Up to so many are kept without a look.
    kept_unseen: u32,
    /// Those that were unused at the last look, and since when they are known to be.
    found: Mutex<HashMap<OriginId, Moment>>,
}

impl Default for Origins {
    fn default() -> Self {
        Self { kept_unseen: KEPT_UNSEEN, found: Mutex::default() }
    }
}

impl Origins {
    /// Notes what is unused now, and gives what has been for long enough.
    fn note(&self, unused: &Unused, now: Moment) -> Vec<OriginId> {
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        let since = |id: &OriginId| found.get(id).copied().unwrap_or(now);
        *found = unused.ids.iter().map(|id| (*id, since(id))).collect();
        let is_old = |id: &&OriginId| found.get(*id).is_some_and(|since| now.since_us(*since) > 2 * KNOWN_ORIGINS_US);
        unused.ids.iter().filter(is_old).copied().collect()
    }
}

#[async_trait]
impl Job for Origins {
    fn name(&self) -> &'static str {
        "origins"
    }

    fn schedule(&self) -> Schedule {
        Schedule::Every(Duration::from_hours(6))
    }

    async fn run(&self, worker: &Worker) -> Result<Done, JobError> {
        if !unused::are_more_than(&worker.db, self.kept_unseen).await? {
            return Ok(Done::All);
        }
        let unused = unused::find(&worker.db).await?;
        for part in self.note(&unused, worker.clock.now()).chunks(REMOVED_AT_ONCE) {
            unused::remove(&worker.db, part, unused.seen).await?;
        }
        Ok(Done::All)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use base_core::audit::{Entry, Origin};
    use base_core::time::HOUR_US;
    use base_db::Db;
    use base_records::audit;
    use base_records::audit::{KnownOrigins, Record};
    use tallyhouse_support::{TestClock, each_database};

    use super::*;

    fn origins(agents: std::ops::Range<u32>) -> Vec<Origin> {
        let of = |n: u32| Origin { address: "10.0.0.1".into(), agent: format!("browser {n}"), ..Origin::default() };
        agents.map(of).collect()
    }

    fn records(origins: &[Origin]) -> Vec<Record<'_>> {
        let record = |origin| Record { at: Moment(1), entry: Entry::new("logout", "session", ""), origin };
        origins.iter().map(record).collect()
    }

    /// Stores origins, with an entry for each or without one.
    async fn store(db: &Db, origins: &[Origin], with_entries: bool) {
        let records = records(origins);
        let mut tx = db.write().await.expect("a transaction");
        if with_entries {
            audit::insert(tx.conn(), &records).await.expect("entries");
        } else {
            audit::offer_origins(tx.conn(), &records, &KnownOrigins::default()).await.expect("origins");
        }
        tx.commit().await.expect("a commit");
    }

    async fn wrong(db: &Db) -> Vec<i64> {
        audit::wrong_origins(db.read().await.expect("a reader").conn(), 10).await.expect("an answer")
    }

    #[tokio::test]
    async fn an_origin_goes_once_it_was_unused_for_longer_than_a_desk_remembers_it() {
        for test in each_database().await {
            let clock = Arc::new(TestClock::default());
            let worker = crate::tests::worker(&test.db, clock.clone());
            store(&test.db, &origins(0..30), true).await;
            store(&test.db, &origins(100..2_600), false).await;
            let job = Origins { kept_unseen: 20, found: Mutex::default() };
            for pause_us in [0, KNOWN_ORIGINS_US] {
                clock.pass_us(pause_us);
                job.run(&worker).await.expect("it runs");
                assert!(unused::are_more_than(&test.db, 2_529).await.expect("a count"), "a desk may remember them");
            }
            // One that comes back stays.
            store(&test.db, &origins(100..101), true).await;
            clock.pass_us(2 * HOUR_US);
            job.run(&worker).await.expect("it runs");
            assert!(unused::are_more_than(&test.db, 30).await.expect("a count"));
            assert!(!unused::are_more_than(&test.db, 31).await.expect("a count"));
            assert_eq!(wrong(&test.db).await, [] as [i64; 0], "no entry lost its origin");
        }
    }

    #[tokio::test]
    async fn few_origins_are_kept_without_a_look() {
        let test = each_database().await.remove(0);
        let clock = Arc::new(TestClock::default());
        let worker = crate::tests::worker(&test.db, clock.clone());
        store(&test.db, &origins(0..20), false).await;
        let job = Origins::default();
        for _ in 0..3 {
            job.run(&worker).await.expect("it runs");
            clock.pass_us(3 * HOUR_US);
        }
        assert!(unused::are_more_than(&test.db, 19).await.expect("a count"));
    }

    #[tokio::test]
    async fn an_entry_that_comes_between_looking_and_removing_keeps_its_origin() {
        for test in each_database().await {
            store(&test.db, &origins(0..3), false).await;
            let unused = unused::find(&test.db).await.expect("three");
            assert_eq!((unused.ids.len(), unused.seen), (3, 0));
            store(&test.db, &origins(1..2), true).await;
            assert_eq!(unused::remove(&test.db, &unused.ids, unused.seen).await.expect("removed"), 2);
            assert_eq!(wrong(&test.db).await, [] as [i64; 0]);
        }
    }

    #[test]
    fn a_desk_forgets_in_time_what_is_stored() {
        let mut known = KnownOrigins::default();
        known.forget_old(Moment(HOUR_US));
        known.remember(vec![OriginId::of(&Origin::default())]);
        known.forget_old(Moment(2 * HOUR_US - 1));
        assert!(!known.is_empty());
        known.forget_old(Moment(2 * HOUR_US));
        assert!(known.is_empty());
    }
}
