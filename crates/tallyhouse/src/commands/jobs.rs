//! `tallyhouse jobs`: lists the jobs that run by themselves, and runs one now.

use std::sync::Arc;

use anyhow::bail;
use base_core::audit::Entry;
use base_core::entropy::new_id;
use base_core::time::Moment;
use base_jobs::{Pace, Worker};
use base_records::job::{self, Asked, Job};

use super::{answer, time};
use crate::config::Config;
use crate::jobs;
use crate::site::Site;

/// What can be done.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List every job: last run, seconds it took, next run, result, runs that failed
    List,
    /// Run one now: here where that can be, else on a server that runs
    Run {
        /// Its name
        name: String,
    },
}

/// Runs the command.
pub async fn run(command: Command, config: Config) -> anyhow::Result<()> {
    super::doctor::must_be_there(&config)?;
    let site = Site::open(config).await?;
    let done = match command {
        Command::List => list(&site).await,
        Command::Run { name } => run_one(&site, &name).await,
    };
    site.db.close().await;
    done
}

async fn list(site: &Site) -> anyhow::Result<()> {
    for job in job::list(&site.db).await? {
        let Job { name, last_run_at, took_us, next_run_at, failures, .. } = &job;
        #[expect(clippy::cast_precision_loss, reason = "shown in seconds")]
        let took = took_us.map(|us| format!("{:.1} s", us as f64 / 1e6)).unwrap_or_default();
        let next = if job.is_held(site.now()) { "running".to_owned() } else { time(Some(*next_run_at)) };
        let result = result(&job);
        answer(&format!("{name}\t{}\t{took}\t{next}\t{failures} failed\t{result}", time(*last_run_at)))?;
    }
    Ok(())
}

/// How the last run went, with what the job says of it.
fn result(job: &Job) -> String {
    let outcome = job.last_outcome.as_deref().unwrap_or("not run yet");
    match job.note.as_deref().filter(|_| outcome == "done") {
        Some(note) => format!("{outcome}: {note}"),
        None => outcome.to_owned(),
    }
}

async fn run_one(site: &Site, name: &str) -> anyhow::Result<()> {
    let here = jobs::here(&Arc::new(site.config.clone()));
    let found = here.into_iter().find(|job| job.name() == name);
    if found.is_some() {
        job::register(&site.db, name, Moment(0)).await?;
    }
    let mut tx = site.db.write().await?;
    match job::ask(tx.conn(), name, site.now()).await? {
        Asked::Due => site.note(&mut tx, Entry::new("job_run", "job", name)).await?,
        Asked::Running => bail!("{name} runs already; see: tallyhouse jobs list"),
        Asked::Unknown => bail!("there is no job {name}; see: tallyhouse jobs list"),
    }
    tx.commit().await?;
    let Some(found) = found else {
        return answer(&format!("{name} is due: a server that runs takes it within 5 seconds"));
    };
    let node = new_id(&*site.entropy, site.now()).to_string();
    let worker = Worker { db: site.db.clone(), clock: site.clock.clone(), node: node.into(), pace: Pace::default() };
    let ended = worker.run_now(found).await?;
    let Some(job) = job::find(&site.db, name).await? else { bail!("there is no job {name} any more") };
    if !ended {
        return answer(&format!("a server that runs was faster and runs {name}"));
    }
    answer(&format!("{name}\t{}", result(&job)))?;
    match job.last_outcome.as_deref() {
        Some("done") if job.faults == 0 => Ok(()),
        Some("done") => bail!("{name} found {} things wrong", job.faults),
        _ => bail!("{name} failed"),
    }
}
