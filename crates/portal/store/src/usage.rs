//! How customers use the portal, counted from the trail itself, so that a recount gives the same.

use base_core::time::Moment;
use base_db::{Conn, StoreError};
use portal_rules::usage::{EXPORT, LOGIN};

/// Most people whose sign-ins are listed.
const MOST_ACTIVE: i64 = 10;
/// Most sign-ins and exports that are listed.
const RECENT: i64 = 10;

/// Figures of one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Accounts that may sign in.
    pub active: i64,
    /// Sign-ins since a moment.
    pub sign_ins: i64,
    /// Customers who signed in since then.
    pub people: i64,
    /// Sessions that open something now.
    pub sessions: i64,
    /// Exports since then.
    pub exports: i64,
}

/// From when on it is counted, and which sessions count.
#[derive(Clone, Copy, Debug)]
pub struct Since {
    /// From when on sign-ins and exports count.
    pub from: Moment,
    /// Sessions that nobody used since then open nothing.
    pub idle: Moment,
    /// The present moment.
    pub now: Moment,
}

/// The figures.
pub async fn figures(mut conn: Conn<'_>, since: Since) -> Result<Figures, StoreError> {
    const ACTIVE: &str = "select count(*) from accounts where realm = 'customer' and removed_at is null and is_active";
    const SIGN_INS: &str = "select count(*), count(distinct entity) from audit
        where entity_type = 'customer' and action = $1 and at >= $2";
    const SESSIONS: &str = "select count(*) from sessions
        where realm = 'customer' and seen_at > $1 and expires_at > $2 and locked_at is null";
    let active: i64 = on!(conn, c => sqlx::query_scalar(ACTIVE).fetch_one(&mut **c).await?);
    let (sign_ins, people): (i64, i64) =
        on!(conn, c => sqlx::query_as(SIGN_INS).bind(LOGIN).bind(since.from.0).fetch_one(&mut **c).await?);
    let (exports, _): (i64, i64) =
        on!(conn, c => sqlx::query_as(SIGN_INS).bind(EXPORT).bind(since.from.0).fetch_one(&mut **c).await?);
    let sessions: i64 = on!(conn, c => sqlx::query_scalar(SESSIONS)
        .bind(since.idle.0).bind(since.now.0).fetch_one(&mut **c).await?);
    Ok(Figures { active, sign_ins, people, sessions, exports })
}

/// When customers signed in from a moment on.
pub async fn sign_ins_since(mut conn: Conn<'_>, from: Moment) -> Result<Vec<Moment>, StoreError> {
    const TIMES: &str = "select at from audit where entity_type = 'customer' and action = $1 and at >= $2 order by at";
    let times: Vec<i64> = on!(conn, c => sqlx::query_scalar(TIMES).bind(LOGIN).bind(from.0).fetch_all(&mut **c).await?);
    Ok(times.into_iter().map(Moment).collect())
}

/// Who signed in how often.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct ActiveLine {
    /// The e-mail at that time.
    pub email: String,
    /// How often.
    pub n: i64,
    /// The last time, in microseconds.
    pub last_at: i64,
}

/// Who signed in most often, over all that the trail has.
pub async fn most_active(mut conn: Conn<'_>) -> Result<Vec<ActiveLine>, StoreError> {
    const MOST: &str = "select entity as email, count(*) as n, max(at) as last_at from audit
        where entity_type = 'customer' and action = $1 group by entity order by n desc, last_at desc, email limit $2";
    Ok(on!(conn, c => sqlx::query_as(MOST).bind(LOGIN).bind(MOST_ACTIVE).fetch_all(&mut **c).await?))
}

/// Something that a customer did.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct DoneLine {
    /// When, in microseconds.
    pub at: i64,
    /// The e-mail at that time.
    pub email: String,
    /// From where.
    pub address: String,
    /// What there is to say about it, JSON.
    pub after: Option<String>,
}

async fn recent(mut conn: Conn<'_>, action: &str) -> Result<Vec<DoneLine>, StoreError> {
    const RECENTLY: &str = "select e.at, e.entity as email, coalesce(o.address, '') as address, e.after
        from audit e left join origins o on o.id = e.origin_id
        where e.entity_type = 'customer' and e.action = $1 order by e.at desc, e.seq desc limit $2";
    Ok(on!(conn, c => sqlx::query_as(RECENTLY).bind(action).bind(RECENT).fetch_all(&mut **c).await?))
}

/// The last sign-ins.
pub async fn recent_sign_ins(conn: Conn<'_>) -> Result<Vec<DoneLine>, StoreError> {
    recent(conn, LOGIN).await
}

/// The last exports.
pub async fn recent_exports(conn: Conn<'_>) -> Result<Vec<DoneLine>, StoreError> {
    recent(conn, EXPORT).await
}

/// An entry of the trail about a customer.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct EntryLine {
    /// When, in microseconds.
    pub at: i64,
    /// Who did it; `None` is the system, or somebody whom only the entry names.
    pub actor: Option<String>,
    /// What.
    pub action: String,
    /// What was, JSON.
    pub before: Option<String>,
    /// What is, JSON.
    pub after: Option<String>,
    /// From where.
    pub address: String,
}

/// The last entries about the customer who has this e-mail, the newest first.
pub async fn entries(mut conn: Conn<'_>, email: &str, limit: u32) -> Result<Vec<EntryLine>, StoreError> {
    const ENTRIES: &str = "select e.at, a.username as actor, e.action, e.before, e.after,
            coalesce(o.address, '') as address
        from audit e left join accounts a on a.id = e.actor_id left join origins o on o.id = e.origin_id
        where e.entity_type = 'customer' and e.entity = $1 order by e.seq desc limit $2";
    Ok(on!(conn, c => sqlx::query_as(ENTRIES).bind(email).bind(i64::from(limit)).fetch_all(&mut **c).await?))
}
