//! Conflicts: people whom a device let in by itself, and whose entry does not count. Both entries are told, the one that
//! counts and the other, until somebody has settled it.

use base_core::account::AccountId;
use base_core::audit::Entry;
use base_core::time::Moment;
use base_db::{Batch, Conn, Db, StoreError, Writes};
use passes_rules::event::EventId;
use passes_rules::outcome::Outcome;
use passes_rules::pass::EntryMade;
use passes_rules::redeem::Offline;
use passes_rules::settle::SettledAs;
use serde_json::json;
use uuid::Uuid;

use crate::event::{By, Seen};

static INSERT: Batch = Batch::rows(
    "with r (event_id, scan_id, pass_id, at, let_in_at, account_id, gate, device, snapshot_at, outcome, first_at, first_by,
        first_gate) as (values ",
    13,
    ") insert into gate_conflicts (event_id, scan_id, pass_id, at, let_in_at, account_id, gate, device, snapshot_at,
        outcome, first_at, first_by, first_gate)
     select event_id, scan_id, pass_id, at, let_in_at, account_id, gate, device, snapshot_at, outcome, first_at, first_by,
        first_gate
     from r where event_id is not null on conflict (scan_id) do nothing",
);

/// A conflict, to be stored.
#[derive(Debug)]
pub struct ConflictRecord {
    /// The event at which it is looked at.
    pub event: EventId,
    /// The scan of the entry that does not count.
    pub scan_id: Uuid,
    /// The pass, if the code named one.
    pub pass: Option<String>,
    /// When it was found out.
    pub at: Moment,
    /// Who let them in.
    pub account: Option<AccountId>,
    /// At which gate.
    pub gate: Option<String>,
    /// With which device.
    pub device: Option<String>,
    /// When the device let them in, and from which snapshot.
    pub offline: Offline,
    /// Why it does not count.
    pub outcome: Outcome,
    /// The entry that counts, if there is one.
    pub first: Option<EntryMade>,
}

/// Collects conflicts.
pub fn gather<'s>(records: &'s [ConflictRecord], writes: &mut Writes<'s>) {
    writes.add(&INSERT, records, |record| {
        let first = record.first.as_ref();
        [
            record.event.into(),
            record.scan_id.to_string().into(),
            record.pass.as_deref().into(),
            record.at.0.into(),
            record.offline.at.0.into(),
            record.account.into(),
            record.gate.as_deref().into(),
            record.device.as_deref().into(),
            record.offline.snapshot_at.0.into(),
            record.outcome.code().into(),
            first.map(|entry| entry.at.0).into(),
            first.and_then(|entry| entry.by).into(),
            first.and_then(|entry| entry.gate.as_deref()).into(),
        ]
    });
}

/// A conflict with both sides, as the inbox shows it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct ConflictLine {
    /// Its number.
    pub id: i64,
    /// The event.
    pub event_id: EventId,
    /// What pages call the event.
    pub event: String,
    /// The clocks of its place; empty for those of the site.
    pub zone: String,
    /// The pass.
    pub pass_id: Option<String>,
    /// Whom it is for; none once the guest is erased.
    pub name1: Option<String>,
    /// The second person.
    pub name2: Option<String>,
    /// When it was found out.
    pub at: i64,
    /// Why the entry does not count.
    pub outcome: String,
    /// When the device let them in.
    pub let_in_at: i64,
    /// Who let them in.
    pub person: Option<String>,
    /// At which gate.
    pub gate: Option<String>,
    /// With which device.
    pub device: Option<String>,
    /// How old its knowledge was.
    pub snapshot_at: Option<i64>,
    /// When the entry that counts was.
    pub first_at: Option<i64>,
    /// Who made it.
    pub first_person: Option<String>,
    /// At which gate.
    pub first_gate: Option<String>,
    /// With which device, where the scan is still kept.
    pub first_device: Option<String>,
    /// From which snapshot, where a device decided it by itself.
    pub first_snapshot_at: Option<i64>,
    /// When it was settled.
    pub settled_at: Option<i64>,
    /// Who settled it.
    pub settled_person: Option<String>,
    /// As what.
    pub settled_as: Option<String>,
    /// What they wrote.
    pub note: Option<String>,
}

macro_rules! lines {
    ($rest:literal) => {
        concat!(
            "select c.id, c.event_id, e.name as event, e.zone, c.pass_id, p.name1, p.name2, c.at, c.outcome,
                c.let_in_at, a.called as person, c.gate, c.device, c.snapshot_at, c.first_at, f.called as first_person, c.first_gate,
                (select g.device from gate_scans g where g.pass_id = c.pass_id and g.outcome = 'admitted'
                    and coalesce(g.offline_at, g.at) = c.first_at order by g.seq desc limit 1) as first_device,
                (select g.snapshot_at from gate_scans g where g.pass_id = c.pass_id and g.outcome = 'admitted'
                    and coalesce(g.offline_at, g.at) = c.first_at order by g.seq desc limit 1) as first_snapshot_at,
                c.settled_at, s.called as settled_person, c.settled_as, c.note
            from gate_conflicts c join events e on e.id = c.event_id left join passes p on p.pass_id = c.pass_id
            left join accounts a on a.id = c.account_id left join accounts f on f.id = c.first_by
            left join accounts s on s.id = c.settled_by ",
            $rest
        )
    };
}

/// Conflicts of a page.
pub const SHOWN_MAX: i64 = 50;

/// The conflicts of the events that somebody sees, the newest first, from before `before`: those that are open, or those
/// that are settled.
pub async fn list(
    mut conn: Conn<'_>,
    seen: Seen,
    is_settled: bool,
    before: Option<i64>,
) -> Result<Vec<ConflictLine>, StoreError> {
    const OPEN: &str = lines!(
        "where c.settled_at is null and c.id < $1
            and ($2 = 0 or c.event_id in (select event_id from event_people where account_id = $2))
        order by c.id desc limit $3"
    );
    const SETTLED: &str = lines!(
        "where c.settled_at is not null and c.id < $1
            and ($2 = 0 or c.event_id in (select event_id from event_people where account_id = $2))
        order by c.id desc limit $3"
    );
    let text = if is_settled { SETTLED } else { OPEN };
    Ok(on!(conn, c => sqlx::query_as(text).bind(before.unwrap_or(i64::MAX)).bind(seen.account()).bind(SHOWN_MAX)
        .fetch_all(&mut **c).await?))
}

/// One conflict, of an event that somebody sees.
pub async fn find(mut conn: Conn<'_>, id: i64, seen: Seen) -> Result<Option<ConflictLine>, StoreError> {
    const FIND: &str = lines!(
        "where c.id = $1 and ($2 = 0 or c.event_id in (select event_id from event_people where account_id = $2))"
    );
    Ok(on!(conn, c => sqlx::query_as(FIND).bind(id).bind(seen.account()).fetch_optional(&mut **c).await?))
}

/// How many are open at an event.
pub async fn open(mut conn: Conn<'_>, event: EventId) -> Result<i64, StoreError> {
    const OPEN: &str = "select count(*) from gate_conflicts where event_id = $1 and settled_at is null";
    Ok(on!(conn, c => sqlx::query_scalar(OPEN).bind(event).fetch_one(&mut **c).await?))
}

/// Settles one. False if somebody did before.
pub async fn settle(db: &Db, line: &ConflictLine, was: SettledAs, note: &str, by: By<'_>) -> Result<bool, StoreError> {
    const SETTLE: &str = "update gate_conflicts set settled_at = $2, settled_by = $3, settled_as = $4, note = $5
        where id = $1 and settled_at is null";
    let note = Some(note).filter(|note| !note.is_empty());
    let mut tx = db.write().await?;
    let done = execute!(tx.conn(), SETTLE, line.id, by.at.0, by.origin.actor, was.name(), note) == 1;
    if done {
        let subject = line.pass_id.clone().unwrap_or_else(|| line.id.to_string());
        let after = json!({ "event": line.event_id, "conflict": line.id, "settled_as": was.name(), "note": note });
        by.note(&mut tx, Entry::new("gate_conflict_settled", "pass", subject).with_after(&after)).await?;
    }
    tx.commit().await?;
    Ok(done)
}
