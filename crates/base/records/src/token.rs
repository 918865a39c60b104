//! Bearer tokens of the API, stored hashed. Each speaks for one account, and is found in the realm of that account alone.
//!
//! Invariant: a token may do what its owner may, or less.

use base_core::account::AccountId;
use base_core::realm::Realm;
use base_core::time::{MINUTE_US, Moment};
use base_db::batch::Batch;
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
    /// Names of permissions, separated by blanks; `None` is everything that its owner may do.
    pub permissions: Option<String>,
    /// The one area that it sees.
    pub area: Option<String>,
    /// From when on it no longer opens anything, in microseconds.
    pub expires_at: Option<i64>,
    /// When it was last used, in microseconds; noted once a minute.
    pub used_at: Option<i64>,
}

/// A new token.
#[derive(Clone, Copy, Debug, Default)]
pub struct NewToken<'t> {
    /// The realm of its account.
    pub realm: Realm,
    /// The account whose permissions it has.
    pub account: AccountId,
    /// What it is for.
    pub name: &'t str,
    /// Its hash.
    pub token_hash: &'t str,
    /// Names of permissions, separated by blanks; `None` is everything that its owner may do.
    pub permissions: Option<&'t str>,
    /// The one area that it sees.
    pub area: Option<&'t str>,
    /// From when on it no longer opens anything.
    pub expires_at: Option<Moment>,
}

/// What a token opens.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct FoundToken {
    /// Its number.
    pub id: i64,
    /// The account it speaks for.
    pub account_id: AccountId,
    /// Names of permissions, separated by blanks; `None` is everything that its owner may do.
    pub permissions: Option<String>,
    /// The one area that it sees.
    pub area: Option<String>,
    /// When it was last used, in microseconds.
    pub used_at: Option<i64>,
}

impl FoundToken {
    /// The names of its permissions; `None` is everything that its owner may do.
    pub fn permission_names(&self) -> Option<Vec<&str>> {
        self.permissions.as_deref().map(|names| names.split(' ').filter(|name| !name.is_empty()).collect())
    }
}

/// Stores a new token by its hash and returns its number.
pub async fn create(mut conn: Conn<'_>, token: NewToken<'_>, at: Moment) -> Result<i64, StoreError> {
    const CREATE: &str =
        "insert into tokens (realm, account_id, name, token_hash, created_at, permissions, area, expires_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8) returning id";
    Ok(on!(conn, c => sqlx::query_scalar(CREATE)
        .bind(token.realm.name()).bind(token.account).bind(token.name).bind(token.token_hash).bind(at.0)
        .bind(token.permissions).bind(token.area).bind(token.expires_at.map(|at| at.0))
        .fetch_one(&mut **c).await?))
}

/// What a token of a realm opens, by its hash, unless it was revoked or has run out.
pub async fn find(
    mut conn: Conn<'_>,
    realm: Realm,
    token_hash: &str,
    now: Moment,
) -> Result<Option<FoundToken>, StoreError> {
    const FIND: &str = "select id, account_id, permissions, area, used_at from tokens
        where realm = $1 and token_hash = $2 and revoked_at is null and (expires_at is null or expires_at > $3)";
    Ok(on!(conn, c => sqlx::query_as(FIND)
        .bind(realm.name()).bind(token_hash).bind(now.0).fetch_optional(&mut **c).await?))
}

static OPEN: Batch = Batch::list(
    "select t.token_hash, t.realm, t.expires_at from tokens t join accounts a on a.id = t.account_id
     where a.is_active and t.revoked_at is null and t.token_hash in (",
    ")",
);

/// Which of these tokens of a realm, by their hashes, open something.
pub async fn open_of(
    mut conn: Conn<'_>,
    realm: Realm,
    token_hashes: &[&str],
    now: Moment,
) -> Result<Vec<String>, StoreError> {
    let rows = select_in!(conn, OPEN, (String, String, Option<i64>), token_hashes);
    let is_open =
        |(_, of, end): &(String, String, Option<i64>)| of == realm.name() && end.is_none_or(|end| end > now.0);
    Ok(rows.into_iter().filter(is_open).map(|(hash, ..)| hash).collect())
}

/// Notes that a token is in use, at most once a minute.
pub async fn touch(mut conn: Conn<'_>, id: i64, now: Moment) -> Result<(), StoreError> {
    const TOUCH: &str = "update tokens set used_at = $2 where id = $1 and (used_at is null or used_at < $3)";
    execute!(conn, TOUCH, id, now.0, now.0 - MINUTE_US);
    Ok(())
}

const COLUMNS: &str =
    "select t.id, t.name, a.username, t.created_at, t.revoked_at, t.permissions, t.area, t.expires_at,
    t.used_at from tokens t join accounts a on a.id = t.account_id ";

/// Every token of a realm, the newest first.
pub async fn list(db: &Db, realm: Realm) -> Result<Vec<TokenLine>, StoreError> {
    let mut query = base_db::query::Query::new(COLUMNS);
    query.bind("where t.realm = ? order by t.id desc", [realm.name().into()]);
    let mut reader = db.read().await?;
    Ok(select_query!(reader.conn(), query, TokenLine))
}

/// The tokens of one person, the newest first; those that were revoked come last and are no more than `limit` in all.
pub async fn of_account(
    mut conn: Conn<'_>,
    realm: Realm,
    account: AccountId,
    limit: u32,
) -> Result<Vec<TokenLine>, StoreError> {
    let mut query = base_db::query::Query::new(COLUMNS);
    query.bind(
        "where t.realm = ? and t.account_id = ?
            order by case when t.revoked_at is null then 0 else 1 end, t.id desc limit ?",
        [realm.name().into(), account.into(), i64::from(limit).into()],
    );
    Ok(select_query!(conn, query, TokenLine))
}

/// How many tokens of an account were not revoked.
pub async fn count_of(mut conn: Conn<'_>, realm: Realm, account: AccountId) -> Result<i64, StoreError> {
    const COUNT: &str = "select count(*) from tokens where realm = $1 and account_id = $2 and revoked_at is null";
    Ok(on!(conn, c => sqlx::query_scalar(COUNT).bind(realm.name()).bind(account).fetch_one(&mut **c).await?))
}

/// Revokes a token of a realm. False when there is none with this number, or it was revoked before.
pub async fn revoke(mut conn: Conn<'_>, realm: Realm, id: i64, at: Moment) -> Result<bool, StoreError> {
    const REVOKE: &str = "update tokens set revoked_at = $3 where realm = $1 and id = $2 and revoked_at is null";
    let revoked = execute!(conn, REVOKE, realm.name(), id, at.0);
    Ok(revoked > 0)
}

/// Revokes a token of one person. False when they have none with this number that was not revoked.
pub async fn revoke_of(
    mut conn: Conn<'_>,
    (realm, account): (Realm, AccountId),
    id: i64,
    at: Moment,
) -> Result<bool, StoreError> {
    const REVOKE: &str = "update tokens set revoked_at = $4
        where realm = $1 and account_id = $2 and id = $3 and revoked_at is null";
    Ok(execute!(conn, REVOKE, realm.name(), account, id, at.0) > 0)
}

/// Revokes every token of one person, and returns how many there were.
pub async fn revoke_all_of(
    mut conn: Conn<'_>,
    (realm, account): (Realm, AccountId),
    at: Moment,
) -> Result<u64, StoreError> {
    const REVOKE: &str = "update tokens set revoked_at = $3
        where realm = $1 and account_id = $2 and revoked_at is null";
    Ok(execute!(conn, REVOKE, realm.name(), account, at.0))
}
