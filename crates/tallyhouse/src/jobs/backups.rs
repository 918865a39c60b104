//! Makes backups by themselves, copies them to other places, and tries each day whether the newest can be restored.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use base_backup::Shelf;
use base_jobs::{Done, Job, JobError, Schedule, Worker};
use base_records::{backup, job};
use jiff::civil::time;
use tokio::runtime::Handle;
use tokio::task::spawn_blocking;

use crate::backups::{file_name, make, note};
use crate::config::Config;
use crate::copies;
use crate::trials::prove;

/// Longest that one backup takes, or its trial, or its copies.
const RUN_MAX: Duration = Duration::from_hours(3);
/// The pause between two looks whether a place lacks a copy.
const COPY_EVERY: Duration = Duration::from_mins(10);

/// The jobs of a site that has a folder for backups; none without.
pub fn of(config: &Arc<Config>) -> Vec<Arc<dyn Job>> {
    let Some(folder) = config.backup.folder.clone() else { return Vec::new() };
    let made = Backups { config: config.clone(), folder: folder.clone() };
    let mut jobs: Vec<Arc<dyn Job>> = vec![Arc::new(made), Arc::new(Trials { config: config.clone(), folder })];
    if config.backup.copy_folder.is_some() || config.backup.s3.is_some() {
        jobs.push(Arc::new(Copies(config.clone())));
    }
    jobs
}

/// The job that makes.
struct Backups {
    config: Arc<Config>,
    folder: PathBuf,
}

/// The job that tries.
struct Trials {
    config: Arc<Config>,
    folder: PathBuf,
}

/// The job that copies.
struct Copies(Arc<Config>);

#[async_trait]
impl Job for Backups {
    fn name(&self) -> &'static str {
        "backups"
    }

    fn schedule(&self) -> Schedule {
        Schedule::Every(Duration::from_hours(self.config.backup.every_hours))
    }

    fn run_max(&self) -> Duration {
        RUN_MAX
    }

    async fn run(&self, worker: &Worker) -> Result<Done, JobError> {
        let made = make(&worker.db, &self.config, &self.folder).await?;
        note(&worker.db, &made, worker.clock.now()).await?;
        let removed = Shelf(self.folder.clone()).tidy(self.config.backup.keep, &self.config.bags.zone)?;
        for path in &removed {
            backup::forget(&worker.db, &file_name(path)).await?;
        }
        let told = format!("{}, {} bytes", file_name(&made.path), made.bytes);
        job::tell(&worker.db, self.name(), &told, 0).await?;
        tracing::info!(path = %made.path.display(), bytes = made.bytes, removed = removed.len(), "a backup is made");
        Ok(Done::All)
    }
}

#[async_trait]
impl Job for Copies {
    fn name(&self) -> &'static str {
        "backup_copies"
    }

    fn schedule(&self) -> Schedule {
        Schedule::Every(COPY_EVERY)
    }

    fn run_max(&self) -> Duration {
        RUN_MAX
    }

    async fn run(&self, worker: &Worker) -> Result<Done, JobError> {
        let mut told = Vec::new();
        let mut first_fault = None;
        for place in copies::places(&self.0, &worker.clock)? {
            match copies::bring_up(&worker.db, &self.0, &place, || worker.clock.now()).await {
                Ok(counts) => {
                    told.push(format!("{}: {} copied, {} removed", place.name(), counts.copied, counts.removed));
                }
                // The other place is served all the same.
                Err(error) => drop(first_fault.get_or_insert(error)),
            }
        }
        job::tell(&worker.db, self.name(), &told.join("; "), 0).await?;
        first_fault.map_or(Ok(Done::All), |fault| Err(format!("{fault:#}").into()))
    }
}

#[async_trait]
impl Job for Trials {
    fn name(&self) -> &'static str {
        "backup_trials"
    }

    fn schedule(&self) -> Schedule {
        Schedule::Daily(time(3, 30, 0, 0), self.config.bags.zone.clone())
    }

    fn run_max(&self) -> Duration {
        RUN_MAX
    }

    async fn run(&self, worker: &Worker) -> Result<Done, JobError> {
        let mut faults = Vec::new();
        faults.extend(self.of_newest(worker).await?);
        for place in copies::places(&self.config, &worker.clock)? {
            faults.extend(copies::compare_newest(&worker.db, &place, worker.clock.now()).await?);
        }
        for fault in &faults {
            tracing::error!(fault, "a backup is not well");
        }
        let told = if faults.is_empty() { "all is well".to_owned() } else { faults.join("; ") };
        job::tell(&worker.db, self.name(), &told, u32::try_from(faults.len()).unwrap_or(u32::MAX)).await?;
        Ok(Done::All)
    }
}

impl Trials {
    /// Tries the newest backup of the folder. Gives what is wrong with it.
    async fn of_newest(&self, worker: &Worker) -> Result<Option<String>, JobError> {
        let Some(newest) = Shelf(self.folder.clone()).list()?.into_iter().next() else { return Ok(None) };
        // On a thread of its own: unpacking is work for the processor.
        let (config, path) = (self.config.clone(), newest.path.clone());
        let runtime = Handle::current();
        let tried = spawn_blocking(move || runtime.block_on(prove(&config, &path))).await?;
        let fault = match tried {
            Ok(proof) => proof.findings.into_iter().find(|finding| finding.wrong > 0).map(|finding| finding.text),
            Err(error) => Some(format!("{error:#}")),
        };
        let name = file_name(&newest.path);
        backup::prove(&worker.db, &name, worker.clock.now(), fault.as_deref()).await?;
        if fault.is_none() {
            tracing::info!(name, "the newest backup can be restored");
        }
        Ok(fault.map(|fault| format!("{name}: {fault}")))
    }
}
