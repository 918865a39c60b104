//! A step of an import: rows that become true together with the note of how far the import has come.
//!
//! Rows obey the same rules as scans, decided by the same function. They are no scans: nobody held a scanner, so no
//! scan is kept and none is counted; the bags and links carry the import's id, and one audit entry stands for the step.

use tallyhouse_core::audit::{Entry, Origin};
use tallyhouse_core::change::Stamp;
use tallyhouse_core::counter::Deltas;
use tallyhouse_core::decide;
use tallyhouse_core::floor::Floor;
use tallyhouse_core::intent::Intent;
use tallyhouse_core::outcome::Outcome;
use tallyhouse_core::scan::{Actor, Asked, Scan};
use tallyhouse_core::time::Moment;
use tallyhouse_store::audit::{KnownOrigins, Record};
use tallyhouse_store::floor::Gathered;
use tallyhouse_store::import::{Import, Refusal};
use tallyhouse_store::{StoreError, audit, floor, import};

use crate::DeskParts;

/// Pass 1 registers parents, pass 2 links children.
const LAST_PASS: i64 = 2;

/// One row of the file.
#[derive(Clone, Debug)]
pub struct ImportRow {
    /// Its number in the file; the header is row 1.
    pub row_number: i64,
    /// What it asks for. The scan id is not used.
    pub scan: Scan,
}

/// Some rows, and where the import stood before them.
#[derive(Clone, Debug)]
pub struct ImportStep {
    /// Who imports, and what he may touch.
    pub actor: Actor,
    /// The same for the audit trail.
    pub origin: Origin,
    /// Where the import stands in the database.
    pub before: Import,
    /// The rows.
    pub rows: Vec<ImportRow>,
    /// Rows among them that say nothing the rules could decide on, with the reason: no known type, for example.
    pub unreadable: Vec<Refusal>,
    /// How many rows of the file these are, counting those that this pass passes over.
    pub rows_read: i64,
    /// The pass that comes next; the same as before, except on the last step of a pass.
    pub next_pass: i64,
}

/// Runs one step in one transaction.
pub async fn run(parts: &DeskParts, shard: i64, step: &ImportStep) -> Result<Import, StoreError> {
    let intents: Vec<Intent> = step.rows.iter().map(|row| row.scan.intent()).collect();
    let (mut tx, mut floor) = floor::open(&parts.db, intents.iter(), None).await?;
    let started = parts.clock.now();
    let (mut after, refusals) = decide_rows(parts, step, &intents, (&mut floor, started));
    let turns = step.next_pass != step.before.pass;
    after.pass = step.next_pass;
    after.rows_done = if turns { 0 } else { after.rows_done + step.rows_read };
    let finished_at = (after.pass > LAST_PASS).then_some(started);
    import::advance(tx.conn(), &step.before, &after, &refusals, finished_at).await?;
    let entry = Entry::new("import_rows", "import", after.id.as_str()).with_after(&serde_json::json!({
        "pass": step.before.pass, "from_row": step.rows.first().map(|row| row.row_number),
        "to_row": step.rows.last().map(|row| row.row_number), "created": after.created - step.before.created,
        "linked": after.linked - step.before.linked, "known": after.known - step.before.known,
        "refused": after.refused - step.before.refused,
    }));
    let audit = [Record { at: started, entry, origin: &step.origin }];
    audit::offer_origins(tx.conn(), &audit, &KnownOrigins::default()).await?;
    let deltas = Deltas::of_floor(&floor);
    let gathered = Gathered { scans: &[], audit: &audit, places: &[], people: &[], deltas: &deltas, shard };
    floor::write(tx.conn(), &floor, started, Some(&after.id), gathered).await?;
    tx.commit().await?;
    Ok(after)
}

/// Decides the rows one after another on the floor, and counts what became of them.
fn decide_rows(
    parts: &DeskParts,
    step: &ImportStep,
    intents: &[Intent],
    (floor, started): (&mut Floor, Moment),
) -> (Import, Vec<Refusal>) {
    let mut after = step.before.clone();
    let mut refusals = step.unreadable.clone();
    after.refused += i64::try_from(refusals.len()).unwrap_or(i64::MAX);
    let mut now = started;
    for (row, intent) in step.rows.iter().zip(intents) {
        now = now.plus_us(1);
        let asked = Asked { actor: &step.actor, id: row.scan.id, now };
        let mut decision = decide(floor, intent, asked, &parts.rules);
        let new_child = matches!(intent, Intent::Link { child, .. } if floor.bag(child).is_none());
        if let Some(change) = &decision.change {
            floor.apply(change, Stamp { at: now, by: step.actor.account, scan_id: None }, &parts.rules);
        }
        match decision.answer.outcome {
            Outcome::ParentCreated | Outcome::Registered => after.created += 1,
            Outcome::Linked => {
                after.linked += 1;
                after.created += i64::from(new_child);
            }
            Outcome::ParentSelected | Outcome::Duplicate => after.known += 1,
            outcome => {
                after.refused += 1;
                decision.with_facts(floor, &parts.rules);
                refusals.push(Refusal {
                    row_number: row.row_number,
                    code: tallyhouse_core::code::readable(&row.scan.code),
                    outcome: outcome.code().into(),
                    message: (parts.phrase)(&decision.answer).unwrap_or_default(),
                });
            }
        }
    }
    (after, refusals)
}
