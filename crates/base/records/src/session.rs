//! Sessions, looked up by the hash of the cookie's token.

use base_core::account::AccountId;
use base_core::time::Moment;
use base_db::{Conn, Db, StoreError};

/// A session as the house keeps it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Session {
    /// The hash of the token.
    pub token_hash: String,
    /// Whose it is.
    pub account_id: AccountId,
    /// The client's address at sign-in.
    pub address: String,
    /// The client's agent at sign-in.
    pub agent: String,
    /// When it began, in microseconds.
    pub created_at: i64,
    /// The last request, in microseconds.
    pub seen_at: i64,
    /// When it ends whatever happens, in microseconds.
    pub expires_at: i64,
    /// The language the person reads.
    pub locale: String,
}

/// Opens a session.
pub async fn create(mut conn: Conn<'_>, session: &Session) -> Result<(), StoreError> {
    const CREATE: &str = "insert into sessions
            (token_hash, account_id, realm, address, agent, created_at, seen_at, expires_at)
        values ($1, $2, 'staff', $3, $4, $5, $6, $7)";
    execute!(
        conn,
        CREATE,
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

/// The session of a token's hash that has not ended, by its absolute end or by lying idle since `idle_since`.
pub async fn find(
    mut conn: Conn<'_>,
    token_hash: &str,
    now: Moment,
    idle_since: Moment,
) -> Result<Option<Session>, StoreError> {
    const FIND: &str = "select s.token_hash, s.account_id, s.address, s.agent, s.created_at, s.seen_at, s.expires_at,
            a.locale
        from sessions s join accounts a on a.id = s.account_id
        where s.token_hash = $1 and s.realm = 'staff' and s.expires_at > $2 and s.seen_at > $3";
    Ok(on!(conn, c => sqlx::query_as(FIND)
        .bind(token_hash).bind(now.0).bind(idle_since.0).fetch_optional(&mut **c).await?))
}

/// Notes that a session is in use.
pub async fn touch(mut conn: Conn<'_>, token_hash: &str, now: Moment) -> Result<(), StoreError> {
    execute!(conn, "update sessions set seen_at = $2 where token_hash = $1", token_hash, now.0);
    Ok(())
}

/// Ends one session.
pub async fn end(mut conn: Conn<'_>, token_hash: &str) -> Result<(), StoreError> {
    execute!(conn, "delete from sessions where token_hash = $1", token_hash);
    Ok(())
}

/// Ends every session of an account.
pub async fn end_all_of(mut conn: Conn<'_>, account: AccountId) -> Result<(), StoreError> {
    execute!(conn, "delete from sessions where account_id = $1", account);
    Ok(())
}

/// Removes sessions that have ended, and gives their number.
pub async fn remove_ended(db: &Db, now: Moment, idle_since: Moment) -> Result<u64, StoreError> {
    const REMOVE: &str = "delete from sessions where expires_at <= $1 or seen_at <= $2";
    let mut tx = db.write().await?;
    let removed = execute!(tx.conn(), REMOVE, now.0, idle_since.0);
    tx.commit().await?;
    Ok(removed)
}
