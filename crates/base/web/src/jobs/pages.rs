//! The page of jobs, and that of backups.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::Uri;
use axum::response::{IntoResponse, Redirect, Response};
use base_core::permission::SITE_MAINTAIN;
use base_core::time::Moment;
use base_records::job;
use base_records::job::Job;
use serde::Deserialize;

use super::work::{self, Kept, State as JobState};
use crate::app::App;
use crate::error::Problem;
use crate::form::{Form, NoFields};
use crate::list::Tone;
use crate::pages::apart_from_said;
use crate::session::Caller;
use crate::view::{Frame, Said, TIME, grouped, render};

/// The jobs that make backups and try them.
const MAKES: &str = "backups";
const TRIES: &str = "backup_trials";
/// How many characters of a node's id are shown.
const NODE_SHOWN: usize = 8;

/// A job as the page shows it.
pub(crate) struct Shown {
    pub(crate) name: String,
    pub(crate) words: String,
    pub(crate) state: &'static str,
    pub(crate) look: &'static str,
    pub(crate) last: String,
    pub(crate) took: String,
    pub(crate) next: String,
    pub(crate) told: String,
    pub(crate) failures: String,
    pub(crate) held_by: String,
}

impl Shown {
    fn of(job: Job, frame: &Frame, app: &App, now: Moment) -> Self {
        let state = JobState::of(&job, now);
        let is_held = job.is_held(now);
        let tone = match state {
            JobState::Done => Tone::Ok,
            JobState::Failed | JobState::Found => Tone::Stop,
            JobState::Running => Tone::Look,
            JobState::Waiting => Tone::Plain,
        };
        let told = match state {
            JobState::Failed => job.last_outcome.unwrap_or_default(),
            _ => job.note.unwrap_or_default(),
        };
        Self {
            words: frame.words_for("job", &job.name),
            state: state.name(),
            look: tone.class(),
            last: shown(job.ended_at.or(job.last_run_at), app),
            took: job.took_us.filter(|_| !is_held).map(|us| seconds(frame, us)).unwrap_or_default(),
            next: if is_held { String::new() } else { shown(Some(job.next_run_at), app) },
            told,
            failures: grouped(job.failures),
            held_by: job.lease_by.filter(|_| is_held).map(|node| short(&node)).unwrap_or_default(),
            name: job.name,
        }
    }

    fn state_key(&self) -> String {
        format!("job-state-{}", self.state)
    }
}

/// The end of a node's id, which tells nodes apart.
fn short(node: &str) -> String {
    let skipped = node.chars().count().saturating_sub(NODE_SHOWN);
    node.chars().skip(skipped).collect()
}

fn shown(at: Option<i64>, app: &App) -> String {
    at.map(|at| Moment(at).display(&app.settings.zone, TIME)).unwrap_or_default()
}

fn seconds(frame: &Frame, us: i64) -> String {
    let tenths = us.saturating_add(50_000) / 100_000;
    frame.t1("job-seconds", "n", &format!("{}.{}", tenths / 10, tenths % 10))
}

#[derive(Template)]
#[template(path = "jobs/list.html")]
pub(crate) struct ListPage {
    pub(crate) frame: Frame,
    pub(crate) jobs: Vec<Shown>,
    pub(crate) said: Option<Said>,
}

/// Nothing is asked of these pages but what was said before.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {}

/// `GET /admin/jobs`
pub async fn list(State(app): State<App>, caller: Caller, uri: Uri) -> Result<Response, Problem> {
    let all = work::all(&app, &caller).await?;
    let frame = Frame::of(&caller, "jobs");
    let (said, _) = apart_from_said::<Asked>(&uri);
    let now = app.clock.now();
    let jobs = all.into_iter().map(|job| Shown::of(job, &frame, &app, now)).collect();
    Ok(render(&ListPage { jobs, said: said_of(&frame, &said), frame }))
}

fn said_of(frame: &Frame, said: &str) -> Option<Said> {
    match said {
        "due" => Some(Said::yes(frame.t("job-said-due"))),
        "running" => Some(Said::no(frame.t("job-said-running"))),
        _ => None,
    }
}

/// `POST /admin/jobs/{name}/run`
pub async fn run(State(app): State<App>, Path(name): Path<String>, form: Form<NoFields>) -> Result<Response, Problem> {
    let back = if [MAKES, TRIES].contains(&name.as_str()) { "/admin/backups" } else { "/admin/jobs" };
    let said = match work::run(&app, &form.caller, &name).await {
        Ok(()) => "due",
        Err(problem) if work::is_running(&problem) => "running",
        Err(problem) => return Err(problem),
    };
    Ok(Redirect::to(&format!("{back}?said={said}")).into_response())
}

/// A backup as the page shows it.
pub(crate) struct ShownBackup {
    pub(crate) name: String,
    pub(crate) made: String,
    pub(crate) size: String,
    pub(crate) tried: String,
    pub(crate) fault: String,
    pub(crate) copies: Vec<ShownCopy>,
}

/// A copy of it.
pub(crate) struct ShownCopy {
    pub(crate) place: String,
    pub(crate) at: String,
    pub(crate) fault: String,
}

impl ShownBackup {
    fn of(Kept { backup, copies }: Kept, frame: &Frame, app: &App) -> Self {
        let copies = copies.into_iter().map(|copy| ShownCopy {
            place: frame.words_for("backup-place", &copy.place),
            at: shown(copy.copied_at, app),
            fault: copy.fault.unwrap_or_default(),
        });
        let kib = backup.bytes.unsigned_abs().div_ceil(1024);
        Self {
            name: backup.name,
            made: shown(Some(backup.made_at), app),
            size: frame.t1("backup-kib", "n", &grouped(i64::try_from(kib).unwrap_or(i64::MAX))),
            tried: shown(backup.proved_at, app),
            fault: backup.fault.unwrap_or_default(),
            copies: copies.collect(),
        }
    }
}

#[derive(Template)]
#[template(path = "jobs/backups.html")]
pub(crate) struct BackupsPage {
    pub(crate) frame: Frame,
    pub(crate) backups: Vec<ShownBackup>,
    /// False where the site has no folder for backups.
    pub(crate) are_made: bool,
    pub(crate) said: Option<Said>,
}

/// `GET /admin/backups`
pub async fn backups(State(app): State<App>, caller: Caller, uri: Uri) -> Result<Response, Problem> {
    caller.must(SITE_MAINTAIN)?;
    let all = work::backups(&app, &caller).await?;
    let frame = Frame::of(&caller, "jobs");
    let (said, _) = apart_from_said::<Asked>(&uri);
    let backups = all.into_iter().map(|kept| ShownBackup::of(kept, &frame, &app)).collect();
    let are_made = job::find(&app.db, MAKES).await?.is_some();
    Ok(render(&BackupsPage { backups, are_made, said: said_of(&frame, &said), frame }))
}
