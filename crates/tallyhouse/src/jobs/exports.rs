//! Makes the workbooks that people asked for, one after the other, and removes those that are a day old.
//!
//! Invariant: only the node that holds the job makes files. One whose making was cut off is made from its beginning again.

use std::time::Duration;

use async_trait::async_trait;
use base_core::setting::EXPORT_FILES_HOURS;
use base_core::time::HOUR_US;
use base_files::export::{self, Made, make_next};
use base_jobs::{Done, Job, JobError, Schedule, Worker};
use base_records::{export_file as files, setting};

/// The pause between two looks whether a file waits.
const LOOK: Duration = Duration::from_secs(1);
/// Longest that one file takes.
const RUN_MAX: Duration = Duration::from_mins(30);
/// The pause between two looks for old files.
const REMOVE_EVERY: Duration = Duration::from_mins(10);
/// Most files that one run removes; the next goes on.
const REMOVED_MAX: u32 = 50;

/// The job that makes: what the wings hand in.
pub struct Exports(pub export::Exports);

/// The job that removes.
pub struct OldExports;

#[async_trait]
impl Job for Exports {
    fn name(&self) -> &'static str {
        "exports"
    }

    fn schedule(&self) -> Schedule {
        Schedule::Continuous(LOOK)
    }

    fn run_max(&self) -> Duration {
        RUN_MAX
    }

    async fn run(&self, worker: &Worker) -> Result<Done, JobError> {
        Ok(match make_next(&self.0, &worker.db, &worker.clock).await? {
            Made::Nothing => Done::All,
            Made::One => Done::More,
        })
    }
}

#[async_trait]
impl Job for OldExports {
    fn name(&self) -> &'static str {
        "old_exports"
    }

    fn schedule(&self) -> Schedule {
        Schedule::Every(REMOVE_EVERY)
    }

    async fn run(&self, worker: &Worker) -> Result<Done, JobError> {
        let hours = setting::number(worker.db.read().await?.conn(), &EXPORT_FILES_HOURS).await?;
        let before = worker.clock.now().plus_us(-hours * HOUR_US);
        for _ in 0..REMOVED_MAX {
            if !files::remove_old(&worker.db, before).await? {
                return Ok(Done::All);
            }
        }
        Ok(Done::More)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use base_core::time::{Clock, DAY_US};
    use base_db::Db;
    use base_jobs::Pace;
    use base_records::export_file::ExportFile;
    use tallyhouse_support::{TestClock, TestDb, each_database};

    use super::*;

    fn worker(db: &Db, clock: Arc<dyn Clock>) -> Worker {
        Worker { db: db.clone(), clock, node: "one".into(), pace: Pace::default() }
    }

    async fn ask(test: &TestDb, id: &str, filter: &str, clock: &TestClock) {
        let file = ExportFile {
            id: id.into(),
            what: "bags".into(),
            filter: filter.into(),
            zone: "Asia/Kolkata".into(),
            settings: r#"{"full_children":30}"#.into(),
            account_id: None,
            person: None,
            file_name: "bags.xlsx".into(),
            state: String::new(),
            rows_done: 0,
            rows_total: 0,
            bytes: 0,
            tries: 0,
            created_at: clock.now().0,
            ended_at: None,
        };
        let mut tx = test.db.write().await.expect("a transaction");
        assert!(files::ask(tx.conn(), &file).await.expect("asked"));
        tx.commit().await.expect("a commit");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_file_is_made_kept_for_a_day_and_gone() {
        for test in each_database().await {
            let clock = Arc::new(TestClock::default());
            let worker = worker(&test.db, clock.clone());
            let exports = Exports(bags_work::export::exports());
            assert_eq!(exports.run(&worker).await.expect("it runs"), Done::All, "nothing waits");
            ask(&test, "one", "{}", &clock).await;
            assert_eq!(exports.run(&worker).await.expect("it runs"), Done::More);
            let made = files::find(&test.db, "one").await.expect("an answer").expect("the file");
            let part = files::part(&test.db, "one", 0).await.expect("an answer").expect("a part");
            assert_eq!((made.state.as_str(), usize::try_from(made.bytes)), ("ready", Ok(part.len())));
            assert!(part.starts_with(b"PK"), "a workbook is an archive");
            assert_eq!(files::part(&test.db, "one", 1).await.expect("an answer"), None);
            OldExports.run(&worker).await.expect("it runs");
            assert!(files::find(&test.db, "one").await.expect("an answer").is_some(), "kept");
            clock.pass_us(DAY_US + 1);
            OldExports.run(&worker).await.expect("it runs");
            assert_eq!(files::find(&test.db, "one").await.expect("an answer"), None);
            assert_eq!(files::part(&test.db, "one", 0).await.expect("an answer"), None);
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_file_that_cannot_be_made_is_given_up_after_three_tries_and_holds_up_no_other() {
        for test in each_database().await {
            let clock = Arc::new(TestClock::default());
            let worker = worker(&test.db, clock.clone());
            let exports = Exports(bags_work::export::exports());
            ask(&test, "broken", "{\"type\":\"nonsense\"}", &clock).await;
            clock.pass_us(1);
            ask(&test, "sound", "{}", &clock).await;
            for _ in 0..files::TRIES_MAX {
                assert!(exports.run(&worker).await.is_err());
            }
            assert_eq!(exports.run(&worker).await.expect("it is given up"), Done::More);
            assert_eq!(files::find(&test.db, "broken").await.expect("an answer").expect("the file").state, "failed");
            assert_eq!(exports.run(&worker).await.expect("it runs"), Done::More);
            assert_eq!(files::find(&test.db, "sound").await.expect("an answer").expect("the file").state, "ready");
        }
    }
}
