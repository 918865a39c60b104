//! Bags from a file, through the desk and all its rules.
//!
//! Invariants: the file is looked through before anything is written; what was done is noted with the rows themselves,
//! so the same file goes on where it was left, and a finished one changes nothing.

mod result;
mod steps;
mod table;
#[cfg(test)]
mod tests;

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use sha2::{Digest, Sha256};
use tallyhouse_core::account::AccountId;
use tallyhouse_core::area::Scope;
use tallyhouse_core::audit::Origin;
use tallyhouse_core::scan::Actor;
use tallyhouse_desk::{Desk, DeskParts, ImportStep};
use tallyhouse_store::import::{self, Import};
use tokio::sync::mpsc;

pub use result::write as write_result;
pub use table::Table;

/// Steps that are read ahead while the desk works.
const STEPS_AHEAD: usize = 4;
/// The pass of an import that is done.
const FINISHED: i64 = 3;

/// Who imports, and what he may touch.
#[derive(Clone, Debug)]
pub struct Importer {
    /// The account; `None` is the system.
    pub account: Option<AccountId>,
    /// What he may see and touch; an area is given to every new bag.
    pub scope: Scope,
    /// The same for the audit trail.
    pub origin: Origin,
}

/// Begins the import of a file, or finds it where it was left.
pub async fn begin(parts: &DeskParts, table: &Table, path: &Path, importer: &Importer) -> anyhow::Result<Import> {
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    let mut tx = parts.db.write().await?;
    let now = parts.clock.now();
    let begun = import::begin(tx.conn(), &id(table, importer), &name, importer.account, now).await?;
    tx.commit().await?;
    Ok(begun)
}

/// True when every row of the file was decided.
pub fn is_finished(import: &Import) -> bool {
    import.pass >= FINISHED
}

/// How many rows of both passes are done.
pub fn rows_done(import: &Import, table: &Table) -> u64 {
    let done = (import.pass - 1) * table.rows + import.rows_done;
    u64::try_from(done).unwrap_or_default()
}

/// Carries an import on to its end, or until `watch`, which is told after each step, breaks off.
pub async fn carry_on(
    parts: &DeskParts,
    table: &Arc<Table>,
    importer: &Importer,
    mut import: Import,
    watch: &mut dyn FnMut(&Import) -> ControlFlow<()>,
) -> anyhow::Result<Import> {
    let (desk, tasks) = Desk::open(parts);
    let (sender, mut steps) = mpsc::channel(STEPS_AHEAD);
    let (reading, begun, now) = (Arc::clone(table), import.clone(), parts.clock.now());
    let reader = tokio::task::spawn_blocking(move || {
        steps::cut(&reading, &begun, now, &mut |step| match sender.blocking_send(step) {
            Ok(()) => ControlFlow::Continue(()),
            // Nobody takes steps any more: the import was broken off.
            Err(_) => ControlFlow::Break(()),
        })
    });
    while let Some(step) = steps.recv().await {
        let step = ImportStep {
            actor: Actor { account: importer.account, scope: importer.scope.clone() },
            origin: importer.origin.clone(),
            next_pass: import.pass + i64::from(step.is_last),
            before: import,
            rows: step.rows,
            unreadable: step.unreadable,
            rows_read: step.rows_read,
        };
        import = desk.import(step).await?;
        if watch(&import).is_break() {
            break;
        }
    }
    drop((steps, desk));
    tasks.finish().await;
    reader.await.context("the reader broke off")??;
    Ok(import)
}

/// The same file by the same person for the same area is the same import.
fn id(table: &Table, importer: &Importer) -> String {
    let mut hash = Sha256::new();
    hash.update(table.digest);
    hash.update(importer.account.unwrap_or(-1).to_le_bytes());
    hash.update(importer.scope.own_area().map_or("", |area| area.as_str()));
    hex::encode(hash.finalize())
}
