//! Passes from files: how rows are read, tried, sold and taken back.
//!
//! Invariants: whoever brings a file in sells for the events that they see, and for no other; a row is a sale like any other,
//! with its places, its figures and its entry in the trail; a guest who has the
//! same pass already is counted as known and nothing happens; taking back removes only passes that nobody used or changed.

use std::sync::Arc;

use async_trait::async_trait;
use base_core::audit::Entry;
use base_core::entropy::{self, Entropy};
use base_core::file::FileKind;
use base_core::import::{ImportMode, ImportState};
use base_core::time::Clock;
use base_db::{Db, StoreError, Tx};
use base_desk::DeskError;
use base_files::import::{
    Acting, DryRun, ImportKinds, ImportWork, LabelText, OwnRows, ReadAs, RowReader, RunStep, TableRow, WouldBe,
};
use base_records::audit::{self, Record};
use base_records::import::{self, Figures, Import, Phase, RowNote, TakenBack};
use passes_rules::file::PASSES;
use passes_rules::permission::EVENT_READ_ALL;
use passes_store::event::{By, Seen};
use passes_store::sale::{self, NewPass};
use passes_store::{event, pass};
use serde_json::json;
use uuid::Builder;

use crate::guest_rows::{Became, GuestRow, WouldTake};

/// How many passes one step takes back.
const TAKEN_AT_ONCE: u32 = 500;
/// What taking back counts.
const FIGURES: [&str; 1] = ["passes"];
/// Why an import that is all or nothing takes itself back.
const ROW_REFUSED: &str = "row_refused";

/// The kind of files that this wing takes in.
pub fn import_kinds() -> Arc<dyn ImportKinds> {
    Arc::new(Kinds)
}

/// The same, with who makes the rows true.
pub fn import_work(db: &Db, clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Arc<dyn ImportWork> {
    Arc::new(Work { db: db.clone(), clock, entropy })
}

struct Kinds;

impl ImportKinds for Kinds {
    fn kinds(&self) -> Vec<&'static FileKind> {
        vec![&PASSES]
    }

    fn reader(&self, _: ReadAs) -> Box<dyn RowReader> {
        Box::new(Reader(Vec::new()))
    }

    fn label_text<'c>(&self, _: &FileKind, cells: &[&'c str]) -> LabelText<'c> {
        LabelText { cells: cells.iter().map(|cell| (*cell).into()).collect(), is_likely: false }
    }

    fn undone(&self, _: &FileKind) -> &'static [&'static str] {
        &FIGURES
    }
}

struct Reader(Vec<GuestRow>);

impl RowReader for Reader {
    fn read(&mut self, _: i64, row: TableRow<'_>) -> Result<bool, RowNote> {
        self.0.push(GuestRow::read(&row));
        Ok(true)
    }

    fn take(&mut self) -> OwnRows {
        Box::new(std::mem::take(&mut self.0))
    }
}

fn rows_of(rows: OwnRows) -> Vec<GuestRow> {
    *rows.downcast().expect("only rows that were read here are handed in")
}

/// The events that somebody sees who brings a file in.
fn seen_by(by: &Acting) -> Seen {
    match by.actor.account {
        Some(account) if !by.may(EVENT_READ_ALL) => Seen::Of(account),
        _ => Seen::All,
    }
}

/// What became of the rows of a step.
#[derive(Default)]
struct SoldRows {
    created: i64,
    /// What was paid for them, in rupees.
    amount: i64,
    known: i64,
    refused: Vec<RowNote>,
}

struct Work {
    db: Db,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

impl ImportKinds for Work {
    fn kinds(&self) -> Vec<&'static FileKind> {
        Kinds.kinds()
    }

    fn reader(&self, read_as: ReadAs) -> Box<dyn RowReader> {
        Kinds.reader(read_as)
    }

    fn label_text<'c>(&self, kind: &FileKind, cells: &[&'c str]) -> LabelText<'c> {
        Kinds.label_text(kind, cells)
    }

    fn undone(&self, kind: &FileKind) -> &'static [&'static str] {
        Kinds.undone(kind)
    }
}

#[async_trait]
impl ImportWork for Work {
    async fn run(&self, step: RunStep) -> Result<Import, DeskError> {
        self.sell_rows(step).await.map_err(|error| DeskError::Store(Arc::new(error)))
    }

    async fn take_back(&self, by: Acting, import_id: &str) -> Result<Import, DeskError> {
        self.take_some_back(&by, import_id).await.map_err(|error| DeskError::Store(Arc::new(error)))
    }

    fn dry_run(&self, _: &'static FileKind, by: Acting) -> Box<dyn DryRun> {
        Box::new(Trial { db: self.db.clone(), seen: seen_by(&by), would_take: WouldTake::default() })
    }
}

impl Work {
    async fn sell_rows(&self, step: RunStep) -> Result<Import, StoreError> {
        let RunStep { by: acting, before, rows, unreadable, rows_read, next_round } = step;
        let (rows, seen, origin) = (rows_of(rows), seen_by(&acting), acting.origin);
        let now = self.clock.now();
        let mut tx = self.db.write().await?;
        let Some(mut after) = import::lock(tx.conn(), &before.id).await? else { return Err(StoreError::Conflict) };
        let stands = (after.round, after.rows_done) == (before.round, before.rows_done);
        if !stands || after.state != ImportState::Running {
            return Ok(after);
        }
        let mut notes = unreadable;
        let sold = self.sell_each(&mut tx, (&rows, seen), &before.id, By { at: now, origin: &origin }).await?;
        after.counts.created += sold.created;
        after.counts.known += sold.known;
        notes.extend(sold.refused);
        after.counts.refused += i64::try_from(notes.len()).unwrap_or(i64::MAX);
        for note in &notes {
            after.outcomes.count(note);
        }
        after.updated_at = now;
        if after.mode == ImportMode::AllOrNothing && !notes.is_empty() {
            // What was sold in this step never becomes true; what earlier steps sold is taken back.
            tx.rollback().await?;
            tx = self.db.write().await?;
            let Some(current) = import::lock(tx.conn(), &before.id).await? else { return Err(StoreError::Conflict) };
            if current.state != ImportState::Running {
                return Ok(current);
            }
            let refused = after.counts.refused;
            after.state = ImportState::RollingBack;
            after.fault = Some(ROW_REFUSED.into());
            after.taken_back = Some(with_figures(TakenBack { is_automatic: true, ..TakenBack::default() }));
            after.counts = before.counts;
            after.counts.refused = refused;
            (after.work_done, after.work_total) = (0, after.counts.created);
        } else {
            let turns = next_round != before.round;
            after.round = next_round;
            after.rows_done = if turns { 0 } else { after.rows_done + rows_read };
            if after.round > PASSES.rounds {
                (after.state, after.finished_at) = (ImportState::Done, Some(now));
            }
        }
        import::put_rows(tx.conn(), &after.id, Phase::Run, &notes).await?;
        import::put(tx.conn(), &after).await?;
        let (counts, was) = (&after.counts, &before.counts);
        let entry = Entry::new("import_rows", "import", after.id.as_str()).with_after(&json!({
            "created": counts.created - was.created, "known": counts.known - was.known,
            "refused": counts.refused - was.refused, "state": after.state.name(),
        }));
        audit::insert(tx.conn(), &[Record { at: now, entry, origin: &origin }]).await?;
        let created = counts.created - was.created;
        tx.commit().await?;
        if created > 0 {
            passes_store::figures::sold(created.unsigned_abs(), sold.amount);
        }
        Ok(after)
    }

    async fn sell_each(
        &self,
        tx: &mut Tx,
        (rows, seen): (&[GuestRow], Seen),
        import: &str,
        by: By<'_>,
    ) -> Result<SoldRows, StoreError> {
        let events = event::selling(tx.conn(), seen).await?;
        let mut sold = SoldRows::default();
        for row in rows {
            let (event, details) = match row.ask(&events) {
                Ok(asked) => asked,
                Err(refused) => {
                    sold.refused.push(row.note(refused));
                    continue;
                }
            };
            let id = Builder::from_random_bytes(entropy::bytes(&*self.entropy)).into_uuid().to_string();
            let amount = event.details.prices.of(details.kind);
            let new = NewPass { id: &id, event: event.id, details: &details, amount };
            let known = pass::kind_of_guest(tx.conn(), event.id, &details).await?;
            let became = match known {
                Some(_) => Became::of(sale::Sold::Duplicate, details.kind, known),
                None => Became::of(sale::sell_in(tx, &new, Some(import), by).await?, details.kind, None),
            };
            match became {
                Became::Made => {
                    sold.created += 1;
                    sold.amount += amount;
                }
                Became::Known => sold.known += 1,
                Became::Refused(refused) => sold.refused.push(row.note(refused)),
            }
        }
        Ok(sold)
    }

    async fn take_some_back(&self, by: &Acting, import_id: &str) -> Result<Import, StoreError> {
        let origin = &by.origin;
        let now = self.clock.now();
        let mut tx = self.db.write().await?;
        let Some(mut after) = import::lock(tx.conn(), import_id).await? else { return Err(StoreError::Conflict) };
        if after.state != ImportState::RollingBack {
            return Ok(after);
        }
        let mut taken = with_figures(after.taken_back.clone().unwrap_or_default());
        let lines = pass::made_by(tx.conn(), import_id, &taken.after, TAKEN_AT_ONCE).await?;
        let own = event::may_scan(tx.conn(), seen_by(by)).await?;
        let (mut notes, mut given_back) = (Vec::new(), 0);
        for line in &lines {
            after.work_done += 1;
            if own.covers(line.event) && sale::take_back_in(&mut tx, line, By { at: now, origin }).await? {
                taken.figures.count(FIGURES[0]);
                given_back += line.amount;
                continue;
            }
            taken.kept += 1;
            let note = kept(taken.kept, &line.id);
            taken.outcomes.count(&note);
            notes.push(note);
        }
        import::put_rows(tx.conn(), &after.id, Phase::Back, &notes).await?;
        if let Some(last) = lines.last() {
            taken.after.clone_from(&last.id);
        }
        if lines.len() < TAKEN_AT_ONCE as usize {
            (after.state, after.finished_at) = (ImportState::RolledBack, Some(now));
        }
        let entry = Entry::new("import_taken_back", "import", after.id.as_str())
            .with_after(&json!({ "passes": taken.figures.get(FIGURES[0]), "kept": taken.kept }));
        (after.updated_at, after.taken_back) = (now, Some(taken));
        import::put(tx.conn(), &after).await?;
        audit::insert(tx.conn(), &[Record { at: now, entry, origin }]).await?;
        tx.commit().await?;
        passes_store::figures::given_back(given_back);
        Ok(after)
    }
}

fn with_figures(taken: TakenBack) -> TakenBack {
    if taken.figures.is_empty() { TakenBack { figures: Figures::none_of(&FIGURES), ..taken } } else { taken }
}

fn kept(number: i64, pass: &str) -> RowNote {
    RowNote {
        row_number: number,
        code: pass.to_owned(),
        outcome: "pass_used".into(),
        message: format!("{pass} was used or changed since, or its event is not yours any more; it stays."),
        cells: "[]".into(),
    }
}

/// A dry run: what its rows would have taken so far.
struct Trial {
    db: Db,
    seen: Seen,
    would_take: WouldTake,
}

#[async_trait]
impl DryRun for Trial {
    async fn decide(&mut self, rows: OwnRows) -> Result<WouldBe, StoreError> {
        let rows = rows_of(rows);
        let mut reader = self.db.read().await?;
        let events = event::selling(reader.conn(), self.seen).await?;
        let mut would_be = WouldBe::default();
        for row in &rows {
            let (event, details) = match row.ask(&events) {
                Ok(asked) => asked,
                Err(refused) => {
                    would_be.refused.push(row.note(refused));
                    continue;
                }
            };
            let known = pass::kind_of_guest(reader.conn(), event.id, &details).await?;
            match self.would_take.take(event, &details, known) {
                Became::Made => would_be.counts.created += 1,
                Became::Known => would_be.counts.known += 1,
                Became::Refused(refused) => would_be.refused.push(row.note(refused)),
            }
        }
        Ok(would_be)
    }
}
