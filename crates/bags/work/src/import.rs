//! A step of an import: rows that become true together with the note of how far the import has come.
//!
//! Rows obey the same rules as scans, decided by the same function. They are no scans: nobody held a scanner, so no
//! scan is kept and none is counted; the bags and links carry the import's id, and one audit entry stands for the step.

use std::borrow::Cow;

use bags_rules::import::{Became, ImportKind, Origin as FileOrigin, intent_of, name_of, take_row};
use bags_rules::intent::Intent;
use bags_rules::loaded::Loaded;
use bags_rules::outcome::Answer;
use bags_rules::scan::{Action, Scan};
use bags_store::{loaded, made};
use base_core::account::{Actor, Asked};
use base_core::area::{Area, Scope};
use base_core::audit::{Entry, Origin};
use base_core::import::{ImportMode, ImportState};
use base_core::time::Moment;
use base_db::StoreError;
use base_desk::LaneParts;
use base_records::audit::Record;
use base_records::import;
use base_records::import::{Import, Phase, RowNote, TakenBack};

use crate::bags::{Bags, Phrase};
use crate::rows::StepRows;
use crate::take_back::with_figures;

/// Why an import that is all or nothing takes itself back.
const ROW_REFUSED: &str = "row_refused";

/// One row of the file.
#[derive(Clone, Debug)]
pub struct ImportRow {
    /// Its number in the file; the header is row 1.
    pub row_number: i64,
    /// What it asks for. The scan id is not used.
    pub scan: Scan,
    /// It only makes what the row after it needs: a refusal is told of that one.
    pub is_for_next: bool,
    /// Where the file comes from.
    pub origin: FileOrigin,
    /// The area that it names for a new bag.
    pub area: Option<Area>,
}

impl ImportRow {
    /// What it asks for.
    pub fn intent(&self, kind: ImportKind) -> Intent {
        intent_of(self.origin, kind, &self.scan)
    }

    /// Who asks for it: a new bag goes into the area that its row names, within what the person may touch. A child in a
    /// parent is where that is.
    pub fn actor<'a>(&self, actor: &'a Actor, intent: &Intent, loaded: &Loaded) -> Cow<'a, Actor> {
        let is_new = match intent {
            Intent::ChooseParent(code) | Intent::Bring { code, parent: None, .. } => loaded.bag(code).is_none(),
            _ => false,
        };
        match &self.area {
            Some(area) if is_new => {
                let scope = if actor.scope.covers(Some(area)) { Scope::Area(area.clone()) } else { Scope::Nothing };
                Cow::Owned(Actor { account: actor.account, scope })
            }
            _ => Cow::Borrowed(actor),
        }
    }
}

/// Some rows, and where the import stood before them.
#[derive(Clone, Debug)]
pub struct ImportStep {
    /// Who imports, and what they may touch.
    pub actor: Actor,
    /// The same for the audit trail.
    pub origin: Origin,
    /// Where the import stands in the database.
    pub before: Import,
    /// The rows.
    pub rows: Vec<ImportRow>,
    /// Rows among them that say nothing the rules could decide on, with the reason: no known type, for example.
    pub unreadable: Vec<RowNote>,
    /// How many rows of the file these are, counting those that this round leaves out.
    pub rows_read: i64,
    /// The round that comes next; the same as before, except on the last step of a round.
    pub next_round: i64,
}

/// Runs one step in one transaction and gives the import as it stands then. When it does not run any more, or stands
/// elsewhere than the step believes, nothing is written: somebody stopped it, carries it on, or this very step was
/// committed though its answer got lost.
pub async fn run(bags: &Bags, lane: LaneParts<'_>, step: &ImportStep) -> Result<Import, StoreError> {
    let unreadable = || StoreError::Unreadable { what: "kind of import", value: step.before.kind.clone() };
    let kind = ImportKind::parse(&step.before.kind).ok_or_else(unreadable)?;
    let intents: Vec<Intent> = step.rows.iter().map(|row| row.intent(kind)).collect();
    let (mut tx, mut loaded) = loaded::open(lane.db, intents.iter(), None).await?;
    let started = lane.clock.now();
    let Some(current) = import::lock(tx.conn(), &step.before.id).await? else { return Err(StoreError::Conflict) };
    let stands = (current.round, current.rows_done) == (step.before.round, step.before.rows_done);
    if !stands || current.state != ImportState::Running {
        return Ok(current);
    }
    let mut work = Work { bags, step, kind, import: current, notes: step.unreadable.clone() };
    work.decide_rows(&intents, &mut loaded, started);
    let Work { import: mut after, notes, .. } = work;
    after.updated_at = started;
    if after.mode == ImportMode::AllOrNothing && !notes.is_empty() {
        after.state = ImportState::RollingBack;
        after.fault = Some(ROW_REFUSED.into());
        after.taken_back = Some(with_figures(TakenBack { is_automatic: true, ..TakenBack::default() }));
        after.counts = step.before.counts;
        after.counts.refused += i64::try_from(notes.len()).unwrap_or(i64::MAX);
        (after.work_done, after.work_total) = (0, after.counts.created + after.counts.linked);
        // What was decided never becomes true.
        loaded = Loaded::default();
    } else {
        let turns = step.next_round != step.before.round;
        after.round = step.next_round;
        after.rows_done = if turns { 0 } else { after.rows_done + step.rows_read };
        made::note_changes(tx.conn(), &loaded, &after.id).await?;
        if after.round > kind.rounds() {
            (after.state, after.finished_at) = (ImportState::Done, Some(started));
        }
    }
    import::put_rows(tx.conn(), &after.id, Phase::Run, &notes).await?;
    import::put(tx.conn(), &after).await?;
    let entries = entries(step, &after);
    let record = |entry| Record { at: started, entry, origin: &step.origin };
    let records: Vec<Record<'_>> = entries.into_iter().map(record).collect();
    let (at, import_id, shard) = (started, Some(after.id.as_str()), lane.shard);
    StepRows { loaded: &loaded, audit: &records, at, import_id, shard }.write(tx.conn()).await?;
    tx.commit().await?;
    Ok(after)
}

fn entries(step: &ImportStep, after: &Import) -> Vec<Entry> {
    let (counts, before) = (&after.counts, &step.before.counts);
    let rows = Entry::new("import_rows", "import", after.id.as_str()).with_after(&serde_json::json!({
        "pass": step.before.round, "from_row": step.rows.first().map(|row| row.row_number),
        "to_row": step.rows.last().map(|row| row.row_number), "created": counts.created - before.created,
        "linked": counts.linked - before.linked, "known": counts.known - before.known,
        "refused": counts.refused - before.refused,
    }));
    let mut entries = vec![rows];
    if after.state != ImportState::Running {
        entries.push(Entry::new("import_finished", "import", after.id.as_str()).with_after(&serde_json::json!({
            "state": after.state.name(), "fault": after.fault, "created": counts.created, "linked": counts.linked,
            "known": counts.known, "refused": counts.refused,
        })));
    }
    entries
}

/// A step under way.
struct Work<'w> {
    bags: &'w Bags,
    step: &'w ImportStep,
    kind: ImportKind,
    /// As it stands after the rows so far.
    import: Import,
    notes: Vec<RowNote>,
}

impl Work<'_> {
    /// Decides the rows one after another, and counts what became of them.
    fn decide_rows(&mut self, intents: &[Intent], loaded: &mut Loaded, started: Moment) {
        let Bags { rules, phrase, .. } = self.bags;
        let (kind, counts) = (self.kind, &mut self.import.counts);
        let mut now = started;
        for (row, intent) in self.step.rows.iter().zip(intents) {
            now = now.plus_us(1);
            let actor = row.actor(&self.step.actor, intent, loaded);
            let asked = Asked { actor: &actor, id: row.scan.id, now };
            let (decision, became) = take_row(loaded, intent, asked, rules);
            match became {
                Became::Made { created, linked } => {
                    counts.created += created;
                    counts.linked += linked;
                }
                Became::Known | Became::Refused if row.is_for_next => {}
                Became::Known => counts.known += 1,
                Became::Refused => self.notes.push(note_of(kind, row, &decision.answer, phrase)),
            }
        }
        counts.refused += i64::try_from(self.notes.len()).unwrap_or(i64::MAX);
        for note in &self.notes {
            self.import.outcomes.count(note);
        }
    }
}

/// A refused row, as the result tells of it.
pub fn note_of(kind: ImportKind, row: &ImportRow, answer: &Answer, phrase: &Phrase) -> RowNote {
    RowNote {
        row_number: row.row_number,
        code: name_of(&row.scan),
        outcome: answer.outcome.code().into(),
        message: phrase(answer).unwrap_or_default(),
        cells: cells_of(kind, row),
    }
}

/// What was read from the columns that count. Made again from what was asked: most rows are never refused, and none pays for
/// keeping its texts.
fn cells_of(kind: ImportKind, row: &ImportRow) -> String {
    let scan = &row.scan;
    let parent = scan.parent.as_deref().unwrap_or_default();
    let bill = scan.bill.as_deref().unwrap_or_default();
    let cells = match kind {
        ImportKind::Bags => {
            let kind = if scan.action == Action::Parent { "parent" } else { "child" };
            let area = row.area.as_ref().map(Area::title).unwrap_or_default();
            vec![scan.code.clone(), kind.into(), area, parent.into()]
        }
        ImportKind::Children => vec![scan.code.clone(), parent.into()],
        ImportKind::Parents => vec![scan.code.clone(), bill.into()],
        ImportKind::Bills => {
            let details = scan.details.as_deref().cloned().unwrap_or_default();
            let capacity = details.capacity.map(|capacity| capacity.to_string());
            let mut cells = vec![bill.into(), details.description.unwrap_or_default(), capacity.unwrap_or_default()];
            if details.destination.is_some() || details.vehicle_number.is_some() {
                // The expected weight stands between them, and is not kept.
                let transport = [details.destination, details.vehicle_number].map(Option::unwrap_or_default);
                cells.push(String::new());
                cells.extend(transport);
            }
            cells
        }
    };
    import::cells_text(cells.iter().map(String::as_str))
}
