//! Sessions, looked up by their realm and the hash of the cookie's token.
//!
//! Invariant: a session of one realm is not found with the other, and is of the realm of its account.

use base_core::account::AccountId;
use base_core::realm::Realm;
use base_core::time::Moment;
use base_db::{Conn, Db, StoreError};

/// A session as it is stored.
#[derive(Clone, Debug)]
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
}

/// Opens a session.
pub async fn create(mut conn: Conn<'_>, session: &Session) -> Result<(), StoreError> {
    const CREATE: &str = "insert into sessions
            (realm, token_hash, account_id, address, agent, created_at, seen_at, expires_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)";
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
        session.expires_at
    );
    Ok(())
}

/// The session of a realm and a token's hash that has not ended, either by its absolute end or by being idle since
/// `idle_since`.
pub async fn find(
    mut conn: Conn<'_>,
    realm: Realm,
    token_hash: &str,
    now: Moment,
    idle_since: Moment,
) -> Result<Option<Session>, StoreError> {
    const FIND: &str = "select s.account_id, s.address, s.agent, s.created_at, s.seen_at, s.expires_at, a.locale
        from sessions s join accounts a on a.realm = s.realm and a.id = s.account_id
        where s.realm = $1 and s.token_hash = $2 and s.expires_at > $3 and s.seen_at > $4";
    let row: Option<Row> = on!(conn, c => sqlx::query_as(FIND)
        .bind(realm.name()).bind(token_hash).bind(now.0).bind(idle_since.0).fetch_optional(&mut **c).await?);
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
    }))
}

/// Notes that a session is in use.
pub async fn touch(mut conn: Conn<'_>, realm: Realm, token_hash: &str, now: Moment) -> Result<(), StoreError> {
    const TOUCH: &str = "update sessions set seen_at = $3 where realm = $1 and token_hash = $2";
    execute!(conn, TOUCH, realm.name(), token_hash, now.0);
    Ok(())
}

/// Ends one session.
pub async fn end(mut conn: Conn<'_>, realm: Realm, token_hash: &str) -> Result<(), StoreError> {
    execute!(conn, "delete from sessions where realm = $1 and token_hash = $2", realm.name(), token_hash);
    Ok(())
}

/// Ends every session of an account of a realm.
pub async fn end_all_of(mut conn: Conn<'_>, realm: Realm, account: AccountId) -> Result<(), StoreError> {
    execute!(conn, "delete from sessions where realm = $1 and account_id = $2", realm.name(), account);
    Ok(())
}

/// Ends every session of an account of a realm but one, and returns how many there were.
pub async fn end_others_of(
    mut conn: Conn<'_>,
    realm: Realm,
    account: AccountId,
    kept_hash: &str,
) -> Result<u64, StoreError> {
    const END: &str = "delete from sessions where realm = $1 and account_id = $2 and token_hash <> $3";
    Ok(execute!(conn, END, realm.name(), account, kept_hash))
}

/// Removes the sessions of a realm that have ended, and returns how many there were. Realms differ in how long a
/// session may be idle.
pub async fn remove_ended(db: &Db, realm: Realm, now: Moment, idle_since: Moment) -> Result<u64, StoreError> {
    const REMOVE: &str = "delete from sessions where realm = $1 and (expires_at <= $2 or seen_at <= $3)";
    let mut tx = db.write().await?;
    let removed = execute!(tx.conn(), REMOVE, realm.name(), now.0, idle_since.0);
    tx.commit().await?;
    Ok(removed)
}
