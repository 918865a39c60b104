//! Imports that are there: what came of them, and taking one back.

use std::ops::ControlFlow;

use anyhow::{Context, ensure};
use base_core::entropy::new_id;
use base_core::import::ImportState;
use base_files::import::{LEASE_US, intake};
use base_records::import;
use base_records::import::Import;
use serde_json::json;

use super::super::{answer, time};
use super::Rollback;
use super::rows::importer;
use crate::config::Config;
use crate::progress::Progress;
use crate::site::Site;

/// Imports that are listed.
const LISTED: u32 = 50;

/// Lists the newest imports, one line each.
pub async fn list(config: Config) -> anyhow::Result<()> {
    let site = Site::open(config).await?;
    let mut reader = site.db.read().await?;
    let lines = import::list(reader.conn(), &import::SeenBy::default(), None, LISTED).await?;
    drop(reader);
    for line in lines {
        let import = &line.import;
        let row = json!({
            "id": import.id, "kind": import.kind, "state": import.state.name(), "file": import.file_name,
            "by": line.person, "at": time(Some(import.started_at.0)), "rows": import.rows_total,
            "created": import.counts.created, "linked": import.counts.linked, "known": import.counts.known,
            "refused": import.counts.refused,
        });
        answer(&row.to_string())?;
    }
    site.db.close().await;
    Ok(())
}

/// Takes an import back, here and now.
pub async fn roll_back(args: Rollback, config: Config) -> anyhow::Result<()> {
    let site = Site::open(config).await?;
    let importer = importer(&site, args.user.as_deref(), None).await?;
    let mut reader = site.db.read().await?;
    let found = import::find(reader.conn(), &args.id).await?;
    drop(reader);
    let mut import = found.with_context(|| format!("there is no import {:?}; `import list` names them", args.id))?;
    let node = new_id(&*site.entropy, site.now()).to_string();
    let claimed = import::claim_one(&site.db, &import.id, &node, site.now(), LEASE_US).await?;
    ensure!(claimed, "somebody is working on this import; cancel it first, or wait for it");
    if import.state != ImportState::RollingBack {
        import = intake::roll_back(&site.db, &import.id, &importer.origin, site.now()).await?;
    }
    let parts = site.desk_parts();
    let (desk, tasks) = bags_work::open(&parts);
    let runner = bags_work::import_runner(parts, desk, site.grants.clone(), node.as_str().into());
    let mut progress = Progress::new("rolling back", u64::try_from(import.work_total).unwrap_or_default());
    let mut watch = |now: &Import| {
        progress.set(u64::try_from(now.work_done).unwrap_or_default());
        ControlFlow::Continue(())
    };
    let done = runner.roll_back(import, &mut watch).await;
    progress.finish();
    drop(runner);
    tasks.finish().await;
    let done = done.context("the rollback was cut off; run the same command again to continue it")?;
    import::release(&site.db, &done.id, &node).await?;
    site.db.close().await;
    let taken = done.taken_back.unwrap_or_default();
    let figure = |name| taken.figures.get(name);
    let line = json!({
        "state": done.state.name(), "bags": figure("bags"), "links": figure("links"), "bills": figure("bills"),
        "bill_links": figure("bill_links"), "restored": figure("restored"), "kept": taken.kept,
    });
    answer(&line.to_string())
}
