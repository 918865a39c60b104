//! Scans at gates: every one that was answered, with its answer, so that the same scan always gets the same answer.

use std::collections::BTreeMap;

use base_core::account::AccountId;
use base_core::time::Moment;
use base_db::{Batch, Conn, Db, StoreError, Writes};
use passes_rules::event::EventId;
use passes_rules::outcome::Outcome;
use passes_rules::pass::{CountedEntry, EntryMade};
use passes_rules::redeem::{Action, Offline};
use uuid::Uuid;

static ANSWERED: Batch = Batch::list("select scan_id, fingerprint, answer from gate_scans where scan_id in (", ")");
static INSERT: Batch = Batch::rows(
    "with r (scan_id, fingerprint, at, client_at, account_id, gate, action, event_id, pass_id, code_hash, outcome,
        answer, people, back, device, offline_at, snapshot_at) as (values ",
    17,
    ") insert into gate_scans (scan_id, fingerprint, at, client_at, account_id, gate, action, event_id, pass_id,
        code_hash, outcome, answer, people, back, device, offline_at, snapshot_at)
     select scan_id, fingerprint, at, client_at, account_id, gate, action, event_id, pass_id, code_hash, outcome, answer,
        people, back, device, offline_at, snapshot_at
     from r where scan_id is not null on conflict (scan_id) do nothing",
);
static ENTRIES: Batch = Batch::list(
    "select pass_id, coalesce(offline_at, at) as at, account_id, gate, outcome, coalesce(people, 1) as people,
        coalesce(back, 0) as back, seq
     from gate_scans where outcome in ('admitted', 'entry_undone') and pass_id in (",
    ") order by pass_id, seq",
);

/// A scan that was answered before.
#[derive(Debug, sqlx::FromRow)]
pub struct Answered {
    /// Its id.
    pub scan_id: String,
    /// What it asked for, in 64 bits.
    pub fingerprint: i64,
    /// The answer as it was given, JSON.
    pub answer: String,
}

/// A scan with its answer, to be stored.
#[derive(Debug)]
pub struct ScanRecord {
    /// Its id.
    pub scan_id: Uuid,
    /// What it asked for, in 64 bits.
    pub fingerprint: i64,
    /// When it was decided.
    pub at: Moment,
    /// When the sender says it was scanned.
    pub client_at: Moment,
    /// Who scanned.
    pub account: Option<AccountId>,
    /// The gate.
    pub gate: Option<String>,
    /// What was asked for.
    pub action: Action,
    /// The event of the pass.
    pub event: Option<EventId>,
    /// The pass.
    pub pass: Option<String>,
    /// A hash of the code that was read, where it names no pass.
    pub code_hash: Option<String>,
    /// Its outcome.
    pub outcome: Outcome,
    /// The answer, JSON.
    pub answer: String,
    /// How many people it let in or out.
    pub people: Option<i64>,
    /// How many of them had been in before.
    pub back: Option<i64>,
    /// The device that sent it.
    pub device: Option<String>,
    /// What a device says of an entry that it decided by itself.
    pub offline: Option<Offline>,
}

/// Which of these scans were answered before.
pub async fn answered(mut conn: Conn<'_>, ids: &[&str]) -> Result<Vec<Answered>, StoreError> {
    Ok(select_in!(conn, ANSWERED, Answered, ids))
}

/// Collects scans with their answers.
pub fn gather<'s>(records: &'s [ScanRecord], writes: &mut Writes<'s>) {
    writes.add(&INSERT, records, |scan| {
        [
            scan.scan_id.to_string().into(),
            scan.fingerprint.into(),
            scan.at.0.into(),
            scan.client_at.0.into(),
            scan.account.into(),
            scan.gate.as_deref().into(),
            scan.action.name().into(),
            scan.event.into(),
            scan.pass.as_deref().into(),
            scan.code_hash.as_deref().into(),
            scan.outcome.code().into(),
            scan.answer.as_str().into(),
            scan.people.into(),
            scan.back.into(),
            scan.device.as_deref().into(),
            scan.offline.map(|offline| offline.at.min(scan.at).0).into(),
            scan.offline.map(|offline| offline.snapshot_at.0).into(),
        ]
    });
}

#[derive(sqlx::FromRow)]
struct EntryRow {
    pass_id: String,
    at: i64,
    account_id: Option<i64>,
    gate: Option<String>,
    outcome: String,
    people: i64,
    back: i64,
}

/// The entries of these passes that count, oldest first.
pub async fn entries(mut conn: Conn<'_>, passes: &[&str]) -> Result<BTreeMap<String, Vec<CountedEntry>>, StoreError> {
    let mut counted: BTreeMap<String, Vec<CountedEntry>> = BTreeMap::new();
    if passes.is_empty() {
        return Ok(counted);
    }
    for row in select_in!(conn, ENTRIES, EntryRow, passes) {
        let entries = counted.entry(row.pass_id).or_default();
        if row.outcome == Outcome::EntryUndone.code() {
            entries.pop();
        } else {
            let made = EntryMade { at: Moment(row.at), by: row.account_id, gate: row.gate };
            entries.push(CountedEntry { people: row.people, back: row.back, made });
        }
    }
    Ok(counted)
}

/// Deletes the oldest scans from before a time, at most `limit`; tells how many. Entries stay with their passes.
pub async fn forget_before(db: &Db, before: Moment, limit: u32) -> Result<u64, StoreError> {
    const FORGET: &str = "delete from gate_scans where seq in (
        select seq from gate_scans where at < $1 order by at limit $2)";
    let mut tx = db.write().await?;
    let gone = execute!(tx.conn(), FORGET, before.0, i64::from(limit));
    tx.commit().await?;
    Ok(gone)
}

/// A scan of a pass, for its history.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct ScanLine {
    /// When it was decided.
    pub at: i64,
    /// Who scanned.
    pub person: Option<String>,
    /// At which gate.
    pub gate: Option<String>,
    /// What was asked for.
    pub action: String,
    /// What became of it.
    pub outcome: String,
}

/// The newest scans of a pass.
pub async fn of_pass(mut conn: Conn<'_>, pass: &str, limit: u32) -> Result<Vec<ScanLine>, StoreError> {
    const SCANS: &str = "select s.at, a.called as person, s.gate, s.action, s.outcome from gate_scans s
        left join accounts a on a.id = s.account_id where s.pass_id = $1 order by s.seq desc limit $2";
    Ok(on!(conn, c => sqlx::query_as(SCANS).bind(pass).bind(i64::from(limit)).fetch_all(&mut **c).await?))
}

/// How many scans there are, for tests and checks.
pub async fn count(db: &Db, outcome: Outcome) -> Result<i64, StoreError> {
    const COUNT: &str = "select count(*) from gate_scans where outcome = $1";
    let mut reader = db.read().await?;
    Ok(on!(reader.conn(), c => sqlx::query_scalar(COUNT).bind(outcome.code()).fetch_one(&mut **c).await?))
}
