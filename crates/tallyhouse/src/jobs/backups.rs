//! Makes backups by themselves and tries each day whether the newest can be restored.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use base_backup::{Made, Shelf};
use base_jobs::{Done, Job, JobError, Schedule, Worker};
use base_records::backup;
use base_records::backup::Backup;
use jiff::civil::time;
use tokio::runtime::Handle;
use tokio::task::spawn_blocking;

use crate::backups::{make, prove};
use crate::config::Config;

/// Longest that one backup takes, or its trial.
const RUN_MAX: Duration = Duration::from_hours(3);

/// The jobs of a site that has a folder for backups; none without.
pub fn of(config: &Arc<Config>) -> Vec<Arc<dyn Job>> {
    let Some(folder) = config.backup.folder.clone() else { return Vec::new() };
    let backups = Backups { config: config.clone(), folder: folder.clone() };
    vec![Arc::new(backups), Arc::new(Trials { config: config.clone(), folder })]
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
        note(worker, &made).await?;
        let removed = Shelf(self.folder.clone()).tidy(self.config.backup.keep, &self.config.bags.zone)?;
        for path in &removed {
            backup::forget(&worker.db, &file_name(path)).await?;
        }
        tracing::info!(path = %made.path.display(), bytes = made.bytes, removed = removed.len(), "a backup is made");
        Ok(Done::All)
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
        let Some(newest) = Shelf(self.folder.clone()).list()?.into_iter().next() else { return Ok(Done::All) };
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
        match fault {
            None => tracing::info!(name, "the newest backup can be restored"),
            Some(fault) => tracing::error!(name, fault, "the newest backup is not well"),
        }
        Ok(Done::All)
    }
}

async fn note(worker: &Worker, made: &Made) -> Result<(), JobError> {
    let noted = Backup {
        name: file_name(&made.path),
        made_at: worker.clock.now().0,
        bytes: i64::try_from(made.bytes).unwrap_or(i64::MAX),
        sha256: made.sha256.clone(),
        schema_number: made.manifest.schema,
        proved_at: None,
        fault: None,
    };
    Ok(backup::note(&worker.db, &noted).await?)
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
