//! `tallyhouse import traitortrack URL`: brings an old TraitorTrack database over.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use bags_traitortrack::store::Kind;
use bags_traitortrack::store::traitortrack::Source;
use bags_traitortrack::{Compared, Report, Summary, Target, bring_over, compare};
use serde_json::json;

use super::answer;
use crate::config::Config;
use crate::keys;
use crate::progress::Progress;
use crate::site::{self, Site};

/// An import of a whole database.
#[derive(Debug, clap::Args)]
pub struct Traitortrack {
    /// The old database, postgres://…; it is only read
    #[arg(value_name = "URL", env = "TRAITORTRACK_DATABASE_URL", hide_env_values = true)]
    source: String,
    /// Schema of its tables, if several schemas have them
    #[arg(long)]
    schema: Option<String>,
    /// File for everything that was not as expected
    #[arg(long, value_name = "FILE.csv")]
    report: Option<PathBuf>,
    /// The person OLD of the old database is NEW here: that account, or a new one of that name
    #[arg(long, value_name = "OLD=NEW", value_parser = name_pair)]
    map_user: Vec<(String, String)>,
    /// After an import: tell what differs there and here, change nothing
    #[arg(long, conflicts_with_all = ["dry_run", "map_user"])]
    compare: bool,
    /// Read and report everything, change nothing
    #[arg(long)]
    dry_run: bool,
}

fn name_pair(text: &str) -> Result<(String, String), String> {
    let pair = text.split_once('=').filter(|(old, new)| !old.trim().is_empty() && !new.trim().is_empty());
    let (old, new) = pair.ok_or("write it as OLD=NEW, both of them user names")?;
    Ok((old.trim().to_owned(), new.trim().to_owned()))
}

/// Runs the command.
pub async fn run(args: Traitortrack, config: Config) -> anyhow::Result<()> {
    let started = Instant::now();
    let mut source = Source::open(&args.source, args.schema.as_deref()).await?;
    let mut report = Report::new(args.report.as_deref())?;
    let site = Site::open(config).await?;
    if site.config.session.secret.is_none() {
        eprintln!("SESSION_SECRET is not set: second factors cannot be kept, and have to be set up anew");
    }
    eprintln!("reading TraitorTrack in the schema {} as {}", source.schema, source.name);
    let summary = work(&site, &mut source, &mut report, &args).await?;
    site.db.close().await;
    let summary = match summary {
        Done::Imported(summary) => summary,
        Done::Compared(compared) => return tell_compared(&args, &source, &compared, started),
    };
    tell(&args, &source, (&summary, &report), started)
}

/// Does the work with its progress shown; the first interrupt stops it between two pages.
async fn work(site: &Site, source: &mut Source, report: &mut Report, args: &Traitortrack) -> anyhow::Result<Done> {
    let stopped = Arc::new(AtomicBool::new(false));
    let stop = Arc::clone(&stopped);
    let listener = tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            stop.store(true, Ordering::Relaxed);
        }
    });
    let mut shown: Option<(Kind, Progress)> = None;
    let mut watch = |kind: Kind, done: u64, total: u64| {
        if shown.as_ref().is_none_or(|(of, _)| *of != kind) {
            if let Some((_, progress)) = shown.take() {
                progress.finish();
            }
            shown = Some((kind, Progress::new(kind.name(), total)));
        }
        if let Some((_, progress)) = &mut shown {
            progress.set(done);
        }
        if stopped.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let (rules, keys) = (site.config.bags.rules(), keys::of(&site.config.session));
    keys::must_read(&site.db, keys.as_ref()).await?;
    let target = Target {
        db: &site.db,
        clock: &*site.clock,
        entropy: &*site.entropy,
        rules: &rules,
        areas: &site.config.bags.areas,
        keys: keys.as_ref(),
        map_users: args.map_user.iter().cloned().collect(),
        origin: site::command_line(),
    };
    let done = if args.compare {
        compare(&target, source, report, &mut watch).await.map(Done::Compared)
    } else {
        bring_over(&target, source, report, args.dry_run, &mut watch).await.map(Done::Imported)
    };
    if let Some((_, progress)) = shown {
        progress.finish();
    }
    listener.abort();
    done
}

/// What was done.
enum Done {
    Imported(Summary),
    Compared(Compared),
}

fn tell_compared(args: &Traitortrack, source: &Source, compared: &Compared, started: Instant) -> anyhow::Result<()> {
    let path = args.report.as_ref().map(|path| path.display().to_string());
    let seconds = (started.elapsed().as_secs_f64() * 1000.0).round() / 1000.0;
    let line = json!({
        "source": source.name, "schema": source.schema, "compared": compared.as_json(), "seconds": seconds,
        "report": path,
    });
    answer(&line.to_string())?;
    for (kind, counts) in &compared.0 {
        eprintln!("{}: {} there, {} the same here, {} not", kind.name(), counts.there, counts.same, counts.different);
    }
    match path {
        Some(path) if compared.different() > 0 => eprintln!("{path} tells each value that differs"),
        None if compared.different() > 0 => eprintln!("--report FILE.csv tells each value that differs"),
        _ => {}
    }
    Ok(())
}

fn tell(
    args: &Traitortrack,
    source: &Source,
    (summary, report): (&Summary, &Report),
    started: Instant,
) -> anyhow::Result<()> {
    let seconds = (started.elapsed().as_secs_f64() * 1000.0).round() / 1000.0;
    let path = args.report.as_ref().map(|path| path.display().to_string());
    let line = json!({
        "source": source.name, "schema": source.schema, "dry_run": args.dry_run, "rows": summary.as_json(),
        "spent": summary.spent_as_json(), "findings": report.as_json(), "seconds": seconds, "report": path,
    });
    answer(&line.to_string())?;
    for (kind, counts) in summary.counts.iter().filter(|(_, counts)| counts.read > 0) {
        let (name, left_out) = (kind.name(), counts.left_out);
        eprintln!(
            "{name}: {} read, {} brought, {} here before, {left_out} left out",
            counts.read, counts.brought, counts.known
        );
    }
    if summary.read() == 0 {
        eprintln!("there is nothing new; nothing is changed");
    }
    for (found, times) in report.found() {
        eprintln!("found {times} times: {found}");
    }
    match path {
        Some(path) if !report.found().is_empty() => eprintln!("{path} tells what was done about each"),
        None if !report.found().is_empty() => eprintln!("--report FILE.csv tells what was done about each"),
        _ => {}
    }
    if let Some(folder) = report.archive.folder() {
        eprintln!("{} has what found no place here", folder.display());
    }
    if args.dry_run {
        eprintln!("this was a dry run; nothing is changed");
    }
    Ok(())
}
