//! Takes new codes over into the index of search, and removed ones out of it. Searches look at codes that wait as well,
//! so nobody misses a code meanwhile; a search is only slower while very many wait.

use std::time::Duration;

use async_trait::async_trait;
use tallyhouse_store::search;

use crate::{Done, Job, JobError, Schedule, Worker};

/// Codes that one step takes over. On SQLite a step holds the writer, and scans wait for it: 250 codes take about 3 ms
/// at a million codes, 500 twice that, and a step that merges parts of the index several times as long.
const STEP: u32 = 250;
/// Steps of one run; then it is noted that the job lives, and it goes on.
const STEPS_MAX: usize = 200;
/// The pause between two steps, so that scans come in between.
const BETWEEN_STEPS: Duration = Duration::from_millis(10);
/// The pause when nothing waits.
const PAUSE: Duration = Duration::from_secs(2);

/// The job.
pub struct Search;

#[async_trait]
impl Job for Search {
    fn name(&self) -> &'static str {
        "search"
    }

    fn schedule(&self) -> Schedule {
        Schedule::Continuous(PAUSE)
    }

    async fn run(&self, worker: &Worker) -> Result<Done, JobError> {
        for _ in 0..STEPS_MAX {
            if search::take_over(&worker.db, STEP).await? == 0 {
                return Ok(Done::All);
            }
            tokio::time::sleep(BETWEEN_STEPS).await;
        }
        Ok(Done::More)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tallyhouse_core::scan::Action;
    use tallyhouse_support::{TestClock, desk, each_database, outcomes, scan, system};

    use super::*;
    use crate::tests::worker;

    #[tokio::test(flavor = "multi_thread")]
    async fn new_codes_are_taken_over_while_scans_go_on() {
        for test in each_database().await {
            let clock = Arc::new(TestClock::default());
            let (desk, _tasks) = desk(&test.db, clock.clone());
            let bags =
                |from: u32| (from..from + 400).map(|n| scan(Action::Register, &format!("KID{n:05}"), None)).collect();
            outcomes(&desk, &system(), bags(0)).await;
            let worker = worker(&test.db, clock);
            let actor = system();
            let (done, said) = tokio::join!(Search.run(&worker), outcomes(&desk, &actor, bags(400)));
            assert_eq!(done.expect("it runs"), Done::All);
            assert!(said.iter().all(|outcome| outcome == "registered"));
            assert_eq!(Search.run(&worker).await.expect("it runs"), Done::All);
            assert_eq!(search::waiting(&test.db).await.expect("a number"), 0);
        }
    }
}
