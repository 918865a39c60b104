//! Recovery codes, kept as hashes.
//!
//! Invariant: a code is taken once, on whichever node.

use base_core::account::AccountId;
use base_core::time::Moment;
use base_db::{Conn, StoreError};

/// Puts new codes in the place of all that an account has.
pub async fn replace(mut conn: Conn<'_>, account: AccountId, hashes: &[String]) -> Result<(), StoreError> {
    const PUT: &str = "insert into recovery_codes (account_id, code_hash) values ($1, $2)";
    remove(conn.reborrow(), account).await?;
    for hash in hashes {
        execute!(conn, PUT, account, hash);
    }
    Ok(())
}

/// Removes all codes of an account.
pub async fn remove(mut conn: Conn<'_>, account: AccountId) -> Result<(), StoreError> {
    execute!(conn, "delete from recovery_codes where account_id = $1", account);
    Ok(())
}

/// Takes a code. False when the account has none like it, or it was taken before.
pub async fn take(mut conn: Conn<'_>, account: AccountId, hash: &str, now: Moment) -> Result<bool, StoreError> {
    const TAKE: &str = "update recovery_codes set used_at = $3
        where account_id = $1 and code_hash = $2 and used_at is null";
    Ok(execute!(conn, TAKE, account, hash, now.0) == 1)
}

/// How many codes of an account are left.
pub async fn left(mut conn: Conn<'_>, account: AccountId) -> Result<i64, StoreError> {
    const LEFT: &str = "select count(*) from recovery_codes where account_id = $1 and used_at is null";
    Ok(on!(conn, c => sqlx::query_scalar(LEFT).bind(account).fetch_one(&mut **c).await?))
}
