//! Loading and writing the passes that a group of scans touches.
//!
//! Lock order: passes by id, then events by number. Nothing else locks passes and then events in another order: a sale takes
//! the places of its event and then writes a pass that nobody knows yet.

use std::collections::{BTreeMap, BTreeSet};

use base_core::time::Moment;
use base_db::{Batch, Conn, StoreError, Writes};
use passes_rules::event::{EventId, GateRules};
use passes_rules::pass::{EntryMade, Pass};

use crate::counts::{self, Added};
use crate::event::read_state;
use crate::read::read_kind;
use crate::scan;

static LOCK: Batch = Batch::list(
    "select p.pass_id, p.event_id, p.kind, p.cancelled_at, p.codes_since, p.admitted, p.inside, p.entered_at, p.entered_by,
        p.entered_gate, p.left_at, p.created_at, e.state, e.closed_at, e.starts_at, e.ends_at, e.early_minutes,
        e.one_by_one, e.re_entry, e.inside_max
     from passes p join events e on e.id = p.event_id where p.pass_id in (",
    ") order by p.pass_id",
)
.locking(" of p");
static WRITE: Batch = Batch::rows(
    "with r (pass_id, admitted, inside, entered_at, entered_by, entered_gate, left_at) as (values ",
    7,
    ") update passes set admitted = r.admitted, inside = r.inside, entered_at = r.entered_at, entered_by = r.entered_by,
        entered_gate = r.entered_gate, left_at = r.left_at, entered_by_name = null
     from r where passes.pass_id = r.pass_id",
);

#[derive(sqlx::FromRow)]
struct Row {
    pass_id: String,
    event_id: i64,
    kind: String,
    cancelled_at: Option<i64>,
    codes_since: Option<i64>,
    admitted: i64,
    inside: i64,
    entered_at: Option<i64>,
    entered_by: Option<i64>,
    entered_gate: Option<String>,
    left_at: Option<i64>,
    created_at: i64,
    state: String,
    closed_at: Option<i64>,
    starts_at: Option<i64>,
    ends_at: Option<i64>,
    early_minutes: i64,
    one_by_one: bool,
    re_entry: bool,
    inside_max: Option<i64>,
}

/// A pass as it was loaded and as it stands now.
#[derive(Clone, Debug)]
pub struct LoadedPass {
    was: Pass,
    /// As it stands now.
    pub now: Pass,
}

/// The rows that a group touches.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    passes: BTreeMap<String, LoadedPass>,
    events: BTreeMap<EventId, GateRules>,
    added: BTreeMap<EventId, Added>,
    shard: i64,
}

impl Loaded {
    /// A pass with the rules of its event.
    pub fn pass(&self, id: &str) -> Option<(&Pass, &GateRules)> {
        let pass = &self.passes.get(id)?.now;
        Some((pass, self.events.get(&pass.event)?))
    }

    /// Changes a pass, and the room at its event.
    pub fn change(&mut self, id: &str, change: impl FnOnce(&mut Pass)) {
        let Some(pass) = self.passes.get_mut(id) else { return };
        let (admitted, inside) = (pass.now.admitted, pass.now.inside);
        change(&mut pass.now);
        let added = self.added.entry(pass.now.event).or_default();
        added.admitted += pass.now.admitted - admitted;
        added.inside += pass.now.inside - inside;
        let room = self.events.get_mut(&pass.now.event).and_then(|event| event.room.as_mut());
        if let Some(room) = room {
            *room -= pass.now.inside - inside;
        }
    }

    /// Collects the passes that changed, and what that adds to the counts of their events.
    pub fn gather<'l>(&'l self, writes: &mut Writes<'l>) {
        let changed = self.passes.values().filter(|pass| pass.was != pass.now);
        writes.add(&WRITE, changed, |pass| {
            let entry = pass.now.entry.as_ref();
            [
                pass.now.id.as_str().into(),
                pass.now.admitted.into(),
                pass.now.inside.into(),
                entry.map(|entry| entry.at.0).into(),
                entry.and_then(|entry| entry.by).into(),
                entry.and_then(|entry| entry.gate.as_deref()).into(),
                pass.now.left_at.map(|at| at.0).into(),
            ]
        });
        counts::gather(&self.added, self.shard, writes);
    }
}

/// What a group needs to know.
pub struct Asked<'a> {
    /// The passes that it touches.
    pub passes: BTreeSet<&'a str>,
    /// Those of which an entry may be undone.
    pub undone: BTreeSet<&'a str>,
    /// Where the counts of this lane are added.
    pub shard: i64,
}

/// Loads and locks these passes, and what their events say.
pub async fn load(mut conn: Conn<'_>, asked: &Asked<'_>) -> Result<Loaded, StoreError> {
    let mut loaded = Loaded { shard: asked.shard, ..Loaded::default() };
    let ids: Vec<&str> = asked.passes.iter().copied().collect();
    let mut limits = BTreeMap::new();
    for row in select_in!(conn, LOCK, Row, &ids) {
        loaded.events.insert(row.event_id, rules(&row)?);
        limits.extend(row.inside_max.map(|most| (row.event_id, most)));
        let at = row.entered_at.map(Moment);
        let pass = Pass {
            kind: read_kind(&row.kind)?,
            id: row.pass_id,
            event: row.event_id,
            sold_at: Moment(row.created_at),
            is_cancelled: row.cancelled_at.is_some(),
            codes_since: row.codes_since.map(Moment),
            admitted: row.admitted,
            inside: row.inside,
            entry: at.map(|at| EntryMade { at, by: row.entered_by, gate: row.entered_gate }),
            left_at: row.left_at.map(Moment),
            entries: Vec::new(),
        };
        loaded.passes.insert(pass.id.clone(), LoadedPass { was: pass.clone(), now: pass });
    }
    for (event, most) in limits {
        let inside = counts::locked(conn.reborrow(), event).await?.inside;
        if let Some(rules) = loaded.events.get_mut(&event) {
            rules.room = Some(most - inside);
        }
    }
    let undone: Vec<&str> = asked.undone.iter().copied().collect();
    for (pass, entries) in scan::entries(conn, &undone).await? {
        if let Some(loaded) = loaded.passes.get_mut(&pass) {
            loaded.was.entries.clone_from(&entries);
            loaded.now.entries = entries;
        }
    }
    Ok(loaded)
}

fn rules(row: &Row) -> Result<GateRules, StoreError> {
    Ok(GateRules {
        id: row.event_id,
        state: read_state(&row.state)?,
        closed_at: row.closed_at.map(Moment),
        starts_at: row.starts_at.map(Moment),
        ends_at: row.ends_at.map(Moment),
        early_minutes: row.early_minutes,
        one_by_one: row.one_by_one,
        re_entry: row.re_entry,
        room: None,
    })
}
