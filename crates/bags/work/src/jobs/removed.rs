//! Forgets removals that can no longer be undone.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bags_rules::rules::Rules;
use bags_store::removed;
use base_jobs::{Done, Job, JobError, Schedule, Worker};

/// The pause between two runs.
const PAUSE: Duration = Duration::from_mins(10);

/// The job.
pub struct Removed(pub Arc<Rules>);

#[async_trait]
impl Job for Removed {
    fn name(&self) -> &'static str {
        "removed"
    }

    fn schedule(&self) -> Schedule {
        Schedule::Continuous(PAUSE)
    }

    async fn run(&self, worker: &Worker) -> Result<Done, JobError> {
        let before = worker.clock.now().plus_us(-self.0.undo_age_us_max);
        removed::forget_before(&worker.db, before).await?;
        Ok(Done::All)
    }
}

#[cfg(test)]
mod tests {
    use bags_rules::scan::{Action, Details};
    use base_core::time::{Clock as _, HOUR_US};
    use tallyhouse_support::{TestClock, desk, each_database, outcomes, scan, system};

    use super::*;
    use crate::jobs::tests::worker;

    #[tokio::test(flavor = "multi_thread")]
    async fn a_removal_is_forgotten_after_its_hour_and_not_before() {
        for test in each_database().await {
            let clock = Arc::new(TestClock::default());
            let (desk, _tasks) = desk(&test.db, clock.clone());
            let removals = ["KID1", "KID2"].map(|code| scan(Action::Delete, code, None));
            let ids = [removals[0].id, removals[1].id];
            let register = ["KID1", "KID2"].map(|code| scan(Action::Register, code, None));
            outcomes(&desk, &system(), register.into_iter().chain(removals).collect()).await;
            let bring_back = |code, removal| {
                scan(Action::BringBack, code, None).with(Details { removal: Some(removal), ..Details::default() })
            };
            let job = Removed(Arc::default());
            clock.pass_us(HOUR_US / 2);
            job.run(&worker(&test.db, clock.clone())).await.expect("it runs");
            assert_eq!(outcomes(&desk, &system(), vec![bring_back("KID1", ids[0])]).await, ["brought_back"]);
            clock.pass_us(HOUR_US);
            job.run(&worker(&test.db, clock.clone())).await.expect("it runs");
            let gone = removed::forget_before(&test.db, clock.now()).await.expect("nothing is left");
            assert_eq!(gone, 0);
        }
    }
}
