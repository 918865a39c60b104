//! Runs jobs by lease: looks whether one is due, claims it, renews the lease while it runs, and says when it is due again.
//!
//! Invariants: a run is cut off as soon as the lease is no longer this node's; a failed run is tried again after a pause
//! that doubles up to a limit; what failed by our fault (a mistake in SQL, a panic) soon has pauses of hours, for it does
//! not pass by itself.

use std::sync::Arc;
use std::time::Duration;

use base_core::time::Moment;
use base_db::{Cause, StoreError};
use base_records::job;
use base_records::job::{Ended, Outcome};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::job::{Done, Job, JobError, Schedule, micros};
use crate::{Pace, Worker, figures};

/// Shortest pause between two looks, so that a clock that stands still does not make us run in circles.
const LOOK_MIN: Duration = Duration::from_millis(10);
/// Doubled so often at most; the limit of the pause is reached before.
const DOUBLINGS_MAX: u32 = 20;

/// How often a failure by our fault is tried with the pauses of any other. Work that is given up after a few tries of its
/// own, such as one mail or one file, is given up by then and no longer holds up the rest.
pub(crate) const OURS_TRIED_QUICKLY_MAX: u32 = 6;

/// Runs jobs until `closing` says so; returns when the last run has ended or was cut off.
pub async fn run(worker: Worker, jobs: Vec<Arc<dyn Job>>, closing: watch::Receiver<bool>) {
    let mut attendants = JoinSet::new();
    for job in jobs {
        attendants.spawn(Attendant { worker: worker.clone(), job, closing: closing.clone() }.attend());
    }
    while let Some(ended) = attendants.join_next().await {
        if let Err(error) = ended {
            tracing::error!(error = &error as &dyn std::error::Error, "a job runs no more until the next start");
        }
    }
}

/// Runs a job that is due once, by lease as always. False where another node has it.
pub async fn run_once(worker: Worker, job: Arc<dyn Job>) -> Result<bool, StoreError> {
    // Nobody closes: the run ends by itself.
    let (_close, closing) = watch::channel(false);
    let (now, lease_us) = (worker.clock.now(), micros(worker.pace.lease));
    let Some(claimed) = job::claim(&worker.db, job.name(), &worker.node, now, lease_us).await? else {
        return Ok(false);
    };
    Attendant { worker, job, closing }.hold(&claimed).await?;
    Ok(true)
}

impl Ran {
    /// As figures name it.
    fn outcome(&self) -> &'static str {
        match self {
            Self::Done(_) => figures::DONE,
            Self::Failed { .. } => "failed",
            Self::Lost => "lost",
            Self::CutOff => "cut_off",
        }
    }
}

/// Looks after one job.
struct Attendant {
    worker: Worker,
    job: Arc<dyn Job>,
    closing: watch::Receiver<bool>,
}

/// How a run ended.
enum Ran {
    Done(Done),
    Failed {
        why: String,
        cause: Cause,
    },
    /// The lease went to another node.
    Lost,
    /// The site closes.
    CutOff,
}

impl Attendant {
    async fn attend(mut self) {
        let mut known = false;
        while !self.is_closing() {
            let looked = match self.make_known(&mut known).await {
                Ok(()) => self.look().await,
                Err(error) => Err(error),
            };
            let pause = looked.unwrap_or_else(|error| {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(error, job.name = self.job.name(), "the job could not be looked after");
                self.worker.pace.look
            });
            self.pause(pause).await;
        }
    }

    fn is_closing(&self) -> bool {
        *self.closing.borrow() || self.closing.has_changed().is_err()
    }

    /// Sleeps, less when the site closes.
    async fn pause(&mut self, span: Duration) {
        // Whether it closes or the span is over: the caller checks which.
        drop(timeout(span, self.closing.wait_for(|closing| *closing)).await);
    }

    /// Registers the job, and moves its next run where the schedule has changed since the last start.
    async fn make_known(&self, known: &mut bool) -> Result<(), StoreError> {
        if *known {
            return Ok(());
        }
        let (Worker { db, clock, .. }, schedule) = (&self.worker, self.job.schedule());
        let now = clock.now();
        job::register(db, self.job.name(), schedule.first_after(now)).await?;
        job::retry_failed(db, self.job.name(), now).await?;
        if let Some(job) = job::find(db, self.job.name()).await? {
            let planned = Moment(job.next_run_at);
            let wanted = schedule.corrected(planned, now);
            if wanted != planned {
                job::reschedule(db, &job, wanted).await?;
            }
        }
        *known = true;
        Ok(())
    }

    /// Runs the job if it is due, and says how long to wait before the next look.
    async fn look(&mut self) -> Result<Duration, StoreError> {
        let (db, name, pace) = (&self.worker.db, self.job.name(), self.worker.pace);
        // Looked up without the writer: most of the time nothing is due.
        let Some(found) = job::find(db, name).await? else { return Ok(pace.look) };
        let now = self.worker.clock.now();
        let wait_us = found.claimable_at().since_us(now);
        if wait_us > 0 {
            let wait = Duration::from_micros(wait_us.unsigned_abs());
            return Ok(wait.clamp(LOOK_MIN, pace.look.max(LOOK_MIN)));
        }
        // `None`: another node was faster.
        if let Some(claimed) = job::claim(db, name, &self.worker.node, now, micros(pace.lease)).await? {
            self.hold(&claimed).await?;
        }
        Ok(LOOK_MIN)
    }

    /// Runs the job that was claimed, a continuous one again and again, and gives it back.
    async fn hold(&mut self, claimed: &job::Job) -> Result<(), StoreError> {
        let mut lease = Lease { until: Moment(claimed.lease_until.unwrap_or_default()) };
        let mut tries = claimed.tries;
        loop {
            let started = self.worker.clock.now();
            let ran = self.run_once(&mut lease).await;
            figures::ran(self.job.name(), ran.outcome(), started, self.worker.clock.now());
            let (next_run_at, outcome) = match ran {
                Ran::Lost => {
                    tracing::warn!(job.name = self.job.name(), "the job went to another node while it ran here");
                    return Ok(());
                }
                Ran::Done(done) => match self.go_on(done, &mut lease, &mut tries).await? {
                    GoOn::Again => continue,
                    GoOn::Lost => return Ok(()),
                    GoOn::End if done == Done::More => (started, Outcome::Done),
                    GoOn::End if self.is_continuous() => (self.worker.clock.now(), Outcome::Done),
                    GoOn::End => (self.job.schedule().next_after(started), Outcome::Done),
                },
                Ran::Failed { why, cause } => {
                    let pause = back_off(self.worker.pace, tries, cause);
                    let (name, retry_in_s) = (self.job.name(), pause.as_secs());
                    match cause {
                        Cause::Passing => {
                            tracing::warn!(job.name = name, job.tries = tries, retry_in_s, error = %why, "a job failed");
                        }
                        Cause::Ours => {
                            tracing::error!(job.name = name, job.tries = tries, retry_in_s, error = %why, "a job failed by our fault");
                        }
                    }
                    (self.worker.clock.now().plus_us(micros(pause)), Outcome::Failed(why))
                }
                Ran::CutOff => (Moment(claimed.next_run_at), Outcome::Released),
            };
            let Worker { db, node, clock, .. } = &self.worker;
            let at = clock.now();
            let ended = Ended { at, took_us: at.since_us(started).max(0), next_run_at, outcome };
            job::finish(db, self.job.name(), node, &ended).await?;
            return Ok(());
        }
    }

    fn is_continuous(&self) -> bool {
        matches!(self.job.schedule(), Schedule::Continuous(_))
    }

    /// After a run that succeeded: whether a continuous job goes on under the same lease. Pauses before it does.
    async fn go_on(&mut self, done: Done, lease: &mut Lease, tries: &mut i64) -> Result<GoOn, StoreError> {
        let Schedule::Continuous(idle) = self.job.schedule() else { return Ok(GoOn::End) };
        if *tries > 0 {
            // The first success after a claim: whoever looks sees it, and the pauses after failures begin anew.
            *tries = 0;
            if !job::succeeded(&self.worker.db, self.job.name(), &self.worker.node).await? {
                return Ok(GoOn::Lost);
            }
        }
        if done == Done::All {
            self.pause(idle.max(LOOK_MIN)).await;
        }
        if self.is_closing() {
            return Ok(GoOn::End);
        }
        let renewed = !lease.is_due(&self.worker) || lease.renew(&self.worker, self.job.name()).await;
        Ok(if renewed { GoOn::Again } else { GoOn::Lost })
    }

    /// One run in a task of its own, with the lease renewed beside it.
    async fn run_once(&mut self, lease: &mut Lease) -> Ran {
        let (worker, job) = (self.worker.clone(), self.job.clone());
        let (name, pace, run_max) = (job.name(), worker.pace, job.run_max());
        // Dropped at the end of this function, and what is in it with it.
        let mut running = JoinSet::new();
        running.spawn(async move { timeout(run_max, job.run(&worker)).await });
        let mut closing = self.closing.clone();
        let closed = async move {
            // A sender that is gone means the same as one that says so.
            drop(closing.wait_for(|closing| *closing).await);
            sleep(pace.closing).await;
        };
        tokio::pin!(closed);
        loop {
            tokio::select! {
                ended = running.join_next() => return match ended {
                    Some(Ok(Ok(Ok(done)))) => Ran::Done(done),
                    Some(Ok(Ok(Err(error)))) => {
                        Ran::Failed { why: in_one_line(&error), cause: Cause::behind(&*error).unwrap_or(Cause::Passing) }
                    }
                    Some(Ok(Err(_elapsed))) => {
                        Ran::Failed { why: format!("cut off after {} s", run_max.as_secs()), cause: Cause::Passing }
                    }
                    Some(Err(_)) | None => Ran::Failed { why: "it panicked".into(), cause: Cause::Ours },
                },
                () = &mut closed => return Ran::CutOff,
                () = sleep(pace.lease / 3) => {
                    if !lease.renew(&self.worker, name).await {
                        return Ran::Lost;
                    }
                }
            }
        }
    }
}

/// How a continuous job goes on.
enum GoOn {
    Again,
    Lost,
    End,
}

/// The lease as this node knows it.
struct Lease {
    until: Moment,
}

impl Lease {
    /// True when less than two thirds of it are left.
    fn is_due(&self, worker: &Worker) -> bool {
        let left_us = self.until.since_us(worker.clock.now());
        left_us < micros(worker.pace.lease) / 3 * 2
    }

    /// Renews it. False when it is lost: gone to another node, or run out while the database did not answer.
    async fn renew(&mut self, worker: &Worker, name: &str) -> bool {
        let until = worker.clock.now().plus_us(micros(worker.pace.lease));
        match job::renew(&worker.db, name, &worker.node, until).await {
            Ok(true) => {
                self.until = until;
                true
            }
            Ok(false) => false,
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(error, job.name = name, "the lease of a job could not be renewed");
                worker.clock.now() < self.until
            }
        }
    }
}

/// The pause after a number of failures in a row, from 1.
fn back_off(pace: Pace, tries: i64, cause: Cause) -> Duration {
    let quick = i64::from(OURS_TRIED_QUICKLY_MAX);
    let (first, max, tries) = match cause {
        Cause::Ours if tries > quick => (pace.ours_first, pace.ours_max, tries - quick),
        Cause::Ours | Cause::Passing => (pace.retry_first, pace.retry_max, tries),
    };
    let doublings = u32::try_from(tries.max(1) - 1).unwrap_or(DOUBLINGS_MAX).min(DOUBLINGS_MAX);
    first.saturating_mul(1 << doublings).min(max)
}

/// An error with its causes.
fn in_one_line(error: &JobError) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        line.push_str(": ");
        line.push_str(&next.to_string());
        cause = next.source();
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pause_after_a_failure_doubles_up_to_a_limit() {
        let seconds = |tries| back_off(Pace::default(), tries, Cause::Passing).as_secs();
        assert_eq!([0, 1, 2, 3, 6, 7, 8, 1000].map(seconds), [10, 10, 20, 40, 320, 600, 600, 600]);
    }

    #[test]
    fn the_pause_after_a_fault_of_ours_soon_grows_to_a_day() {
        let seconds = |tries| back_off(Pace::default(), tries, Cause::Ours).as_secs();
        let hour = 3600;
        assert_eq!(
            [1, 2, 6, 7, 8, 11, 12, 1000].map(seconds),
            [10, 20, 320, hour, 2 * hour, 16 * hour, 24 * hour, 24 * hour]
        );
    }
}
