//! Failures that lead to a pause: of signing in, and of whatever else must not be guessed. All nodes share them.
//!
//! Invariants: a key says nothing to whoever reads the table; a row is forgotten once it no longer matters, and there is
//! an upper bound for how many there are.

use base_core::account::AccountId;
use base_core::limit::Limit;
use base_core::time::Moment;
use base_db::{Conn, Db, StoreError};

/// Most rows that are kept.
pub const ROWS_MAX: i64 = 200_000;
/// Most rows that one statement removes.
const REMOVED_AT_ONCE: i64 = 10_000;

/// A failure to count.
#[derive(Clone, Copy, Debug)]
pub struct Failure<'f> {
    /// A hash of what is judged.
    pub key: &'f str,
    /// The account, where it is one that exists: an admin who unlocks it has the row forgotten.
    pub account: Option<AccountId>,
    /// When there is a pause.
    pub limit: Limit,
}

/// What became of a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Counted {
    /// Failures since the last pause, within the window.
    pub failures: i64,
    /// Until when there is a pause, in microseconds; 0 if there never was one.
    pub paused_until: i64,
}

/// Counts a failure.
pub async fn failed(mut conn: Conn<'_>, failure: Failure<'_>, now: Moment) -> Result<Counted, StoreError> {
    const PUT: &str = "insert into sign_in_tries (key, account_id, failures, since, pauses, paused_until, expires_at)
        values ($1, $2, 0, $3, 0, 0, $3) on conflict (key) do nothing";
    // On the right side every name stands for the value before.
    const COUNT: &str = "update sign_in_tries set
            failures = case when (case when since <= $2 then 1 else failures + 1 end) >= $3 then 0
                when since <= $2 then 1 else failures + 1 end,
            paused_until = case when (case when since <= $2 then 1 else failures + 1 end) >= $3
                then $4 + $5 * (case pauses when 0 then 1 when 1 then 2 when 2 then 4 when 3 then 8 else 16 end)
                else paused_until end,
            pauses = case when (case when since <= $2 then 1 else failures + 1 end) >= $3 then pauses + $6
                else pauses end,
            since = case when since <= $2 then $4 else since end,
            expires_at = case when expires_at > $7 then expires_at else $7 end
        where key = $1 returning failures, paused_until";
    let Failure { key, account, limit } = failure;
    execute!(conn, PUT, key, account, now.0);
    let keeps_us =
        limit.window_us.max(if limit.grows { limit.pause_us * (Limit::GROWTH_MAX + 1) } else { limit.pause_us });
    Ok(on!(conn, c => sqlx::query_as(COUNT)
        .bind(key).bind(now.0 - limit.window_us).bind(limit.failures_max).bind(now.0).bind(limit.pause_us)
        .bind(i64::from(limit.grows)).bind(now.0 + keeps_us).fetch_one(&mut **c).await?))
}

/// The keys of up to four for which there is a pause now, and until when, in microseconds.
pub async fn paused(mut conn: Conn<'_>, keys: [&str; 4], now: Moment) -> Result<Vec<(String, i64)>, StoreError> {
    const PAUSED: &str =
        "select key, paused_until from sign_in_tries where key in ($1, $2, $3, $4) and paused_until > $5";
    let [first, second, third, fourth] = keys;
    Ok(on!(conn, c => sqlx::query_as(PAUSED)
        .bind(first).bind(second).bind(third).bind(fourth).bind(now.0).fetch_all(&mut **c).await?))
}

/// Forgets the failures under a key: it was a success.
pub async fn forget(mut conn: Conn<'_>, key: &str) -> Result<(), StoreError> {
    execute!(conn, "delete from sign_in_tries where key = $1", key);
    Ok(())
}

/// Forgets all failures of an account: somebody unlocked it.
pub async fn forget_account(mut conn: Conn<'_>, account: AccountId) -> Result<u64, StoreError> {
    Ok(execute!(conn, "delete from sign_in_tries where account_id = $1", account))
}

/// Removes rows that no longer matter, and of more than `rows_max` those that matter least. Returns how many went.
pub async fn remove_old(db: &Db, now: Moment, rows_max: i64) -> Result<u64, StoreError> {
    const OLD: &str = "delete from sign_in_tries where key in
        (select key from sign_in_tries where expires_at <= $1 order by expires_at limit $2)";
    const BEYOND: &str = "delete from sign_in_tries where key in
        (select key from sign_in_tries order by expires_at limit $1)";
    let mut tx = db.write().await?;
    let mut removed = execute!(tx.conn(), OLD, now.0, REMOVED_AT_ONCE);
    let mut conn = tx.conn();
    let rows: i64 = on!(conn, c => sqlx::query_scalar("select count(*) from sign_in_tries").fetch_one(&mut **c).await?);
    if rows > rows_max {
        removed += execute!(tx.conn(), BEYOND, (rows - rows_max).min(REMOVED_AT_ONCE));
    }
    tx.commit().await?;
    Ok(removed)
}
