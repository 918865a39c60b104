//! Stored secrets that are read again, such as those of authenticator apps: where they are stored, and how all of them
//! are encrypted again with another key. This module never decrypts them.
//!
//! Invariant: a secret is replaced only while it is the one that was read.

use base_core::account::AccountId;
use base_db::error::StoreError;
use base_db::{Conn, Db};

/// A stored secret, encrypted.
#[derive(Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct StoredSecret {
    /// Whose second factor it is.
    pub account: AccountId,
    /// The user name, for messages.
    pub username: String,
    /// The encrypted text.
    pub encrypted: String,
}

/// One secret for each prefix of `prefix_length` characters, which names the key: enough to find out whether all can be
/// read.
pub async fn one_of_each_key(db: &Db, prefix_length: usize) -> Result<Vec<StoredSecret>, StoreError> {
    const EACH: &str = "select id as account, username, totp_encrypted as encrypted from accounts where id in (
            select min(id) from accounts where totp_encrypted is not null group by substr(totp_encrypted, 1, $1))
        order by id";
    // PostgreSQL counts characters as `integer`.
    let length = i32::try_from(prefix_length).unwrap_or(i32::MAX);
    let mut reader = db.read().await?;
    Ok(on!(reader.conn(), c => sqlx::query_as(EACH).bind(length).fetch_all(&mut **c).await?))
}

/// Up to `limit` secrets of the accounts after a given one, by account.
pub async fn page(mut conn: Conn<'_>, after: AccountId, limit: u32) -> Result<Vec<StoredSecret>, StoreError> {
    const PAGE: &str = "select id as account, username, totp_encrypted as encrypted from accounts
        where totp_encrypted is not null and id > $1 order by id limit $2";
    Ok(on!(conn, c => sqlx::query_as(PAGE).bind(after).bind(i64::from(limit)).fetch_all(&mut **c).await?))
}

/// Replaces a secret that was read by the same secret encrypted with another key. False when it was changed meanwhile:
/// then nothing is touched.
pub async fn replace(mut conn: Conn<'_>, was: &StoredSecret, encrypted: &str) -> Result<bool, StoreError> {
    const REPLACE: &str = "update accounts set totp_encrypted = $3 where id = $1 and totp_encrypted = $2";
    Ok(execute!(conn, REPLACE, was.account, &was.encrypted, encrypted) == 1)
}
