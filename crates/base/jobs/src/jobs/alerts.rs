//! Looks at the figures that call for somebody and tells of them: what is the same on every node by a job, what belongs to one
//! node by that node itself.
//!
//! Invariant: whoever begins or ends an alert is decided by one row, so that several nodes do not tell twice.

mod calls;
#[cfg(test)]
mod tests;

use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use base_core::setting::{ALERT_DISK_PERCENT, ALERT_ERRORS, ALERT_POOL_PERCENT, ALERT_SIGN_INS};
use base_core::time::{DAY_US, HOUR_US, MINUTE_US, Moment, SECOND_US};
use base_db::{Db, StoreError};
use base_health::alert::{Judge, Kind, Limits, Reading, Verdict};
use base_health::tell::{Event, Teller};
use base_records::alert::{self, About, Alert};
use base_records::setting;
use base_records::watched::{Watched, watched};
pub use calls::{AlertCalls, Webhook};

use crate::{Done, Job, JobError, Schedule, Worker};

/// The pause between two looks.
pub const LOOK: Duration = Duration::from_secs(15);
/// How long a node may say nothing of its alerts until they are over: it runs no more.
const NODE_GONE_US: i64 = 5 * MINUTE_US;
/// How often it is noted that an alert goes on.
const NOTED_US: i64 = MINUTE_US;
/// How long alerts are kept that are over.
const KEPT_DAYS: i64 = 90;
/// How many of them are removed at once.
const REMOVED_MAX: u32 = 1_000;
/// The figure of a trial that failed: above any limit of hours.
const TRIAL_FAILED_HOURS: i64 = 49;

/// The limits as they are set.
pub async fn limits(db: &Db) -> Result<Limits, StoreError> {
    let mut reader = db.read().await?;
    Ok(Limits {
        pool_percent: setting::number(reader.conn(), &ALERT_POOL_PERCENT).await?,
        errors_a_minute: setting::number(reader.conn(), &ALERT_ERRORS).await?,
        sign_ins_a_minute: setting::number(reader.conn(), &ALERT_SIGN_INS).await?,
        disk_percent: setting::number(reader.conn(), &ALERT_DISK_PERCENT).await?,
    })
}

/// Judges figures as they come, and tells.
pub struct Watch {
    teller: Teller,
    node: String,
    judge: Mutex<Judge>,
}

impl Watch {
    /// Of one node, by its name; with an empty name of what is the same on every node.
    pub fn new(teller: Teller, node: &str) -> Self {
        Self { teller, node: node.to_owned(), judge: Mutex::default() }
    }

    /// Judges these figures and tells what begins or ends. What could not be told is told with the next look.
    pub async fn look(&self, db: &Db, now: Moment, readings: &[Reading]) -> Result<(), StoreError> {
        let limits = limits(db).await?;
        let open = alert::open(db.read().await?.conn()).await?;
        for reading in readings {
            let is_same = |alert: &&Alert| {
                alert.kind == reading.kind.name() && alert.subject == reading.subject && alert.node == self.node
            };
            let raised = open.iter().find(is_same);
            let rule = reading.kind.rule(limits);
            let verdict = {
                let mut judge = self.judge.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                judge.judge(reading, rule, now, raised.is_some())
            };
            match (verdict, raised) {
                (Verdict::Raise, _) => self.raise(db, reading, rule.raise_at, now).await?,
                (Verdict::Last, Some(alert)) if alert.value < reading.value || now.0 - alert.seen_at >= NOTED_US => {
                    let mut tx = db.write().await?;
                    alert::lasts(tx.conn(), alert.id, reading.value, now).await?;
                    tx.commit().await?;
                }
                (Verdict::Clear, Some(alert)) => self.clear(db, alert, now).await?,
                _ => {}
            }
        }
        Ok(())
    }

    async fn raise(&self, db: &Db, reading: &Reading, raise_at: i64, now: Moment) -> Result<(), StoreError> {
        let about = About { kind: reading.kind.name(), subject: &reading.subject, node: &self.node };
        let mut tx = db.write().await?;
        // `None`: another node was faster, and tells.
        let Some(alert) = alert::raise(tx.conn(), about, (reading.value, raise_at), now).await? else { return Ok(()) };
        self.teller.tell(tx.conn(), Event::Raised, &alert, now).await?;
        tx.commit().await?;
        let Alert { kind, subject, node, value, .. } = alert;
        tracing::warn!(
            alert.kind = kind,
            alert.subject = subject,
            alert.node = node,
            alert.value = value,
            "an alert began"
        );
        Ok(())
    }

    async fn clear(&self, db: &Db, alert: &Alert, now: Moment) -> Result<(), StoreError> {
        let mut tx = db.write().await?;
        let Some(alert) = alert::clear(tx.conn(), alert.id, now).await? else { return Ok(()) };
        self.teller.tell(tx.conn(), Event::Cleared, &alert, now).await?;
        tx.commit().await?;
        let Alert { kind, subject, node, .. } = alert;
        tracing::info!(alert.kind = kind, alert.subject = subject, alert.node = node, "an alert is over");
        Ok(())
    }

    /// Ends what belongs to nodes that say nothing any more.
    async fn clear_of_gone(&self, db: &Db, now: Moment) -> Result<(), StoreError> {
        let open = alert::open(db.read().await?.conn()).await?;
        for alert in open.iter().filter(|alert| !alert.node.is_empty() && now.0 - alert.seen_at >= NODE_GONE_US) {
            self.clear(db, alert, now).await?;
        }
        Ok(())
    }
}

/// What a site has that is looked at.
#[derive(Clone, Copy, Debug)]
pub struct Has {
    /// Hours between two backups; `None` where none are made by themselves.
    pub backups_every_hours: Option<i64>,
    /// True where checkpoints are made.
    pub checkpoints: bool,
    /// True where mail goes.
    pub mail: bool,
    /// When the program started.
    pub started: Moment,
}

/// The job that looks at what is the same on every node.
pub struct Alerts {
    watch: Watch,
    has: Has,
}

impl Alerts {
    /// Tells by this teller.
    pub fn new(teller: Teller, has: Has) -> Self {
        Self { watch: Watch::new(teller, ""), has }
    }
}

#[async_trait]
impl Job for Alerts {
    fn name(&self) -> &'static str {
        "alerts"
    }

    fn schedule(&self) -> Schedule {
        Schedule::Continuous(LOOK)
    }

    async fn run(&self, worker: &Worker) -> Result<Done, JobError> {
        let now = worker.clock.now();
        let watched = watched(&worker.db, now).await?;
        self.watch.look(&worker.db, now, &readings(&watched, self.has, now)).await?;
        self.watch.clear_of_gone(&worker.db, now).await?;
        Ok(Done::All)
    }
}

/// The job that forgets alerts that were over long ago.
pub struct OldAlerts;

#[async_trait]
impl Job for OldAlerts {
    fn name(&self) -> &'static str {
        "old_alerts"
    }

    fn schedule(&self) -> Schedule {
        Schedule::Every(Duration::from_hours(6))
    }

    async fn run(&self, worker: &Worker) -> Result<Done, JobError> {
        let before = worker.clock.now().plus_us(-KEPT_DAYS * DAY_US);
        let removed = alert::remove_old(&worker.db, before, REMOVED_MAX).await?;
        Ok(if removed >= u64::from(REMOVED_MAX) { Done::More } else { Done::All })
    }
}

/// The figures of what is the same on every node.
fn readings(watched: &Watched, has: Has, now: Moment) -> Vec<Reading> {
    let age_us = |at: Option<i64>| at.map_or(0, |at| (now.0 - at).max(0));
    let mut readings = Vec::new();
    if let Some(every) = has.backups_every_hours {
        // Without any: since the program started.
        let made_at = watched.backup_at.unwrap_or(has.started.0);
        let hours = (now.0 - made_at).max(0) / HOUR_US;
        readings.push(Reading::new(Kind::BackupOld, hours - (2 * every + 1)));
        let tried = watched.proved_at.or(watched.first_backup_at);
        let hours = age_us(tried) / HOUR_US;
        let hours = if watched.is_trial_bad { hours.max(TRIAL_FAILED_HOURS) } else { hours };
        readings.push(Reading::new(Kind::BackupUnproved, hours));
    }
    if has.checkpoints {
        readings.push(Reading::new(Kind::SealLag, age_us(watched.unsealed_since) / SECOND_US));
    }
    if has.mail {
        readings.push(Reading::new(Kind::Mails, age_us(watched.mail_due_at) / MINUTE_US));
    }
    readings
}
