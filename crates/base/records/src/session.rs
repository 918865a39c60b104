//! Sessions, looked up by their realm and the hash of the cookie's token.
//!
//! Invariants: a session of one realm is not found with the other, and is of the realm of its account. One that was idle
//! for too long is locked, not ended.

use base_core::account::AccountId;
use base_core::realm::Realm;
use base_core::time::Moment;
use base_db::batch::Batch;
use base_db::{Conn, Db, StoreError};

mod list;
pub mod sample;

pub use list::{SessionFilter, SessionLine, end_by_id, list, of_account};

/// A session as it is stored.
#[derive(Clone, Debug, Default)]
pub struct Session {
    /// The realm of its account.
    pub realm: Realm,
    /// The hash of the token.
    pub token_hash: String,
    /// The account.
    pub account_id: AccountId,
    /// The client's address at sign-in.
    pub address: String,
    /// The client's agent at sign-in.
    pub agent: String,
    /// When it began, in microseconds.
    pub created_at: i64,
    /// The last request, in microseconds.
    pub seen_at: i64,
    /// When it ends at the latest, in microseconds.
    pub expires_at: i64,
    /// The language the person reads.
    pub locale: String,
    /// When somebody locked it, in microseconds.
    pub locked_at: Option<i64>,
    /// The enrolled device that it was opened on.
    pub device_id: Option<i64>,
    /// The name of that device.
    pub device: Option<String>,
}

impl Session {
    /// True if the screen is locked: somebody locked it, or nobody used it since `idle_since`.
    pub fn is_locked(&self, idle_since: Moment) -> bool {
        self.locked_at.is_some() || self.seen_at <= idle_since.0
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    account_id: AccountId,
    address: String,
    agent: String,
    created_at: i64,
    seen_at: i64,
    expires_at: i64,
    locale: String,
    locked_at: Option<i64>,
    device_id: Option<i64>,
    device: Option<String>,
}

static OPEN: Batch = Batch::list(
    "select s.token_hash, s.realm, s.seen_at, s.expires_at, s.locked_at from sessions s join accounts a on a.id = s.account_id
     where a.is_active and s.token_hash in (",
    ")",
);

#[derive(sqlx::FromRow)]
struct OpenRow {
    token_hash: String,
    realm: String,
    seen_at: i64,
    expires_at: i64,
    locked_at: Option<i64>,
}

/// Which of these sessions of a realm, by the hashes of their tokens, are open: not ended, not locked since
/// `idle_since`, of somebody who may sign in.
pub async fn open_of(
    mut conn: Conn<'_>,
    realm: Realm,
    token_hashes: &[&str],
    (now, idle_since): (Moment, Moment),
) -> Result<Vec<String>, StoreError> {
    let rows = select_in!(conn, OPEN, OpenRow, token_hashes);
    let is_open = |row: &OpenRow| {
        row.realm == realm.name() && row.expires_at > now.0 && row.locked_at.is_none() && row.seen_at > idle_since.0
    };
    Ok(rows.into_iter().filter(is_open).map(|row| row.token_hash).collect())
}

/// Opens a session.
pub async fn create(mut conn: Conn<'_>, session: &Session) -> Result<(), StoreError> {
    const CREATE: &str = "insert into sessions
            (realm, token_hash, account_id, address, agent, created_at, seen_at, expires_at, device_id, device)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    execute!(
        conn,
        CREATE,
        session.realm.name(),
        &session.token_hash,
        session.account_id,
        &session.address,
        &session.agent,
        session.created_at,
        session.seen_at,
        session.expires_at,
        session.device_id,
        session.device.as_deref()
    );
    Ok(())
}

/// The session of a realm and a token's hash that has not ended. It may be locked, see [`Session::is_locked`].
pub async fn find(
    mut conn: Conn<'_>,
    realm: Realm,
    token_hash: &str,
    now: Moment,
) -> Result<Option<Session>, StoreError> {
    const FIND: &str = "select s.account_id, s.address, s.agent, s.created_at, s.seen_at, s.expires_at, a.locale,
            s.locked_at, s.device_id, s.device
        from sessions s join accounts a on a.realm = s.realm and a.id = s.account_id
        where s.realm = $1 and s.token_hash = $2 and s.expires_at > $3";
    let row: Option<Row> = on!(conn, c => sqlx::query_as(FIND)
        .bind(realm.name()).bind(token_hash).bind(now.0).fetch_optional(&mut **c).await?);
    Ok(row.map(|row| Session {
        realm,
        token_hash: token_hash.to_owned(),
        account_id: row.account_id,
        address: row.address,
        agent: row.agent,
        created_at: row.created_at,
        seen_at: row.seen_at,
        expires_at: row.expires_at,
        locale: row.locale,
        locked_at: row.locked_at,
        device_id: row.device_id,
        device: row.device,
    }))
}

/// Notes that a session is in use. One that is locked stays as it is.
pub async fn touch(mut conn: Conn<'_>, realm: Realm, token_hash: &str, now: Moment) -> Result<(), StoreError> {
    const TOUCH: &str = "update sessions set seen_at = $3 where realm = $1 and token_hash = $2 and locked_at is null";
    execute!(conn, TOUCH, realm.name(), token_hash, now.0);
    Ok(())
}

/// Locks the screen of a session. False when there is none, or it was locked before.
pub async fn lock(mut conn: Conn<'_>, realm: Realm, token_hash: &str, now: Moment) -> Result<bool, StoreError> {
    const LOCK: &str = "update sessions set locked_at = $3 where realm = $1 and token_hash = $2 and locked_at is null";
    Ok(execute!(conn, LOCK, realm.name(), token_hash, now.0) == 1)
}

/// Unlocks the screen of a session: its person has shown who they are.
pub async fn resume(mut conn: Conn<'_>, realm: Realm, token_hash: &str, now: Moment) -> Result<(), StoreError> {
    const RESUME: &str = "update sessions set locked_at = null, seen_at = $3 where realm = $1 and token_hash = $2";
    execute!(conn, RESUME, realm.name(), token_hash, now.0);
    Ok(())
}

/// Ends one session. False when there was none.
pub async fn end(mut conn: Conn<'_>, realm: Realm, token_hash: &str) -> Result<bool, StoreError> {
    const END: &str = "delete from sessions where realm = $1 and token_hash = $2";
    Ok(execute!(conn, END, realm.name(), token_hash) == 1)
}

/// Ends every session of an account of a realm, and returns how many there were.
pub async fn end_all_of(mut conn: Conn<'_>, realm: Realm, account: AccountId) -> Result<u64, StoreError> {
    const END: &str = "delete from sessions where realm = $1 and account_id = $2";
    Ok(execute!(conn, END, realm.name(), account))
}

/// Ends every session of an account but one, and returns how many there were.
pub async fn end_others_of(
    mut conn: Conn<'_>,
    realm: Realm,
    account: AccountId,
    kept: &str,
) -> Result<u64, StoreError> {
    const END: &str = "delete from sessions where realm = $1 and account_id = $2 and token_hash <> $3";
    Ok(execute!(conn, END, realm.name(), account, kept))
}

/// Ends every session that was opened on an enrolled device, and returns how many there were.
pub async fn end_all_on(mut conn: Conn<'_>, device: i64) -> Result<u64, StoreError> {
    Ok(execute!(conn, "delete from sessions where device_id = $1", device))
}

/// Notes on which enrolled device a session goes on.
pub async fn put_on_device(
    mut conn: Conn<'_>,
    (realm, token_hash): (Realm, &str),
    (device, name): (i64, &str),
) -> Result<(), StoreError> {
    const PUT: &str = "update sessions set device_id = $3, device = $4 where realm = $1 and token_hash = $2";
    execute!(conn, PUT, realm.name(), token_hash, device, name);
    Ok(())
}

/// Ends the sessions of an account that were opened before its newest `kept`, and returns how many there were.
pub async fn end_oldest_of(mut conn: Conn<'_>, realm: Realm, account: AccountId, kept: i64) -> Result<u64, StoreError> {
    // SQLite wants a limit before an offset.
    const END: &str = "delete from sessions where realm = $1 and token_hash in
        (select token_hash from sessions where realm = $1 and account_id = $2
            order by created_at desc, token_hash desc limit 100000 offset $3)";
    Ok(execute!(conn, END, realm.name(), account, kept))
}

/// Removes the sessions of a realm that have ended, and returns how many there were.
pub async fn remove_ended(db: &Db, realm: Realm, now: Moment) -> Result<u64, StoreError> {
    let mut tx = db.write().await?;
    let removed =
        execute!(tx.conn(), "delete from sessions where realm = $1 and expires_at <= $2", realm.name(), now.0);
    tx.commit().await?;
    Ok(removed)
}
