//! The keys of compact codes: which there are, and which are no longer taken. What a key is follows from the secret of the
//! site and its number; nothing of it stands here.

use base_core::audit::Entry;
use base_core::time::Moment;
use base_db::{Conn, Db, StoreError, Tx};
use passes_rules::event::EventId;
use passes_rules::payload::keys::{FIRST_KEY, KeyState};
use serde_json::json;

use crate::event::{By, Seen};

/// Most keys of a site.
pub const KEYS_MAX: i64 = 1_000;

/// A key, as pages show it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct KeyLine {
    /// Its number.
    pub id: i64,
    /// When it was made.
    pub created_at: i64,
    /// By whom.
    pub created_by: Option<String>,
    /// When it was revoked.
    pub revoked_at: Option<i64>,
    /// By whom.
    pub revoked_by: Option<String>,
    /// Why.
    pub reason: Option<String>,
}

/// What became of a revocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revoked {
    /// Codes that it signed are no longer taken.
    Done,
    /// There is no such key, or it was revoked before.
    Gone,
    /// It is the only one: without it nothing could be signed.
    Last,
}

/// Every key, the newest first.
pub async fn list(mut conn: Conn<'_>) -> Result<Vec<KeyLine>, StoreError> {
    const LIST: &str =
        "select k.id, k.created_at, c.called as created_by, k.revoked_at, r.called as revoked_by, k.reason
        from pass_keys k left join accounts c on c.id = k.created_by left join accounts r on r.id = k.revoked_by
        order by k.id desc limit $1";
    Ok(on!(conn, c => sqlx::query_as(LIST).bind(KEYS_MAX).fetch_all(&mut **c).await?))
}

/// Which keys there are; none until the second one is made.
pub async fn states(db: &Db) -> Result<Vec<KeyState>, StoreError> {
    let lines = list(db.read().await?.conn()).await?;
    let state = |line: &KeyLine| {
        let unreadable = |_| StoreError::Unreadable { what: "number of a key", value: line.id.to_string() };
        Ok(KeyState { id: u16::try_from(line.id).map_err(unreadable)?, is_revoked: line.revoked_at.is_some() })
    };
    lines.iter().map(state).collect()
}

/// The first key, which is there without anybody having made it.
async fn put_first(tx: &mut Tx, at: Moment) -> Result<(), StoreError> {
    const FIRST: &str = "insert into pass_keys (id, created_at) values ($1, $2) on conflict (id) do nothing";
    execute!(tx.conn(), FIRST, i64::from(FIRST_KEY), at.0);
    Ok(())
}

/// Makes another key, which signs from now on; `None` where there are too many.
pub async fn add(db: &Db, by: By<'_>) -> Result<Option<i64>, StoreError> {
    const NEWEST: &str = "select max(id) from pass_keys";
    const ADD: &str =
        "insert into pass_keys (id, created_at, created_by) values ($1, $2, $3) on conflict (id) do nothing";
    let mut tx = db.write().await?;
    put_first(&mut tx, by.at).await?;
    let newest: i64 = on!(tx.conn(), c => sqlx::query_scalar(NEWEST).fetch_one(&mut **c).await?);
    let id = newest + 1;
    if id > KEYS_MAX || execute!(tx.conn(), ADD, id, by.at.0, by.origin.actor) == 0 {
        tx.rollback().await?;
        return Ok(None);
    }
    by.note(&mut tx, Entry::new("pass_key_made", "pass_key", id.to_string())).await?;
    tx.commit().await?;
    Ok(Some(id))
}

/// Revokes a key.
pub async fn revoke(db: &Db, id: i64, reason: &str, by: By<'_>) -> Result<Revoked, StoreError> {
    const REVOKE: &str = "update pass_keys set revoked_at = $2, revoked_by = $3, reason = $4
        where id = $1 and revoked_at is null";
    const LEFT: &str = "select count(*) from pass_keys where revoked_at is null";
    const LOCK: &str = "update pass_keys set created_at = created_at where id = $1";
    let mut tx = db.write().await?;
    put_first(&mut tx, by.at).await?;
    // Two who revoke at once wait for each other here, so that one key is left.
    execute!(tx.conn(), LOCK, i64::from(FIRST_KEY));
    if execute!(tx.conn(), REVOKE, id, by.at.0, by.origin.actor, reason) == 0 {
        tx.rollback().await?;
        return Ok(Revoked::Gone);
    }
    let left: i64 = on!(tx.conn(), c => sqlx::query_scalar(LEFT).fetch_one(&mut **c).await?);
    if left == 0 {
        tx.rollback().await?;
        return Ok(Revoked::Last);
    }
    let entry = Entry::new("pass_key_revoked", "pass_key", id.to_string()).with_after(&json!({ "reason": reason }));
    by.note(&mut tx, entry).await?;
    tx.commit().await?;
    Ok(Revoked::Done)
}

/// A pass whose codes, or some of them, are no longer taken.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct RevokedPass {
    /// The pass.
    pub pass_id: String,
    /// Codes that were made before are not taken.
    pub codes_since: Option<i64>,
    /// When it was cancelled: no code is taken.
    pub cancelled_at: Option<i64>,
}

/// Passes whose codes are no longer taken, in the order of their ids, from after `after`: those of an event, or of all events
/// that somebody sees.
pub async fn revoked_passes(
    mut conn: Conn<'_>,
    (event, seen): (Option<EventId>, Seen),
    after: &str,
    limit: u32,
) -> Result<Vec<RevokedPass>, StoreError> {
    const REVOKED: &str = "select pass_id, codes_since, cancelled_at from passes
        where ($1 = 0 or event_id = $1) and (cancelled_at is not null or codes_since is not null) and pass_id > $2
            and ($4 = 0 or event_id in (select event_id from event_people where account_id = $4))
        order by pass_id limit $3";
    Ok(on!(conn, c => sqlx::query_as(REVOKED)
        .bind(event.unwrap_or(0)).bind(after).bind(i64::from(limit)).bind(seen.account()).fetch_all(&mut **c).await?))
}
