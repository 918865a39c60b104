//! An import of a file of rows, read where it lies. Only this program can carry it on, by the same command.

use std::fs::File;
use std::io::BufWriter;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use anyhow::{Context, bail, ensure};
use bags_rules::import::ImportKind;
use bags_store::search;
use bags_work::{DeskParts, import_runner, import_work};
use base_core::account::{AccountId, Actor};
use base_core::area::{Area, Scope};
use base_core::audit::Origin;
use base_core::entropy::new_id;
use base_core::import::{ImportMode, ImportState};
use base_core::permission::IMPORT_RUN;
use base_files::import::check::{Check, ROWS_CHECKED_MAX};
use base_files::import::{
    Acting, From, ImportKinds, ImportWork, LEASE_US, ResultOf, ResultWriter, Table, intake, steps_of, write_result,
};
use base_records::import::{Checked, Import, Phase};
use base_records::{account, import};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::super::answer;
use super::Rows;
use super::file::{Opened, open};
use crate::config::Config;
use crate::progress::Progress;
use crate::site::{self, Site};

/// Who imports, and what they may touch.
pub struct Importer {
    account: Option<AccountId>,
    area: Option<Area>,
    scope: Scope,
    /// The same for the audit trail.
    pub origin: Origin,
}

/// Runs the command.
pub async fn run(kind: ImportKind, args: Rows, config: Config) -> anyhow::Result<()> {
    let started = Instant::now();
    let site = Site::open(config).await?;
    let importer = importer(&site, args.user.as_deref(), args.area.as_deref()).await?;
    let Opened { table, mapping } = open(kind, &args).await?;
    let parts = site.desk_parts();
    let result = args.result.clone().unwrap_or_else(|| args.file.with_extension("result.csv"));
    if args.dry_run || args.all_or_nothing {
        let checked = dry_run(&parts, &table, &importer, &result).await?;
        if args.dry_run || checked.counts.refused > 0 {
            site.db.close().await;
            return tell_dry_run(&checked, &result, args.dry_run, started);
        }
    }
    let mode = if args.all_or_nothing { ImportMode::AllOrNothing } else { ImportMode::SkipBad };
    let name = args.file.file_name().unwrap_or(args.file.as_os_str()).to_string_lossy().into_owned();
    let import = Import {
        kind: kind.name().into(),
        file_name: name,
        account_id: importer.account,
        acting_id: importer.account,
        area: importer.area.clone(),
        mode,
        mapping: mapping.text(),
        rows_total: table.rows,
        agent: importer.origin.agent.clone(),
        ..intake::blank(site.now())
    };
    let id_of = |attempt| id(&table, &import, (&args.sheet, attempt));
    let begun = intake::begin_here(&site.db, import.clone(), &id_of, &importer.origin, site.now()).await?;
    let done = if begun.state == ImportState::Done {
        eprintln!("this file was imported before; nothing is changed");
        begun
    } else {
        work(&site, parts, &table, begun).await?
    };
    tell_of_search(&site).await?;
    let mut told = None;
    if done.counts.refused > 0 {
        let file = File::create(&result).with_context(|| unwritable(&result))?;
        let place = |number| table.place(number);
        let of = ResultOf { import_id: &done.id, kind: table.kind, phase: Phase::Run };
        write_result(&site.db, of, BufWriter::new(file), &place).await.with_context(|| unwritable(&result))?;
        told = Some(result);
    }
    site.db.close().await;
    tell(&done, table.rows, told.as_deref(), started)
}

/// Codes that search does not know well yet, where they are many: the running site sorts them in by itself.
async fn tell_of_search(site: &Site) -> anyhow::Result<()> {
    const WORTH_TELLING: i64 = 10_000;
    let waiting = search::waiting(&site.db).await?;
    if waiting >= WORTH_TELLING {
        eprintln!("{waiting} codes wait to be sorted in for search; the running site does it by itself");
    }
    Ok(())
}

fn unwritable(path: &Path) -> String {
    format!("the result file {} cannot be written", path.display())
}

/// Reads who imports from the options.
pub async fn importer(site: &Site, user: Option<&str>, area: Option<&str>) -> anyhow::Result<Importer> {
    let mut importer = Importer { account: None, area: None, scope: Scope::All, origin: site::command_line() };
    if let Some(name) = user {
        let id = account::find_id(&site.db, base_core::realm::Realm::Staff, name).await?;
        let id = id.with_context(|| format!("there is no account {name:?}"))?;
        let mut reader = site.db.read().await?;
        let person = account::person(reader.conn(), &site.grants, id).await?;
        let person = person.with_context(|| format!("{name} may not act"))?;
        let right = IMPORT_RUN;
        ensure!(person.may(right), "{name} has no right to import ({})", right.name());
        importer.account = Some(id);
        importer.origin.actor = Some(id);
        importer.scope = person.scope();
    }
    if let Some(name) = area {
        let settings = &site.config.bags;
        let area = settings
            .area(name)
            .with_context(|| format!("there is no area {name:?}; the areas are {}", settings.area_names()))?;
        ensure!(importer.scope.covers(Some(&area)), "{name} is not that person's area");
        (importer.area, importer.scope) = (Some(area.clone()), Scope::Area(area));
    }
    Ok(importer)
}

/// The same file by the same person for the same area is the same import.
fn id(table: &Table, import: &Import, (sheets, attempt): (&[String], u32)) -> String {
    let mut hash = Sha256::new();
    hash.update(table.digest());
    hash.update(import.account_id.unwrap_or(-1).to_le_bytes());
    hash.update(import.area.as_ref().map_or("", Area::as_str));
    // Only what came later and is there: an import of bags that was cut off by an earlier version goes on.
    if import.kind != ImportKind::Bags.name() || import.mapping != "{}" || attempt > 0 {
        hash.update([0]);
        hash.update(&import.kind);
        hash.update(&import.mapping);
        hash.update(attempt.to_le_bytes());
    }
    for sheet in sheets {
        hash.update([1]);
        hash.update(sheet);
    }
    hex::encode(hash.finalize())
}

/// Decides on every row and writes nothing but the result file.
async fn dry_run(parts: &DeskParts, table: &Arc<Table>, importer: &Importer, path: &Path) -> anyhow::Result<Checked> {
    let actor = Actor { account: importer.account, scope: importer.scope.clone() };
    // These kinds ask for no more than the right to import, which was asked for.
    let by = Acting { actor, origin: importer.origin.clone(), person: None };
    let (desk, tasks) = bags_work::open(parts);
    let work: Arc<dyn ImportWork> = import_work(parts.clone(), desk);
    let kinds: Arc<dyn ImportKinds> = work.clone();
    let mut check = Check::begin(&*work, table, by);
    let total = u64::try_from(check.checked.rows * table.kind.rounds).unwrap_or_default();
    let mut progress = Progress::new("trying", total);
    let from = From { round: 1, rows_done: 0, rows_max: ROWS_CHECKED_MAX, now: parts.clock.now() };
    let (mut steps, reader) = steps_of(table, from, &kinds);
    let (mut writer, mut done) = (None, 0);
    while let Some(step) = steps.recv().await {
        done += u64::try_from(step.rows_read).unwrap_or_default();
        for note in check.take(step).await? {
            let writer = match &mut writer {
                Some(writer) => writer,
                none => {
                    let file = BufWriter::new(File::create(path).with_context(|| unwritable(path))?);
                    none.insert(ResultWriter::begin(file, table.kind, Phase::Check)?)
                }
            };
            writer.row(&note, table.place(note.row_number)).with_context(|| unwritable(path))?;
        }
        progress.set(done);
    }
    progress.finish();
    reader.await??;
    writer.map(ResultWriter::finish).transpose()?;
    let checked = check.checked;
    drop((work, kinds));
    tasks.finish().await;
    Ok(checked)
}

fn tell_dry_run(checked: &Checked, result: &Path, is_asked: bool, started: Instant) -> anyhow::Result<()> {
    let counts = &checked.counts;
    if checked.is_cut {
        eprintln!("only the first {ROWS_CHECKED_MAX} rows were tried, as if the file ended there");
    }
    let told = (counts.refused > 0).then(|| result.display().to_string());
    let line = json!({
        "dry_run": true, "rows": checked.rows, "created": counts.created, "linked": counts.linked,
        "known": counts.known, "refused": counts.refused, "seconds": seconds(started), "result": told,
    });
    answer(&line.to_string())?;
    if let Some(path) = told {
        eprintln!("{} of {} rows would be refused; {path} says why", counts.refused, checked.rows);
    }
    ensure!(is_asked, "nothing was imported: all or nothing was asked for");
    Ok(())
}

fn seconds(started: Instant) -> f64 {
    (started.elapsed().as_secs_f64() * 1000.0).round() / 1000.0
}

/// Carries the import on, with its progress shown; the first interrupt stops it between two steps.
async fn work(site: &Site, parts: DeskParts, table: &Arc<Table>, begun: Import) -> anyhow::Result<Import> {
    if begun.has_begun() {
        eprintln!("this import was cut off before; it goes on from there");
    }
    let node = new_id(&*site.entropy, site.now()).to_string();
    let claimed = import::claim_one(&site.db, &begun.id, &node, site.now(), LEASE_US).await?;
    ensure!(claimed, "somebody is working on this import; if they were cut off, try again in half a minute");
    let (desk, tasks) = bags_work::open(&parts);
    let runner = import_runner(parts, desk, site.grants.clone(), node.as_str().into());
    let total = u64::try_from(table.rows * table.kind.rounds).unwrap_or_default();
    let mut progress = Progress::new("importing", total);
    let stopped = Arc::new(AtomicBool::new(false));
    let stop = Arc::clone(&stopped);
    let listener = tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            stop.store(true, Ordering::Relaxed);
        }
    });
    let mut watch = |now: &Import| {
        progress.set(u64::try_from(now.rows_done_in_all()).unwrap_or_default());
        if stopped.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let done = runner.run(begun.clone(), table, &mut watch).await;
    progress.finish();
    listener.abort();
    drop(runner);
    tasks.finish().await;
    import::release(&site.db, &begun.id, &node).await?;
    let done = done.context("the import was cut off; run the same command again to continue it")?;
    match done.state {
        ImportState::Done => Ok(done),
        ImportState::RolledBack => bail!("a row was refused, and all was taken back; `import list` shows it"),
        ImportState::Running => bail!("stopped; the same command goes on from there"),
        state => bail!("stopped: it is {} now; the same command goes on from there", state.name()),
    }
}

fn tell(done: &Import, rows: i64, result: Option<&Path>, started: Instant) -> anyhow::Result<()> {
    let result_text = result.map(|path| path.display().to_string());
    let counts = &done.counts;
    let line = json!({
        "rows": rows, "created": counts.created, "linked": counts.linked, "known": counts.known,
        "refused": counts.refused, "seconds": seconds(started), "result": result_text,
    });
    answer(&line.to_string())?;
    if let Some(path) = result_text {
        eprintln!("{} of {rows} rows were refused; {path} says why", counts.refused);
    }
    if counts.created + counts.linked + counts.known == 0 {
        bail!("nothing could be imported");
    }
    Ok(())
}
