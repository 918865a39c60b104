//! Handing scans to the desk, and adding the names of guests to its answers.

use std::collections::BTreeMap;
use std::sync::Arc;

use base_core::entropy::new_id;
use base_core::time::Moment;
use base_web::error::Problem;
use base_web::session::Caller;
use passes_rules::event::EventId;
use passes_rules::permission::{PASS_REDEEM, PASS_UNDO_ENTRY};
use passes_rules::redeem::Action;
use passes_store::pass::PassLine;
use passes_store::{event, pass};
use passes_work::{GateScan, Shown};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::events::work::seen;
use crate::state::Passes;

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
}

impl Sent {
    /// Somebody wants to come in, now.
    pub fn admit(shown: Shown, event: Option<EventId>) -> Self {
        Self { id: None, at: None, action: Action::Admit, shown, event, people: None }
    }
}

/// Hands scans to the desk; gives its answers with the names of guests.
pub async fn submit(
    app: &Passes,
    caller: &Caller,
    gate: Option<String>,
    sent: Vec<Sent>,
) -> Result<Vec<Value>, Problem> {
    let undoes = |sent: &Sent| sent.action == Action::Undo;
    caller.must(if sent.iter().all(undoes) { PASS_UNDO_ENTRY } else { PASS_REDEEM })?;
    if sent.iter().any(undoes) {
        caller.must(PASS_UNDO_ENTRY)?;
    }
    let may = event::may_scan(app.db.read().await?.conn(), seen(caller)).await?;
    let now = app.clock.now();
    let scan = |sent: Sent| GateScan {
        id: sent.id.unwrap_or_else(|| new_id(&*app.entropy, now)),
        client_at: sent.at.unwrap_or(now),
        action: sent.action,
        shown: sent.shown,
        event: sent.event,
        may: may.clone(),
        people: sent.people,
    };
    let scans = sent.into_iter().map(scan).collect();
    let answers = app.desk.submit(caller.actor(), Arc::new(caller.origin(gate)), scans).await?;
    let parsed = answers.iter().map(|text| serde_json::from_str(text).expect("the desk writes JSON")).collect();
    with_guests(app, parsed).await
}

async fn with_guests(app: &Passes, mut answers: Vec<Value>) -> Result<Vec<Value>, Problem> {
    let mut ids: Vec<&str> = answers.iter().filter_map(|answer| answer["pass"].as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(answers);
    }
    let found = pass::find_all(app.db.read().await?.conn(), &ids).await?;
    let found: BTreeMap<String, Value> = found.iter().map(|line| (line.id.clone(), guest(line))).collect();
    for answer in &mut answers {
        if let Some(guest) = answer["pass"].as_str().and_then(|pass| found.get(pass)) {
            answer["guest"] = guest.clone();
        }
    }
    Ok(answers)
}

/// What the gate may know of a guest.
fn guest(line: &PassLine) -> Value {
    json!({
        "name1": line.name1, "phone1": line.phone1, "name2": line.name2, "phone2": line.phone2, "timing": line.timing,
        "entered_by": line.entered_by, "entered_by_username": line.scanned_by,
    })
}
