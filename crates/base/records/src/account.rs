//! Accounts: who may sign in, with which roles, in which area.
//!
//! Invariant: every function that looks up an account by name, or lists accounts, takes the realm. Numbers are unique
//! across both realms.

use base_core::account::{AccountId, Person, Who};
use base_core::area::Area;
use base_core::permission::{Grants, Role};
use base_core::realm::Realm;
use base_core::time::Moment;
use base_db::{Conn, Db, StoreError};

use crate::sign_in;

/// A new account.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// Whether they are staff or a customer.
    pub realm: Realm,
    /// The user name.
    pub username: String,
    /// The e-mail, when there is one.
    pub email: Option<String>,
    /// The password, hashed.
    pub password_hash: String,
    /// The roles.
    pub roles: Vec<Role>,
    /// The dispatch area.
    pub area: Option<Area>,
}

/// What a sign-in needs to know.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Credentials {
    /// The account.
    pub id: AccountId,
    /// The user name.
    pub username: String,
    /// The password, hashed.
    pub password_hash: String,
    /// False for accounts that may not sign in.
    pub is_active: bool,
    /// Failures since the last success.
    pub failed_sign_ins: i64,
    /// Until when only known devices get in, in microseconds.
    pub locked_until: Option<i64>,
    /// True when a second factor is asked for.
    pub two_factor: bool,
    /// Who they are in the directory, for somebody whose password is kept there and nowhere else.
    pub directory_guid: Option<String>,
}

/// An account as lists show it.
#[derive(Clone, Debug)]
pub struct AccountLine {
    /// The person.
    pub person: Person,
    /// The e-mail.
    pub email: Option<String>,
    /// False for accounts that may not sign in.
    pub is_active: bool,
    /// Until when nobody gets in.
    pub locked_until: Option<Moment>,
    /// When it was created.
    pub created_at: Moment,
    /// The last sign-in.
    pub signed_in_at: Option<Moment>,
}

#[derive(sqlx::FromRow)]
struct PersonRow {
    realm: String,
    username: String,
    display_name: Option<String>,
    colours: String,
    must_change_password: bool,
    area: Option<String>,
}

#[derive(sqlx::FromRow)]
struct AccountRow {
    id: i64,
    username: String,
    email: Option<String>,
    area: Option<String>,
    is_active: bool,
    locked_until: Option<i64>,
    created_at: i64,
    signed_in_at: Option<i64>,
}

/// Creates an account. `None` when the name or the e-mail is taken in its realm.
pub async fn create(mut conn: Conn<'_>, account: &NewAccount, at: Moment) -> Result<Option<AccountId>, StoreError> {
    const CREATE: &str =
        "insert into accounts (realm, username, username_folded, email, email_folded, password_hash, area, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing returning id";
    const ROLE: &str = "insert into account_roles (account_id, role) values ($1, $2) on conflict do nothing";
    let email = account.email.as_deref();
    let id: Option<i64> = on!(conn, c => sqlx::query_scalar(CREATE)
        .bind(account.realm.name()).bind(&account.username).bind(account.username.to_lowercase())
        .bind(email).bind(email.map(str::to_lowercase))
        .bind(&account.password_hash).bind(account.area.as_ref().map(Area::as_str)).bind(at.0)
        .fetch_optional(&mut **c).await?);
    let Some(id) = id else { return Ok(None) };
    for role in &account.roles {
        execute!(conn, ROLE, id, role.name());
    }
    Ok(Some(id))
}

/// The credentials under a user name or an e-mail of a realm, whatever their case. A name comes before an e-mail.
///
/// A temporary password that was used, or whose time is over at `now`, opens nothing any more: `!` is the hash of no
/// password.
pub async fn credentials(
    mut conn: Conn<'_>,
    realm: Realm,
    name_or_email: &str,
    now: Moment,
) -> Result<Option<Credentials>, StoreError> {
    // The realm is on both sides of the `or`, so that each side is found by its own key.
    const FIND: &str = "select id, username,
            case when temporary_used or temporary_until <= $3 then '!' else password_hash end as password_hash,
            is_active, failed_sign_ins, locked_until, two_factor, directory_guid
        from accounts
        where (realm = $1 and username_folded = $2) or (realm = $1 and email_folded = $2)
        order by case when username_folded = $2 then 0 else 1 end limit 1";
    let folded = name_or_email.trim().to_lowercase();
    Ok(
        on!(conn, c => sqlx::query_as(FIND).bind(realm.name()).bind(&folded).bind(now.0).fetch_optional(&mut **c).await?),
    )
}

/// The credentials of an account, with a temporary password as in [`credentials`].
pub async fn credentials_of(mut conn: Conn<'_>, id: AccountId, now: Moment) -> Result<Option<Credentials>, StoreError> {
    const FIND: &str = "select id, username,
            case when temporary_used or temporary_until <= $2 then '!' else password_hash end as password_hash,
            is_active, failed_sign_ins, locked_until, two_factor, directory_guid
        from accounts where id = $1";
    Ok(on!(conn, c => sqlx::query_as(FIND).bind(id).bind(now.0).fetch_optional(&mut **c).await?))
}

/// The credentials of somebody who has a session already. A temporary password that opened it resumes it, too: whoever
/// locks the screen before they chose a password of their own would never get in again.
pub async fn credentials_in_session(mut conn: Conn<'_>, id: AccountId) -> Result<Option<Credentials>, StoreError> {
    const FIND: &str =
        "select id, username, password_hash, is_active, failed_sign_ins, locked_until, two_factor, directory_guid
        from accounts where id = $1";
    Ok(on!(conn, c => sqlx::query_as(FIND).bind(id).fetch_optional(&mut **c).await?))
}

/// The person of an account that may sign in.
pub async fn person(mut conn: Conn<'_>, grants: &Grants, id: AccountId) -> Result<Option<Person>, StoreError> {
    // SQLite keeps a boolean as 0 or 1, which works as a condition on both.
    const FIND: &str = "select realm, username, display_name, colours, must_change_password, area from accounts
        where id = $1 and is_active";
    const ROLES: &str = "select role from account_roles where account_id = $1 order by role";
    let row: Option<PersonRow> = on!(conn, c => sqlx::query_as(FIND).bind(id).fetch_optional(&mut **c).await?);
    let Some(PersonRow { realm, username: name, display_name, colours, must_change_password, area }) = row else {
        return Ok(None);
    };
    let realm = Realm::parse(&realm).ok_or(StoreError::Unreadable { what: "realm", value: realm })?;
    let roles: Vec<String> = on!(conn, c => sqlx::query_scalar(ROLES).bind(id).fetch_all(&mut **c).await?);
    let roles = roles.iter().filter_map(|role| Role::parse(role)).collect();
    let mut person = Person::new(Who { id, realm, name }, roles, area.as_deref().map(Area::new), grants);
    person.display_name = display_name;
    person.colours = colours;
    person.must_change_password = must_change_password;
    Ok(Some(person))
}

/// What pages and mails call the person of an account that may sign in.
pub async fn name(mut conn: Conn<'_>, id: AccountId) -> Result<Option<String>, StoreError> {
    const NAME: &str = "select called from accounts where id = $1 and is_active";
    Ok(on!(conn, c => sqlx::query_scalar(NAME).bind(id).fetch_optional(&mut **c).await?))
}

/// The account of a user name of a realm.
pub async fn find_id(db: &Db, realm: Realm, username: &str) -> Result<Option<AccountId>, StoreError> {
    const FIND: &str = "select id from accounts where realm = $1 and username_folded = $2";
    let mut reader = db.read().await?;
    let mut conn = reader.conn();
    Ok(on!(conn, c => sqlx::query_scalar(FIND).bind(realm.name())
        .bind(username.trim().to_lowercase()).fetch_optional(&mut **c).await?))
}

/// Every account of a realm, by name.
pub async fn list(db: &Db, realm: Realm, grants: &Grants) -> Result<Vec<AccountLine>, StoreError> {
    const LIST: &str = "select id, username, email, area, is_active, locked_until, created_at, signed_in_at
        from accounts where realm = $1 and removed_at is null order by username_folded";
    const ROLES: &str = "select account_id, role from account_roles order by role";
    let mut reader = db.read().await?;
    let rows: Vec<AccountRow> = on!(reader.conn(), c => sqlx::query_as(LIST)
        .bind(realm.name()).fetch_all(&mut **c).await?);
    let roles: Vec<(i64, String)> = on!(reader.conn(), c => sqlx::query_as(ROLES).fetch_all(&mut **c).await?);
    let roles_of = |id: i64| {
        roles.iter().filter(|(of, _)| *of == id).filter_map(|(_, role)| Role::parse(role)).collect::<Vec<_>>()
    };
    let line = |row: AccountRow| AccountLine {
        person: Person::new(
            Who { id: row.id, realm, name: row.username },
            roles_of(row.id),
            row.area.as_deref().map(Area::new),
            grants,
        ),
        email: row.email,
        is_active: row.is_active,
        locked_until: row.locked_until.map(Moment),
        created_at: Moment(row.created_at),
        signed_in_at: row.signed_in_at.map(Moment),
    };
    Ok(rows.into_iter().map(line).collect())
}

/// True when nobody of a realm can sign in yet.
pub async fn is_empty(db: &Db, realm: Realm) -> Result<bool, StoreError> {
    let mut reader = db.read().await?;
    let any: Option<i64> = on!(reader.conn(), c =>
        sqlx::query_scalar("select id from accounts where realm = $1 limit 1").bind(realm.name()).fetch_optional(&mut **c).await?);
    Ok(any.is_none())
}

/// Notes a failed sign-in, and until when the account is locked if it is from now on. Returns the number of failures since
/// the last success.
pub async fn sign_in_failed(mut conn: Conn<'_>, id: AccountId, lock_until: Option<Moment>) -> Result<i64, StoreError> {
    const FAILED: &str = "update accounts set failed_sign_ins = failed_sign_ins + 1,
        locked_until = coalesce($2, locked_until) where id = $1 returning failed_sign_ins";
    Ok(on!(conn, c => sqlx::query_scalar(FAILED)
        .bind(id).bind(lock_until.map(|at| at.0)).fetch_one(&mut **c).await?))
}

/// Notes a sign-in that worked. A temporary password is used up by it.
pub async fn signed_in(mut conn: Conn<'_>, id: AccountId, at: Moment) -> Result<(), StoreError> {
    const SIGNED_IN: &str = "update accounts set failed_sign_ins = 0, locked_until = null, signed_in_at = $2,
            temporary_used = temporary_used or temporary_until is not null
        where id = $1";
    execute!(conn, SIGNED_IN, id, at.0);
    Ok(())
}

/// Replaces the hash of a password that was just proven by a better one of the same password. False when the password
/// was changed meanwhile: then nothing is touched.
pub async fn upgrade_hash(mut conn: Conn<'_>, id: AccountId, proven: &str, better: &str) -> Result<bool, StoreError> {
    const UPGRADE: &str = "update accounts set password_hash = $3 where id = $1 and password_hash = $2";
    Ok(execute!(conn, UPGRADE, id, proven, better) == 1)
}

/// Sets a password of the person's own, and lifts a lock and every pause.
pub async fn set_password(mut conn: Conn<'_>, id: AccountId, password_hash: &str) -> Result<(), StoreError> {
    // A comparison is a boolean on both databases.
    const SET: &str = "update accounts set password_hash = $2, failed_sign_ins = 0, locked_until = null,
            must_change_password = (1 = 0), temporary_used = (1 = 0), temporary_until = null
        where id = $1";
    sign_in::forget_account(conn.reborrow(), id).await?;
    execute!(conn, SET, id, password_hash);
    Ok(())
}

/// Remembers the language a person reads.
pub async fn set_locale(mut conn: Conn<'_>, id: AccountId, locale: &str) -> Result<(), StoreError> {
    execute!(conn, "update accounts set locale = $2 where id = $1", id, locale);
    Ok(())
}

/// How many accounts a realm has.
pub async fn count(db: &Db, realm: Realm) -> Result<i64, StoreError> {
    let mut reader = db.read().await?;
    Ok(
        on!(reader.conn(), c => sqlx::query_scalar("select count(*) from accounts where realm = $1 and removed_at is null")
        .bind(realm.name()).fetch_one(&mut **c).await?),
    )
}

/// Lifts a lock and every pause, and forgets the failures that led to them. False when there was nothing of that kind.
pub async fn unlock(mut conn: Conn<'_>, id: AccountId) -> Result<bool, StoreError> {
    const UNLOCK: &str = "update accounts set failed_sign_ins = 0, locked_until = null
        where id = $1 and (failed_sign_ins <> 0 or locked_until is not null)";
    let pauses = sign_in::forget_account(conn.reborrow(), id).await?;
    Ok(execute!(conn, UNLOCK, id) + pauses > 0)
}

/// Up to `limit` user names of a realm that contain a text, the exact one first. There are a few hundred people, not
/// millions.
pub async fn search(
    mut conn: Conn<'_>,
    realm: Realm,
    text: &str,
    limit: u32,
) -> Result<Vec<(AccountId, String)>, StoreError> {
    const SEARCH: &str = "select id, username from accounts
        where username_folded like $1 escape '\\' and realm = $4 and removed_at is null
        order by case when username_folded = $2 then 0 else 1 end, username_folded limit $3";
    let folded = text.trim().to_lowercase();
    let pattern = base_db::query::anywhere(&folded);
    Ok(on!(conn, c => sqlx::query_as(SEARCH)
        .bind(&pattern).bind(&folded).bind(i64::from(limit)).bind(realm.name()).fetch_all(&mut **c).await?))
}
