//! Customers: their accounts, and what they choose themselves.
//!
//! Invariant: a customer's user name is their e-mail, in small letters, and unique in their realm; they hold no role of staff.

use base_core::account::AccountId;
use base_core::audit::Entry;
use base_core::realm::Realm;
use base_db::{Conn, StoreError};
use base_records::account as base;
use base_records::account::NewAccount;
use base_records::session;
use people_rules::account::{Refusal, check_display_name, check_email};
use serde_json::json;

use crate::account::{Account, find_in};
use crate::failed::{By, Failed};

/// A customer that was not removed.
pub async fn find(conn: Conn<'_>, id: AccountId) -> Result<Option<Account>, StoreError> {
    find_in(conn, Realm::Customer, id).await
}

/// A new customer whose fields are right.
#[derive(Clone, Debug)]
pub struct Checked {
    email: String,
    display_name: Option<String>,
}

impl Checked {
    /// The e-mail, which is the user name.
    pub fn email(&self) -> &str {
        &self.email
    }

    /// Names that are no secret: no password is made of them.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        [Some(self.email.as_str()), self.display_name.as_deref()].into_iter().flatten()
    }
}

/// Checks what is known of a new customer. Nothing is written.
pub fn check(email: &str, display_name: &str) -> Result<Checked, Refusal> {
    let email = check_email(email)?.ok_or(Refusal::BadEmail)?;
    Ok(Checked { email, display_name: check_display_name(display_name)? })
}

/// Creates the account with a password that the customer chose, or has to replace when they first sign in.
pub async fn create(
    mut conn: Conn<'_>,
    new: &Checked,
    (password_hash, must_change): (&str, bool),
    by: By<'_>,
) -> Result<AccountId, Failed> {
    const CALL: &str = "update accounts set display_name = $2, must_change_password = $3 where id = $1";
    let account = NewAccount {
        realm: Realm::Customer,
        username: new.email.clone(),
        email: Some(new.email.clone()),
        password_hash: password_hash.to_owned(),
        roles: Vec::new(),
        area: None,
    };
    let created = base::create(conn.reborrow(), &account, by.at).await?;
    let id = created.ok_or(Refusal::EmailTaken)?;
    execute!(conn, CALL, id, &new.display_name, must_change);
    let after = json!({ "realm": "customer", "display_name": new.display_name });
    by.note(conn, Entry::new("user_created", "account", new.email.as_str()).with_after(&after)).await?;
    Ok(id)
}

/// Lets a customer sign in, or keeps them from it and signs them out everywhere. False where it was so before.
pub async fn activate(mut conn: Conn<'_>, id: AccountId, is_active: bool, by: By<'_>) -> Result<bool, Failed> {
    let was = find(conn.reborrow(), id).await?.ok_or(Failed::NotFound)?;
    if was.standing.is_active == is_active {
        return Ok(false);
    }
    execute!(conn, "update accounts set is_active = $2, version = version + 1 where id = $1", id, is_active);
    session::end_all_of(conn.reborrow(), Realm::Customer, id).await?;
    let entry = Entry::new("user_updated", "account", was.username.as_str())
        .with_before(&json!({ "is_active": was.standing.is_active }))
        .with_after(&json!({ "is_active": is_active }));
    by.note(conn, entry).await?;
    Ok(true)
}

/// What a customer chooses for their pages.
#[derive(Clone, Copy, Debug)]
pub struct Choice<'c> {
    /// The language.
    pub locale: &'c str,
    /// Light or dark pages.
    pub colours: &'c str,
}

/// Keeps what a customer chose.
pub async fn choose(mut conn: Conn<'_>, id: AccountId, choice: Choice<'_>) -> Result<(), StoreError> {
    const CHOOSE: &str = "update accounts set locale = $2, colours = $3 where id = $1 and realm = 'customer'";
    execute!(conn, CHOOSE, id, choice.locale, choice.colours);
    Ok(())
}
