//! Sign-ins that wait for their second factor, by the hash of the token that the browser has.
//!
//! Invariants: they open nothing but the second step; they end after a few minutes, after a few wrong codes, and when the
//! password is changed; an account has few of them.

use base_core::account::AccountId;
use base_core::time::Moment;
use base_db::{Conn, StoreError};

/// Most of one account; the oldest go.
const OF_ACCOUNT_MAX: i64 = 5;

/// A sign-in whose password was right.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct PendingSignIn {
    /// Whose account.
    pub account_id: AccountId,
    /// The hash of the stored hash of the password that was right.
    pub password_hash: String,
    /// Wrong codes so far.
    pub failures: i64,
}

/// A new one.
#[derive(Clone, Copy, Debug)]
pub struct NewPending<'p> {
    /// The hash of its token.
    pub token_hash: &'p str,
    /// Whose account.
    pub account: AccountId,
    /// The hash of the stored hash of the password that was right.
    pub password_hash: &'p str,
    /// When it ends.
    pub expires_at: Moment,
}

/// Stores one, and removes those that have ended and the oldest of too many.
pub async fn create(mut conn: Conn<'_>, new: NewPending<'_>, now: Moment) -> Result<(), StoreError> {
    const PUT: &str = "insert into pending_sign_ins (token_hash, account_id, password_hash, failures, expires_at)
        values ($1, $2, $3, 0, $4)";
    // SQLite wants a limit before an offset.
    const TOO_MANY: &str = "delete from pending_sign_ins where token_hash in
        (select token_hash from pending_sign_ins where account_id = $1
            order by expires_at desc, token_hash desc limit 100000 offset $2)";
    execute!(conn, "delete from pending_sign_ins where expires_at <= $1", now.0);
    execute!(conn, TOO_MANY, new.account, OF_ACCOUNT_MAX - 1);
    execute!(conn, PUT, new.token_hash, new.account, new.password_hash, new.expires_at.0);
    Ok(())
}

/// The one with this token that has not ended.
pub async fn find(mut conn: Conn<'_>, token_hash: &str, now: Moment) -> Result<Option<PendingSignIn>, StoreError> {
    const FIND: &str = "select account_id, password_hash, failures from pending_sign_ins
        where token_hash = $1 and expires_at > $2";
    Ok(on!(conn, c => sqlx::query_as(FIND).bind(token_hash).bind(now.0).fetch_optional(&mut **c).await?))
}

/// Counts a wrong code. After `failures_max` of them it ends, and this is true.
pub async fn failed(mut conn: Conn<'_>, token_hash: &str, failures_max: i64) -> Result<bool, StoreError> {
    execute!(conn, "update pending_sign_ins set failures = failures + 1 where token_hash = $1", token_hash);
    let ended = execute!(
        conn,
        "delete from pending_sign_ins where token_hash = $1 and failures >= $2",
        token_hash,
        failures_max
    );
    Ok(ended == 1)
}

/// Ends one. False when it has ended before: somebody else went on with it.
pub async fn end(mut conn: Conn<'_>, token_hash: &str) -> Result<bool, StoreError> {
    Ok(execute!(conn, "delete from pending_sign_ins where token_hash = $1", token_hash) == 1)
}

/// Ends all of an account: its second factor has changed.
pub async fn end_all_of(mut conn: Conn<'_>, account: AccountId) -> Result<(), StoreError> {
    execute!(conn, "delete from pending_sign_ins where account_id = $1", account);
    Ok(())
}
