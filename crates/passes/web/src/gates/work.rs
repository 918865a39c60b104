//! Handing scans to the desk, and adding the names of guests to its answers.

use std::sync::Arc;

use base_core::entropy::new_id;
use base_core::time::Moment;
use base_web::error::Problem;
use base_web::session::Caller;
use passes_rules::event::EventId;
use passes_rules::outcome::Outcome;
use passes_rules::pass::REASON_LENGTH_MAX;
use passes_rules::permission::{PASS_REDEEM, PASS_UNDO_ENTRY};
use passes_rules::redeem::{Action, MayScan, Offline};
use passes_store::pass::PassLine;
use passes_work::{GateScan, Shown};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::events::work::seen;
use crate::passes::filter::TEXT_LENGTH_MAX;
use crate::state::Passes;

/// Shortest text that is searched for, in characters: a steward finds who stands there, not a list of everybody.
pub const TEXT_LENGTH_MIN: usize = 3;

/// What to search for; `None` where it is too short.
pub fn search_text(text: &str) -> Result<Option<&str>, Problem> {
    let text = text.trim();
    let length = text.chars().count();
    if length > TEXT_LENGTH_MAX || text.chars().any(char::is_control) {
        return Err(Problem::field("q", format!("Search for at most {TEXT_LENGTH_MAX} plain characters.")));
    }
    Ok(Some(text).filter(|_| length >= TEXT_LENGTH_MIN))
}

/// Why somebody undoes something: a sentence that its reader understands later.
pub fn check_reason(reason: Option<&str>) -> Result<String, Problem> {
    let reason = reason.unwrap_or_default().trim();
    let is_plain = !reason.chars().any(char::is_control);
    if reason.is_empty() || reason.chars().count() > REASON_LENGTH_MAX || !is_plain {
        let detail = format!("Say why, in at most {REASON_LENGTH_MAX} plain characters.");
        return Err(Problem::field("reason", detail));
    }
    Ok(reason.to_owned())
}

/// From where scans are sent.
#[derive(Default)]
pub struct Source {
    /// The gate.
    pub gate: Option<String>,
    /// The device.
    pub device: Option<String>,
}

/// A scan as somebody sends it.
pub struct Sent {
    /// Its id; a new one where the sender has none.
    pub id: Option<Uuid>,
    /// When it was scanned, by the sender's clock; now where they say nothing.
    pub at: Option<Moment>,
    /// What is asked for.
    pub action: Action,
    /// What was shown.
    pub shown: Shown,
    /// The event of the gate.
    pub event: Option<EventId>,
    /// How many come in.
    pub people: Option<i64>,
    /// Set when a device has let them in already.
    pub offline: Option<Offline>,
    /// Why an entry is undone.
    pub reason: Option<String>,
}

impl Sent {
    /// Somebody wants to come in, now.
    pub fn admit(shown: Shown, event: Option<EventId>) -> Self {
        Self { id: None, at: None, action: Action::Admit, shown, event, people: None, offline: None, reason: None }
    }

    /// The last entry with a pass is undone, for this reason.
    pub fn undo(pass: &str, event: EventId, reason: String) -> Self {
        let shown = Shown::pass(pass);
        Self { action: Action::Undo, reason: Some(reason), ..Self::admit(shown, Some(event)) }
    }
}

/// How much is told of a guest.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// What the gate shows: names.
    Names,
    /// Phone numbers too, as E-Pass told them.
    Phones,
}

/// Hands scans to the desk; gives its answers with the names of guests.
pub async fn submit(
    app: &Passes,
    caller: &Caller,
    from: Source,
    sent: Vec<Sent>,
    told: Told,
) -> Result<Vec<Value>, Problem> {
    let undoes = |sent: &Sent| sent.action == Action::Undo;
    caller.must(if sent.iter().all(undoes) { PASS_UNDO_ENTRY } else { PASS_REDEEM })?;
    if sent.iter().any(undoes) {
        caller.must(PASS_UNDO_ENTRY)?;
    }
    let now = app.clock.now();
    let may = app.assigned.may_scan(&app.db, seen(caller), now).await?;
    let scan = |sent: Sent| GateScan {
        id: sent.id.unwrap_or_else(|| new_id(&*app.entropy, now)),
        client_at: sent.at.unwrap_or(now),
        action: sent.action,
        shown: sent.shown,
        event: sent.event,
        may: may.clone(),
        people: sent.people,
        device: from.device.clone(),
        offline: sent.offline,
        reason: sent.reason,
    };
    let scans = sent.into_iter().map(scan).collect();
    let answers = app.desk.submit(caller.actor(), Arc::new(caller.origin(from.gate)), scans).await?;
    let parsed = answers.iter().map(|text| serde_json::from_str(text).expect("the desk writes JSON")).collect();
    with_guests(app, parsed, &may, told).await
}

/// True for outcomes of which the gate may know the guest. A code that was replaced is in the hands of somebody else, and
/// who stands there with a pass that is no longer good need not be who it was for.
fn tells_guest(outcome: Outcome, told: Told) -> bool {
    match told {
        Told::Names => matches!(
            outcome,
            Outcome::Admitted
                | Outcome::AlreadyAdmitted
                | Outcome::Left
                | Outcome::NotInside
                | Outcome::EntryUndone
                | Outcome::NotAdmitted
                | Outcome::Full
        ),
        Told::Phones => matches!(outcome, Outcome::Admitted | Outcome::AlreadyAdmitted),
    }
}

/// Joins names. An answer that was kept is told to somebody who may have been taken off the event since: then without.
async fn with_guests(app: &Passes, mut answers: Vec<Value>, may: &MayScan, told: Told) -> Result<Vec<Value>, Problem> {
    let pass_of = |answer: &Value| {
        let outcome = answer["outcome"].as_str().and_then(Outcome::parse)?;
        let is_theirs = answer["event"].as_i64().is_some_and(|event| may.covers(event));
        let pass = answer["pass"].as_str().filter(|_| is_theirs && tells_guest(outcome, told));
        pass.map(ToOwned::to_owned)
    };
    let mut ids: Vec<String> = answers.iter().filter_map(pass_of).collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(answers);
    }
    let found = app.guests.find(&app.db, &ids).await?;
    for answer in &mut answers {
        if let Some(found) = pass_of(answer).and_then(|pass| found.get(&pass)) {
            answer["guest"] = guest(found, told);
        }
    }
    Ok(answers)
}

/// What the gate may know of a guest.
fn guest(line: &PassLine, told: Told) -> Value {
    let mut guest = json!({
        "name1": line.name1, "name2": line.name2, "timing": line.timing, "entered_by": line.entered_by,
        "entered_by_username": line.scanned_by,
    });
    if told == Told::Phones {
        guest["phone1"] = line.phone1.clone().into();
        guest["phone2"] = line.phone2.clone().into();
    }
    guest
}
