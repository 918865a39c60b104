//! A step of a rollback: what an import made is removed, decided by the same rules as when a person removes it.
//!
//! Invariant: only what still is as the import made it is removed; what stays is noted with the reason. Everything is
//! checked once more after it is locked.

use std::collections::{HashMap, HashSet};

use bags_rules::bill::BillNumber;
use bags_rules::change::Stamp;
use bags_rules::code::Code;
use bags_rules::intent::{BillIntent, Intent, Restore};
use bags_rules::loaded::Loaded;
use bags_rules::outcome::{Answer, Outcome};
use bags_rules::{Facts, decide};
use bags_store::loaded;
use bags_store::made::{Made, MadePage, made_after, scanned_since, still_linked};
use base_core::account::{Actor, Asked};
use base_core::audit::{Entry, Origin};
use base_core::import::ImportState;
use base_core::time::Moment;
use base_db::{Conn, StoreError};
use base_desk::LaneParts;
use base_records::audit::Record;
use base_records::import;
use base_records::import::{Figures, Import, Phase, RowNote, TakenBack};
use uuid::Uuid;

use crate::bags::Bags;
use crate::rows::StepRows;

/// How many things one step takes back.
pub const TAKEN_AT_ONCE: u32 = 1000;

/// What a rollback counts: parents taken off bills, children taken out of parents, bills and bags removed, and bags and
/// bills that are again what they were.
pub(crate) const FIGURES: [&str; 5] = ["bill_links", "links", "bills", "bags", "restored"];

/// The same with everything counted that taking back counts here, if only 0 so far.
pub fn with_figures(taken: TakenBack) -> TakenBack {
    if taken.figures.is_empty() { TakenBack { figures: Figures::none_of(&FIGURES), ..taken } } else { taken }
}

/// Who takes back what.
#[derive(Clone, Debug)]
pub struct TakeBackStep {
    /// Who has it taken back, and what they may touch.
    pub actor: Actor,
    /// The same for the audit trail.
    pub origin: Origin,
    /// The import.
    pub import_id: String,
}

/// One thing to take back.
struct Thing {
    name: String,
    intent: Intent,
}

/// Runs one step in one transaction and gives the import as it stands then. One that is not being taken back any more,
/// or stands elsewhere by now, is given back as it is.
pub async fn run(bags: &Bags, lane: LaneParts<'_>, step: &TakeBackStep) -> Result<Import, StoreError> {
    let mut reader = lane.db.read().await?;
    let Some(seen) = import::find(reader.conn(), &step.import_id).await? else { return Err(StoreError::Conflict) };
    let taken = with_figures(seen.taken_back.clone().unwrap_or_default());
    let made = Made::ALL.get(usize::from(taken.phase)).copied();
    let page = match made {
        Some(made) => made_after(reader.conn(), &seen.id, made, &taken.after, TAKEN_AT_ONCE).await?,
        None => MadePage::default(),
    };
    drop(reader);
    let things = made.map(|made| things(made, &page)).unwrap_or_default();
    let (mut tx, mut loaded) = loaded::open(lane.db, things.iter().map(|thing| &thing.intent), None).await?;
    let now = lane.clock.now();
    let Some(mut after) = import::lock(tx.conn(), &seen.id).await? else { return Err(StoreError::Conflict) };
    if after.state != ImportState::RollingBack || after.taken_back != seen.taken_back {
        return Ok(after);
    }
    let mut work = Work { bags, step, now, taken, notes: Vec::new() };
    if let Some(made) = made {
        let still = work.still_as_made(tx.conn(), made, &page, &after).await?;
        work.take(made, &things, &still, &mut loaded);
        import::put_rows(tx.conn(), &after.id, Phase::Back, &work.notes).await?;
        after.work_done += i64::try_from(things.len()).unwrap_or_default();
    }
    let Work { mut taken, notes, .. } = work;
    if let Some(next) = page.next {
        taken.after = next;
    } else {
        (taken.phase, taken.after) = (taken.phase + 1, String::new());
    }
    let is_done = usize::from(taken.phase) >= Made::ALL.len();
    if is_done {
        (after.state, after.finished_at) = (ImportState::RolledBack, Some(now));
    }
    let entries = Told { import: &after, taken: &taken, things: things.len(), kept: notes.len(), is_done }.entries();
    (after.updated_at, after.taken_back) = (now, Some(taken));
    import::put(tx.conn(), &after).await?;
    let record = |entry| Record { at: now, entry, origin: &step.origin };
    let records: Vec<Record<'_>> = entries.into_iter().map(record).collect();
    StepRows { loaded: &loaded, audit: &records, at: now, import_id: None, shard: lane.shard }.write(tx.conn()).await?;
    tx.commit().await?;
    Ok(after)
}

/// What the audit trail is told of a step.
struct Told<'t> {
    import: &'t Import,
    taken: &'t TakenBack,
    /// How many things the step looked at.
    things: usize,
    /// How many of them had to stay.
    kept: usize,
    /// True when nothing is left to take back.
    is_done: bool,
}

impl Told<'_> {
    fn entries(&self) -> Vec<Entry> {
        let entry =
            |action, after: &serde_json::Value| Entry::new(action, "import", self.import.id.as_str()).with_after(after);
        let mut entries = Vec::new();
        if self.things > 0 {
            let after = serde_json::json!({ "things": self.things, "kept": self.kept });
            entries.push(entry("import_taken_back", &after));
        }
        if self.is_done {
            let TakenBack { figures, kept, .. } = self.taken;
            let after = serde_json::json!({
                "bags": figures.get("bags"), "links": figures.get("links"), "bills": figures.get("bills"),
                "bill_links": figures.get("bill_links"), "kept": kept,
            });
            entries.push(entry("import_rolled_back", &after));
        }
        entries
    }
}

fn things(made: Made, page: &MadePage) -> Vec<Thing> {
    if made == Made::Changes {
        let thing = |restore: &Restore| {
            let name = match restore {
                Restore::Bag { code, .. } => code.to_string(),
                Restore::Bill(key) => key.as_str().to_owned(),
            };
            Thing { name, intent: Intent::Restore(restore.clone()) }
        };
        return page.changes.iter().map(thing).collect();
    }
    let thing = |(name, other, _): &(String, Option<String>, bool)| {
        let code = Code::stored(name);
        let number = other.as_deref().and_then(BillNumber::kept);
        let intent = match (made, number) {
            (Made::BillLinks, Some(bill)) => Intent::Bill(BillIntent::Unlink { parent: code, bill }),
            (Made::Bills, Some(bill)) => Intent::Bill(BillIntent::Delete(bill)),
            (Made::BillLinks | Made::Bills, None) => {
                let number = other.clone().unwrap_or_default();
                Intent::UnreadableBill { text: name.clone(), number, is_new: false }
            }
            (Made::Links, _) => Intent::Unlink { child: code, shown: None, undone: false },
            _ => Intent::Delete { code, with_contents: false },
        };
        Thing { name: name.clone(), intent }
    };
    page.things.iter().map(thing).collect()
}

struct Work<'w> {
    bags: &'w Bags,
    step: &'w TakeBackStep,
    now: Moment,
    taken: TakenBack,
    notes: Vec<RowNote>,
}

/// What was found once all was locked.
#[derive(Default)]
struct Still {
    /// What still is as the import made it.
    fit: HashSet<String>,
    /// What must stay whatever the rules say, and why.
    why: HashMap<String, Outcome>,
}

impl Work<'_> {
    /// Now that all is locked: which things still are the import's, and which of them must stay whatever the rules say.
    async fn still_as_made(
        &self,
        mut conn: Conn<'_>,
        made: Made,
        page: &MadePage,
        import: &Import,
    ) -> Result<Still, StoreError> {
        let names: Vec<&str> = page.things.iter().map(|thing| thing.0.as_str()).collect();
        let mut still = Still::default();
        match made {
            Made::Changes => {}
            Made::BillLinks | Made::Links => {
                still.fit.extend(still_linked(conn, &import.id, made, &names).await?);
            }
            Made::Bills | Made::Children | Made::Parents => {
                let now = made_after(conn.reborrow(), &import.id, made, &self.taken.after, TAKEN_AT_ONCE).await?;
                let touched = now.things.iter().filter(|thing| thing.2);
                still.why.extend(touched.map(|thing| (thing.0.clone(), Outcome::ChangedSince)));
                if made != Made::Bills {
                    let scanned = scanned_since(conn, &names, import.started_at).await?;
                    still.why.extend(scanned.into_iter().map(|code| (code, Outcome::ScannedSince)));
                }
                still.fit.extend(now.things.into_iter().map(|thing| thing.0));
            }
        }
        Ok(still)
    }

    fn take(&mut self, made: Made, things: &[Thing], still: &Still, loaded: &mut Loaded) {
        let rules = &*self.bags.rules;
        for thing in things {
            // No longer the import's: whoever moved or removed it has done our work.
            if made != Made::Changes && !still.fit.contains(&thing.name) {
                continue;
            }
            if let Some(outcome) = still.why.get(&thing.name) {
                let answer = Answer::new(Uuid::nil(), *outcome, thing.name.as_str());
                self.keep(&thing.name, &answer);
                continue;
            }
            self.now = self.now.plus_us(1);
            let asked = Asked { actor: &self.step.actor, id: Uuid::nil(), now: self.now };
            let mut decision = decide(loaded, &thing.intent, asked, rules);
            let Some(change) = &decision.change else {
                decision.with_facts(Facts { loaded, rules, scope: &self.step.actor.scope });
                self.keep(&thing.name, &decision.answer);
                continue;
            };
            loaded.apply(change, Stamp { at: self.now, by: self.step.actor.account, scan_id: None }, rules);
            self.taken.figures.count(match made {
                Made::BillLinks => "bill_links",
                Made::Links => "links",
                Made::Changes => "restored",
                Made::Bills => "bills",
                Made::Children | Made::Parents => "bags",
            });
        }
    }

    fn keep(&mut self, name: &str, answer: &Answer) {
        self.taken.kept += 1;
        let note = RowNote {
            row_number: self.taken.kept,
            code: name.to_owned(),
            outcome: answer.outcome.code().into(),
            message: (self.bags.phrase)(answer).unwrap_or_default(),
            cells: "[]".into(),
        };
        self.taken.outcomes.count(&note);
        self.notes.push(note);
    }
}
