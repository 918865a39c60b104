//! Accounts of people whom a directory knows: made, kept as the directory says, and closed when it says so.
//!
//! Invariants: an account is bound to the object's GUID and to nothing else, so that a renamed person stays who they are and a
//! new person with an old name is somebody else; nobody has a right that the directory does not give; whoever loses something
//! loses their sessions in the same transaction. The rules about the last admin and about unfinished work ask nothing here:
//! the directory decides.

use base_core::account::{AccountId, username_is_valid};
use base_core::area::Area;
use base_core::audit::Entry;
use base_core::permission::Role;
use base_core::realm::Realm;
use base_db::{Conn, StoreError};
use base_records::account as base;
use base_records::account::NewAccount;
use base_seams::directory::{Listed, Right, Standing};
use people_rules::account::{DISPATCHERS_PER_AREA_MAX, check_display_name, check_email, sorted};
use serde_json::{Map, Value, json};

use crate::access::{Owner, end_all_of};
use crate::account::{Account, dispatchers, find, one_at_a_time};
use crate::edit::is_taken;
use crate::failed::By;

/// Most accounts that are looked at in one go.
pub const AT_ONCE: i64 = 200;

/// Why somebody with the right password gets no account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoAccount {
    /// Their name cannot be a user name here.
    BadName,
    /// Somebody else has the name: an account with a password of its own.
    NameTaken,
    /// An admin has switched the account off.
    SwitchedOff,
}

impl NoAccount {
    /// Its name in the trail.
    pub fn name(self) -> &'static str {
        match self {
            Self::BadName => "bad_name",
            Self::NameTaken => "name_taken",
            Self::SwitchedOff => "switched_off",
        }
    }
}

/// An account that belongs to the directory.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Bound {
    /// The account.
    pub id: AccountId,
    /// The object.
    pub directory_guid: String,
}

/// The next accounts that belong to the directory, by number.
pub async fn bound_after(mut conn: Conn<'_>, after: AccountId) -> Result<Vec<Bound>, StoreError> {
    const NEXT: &str = "select id, directory_guid from accounts
        where directory_guid is not null and id > $1 order by id limit $2";
    Ok(on!(conn, c => sqlx::query_as(NEXT).bind(after).bind(AT_ONCE).fetch_all(&mut **c).await?))
}

/// How many accounts belong to the directory.
pub async fn count(mut conn: Conn<'_>) -> Result<i64, StoreError> {
    const COUNT: &str = "select count(*) from accounts where directory_guid is not null";
    Ok(on!(conn, c => sqlx::query_scalar(COUNT).fetch_one(&mut **c).await?))
}

/// The account of an object.
pub async fn of_guid(mut conn: Conn<'_>, guid: &str) -> Result<Option<Account>, StoreError> {
    const FIND: &str = "select id from accounts where directory_guid = $1 and removed_at is null";
    let id: Option<AccountId> = on!(conn, c => sqlx::query_scalar(FIND).bind(guid).fetch_optional(&mut **c).await?);
    match id {
        Some(id) => find(conn, id).await,
        None => Ok(None),
    }
}

/// The account of somebody whose password was right, made where there is none, and kept as the directory says.
pub async fn admit(
    mut conn: Conn<'_>,
    listed: &Listed,
    by: By<'_>,
) -> Result<Result<AccountId, NoAccount>, StoreError> {
    one_at_a_time(conn.reborrow()).await?;
    if let Some(was) = of_guid(conn.reborrow(), &listed.guid).await? {
        if !was.standing.is_active && was.directory_out.is_none() {
            return Ok(Err(NoAccount::SwitchedOff));
        }
        bring_up_to_date(conn, &was, Some(listed), by).await?;
        return Ok(Ok(was.id));
    }
    if !username_is_valid(&listed.username) {
        return Ok(Err(NoAccount::BadName));
    }
    create(conn, listed, by).await
}

async fn create(mut conn: Conn<'_>, listed: &Listed, by: By<'_>) -> Result<Result<AccountId, NoAccount>, StoreError> {
    const BIND: &str = "update accounts set directory_guid = $2, display_name = $3 where id = $1";
    let there = dispatchers(conn.reborrow(), 0).await?;
    let (roles, area) = rights(&listed.rights, &there);
    let mut email = email_of(listed);
    if is_taken(conn.reborrow(), 0, email.as_deref()).await? {
        email = None;
    }
    let account = NewAccount {
        realm: Realm::Staff,
        username: listed.username.clone(),
        email,
        // No password has this hash: the directory's is the only one.
        password_hash: "!".to_owned(),
        roles: roles.clone(),
        area: area.clone(),
    };
    let Some(id) = base::create(conn.reborrow(), &account, by.at).await? else { return Ok(Err(NoAccount::NameTaken)) };
    execute!(conn, BIND, id, &listed.guid, display_name_of(listed));
    let after = json!({ "roles": names(&roles), "area": area.as_ref().map(Area::as_str), "directory": true });
    by.note(conn, Entry::new("user_created", "account", listed.username.as_str()).with_after(&after)).await?;
    Ok(Ok(id))
}

/// Why the directory keeps somebody out.
fn out_of(listed: Option<&Listed>) -> Option<&'static str> {
    let Some(listed) = listed else { return Some("removed") };
    match listed.standing {
        Standing::Disabled => Some("disabled"),
        Standing::Expired => Some("expired"),
        Standing::Locked => Some("locked"),
        Standing::Well if listed.rights.is_empty() => Some("group"),
        Standing::Well => None,
    }
}

/// What an account becomes.
struct Becomes {
    username: String,
    display_name: Option<String>,
    email: Option<String>,
    roles: Vec<Role>,
    area: Option<Area>,
    out: Option<&'static str>,
    is_active: bool,
}

async fn becomes(mut conn: Conn<'_>, was: &Account, listed: Option<&Listed>) -> Result<Becomes, StoreError> {
    let out = out_of(listed);
    // What an admin has switched off stays off.
    let is_active = out.is_none() && (was.standing.is_active || was.directory_out.is_some());
    let mut becomes = Becomes {
        username: was.username.clone(),
        display_name: was.display_name.clone(),
        email: was.email.clone(),
        roles: was.standing.roles.clone(),
        area: was.area.clone(),
        out: out.filter(|_| was.standing.is_active || was.directory_out.is_some()),
        is_active,
    };
    let Some(listed) = listed else { return Ok(becomes) };
    if username_is_valid(&listed.username) && !has_name(conn.reborrow(), was.id, &listed.username).await? {
        becomes.username.clone_from(&listed.username);
    }
    becomes.display_name = display_name_of(listed);
    becomes.email = email_of(listed);
    if becomes.email != was.email && is_taken(conn.reborrow(), was.id, becomes.email.as_deref()).await? {
        becomes.email.clone_from(&was.email);
    }
    // Who is out keeps what they had, and can do nothing with it.
    if out.is_none() {
        let there = dispatchers(conn, was.id).await?;
        (becomes.roles, becomes.area) = rights(&listed.rights, &there);
    }
    Ok(becomes)
}

/// True if an account is not what the directory says.
pub async fn differs(conn: Conn<'_>, was: &Account, listed: Option<&Listed>) -> Result<bool, StoreError> {
    let (_, after) = differences(was, &becomes(conn, was, listed).await?);
    Ok(!after.is_empty())
}

/// Makes an account what the directory says: `None` where the directory does not know the object any more. True if
/// anything was different.
pub async fn bring_up_to_date(
    mut conn: Conn<'_>,
    was: &Account,
    listed: Option<&Listed>,
    by: By<'_>,
) -> Result<bool, StoreError> {
    const WRITE: &str = "update accounts set username = $2, username_folded = $3, display_name = $4, email = $5,
            email_folded = $5, area = $6, is_active = $7, directory_out = $8, version = version + 1
        where id = $1";
    const ROLE: &str = "insert into account_roles (account_id, role) values ($1, $2)";
    let becomes = becomes(conn.reborrow(), was, listed).await?;
    let (before, after) = differences(was, &becomes);
    if after.is_empty() {
        return Ok(false);
    }
    let area = becomes.area.as_ref().map(Area::as_str);
    execute!(
        conn,
        WRITE,
        was.id,
        &becomes.username,
        becomes.username.to_lowercase(),
        &becomes.display_name,
        &becomes.email,
        area,
        becomes.is_active,
        becomes.out
    );
    if becomes.roles != was.standing.roles {
        execute!(conn, "delete from account_roles where account_id = $1", was.id);
        for role in &becomes.roles {
            execute!(conn, ROLE, was.id, role.name());
        }
    }
    let owner = Owner { realm: Realm::Staff, id: was.id, username: &was.username };
    let is_role_change = after.contains_key("roles") || after.contains_key("area");
    if is_role_change {
        end_all_of(conn.reborrow(), owner, by).await?;
    } else if !becomes.is_active && was.standing.is_active {
        // Tokens open nothing while the account is off; they work again when a lock ends.
        base_records::session::end_all_of(conn.reborrow(), owner.realm, owner.id).await?;
    }
    let action = if is_role_change { "role_change" } else { "user_updated" };
    let entry = Entry::new(action, "account", becomes.username.as_str())
        .with_before(&Value::Object(before))
        .with_after(&Value::Object(after));
    by.note(conn, entry).await?;
    Ok(true)
}

fn differences(was: &Account, becomes: &Becomes) -> (Map<String, Value>, Map<String, Value>) {
    let area = |area: &Option<Area>| json!(area.as_ref().map(Area::as_str));
    let fields = [
        ("username", json!(was.username), json!(becomes.username)),
        ("display_name", json!(was.display_name), json!(becomes.display_name)),
        ("email", json!(was.email), json!(becomes.email)),
        ("roles", json!(names(&was.standing.roles)), json!(names(&becomes.roles))),
        ("area", area(&was.area), area(&becomes.area)),
        ("is_active", json!(was.standing.is_active), json!(becomes.is_active)),
        ("directory_out", json!(was.directory_out), json!(becomes.out)),
    ];
    let changed = fields.into_iter().filter(|(_, before, after)| before != after);
    changed.map(|(name, before, after)| ((name.to_owned(), before), (name.to_owned(), after))).unzip()
}

fn names(roles: &[Role]) -> Vec<&'static str> {
    roles.iter().map(|role| role.name()).collect()
}

/// The roles and the one area that groups give. Where an area is full (U3), the dispatcher has none and sees nothing until
/// an admin makes room.
fn rights(rights: &[Right], there: &[(String, i64)]) -> (Vec<Role>, Option<Area>) {
    let roles = sorted(rights.iter().map(|right| right.role).collect());
    let area = rights.iter().find_map(|right| right.area.clone());
    let is_full = |area: &Area| there.iter().any(|(name, n)| name == area.as_str() && *n >= DISPATCHERS_PER_AREA_MAX);
    (roles, area.filter(|area| !is_full(area)))
}

fn display_name_of(listed: &Listed) -> Option<String> {
    check_display_name(listed.display_name.as_deref().unwrap_or_default()).unwrap_or_default()
}

fn email_of(listed: &Listed) -> Option<String> {
    check_email(listed.email.as_deref().unwrap_or_default()).unwrap_or_default()
}

async fn has_name(mut conn: Conn<'_>, besides: AccountId, username: &str) -> Result<bool, StoreError> {
    const NAMED: &str = "select count(*) from accounts where realm = 'staff' and username_folded = $1 and id <> $2";
    let folded = username.to_lowercase();
    let n: i64 = on!(conn, c => sqlx::query_scalar(NAMED).bind(&folded).bind(besides).fetch_one(&mut **c).await?);
    Ok(n > 0)
}
