//! Jobs that run by themselves. A node runs a job while it holds the job's lease.
//!
//! Invariant: a lease is given by one update, and its row count decides, so two nodes never have it at once. A lease
//! that ran out is given to the next node that asks; the node that had it learns at `renew` or `finish` that it was
//! lost. Nodes whose clocks differ by less than the lease minus the time between two renewals keep to this.

use base_core::time::Moment;
use base_db::{Conn, Db, StoreError};

/// Most characters of an outcome that are kept.
const OUTCOME_CHARS_MAX: usize = 500;

/// A job and its state.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Job {
    /// Its name.
    pub name: String,
    /// When it is due, in microseconds.
    pub next_run_at: i64,
    /// Until when it is leased, in microseconds.
    pub lease_until: Option<i64>,
    /// The node that has the lease.
    pub lease_by: Option<String>,
    /// Claims since the last success, this one included.
    pub tries: i64,
    /// When it was claimed last, in microseconds.
    pub last_run_at: Option<i64>,
    /// How the last run that ended went: `done`, or `failed: …`.
    pub last_outcome: Option<String>,
    /// When that run ended, in microseconds.
    pub ended_at: Option<i64>,
    /// How long it took, in microseconds.
    pub took_us: Option<i64>,
    /// What the job says of its last run, such as what it left.
    pub note: Option<String>,
    /// How many things that run found wrong.
    pub faults: i64,
    /// Runs that failed, ever.
    pub failures: i64,
    /// When the last of them did, in microseconds.
    pub failed_at: Option<i64>,
}

/// A run that has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// When it ended.
    pub at: Moment,
    /// How long it took, in microseconds.
    pub took_us: i64,
    /// When the job is due again.
    pub next_run_at: Moment,
    /// How it went.
    pub outcome: Outcome,
}

/// What asking for a run at once comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// It is due: a node takes it within seconds.
    Due,
    /// It runs already.
    Running,
    /// There is no such job.
    Unknown,
}

impl Job {
    /// True while a node has its lease.
    pub fn is_held(&self, now: Moment) -> bool {
        self.lease_until.is_some_and(|until| until > now.0)
    }

    /// The first moment at which a claim can succeed.
    pub fn claimable_at(&self) -> Moment {
        Moment(self.next_run_at.max(self.lease_until.unwrap_or(i64::MIN)))
    }
}

/// How a run went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It did what it should.
    Done,
    /// It did not, and why. Never a secret.
    Failed(String),
    /// It was cut off because the program is stopping: neither a success nor a failure.
    Released,
}

impl Outcome {
    fn text(&self) -> Option<String> {
        match self {
            Self::Done => Some("done".into()),
            Self::Failed(why) => Some(format!("failed: {why}").chars().take(OUTCOME_CHARS_MAX).collect()),
            Self::Released => None,
        }
    }
}

/// Registers a job, due at `first_run_at`. A job that is registered already stays as it is.
pub async fn register(db: &Db, name: &str, first_run_at: Moment) -> Result<(), StoreError> {
    const REGISTER: &str = "insert into jobs (name, next_run_at) values ($1, $2) on conflict (name) do nothing";
    let mut tx = db.write().await?;
    execute!(tx.conn(), REGISTER, name, first_run_at.0);
    tx.commit().await
}

/// A job.
pub async fn find(db: &Db, name: &str) -> Result<Option<Job>, StoreError> {
    const FIND: &str =
        "select name, next_run_at, lease_until, lease_by, tries, last_run_at, last_outcome, ended_at, took_us,
        note, faults, failures, failed_at from jobs where name = $1";
    let mut reader = db.read().await?;
    Ok(on!(reader.conn(), c => sqlx::query_as(FIND).bind(name).fetch_optional(&mut **c).await?))
}

/// Every job, by name.
pub async fn list(db: &Db) -> Result<Vec<Job>, StoreError> {
    const LIST: &str =
        "select name, next_run_at, lease_until, lease_by, tries, last_run_at, last_outcome, ended_at, took_us,
        note, faults, failures, failed_at from jobs order by name";
    let mut reader = db.read().await?;
    Ok(on!(reader.conn(), c => sqlx::query_as(LIST).fetch_all(&mut **c).await?))
}

/// Takes a job that is due and that nobody holds. `node` names one running program, never two.
pub async fn claim(db: &Db, name: &str, node: &str, now: Moment, lease_us: i64) -> Result<Option<Job>, StoreError> {
    const CLAIM: &str = "update jobs set lease_until = $4, lease_by = $2, last_run_at = $3, tries = tries + 1
        where name = $1 and next_run_at <= $3 and (lease_until is null or lease_until <= $3)
        returning name, next_run_at, lease_until, lease_by, tries, last_run_at, last_outcome, ended_at, took_us, note, faults,
        failures, failed_at";
    let mut tx = db.write().await?;
    let claimed = on!(tx.conn(), c => sqlx::query_as(CLAIM)
        .bind(name).bind(node).bind(now.0).bind(now.plus_us(lease_us).0).fetch_optional(&mut **c).await?);
    tx.commit().await?;
    Ok(claimed)
}

/// Extends the lease of a job. False when it is no longer this node's, which then has to stop at once.
pub async fn renew(db: &Db, name: &str, node: &str, lease_until: Moment) -> Result<bool, StoreError> {
    const RENEW: &str = "update jobs set lease_until = $3 where name = $1 and lease_by = $2";
    let mut tx = db.write().await?;
    let renewed = execute!(tx.conn(), RENEW, name, node, lease_until.0);
    tx.commit().await?;
    Ok(renewed == 1)
}

/// Notes that a run succeeded, without giving the job back. False when it is no longer this node's.
pub async fn succeeded(db: &Db, name: &str, node: &str) -> Result<bool, StoreError> {
    const SUCCEEDED: &str = "update jobs set tries = 0, last_outcome = $3 where name = $1 and lease_by = $2";
    let mut tx = db.write().await?;
    let noted = execute!(tx.conn(), SUCCEEDED, name, node, Outcome::Done.text());
    tx.commit().await?;
    Ok(noted == 1)
}

/// Gives a job back. False, and nothing written, when it is no longer this node's.
pub async fn finish(db: &Db, name: &str, node: &str, ended: &Ended) -> Result<bool, StoreError> {
    const FINISH: &str = "update jobs set next_run_at = $3, lease_until = null, lease_by = null,
            tries = case when $4 = 'done' then 0 when $4 = 'released' and tries > 0 then tries - 1 else tries end,
            last_outcome = coalesce($5, last_outcome),
            ended_at = case when $4 = 'released' then ended_at else $6 end,
            took_us = case when $4 = 'released' then took_us else $7 end,
            failures = case when $4 = 'failed' then failures + 1 else failures end,
            failed_at = case when $4 = 'failed' then $6 else failed_at end
        where name = $1 and lease_by = $2";
    let Ended { at, took_us, next_run_at, outcome } = ended;
    let tries = match outcome {
        Outcome::Done => "done",
        Outcome::Failed(_) => "failed",
        Outcome::Released => "released",
    };
    let mut tx = db.write().await?;
    let finished = execute!(tx.conn(), FINISH, name, node, next_run_at.0, tries, outcome.text(), at.0, *took_us);
    tx.commit().await?;
    Ok(finished == 1)
}

/// Notes what a job says of its present run, and how many things it found wrong.
pub async fn tell(db: &Db, name: &str, note: &str, faults: u32) -> Result<(), StoreError> {
    const TELL: &str = "update jobs set note = $2, faults = $3 where name = $1";
    let note: String = note.chars().take(OUTCOME_CHARS_MAX).collect();
    let mut tx = db.write().await?;
    execute!(tx.conn(), TELL, name, note, i64::from(faults));
    tx.commit().await
}

/// Makes a job due at once that nobody holds.
pub async fn ask(mut conn: Conn<'_>, name: &str, now: Moment) -> Result<Asked, StoreError> {
    const ASK: &str = "update jobs set next_run_at = $2
        where name = $1 and (lease_until is null or lease_until <= $2)";
    const KNOWN: &str = "select cast(count(*) as bigint) from jobs where name = $1";
    if execute!(conn, ASK, name, now.0) == 1 {
        return Ok(Asked::Due);
    }
    let known: i64 = on!(conn, c => sqlx::query_scalar(KNOWN).bind(name).fetch_one(&mut **c).await?);
    Ok(if known == 1 { Asked::Running } else { Asked::Unknown })
}

/// Makes a job due that failed and that nobody holds, for a program that has just started: the cause of the failure may
/// be fixed in it. False when there was no such job.
pub async fn retry_failed(db: &Db, name: &str, now: Moment) -> Result<bool, StoreError> {
    const TRY: &str = "update jobs set next_run_at = $2
        where name = $1 and lease_by is null and tries > 0 and next_run_at > $2";
    let mut tx = db.write().await?;
    let moved = execute!(tx.conn(), TRY, name, now.0);
    tx.commit().await?;
    Ok(moved == 1)
}

/// Moves the next run of a job that nobody holds and that is not being retried, for example when its time of day was
/// changed. False when it was held, retried or moved meanwhile.
pub async fn reschedule(db: &Db, job: &Job, next_run_at: Moment) -> Result<bool, StoreError> {
    const RESCHEDULE: &str = "update jobs set next_run_at = $3
        where name = $1 and next_run_at = $2 and lease_by is null and tries = 0";
    let mut tx = db.write().await?;
    let moved = execute!(tx.conn(), RESCHEDULE, &job.name, job.next_run_at, next_run_at.0);
    tx.commit().await?;
    Ok(moved == 1)
}
