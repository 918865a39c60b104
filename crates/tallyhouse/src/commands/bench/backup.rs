//! `tallyhouse bench backup`: how long scans wait under full load, with a backup being made beside them and without one, and
//! whether what was made can be restored.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use bags_store::sample::Sizes;
use serde_json::Value;

use super::lines::{line, some};
use crate::bench::{BenchSite, Codes, Get, Measured, Scanner, Watched, ask, drive, watch};
use crate::commands::answer;

/// Numbers of scanners begin behind the parents that the site has, and each measurement behind those of the one before.
const PARENTS_APART: usize = 1_000_000;
/// Longest that one backup takes.
const BACKUP_MAX: Duration = Duration::from_mins(15);

/// How it is measured.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Bags in the site
    #[arg(long, default_value_t = 1_800_000)]
    bags: i64,
    /// Connections; each waits for its answer before it sends again
    #[arg(long, default_value_t = 100, value_parser = some)]
    connections: usize,
    /// How long each measurement runs, in seconds
    #[arg(long, default_value_t = 20)]
    seconds: u64,
    /// Pairs of measurements, one with backups and one without
    #[arg(long, default_value_t = 3)]
    pairs: usize,
    /// Folder for the backups, and for a SQLite database
    #[arg(long, default_value = ".")]
    folder: PathBuf,
}

/// Runs the command.
pub async fn run(args: Args, server: Option<String>) -> anyhow::Result<()> {
    let shelf = tempfile::Builder::new().prefix("bench-backups-").tempdir_in(&args.folder)?;
    let mut site = BenchSite::prepare(server.as_deref(), &args.folder).await?;
    site.fill(Sizes::of_bags(args.bags)).await?;
    let more = [
        ("TALLYHOUSE__BACKUP__FOLDER", shelf.path().display().to_string()),
        // The one at the start is the only one that comes by itself.
        ("TALLYHOUSE__BACKUP__EVERY_HOURS", "168".to_owned()),
        ("TALLYHOUSE__BACKUP__CSV", "false".to_owned()),
    ];
    site.serve_with(&more).await?;
    site.settle().await?;
    ended(&site, None).await?;
    let database = if server.is_some() { "PostgreSQL" } else { "SQLite" };
    answer(&format!("{database}, {} bags, {} connections", args.bags, args.connections))?;
    let span = Duration::from_secs(args.seconds);
    let token = site.token.clone();
    let nothing = drive(&site.address, args.connections, span / 4, |_| Get::new("/health", &token)).await?;
    let mut ratios = Vec::new();
    for pair in 0..args.pairs {
        let at = |n: usize| Scans { base: (2 * pair + n + 1) * PARENTS_APART, connections: args.connections, span };
        let without = at(0).measure(&site).await?;
        let beside = at(1);
        let (with, made) = tokio::try_join!(beside.measure(&site), backups(&site, span))?;
        line("scans", &without, &nothing)?;
        line("scans, with backups", &with, &nothing)?;
        let ratio = with.latency_ms(0.99) / without.latency_ms(0.99);
        answer(&format!(
            "  {:22} {ratio:>9.2}   {} backups meanwhile, {:.1} s each",
            "p99, with to without", made.0, made.1
        ))?;
        ratios.push(ratio);
    }
    ratios.sort_by(f64::total_cmp);
    let median = ratios.get(ratios.len() / 2).copied().unwrap_or_default();
    answer(&format!("  {:22} {median:>9.2}   median of {}", "p99, with to without", ratios.len()))?;
    let memory_mib = site.memory_mib().unwrap_or_default();
    answer(&format!("  {:22} {memory_mib:>9} MiB", "server's memory"))?;
    let newest = newest(shelf.path())?;
    let mib = std::fs::metadata(&newest)?.len() >> 20;
    let file = newest.display().to_string();
    let Watched { seconds, memory_mib } = watch(&["backup", "check", &file, "--database", &site.database]).await?;
    answer(&format!("  {:22} {seconds:>9.1} s   well; file {mib} MiB, memory {memory_mib} MiB", "restore check"))?;
    site.close().await?;
    ensure!(median < 2.0, "p99 rises to {median:.2} times while a backup is made");
    Ok(())
}

/// One measurement of scans.
struct Scans {
    /// The number of its first scanner.
    base: usize,
    connections: usize,
    span: Duration,
}

impl Scans {
    async fn measure(&self, site: &BenchSite) -> anyhow::Result<Measured> {
        let token = site.token.clone();
        let scanner = |number| Scanner::new(self.base + number, self.connections, Codes::Serial, &token);
        let measured = drive(&site.address, self.connections, self.span, scanner).await?;
        ensure!(measured.failed == 0, "{} scans were not answered with 200", measured.failed);
        Ok(measured)
    }
}

/// Makes one backup after the other for as long as is measured; gives how many, and the seconds that each took.
async fn backups(site: &BenchSite, span: Duration) -> anyhow::Result<(u32, f64)> {
    let started = Instant::now();
    let mut made = 0;
    while started.elapsed() < span {
        let last = job(site).await?["ended_at"].as_str().map(str::to_owned);
        let token = &site.token;
        let text = format!(
            "POST /api/v1/jobs/backups/run HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {token}\r\n\
             content-length: 0\r\n\r\n"
        );
        let (status, body) = ask(&site.address, &Get { request: text.into_bytes().into() }).await?;
        ensure!(status == 204, "the job was not started: {status} {body}");
        ended(site, last).await?;
        made += 1;
    }
    Ok((made, started.elapsed().as_secs_f64() / f64::from(made.max(1))))
}

/// Waits until a run of the job has ended after the one that ended at `last`.
async fn ended(site: &BenchSite, last: Option<String>) -> anyhow::Result<()> {
    let started = Instant::now();
    loop {
        let job = job(site).await?;
        let at = job["ended_at"].as_str().map(str::to_owned);
        if at.is_some() && at != last {
            let outcome = job["outcome"].as_str().unwrap_or_default();
            ensure!(outcome == "done", "the backup was not made: {outcome}");
            return Ok(());
        }
        ensure!(started.elapsed() < BACKUP_MAX, "no backup was made");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

async fn job(site: &BenchSite) -> anyhow::Result<Value> {
    let (status, body) = ask(&site.address, &Get::new("/api/v1/jobs", &site.token)).await?;
    ensure!(status == 200, "the jobs were not told: {status}");
    let all: Value = serde_json::from_str(&body).context("the jobs are not JSON")?;
    let jobs = all["jobs"].as_array().context("no jobs")?;
    Ok(jobs.iter().find(|job| job["name"] == "backups").cloned().unwrap_or(Value::Null))
}

fn newest(folder: &Path) -> anyhow::Result<PathBuf> {
    let newest = base_backup::Shelf(folder.to_owned()).list()?.into_iter().next();
    Ok(newest.context("no backup was made")?.path)
}
