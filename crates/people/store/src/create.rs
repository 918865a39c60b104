//! New accounts: by an admin, by the machine, or by the person who registers.

use base_core::account::AccountId;
use base_core::area::Area;
use base_core::audit::Entry;
use base_core::permission::Role;
use base_core::realm::Realm;
use base_db::{Conn, StoreError};
use base_records::account as base;
use base_records::account::NewAccount;
use people_rules::account::{Refusal, check_area, check_display_name, check_email, check_username, sorted};
use serde_json::json;

use crate::account::{dispatchers, one_at_a_time};
use crate::failed::{By, Failed};

/// What is known of a new person.
#[derive(Clone, Debug, Default)]
pub struct New<'n> {
    /// The user name.
    pub username: &'n str,
    /// What pages call them; empty for the user name.
    pub display_name: &'n str,
    /// The e-mail; empty for none.
    pub email: &'n str,
    /// The roles.
    pub roles: Vec<Role>,
    /// The area, for a dispatcher.
    pub area: Option<&'n str>,
}

/// A new person whose fields are right.
#[derive(Clone, Debug)]
pub struct Checked {
    username: String,
    display_name: Option<String>,
    email: Option<String>,
    roles: Vec<Role>,
    area: Option<Area>,
    is_registered: bool,
}

impl Checked {
    /// The e-mail.
    pub fn email(&self) -> Option<&str> {
        self.email.as_deref()
    }

    /// The user name.
    pub fn username(&self) -> &str {
        &self.username
    }

    /// Names that are no secret: no password is made of them.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        [Some(self.username.as_str()), self.display_name.as_deref(), self.email.as_deref()].into_iter().flatten()
    }
}

/// Checks what an admin fills in. Nothing is written.
pub async fn check(mut conn: Conn<'_>, new: &New<'_>, areas: &[Area]) -> Result<Checked, Failed> {
    let roles = sorted(new.roles.clone());
    if roles.is_empty() {
        return Err(Refusal::NoRole.into());
    }
    let there = dispatchers(conn.reborrow(), 0).await?;
    let n = |area: &Area| there.iter().find(|(name, _)| name == area.as_str()).map_or(0, |(_, n)| *n);
    Ok(Checked {
        username: check_username(new.username)?.to_owned(),
        display_name: check_display_name(new.display_name)?,
        email: check_email(new.email)?,
        area: check_area(&roles, new.area, areas, n)?,
        roles,
        is_registered: false,
    })
}

/// Checks what somebody fills in who registers: a dispatcher, who gets an area from an admin (U7).
pub fn check_registration(new: &New<'_>) -> Result<Checked, Refusal> {
    let email = check_email(new.email)?.ok_or(Refusal::BadEmail)?;
    Ok(Checked {
        username: check_username(new.username)?.to_owned(),
        display_name: check_display_name(new.display_name)?,
        email: Some(email),
        roles: vec![Role::Dispatcher],
        area: None,
        is_registered: true,
    })
}

/// Creates the account with a password of the person's own.
pub async fn create(mut conn: Conn<'_>, new: &Checked, password_hash: &str, by: By<'_>) -> Result<AccountId, Failed> {
    const CALL: &str = "update accounts set display_name = $2 where id = $1";
    one_at_a_time(conn.reborrow()).await?;
    let account = NewAccount {
        realm: Realm::Staff,
        username: new.username.clone(),
        email: new.email.clone(),
        password_hash: password_hash.to_owned(),
        roles: new.roles.clone(),
        area: new.area.clone(),
    };
    let created = base::create(conn.reborrow(), &account, by.at).await?;
    let Some(id) = created else { return Err(taken(conn, new).await?.into()) };
    if let Some(display_name) = &new.display_name {
        execute!(conn, CALL, id, display_name);
    }
    let roles: Vec<&str> = new.roles.iter().map(|role| role.name()).collect();
    let mut after = json!({ "roles": roles, "area": new.area.as_ref().map(Area::as_str) });
    if let Some(display_name) = &new.display_name {
        after["display_name"] = json!(display_name);
    }
    if new.is_registered {
        after["registered"] = json!(true);
    }
    let entry = Entry::new("user_created", "account", new.username.as_str()).with_after(&after);
    by.note(conn, entry).await?;
    Ok(id)
}

/// Which of the two somebody has already. Whoever registers is not told that it is the e-mail: it would tell who is there.
async fn taken(mut conn: Conn<'_>, new: &Checked) -> Result<Refusal, StoreError> {
    const NAMED: &str = "select count(*) from accounts where realm = $1 and username_folded = $2";
    let n: i64 = on!(conn, c => sqlx::query_scalar(NAMED)
        .bind(Realm::Staff.name()).bind(new.username.to_lowercase()).fetch_one(&mut **c).await?);
    Ok(if n > 0 { Refusal::NameTaken } else { Refusal::EmailTaken })
}
