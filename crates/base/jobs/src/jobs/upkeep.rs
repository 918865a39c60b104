//! Upkeep of the database while people work: statistics every day, room of removed rows every week, indexes every month.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use base_db::Db;
use base_db::maintain::Upkeep;
use base_records::job;
use jiff::civil::{Time, time};
use jiff::tz::TimeZone;

use crate::{Done, Job, JobError, Schedule, Worker};

/// Longest that one of them takes; PostgreSQL goes on serving meanwhile.
const RUN_MAX: Duration = Duration::from_hours(6);
/// Days between two runs of `vacuum`.
const WEEK_DAYS: u32 = 7;
/// Days between two runs of `reindex`.
const MONTH_DAYS: u32 = 30;

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// Statistics.
    Analyze,
    /// Room of removed rows.
    Vacuum,
    /// Indexes.
    Reindex,
}

/// The job.
pub struct Maintenance {
    /// What it does.
    pub what: What,
    /// The zone in whose night it does so.
    pub zone: TimeZone,
}

/// Every job of upkeep; `zone` says when it is night.
pub fn all(zone: &TimeZone) -> Vec<Arc<dyn Job>> {
    let job = |what| Arc::new(Maintenance { what, zone: zone.clone() }) as Arc<dyn Job>;
    [What::Analyze, What::Vacuum, What::Reindex].map(job).into()
}

impl What {
    /// The name of the job.
    pub fn name(self) -> &'static str {
        match self {
            Self::Analyze => "analyze",
            Self::Vacuum => "vacuum",
            Self::Reindex => "reindex",
        }
    }

    fn at(self) -> Time {
        match self {
            Self::Analyze => time(2, 10, 0, 0),
            Self::Vacuum => time(2, 20, 0, 0),
            Self::Reindex => time(2, 40, 0, 0),
        }
    }

    fn every_days(self) -> u32 {
        match self {
            Self::Analyze => 1,
            Self::Vacuum => WEEK_DAYS,
            Self::Reindex => MONTH_DAYS,
        }
    }

    /// Does it, and says what came of it.
    pub async fn run(self, db: &Db) -> Result<String, JobError> {
        let Upkeep { done, left } = match self {
            Self::Analyze => db.analyze().await?,
            Self::Vacuum => db.vacuum().await?,
            Self::Reindex => db.reindex().await?,
        };
        let told = match (self, db.is_shared()) {
            (Self::Analyze, false) => "nothing to do: SQLite is asked by the indexes that statements name".to_owned(),
            (Self::Vacuum, false) if done > 0 => "the file was written anew".to_owned(),
            (Self::Vacuum, false) => "the file stays as it is".to_owned(),
            (Self::Reindex, _) => format!("{done} indexes"),
            (Self::Analyze | Self::Vacuum, true) => format!("{done} tables"),
        };
        Ok(left.iter().fold(told, |told, left| format!("{told}; {left}")))
    }
}

#[async_trait]
impl Job for Maintenance {
    fn name(&self) -> &'static str {
        self.what.name()
    }

    fn schedule(&self) -> Schedule {
        Schedule::Days(self.what.every_days(), self.what.at(), self.zone.clone())
    }

    fn run_max(&self) -> Duration {
        RUN_MAX
    }

    async fn run(&self, worker: &Worker) -> Result<Done, JobError> {
        let told = self.what.run(&worker.db).await?;
        job::tell(&worker.db, self.name(), &told, 0).await?;
        Ok(Done::All)
    }
}
