//! What the pages and the API of jobs share.

use axum::http::StatusCode;
use base_core::audit::Entry;
use base_core::permission::SITE_MAINTAIN;
use base_core::time::Moment;
use base_records::audit::Record;
use base_records::backup::{Backup, BackupCopy};
use base_records::job::{Asked, Job};
use base_records::{audit, backup, job};

use crate::app::App;
use crate::error::Problem;
use crate::session::Caller;

/// How a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// A node runs it now.
    Running,
    /// Its last run did what it should.
    Done,
    /// Its last run did what it should, and found something wrong.
    Found,
    /// Its last run failed; it is tried again.
    Failed,
    /// It has not run yet.
    Waiting,
}

impl State {
    /// How a job stands at this moment. A run under way comes first, unless the one before failed.
    pub fn of(job: &Job, now: Moment) -> Self {
        let is_held = job.is_held(now);
        match job.last_outcome.as_deref() {
            Some(outcome) if outcome != "done" => Self::Failed,
            _ if is_held => Self::Running,
            Some(_) if job.faults > 0 => Self::Found,
            Some(_) => Self::Done,
            None => Self::Waiting,
        }
    }

    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Done => "done",
            Self::Found => "found",
            Self::Failed => "failed",
            Self::Waiting => "waiting",
        }
    }
}

/// A backup with its copies.
#[derive(Clone, Debug)]
pub struct Kept {
    /// The backup.
    pub backup: Backup,
    /// Its copies, by place.
    pub copies: Vec<BackupCopy>,
}

/// Every job, by name.
pub async fn all(app: &App, caller: &Caller) -> Result<Vec<Job>, Problem> {
    caller.must(SITE_MAINTAIN)?;
    Ok(job::list(&app.db).await?)
}

/// Every backup that is noted, the newest first, with its copies. As many as are kept.
pub async fn backups(app: &App, caller: &Caller) -> Result<Vec<Kept>, Problem> {
    caller.must(SITE_MAINTAIN)?;
    let copies = backup::copies(&app.db).await?;
    let of = |name: &str| copies.iter().filter(|copy| copy.name == name).cloned().collect();
    let all = backup::list(&app.db).await?;
    Ok(all.into_iter().map(|backup| Kept { copies: of(&backup.name), backup }).collect())
}

/// Makes a job due now; a node takes it within seconds.
pub async fn run(app: &App, caller: &Caller, name: &str) -> Result<(), Problem> {
    caller.must(SITE_MAINTAIN)?;
    let origin = caller.origin(None);
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    match job::ask(tx.conn(), name, now).await? {
        Asked::Due => {}
        Asked::Running => {
            return Err(Problem::new(
                StatusCode::CONFLICT,
                "job_running",
                "This job runs already. Wait until it has ended.",
            ));
        }
        Asked::Unknown => return Err(Problem::not_found("This job")),
    }
    let entry = Entry::new("job_run", "job", name);
    audit::insert(tx.conn(), &[Record { at: now, entry, origin: &origin }]).await?;
    Ok(tx.commit().await?)
}

/// True for a problem that says that the job runs already.
pub fn is_running(problem: &Problem) -> bool {
    problem.status() == StatusCode::CONFLICT
}
