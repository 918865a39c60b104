//! Origins that no entry of the trail refers to any more.
//!
//! Invariant: no entry is ever without its origin. Between looking and removing, an entry may come that refers to an origin
//! again: those are looked at once more while nobody can store an origin.

use std::collections::HashSet;

use base_db::batch::Batch;
use base_db::{Db, StoreError};

use super::OriginId;

/// Entries that are read at once.
const ENTRIES_AT_ONCE: i64 = 50_000;
/// Most origins that are removed in one transaction.
pub const REMOVED_AT_ONCE: usize = 1_000;

static REMOVE: Batch = Batch::rows(
    "with r (id, seen) as (values ",
    2,
    ") delete from origins where id in (select r.id from r where r.id is not null
     and not exists (select 1 from audit e where e.seq > r.seen and e.origin_id = r.id))",
);

/// Origins without an entry, as of a moment.
#[derive(Debug, Default)]
pub struct Unused {
    /// Which ones.
    pub ids: Vec<OriginId>,
    /// The last entry that was looked at.
    pub seen: i64,
}

impl OriginId {
    fn stored(bytes: &[u8]) -> Result<Self, StoreError> {
        let unreadable = |_| StoreError::Unreadable { what: "id of an origin", value: format!("{bytes:?}") };
        bytes.try_into().map(Self).map_err(unreadable)
    }
}

/// True when more than so many origins are stored.
pub async fn are_more_than(db: &Db, n: u32) -> Result<bool, StoreError> {
    const COUNT: &str = "select count(*) from (select 1 from origins limit $1) x";
    let mut reader = db.read().await?;
    let found: i64 = on!(reader.conn(), c => sqlx::query_scalar(COUNT)
        .bind(i64::from(n) + 1).fetch_one(&mut **c).await?);
    Ok(found > i64::from(n))
}

/// The origins to which no entry refers. Reads the whole trail, in parts.
pub async fn find(db: &Db) -> Result<Unused, StoreError> {
    const ALL: &str = "select id from origins";
    const LAST: &str = "select coalesce(max(seq), 0) from audit";
    const USED: &str = "select distinct origin_id from audit where seq > $1 and seq <= $2";
    let mut reader = db.read().await?;
    let ids: Vec<Vec<u8>> = on!(reader.conn(), c => sqlx::query_scalar(ALL).fetch_all(&mut **c).await?);
    let last: i64 = on!(reader.conn(), c => sqlx::query_scalar(LAST).fetch_one(&mut **c).await?);
    drop(reader);
    let mut unused: HashSet<OriginId> = ids.iter().map(|id| OriginId::stored(id)).collect::<Result<_, _>>()?;
    let mut seen = 0;
    while seen < last && !unused.is_empty() {
        let until = last.min(seen + ENTRIES_AT_ONCE);
        let mut reader = db.read().await?;
        let used: Vec<Vec<u8>> = on!(reader.conn(), c => sqlx::query_scalar(USED)
            .bind(seen).bind(until).fetch_all(&mut **c).await?);
        for id in used {
            unused.remove(&OriginId::stored(&id)?);
        }
        seen = until;
    }
    let mut ids: Vec<OriginId> = unused.into_iter().collect();
    ids.sort_unstable();
    Ok(Unused { ids, seen: last })
}

/// Removes those of `ids`, at most [`REMOVED_AT_ONCE`], to which no entry behind `seen` refers; returns how many.
pub async fn remove(db: &Db, ids: &[OriginId], seen: i64) -> Result<u64, StoreError> {
    // Waits for everybody who stores an origin with an entry, and has those who come wait for this.
    const ALONE: &str = "lock table origins in share row exclusive mode";
    let ids = &ids[..ids.len().min(REMOVED_AT_ONCE)];
    let mut tx = db.write().await?;
    if tx.conn().dialect().locks_rows() {
        execute!(tx.conn(), ALONE);
    }
    let removed = execute_rows!(tx.conn(), REMOVE, ids, |id| [id.bytes() => &[u8], seen => i64]);
    tx.commit().await?;
    Ok(removed)
}
