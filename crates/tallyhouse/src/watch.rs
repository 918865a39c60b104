//! Looks at what calls for somebody on this node: connections, failures, sign-ins, the disk, the clock, and other systems.
//!
//! Invariant: a look ends; what cannot be measured now is left out, and the next look tries again.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use base_core::time::{Clock, Moment, SECOND_US};
use base_db::Db;
use base_health::alert::{Kind, Reading, jumped_ms, percent};
use base_health::tell::Teller;
use base_jobs::jobs::alerts::{Has, LOOK, Watch};
use base_records::alert::Telling;
use base_records::mail::Outbox;
use base_seams::Outside;
use base_web::App;
use base_web::health::seen;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use crate::config::Config;

/// Every so many looks a sample is kept: each half minute.
const SAMPLED_EVERY: u64 = 2;
/// Every so many looks other systems are asked.
const ASKED_EVERY: u64 = 4;
/// How long one of them may take to answer.
const ANSWER_MAX: Duration = Duration::from_secs(10);
/// How long what is measured and told may take in total.
const LOOK_MAX: Duration = Duration::from_mins(1);

/// What looks at a node.
pub struct Node {
    app: App,
    watch: Watch,
    disks: Vec<PathBuf>,
    outside: Vec<Away>,
    clock: Clocks,
    looks: u64,
}

/// Another system, and since when it does not answer.
struct Away {
    system: Arc<dyn Outside>,
    since: Option<Moment>,
}

/// Who is told of alerts, as it is configured.
pub fn teller(config: &Config) -> Teller {
    let (mail, alerts) = (config.mail.is_some(), &config.alerts);
    let telling = Telling {
        by_mail: mail,
        addresses: alerts.mail_to.clone(),
        webhook: alerts.webhook_url.as_ref().map(base_http::Url::server),
    };
    let outbox = if mail { Outbox::OPEN } else { Outbox::CLOSED };
    Teller { telling, outbox, base_url: config.server.base_url(), zone: config.bags.zone.clone() }
}

/// How many hours lie between two backups; none where the site makes none.
pub fn backups_every_hours(config: &Config) -> Option<i64> {
    let hours = i64::try_from(config.backup.every_hours).unwrap_or(i64::MAX);
    config.backup.folder.is_some().then_some(hours)
}

/// What the site has that is looked at.
pub fn has(config: &Config, checkpoints: bool, started: Moment) -> Has {
    let backups_every_hours = backups_every_hours(config);
    Has { backups_every_hours, checkpoints, mail: config.mail.is_some(), started }
}

/// What looks at this node.
pub fn node(config: &Config, app: &App, teller: Teller, outside: Vec<Arc<dyn Outside>>) -> Node {
    let of_sqlite = config.database.url.expose().strip_prefix("sqlite:");
    let data = of_sqlite.map(|path| Path::new(path.trim_start_matches("//")));
    let data = data.map_or(Path::new("."), |path| path.parent().unwrap_or(Path::new(".")));
    let here = |folder: &Path| if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder.to_owned() };
    let disks = std::iter::once(data).chain(config.backup.folder.as_deref()).map(here).collect();
    Node::new(app.clone(), Watch::new(teller, &config.alerts.node), disks, outside)
}

/// Two clocks: one that people set and one that nobody sets.
struct Clocks {
    wall: Moment,
    steady: Instant,
}

impl Node {
    /// Looks at this site; `disks` are folders on the disks that matter.
    pub fn new(app: App, watch: Watch, disks: Vec<PathBuf>, outside: Vec<Arc<dyn Outside>>) -> Self {
        app.seen.note(|last| last.started_at = Some(app.clock.now()));
        let clock = Clocks { wall: app.clock.now(), steady: Instant::now() };
        let outside = outside.into_iter().map(|system| Away { system, since: None }).collect();
        Self { app, watch, disks, outside, clock, looks: 0 }
    }

    /// Looks again and again until the program ends.
    pub async fn run(mut self, mut closing: watch::Receiver<bool>) {
        loop {
            tokio::select! {
                _closing = closing.wait_for(|closing| *closing) => return,
                () = sleep(LOOK) => {}
            }
            tokio::select! {
                _closing = closing.wait_for(|closing| *closing) => return,
                looked = timeout(LOOK_MAX, self.look()) => if looked.is_err() {
                    tracing::warn!("a look at what calls for somebody took too long");
                }
            }
        }
    }

    /// One look.
    pub async fn look(&mut self) {
        let readings = self.readings().await;
        let (app, now) = (&self.app, self.app.clock.now());
        if self.looks % SAMPLED_EVERY == 1
            && let Err(error) = seen::take(app).await
        {
            tracing::warn!(error = &error as &dyn std::error::Error, "how this node is was not kept");
        }
        if let Err(error) = self.watch.look(&app.db, now, &readings).await {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(error, "what calls for somebody could not be told; the next look tries again");
        }
    }

    async fn readings(&mut self) -> Vec<Reading> {
        let now = self.app.clock.now();
        let mut readings = vec![
            Reading::new(Kind::Errors, count(self.app.errors.in_last_minute(now))),
            Reading::new(Kind::SignIns, count(self.app.refusals.failed_sign_ins.in_last_minute(now))),
            Reading::new(Kind::Pool, pool_percent(&self.app.db)),
        ];
        let fullest = self.disks.iter().filter_map(|folder| disk_percent(folder)).max();
        self.app.seen.note(|last| last.disk_percent = fullest);
        readings.extend(fullest.map(|percent| Reading::new(Kind::Disk, percent)));
        readings.push(Reading::new(Kind::Clock, self.clock_ms().await));
        if self.looks.is_multiple_of(ASKED_EVERY) {
            for away in &mut self.outside {
                let answers = timeout(ANSWER_MAX, away.system.answers()).await.unwrap_or(false);
                away.since = (!answers).then(|| away.since.unwrap_or(now));
            }
        }
        let answering = self.outside.iter().map(|away| (away.system.name().to_owned(), away.since.is_none()));
        let answering: Vec<(String, bool)> = answering.collect();
        self.app.seen.note(|last| last.outside = answering);
        self.looks += 1;
        let of_outside = |away: &Away| {
            let seconds = away.since.map_or(0, |since| now.since_us(since) / SECOND_US);
            Reading::of(Kind::Away, away.system.name(), seconds)
        };
        readings.extend(self.outside.iter().map(of_outside));
        readings
    }

    /// How far the clock jumped since the last look, or how far it is from the database's.
    async fn clock_ms(&mut self) -> i64 {
        let clock = self.app.clock.clone();
        let (wall, steady) = (clock.now(), Instant::now());
        let passed_us = i64::try_from(steady.duration_since(self.clock.steady).as_micros()).unwrap_or(i64::MAX);
        let jumped = jumped_ms(wall.since_us(self.clock.wall), passed_us);
        self.clock = Clocks { wall, steady };
        jumped.max(skew_ms(&self.app.db, &*clock).await)
    }
}

/// How far this machine's clock is from that of the database, in milliseconds; 0 where that cannot be told.
async fn skew_ms(db: &Db, clock: &dyn Clock) -> i64 {
    let before = clock.now();
    let Ok(Some(theirs)) = db.clock_us().await else { return 0 };
    let after = clock.now();
    // Anywhere between the two is right.
    let ahead = (theirs - after.0).max(before.0 - theirs).max(0);
    ahead / 1_000
}

/// The share of connections in use. One that decides scans, or writes alone, is in use whenever there is work: that is no sign
/// of too few.
fn pool_percent(db: &Db) -> i64 {
    let pools = db.pools();
    let counted = || pools.iter().filter(|pool| pool.pool != "desk" && pool.max > 1);
    let sum = |of: fn(&base_db::PoolState) -> u32| counted().map(|pool| u64::from(of(pool))).sum();
    percent(sum(|pool| pool.in_use), sum(|pool| pool.max))
}

/// How full the disk of a folder is, as its users see it.
fn disk_percent(folder: &Path) -> Option<i64> {
    let disk = rustix::fs::statvfs(folder).ok()?;
    let used = disk.f_blocks.saturating_sub(disk.f_bfree);
    Some(percent(used, used.saturating_add(disk.f_bavail)))
}

fn count(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_has_a_share_and_a_folder_that_is_not_there_has_none() {
        let percent = disk_percent(Path::new("/")).expect("there is a root");
        assert!((1..=100).contains(&percent), "{percent}");
        assert_eq!(disk_percent(Path::new("/nowhere/at/all")), None);
    }
}
