//! The audit trail, written in the same transaction as what it reports.
//!
//! Invariant: every origin that an entry names is stored before the entry is. The desk keeps this, `wrong_origins` checks
//! it; a foreign key would be looked up with every scan.

use std::cell::Cell;
use std::collections::HashSet;

use base_core::audit::{Entry, Origin};
use base_core::time::{HOUR_US, Moment};
use base_db::batch::Batch;
use base_db::writes::Writes;
use base_db::{Conn, Db, StoreError};
use sha2::{Digest, Sha256};

pub mod forget;
pub mod grow;
pub mod masked;
pub mod prove;
pub mod retention;
mod row;
pub mod seal;
pub mod tree;
pub mod unused;
pub mod verify;

/// Stores origins that are not there yet.
pub static ORIGINS: Batch = Batch::rows(
    "with r (id, address, agent) as (values ",
    3,
    ") insert into origins (id, address, agent) select id, address, agent from r where id is not null
     on conflict (id) do nothing",
);
/// Stores entries.
pub static INSERT: Batch = Batch::rows(
    "with r (at, realm, actor_id, action, entity_type, entity, before, after, origin_id, request_id, station) as (values ",
    11,
    ") insert into audit (at, realm, actor_id, action, entity_type, entity, before, after, origin_id, request_id, station)
     select at, realm, actor_id, action, entity_type, entity, before, after, origin_id, request_id, station
     from r where at is not null",
);

/// An entry with its time and origin.
#[derive(Debug)]
pub struct Record<'a> {
    /// When.
    pub at: Moment,
    /// What.
    pub entry: Entry,
    /// Who, and from where.
    pub origin: &'a Origin,
}

/// The id under which an address and an agent are stored: the first 128 bits of SHA-256 over both. Agents come from
/// outside; with a weaker hash, somebody could make an entry show the address of somebody else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OriginId([u8; 16]);

impl OriginId {
    /// The id of an origin.
    pub fn of(origin: &Origin) -> Self {
        let hash: [u8; 32] = Sha256::new()
            .chain_update("tallyhouse origin")
            .chain_update((origin.address.len() as u64).to_be_bytes())
            .chain_update(&origin.address)
            .chain_update(&origin.agent)
            .finalize()
            .into();
        Self(std::array::from_fn(|at| hash[at]))
    }

    /// As it is stored.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

/// Origins that are known to be stored, so that a busy desk need not write them again with every group.
#[derive(Debug, Default)]
pub struct KnownOrigins {
    ids: HashSet<OriginId>,
    /// Since when they are remembered.
    since: Moment,
}

/// How many origins are remembered; then all are forgotten and written again.
const KNOWN_ORIGINS_MAX: usize = 10_000;
/// How long an origin is remembered, in microseconds. One that nothing refers to is removed later than this.
pub const KNOWN_ORIGINS_US: i64 = HOUR_US;

impl KnownOrigins {
    /// Forgets what may have been removed meanwhile. To be called before each use.
    pub fn forget_old(&mut self, now: Moment) {
        if self.ids.len() > KNOWN_ORIGINS_MAX || !(0..KNOWN_ORIGINS_US).contains(&now.since_us(self.since)) {
            self.ids.clear();
            self.since = now;
        }
    }

    /// True when none is remembered.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Remembers what a commit has made durable.
    pub fn remember(&mut self, offered: Vec<OriginId>) {
        self.ids.extend(offered);
    }
}

/// Writes entries.
pub async fn insert(mut conn: Conn<'_>, records: &[Record<'_>]) -> Result<(), StoreError> {
    offer_origins(conn.reborrow(), records, &KnownOrigins::default()).await?;
    let mut writes = Writes::default();
    gather(records, &mut writes);
    writes.run(conn).await
}

/// Stores the origins of entries, leaving out those that are known, and returns those that were written: once the
/// transaction is committed they may be remembered. To be done before the entries are written.
pub async fn offer_origins(
    mut conn: Conn<'_>,
    records: &[Record<'_>],
    stored: &KnownOrigins,
) -> Result<Vec<OriginId>, StoreError> {
    let mut origins: Vec<(OriginId, &Origin)> = Vec::new();
    for record in records {
        // Entries of one call share their origin.
        if origins.last().is_none_or(|(_, last)| !std::ptr::eq(*last, record.origin)) {
            origins.push((OriginId::of(record.origin), record.origin));
        }
    }
    origins.retain(|(id, _)| !stored.ids.contains(id));
    origins.sort_unstable_by_key(|(id, _)| *id);
    origins.dedup_by_key(|(id, _)| *id);
    let _new = execute_rows!(conn, ORIGINS, &origins, |row| [
        row.0.bytes() => &[u8],
        row.1.address.as_str() => &str,
        row.1.agent.as_str() => &str,
    ]);
    Ok(origins.into_iter().map(|(id, _)| id).collect())
}

/// Collects entries whose origins are stored already, see [`offer_origins`].
pub fn gather<'r>(records: &'r [Record<'r>], writes: &mut Writes<'r>) {
    // Entries of one call share their origin, so it is hashed once for all of them.
    let last: Cell<Option<(&Origin, OriginId)>> = Cell::new(None);
    let id_of = |origin: &'r Origin| {
        let known = last.get().filter(|(of, _)| std::ptr::eq(*of, origin));
        let (_, id) = known.unwrap_or_else(|| (origin, OriginId::of(origin)));
        last.set(Some((origin, id)));
        id
    };
    writes.add(&INSERT, records, |record| {
        [
            record.at.0.into(),
            record.origin.realm.name().into(),
            record.origin.actor.into(),
            record.entry.action.into(),
            record.entry.entity_type.into(),
            record.entry.entity.as_str().into(),
            record.entry.before.as_deref().into(),
            record.entry.after.as_deref().into(),
            id_of(record.origin).0.into(),
            record.origin.request_id.as_str().into(),
            record.origin.station.as_deref().into(),
        ]
    });
}

/// An entry that was written, as checks and the audit page read it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct AuditLine {
    /// Its number.
    pub seq: i64,
    /// When, in microseconds.
    pub at: i64,
    /// In which realm.
    pub realm: String,
    /// Who; `None` is the system.
    pub actor_id: Option<i64>,
    /// What.
    pub action: String,
    /// What kind of thing.
    pub entity_type: String,
    /// Which one.
    pub entity: String,
    /// The old values.
    pub before: Option<String>,
    /// The new values.
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
    const LATEST: &str =
        "select e.seq, e.at, e.realm, e.actor_id, e.action, e.entity_type, e.entity, e.before, e.after,
            coalesce(o.address, '') as address, e.request_id, e.station
        from audit e left join origins o on o.id = e.origin_id order by e.seq desc limit $1";
    let mut reader = db.read().await?;
    Ok(on!(reader.conn(), c => sqlx::query_as(LATEST).bind(i64::from(limit)).fetch_all(&mut **c).await?))
}

/// Entries whose origin is not stored, a few of them. Empty, unless something is broken.
pub async fn wrong_origins(mut conn: Conn<'_>, limit: u32) -> Result<Vec<i64>, StoreError> {
    const WRONG: &str = "select e.seq from audit e left join origins o on o.id = e.origin_id
        where o.id is null order by e.seq limit $1";
    Ok(on!(conn, c => sqlx::query_scalar(WRONG).bind(i64::from(limit)).fetch_all(&mut **c).await?))
}

/// One change of one thing, as its page shows it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ChangeLine {
    /// Its number.
    pub seq: i64,
    /// When, in microseconds.
    pub at: i64,
    /// Whose account; `None` is the system.
    pub actor_id: Option<i64>,
    /// Who.
    pub person: Option<String>,
    /// What.
    pub action: String,
    /// The old values, JSON.
    pub before: Option<String>,
    /// The new values, JSON.
    pub after: Option<String>,
}

/// The newest changes of one thing, leaving out scans that were not refused.
pub async fn changes_of(
    mut conn: Conn<'_>,
    (entity_type, entity): (&str, &str),
    limit: u32,
) -> Result<Vec<ChangeLine>, StoreError> {
    const CHANGES: &str = "select e.seq, e.at, e.actor_id, a.called as person, e.action, e.before, e.after
        from (select * from audit where entity_type = $1 and entity = $2
            and action not in ('link_created', 'parent_selected', 'scan_refused') order by seq desc limit $3) e
        left join accounts a on a.id = e.actor_id order by e.seq desc";
    Ok(on!(conn, c => sqlx::query_as(CHANGES)
        .bind(entity_type).bind(entity).bind(i64::from(limit)).fetch_all(&mut **c).await?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_identified_by_its_address_and_its_agent_alone() {
        let origin =
            |address: &str, agent: &str| Origin { address: address.into(), agent: agent.into(), ..Origin::default() };
        let one = OriginId::of(&origin("10.0.0.1", "a"));
        assert_eq!(
            one,
            OriginId::of(&Origin { request_id: "other".into(), actor: Some(1), ..origin("10.0.0.1", "a") })
        );
        for other in [origin("10.0.0.1a", ""), origin("10.0.0.", "1a"), origin("10.0.0.1", "b"), Origin::default()] {
            assert_ne!(one, OriginId::of(&other), "{other:?}");
        }
    }
}
