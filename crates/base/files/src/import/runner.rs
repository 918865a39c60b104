//! Who carries imports on: dry runs, runs and taking back, step by step, under the import's lease.
//!
//! Invariant: it may be dropped at any moment, between steps or within one. Whoever claims the import next goes on where
//! the last step that was committed has left it; a dry run, which writes nothing else, begins anew.

use std::ops::ControlFlow;
use std::sync::Arc;

use base_core::account::Actor;
use base_core::area::Scope;
use base_core::audit::Origin;
use base_core::import::ImportState;
use base_core::permission::{Grants, IMPORT_OWN, IMPORT_RUN};
use base_core::realm::Realm;
use base_core::time::{Clock, Moment, SECOND_US};
use base_db::{Db, StoreError};
use base_desk::DeskError;
use base_records::import::{Import, Phase};
use base_records::{account, import};
use base_sheet::read::{Book, Stop};

use super::check::{Check, ROWS_CHECKED_MAX};
use super::domain::{Acting, ImportKinds, ImportWork, RunStep};
use super::error::ImportError;
use super::mapping::Mapping;
use super::steps::{From, steps_of};
use super::table::Table;

/// How long an import is held without a sign of life, in microseconds. One whose node died is taken over after this time.
pub const LEASE_US: i64 = 30 * SECOND_US;
/// How long one import is carried on before others have their turn, in microseconds.
const SLICE_US: i64 = 120 * SECOND_US;

/// How long an import rests that has to wait for something, in microseconds.
const PUT_OFF_US: i64 = 10 * SECOND_US;

/// Is told after each step; breaks off where it wants.
pub type Watch<'w> = dyn FnMut(&Import) -> ControlFlow<()> + Send + 'w;

/// See the module's head. Cheap to clone.
#[derive(Clone)]
pub struct Runner {
    /// Where everything is kept.
    pub db: Db,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The wings that bring rows in.
    pub works: Arc<[Arc<dyn ImportWork>]>,
    /// Which role may do what.
    pub grants: Arc<Grants>,
    /// The name of this running program; no other has it.
    pub node: Arc<str>,
}

/// An import in our hands.
struct Held {
    import: Import,
    by: Acting,
    renewed_at: Moment,
}

impl Runner {
    /// Carries the import on that waits longest, for a while. False when none waits.
    pub async fn run_next(&self) -> Result<bool, ImportError> {
        let (db, now) = (&self.db, self.clock.now());
        let Some(import) = import::claim(db, &self.node, now, LEASE_US).await? else { return Ok(false) };
        let (id, clock) = (import.id.clone(), self.clock.clone());
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
        // What waits for something keeps no other import waiting.
        if matches!(ran, Err(ImportError::Desk(DeskError::Busy))) {
            import::put_off(db, &id, &self.node, self.clock.now().plus_us(PUT_OFF_US)).await?;
            return Ok(true);
        }
        import::release(db, &id, &self.node).await?;
        ran.map(|()| true)
    }

    async fn carry_on_stored(&self, import: Import, watch: &mut Watch<'_>) -> Result<Import, ImportError> {
        if import.state == ImportState::RollingBack {
            return self.roll_back(import, watch).await;
        }
        // Reading ends when nobody waits for this any more: the node closes, or has lost the import.
        let stop = Stop::default();
        let _asks = stop.ask_when_dropped();
        let table = Arc::new(self.stored_table(&import, stop).await?);
        match import.state {
            ImportState::Checking => self.check(import, &table).await,
            _ => self.run(import, &table, watch).await,
        }
    }

    /// The wing that knows files of a kind.
    fn work(&self, kind: &str) -> Result<Arc<dyn ImportWork>, ImportError> {
        let work = self.works.iter().find(|work| work.kind(kind).is_some());
        work.cloned().ok_or(ImportError::UnknownKind)
    }

    async fn stored_table(&self, import: &Import, stop: Stop) -> Result<Table, ImportError> {
        let content = import::read_file(&self.db, &import.id, import.file_bytes).await?;
        let content = content.ok_or(ImportError::FileGone)?;
        let kind = self.work(&import.kind)?.kind(&import.kind).ok_or(ImportError::UnknownKind)?;
        let mapping = Mapping::stored(&import.mapping);
        let sheet = import.sheet.and_then(|sheet| usize::try_from(sheet).ok());
        let open = move || Table::open(Book::of_bytes_until(content, stop)?, kind, sheet, &mapping);
        Ok(tokio::task::spawn_blocking(open).await??)
    }

    /// Notes why an import cannot go on.
    async fn fail(&self, id: &str, fault: &'static str) -> Result<(), StoreError> {
        let mut tx = self.db.write().await?;
        let Some(mut import) = import::lock(tx.conn(), id).await? else { return Ok(()) };
        if import.state.is_under_way() {
            let now = self.clock.now();
            (import.state, import.fault) = (ImportState::Failed, Some(fault.into()));
            (import.updated_at, import.finished_at) = (now, Some(now));
            import::put(tx.conn(), &import).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// Who acts, as they are now: somebody who lost their rights meanwhile imports nothing more.
    async fn hold(&self, import: Import) -> Result<Held, ImportError> {
        let (mut scope, mut acting) = (Scope::All, None);
        if let Some(id) = import.acting_id {
            let kind = self.work(&import.kind)?.kind(&import.kind).ok_or(ImportError::UnknownKind)?;
            let mut reader = self.db.read().await?;
            let person = account::person(reader.conn(), &self.grants, id).await?.ok_or(ImportError::NotAllowed)?;
            if !(person.may(IMPORT_RUN) || person.may(IMPORT_OWN)) || !person.may(kind.permission) {
                return Err(ImportError::NotAllowed);
            }
            scope = person.scope();
            acting = Some(person);
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
        let by = Acting { actor: Actor { account: import.acting_id, scope }, origin, person: acting };
        Ok(Held { import, by, renewed_at: self.clock.now() })
    }

    /// Stays in possession. False when somebody else has it by now.
    async fn keep(&self, held: &mut Held) -> Result<bool, StoreError> {
        let now = self.clock.now();
        if now.since_us(held.renewed_at) < LEASE_US / 3 {
            return Ok(true);
        }
        held.renewed_at = now;
        import::claim_one(&self.db, &held.import.id, &self.node, now, LEASE_US).await
    }

    /// Carries a run on to its end, or until `watch` breaks off or somebody stops it.
    pub async fn run(&self, import: Import, table: &Arc<Table>, watch: &mut Watch<'_>) -> Result<Import, ImportError> {
        let work = self.work(&import.kind)?;
        let mut held = self.hold(import).await?;
        held.import = self.note_total(held.import, table).await?;
        let from = From {
            round: held.import.round,
            rows_done: held.import.rows_done,
            rows_max: i64::MAX,
            now: self.clock.now(),
        };
        let kinds: Arc<dyn ImportKinds> = work.clone();
        let (mut steps, reader) = steps_of(table, from, &kinds);
        while let Some(step) = steps.recv().await {
            let before = held.import.clone();
            let (next_round, rows_read) = (before.round + i64::from(step.is_last), step.rows_read);
            let due = if step.is_last { (next_round, 0) } else { (next_round, before.rows_done + rows_read) };
            let step = RunStep {
                by: held.by.clone(),
                before,
                rows: step.rows,
                unreadable: step.unreadable,
                rows_read,
                next_round,
            };
            held.import = work.run(step).await?;
            let is_on = held.import.state == ImportState::Running && due == (held.import.round, held.import.rows_done);
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
        let mut tx = self.db.write().await?;
        let Some(mut import) = import::lock(tx.conn(), &import.id).await? else { return Ok(import) };
        import.rows_total = table.rows;
        import::put(tx.conn(), &import).await?;
        tx.commit().await?;
        Ok(import)
    }

    /// Runs a dry run from its beginning to its end, or until somebody stops it.
    pub async fn check(&self, import: Import, table: &Arc<Table>) -> Result<Import, ImportError> {
        let work = self.work(&import.kind)?;
        let mut held = self.hold(import).await?;
        let db = &self.db;
        import::forget_rows(db, &held.import.id, Phase::Check).await?;
        let mut check = Check::begin(&*work, table, held.by.clone());
        let work_total = check.checked.rows * table.kind.rounds;
        let from = From { round: 1, rows_done: 0, rows_max: ROWS_CHECKED_MAX, now: self.clock.now() };
        let kinds: Arc<dyn ImportKinds> = work.clone();
        let (mut steps, reader) = steps_of(table, from, &kinds);
        let mut work_done = 0;
        let mut rounds_left = table.kind.rounds;
        while let Some(step) = steps.recv().await {
            work_done += step.rows_read;
            rounds_left -= i64::from(step.is_last);
            let notes = check.take(step).await?;
            let mut tx = db.write().await?;
            let Some(mut import) = import::lock(tx.conn(), &held.import.id).await? else { break };
            held.import = import.clone();
            if import.state != ImportState::Checking {
                break;
            }
            import::put_rows(tx.conn(), &import.id, Phase::Check, &notes).await?;
            (import.work_done, import.work_total, import.rows_total) = (work_done, work_total, table.rows);
            import.updated_at = self.clock.now();
            if rounds_left == 0 {
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
        let work = self.work(&import.kind)?;
        let mut held = self.hold(import).await?;
        while held.import.state == ImportState::RollingBack {
            held.import = work.take_back(held.by.clone(), &held.import.id).await?;
            if watch(&held.import).is_break() || !self.keep(&mut held).await? {
                break;
            }
        }
        Ok(held.import)
    }
}
