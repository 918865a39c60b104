//! Whether the machine and the server of the database have room, and whether the jobs and the seals of the trail keep up.

use std::path::{Path, PathBuf};

use base_core::time::{MINUTE_US, Moment};
use base_db::{Db, StoreError};
use base_records::audit::prove;
use base_records::job;
use base_seams::Finding;

use crate::config::Config;

/// A disk that is fuller than this share is a fault; an alert comes sooner.
const USED_SHARE_MAX: f64 = 0.95;
/// Entries of the trail are under a checkpoint within seconds while a server runs.
const SEALED_WITHIN_US: i64 = MINUTE_US;
/// Failures in a row after which a job is told.
const FAILURES_MAX: i64 = 3;

/// The disks that the site writes to.
pub fn disks(config: &Config) -> Vec<Finding> {
    let database = config.database.url.expose().strip_prefix("sqlite:");
    let database = database.map(|path| PathBuf::from(path.trim_start_matches("//")));
    let places = [("the database", database), ("backups", config.backup.folder.clone())];
    places.into_iter().filter_map(|(what, path)| disk(what, &path?)).collect()
}

fn disk(what: &str, path: &Path) -> Option<Finding> {
    let there = path.ancestors().find(|part| part.exists()).unwrap_or(Path::new("."));
    let there = if there.as_os_str().is_empty() { Path::new(".") } else { there };
    let state = rustix::fs::statvfs(there).ok()?;
    let (all, free) = (state.f_blocks * state.f_frsize, state.f_bavail * state.f_frsize);
    if all == 0 {
        return None;
    }
    #[expect(clippy::cast_precision_loss, reason = "shown as a share")]
    let used = 1.0 - free as f64 / all as f64;
    let text = format!("the disk of {what} is {:.0}% full, {} MiB are free", used * 100.0, free >> 20);
    if used <= USED_SHARE_MAX {
        return Some(Finding::well(text));
    }
    Some(Finding::wrong(
        text,
        "make room: fewer backups (backup.keep_hourly), shorter periods at /admin/settings, a larger disk",
    ))
}

/// Whether the server takes the connections of this node, and of how many more like it.
pub async fn connections(db: &Db, config: &Config) -> Result<Vec<Finding>, StoreError> {
    let Some(found) = db.connections().await? else { return Ok(Vec::new()) };
    let pool = i64::from(config.database.connections);
    let nodes = found.max / pool.max(1);
    let text = format!(
        "PostgreSQL takes {} connections and has {}; a node uses up to {pool}: that is room for {nodes} nodes",
        found.max, found.now
    );
    if nodes >= 1 && found.now < found.max {
        return Ok(vec![Finding::well(text)]);
    }
    Ok(vec![Finding::wrong(
        text,
        "lower database.connections, or raise max_connections of PostgreSQL and start it again",
    )])
}

/// Whether new entries of the trail come under a checkpoint. Without a running server they wait, and nothing is wrong.
pub async fn seals(db: &Db, now: Moment) -> Result<Vec<Finding>, StoreError> {
    let (waiting, since) = prove::waiting(db).await?;
    let is_held = job::find(db, "audit_checkpoints").await?;
    let is_running = is_held.and_then(|job| job.lease_until).is_some_and(|until| until > now.0);
    let late = since.filter(|at| is_running && now.since_us(Moment(*at)) > SEALED_WITHIN_US);
    Ok(vec![match late {
        Some(at) => {
            let text = format!("{waiting} entries of the trail wait for a checkpoint since {}", Moment(at).rfc3339());
            Finding::wrong(
                text,
                "run: tallyhouse jobs list; look at the log for audit_checkpoints and at SESSION_SECRET",
            )
        }
        None => Finding::well(format!("{waiting} entries of the trail wait for a checkpoint")),
    }])
}

/// Jobs that fail again and again, and those that found something wrong in their last run.
pub async fn jobs(db: &Db) -> Result<Vec<Finding>, StoreError> {
    let all = job::list(db).await?;
    let mut found = Vec::new();
    for job in &all {
        let is_failing = job.tries > FAILURES_MAX && job.lease_by.is_none();
        if is_failing {
            let why = job.last_outcome.as_deref().unwrap_or("it was cut off");
            let text = format!("the job {} has failed {} times in a row: {why}", job.name, job.tries);
            found.push(Finding::wrong(text, format!("mend the cause, then run: tallyhouse jobs run {}", job.name)));
        } else if job.faults > 0 {
            let (name, note) = (&job.name, job.note.as_deref().unwrap_or_default());
            let text = format!("the job {name} found {} things wrong: {note}", job.faults);
            found.push(Finding::wrong(text, format!("mend them, then run: tallyhouse jobs run {name}")));
        }
    }
    if found.is_empty() {
        found.push(Finding::well(format!("{} jobs do their work", all.len())));
    }
    Ok(found)
}
