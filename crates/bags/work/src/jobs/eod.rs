//! The end-of-day report, at the time that an admin has set. Looks once a minute: the time can be set anew at any moment,
//! and a time that was missed is made good on the same day.

use std::time::Duration;

use async_trait::async_trait;
use base_jobs::{Done, Job, JobError, Schedule, Worker};

use crate::eod::{SendError, Sender};

const LOOK: Duration = Duration::from_mins(1);

/// The job.
pub struct Eod(pub Sender);

#[async_trait]
impl Job for Eod {
    fn name(&self) -> &'static str {
        "eod"
    }

    fn schedule(&self) -> Schedule {
        Schedule::Every(LOOK)
    }

    async fn run(&self, worker: &Worker) -> Result<Done, JobError> {
        match self.0.send_due(worker.clock.now()).await {
            Ok(Some(sent)) => {
                let (day, mails) = (sent.report.report_date, sent.recipients.len());
                tracing::info!(day, mails, "the end-of-day report is in the outbox");
            }
            Ok(None) => {}
            // Nobody to write to is no failure of this job: the page where the time is set says so.
            Err(SendError::NoRecipients) => tracing::debug!("nobody is there to get the end-of-day report"),
            Err(error) => return Err(error.into()),
        }
        Ok(Done::All)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use bags_rules::report::EodPlan;
    use base_core::audit::Origin;
    use base_core::permission::Role;
    use base_core::time::{Clock, DAY_US, HOUR_US, MINUTE_US, parse_time_of_day};
    use base_db::Db;
    use base_records::account::NewAccount;
    use base_records::mail::Outbox;
    use base_records::{account, audit, mail};
    use jiff::tz::TimeZone;
    use tallyhouse_support::{TestClock, each_database};
    use tokio::sync::watch;
    use tokio::time::sleep;

    use super::*;
    use crate::eod::set_plan;
    use crate::jobs::tests::worker_named;

    async fn staff(db: &Db) {
        let mut tx = db.write().await.expect("a transaction");
        for (name, role, email) in [
            ("asha", Role::Admin, Some("asha@site.example")),
            ("meera", Role::Biller, Some("meera@site.example")),
            ("priya", Role::Biller, None),
            ("arjun", Role::Dispatcher, Some("arjun@site.example")),
        ] {
            let account = NewAccount {
                realm: base_core::realm::Realm::Staff,
                username: name.into(),
                email: email.map(Into::into),
                password_hash: "none".into(),
                roles: vec![role],
                area: None,
            };
            account::create(tx.conn(), &account, base_core::time::Moment(1)).await.expect("an account");
        }
        tx.commit().await.expect("a commit");
    }

    async fn mails(db: &Db) -> Vec<String> {
        let mut lines = mail::list(db, None, 100).await.expect("mails");
        lines.reverse();
        lines.into_iter().map(|line| format!("{} {}", line.recipient, line.subject)).collect()
    }

    /// The job at a site in India.
    fn job(db: &Db) -> Eod {
        let zone = TimeZone::get("Asia/Kolkata").expect("bundled zone");
        Eod(Sender { db: db.clone(), outbox: Outbox::OPEN, zone, base_url: "https://site.example".into() })
    }

    /// A site with its staff and two nodes, a minute before six in the evening of a day in India.
    async fn before_six(db: &Db) -> (Arc<TestClock>, [Worker; 2]) {
        let clock = Arc::new(TestClock::default());
        staff(db).await;
        let nodes = ["one", "two"].map(|name| worker_named(name, db, clock.clone()));
        let now = clock.now();
        let six = now.start_of_day(&job(db).0.zone).plus_us(18 * HOUR_US);
        clock.pass_us(six.since_us(now) + DAY_US - MINUTE_US);
        (clock, nodes)
    }

    /// The report is to go at this time of every day, or not at all.
    async fn plan(db: &Db, clock: &TestClock, time: Option<&str>) {
        let plan = time.map(|time| EodPlan { time: parse_time_of_day(time).expect("a time") });
        set_plan(db, plan, &job(db).0.zone, clock.now(), &Origin::default()).await.expect("set");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn two_nodes_send_a_day_once_and_make_a_missed_time_good_on_the_same_day_only() {
        for test in each_database().await {
            let (clock, nodes) = before_six(&test.db).await;
            plan(&test.db, &clock, Some("18:00")).await;
            let both = async || {
                let runs = (0..4).flat_map(|_| nodes.clone()).map(|node| {
                    let job = job(&test.db);
                    tokio::spawn(async move { job.run(&node).await.is_ok() })
                });
                for run in runs.collect::<Vec<_>>() {
                    assert!(run.await.expect("a run"));
                }
            };
            both().await;
            assert_eq!(mails(&test.db).await, Vec::<String>::new(), "not yet");
            clock.pass_us(2 * MINUTE_US);
            both().await;
            let first = mails(&test.db).await;
            assert_eq!(first.len(), 2, "{first:?}");
            assert!(first[0].starts_with("asha@site.example ") && first[1].starts_with("meera@site.example "));
            both().await;
            assert_eq!(mails(&test.db).await, first, "once a day, on {}", test.db.name());
            // The site is closed at six of the next day, and open again at nine.
            clock.pass_us(DAY_US + 3 * HOUR_US);
            both().await;
            assert_eq!(mails(&test.db).await.len(), 4, "made good");
            // It is closed from six to after midnight: that day is not sent on the next.
            clock.pass_us(DAY_US + 4 * HOUR_US);
            both().await;
            assert_eq!(mails(&test.db).await.len(), 4, "not on the next day");
            let trail = audit::latest(&test.db, 10).await.expect("a trail");
            assert_eq!(trail.iter().filter(|line| line.action == "eod_sent").count(), 2);
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn the_job_runs_under_the_lease_of_one_of_two_running_nodes() {
        for test in each_database().await {
            let (clock, nodes) = before_six(&test.db).await;
            plan(&test.db, &clock, Some("18:00")).await;
            let (close, closing) = watch::channel(false);
            let running = nodes.map(|node| tokio::spawn(node.run(vec![Arc::new(job(&test.db))], closing.clone())));
            for _ in 0..4 {
                clock.pass_us(MINUTE_US);
                sleep(Duration::from_millis(150)).await;
            }
            close.send_replace(true);
            for node in running {
                node.await.expect("a worker ends");
            }
            assert_eq!(mails(&test.db).await.len(), 2, "on {}", test.db.name());
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_time_that_has_passed_when_it_is_set_begins_tomorrow() {
        for test in each_database().await {
            let (clock, [node, _]) = before_six(&test.db).await;
            clock.pass_us(HOUR_US);
            plan(&test.db, &clock, Some("18:00")).await;
            job(&test.db).run(&node).await.expect("a run");
            assert_eq!(mails(&test.db).await.len(), 0);
            clock.pass_us(DAY_US);
            job(&test.db).run(&node).await.expect("a run");
            assert_eq!(mails(&test.db).await.len(), 2);
            plan(&test.db, &clock, None).await;
            clock.pass_us(DAY_US);
            job(&test.db).run(&node).await.expect("a run");
            assert_eq!(mails(&test.db).await.len(), 2, "switched off");
        }
    }
}
