//! Passkeys of accounts.
//!
//! Invariants: a challenge is taken once, on whichever node; a counter never falls; an account with a passkey asks for a
//! second factor after a password, and one that has lost its last factor does not.

use base_core::account::AccountId;
use base_core::realm::Realm;
use base_core::time::Moment;
use base_db::{Conn, StoreError};
use base_records::second_factor;

/// A passkey.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Passkey {
    /// Its number.
    pub id: i64,
    /// Whose it is.
    pub account_id: AccountId,
    /// What its owner calls it.
    pub name: String,
    /// What the authenticator calls it.
    pub credential_id: String,
    /// The public key.
    pub public_key: String,
    /// The counter at its last use.
    pub counter: i64,
    /// When it was registered, in microseconds.
    pub created_at: i64,
    /// Its last use, in microseconds.
    pub used_at: Option<i64>,
}

/// A new one.
#[derive(Clone, Copy, Debug)]
pub struct NewPasskey<'n> {
    /// Whose it is.
    pub account: AccountId,
    /// What its owner calls it.
    pub name: &'n str,
    /// What the authenticator calls it.
    pub credential_id: &'n str,
    /// The public key.
    pub public_key: &'n str,
    /// The counter.
    pub counter: i64,
}

/// The passkeys of an account, the oldest first.
pub async fn of(mut conn: Conn<'_>, account: AccountId) -> Result<Vec<Passkey>, StoreError> {
    const ALL: &str =
        "select id, account_id, name, credential_id, public_key, counter, created_at, used_at from passkeys
        where account_id = $1 order by id limit 100";
    Ok(on!(conn, c => sqlx::query_as(ALL).bind(account).fetch_all(&mut **c).await?))
}

/// The passkey with an authenticator's name for it, of somebody of a realm.
pub async fn find(mut conn: Conn<'_>, realm: Realm, credential_id: &str) -> Result<Option<Passkey>, StoreError> {
    const FIND: &str =
        "select p.id, p.account_id, p.name, p.credential_id, p.public_key, p.counter, p.created_at, p.used_at
        from passkeys p join accounts a on a.id = p.account_id
        where p.credential_id = $2 and a.realm = $1 and a.removed_at is null";
    Ok(on!(conn, c => sqlx::query_as(FIND)
        .bind(realm.name()).bind(credential_id).fetch_optional(&mut **c).await?))
}

/// Keeps a new passkey, and asks its owner for a second factor from now on. False when the authenticator's name is taken.
pub async fn add(mut conn: Conn<'_>, new: NewPasskey<'_>, at: Moment) -> Result<bool, StoreError> {
    const ADD: &str = "insert into passkeys (account_id, name, credential_id, public_key, counter, created_at)
        values ($1, $2, $3, $4, $5, $6) on conflict (credential_id) do nothing";
    const ASK: &str = "update accounts set two_factor = (1 = 1) where id = $1";
    let NewPasskey { account, name, credential_id, public_key, counter } = new;
    if execute!(conn, ADD, account, name, credential_id, public_key, counter, at.0) == 0 {
        return Ok(false);
    }
    execute!(conn, ASK, account);
    Ok(true)
}

/// Gives a passkey of somebody another name. The name before, where there is such a passkey.
pub async fn rename(
    mut conn: Conn<'_>,
    (account, id): (AccountId, i64),
    name: &str,
) -> Result<Option<String>, StoreError> {
    const FIND: &str = "select name from passkeys where account_id = $1 and id = $2";
    let was: Option<String> =
        on!(conn, c => sqlx::query_scalar(FIND).bind(account).bind(id).fetch_optional(&mut **c).await?);
    execute!(conn, "update passkeys set name = $3 where account_id = $1 and id = $2", account, id, name);
    Ok(was)
}

/// Removes a passkey of somebody. Its name, where there was one. Who has no factor left is asked for none.
pub async fn remove(mut conn: Conn<'_>, (account, id): (AccountId, i64)) -> Result<Option<String>, StoreError> {
    const REMOVE: &str = "delete from passkeys where account_id = $1 and id = $2 returning name";
    const ASK_NO_MORE: &str = "update accounts set two_factor = (1 = 0)
        where id = $1 and totp_encrypted is null and not exists (select 1 from passkeys where account_id = $1)";
    let name: Option<String> =
        on!(conn, c => sqlx::query_scalar(REMOVE).bind(account).bind(id).fetch_optional(&mut **c).await?);
    if name.is_some() && execute!(conn, ASK_NO_MORE, account) == 1 {
        crate::recovery_code::remove(conn.reborrow(), account).await?;
        crate::pending_sign_in::end_all_of(conn, account).await?;
    }
    Ok(name)
}

/// Removes every passkey of somebody, and says how many there were.
pub async fn remove_all(mut conn: Conn<'_>, account: AccountId) -> Result<u64, StoreError> {
    Ok(execute!(conn, "delete from passkeys where account_id = $1", account))
}

/// Notes a use. False when another use came first, and the counter is no longer higher: one of the two is a copy.
pub async fn used(mut conn: Conn<'_>, passkey: &Passkey, counter: i64, at: Moment) -> Result<bool, StoreError> {
    const USED: &str = "update passkeys set counter = $2, used_at = $3
        where id = $1 and (counter < $2 or (counter = 0 and $2 = 0))";
    // Everybody who shows something of this account waits here, as with codes.
    second_factor::wait_turn(conn.reborrow(), passkey.account_id).await?;
    Ok(execute!(conn, USED, passkey.id, counter, at.0) == 1)
}

/// Takes a challenge. False when it was taken before.
pub async fn take_challenge(
    mut conn: Conn<'_>,
    challenge_hash: &str,
    (until, now): (Moment, Moment),
) -> Result<bool, StoreError> {
    const TAKE: &str = "insert into passkey_answers (challenge_hash, expires_at) values ($1, $2)
        on conflict (challenge_hash) do nothing";
    execute!(conn, "delete from passkey_answers where expires_at <= $1", now.0);
    Ok(execute!(conn, TAKE, challenge_hash, until.0) == 1)
}
