//! Takes new codes over into the tables of search. Searches look at codes that wait as well, so nobody misses a code
//! meanwhile; a search is only slower while very many wait.
//!
//! On SQLite a step holds the one writer, and scans wait for it. So steps are small, and few while much is scanned.

use std::time::{Duration, Instant};

use async_trait::async_trait;
use bags_store::{scan, search};
use base_jobs::{Done, Job, JobError, Schedule, Worker};

/// Codes that one step takes over: some milliseconds of writing, also in a large site.
const STEP: u32 = 250;
/// Steps of one run; then it is noted that the job lives, and it goes on.
const STEPS_MAX: usize = 200;
/// The pause between two steps, so that scans come in between.
const BETWEEN_STEPS: Duration = Duration::from_millis(10);
/// Scans in a second from which on the site is busy: no crew of people comes near it, an import does.
const BUSY_PER_S: f64 = 300.0;
/// The pause between two steps in a busy site.
const BETWEEN_STEPS_BUSY: Duration = Duration::from_millis(400);
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
        let mut before = (Instant::now(), scan::newest(&worker.db).await?);
        for _ in 0..STEPS_MAX {
            if search::take_over(&worker.db, STEP).await? == 0 {
                return Ok(Done::All);
            }
            tokio::time::sleep(BETWEEN_STEPS).await;
            let now = (Instant::now(), scan::newest(&worker.db).await?);
            if is_busy(before, now) {
                tokio::time::sleep(BETWEEN_STEPS_BUSY).await;
            }
            before = now;
        }
        Ok(Done::More)
    }
}

/// True when more was scanned between two looks than people scan.
fn is_busy(before: (Instant, i64), now: (Instant, i64)) -> bool {
    let scans = u32::try_from(now.1.saturating_sub(before.1)).unwrap_or_default();
    f64::from(scans) > BUSY_PER_S * now.0.duration_since(before.0).as_secs_f64()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use bags_rules::scan::Action;
    use tallyhouse_support::{TestClock, desk, each_database, outcomes, scan, system};

    use super::*;
    use crate::jobs::tests::worker;

    #[test]
    fn an_import_makes_the_site_busy_and_a_crew_of_people_does_not() {
        let start = Instant::now();
        let after = |ms| start + Duration::from_millis(ms);
        assert!(!is_busy((start, 5), (after(1_000), 205)), "a hundred people, two scans a second each");
        assert!(is_busy((start, 5), (after(20), 505)));
        assert!(!is_busy((start, 5), (start, 5)));
    }

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
