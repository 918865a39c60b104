//! `tallyhouse bench scan`: how many scans a second this machine takes, and how long each waits.

use std::path::PathBuf;
use std::time::Duration;

use bags_store::sample::Sizes;

mod audit;
mod backup;
mod files;
mod gate;
mod lines;
mod look;
mod sign_in;

pub use audit::Args as AuditArgs;
pub use backup::Args as BackupArgs;
pub use files::Args as FilesArgs;
pub use gate::Args as GateArgs;
use lines::{line, some};
pub use look::Args as LookArgs;
pub use sign_in::Args as SignInArgs;

use crate::bench::{BenchSite, Codes, Get, Plan, Scanner, Watched, drive, measure_bare};
use crate::commands::answer;
use crate::config::Config;

/// What is measured.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Scans over HTTP, one per request, compared with an empty route and the database alone
    Scan(Args),
    /// An import of many bags, then look-ups and lists over them
    Import(ImportArgs),
    /// An export of all bags to a file
    Export(ExportArgs),
    /// Tables written and read as CSV and workbook, without a database
    Files(FilesArgs),
    /// Every list, filter, search, bill page and report over a large site
    Look(LookArgs),
    /// What the proof of the audit trail costs, and how long verifying it takes
    Audit(AuditArgs),
    /// Scans under full load while a backup is made, and whether it can be restored
    Backup(BackupArgs),
    /// Passes at a gate, against bag scans, and both at once
    Gate(GateArgs),
    /// Password checks of a core, and scans while people sign in
    SignIn(SignInArgs),
}

/// How an import is measured. Always on SQLite.
#[derive(Debug, clap::Args)]
pub struct ImportArgs {
    /// Rows of the file
    #[arg(long, default_value_t = 1_800_000)]
    rows: u64,
    /// Folder for the database and the file
    #[arg(long, default_value = ".")]
    folder: PathBuf,
    /// Connections that look up and list bags without a pause
    #[arg(long, default_value_t = 10, value_parser = some)]
    connections: usize,
    /// How long each measurement runs, in seconds
    #[arg(long, default_value_t = 4)]
    seconds: u64,
}

/// How an export is measured. Always on SQLite.
#[derive(Debug, clap::Args)]
pub struct ExportArgs {
    /// Bags in the site
    #[arg(long, default_value_t = 1_800_000)]
    bags: i64,
    /// Folder for the database and the files
    #[arg(long, default_value = ".")]
    folder: PathBuf,
}

/// How it is measured.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Connections; each waits for its answer before it sends again
    #[arg(long, default_value_t = 100, value_parser = some)]
    connections: usize,
    /// How long each measurement runs, in seconds
    #[arg(long, default_value_t = 8)]
    seconds: u64,
    /// Order in which child labels are scanned
    #[arg(long, value_enum, default_value_t = Codes::Serial)]
    codes: Codes,
    /// Folder for a SQLite database; its disk is what is measured
    #[arg(long, default_value = ".")]
    folder: PathBuf,
}

/// Runs the command. A `postgres://` address names the server on which a scratch database is made; nothing that exists
/// is touched.
pub async fn run(command: Command, config: Config, database_is_named: bool) -> anyhow::Result<()> {
    match command {
        Command::Scan(args) => scan(args, &config, database_is_named).await,
        Command::Import(args) => import(args).await,
        Command::Export(args) => export(args).await,
        Command::Audit(args) => audit::run(args, server_of(&config, database_is_named)).await,
        Command::Backup(args) => backup::run(args, server_of(&config, database_is_named)).await,
        Command::Files(args) => tokio::task::spawn_blocking(move || files::run(&args)).await?,
        Command::SignIn(args) => sign_in::run(args, server_of(&config, database_is_named)).await,
        Command::Gate(args) => gate::run(args, server_of(&config, database_is_named)).await,
        Command::Look(args) => look::run(args, server_of(&config, database_is_named)).await,
    }
}

/// The PostgreSQL server that was named, if one was.
fn server_of(config: &Config, database_is_named: bool) -> Option<String> {
    let address = config.database.url.expose().to_owned();
    (database_is_named && address.starts_with("postgres")).then_some(address)
}

async fn import(args: ImportArgs) -> anyhow::Result<()> {
    let plan = Plan { connections: args.connections, span: Duration::from_secs(args.seconds) };
    let mut site = BenchSite::prepare(None, &args.folder).await?;
    let Watched { seconds, memory_mib } = site.import(args.rows).await?;
    answer(&format!("SQLite, import of {} rows, then {} connections", args.rows, args.connections))?;
    answer(&format!("  {:22} {seconds:>9.1} s   memory {memory_mib} MiB", "import bags"))?;
    site.serve().await?;
    answer(&format!("  {:22} {:>9.1} s   after it, in the background", "added to the search", site.settle().await?))?;
    let token = site.token.clone();
    let nothing = drive(&site.address, plan.connections, plan.span, |_| Get::new("/health", &token)).await?;
    line("GET /health", &nothing, &nothing)?;
    for (name, path) in [
        ("one bag, a parent", "/api/v1/bags/SB00777"),
        ("one bag, a child", "/api/v1/bags/KID0000777"),
        ("first page of bags", "/api/v1/bags"),
        ("a page of parents", "/api/v1/bags?type=parent&limit=50"),
        ("a page by beginning", "/api/v1/bags?q=KID0001"),
    ] {
        let measured = drive(&site.address, plan.connections, plan.span, |_| Get::new(path, &token)).await?;
        anyhow::ensure!(measured.failed == 0, "{path} was not always answered with 200");
        line(name, &measured, &nothing)?;
    }
    // Connections without a pause wait for each other; this is how long one person waits.
    let one = drive(&site.address, 1, plan.span, |_| Get::new("/api/v1/bags/SB00777", &token)).await?;
    line("one bag, one person", &one, &nothing)?;
    site.close().await
}

async fn export(args: ExportArgs) -> anyhow::Result<()> {
    let site = BenchSite::prepare(None, &args.folder).await?;
    site.fill(Sizes::of_bags(args.bags)).await?;
    answer(&format!("SQLite, export of {} bags", args.bags))?;
    for format in ["csv", "xlsx"] {
        let (Watched { seconds, memory_mib }, file_mib) = site.export(format).await?;
        answer(&format!("  {format:22} {seconds:>9.1} s   memory {memory_mib} MiB   file {file_mib} MiB"))?;
    }
    site.close().await
}

async fn scan(args: Args, config: &Config, database_is_named: bool) -> anyhow::Result<()> {
    let server = server_of(config, database_is_named);
    let plan = Plan { connections: args.connections, span: Duration::from_secs(args.seconds) };

    let bare_site = BenchSite::prepare(server.as_deref(), &args.folder).await?;
    let bare = measure_bare(&bare_site.database, plan.span / 2).await?;
    bare_site.close().await?;

    let mut site = BenchSite::prepare(server.as_deref(), &args.folder).await?;
    site.serve().await?;
    let token = site.token.clone();
    let nothing = drive(&site.address, plan.connections, plan.span, |_| Get::new("/health", &token)).await?;
    let scanner = |number| Scanner::new(number, plan.connections, args.codes, &token);
    let scans = drive(&site.address, plan.connections, plan.span, scanner).await?;
    let memory_mib = site.memory_mib();
    site.close().await?;

    let database = if server.is_some() { "PostgreSQL" } else { "SQLite" };
    answer(&format!("{database}, {} connections, {:?} codes", plan.connections, args.codes))?;
    line("GET /health", &nothing, &nothing)?;
    line("POST /api/v1/scans", &scans, &nothing)?;
    answer(&format!("  {:22} {:>9.0}/s", "commits, bare", bare.commits_per_second))?;
    answer(&format!(
        "  {:22} {:>9.0}/s  the web keeps {:.2} of it",
        "desk without web",
        bare.scans_per_second,
        scans.per_second / bare.scans_per_second
    ))?;
    answer(&format!("  {:22} {:>9} MiB", "server's memory", memory_mib.unwrap_or_default()))?;
    anyhow::ensure!(scans.failed == 0, "{} scans were not answered with 200", scans.failed);
    Ok(())
}
