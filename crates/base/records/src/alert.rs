//! Alerts: what called for somebody, since when, and until when; and the calls of the webhook that tell of it.
//!
//! Invariants: of one kind, thing and node at most one alert is open, which an index keeps: of several nodes that see the same
//! one begins it and tells of it; a call is written in the transaction of what it tells of; what waits has an upper bound.

use base_core::time::Moment;
use base_db::{Conn, Db, StoreError};

/// Most calls that wait at once; what comes then is not told by the webhook, and the list of alerts shows it all the same.
pub const CALLS_WAITING_MAX: i64 = 500;

/// What an alert is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct About<'a> {
    /// Its kind, such as `pool`.
    pub kind: &'a str,
    /// The thing, where there are several.
    pub subject: &'a str,
    /// The node; empty for what is the same on every node.
    pub node: &'a str,
}

/// An alert as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Alert {
    /// Its number.
    pub id: i64,
    /// Its kind, such as `pool`.
    pub kind: String,
    /// The thing, where there are several.
    pub subject: String,
    /// The node; empty for what is the same on every node.
    pub node: String,
    /// The worst figure since it began.
    pub value: i64,
    /// The figure from which on it begins.
    pub raise_at: i64,
    /// When it began, in microseconds.
    pub raised_at: i64,
    /// When it was last seen, in microseconds.
    pub seen_at: i64,
    /// When it was over, in microseconds.
    pub cleared_at: Option<i64>,
}

/// A call of the webhook that this node may make now.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Call {
    /// Its number.
    pub id: i64,
    /// When it was written, in microseconds.
    pub at: i64,
    /// What happened, such as `alert_raised`.
    pub event: String,
    /// What is sent: JSON.
    pub body: String,
    /// Attempts, this one included.
    pub tries: i64,
}

/// The calls of the webhook that are not made.
#[derive(Clone, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct CallCounts {
    /// Yet to be made.
    pub waiting: i64,
    /// Given up.
    pub failed: i64,
}

/// Who is told of alerts, besides whoever looks at the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Telling {
    /// True where mails go, too.
    pub by_mail: bool,
    /// The addresses that mails go to; where there is none, those of all admins.
    pub addresses: Vec<String>,
    /// The server of the webhook, for people to read; `None` without one.
    pub webhook: Option<String>,
}

/// Begins an alert. `None` where it has begun already.
pub async fn raise(
    mut conn: Conn<'_>,
    about: About<'_>,
    (value, raise_at): (i64, i64),
    at: Moment,
) -> Result<Option<Alert>, StoreError> {
    const RAISE: &str = "insert into alerts (kind, subject, node, value, raise_at, raised_at, seen_at)
        values ($1, $2, $3, $4, $5, $6, $6) on conflict (kind, subject, node) where cleared_at is null do nothing
        returning id, kind, subject, node, value, raise_at, raised_at, seen_at, cleared_at";
    Ok(on!(conn, c => sqlx::query_as(RAISE)
        .bind(about.kind).bind(about.subject).bind(about.node).bind(value).bind(raise_at).bind(at.0)
        .fetch_optional(&mut **c).await?))
}

/// Notes that an alert goes on, and its figure where that is worse.
pub async fn lasts(mut conn: Conn<'_>, id: i64, value: i64, at: Moment) -> Result<(), StoreError> {
    const LASTS: &str = "update alerts set seen_at = $3, value = case when $2 > value then $2 else value end
        where id = $1 and cleared_at is null";
    execute!(conn, LASTS, id, value, at.0);
    Ok(())
}

/// Ends an alert. `None` where it was over already.
pub async fn clear(mut conn: Conn<'_>, id: i64, at: Moment) -> Result<Option<Alert>, StoreError> {
    const CLEAR: &str = "update alerts set cleared_at = $2 where id = $1 and cleared_at is null
        returning id, kind, subject, node, value, raise_at, raised_at, seen_at, cleared_at";
    Ok(on!(conn, c => sqlx::query_as(CLEAR).bind(id).bind(at.0).fetch_optional(&mut **c).await?))
}

/// The alerts that are not over, the newest first.
pub async fn open(mut conn: Conn<'_>) -> Result<Vec<Alert>, StoreError> {
    const OPEN: &str = "select id, kind, subject, node, value, raise_at, raised_at, seen_at, cleared_at from alerts
        where cleared_at is null order by id desc";
    Ok(on!(conn, c => sqlx::query_as(OPEN).fetch_all(&mut **c).await?))
}

/// The newest alerts below a number, those that are over, too.
pub async fn list(mut conn: Conn<'_>, below_id: Option<i64>, limit: u32) -> Result<Vec<Alert>, StoreError> {
    const LIST: &str = "select id, kind, subject, node, value, raise_at, raised_at, seen_at, cleared_at from alerts
        where id < $1 order by id desc limit $2";
    let below = below_id.unwrap_or(i64::MAX);
    Ok(on!(conn, c => sqlx::query_as(LIST).bind(below).bind(i64::from(limit)).fetch_all(&mut **c).await?))
}

/// Removes alerts that were over, and calls that were made or given up, before a moment. At most `limit` of each at once;
/// gives how many went.
pub async fn remove_old(db: &Db, before: Moment, limit: u32) -> Result<u64, StoreError> {
    const ALERTS: &str = "delete from alerts where id in
        (select id from alerts where cleared_at is not null and cleared_at < $1 order by cleared_at limit $2)";
    const CALLS: &str = "delete from alert_calls where id in
        (select id from alert_calls where state in ('sent', 'failed') and next_try_at < $1 limit $2)";
    let mut tx = db.write().await?;
    let removed = execute!(tx.conn(), ALERTS, before.0, i64::from(limit));
    let removed = removed + execute!(tx.conn(), CALLS, before.0, i64::from(limit));
    tx.commit().await?;
    Ok(removed)
}

/// Writes a call in the caller's transaction. False where too many wait already.
pub async fn call(mut conn: Conn<'_>, event: &str, body: &str, at: Moment) -> Result<bool, StoreError> {
    const PUT: &str = "insert into alert_calls (at, event, body, state, tries, next_try_at)
        select $1, $2, $3, 'waiting', 0, $1
        where (select count(*) from alert_calls where state = 'waiting') < $4";
    Ok(execute!(conn, PUT, at.0, event, body, CALLS_WAITING_MAX) == 1)
}

/// Claims the call whose turn it is; the attempt counts from now on.
pub async fn claim_call(db: &Db, node: &str, now: Moment, lease_us: i64) -> Result<Option<Call>, StoreError> {
    const DUE: &str = "select id from alert_calls
        where state = 'waiting' and next_try_at <= $1 and (lease_until is null or lease_until <= $1)
        order by next_try_at, id limit 1";
    const CLAIM: &str = "update alert_calls set tries = tries + 1, lease_until = $4, lease_by = $2
        where id = $1 and state = 'waiting' and next_try_at <= $3 and (lease_until is null or lease_until <= $3)
        returning id, at, event, body, tries";
    // Looked up without the writer: most of the time nothing is due.
    let mut reader = db.read().await?;
    let due: Option<i64> = on!(reader.conn(), c => sqlx::query_scalar(DUE).bind(now.0).fetch_optional(&mut **c).await?);
    drop(reader);
    let Some(id) = due else { return Ok(None) };
    let mut tx = db.write().await?;
    let claimed = on!(tx.conn(), c => sqlx::query_as(CLAIM)
        .bind(id).bind(node).bind(now.0).bind(now.plus_us(lease_us).0).fetch_optional(&mut **c).await?);
    tx.commit().await?;
    Ok(claimed)
}

/// Notes that a call was made. False when the lease had gone to another node.
pub async fn call_made(mut conn: Conn<'_>, id: i64, node: &str) -> Result<bool, StoreError> {
    const MADE: &str = "update alert_calls set state = 'sent', last_error = null, lease_until = null, lease_by = null
        where id = $1 and state = 'waiting' and lease_by = $2";
    Ok(execute!(conn, MADE, id, node) == 1)
}

/// Notes a failed attempt: the call is made again at `retry_at`, or given up where there is none. False when the lease had
/// gone to another node.
pub async fn call_failed(
    mut conn: Conn<'_>,
    id: i64,
    node: &str,
    error: &str,
    retry_at: Option<Moment>,
) -> Result<bool, StoreError> {
    const FAILED: &str = "update alert_calls set state = case when $4 is null then 'failed' else state end,
            next_try_at = coalesce($4, next_try_at), last_error = $3, lease_until = null, lease_by = null
        where id = $1 and state = 'waiting' and lease_by = $2";
    Ok(execute!(conn, FAILED, id, node, error, retry_at.map(|at| at.0)) == 1)
}

/// How many calls are not made.
pub async fn call_counts(mut conn: Conn<'_>) -> Result<CallCounts, StoreError> {
    const COUNTS: &str = "select cast(coalesce(sum(case when state = 'waiting' then 1 end), 0) as bigint) as waiting,
            cast(coalesce(sum(case when state = 'failed' then 1 end), 0) as bigint) as failed
        from alert_calls where state in ('waiting', 'failed')";
    Ok(on!(conn, c => sqlx::query_as(COUNTS).fetch_one(&mut **c).await?))
}

/// What went wrong last with a call that waits or was given up.
pub async fn last_call_error(mut conn: Conn<'_>) -> Result<Option<String>, StoreError> {
    const LAST: &str = "select last_error from alert_calls where state in ('waiting', 'failed')
        and last_error is not null order by id desc limit 1";
    Ok(on!(conn, c => sqlx::query_scalar(LAST).fetch_optional(&mut **c).await?))
}
