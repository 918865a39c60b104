//! Who gets in: one scan and the loaded rows in, an answer and at most one change out.

use base_core::account::AccountId;
use base_core::time::{MINUTE_US, Moment};
use uuid::Uuid;

use crate::event::{EventId, Gate, GateRules};
use crate::outcome::{Answer, Outcome};
use crate::pass::{CountedEntry, EntryMade, Pass};
use crate::payload::{Code, CodeFault};

/// How long after an entry the same pass at the same gate is no alarm.
const JUST_NOW_US: i64 = MINUTE_US;

/// What is asked for at the gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// To come in.
    Admit,
    /// To go out, where people may come back.
    Leave,
    /// To undo the last entry.
    Undo,
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 3] = [Self::Admit, Self::Leave, Self::Undo];

    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Admit => "admit",
            Self::Leave => "leave",
            Self::Undo => "undo",
        }
    }
}

/// Which passes somebody may scan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MayScan {
    /// Those of every event.
    All,
    /// Those of these events.
    These(Vec<EventId>),
}

impl MayScan {
    /// True for a pass of this event.
    pub fn covers(&self, event: EventId) -> bool {
        match self {
            Self::All => true,
            Self::These(events) => events.contains(&event),
        }
    }
}

/// A scan, its code read.
#[derive(Clone, Debug)]
pub struct Scan {
    /// What is asked for.
    pub action: Action,
    /// The code, or why it is not believed.
    pub code: Result<Code, CodeFault>,
    /// The event of the gate; `None` where only the person's events count.
    pub event: Option<EventId>,
    /// Which passes the person may scan.
    pub may: MayScan,
    /// How many come in, of a pass for two whose people may come one by one; `None` for all who are left.
    pub people: Option<i64>,
    /// Set when a device has let them in already, by itself.
    pub offline: Option<Offline>,
}

impl Scan {
    /// The time at which it counts, decided on now. No clock of a device is believed about the future, nor about a time
    /// before the pass was sold or before the device got the list that it decided on.
    pub fn counts_at(&self, now: Moment, sold_at: Option<Moment>) -> Moment {
        let Some(offline) = self.offline else { return now };
        offline.at.max(offline.snapshot_at).max(sold_at.unwrap_or(offline.at)).min(now)
    }
}

/// What a device says of an entry that it decided by itself, without a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offline {
    /// When it let them in.
    pub at: Moment,
    /// How old its knowledge was: the time of its snapshot.
    pub snapshot_at: Moment,
}

/// Who scans, where and when.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The scan's id.
    pub id: Uuid,
    /// Who.
    pub by: Option<AccountId>,
    /// At which gate.
    pub gate: Option<&'a str>,
    /// The time of the decision.
    pub now: Moment,
}

/// What changes on a pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// So many people come in.
    Enter {
        /// How many.
        people: i64,
        /// How many of them were in before.
        back: i64,
    },
    /// So many people go out.
    Leave {
        /// How many.
        people: i64,
    },
    /// So many people of the last entry did not come in.
    Undo {
        /// How many.
        people: i64,
        /// How many of them had been in before.
        back: i64,
    },
}

/// What was decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The answer.
    pub answer: Answer,
    /// What changes on the pass; nothing for a refusal.
    pub change: Option<Change>,
    /// The event at which somebody must look at it: a device has let people in, and it does not count.
    pub conflict: Option<EventId>,
}

/// Decides on a scan; `found` is its pass with the rules of its event, if there is one.
///
/// An entry that a device decided by itself counts at the time of that entry. Where it does not count, people are inside
/// who should not be: the answer says so, and somebody has to look at it.
pub fn decide(scan: &Scan, found: Option<(&Pass, &GateRules)>, asked: Asked<'_>) -> Decision {
    let now = scan.counts_at(asked.now, found.map(|(pass, _)| pass.sold_at));
    let mut decision = judge(scan, found, Asked { now, ..asked });
    let was_let_in = scan.offline.is_some() && scan.action == Action::Admit;
    if was_let_in && decision.change.is_none() {
        let own = scan.event.filter(|event| scan.may.covers(*event));
        decision.conflict = decision.answer.event.or(own);
        decision.answer.conflict = decision.conflict.is_some();
    }
    decision
}

fn judge(scan: &Scan, found: Option<(&Pass, &GateRules)>, asked: Asked<'_>) -> Decision {
    let refused = |outcome| Decision { answer: Answer::new(asked.id, outcome), change: None, conflict: None };
    let code = match &scan.code {
        Ok(code) => code,
        Err(CodeFault::Unreadable) => return refused(Outcome::BadCode),
        Err(CodeFault::Tampered) => return refused(Outcome::Tampered),
        Err(CodeFault::Revoked) => return refused(Outcome::Revoked),
    };
    let Some((pass, event)) = found else { return refused(Outcome::UnknownPass) };
    let is_of_gate = scan.event.is_none_or(|gate| gate == pass.event);
    let is_as_signed = code.signed.is_none_or(|signed| signed.event == pass.event);
    if !is_of_gate || !is_as_signed || !scan.may.covers(pass.event) {
        return refused(Outcome::WrongEvent);
    }
    let mut answer = Answer::new(asked.id, Outcome::Admitted);
    answer.pass = Some(pass.id.clone());
    answer.event = Some(pass.event);
    answer.kind = Some(pass.kind.name());
    answer.inside = Some(pass.inside);
    if let Some(entry) = &pass.entry {
        answer.entered(entry.at, entry.by, entry.gate.as_deref());
    }
    let (outcome, change) = match scan.action {
        Action::Admit => admit(scan, code, (pass, event), asked),
        Action::Leave => leave(scan, code, (pass, event)),
        Action::Undo => undo(pass),
    };
    answer.outcome = outcome;
    match &change {
        Some(Change::Enter { people, back }) => {
            answer.people = Some(*people);
            answer.inside = Some(pass.inside + people);
            answer.re_entry = *back > 0;
            answer.entered(asked.now, asked.by, asked.gate);
        }
        Some(Change::Leave { people }) => {
            answer.people = Some(*people);
            answer.inside = Some(pass.inside - people);
        }
        Some(Change::Undo { people, .. }) => {
            answer.people = Some(*people);
            answer.inside = Some((pass.inside - people).max(0));
        }
        None => answer.just_now = outcome == Outcome::AlreadyAdmitted && is_just_now(pass.entry.as_ref(), asked),
    }
    Decision { answer, change, conflict: None }
}

/// The last entry that counts. One that an importer brought is no scan: all of it is undone. Of a cancelled pass nothing is
/// undone: its free places were given back when it was cancelled, and nobody would give back these.
fn undo(pass: &Pass) -> (Outcome, Option<Change>) {
    if pass.is_cancelled {
        return (Outcome::Cancelled, None);
    }
    if pass.admitted == 0 {
        return (Outcome::NotAdmitted, None);
    }
    let last = pass.entries.last().map_or((pass.admitted, 0), |last| (last.people, last.back));
    (Outcome::EntryUndone, Some(Change::Undo { people: last.0, back: last.1 }))
}

fn admit(scan: &Scan, code: &Code, (pass, event): (&Pass, &GateRules), asked: Asked<'_>) -> (Outcome, Option<Change>) {
    if pass.is_cancelled {
        return (Outcome::Cancelled, None);
    }
    if is_replaced(code, pass) {
        return (Outcome::Revoked, None);
    }
    if code.signed.and_then(|signed| signed.until).is_some_and(|until| asked.now > until) {
        return (Outcome::TooLate, None);
    }
    let gate = if scan.offline.is_some() { event.gate_then(asked.now) } else { event.gate(asked.now) };
    match gate {
        Gate::NotYet => return (Outcome::NotYet, None),
        Gate::TooLate => return (Outcome::TooLate, None),
        Gate::Open => {}
    }
    let new = pass.kind.people() - pass.admitted;
    let back = if event.re_entry { pass.admitted - pass.inside } else { 0 };
    let left = new + back;
    if left <= 0 {
        return (Outcome::AlreadyAdmitted, None);
    }
    let wanted = scan.people.filter(|_| event.one_by_one).unwrap_or(left).clamp(1, left);
    if event.room.is_some_and(|room| room < wanted) {
        return (Outcome::Full, None);
    }
    // Whoever went out comes back first; the others are new.
    let back = wanted.min(back);
    (Outcome::Admitted, Some(Change::Enter { people: wanted, back }))
}

/// True for a code of a pass that has another one since, or that says another kind.
fn is_replaced(code: &Code, pass: &Pass) -> bool {
    match code.signed {
        Some(signed) => pass.codes_since.is_some_and(|since| signed.made_at < since) || signed.kind != pass.kind,
        // A code without a time cannot be newer than the change that replaced it.
        None => pass.codes_since.is_some() && !code.is_found,
    }
}

fn leave(scan: &Scan, code: &Code, (pass, event): (&Pass, &GateRules)) -> (Outcome, Option<Change>) {
    if is_replaced(code, pass) {
        return (Outcome::Revoked, None);
    }
    if !event.re_entry {
        return (Outcome::NoReEntry, None);
    }
    if pass.inside <= 0 {
        return (Outcome::NotInside, None);
    }
    let people = scan.people.filter(|_| event.one_by_one).unwrap_or(pass.inside).clamp(1, pass.inside);
    (Outcome::Left, Some(Change::Leave { people }))
}

fn is_just_now(entry: Option<&EntryMade>, asked: Asked<'_>) -> bool {
    entry.is_some_and(|entry| {
        entry.gate.as_deref() == asked.gate && entry.by == asked.by && asked.now.since_us(entry.at) <= JUST_NOW_US
    })
}

impl Pass {
    /// The pass after a change, which `scan` made.
    pub fn apply(&mut self, change: &Change, scan: &Scan, asked: Asked<'_>) {
        let asked = Asked { now: scan.counts_at(asked.now, Some(self.sold_at)), ..asked };
        match change {
            Change::Enter { people, back } => {
                self.admitted += people - back;
                self.inside += people;
                let gate = asked.gate.map(ToOwned::to_owned);
                let made = EntryMade { at: asked.now, by: asked.by, gate };
                self.entries.push(CountedEntry { people: *people, back: *back, made: made.clone() });
                self.entry = Some(made);
            }
            Change::Leave { people } => {
                self.inside -= people;
                self.left_at = Some(asked.now);
            }
            Change::Undo { people, back } => {
                self.entries.pop();
                self.admitted = (self.admitted - (people - back)).max(0);
                self.inside = (self.inside - people).clamp(0, self.admitted);
                if self.admitted == 0 {
                    (self.entry, self.left_at) = (None, None);
                } else if let Some(before) = self.entries.last() {
                    self.entry = Some(before.made.clone());
                }
            }
        }
    }
}
