//! Jobs by lease, on both databases: never two at once, taken over from the dead, made good once.

use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, Ordering};

use async_trait::async_trait;
use base_core::time::{DAY_US, MINUTE_US, Moment, parse_time_of_day};
use base_db::StoreError;
use base_records::job;
use jiff::tz::TimeZone;
use tallyhouse_support::{TestClock, each_database};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use super::*;

/// A worker under a name of its own, without mail, in a hurry.
pub fn worker_named(name: &str, db: &Db, clock: Arc<dyn Clock>) -> Worker {
    let ms = Duration::from_millis;
    let pace = Pace {
        look: ms(20),
        lease: ms(600),
        retry_first: ms(50),
        retry_max: ms(200),
        closing: Duration::from_secs(5),
        ..Pace::default()
    };
    Worker { db: db.clone(), clock, node: name.into(), pace }
}

/// A worker.
pub fn worker(db: &Db, clock: Arc<dyn Clock>) -> Worker {
    worker_named("one", db, clock)
}

/// What a test's job does.
type Act = dyn Fn(&Worker, i64) -> Result<Done, JobError> + Send + Sync;

/// A job that notes when it runs.
struct Probe {
    schedule: Schedule,
    takes: Duration,
    run_max: Duration,
    act: Box<Act>,
    running: AtomicI64,
    running_max: AtomicI64,
    runs: AtomicI64,
    nodes: Mutex<Vec<String>>,
    ran: Notify,
}

impl Probe {
    fn new(schedule: Schedule, takes_ms: u64, act: Box<Act>) -> Arc<Self> {
        Arc::new(Self {
            schedule,
            takes: Duration::from_millis(takes_ms),
            run_max: Duration::from_mins(1),
            act,
            running: AtomicI64::new(0),
            running_max: AtomicI64::new(0),
            runs: AtomicI64::new(0),
            nodes: Mutex::default(),
            ran: Notify::new(),
        })
    }

    fn runs(&self) -> i64 {
        self.runs.load(Ordering::SeqCst)
    }

    /// Waits until so many runs have ended.
    async fn ended(&self, runs: i64) {
        let enough = async {
            while self.runs() < runs {
                // A notice that came before we listened is made up for by looking again.
                drop(timeout(Duration::from_millis(50), self.ran.notified()).await);
            }
        };
        timeout(Duration::from_secs(20), enough).await.expect("the job runs");
    }
}

/// Counts down also when the run is cut off.
struct Running<'p>(&'p AtomicI64);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[async_trait]
impl Job for Probe {
    fn name(&self) -> &'static str {
        "probe"
    }

    fn schedule(&self) -> Schedule {
        self.schedule.clone()
    }

    fn run_max(&self) -> Duration {
        self.run_max
    }

    async fn run(&self, worker: &Worker) -> Result<Done, JobError> {
        let now_running = self.running.fetch_add(1, Ordering::SeqCst) + 1;
        let _running = Running(&self.running);
        self.running_max.fetch_max(now_running, Ordering::SeqCst);
        self.nodes.lock().unwrap().push(worker.node.to_string());
        sleep(self.takes).await;
        let run = self.runs.fetch_add(1, Ordering::SeqCst) + 1;
        self.ran.notify_waiters();
        (self.act)(worker, run)
    }
}

fn well() -> Box<Act> {
    Box::new(|_, _| Ok(Done::All))
}

fn start(worker: Worker, job: &Arc<Probe>) -> (watch::Sender<bool>, JoinHandle<()>) {
    let (close, closing) = watch::channel(false);
    let job: Arc<dyn Job> = job.clone();
    (close, tokio::spawn(worker.run(vec![job], closing)))
}

async fn stop((close, running): (watch::Sender<bool>, JoinHandle<()>)) {
    close.send_replace(true);
    running.await.expect("it ends well");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_workers_never_run_the_same_job_at_once() {
    for test in each_database().await {
        let clock = Arc::new(TestClock::default());
        let job = Probe::new(Schedule::Every(Duration::from_millis(1)), 15, well());
        let workers: Vec<_> = ["one", "two", "three"]
            .map(|name| start(worker_named(name, &test.db, clock.clone()), &job))
            .into_iter()
            .collect();
        job.ended(25).await;
        for worker in workers {
            stop(worker).await;
        }
        assert_eq!(job.running_max.load(Ordering::SeqCst), 1, "on {}", test.db.name());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn claims_at_the_same_moment_give_the_job_to_one() {
    for test in each_database().await {
        job::register(&test.db, "probe", Moment(0)).await.expect("registered");
        for round in 0..20_i64 {
            let now = Moment(round * 10 + 1);
            let claims = (0..6).map(|n| {
                let db = test.db.clone();
                tokio::spawn(async move { job::claim(&db, "probe", &format!("node {n}"), now, 5).await })
            });
            let mut claimed = 0;
            for claim in claims.collect::<Vec<_>>() {
                claimed += usize::from(claim.await.expect("no panic").expect("an answer").is_some());
            }
            assert_eq!(claimed, 1, "round {round} on {}", test.db.name());
        }
    }
}

#[tokio::test]
async fn a_job_whose_node_died_is_taken_over_after_the_lease_and_the_dead_cannot_finish_it() {
    for test in each_database().await {
        let (clock, db) = (Arc::new(TestClock::default()), &test.db);
        let job = Probe::new(Schedule::Every(Duration::from_hours(1)), 1, well());
        job::register(db, "probe", Moment(0)).await.expect("registered");
        let died_at = clock.now();
        job::claim(db, "probe", "dead", died_at, MINUTE_US).await.expect("an answer").expect("it is free");
        let running = start(worker_named("heir", db, clock.clone()), &job);
        sleep(Duration::from_millis(200)).await;
        assert_eq!(job.runs(), 0, "the lease holds on {}", db.name());
        clock.pass_us(MINUTE_US);
        job.ended(1).await;
        stop(running).await;
        assert!(!job::renew(db, "probe", "dead", Moment(i64::MAX)).await.expect("an answer"));
        let outcome = job::Outcome::Failed("late".into());
        let ended = job::Ended { at: Moment(0), took_us: 1, next_run_at: Moment(0), outcome };
        assert!(!job::finish(db, "probe", "dead", &ended).await.expect("an answer"));
        let found = job::find(db, "probe").await.expect("an answer").expect("it is known");
        assert_eq!((found.last_outcome.as_deref(), found.lease_by, found.tries), (Some("done"), None, 0));
    }
}

#[tokio::test]
async fn a_run_is_cut_off_when_another_node_has_taken_the_job() {
    for test in each_database().await {
        let (clock, db) = (Arc::new(TestClock::default()), &test.db);
        let job = Probe::new(Schedule::Every(Duration::from_hours(1)), 60_000, well());
        let running = start(worker_named("slow", db, clock.clone()), &job);
        while job.running.load(Ordering::SeqCst) == 0 {
            sleep(Duration::from_millis(5)).await;
        }
        let later = clock.now().plus_us(DAY_US);
        job::claim(db, "probe", "thief", later, DAY_US).await.expect("an answer").expect("its lease has run out");
        let cut_off = async {
            while job.running.load(Ordering::SeqCst) > 0 {
                sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(Duration::from_secs(5), cut_off).await.expect("the run ends");
        stop(running).await;
        let found = job::find(db, "probe").await.expect("an answer").expect("it is known");
        assert_eq!((found.lease_by.as_deref(), job.runs()), (Some("thief"), 0));
    }
}

#[tokio::test]
async fn a_long_run_keeps_its_lease() {
    for test in each_database().await {
        let clock = Arc::new(TestClock::default());
        let job = Probe::new(Schedule::Every(Duration::from_hours(1)), 1500, well());
        let workers = ["one", "two"].map(|name| start(worker_named(name, &test.db, clock.clone()), &job));
        job.ended(1).await;
        for worker in workers {
            stop(worker).await;
        }
        assert_eq!((job.runs(), job.nodes.lock().unwrap().len()), (1, 1), "on {}", test.db.name());
    }
}

#[tokio::test]
async fn a_missed_time_is_made_good_once() {
    for test in each_database().await {
        let (clock, db) = (Arc::new(TestClock::default()), &test.db);
        let time = parse_time_of_day("18:00").expect("a time");
        let job = Probe::new(Schedule::Daily(time, TimeZone::UTC), 1, well());
        let first = start(worker(db, clock.clone()), &job);
        sleep(Duration::from_millis(100)).await;
        assert_eq!(job.runs(), 0, "its time has not come");
        stop(first).await;
        clock.pass_us(3 * DAY_US);
        let again = start(worker(db, clock.clone()), &job);
        job.ended(1).await;
        sleep(Duration::from_millis(150)).await;
        stop(again).await;
        assert_eq!(job.runs(), 1, "three evenings were missed, one run makes them good on {}", db.name());
        let found = job::find(db, "probe").await.expect("an answer").expect("it is known");
        let next = Moment(found.next_run_at);
        assert!(next > clock.now() && next.since_us(clock.now()) <= DAY_US);
        assert!(next.rfc3339().ends_with("T18:00:00Z"), "{}", next.rfc3339());
    }
}

#[tokio::test]
async fn a_failed_run_is_tried_again_and_its_reason_is_kept() {
    for test in each_database().await {
        let (clock, db) = (Arc::new(TestClock::default()), &test.db);
        let act: Box<Act> = Box::new(|_, run| match run {
            1 => Err("the disk is full".into()),
            2 => panic!("a mistake"),
            _ => Ok(Done::All),
        });
        let job = Probe::new(Schedule::Every(Duration::from_hours(1)), 1, act);
        let running = start(worker(db, clock), &job);
        let mut said = Vec::new();
        while said.last().map(String::as_str) != Some("done") {
            let found = job::find(db, "probe").await.expect("an answer");
            let outcome = found.and_then(|job| job.last_outcome);
            said.extend(outcome.filter(|outcome| said.last() != Some(outcome)));
            sleep(Duration::from_millis(5)).await;
        }
        stop(running).await;
        assert_eq!(said, ["failed: the disk is full", "failed: it panicked", "done"], "on {}", db.name());
    }
}

#[tokio::test]
async fn a_fault_of_ours_is_tried_a_few_times_and_then_rests_until_a_program_starts_anew() {
    for test in each_database().await {
        let (clock, db) = (Arc::new(TestClock::default()), &test.db);
        let ours = || StoreError::Unreadable { what: "row of a test", value: "?".into() };
        let act: Box<Act> = Box::new(move |_, _| Err(ours().into()));
        let job = Probe::new(Schedule::Continuous(Duration::from_millis(1)), 0, act);
        let mut hasty = worker(db, clock.clone());
        hasty.pace.retry_max = Duration::from_millis(50);
        let quick = i64::from(runner::OURS_TRIED_QUICKLY_MAX);
        let running = start(hasty.clone(), &job);
        job.ended(quick + 1).await;
        sleep(Duration::from_millis(300)).await;
        stop(running).await;
        assert_eq!(job.runs(), quick + 1, "it rests on {}", db.name());
        let found = job::find(db, "probe").await.expect("an answer").expect("it is known");
        let pause_us = Moment(found.next_run_at).since_us(clock.now());
        assert!((50 * MINUTE_US..=60 * MINUTE_US).contains(&pause_us), "{pause_us} µs");
        let running = start(hasty, &job);
        job.ended(quick + 2).await;
        stop(running).await;
    }
}

#[tokio::test]
async fn a_failure_that_passes_is_tried_for_as_long_as_it_takes() {
    for test in each_database().await {
        let act: Box<Act> = Box::new(|_, run| if run < 12 { Err(StoreError::Conflict.into()) } else { Ok(Done::All) });
        let job = Probe::new(Schedule::Every(Duration::from_hours(1)), 0, act);
        let mut hasty = worker(&test.db, Arc::new(TestClock::default()));
        hasty.pace.retry_max = Duration::from_millis(50);
        let running = start(hasty, &job);
        job.ended(12).await;
        stop(running).await;
    }
}

#[tokio::test]
async fn a_run_that_takes_too_long_is_cut_off_and_has_failed() {
    let test = each_database().await.remove(0);
    let mut job = Probe::new(Schedule::Every(Duration::from_hours(1)), 60_000, well());
    Arc::get_mut(&mut job).expect("nobody else has it").run_max = Duration::from_millis(20);
    let running = start(worker(&test.db, Arc::new(TestClock::default())), &job);
    let failed = async {
        loop {
            let found = job::find(&test.db, "probe").await.expect("an answer");
            if let Some(outcome) = found.and_then(|job| job.last_outcome) {
                return outcome;
            }
            sleep(Duration::from_millis(5)).await;
        }
    };
    assert_eq!(timeout(Duration::from_secs(10), failed).await.expect("it fails"), "failed: cut off after 0 s");
    stop(running).await;
}

#[tokio::test]
async fn a_continuous_job_runs_at_once_while_there_is_more_and_rests_when_idle() {
    for test in each_database().await {
        let (clock, db) = (Arc::new(TestClock::default()), &test.db);
        let act: Box<Act> = Box::new(|_, run| Ok(if run < 200 { Done::More } else { Done::All }));
        let job = Probe::new(Schedule::Continuous(Duration::from_millis(300)), 0, act);
        let workers = ["one", "two"].map(|name| start(worker_named(name, db, clock.clone()), &job));
        job.ended(200).await;
        sleep(Duration::from_millis(100)).await;
        assert_eq!(job.runs(), 200, "it rests");
        job.ended(204).await;
        let held = job::find(db, "probe").await.expect("an answer").expect("it is known");
        assert_eq!(held.last_outcome.as_deref(), Some("done"));
        for worker in workers {
            stop(worker).await;
        }
        let nodes = job.nodes.lock().unwrap().clone();
        assert!(nodes[..204].iter().all(|node| *node == nodes[0]), "one node held it for longer than a lease");
        assert_eq!(job.running_max.load(Ordering::SeqCst), 1);
        let left = job::find(db, "probe").await.expect("an answer").expect("it is known");
        assert!(left.lease_by.is_none() && left.next_run_at <= clock.now().0, "who comes next need not wait");
    }
}

#[tokio::test]
async fn a_site_that_closes_lets_a_run_end_and_gives_the_job_back() {
    let test = each_database().await.remove(0);
    let clock = Arc::new(TestClock::default());
    let job = Probe::new(Schedule::Every(Duration::from_hours(1)), 300, well());
    let running = start(worker(&test.db, clock.clone()), &job);
    while job.running.load(Ordering::SeqCst) == 0 {
        sleep(Duration::from_millis(5)).await;
    }
    stop(running).await;
    assert_eq!(job.runs(), 1, "a short run ends");

    let stuck = Probe::new(Schedule::Every(Duration::from_millis(1)), 60_000, well());
    let mut hasty = worker(&test.db, clock.clone());
    hasty.pace.closing = Duration::from_millis(50);
    let running = start(hasty, &stuck);
    clock.pass_us(DAY_US);
    while stuck.running.load(Ordering::SeqCst) == 0 {
        sleep(Duration::from_millis(5)).await;
    }
    timeout(Duration::from_secs(5), stop(running)).await.expect("a long run is cut off");
    let found = job::find(&test.db, "probe").await.expect("an answer").expect("it is known");
    assert!(found.lease_by.is_none() && found.tries == 0 && found.next_run_at <= clock.now().0);
}
