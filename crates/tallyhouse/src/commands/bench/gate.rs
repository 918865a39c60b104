//! `tallyhouse bench gate`: distinct passes at a gate, against bag scans in the same run, and both at once on one site.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::ensure;
use base_db::{Db, OpenOptions};
use passes_rules::outcome::Outcome;
use passes_store::{counts, scan};

use super::lines::{line, some};
use crate::bench::{BenchSite, Call, Codes, GateScanner, Get, Measured, Scanner, drive, open_gate};
use crate::commands::answer;

/// How it is measured.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Passes of the event; a third of them for each measurement
    #[arg(long, default_value_t = 200_000)]
    passes: i64,
    /// Connections; each waits for its answer before it sends again
    #[arg(long, default_value_t = 100, value_parser = some)]
    connections: usize,
    /// How long each measurement runs, in seconds
    #[arg(long, default_value_t = 4)]
    seconds: u64,
    /// Folder for a SQLite database
    #[arg(long, default_value = ".")]
    folder: PathBuf,
}

/// Runs it.
pub async fn run(args: Args, server: Option<String>) -> anyhow::Result<()> {
    let span = Duration::from_secs(args.seconds);
    let connections = args.connections;
    let mut site = BenchSite::prepare(server.as_deref(), &args.folder).await?;
    let event = open_gate(&site.database, args.passes).await?;
    site.serve().await?;
    let token = site.token.clone();
    let mut begun = 0;
    // Each measurement has scanners of its own, so that none scans what another has scanned.
    let mut bags = |connections: usize| {
        let (first, token) = (begun, token.clone());
        begun += connections;
        move |number| Scanner::new(first + number, 4 * args.connections, Codes::Serial, &token)
    };
    let third = args.passes / 3;
    let gate = |call, turn: i64, connections: usize| {
        let token = token.clone();
        let (from, of) = (turn * third, i64::try_from(connections).unwrap_or(1));
        move |number| GateScanner::new(call, from + i64::try_from(number).unwrap_or(0), of, &token)
    };
    let nothing = drive(&site.address, connections, span, |_| Get::new("/health", &token)).await?;
    let bag = drive(&site.address, connections, span, bags(connections)).await?;
    let today = drive(&site.address, connections, span, gate(Call::Today, 0, connections)).await?;
    let epass = drive(&site.address, connections, span, gate(Call::EPass, 1, connections)).await?;
    let half = connections.div_ceil(2);
    let dock = drive(&site.address, half, span, bags(half));
    let beside = drive(&site.address, half, span, gate(Call::Today, 2, half));
    let (dock, beside) = tokio::try_join!(dock, beside)?;

    let database = if server.is_some() { "PostgreSQL" } else { "SQLite" };
    answer(&format!("{database}, {} passes, {connections} connections", args.passes))?;
    line("GET /health", &nothing, &nothing)?;
    line("POST /api/v1/scans", &bag, &nothing)?;
    against("POST /api/v1/gate/scans", &today, &bag)?;
    against("POST /api/scan", &epass, &bag)?;
    against("a dock beside a gate", &dock, &bag)?;
    against("a gate beside a dock", &beside, &today)?;
    let failed = [&bag, &today, &epass, &dock, &beside].iter().map(|measured| measured.failed).sum::<u64>();
    let counted = recount(&site.database, event).await?;
    answer(&format!("  {:24} {counted:>9} entries, as many as the log has", "counts"))?;
    site.close().await?;
    ensure!(failed == 0, "{failed} scans were not answered with 200; with fewer --seconds the passes last");
    Ok(())
}

/// A measurement as a share of another one of the same run.
fn against(name: &str, measured: &Measured, other: &Measured) -> anyhow::Result<()> {
    answer(&format!(
        "  {name:24} {:>7.0}/s  p50 {:>6.2} ms  p99 {:>6.2} ms  max {:>7.2} ms  {:.2} of it alone",
        measured.per_second,
        measured.latency_ms(0.5),
        measured.latency_ms(0.99),
        measured.latency_ms(1.0),
        measured.per_second / other.per_second
    ))
}

/// The entries of the event; an error where counts, passes and log disagree.
async fn recount(database: &str, event: i64) -> anyhow::Result<i64> {
    let db = Db::open(database, OpenOptions::default()).await?;
    let counted = counts::of(db.read().await?.conn(), event).await?;
    let (differing, logged) = (counts::differing(&db).await?, scan::count(&db, Outcome::Admitted).await?);
    db.close().await;
    ensure!(
        differing.is_empty() && counted.admitted == logged,
        "the counts are wrong: {counted:?}, {logged} in the log"
    );
    Ok(logged)
}
