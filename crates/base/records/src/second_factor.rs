//! The second factor of an account: its encrypted secret, and the newest time step that was taken.
//!
//! Invariant: a time step is taken once, on whichever node. This module never decrypts a secret.

use base_core::account::AccountId;
use base_core::permission::Role;
use base_core::realm::Realm;
use base_db::{Conn, StoreError};

/// What is stored of a second factor.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct SecondFactor {
    /// True if it is asked for at sign-in.
    pub two_factor: bool,
    /// The encrypted secret of the authenticator app.
    pub totp_encrypted: Option<String>,
    /// The newest time step that was taken.
    pub totp_step: i64,
}

/// The second factor of an account; `None` without an account.
pub async fn find(mut conn: Conn<'_>, account: AccountId) -> Result<Option<SecondFactor>, StoreError> {
    const FIND: &str = "select two_factor, totp_encrypted, totp_step from accounts where id = $1";
    Ok(on!(conn, c => sqlx::query_as(FIND).bind(account).fetch_optional(&mut **c).await?))
}

/// Has everybody wait who types a code for this account, until the transaction ends: codes that are sent at once are
/// judged one after the other.
pub async fn wait_turn(mut conn: Conn<'_>, account: AccountId) -> Result<(), StoreError> {
    execute!(conn, "update accounts set totp_step = totp_step where id = $1", account);
    Ok(())
}

/// Takes a time step. False when it, or a later one, was taken before: then the code is used up.
pub async fn take_step(mut conn: Conn<'_>, account: AccountId, step: i64) -> Result<bool, StoreError> {
    const TAKE: &str = "update accounts set totp_step = $2 where id = $1 and totp_step < $2";
    Ok(execute!(conn, TAKE, account, step) == 1)
}

/// Stores a secret and asks for it from now on. `step` is that of the code by which its owner has shown that they have it.
pub async fn turn_on(mut conn: Conn<'_>, account: AccountId, encrypted: &str, step: i64) -> Result<(), StoreError> {
    const ON: &str = "update accounts set totp_encrypted = $2, two_factor = $3, totp_step = $4 where id = $1";
    execute!(conn, ON, account, encrypted, true, step);
    Ok(())
}

/// Forgets the second factor. False when there was none.
pub async fn turn_off(mut conn: Conn<'_>, account: AccountId) -> Result<bool, StoreError> {
    const OFF: &str = "update accounts set totp_encrypted = null, two_factor = $2, totp_step = 0
        where id = $1 and (two_factor or totp_encrypted is not null)";
    Ok(execute!(conn, OFF, account, false) == 1)
}

/// How many people of a role can sign in, and how many of them have a second factor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adoption {
    /// The role.
    pub role: Role,
    /// How many people have it.
    pub people: i64,
    /// How many of them have a second factor.
    pub with: i64,
}

/// The adoption in each role of a realm that anybody has.
pub async fn adoption(mut conn: Conn<'_>, realm: Realm) -> Result<Vec<Adoption>, StoreError> {
    const ADOPTION: &str = "select r.role, count(*), count(case when a.two_factor then 1 end)
        from account_roles r join accounts a on a.id = r.account_id
        where a.realm = $1 and a.is_active group by r.role order by r.role";
    let rows: Vec<(String, i64, i64)> = on!(conn, c => sqlx::query_as(ADOPTION)
        .bind(realm.name()).fetch_all(&mut **c).await?);
    let of = |(role, people, with): (String, i64, i64)| Some(Adoption { role: Role::parse(&role)?, people, with });
    Ok(rows.into_iter().filter_map(of).collect())
}

/// The names of those of a role who have a second factor, or of those who have none, up to a limit.
pub async fn names(
    mut conn: Conn<'_>,
    (realm, role): (Realm, Role),
    with: bool,
    limit: u32,
) -> Result<Vec<String>, StoreError> {
    const NAMES: &str = "select a.username from accounts a join account_roles r on r.account_id = a.id
        where a.realm = $1 and r.role = $2 and a.is_active and a.two_factor = $3
        order by a.username_folded limit $4";
    Ok(on!(conn, c => sqlx::query_scalar(NAMES)
        .bind(realm.name()).bind(role.name()).bind(with).bind(i64::from(limit)).fetch_all(&mut **c).await?))
}
