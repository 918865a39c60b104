//! How many people came in to an event and are inside. Added up as they come, so that nobody reads all passes to know it.
//!
//! Invariant: what is added is the difference between the passes of a group as they were loaded and as they were written, in
//! the same transaction; the sum over the shards of an event equals a recount (`tallyhouse doctor`).

use std::collections::BTreeMap;

use base_db::{Batch, Conn, Db, StoreError, Tx, Writes};
use passes_rules::event::EventId;

static ADD: Batch = Batch::rows(
    "with r (event_id, shard, admitted, inside) as (values ",
    4,
    ") insert into event_counts (event_id, shard, admitted, inside) select event_id, shard, admitted, inside from r
     where event_id is not null
     on conflict (event_id, shard) do update set admitted = event_counts.admitted + excluded.admitted,
        inside = event_counts.inside + excluded.inside",
);

/// People of an event, or how many more of them there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Added {
    /// How many came in.
    pub admitted: i64,
    /// How many of them are inside.
    pub inside: i64,
}

/// Collects what a group adds, in the order of the events.
pub fn gather(added: &BTreeMap<EventId, Added>, shard: i64, writes: &mut Writes<'_>) {
    let changed = added.iter().filter(|(_, added)| **added != Added::default());
    writes.add(&ADD, changed, |(event, added)| {
        [(*event).into(), shard.into(), added.admitted.into(), added.inside.into()]
    });
}

/// Adds to an event outside of a group, as an importer does.
pub async fn add(tx: &mut Tx, event: EventId, added: Added) -> Result<(), StoreError> {
    const ADD: &str = "insert into event_counts (event_id, shard, admitted, inside) values ($1, 0, $2, $3)
        on conflict (event_id, shard) do update set admitted = event_counts.admitted + excluded.admitted,
            inside = event_counts.inside + excluded.inside";
    execute!(tx.conn(), ADD, event, added.admitted, added.inside);
    Ok(())
}

/// The counts of an event.
pub async fn of(mut conn: Conn<'_>, event: EventId) -> Result<Added, StoreError> {
    const SUM: &str = "select cast(coalesce(sum(admitted), 0) as bigint) as admitted,
            cast(coalesce(sum(inside), 0) as bigint) as inside from event_counts where event_id = $1";
    Ok(on!(conn, c => sqlx::query_as(SUM).bind(event).fetch_one(&mut **c).await?))
}

/// The same, while no other group of this event is decided: for events that let in only so many.
pub async fn locked(mut conn: Conn<'_>, event: EventId) -> Result<Added, StoreError> {
    const LOCK: &str = "select id from events where id = $1 for update";
    if conn.dialect().locks_rows() {
        let _locked: Option<i64> = on!(conn, c => sqlx::query_scalar(LOCK).bind(event).fetch_optional(&mut **c).await?);
    }
    of(conn, event).await
}

/// Events whose counts differ from a recount of their passes: their number, the counts, and the recount.
pub async fn differing(db: &Db) -> Result<Vec<(EventId, Added, Added)>, StoreError> {
    const DIFFERING: &str = "with c as (select event_id, sum(admitted) as admitted, sum(inside) as inside
                from event_counts group by event_id),
            p as (select event_id, sum(admitted) as admitted, sum(inside) as inside from passes group by event_id)
        select p.event_id, cast(coalesce(c.admitted, 0) as bigint) as admitted,
            cast(coalesce(c.inside, 0) as bigint) as inside, cast(p.admitted as bigint) as passes_admitted,
            cast(p.inside as bigint) as passes_inside
        from p left join c on c.event_id = p.event_id
        where coalesce(c.admitted, 0) <> p.admitted or coalesce(c.inside, 0) <> p.inside order by p.event_id";
    let mut reader = db.read().await?;
    let rows: Vec<(i64, i64, i64, i64, i64)> =
        on!(reader.conn(), c => sqlx::query_as(DIFFERING).fetch_all(&mut **c).await?);
    let of = |(event, admitted, inside, passes_admitted, passes_inside)| {
        (event, Added { admitted, inside }, Added { admitted: passes_admitted, inside: passes_inside })
    };
    Ok(rows.into_iter().map(of).collect())
}
