//! What an admin changes of somebody else's account.

use base_core::account::AccountId;
use base_core::area::Area;
use base_core::audit::Entry;
use base_core::permission::Role;
use base_core::realm::Realm;
use base_db::{Conn, StoreError};
use base_records::account as base;
use base_seams::Keepers;
use people_rules::account::{
    Facts, Refusal, Standing, check_area, check_display_name, check_email, check_standing, sorted,
};
use people_rules::trail;
use serde_json::{Map, Value, json};

use crate::access::{Owner, end_all_of};
use crate::account::{Account, dispatchers, find, find_in, one_at_a_time, other_admins};
use crate::failed::{By, Failed};
use crate::password::void_link;

/// What is to be changed; what is `None` stays.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// The version that was looked at; without one nothing is compared.
    pub version: Option<i64>,
    /// What pages call the person; empty for the user name.
    pub display_name: Option<String>,
    /// The e-mail; empty for none.
    pub email: Option<String>,
    /// The roles.
    pub roles: Option<Vec<Role>>,
    /// The area; only a dispatcher keeps one.
    pub area: Option<String>,
    /// Whether the person may sign in.
    pub is_active: Option<bool>,
}

/// What the site has that a change is measured against.
#[derive(Clone, Copy)]
pub struct Site<'s> {
    /// Its areas.
    pub areas: &'s [Area],
    /// What its wings keep of people.
    pub keepers: &'s Keepers,
}

/// Changes an account, and says whether anything was different. Everybody whose rights become other ones is
/// signed out, and their tokens are revoked.
pub async fn edit(
    mut conn: Conn<'_>,
    id: AccountId,
    change: &Change,
    site: Site<'_>,
    by: By<'_>,
) -> Result<bool, Failed> {
    one_at_a_time(conn.reborrow()).await?;
    let was = find(conn.reborrow(), id).await?.ok_or(Failed::NotFound)?;
    // Their own name and e-mail people change on their own page, where the password is asked for.
    if by.origin.actor == Some(id) {
        return Err(Refusal::Yourself.into());
    }
    if change.version.is_some_and(|version| version != was.version) {
        return Err(Refusal::ChangedMeanwhile.into());
    }
    let becomes = becomes(conn.reborrow(), &was, change, site, by).await?;
    let (before, after) = differences(&was, &becomes);
    if after.is_empty() {
        return Ok(false);
    }
    // What the directory says of its people would be written over again within a minute.
    if was.directory_guid.is_some() && after.keys().any(|field| field != "is_active") {
        return Err(Refusal::OfDirectory.into());
    }
    write(conn.reborrow(), &was, &becomes).await?;
    let entry = |action| {
        Entry::new(action, "account", was.username.as_str())
            .with_before(&Value::Object(before.clone()))
            .with_after(&Value::Object(after.clone()))
    };
    let is_role_change = after.contains_key("roles") || after.contains_key("area");
    if is_role_change || after.contains_key("is_active") {
        end_all_of(conn.reborrow(), Owner { realm: Realm::Staff, id, username: &was.username }, by).await?;
    }
    by.note(conn, entry(if is_role_change { "role_change" } else { "user_updated" })).await?;
    Ok(true)
}

/// Lifts a lock. False when there was none, and no failure that leads to one.
pub async fn unlock(mut conn: Conn<'_>, (realm, id): (Realm, AccountId), by: By<'_>) -> Result<bool, Failed> {
    let was = find_in(conn.reborrow(), realm, id).await?.ok_or(Failed::NotFound)?;
    if !base::unlock(conn.reborrow(), id).await? {
        return Ok(false);
    }
    let entry = trail::entry(realm, "unlock_account", &was.username)
        .with_before(&json!({ "failed_sign_ins": was.failed_sign_ins }))
        .with_after(&json!({ "failed_sign_ins": 0 }));
    by.note(conn, entry).await?;
    Ok(true)
}

/// What an account becomes.
pub(crate) struct Becomes {
    pub display_name: Option<String>,
    pub email: Option<String>,
    pub area: Option<Area>,
    pub standing: Standing,
}

async fn becomes(
    mut conn: Conn<'_>,
    was: &Account,
    change: &Change,
    site: Site<'_>,
    by: By<'_>,
) -> Result<Becomes, Failed> {
    let display_name = match &change.display_name {
        Some(name) => check_display_name(name)?,
        None => was.display_name.clone(),
    };
    let email = match &change.email {
        Some(email) => check_email(email)?,
        None => was.email.clone(),
    };
    let roles = change.roles.clone().map_or_else(|| was.standing.roles.clone(), sorted);
    let standing = Standing { roles, is_active: change.is_active.unwrap_or(was.standing.is_active) };
    let facts = Facts {
        by: by.origin.actor,
        account: was.id,
        before: &was.standing,
        other_admins: other_admins(conn.reborrow(), was.id).await?,
        unfinished: site.keepers.unfinished(conn.reborrow(), was.id).await?,
    };
    check_standing(facts, Some(&standing))?;
    let wanted = change.area.as_deref().or(was.area.as_ref().map(Area::as_str));
    let concerns_area = change.area.is_some() || change.roles.is_some() || change.is_active == Some(true);
    let area = if concerns_area {
        let there = dispatchers(conn, was.id).await?;
        let n = |area: &Area| there.iter().find(|(name, _)| name == area.as_str()).map_or(0, |(_, n)| *n);
        match check_area(&standing.roles, wanted, site.areas, n) {
            // Somebody who registered has no area yet: switching the account on or off asks for none.
            Err(Refusal::NoArea) if change.area.is_none() && standing.roles == was.standing.roles => None,
            checked => checked?,
        }
    } else {
        was.area.clone()
    };
    Ok(Becomes { display_name, email, area, standing })
}

/// The fields that differ, before and after.
fn differences(was: &Account, becomes: &Becomes) -> (Map<String, Value>, Map<String, Value>) {
    let names = |roles: &[Role]| json!(roles.iter().map(|role| role.name()).collect::<Vec<_>>());
    let area = |area: &Option<Area>| json!(area.as_ref().map(Area::as_str));
    let fields = [
        ("display_name", json!(was.display_name), json!(becomes.display_name)),
        ("email", json!(was.email), json!(becomes.email)),
        ("roles", names(&was.standing.roles), names(&becomes.standing.roles)),
        ("area", area(&was.area), area(&becomes.area)),
        ("is_active", json!(was.standing.is_active), json!(becomes.standing.is_active)),
    ];
    let changed = fields.into_iter().filter(|(_, before, after)| before != after);
    changed.map(|(name, before, after)| ((name.to_owned(), before), (name.to_owned(), after))).unzip()
}

pub(crate) async fn write(mut conn: Conn<'_>, was: &Account, becomes: &Becomes) -> Result<(), Failed> {
    const WRITE: &str =
        "update accounts set display_name = $2, email = $3, email_folded = $3, area = $4, is_active = $5,
            directory_out = case when is_active = $5 then directory_out end, version = version + 1
        where id = $1";
    const ROLE: &str = "insert into account_roles (account_id, role) values ($1, $2)";
    if becomes.email != was.email {
        if is_taken(conn.reborrow(), was.id, becomes.email.as_deref()).await? {
            return Err(Refusal::EmailTaken.into());
        }
        // Whoever reads the mails of the former address must not set the password.
        void_link(conn.reborrow(), was.id).await?;
    }
    let area = becomes.area.as_ref().map(Area::as_str);
    execute!(conn, WRITE, was.id, &becomes.display_name, &becomes.email, area, becomes.standing.is_active);
    if becomes.standing.roles != was.standing.roles {
        execute!(conn, "delete from account_roles where account_id = $1", was.id);
        for role in &becomes.standing.roles {
            execute!(conn, ROLE, was.id, role.name());
        }
    }
    Ok(())
}

/// True when somebody else of staff has this e-mail.
pub(crate) async fn is_taken(mut conn: Conn<'_>, id: AccountId, email: Option<&str>) -> Result<bool, StoreError> {
    const TAKEN: &str = "select count(*) from accounts where realm = 'staff' and email_folded = $1 and id <> $2";
    let Some(email) = email else { return Ok(false) };
    let n: i64 = on!(conn, c => sqlx::query_scalar(TAKEN).bind(email).bind(id).fetch_one(&mut **c).await?);
    Ok(n > 0)
}
