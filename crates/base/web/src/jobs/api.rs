//! Jobs and backups for programs.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use base_core::permission::SITE_MAINTAIN;
use base_core::time::Moment;
use base_records::backup::BackupCopy;
use base_records::job::Job;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::work::{self, Kept};
use crate::app::App;
use crate::error::Problem;
use crate::session::Caller;

/// What is handled here, with its description.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(run)).routes(routes!(backups))
}

/// A job.
#[derive(Serialize, ToSchema)]
pub struct JobJson {
    /// Its stable name.
    name: String,
    /// `running`, `done`, `found`, `failed` or `waiting`.
    status: &'static str,
    /// When the last run began. RFC 3339.
    last_run_at: Option<String>,
    /// When the last run that ended did. RFC 3339.
    ended_at: Option<String>,
    /// How long that run took, in milliseconds.
    took_ms: Option<i64>,
    /// When it is due. RFC 3339.
    next_run_at: String,
    /// How the last run that ended went: `done`, or `failed: …`.
    outcome: Option<String>,
    /// What the job says of that run.
    note: Option<String>,
    /// How many things that run found wrong.
    faults: i64,
    /// Failures in a row, a run under way included.
    tries: i64,
    /// Runs that failed, ever.
    failures: i64,
    /// When the last of them did. RFC 3339.
    failed_at: Option<String>,
    /// The node that runs it now.
    held_by: Option<String>,
}

fn time(at: Option<i64>) -> Option<String> {
    at.map(|at| Moment(at).rfc3339())
}

impl JobJson {
    fn of(job: Job, now: Moment) -> Self {
        let is_held = job.is_held(now);
        Self {
            status: work::State::of(&job, now).name(),
            last_run_at: time(job.last_run_at),
            ended_at: time(job.ended_at),
            took_ms: job.took_us.map(|us| us / 1000),
            next_run_at: Moment(job.next_run_at).rfc3339(),
            outcome: job.last_outcome,
            note: job.note,
            faults: job.faults,
            tries: job.tries,
            failures: job.failures,
            failed_at: time(job.failed_at),
            held_by: job.lease_by.filter(|_| is_held),
            name: job.name,
        }
    }
}

/// Every job.
#[derive(Serialize, ToSchema)]
pub struct JobsJson {
    /// The jobs, by name.
    jobs: Vec<JobJson>,
}

/// A copy of a backup.
#[derive(Serialize, ToSchema)]
pub struct CopyJson {
    /// `folder` or `s3`.
    place: String,
    /// When it was copied; null when it is not there yet. RFC 3339.
    copied_at: Option<String>,
    /// When it was last read back and compared. RFC 3339.
    compared_at: Option<String>,
    /// What was wrong last; null where all is well.
    fault: Option<String>,
}

impl From<BackupCopy> for CopyJson {
    fn from(copy: BackupCopy) -> Self {
        let BackupCopy { place, copied_at, compared_at, fault, .. } = copy;
        Self { place, copied_at: time(copied_at), compared_at: time(compared_at), fault }
    }
}

/// A backup.
#[derive(Serialize, ToSchema)]
pub struct BackupJson {
    /// The name of its file.
    name: String,
    /// The moment it shows. RFC 3339.
    made_at: String,
    /// Its length in bytes.
    bytes: i64,
    /// Its SHA-256 in hexadecimal.
    sha256: String,
    /// The number of its last migration.
    schema: i64,
    /// When it was last restored for a trial. RFC 3339.
    proved_at: Option<String>,
    /// What was wrong then; null where all was well.
    fault: Option<String>,
    /// Its copies.
    copies: Vec<CopyJson>,
}

impl From<Kept> for BackupJson {
    fn from(Kept { backup, copies }: Kept) -> Self {
        Self {
            name: backup.name,
            made_at: Moment(backup.made_at).rfc3339(),
            bytes: backup.bytes,
            sha256: backup.sha256,
            schema: backup.schema_number,
            proved_at: time(backup.proved_at),
            fault: backup.fault,
            copies: copies.into_iter().map(CopyJson::from).collect(),
        }
    }
}

/// The backups that are kept.
#[derive(Serialize, ToSchema)]
pub struct BackupsJson {
    /// The backups, the newest first.
    backups: Vec<BackupJson>,
}

/// Lists the jobs that run by themselves.
#[utoipa::path(get, path = "/api/v1/jobs", extensions(("x-permission" = json!(SITE_MAINTAIN.name()))),
    responses((status = 200, description = "Every job.", body = JobsJson)))]
pub async fn list(State(app): State<App>, caller: Caller) -> Result<Json<JobsJson>, Problem> {
    let now = app.clock.now();
    let jobs = work::all(&app, &caller).await?.into_iter().map(|job| JobJson::of(job, now)).collect();
    Ok(Json(JobsJson { jobs }))
}

/// Makes a job due now: a node takes it within seconds. One that runs already is refused.
#[utoipa::path(post, path = "/api/v1/jobs/{name}/run", extensions(("x-permission" = json!(SITE_MAINTAIN.name()))),
    params(("name", description = "The job's name")), responses((status = 204, description = "It is due.")))]
pub async fn run(State(app): State<App>, caller: Caller, Path(name): Path<String>) -> Result<StatusCode, Problem> {
    work::run(&app, &caller, &name).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lists the backups that are kept, with their trials and copies.
#[utoipa::path(get, path = "/api/v1/backups", extensions(("x-permission" = json!(SITE_MAINTAIN.name()))),
    responses((status = 200, description = "The backups.", body = BackupsJson)))]
pub async fn backups(State(app): State<App>, caller: Caller) -> Result<Json<BackupsJson>, Problem> {
    let backups = work::backups(&app, &caller).await?.into_iter().map(BackupJson::from).collect();
    Ok(Json(BackupsJson { backups }))
}
