//! Bearer tokens of the API, stored hashed. Each speaks for one account, and is found in the realm of that account alone.

use base_core::account::AccountId;
use base_core::realm::Realm;
use base_core::time::Moment;
use base_db::{Conn, Db, StoreError};

/// A token as lists show it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct TokenLine {
    /// Its number.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// The account it belongs to.
    pub username: String,
    /// When it was made, in microseconds.
    pub created_at: i64,
    /// When it was revoked, in microseconds.
    pub revoked_at: Option<i64>,
}

/// A new token.
#[derive(Clone, Copy, Debug)]
pub struct NewToken<'t> {
    /// The realm of its account.
    pub realm: Realm,
    /// The account whose permissions it has.
    pub account: AccountId,
    /// What it is for.
    pub name: &'t str,
    /// Its hash.
    pub token_hash: &'t str,
}

/// Stores a new token by its hash and returns its number.
pub async fn create(mut conn: Conn<'_>, token: NewToken<'_>, at: Moment) -> Result<i64, StoreError> {
    const CREATE: &str = "insert into tokens (realm, account_id, name, token_hash, created_at)
        values ($1, $2, $3, $4, $5) returning id";
    Ok(on!(conn, c => sqlx::query_scalar(CREATE)
        .bind(token.realm.name()).bind(token.account).bind(token.name).bind(token.token_hash).bind(at.0)
        .fetch_one(&mut **c).await?))
}

/// The account for a realm and a token's hash, unless it was revoked.
pub async fn find(mut conn: Conn<'_>, realm: Realm, token_hash: &str) -> Result<Option<AccountId>, StoreError> {
    const FIND: &str = "select account_id from tokens where realm = $1 and token_hash = $2 and revoked_at is null";
    Ok(on!(conn, c => sqlx::query_scalar(FIND).bind(realm.name()).bind(token_hash).fetch_optional(&mut **c).await?))
}

/// Every token of a realm, the newest first.
pub async fn list(db: &Db, realm: Realm) -> Result<Vec<TokenLine>, StoreError> {
    const LIST: &str = "select t.id, t.name, a.username, t.created_at, t.revoked_at
        from tokens t join accounts a on a.id = t.account_id where t.realm = $1 order by t.id desc";
    let mut reader = db.read().await?;
    Ok(on!(reader.conn(), c => sqlx::query_as(LIST).bind(realm.name()).fetch_all(&mut **c).await?))
}

/// Revokes a token of a realm. False when there is none with this number, or it was revoked before.
pub async fn revoke(mut conn: Conn<'_>, realm: Realm, id: i64, at: Moment) -> Result<bool, StoreError> {
    const REVOKE: &str = "update tokens set revoked_at = $3 where realm = $1 and id = $2 and revoked_at is null";
    let revoked = execute!(conn, REVOKE, realm.name(), id, at.0);
    Ok(revoked > 0)
}
