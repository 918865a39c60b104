//! Who carries imports on: dry runs, runs and roll backs, step by step, under the import's lease.
//!
//! Invariant: it may be dropped at any moment, between steps or within one. Whoever claims the import next goes on where
//! the last step that was committed has left it; a dry run, which writes nothing else, begins anew.

use std::ops::ControlFlow;
use std::sync::Arc;

use bags_rules::import::ImportState;
use bags_store::import;
use bags_store::import::{Import, Phase};
use bags_work::{Desk, DeskParts, ImportStep, Step, TakeBackStep};
use base_core::account::Actor;
use base_core::area::Scope;
use base_core::audit::Origin;
use base_core::permission::{Grants, IMPORT_RUN};
use base_core::realm::Realm;
use base_core::time::{Moment, SECOND_US};
use base_db::{Cause, StoreError};
use base_desk::DeskError;
use base_records::account;
use base_sheet::read::Book;

use crate::check::{Check, ROWS_CHECKED_MAX};
use crate::steps::{From, steps_of};
use crate::table::{Mapping, Table, TableFault};

/// How long an import is held without a sign of life, in microseconds. One whose node died is taken over after this time.
pub const LEASE_US: i64 = 30 * SECOND_US;
/// How long one import is carried on before others have their turn, in microseconds.
const SLICE_US: i64 = 120 * SECOND_US;

/// Why an import stopped. What was committed stays committed.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The database.
    #[error("the import could not be written")]
    Store(#[from] StoreError),
    /// The desk.
    #[error("the import could not be handed in at the desk")]
    Desk(#[from] DeskError),
    /// The file.
    #[error("the file cannot be read")]
    Table(#[from] TableFault),
    /// The file is not here.
    #[error("the file of this import is not here any more; bring it in again")]
    FileGone,
    /// Who asked for it may not, or not any more.
    #[error("whoever asked for this import may not import")]
    NotAllowed,
    /// The thread that reads has ended badly.
    #[error("the reader of the file broke off")]
    Reader(#[from] tokio::task::JoinError),
}

impl ImportError {
    /// The stable code where the import itself is at fault and trying again would not help.
    fn fault(&self) -> Option<&'static str> {
        match self {
            Self::Table(fault) => Some(fault.code()),
            Self::FileGone => Some("file_gone"),
            Self::NotAllowed => Some("not_allowed"),
            Self::Store(_) | Self::Desk(_) | Self::Reader(_) => self.is_ours().then_some("internal"),
        }
    }

    /// True where the program is at fault: the import must not be tried for ever as if that would pass.
    fn is_ours(&self) -> bool {
        match self {
            Self::Reader(ended) => ended.is_panic(),
            error => Cause::behind(error) == Some(Cause::Ours),
        }
    }
}

/// Is told after each step; breaks off where it wants.
pub type Watch<'w> = dyn FnMut(&Import) -> ControlFlow<()> + Send + 'w;

/// See the module's head. Cheap to clone.
#[derive(Clone)]
pub struct Runner {
    /// What the desk is made of.
    pub parts: DeskParts,
    /// The desk.
    pub desk: Desk,
    /// Which role may do what.
    pub grants: Arc<Grants>,
    /// The name of this running program; no other has it.
    pub node: Arc<str>,
}

/// An import in our hands.
struct Held {
    import: Import,
    actor: Actor,
    origin: Origin,
    renewed_at: Moment,
}

impl Runner {
    /// Carries the import on that waits longest, for a while. False when none waits.
    pub async fn run_next(&self) -> Result<bool, ImportError> {
        let (db, now) = (&self.parts.db, self.parts.clock.now());
        let Some(import) = import::claim(db, &self.node, now, LEASE_US).await? else { return Ok(false) };
        let (id, clock) = (import.id.clone(), self.parts.clock.clone());
        let mut watch = move |_: &Import| {
            let is_over = clock.now().since_us(now) > SLICE_US;
            if is_over { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let ran = self.carry_on_stored(import, &mut watch).await;
        let ran = match ran {
            Err(error) => match error.fault() {
                Some(fault) => {
                    let failed = self.fail(&id, fault).await.map_err(ImportError::from);
                    if failed.is_ok() && error.is_ours() {
                        let error = &error as &dyn std::error::Error;
                        tracing::error!(error, import.id = id, "an import failed by our fault");
                    }
                    failed
                }
                None => Err(error),
            },
            Ok(_) => Ok(()),
        };
        import::release(db, &id, &self.node).await?;
        ran.map(|()| true)
    }

    async fn carry_on_stored(&self, import: Import, watch: &mut Watch<'_>) -> Result<Import, ImportError> {
        if import.state == ImportState::RollingBack {
            return self.roll_back(import, watch).await;
        }
        let table = Arc::new(self.stored_table(&import).await?);
        match import.state {
            ImportState::Checking => self.check(import, &table).await,
            _ => self.run(import, &table, watch).await,
        }
    }

    async fn stored_table(&self, import: &Import) -> Result<Table, ImportError> {
        let content = import::read_file(&self.parts.db, &import.id, import.file_bytes).await?;
        let content = content.ok_or(ImportError::FileGone)?;
        let (kind, mapping) = (import.kind, Mapping::stored(&import.mapping));
        let sheet = import.sheet.and_then(|sheet| usize::try_from(sheet).ok());
        let open = move || Table::open(Book::of_bytes(content)?, kind, sheet, &mapping);
        Ok(tokio::task::spawn_blocking(open).await??)
    }

    /// Notes why an import cannot go on.
    async fn fail(&self, id: &str, fault: &'static str) -> Result<(), StoreError> {
        let mut tx = self.parts.db.write().await?;
        let Some(mut import) = import::lock(tx.conn(), id).await? else { return Ok(()) };
        if import.state.is_under_way() {
            let now = self.parts.clock.now();
            (import.state, import.fault) = (ImportState::Failed, Some(fault.into()));
            (import.updated_at, import.finished_at) = (now, Some(now));
            import::put(tx.conn(), &import).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// Who acts, as they are now: somebody who lost their rights meanwhile imports nothing more.
    async fn hold(&self, import: Import) -> Result<Held, ImportError> {
        let mut scope = Scope::All;
        if let Some(id) = import.acting_id {
            let mut reader = self.parts.db.read().await?;
            let person = account::person(reader.conn(), &self.grants, id).await?.ok_or(ImportError::NotAllowed)?;
            if !person.may(IMPORT_RUN) {
                return Err(ImportError::NotAllowed);
            }
            scope = person.scope();
        }
        if let Some(area) = &import.area {
            if !scope.covers(Some(area)) {
                return Err(ImportError::NotAllowed);
            }
            scope = Scope::Area(area.clone());
        }
        let origin = Origin {
            realm: Realm::Staff,
            actor: import.acting_id,
            address: import.address.clone(),
            agent: import.agent.clone(),
            request_id: import.request_id.clone(),
            station: None,
        };
        let actor = Actor { account: import.acting_id, scope };
        Ok(Held { import, actor, origin, renewed_at: self.parts.clock.now() })
    }

    /// Stays in possession. False when somebody else has it by now.
    async fn keep(&self, held: &mut Held) -> Result<bool, StoreError> {
        let now = self.parts.clock.now();
        if now.since_us(held.renewed_at) < LEASE_US / 3 {
            return Ok(true);
        }
        held.renewed_at = now;
        import::claim_one(&self.parts.db, &held.import.id, &self.node, now, LEASE_US).await
    }

    /// Carries a run on to its end, or until `watch` breaks off or somebody stops it.
    pub async fn run(&self, import: Import, table: &Arc<Table>, watch: &mut Watch<'_>) -> Result<Import, ImportError> {
        let mut held = self.hold(import).await?;
        held.import = self.note_total(held.import, table).await?;
        let from = From {
            pass: held.import.pass,
            rows_done: held.import.rows_done,
            rows_max: i64::MAX,
            now: self.parts.clock.now(),
        };
        let (mut steps, reader) = steps_of(table, from, &self.parts.rules);
        while let Some(step) = steps.recv().await {
            let before = held.import.clone();
            let (next_pass, rows_read) = (before.pass + i64::from(step.is_last), step.rows_read);
            let due = if step.is_last { (next_pass, 0) } else { (next_pass, before.rows_done + rows_read) };
            let step = ImportStep {
                actor: held.actor.clone(),
                origin: held.origin.clone(),
                before,
                rows: step.rows,
                unreadable: step.unreadable,
                rows_read,
                next_pass,
            };
            held.import = self.desk.step(Step::Import(Box::new(step))).await?;
            let is_on = held.import.state == ImportState::Running && due == (held.import.pass, held.import.rows_done);
            if !is_on || watch(&held.import).is_break() || !self.keep(&mut held).await? {
                break;
            }
        }
        drop(steps);
        reader.await??;
        if held.import.state == ImportState::RollingBack {
            return self.roll_back(held.import, watch).await;
        }
        Ok(held.import)
    }

    async fn note_total(&self, import: Import, table: &Table) -> Result<Import, StoreError> {
        if import.rows_total == table.rows {
            return Ok(import);
        }
        let mut tx = self.parts.db.write().await?;
        let Some(mut import) = import::lock(tx.conn(), &import.id).await? else { return Ok(import) };
        import.rows_total = table.rows;
        import::put(tx.conn(), &import).await?;
        tx.commit().await?;
        Ok(import)
    }

    /// Runs a dry run from its beginning to its end, or until somebody stops it.
    pub async fn check(&self, import: Import, table: &Arc<Table>) -> Result<Import, ImportError> {
        let mut held = self.hold(import).await?;
        let db = &self.parts.db;
        import::forget_rows(db, &held.import.id, Phase::Check).await?;
        let mut check = Check::begin(&self.parts, table, held.actor.clone());
        let work_total = check.checked.rows * table.kind.passes();
        let from = From { pass: 1, rows_done: 0, rows_max: ROWS_CHECKED_MAX, now: self.parts.clock.now() };
        let (mut steps, reader) = steps_of(table, from, &self.parts.rules);
        let mut work_done = 0;
        let mut passes_left = table.kind.passes();
        while let Some(step) = steps.recv().await {
            work_done += step.rows_read;
            passes_left -= i64::from(step.is_last);
            let notes = check.take(step).await?;
            let mut tx = db.write().await?;
            let Some(mut import) = import::lock(tx.conn(), &held.import.id).await? else { break };
            held.import = import.clone();
            if import.state != ImportState::Checking {
                break;
            }
            import::put_rows(tx.conn(), &import.id, Phase::Check, &notes).await?;
            (import.work_done, import.work_total, import.rows_total) = (work_done, work_total, table.rows);
            import.updated_at = self.parts.clock.now();
            if passes_left == 0 {
                (import.state, import.checked) = (ImportState::Checked, Some(check.checked.clone()));
            }
            import::put(tx.conn(), &import).await?;
            tx.commit().await?;
            held.import = import;
            if !self.keep(&mut held).await? {
                break;
            }
        }
        drop(steps);
        reader.await??;
        Ok(held.import)
    }

    /// Takes back what an import made, to the end, or until `watch` breaks off or somebody stops it.
    pub async fn roll_back(&self, import: Import, watch: &mut Watch<'_>) -> Result<Import, ImportError> {
        let mut held = self.hold(import).await?;
        while held.import.state == ImportState::RollingBack {
            let step = TakeBackStep {
                actor: held.actor.clone(),
                origin: held.origin.clone(),
                import_id: held.import.id.clone(),
            };
            held.import = self.desk.step(Step::TakeBack(step)).await?;
            if watch(&held.import).is_break() || !self.keep(&mut held).await? {
                break;
            }
        }
        Ok(held.import)
    }
}
