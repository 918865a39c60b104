//! Keeps the tables of the site as CSV, every night: to be read for years without this program. Of each month one stays.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use base_backup::{Csv, Keep, Shelf, Wanted};
use base_files::export::{CsvMaker, Exports, Given, Rows, Setting};
use base_jobs::{Done, Job, JobError, Schedule, Worker};
use base_records::job;
use jiff::civil::time;
use serde_json::Value;

use crate::backups::file_name;
use crate::config::Config;

/// Longest that an archive takes.
const RUN_MAX: Duration = Duration::from_hours(3);
/// What tells of people and nothing else is not kept for years.
const LEFT_OUT: &[&str] = &["activity"];

/// The job of a site that has a folder for backups and something to let out; none without.
pub fn of(config: &Arc<Config>, exports: Exports, site: Value) -> Option<Arc<dyn Job>> {
    let keep = config.backup.csv.filter(|_| config.backup.folder.is_some() && !exports.is_empty())?;
    Some(Arc::new(Archives { config: config.clone(), keep, exports, site }))
}

/// The job.
struct Archives {
    config: Arc<Config>,
    keep: Keep,
    exports: Exports,
    site: Value,
}

#[async_trait]
impl Job for Archives {
    fn name(&self) -> &'static str {
        "csv_archives"
    }

    fn schedule(&self) -> Schedule {
        Schedule::Daily(time(4, 0, 0, 0), self.config.bags.zone.clone())
    }

    fn run_max(&self) -> Duration {
        RUN_MAX
    }

    async fn run(&self, worker: &Worker) -> Result<Done, JobError> {
        let Some(folder) = self.config.backup.folder.as_ref().map(|folder| folder.join("csv")) else {
            return Ok(Done::All);
        };
        let (at, version) = (worker.clock.now(), env!("CARGO_PKG_VERSION"));
        let passphrase = self.config.backup.passphrase.as_ref();
        let schema = worker.db.migrations_run().await?.last().copied().unwrap_or_default();
        let wanted = Wanted { folder: &folder, passphrase, at, version, dump: None };
        let archive = Csv::begin(wanted, worker.db.name(), schema)?;
        let mut rows = 0;
        for name in self.exports.names().filter(|name| !LEFT_OUT.contains(name)) {
            rows += self.table(worker, &archive, name).await?;
        }
        let made = archive.finish().await?;
        let removed = Shelf(folder).tidy(self.keep, &self.config.bags.zone)?.len();
        let told = format!("{}, {rows} rows, {} bytes; {removed} removed", file_name(&made.path), made.bytes);
        job::tell(&worker.db, self.name(), &told, 0).await?;
        Ok(Done::All)
    }
}

impl Archives {
    async fn table(&self, worker: &Worker, archive: &Csv, name: &str) -> Result<u64, JobError> {
        let Some(Ok(choice)) = self.exports.choose(name, &Given::default()) else { return Ok(0) };
        let zone = self.config.bags.zone.clone();
        let setting = Setting { zone, site: self.site.clone(), at: worker.clock.now() };
        let mut maker = CsvMaker::begin(Rows::new(&worker.db, choice, setting))?;
        let mut goes_on = archive.table(name).await;
        while goes_on {
            let Some(piece) = maker.next().await? else { break };
            goes_on = archive.piece(piece).await;
        }
        archive.end(maker.rows_done()).await;
        Ok(maker.rows_done())
    }
}
