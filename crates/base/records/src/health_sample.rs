//! How each node was, every half minute of the last day.

use base_core::time::{DAY_US, HOUR_US, Moment};
use base_db::{Conn, Db, StoreError};

/// How long samples are kept, in microseconds.
pub const KEPT_US: i64 = DAY_US;

/// How a node was at a moment.
#[derive(Clone, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Sample {
    /// The node.
    pub node: String,
    /// When, in microseconds.
    pub at: i64,
    /// How many connections there may be.
    pub pool_size: i64,
    /// How many were in use.
    pub pool_in_use: i64,
    /// How long a short query took, in microseconds.
    pub query_us: i64,
    /// How long a short query of the trail took, in microseconds.
    pub audit_us: i64,
    /// Requests that failed in the minute before.
    pub errors_a_minute: i64,
    /// Sign-ins that failed in the minute before.
    pub sign_ins_a_minute: i64,
    /// Memory of the program, in bytes.
    pub memory_bytes: i64,
    /// How full the fullest disk was.
    pub disk_percent: Option<i64>,
}

/// What the samples of an hour come to: the highest of each.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Hour {
    /// How many whole hours since 1970.
    pub hour: i64,
    /// The share of connections in use, in percent.
    pub pool_percent: i64,
    /// The time of a short query, in microseconds.
    pub query_us: i64,
    /// Failed requests in a minute.
    pub errors_a_minute: i64,
    /// Memory of one node, in bytes.
    pub memory_bytes: i64,
}

impl Sample {
    /// The share of connections in use, in percent.
    pub fn pool_percent(&self) -> i64 {
        (self.pool_in_use * 100).checked_div(self.pool_size).unwrap_or_default()
    }
}

/// Keeps a sample, and forgets those of more than a day ago.
pub async fn keep(db: &Db, sample: &Sample) -> Result<(), StoreError> {
    const KEEP: &str = "insert into health_samples (node, at, pool_size, pool_in_use, query_us, audit_us,
            errors_a_minute, sign_ins_a_minute, memory_bytes, disk_percent)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (at, node) do nothing";
    let Sample { node, at, pool_size, pool_in_use, query_us, audit_us, memory_bytes, disk_percent, .. } = sample;
    let mut tx = db.write().await?;
    on!(tx.conn(), c => sqlx::query(KEEP).bind(node).bind(at).bind(pool_size).bind(pool_in_use).bind(query_us)
        .bind(audit_us).bind(sample.errors_a_minute).bind(sample.sign_ins_a_minute).bind(memory_bytes)
        .bind(disk_percent).execute(&mut **c).await?.rows_affected());
    execute!(tx.conn(), "delete from health_samples where at < $1", at - KEPT_US);
    tx.commit().await
}

/// Samples since a moment, the oldest first; of every node. A day of one node has 2,880.
pub async fn since(mut conn: Conn<'_>, moment: Moment) -> Result<Vec<Sample>, StoreError> {
    const SINCE: &str =
        "select node, at, pool_size, pool_in_use, query_us, audit_us, errors_a_minute, sign_ins_a_minute,
            memory_bytes, disk_percent from health_samples where at >= $1 order by at, node limit 50000";
    Ok(on!(conn, c => sqlx::query_as(SINCE).bind(moment.0).fetch_all(&mut **c).await?))
}

/// What the hours since a moment came to, the oldest first.
pub async fn hours(mut conn: Conn<'_>, moment: Moment) -> Result<Vec<Hour>, StoreError> {
    const HOURS: &str = "select at / $2 as hour,
            max(case when pool_size = 0 then 0 else pool_in_use * 100 / pool_size end) as pool_percent,
            max(query_us) as query_us, max(errors_a_minute) as errors_a_minute, max(memory_bytes) as memory_bytes
        from health_samples where at >= $1 group by 1 order by 1";
    Ok(on!(conn, c => sqlx::query_as(HOURS).bind(moment.0).bind(HOUR_US).fetch_all(&mut **c).await?))
}

/// How many entries of the trail since a moment tell of an error or a failure.
pub async fn errors_since(mut conn: Conn<'_>, moment: Moment) -> Result<i64, StoreError> {
    // The trail is in the order of time, as far as it is sealed: the leaves tell where that moment is.
    const ERRORS: &str = "select count(*) from audit
        where action not in ('link_created', 'parent_selected', 'scan_refused')
            and seq >= coalesce((select min(first_seq) from audit_leaves where last_at >= $1),
                (select coalesce(max(seq), 0) - 10000 from audit))
            and at >= $1 and (action like '%error%' or action like '%fail%')";
    Ok(on!(conn, c => sqlx::query_scalar(ERRORS).bind(moment.0).fetch_one(&mut **c).await?))
}

/// A short query of the trail, to see how long it takes.
pub async fn ask_trail(mut conn: Conn<'_>) -> Result<Option<i64>, StoreError> {
    Ok(on!(conn, c => sqlx::query_scalar("select max(seq) from audit").fetch_one(&mut **c).await?))
}
