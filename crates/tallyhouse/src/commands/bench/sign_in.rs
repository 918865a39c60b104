//! `tallyhouse bench sign-in`: how many passwords a core checks, and how much longer scans wait while people sign in.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::lines::some;
use crate::bench::{BenchSite, Codes, Measured, Scanner, SignIns, drive, drive_paced, signers};
use crate::commands::answer;

/// The share of what the server takes at most that scans come at.
const SHARE: f64 = 0.6;
/// Checks of a password that are timed.
const CHECKS: u32 = 20;

/// How it is measured.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Connections that scan
    #[arg(long, default_value_t = 100, value_parser = some)]
    connections: usize,
    /// How long each measurement runs, in seconds
    #[arg(long, default_value_t = 8)]
    seconds: u64,
    /// Sign-ins a second
    #[arg(long, default_value_t = 20)]
    per_second: u32,
    /// Folder for a SQLite database
    #[arg(long, default_value = ".")]
    folder: PathBuf,
}

/// Runs it.
pub async fn run(args: Args, server: Option<String>) -> anyhow::Result<()> {
    let span = Duration::from_secs(args.seconds);
    let mut site = BenchSite::prepare(server.as_deref(), &args.folder).await?;
    let hash = signers(&site.database).await?;
    let parameters = hash.split('$').nth(3).unwrap_or_default().to_owned();
    let checked = tokio::task::spawn_blocking(move || {
        let begun = Instant::now();
        for _ in 0..CHECKS {
            std::hint::black_box(base_secret::verify_password("Wrong-Password-1", Some(&hash)));
        }
        f64::from(CHECKS) / begun.elapsed().as_secs_f64()
    });
    let per_core = checked.await?;
    site.serve().await?;
    let token = site.token.clone();
    let mut begun = 0;
    // Each measurement has scanners of its own, so that none scans what another has scanned.
    let mut scanner = || {
        begun += 1;
        let (first, of, token) = (begun * args.connections, 8 * args.connections, token.clone());
        move |number| Scanner::new(first + number, of, Codes::Serial, &token)
    };
    let most = drive(&site.address, args.connections, span, scanner()).await?;
    let rate = most.per_second * SHARE;
    let alone = drive_paced(&site.address, (args.connections, span), rate, scanner()).await?;
    let beside = SignIns::run(site.address.clone(), args.per_second, span);
    let busy = drive_paced(&site.address, (args.connections, span), rate, scanner());
    let (busy, (worked, failed)) = tokio::try_join!(busy, beside)?;
    site.close().await?;

    let database = if server.is_some() { "PostgreSQL" } else { "SQLite" };
    answer(&format!("{database}, {} connections that scan, {} sign-ins a second", args.connections, args.per_second))?;
    answer(&format!("  {:30} {per_core:>8.1}/s  argon2id {parameters}", "password checks of a core"))?;
    answer(&format!("  {:30} {:>8.0}/s", "scans at most", most.per_second))?;
    told("scans at 60 % of it", &alone)?;
    told("the same beside sign-ins", &busy)?;
    let rise = busy.latency_ms(0.99) / alone.latency_ms(0.99) - 1.0;
    answer(&format!("  {:30} {:>+7.0} %   {worked} sign-ins worked, {failed} did not", "p99 rises by", rise * 100.0))?;
    anyhow::ensure!(most.failed + alone.failed + busy.failed == 0, "not every scan was answered with 200");
    anyhow::ensure!(failed == 0, "not everybody signed in");
    Ok(())
}

fn told(name: &str, measured: &Measured) -> anyhow::Result<()> {
    let (p50, p99) = (measured.latency_ms(0.5), measured.latency_ms(0.99));
    answer(&format!("  {name:30} {:>8.0}/s  p50 {p50:>6.2} ms  p99 {p99:>6.2} ms", measured.per_second))
}
