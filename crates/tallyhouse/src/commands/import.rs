//! `tallyhouse import bags FILE`: bags from a CSV file or a workbook, resumable.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use anyhow::{Context, bail, ensure};
use serde_json::json;
use tallyhouse_core::area::Scope;
use tallyhouse_core::permission::Permission;
use tallyhouse_store::import::Import;
use tallyhouse_store::{Db, account, search};

use super::answer;
use crate::config::Config;
use crate::house::{self, House};
use crate::import::{self, Importer, Table};
use crate::progress::Progress;

/// Codes that are taken over into the index of search in one transaction.
const TAKEN_OVER_AT_ONCE: u32 = 500;

/// What to import.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Bags, with the header `qr_id,type,parent_qr_id`
    Bags(Bags),
    /// A whole TraitorTrack database: people, bags, bills, scans and the audit trail
    Traitortrack(super::traitortrack::Traitortrack),
}

/// An import of bags.
#[derive(Debug, clap::Args)]
pub struct Bags {
    /// CSV file or workbook (.xlsx)
    file: PathBuf,
    /// In whose name; without it the system's
    #[arg(long)]
    user: Option<String>,
    /// The area that new bags belong to
    #[arg(long)]
    area: Option<String>,
    /// Where refused rows are told; without it FILE's name with .result.csv
    #[arg(long, value_name = "OUT.csv")]
    result: Option<PathBuf>,
}

/// Runs the command.
pub async fn run(command: Command, config: Config) -> anyhow::Result<()> {
    let bags = match command {
        Command::Bags(bags) => bags,
        Command::Traitortrack(args) => return super::traitortrack::run(args, config).await,
    };
    let started = Instant::now();
    let house = House::open(config).await?;
    let importer = importer(&house, &bags).await?;
    let file = bags.file.clone();
    let table = tokio::task::spawn_blocking(move || Table::open(&file)).await??;
    let table = Arc::new(table);
    let parts = house.desk_parts();
    let begun = import::begin(&parts, &table, &bags.file, &importer).await?;
    let done = if import::is_finished(&begun) {
        eprintln!("this file was imported before; nothing is changed");
        begun
    } else {
        work(&parts, &table, &importer, begun).await?
    };
    take_over(&house.db).await?;
    let mut result = None;
    if done.refused > 0 {
        let path = bags.result.unwrap_or_else(|| bags.file.with_extension("result.csv"));
        import::write_result(&house.db, &done.id, &table, &path).await?;
        result = Some(path);
    }
    house.db.close().await;
    tell(&done, table.rows, result.as_deref(), started)
}

async fn importer(house: &House, bags: &Bags) -> anyhow::Result<Importer> {
    let mut importer = Importer { account: None, scope: Scope::All, origin: house::command_line() };
    if let Some(name) = &bags.user {
        let id = account::find_id(&house.db, name).await?;
        let id = id.with_context(|| format!("there is no account {name:?}"))?;
        let mut reader = house.db.read().await?;
        let person = account::person(reader.conn(), id).await?;
        let person = person.with_context(|| format!("{name} may not act"))?;
        let right = Permission::ImportRun;
        ensure!(person.may(right), "{name} has no right to import ({})", right.name());
        importer.account = Some(id);
        importer.origin.actor = Some(id);
        importer.scope = person.scope();
    }
    if let Some(name) = &bags.area {
        let settings = &house.config.bags;
        let area = settings.area(name);
        let area =
            area.with_context(|| format!("there is no area {name:?}; the areas are {}", settings.area_names()))?;
        ensure!(importer.scope.covers(Some(&area)), "{name} is not that person's area");
        importer.scope = Scope::Area(area);
    }
    Ok(importer)
}

/// Carries the import on, with its progress shown; the first interrupt stops it between two steps.
async fn work(
    parts: &tallyhouse_desk::DeskParts,
    table: &Arc<Table>,
    importer: &Importer,
    begun: Import,
) -> anyhow::Result<Import> {
    if import::rows_done(&begun, table) > 0 {
        eprintln!("this import was cut off before; it goes on from there");
    }
    let total = u64::try_from(table.rows).unwrap_or_default() * 2;
    let mut progress = Progress::new("importing", total);
    let stopped = Arc::new(AtomicBool::new(false));
    let stop = Arc::clone(&stopped);
    let listener = tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            stop.store(true, Ordering::Relaxed);
        }
    });
    let mut watch = |now: &Import| {
        progress.set(import::rows_done(now, table));
        if stopped.load(Ordering::Relaxed) {
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    };
    let done = import::carry_on(parts, table, importer, begun, &mut watch).await;
    progress.finish();
    listener.abort();
    let done = done.context("the import broke off; the same command goes on from there")?;
    ensure!(import::is_finished(&done), "stopped; the same command goes on from there");
    Ok(done)
}

/// Makes what was imported searchable at once. Broken off, the house goes on with it by itself.
async fn take_over(db: &Db) -> anyhow::Result<()> {
    let waiting = u64::try_from(search::waiting(db).await?).unwrap_or_default();
    if waiting == 0 {
        return Ok(());
    }
    let mut progress = Progress::new("making codes searchable", waiting);
    let mut done = 0;
    loop {
        let taken = search::take_over(db, TAKEN_OVER_AT_ONCE).await?;
        if taken == 0 {
            break;
        }
        done += u64::try_from(taken).unwrap_or_default();
        progress.set(done.min(waiting));
    }
    progress.finish();
    Ok(())
}

fn tell(done: &Import, rows: i64, result: Option<&Path>, started: Instant) -> anyhow::Result<()> {
    let seconds = (started.elapsed().as_secs_f64() * 1000.0).round() / 1000.0;
    let result_text = result.map(|path| path.display().to_string());
    let line = json!({
        "rows": rows, "created": done.created, "linked": done.linked, "known": done.known, "refused": done.refused,
        "seconds": seconds, "result": result_text,
    });
    answer(&line.to_string())?;
    if let Some(path) = result_text {
        eprintln!("{} of {rows} rows were refused; {path} says why", done.refused);
    }
    if done.created + done.linked + done.known == 0 {
        bail!("nothing could be imported");
    }
    Ok(())
}
