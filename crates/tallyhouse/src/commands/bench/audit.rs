//! `tallyhouse bench audit`: what the proof of the trail costs: scans a second with its job and without it, in pairs that
//! alternate, how far the job lags behind, and how long verifying a long trail takes.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::lines::some;
use crate::bench::{BenchSite, Codes, Plan, Scanner, drive};
use crate::commands::answer;

/// The job that makes checkpoints.
const JOB: &str = "audit_checkpoints";

/// How it is measured.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Connections; each waits for its answer before it sends again
    #[arg(long, default_value_t = 100, value_parser = some)]
    connections: usize,
    /// How long each measurement runs, in seconds
    #[arg(long, default_value_t = 8)]
    seconds: u64,
    /// Pairs of measurements, one with the job and one without it
    #[arg(long, default_value_t = 5)]
    pairs: usize,
    /// Entries of the trail that is verified
    #[arg(long, default_value_t = 1_000_000)]
    entries: usize,
    /// Folder for a SQLite database
    #[arg(long, default_value = ".")]
    folder: PathBuf,
}

/// Runs the command.
pub async fn run(args: Args, server: Option<String>) -> anyhow::Result<()> {
    let plan = Plan { connections: args.connections, span: Duration::from_secs(args.seconds) };
    let mut ratios = Vec::new();
    for pair in 0..args.pairs {
        let mut figures = [0.0; 2];
        // Each goes first in every other pair.
        for at in [pair % 2, 1 - pair % 2] {
            let mut site = BenchSite::prepare(server.as_deref(), &args.folder).await?;
            if at == 1 {
                site.without_job(JOB).await?;
            }
            site.serve().await?;
            let token = site.token.clone();
            let scanner = |number| Scanner::new(number, plan.connections, Codes::Serial, &token);
            let scans = drive(&site.address, plan.connections, plan.span, scanner).await?;
            anyhow::ensure!(scans.failed == 0, "{} scans were not answered with 200", scans.failed);
            figures[at] = scans.per_second;
            if at == 0 {
                let lag_s = site.lag_s().await?;
                answer(&format!("  {:22} {lag_s:>9.1} s   after the last scan", "all under a checkpoint"))?;
            }
            site.close().await?;
        }
        let ratio = figures[0] / figures[1];
        answer(&format!(
            "  {:22} {:>9.0}/s  without {:.0}/s, {ratio:.3} of it",
            "with the job", figures[0], figures[1]
        ))?;
        ratios.push(ratio);
    }
    ratios.sort_by(f64::total_cmp);
    if let Some(median) = ratios.get(ratios.len() / 2) {
        answer(&format!("  {:22} {median:>9.3}   of the scans without the job", "median"))?;
    }
    let site = BenchSite::prepare(server.as_deref(), &args.folder).await?;
    site.fill_trail(args.entries).await?;
    let started = Instant::now();
    site.verify_trail().await?;
    let seconds = started.elapsed().as_secs_f64();
    answer(&format!("  {:22} {seconds:>9.1} s   {} entries", "audit verify", args.entries))?;
    site.close().await
}
