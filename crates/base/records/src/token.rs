//! Bearer tokens of the API, stored hashed.

use base_core::account::AccountId;
use base_core::time::Moment;
use base_db::{Conn, Db, StoreError};

/// A token as lists show it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct TokenLine {
    /// Its number.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Whose it is.
    pub username: String,
    /// When it was made, in microseconds.
    pub created_at: i64,
    /// When it was revoked, in microseconds.
    pub revoked_at: Option<i64>,
}

/// Keeps a new token by its hash and gives its number.
pub async fn create(
    mut conn: Conn<'_>,
    account: AccountId,
    name: &str,
    token_hash: &str,
    at: Moment,
) -> Result<i64, StoreError> {
    const CREATE: &str =
        "insert into tokens (account_id, name, token_hash, created_at) values ($1, $2, $3, $4) returning id";
    Ok(on!(conn, c => sqlx::query_scalar(CREATE)
        .bind(account).bind(name).bind(token_hash).bind(at.0).fetch_one(&mut **c).await?))
}

/// The account behind a token's hash, unless it was revoked.
pub async fn find(mut conn: Conn<'_>, token_hash: &str) -> Result<Option<AccountId>, StoreError> {
    const FIND: &str = "select account_id from tokens where token_hash = $1 and revoked_at is null";
    Ok(on!(conn, c => sqlx::query_scalar(FIND).bind(token_hash).fetch_optional(&mut **c).await?))
}

/// Every token, the newest first.
pub async fn list(db: &Db) -> Result<Vec<TokenLine>, StoreError> {
    const LIST: &str = "select t.id, t.name, a.username, t.created_at, t.revoked_at
        from tokens t join accounts a on a.id = t.account_id order by t.id desc";
    let mut reader = db.read().await?;
    Ok(on!(reader.conn(), c => sqlx::query_as(LIST).fetch_all(&mut **c).await?))
}

/// Revokes a token. False when there is none with this number, or it was revoked before.
pub async fn revoke(mut conn: Conn<'_>, id: i64, at: Moment) -> Result<bool, StoreError> {
    const REVOKE: &str = "update tokens set revoked_at = $2 where id = $1 and revoked_at is null";
    let revoked = execute!(conn, REVOKE, id, at.0);
    Ok(revoked > 0)
}
