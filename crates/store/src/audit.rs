//! The audit trail, written in the same transaction as what it tells of.

use std::collections::HashSet;

use tallyhouse_core::audit::{Entry, Origin};
use tallyhouse_core::time::Moment;

use crate::batch::Batch;
use crate::db::{Conn, Db};
use crate::error::StoreError;

static ORIGINS: Batch = Batch::rows(
    "with r (id, address, agent) as (values ",
    3,
    ") insert into origins (id, address, agent) select id, address, agent from r where id is not null
     on conflict (id) do nothing",
);
static INSERT: Batch = Batch::rows(
    "with r (at, actor_id, action, entity_type, entity, before, after, origin_id, request_id, station) as (values ",
    10,
    ") insert into audit (at, actor_id, realm, action, entity_type, entity, before, after, origin_id, request_id, station)
     select at, actor_id, 'staff', action, entity_type, entity, before, after, origin_id, request_id, station
     from r where at is not null",
);

/// An entry with its time and the one behind it.
#[derive(Debug)]
pub struct Record<'a> {
    /// When.
    pub at: Moment,
    /// What.
    pub entry: Entry,
    /// Who, and from where.
    pub origin: &'a Origin,
}

/// The number under which an address and an agent stand: 63 bits of FNV-1a over both.
fn origin_id(origin: &Origin) -> i64 {
    let bytes = origin.address.bytes().chain([0]).chain(origin.agent.bytes());
    let hash =
        bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    (hash >> 1).cast_signed()
}

/// Origins that are known to be stored, so that a busy desk need not offer them again with every group.
#[derive(Debug, Default)]
pub struct KnownOrigins(HashSet<i64>);

/// How many origins are remembered; then all are forgotten and offered anew.
const KNOWN_ORIGINS_MAX: usize = 10_000;

impl KnownOrigins {
    /// Remembers what a commit has made durable.
    pub fn remember(&mut self, offered: Vec<i64>) {
        if self.0.len() > KNOWN_ORIGINS_MAX {
            self.0.clear();
        }
        self.0.extend(offered);
    }
}

/// Writes entries.
pub async fn insert(conn: Conn<'_>, records: &[Record<'_>]) -> Result<(), StoreError> {
    insert_known(conn, records, &KnownOrigins::default()).await.map(drop)
}

/// Writes entries, leaving out origins that are known, and gives the origins that were offered: once the transaction is
/// committed they may be remembered.
pub async fn insert_known(
    mut conn: Conn<'_>,
    records: &[Record<'_>],
    stored: &KnownOrigins,
) -> Result<Vec<i64>, StoreError> {
    let mut origins: Vec<(i64, &Origin)> = Vec::new();
    let mut ids = Vec::with_capacity(records.len());
    for record in records {
        let known = origins.iter().find(|(_, origin)| {
            std::ptr::eq(*origin, record.origin)
                || (origin.address == record.origin.address && origin.agent == record.origin.agent)
        });
        let id = known.map_or_else(|| origin_id(record.origin), |(id, _)| *id);
        if known.is_none() {
            origins.push((id, record.origin));
        }
        ids.push((id, record));
    }
    origins.retain(|(id, _)| !stored.0.contains(id));
    origins.sort_unstable_by_key(|(id, _)| *id);
    let _new = execute_rows!(conn, ORIGINS, &origins, |row| [
        row.0 => i64,
        row.1.address.as_str() => &str,
        row.1.agent.as_str() => &str,
    ]);
    let _written = execute_rows!(conn, INSERT, &ids, |row| [
        row.1.at.0 => i64,
        row.1.origin.actor => i64,
        row.1.entry.action => &str,
        row.1.entry.entity_type => &str,
        row.1.entry.entity.as_str() => &str,
        row.1.entry.before.as_deref() => &str,
        row.1.entry.after.as_deref() => &str,
        row.0 => i64,
        row.1.origin.request_id.as_str() => &str,
        row.1.origin.station.as_deref() => &str,
    ]);
    Ok(origins.into_iter().map(|(id, _)| id).collect())
}

/// An entry that was written, as checks and the audit page read it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct AuditLine {
    /// Its number.
    pub seq: i64,
    /// When, in microseconds.
    pub at: i64,
    /// Who; `None` is the system.
    pub actor_id: Option<i64>,
    /// What.
    pub action: String,
    /// What kind of thing.
    pub entity_type: String,
    /// Which one.
    pub entity: String,
    /// What was.
    pub before: Option<String>,
    /// What is now.
    pub after: Option<String>,
    /// From where.
    pub address: String,
    /// The request.
    pub request_id: String,
    /// The station.
    pub station: Option<String>,
}

/// The newest entries.
pub async fn latest(db: &Db, limit: u32) -> Result<Vec<AuditLine>, StoreError> {
    const LATEST: &str = "select e.seq, e.at, e.actor_id, e.action, e.entity_type, e.entity, e.before, e.after,
            o.address, e.request_id, e.station
        from audit e join origins o on o.id = e.origin_id order by e.seq desc limit $1";
    let mut reader = db.read().await?;
    Ok(on!(reader.conn(), c => sqlx::query_as(LATEST).bind(i64::from(limit)).fetch_all(&mut **c).await?))
}

/// One change of one thing, as its page shows it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ChangeLine {
    /// Its number.
    pub seq: i64,
    /// When, in microseconds.
    pub at: i64,
    /// Who.
    pub person: Option<String>,
    /// What.
    pub action: String,
    /// What was, JSON.
    pub before: Option<String>,
    /// What is since, JSON.
    pub after: Option<String>,
}

/// The newest changes of one thing, scans that went as they should left out.
pub async fn changes_of(
    mut conn: Conn<'_>,
    (entity_type, entity): (&str, &str),
    limit: u32,
) -> Result<Vec<ChangeLine>, StoreError> {
    const CHANGES: &str = "select e.seq, e.at, a.username as person, e.action, e.before, e.after
        from (select * from audit where entity_type = $1 and entity = $2
            and action not in ('link_created', 'parent_selected', 'scan_refused') order by seq desc limit $3) e
        left join accounts a on a.id = e.actor_id order by e.seq desc";
    Ok(on!(conn, c => sqlx::query_as(CHANGES)
        .bind(entity_type).bind(entity).bind(i64::from(limit)).fetch_all(&mut **c).await?))
}
