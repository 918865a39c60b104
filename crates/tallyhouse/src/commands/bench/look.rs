//! `tallyhouse bench look`: what people look at, over a site of years.

use std::path::PathBuf;
use std::time::Duration;

use bags_store::sample::Sizes;
use base_core::time::{Clock, DAY_US};

use super::lines::{line, some};
use crate::bench::{BenchSite, Get, ask, drive};
use crate::commands::answer;
use crate::system::SystemClock;

/// What is looked at.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Number of bags; bills and scans are added in proportion
    #[arg(long, default_value_t = 1_800_000)]
    bags: i64,
    /// Connections that ask without a pause
    #[arg(long, default_value_t = 50, value_parser = some)]
    connections: usize,
    /// How long each measurement runs, in seconds
    #[arg(long, default_value_t = 3)]
    seconds: u64,
    /// Folder for a SQLite database
    #[arg(long, default_value = ".")]
    folder: PathBuf,
    /// Measure only addresses that contain this text
    #[arg(long, default_value = "")]
    only: String,
}

/// What people look at: a name, and the address. `DAY` is a day of work.
const PAGES: &[(&str, &str)] = &[
    ("bags", "/api/v1/bags"),
    ("bags, page", "/bags"),
    ("bags, parents", "/api/v1/bags?type=parent"),
    ("bags, of an area", "/api/v1/bags?area=lucknow"),
    ("bags, unlinked", "/api/v1/bags?type=child&linked=unlinked"),
    ("bags, unbilled", "/api/v1/bags?type=parent&billed=unbilled"),
    ("bags, in progress", "/api/v1/bags?type=parent&status=in_progress"),
    ("bags, of a day", "/api/v1/bags?from=DAY&to=DAY"),
    ("bags, of a person", "/api/v1/bags?person=bench3"),
    ("bags, never scanned", "/api/v1/bags?scanned=never"),
    ("bags, oldest", "/api/v1/bags?sort=oldest"),
    ("bags, by code", "/api/v1/bags?sort=code&type=parent&area=ranchi"),
    ("search, 3 characters", "/api/v1/bags?q=123"),
    ("search, 4 characters", "/api/v1/bags?q=0417"),
    ("search, 6 characters", "/api/v1/bags?q=D00004"),
    ("search, 8 characters", "/api/v1/bags?q=00012345"),
    ("search, none", "/api/v1/bags?q=ZZQ"),
    ("search, filtered", "/api/v1/bags?q=777&type=parent&area=hisar"),
    ("search box", "/api/v1/search?q=1234"),
    ("look-up, suggestions", "/lookup?q=KID99"),
    ("one parent", "/api/v1/bags/SB0000777"),
    ("one parent, page", "/bags/SB0000777"),
    ("one child", "/api/v1/bags/KID000000777"),
    ("scans", "/scans"),
    ("scans of a code", "/scans?q=SB0000777"),
    ("scans, refused", "/scans?result=refused"),
    ("scans of a day", "/scans?from=DAY&to=DAY"),
    ("bills", "/api/v1/bills"),
    ("bills, page", "/bills"),
    ("bills, processing", "/api/v1/bills?status=processing"),
    ("bills, text", "/api/v1/bills?q=l-0123"),
    ("bills, of an area", "/api/v1/bills?area=jaipur"),
    ("bills of a day", "/api/v1/bills?from=DAY&to=DAY"),
    ("bill of 50 x 30", "/api/v1/bills/BILL-000007"),
    ("bill of 50 x 30, page", "/bills/BILL-000007"),
    ("dashboard", "/"),
    ("statistics", "/api/stats"),
    ("activity", "/api/activity/30"),
    ("summary of a day", "/reports/bills?from=DAY&to=DAY"),
    ("end of day", "/api/bill_summary/eod?date=DAY"),
    ("scans report", "/reports/scans?date=DAY"),
    ("areas report", "/reports/areas?from=DAY&to=DAY"),
    ("a person", "/reports/people/bench3"),
];

/// Runs the command.
pub async fn run(args: Args, server: Option<String>) -> anyhow::Result<()> {
    let (span, day) = (Duration::from_secs(args.seconds), SystemClock.now().plus_us(-3 * DAY_US));
    let day = day.display(&jiff::tz::TimeZone::UTC, "%Y-%m-%d");
    let mut site = BenchSite::prepare(server.as_deref(), &args.folder).await?;
    let seconds = site.fill(Sizes::of_bags(args.bags)).await?;
    site.serve().await?;
    let name = if server.is_some() { "PostgreSQL" } else { "SQLite" };
    answer(&format!("{name}, {} bags (made in {seconds:.0} s), {} connections", args.bags, args.connections))?;
    let token = site.token.clone();
    let nothing = drive(&site.address, args.connections, span, |_| Get::new("/health", &token)).await?;
    line("GET /health", &nothing, &nothing)?;
    let chosen = PAGES.iter().filter(|(_, path)| path.contains(&args.only));
    let pages: Vec<(&str, String)> = chosen.map(|(name, path)| (*name, path.replace("DAY", &day))).collect();
    // Each is requested once before anything is measured: a wrong address would look like a fast one.
    for (name, path) in &pages {
        let (status, body) = ask(&site.address, &Get::new(path, &token)).await?;
        let said: String = body.chars().take(300).collect();
        anyhow::ensure!(status == 200, "{name}: {path} was answered with {status}: {said}");
    }
    for (name, path) in &pages {
        let measured = drive(&site.address, args.connections, span, |_| Get::new(path, &token)).await?;
        line(name, &measured, &nothing)?;
        if measured.failed > 0 {
            answer(&format!("    {path}: {} answers were not 200", measured.failed))?;
        }
    }
    answer(&format!("  {:22} {:>9} MiB", "server's memory", site.memory_mib().unwrap_or_default()))?;
    site.close().await
}
