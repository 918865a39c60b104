//! Customers: their accounts, and what they choose themselves.
//!
//! Invariant: a customer's user name is their e-mail, in small letters, and unique in their realm; they hold no role of staff.

use base_core::account::AccountId;
use base_core::audit::Entry;
use base_core::realm::Realm;
use base_core::time::Moment;
use base_db::{Conn, StoreError};
use base_records::account as base;
use base_records::account::NewAccount;
use base_records::mail;
use people_rules::account::{Refusal, check_display_name, check_email};
use people_rules::trail;
use serde_json::{Map, Value, json};

use crate::access::{Owner, end_all_of};
use crate::account::{Account, find_in};
use crate::failed::{By, Failed};
use crate::password::void_link;

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

/// Creates the account with a password that the customer chose, or has to replace when they first sign in. `also` is what
/// others keep of them, for the trail.
pub async fn create(
    mut conn: Conn<'_>,
    new: &Checked,
    (password_hash, must_change): (&str, bool),
    also: &Map<String, Value>,
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
    let mut after = also.clone();
    after.insert("display_name".into(), json!(new.display_name));
    let entry = Entry::new(trail::CREATE, trail::CUSTOMER, new.email.as_str()).with_after(&Value::Object(after));
    by.note(conn, entry).await?;
    Ok(id)
}

/// What is changed of a customer.
#[derive(Clone, Copy, Debug)]
pub struct Change<'c> {
    /// The version that was looked at; without one nothing is compared.
    pub version: Option<i64>,
    /// Name and e-mail.
    pub becomes: &'c Checked,
    /// What changes of what others keep of them: before and after.
    pub also: [&'c Map<String, Value>; 2],
}

/// Changes name and e-mail. False where nothing was different. What opens by the old e-mail opens nothing any more.
pub async fn edit(mut conn: Conn<'_>, id: AccountId, change: Change<'_>, by: By<'_>) -> Result<bool, Failed> {
    const TAKEN: &str = "select count(*) from accounts where realm = 'customer' and id <> $1
        and (username_folded = $2 or email_folded = $2)";
    const EDIT: &str = "update accounts set username = $2, username_folded = $2, email = $2, email_folded = $2,
            display_name = $3, version = version + 1 where id = $1";
    let was = find(conn.reborrow(), id).await?.ok_or(Failed::NotFound)?;
    if change.version.is_some_and(|version| version != was.version) {
        return Err(Refusal::ChangedMeanwhile.into());
    }
    let new = change.becomes;
    let [mut before, mut after] = change.also.map(Clone::clone);
    for (field, from, to) in [
        ("email", json!(was.username), json!(new.email)),
        ("display_name", json!(was.display_name), json!(new.display_name)),
    ] {
        if from != to {
            before.insert(field.into(), from);
            after.insert(field.into(), to);
        }
    }
    if before.is_empty() && after.is_empty() {
        return Ok(false);
    }
    let taken: i64 = on!(conn, c => sqlx::query_scalar(TAKEN).bind(id).bind(&new.email).fetch_one(&mut **c).await?);
    if taken > 0 {
        return Err(Refusal::EmailTaken.into());
    }
    execute!(conn, EDIT, id, &new.email, &new.display_name);
    if was.username != new.email {
        void_link(conn.reborrow(), id).await?;
        mail::take_back(conn.reborrow(), id).await?;
    }
    let entry = Entry::new(trail::UPDATE, trail::CUSTOMER, new.email.as_str())
        .with_before(&Value::Object(before))
        .with_after(&Value::Object(after));
    by.note(conn, entry).await?;
    Ok(true)
}

/// Lets a customer sign in, or keeps them from it and signs them out everywhere. False where it was so before.
pub async fn activate(mut conn: Conn<'_>, id: AccountId, is_active: bool, by: By<'_>) -> Result<bool, Failed> {
    let was = find(conn.reborrow(), id).await?.ok_or(Failed::NotFound)?;
    if was.standing.is_active == is_active {
        return Ok(false);
    }
    execute!(conn, "update accounts set is_active = $2, version = version + 1 where id = $1", id, is_active);
    end_all_of(conn.reborrow(), Owner { realm: Realm::Customer, id, username: &was.username }, by).await?;
    mail::take_back(conn.reborrow(), id).await?;
    let action = if is_active { trail::REACTIVATE } else { trail::DEACTIVATE };
    let entry = Entry::new(action, trail::CUSTOMER, was.username.as_str())
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

/// What an account was elsewhere.
#[derive(Clone, Copy, Debug)]
pub struct AsItWas {
    /// Whether the customer may sign in.
    pub is_active: bool,
    /// When it was made.
    pub created_at: Moment,
    /// When the customer last signed in.
    pub signed_in_at: Option<Moment>,
}

/// Makes an account that was just created what it was elsewhere.
pub async fn put_as_it_was(mut conn: Conn<'_>, id: AccountId, was: AsItWas) -> Result<(), StoreError> {
    const PUT: &str = "update accounts set is_active = $2, created_at = $3, signed_in_at = $4
        where id = $1 and realm = 'customer'";
    execute!(conn, PUT, id, was.is_active, was.created_at.0, was.signed_in_at.map(|at| at.0));
    Ok(())
}
