//! What the pages and the API of one's own account share.
//!
//! Invariants: only somebody who signed in changes anything, a token does not; an e-mail or a password changes only for who
//! gives the present password; a person whose password was given to them proved it when they signed in.

use base_records::audit;
use base_records::audit::Record;
use base_web::error::Problem;
use base_web::session::Caller;
use people_rules::account::Refusal;
use people_rules::password::PasswordFault;
use people_rules::trail;
use people_store::account::Account;
use people_store::password::OwnChange;
use people_store::profile::Change;
use people_store::{By, Failed, account, password, profile};

use crate::hashing;
use crate::refused::{problem, weak};
use crate::sign_in::own;
use crate::state::People;

/// One's own account.
pub async fn own(app: &People, caller: &Caller) -> Result<Account, Problem> {
    let mut reader = app.db.read().await?;
    account::find(reader.conn(), caller.person.id).await?.ok_or_else(Problem::not_signed_in)
}

/// Why a change of one's own was not made.
pub enum NotDone {
    /// A rule says no.
    Failed(Failed),
    /// The new password may not be used.
    Weak(PasswordFault),
    /// It is a problem of another kind.
    Problem(Problem),
}

impl From<Failed> for NotDone {
    fn from(failed: Failed) -> Self {
        Self::Failed(failed)
    }
}

impl From<base_db::StoreError> for NotDone {
    fn from(error: base_db::StoreError) -> Self {
        Self::Failed(error.into())
    }
}

impl NotDone {
    /// The answer to a program.
    pub fn problem(self) -> Problem {
        match self {
            Self::Failed(failed) => problem(failed),
            Self::Weak(fault) => weak("new_password", fault),
            Self::Problem(problem) => problem,
        }
    }
}

/// Checks the present password of the caller. Guessing is limited like signing in, and noted.
async fn prove(app: &People, caller: &Caller, given: &str) -> Result<(), NotDone> {
    let mut reader = app.db.read().await?;
    let present = password::present(reader.conn(), caller.person.id).await?;
    drop(reader);
    let Some((_, is_given)) = present else { return Err(NotDone::Problem(Problem::not_signed_in())) };
    // Whoever signed in with a given password has proved it a moment ago.
    if is_given || own::is_right(app, caller, given).await.map_err(NotDone::Problem)? {
        return Ok(());
    }
    let origin = caller.origin(None);
    let entry = trail::entry(caller.person.realm, "password_refused", caller.person.name.as_str());
    let mut tx = app.db.write().await?;
    audit::insert(tx.conn(), &[Record { at: app.clock.now(), entry, origin: &origin }]).await?;
    tx.commit().await?;
    Err(Failed::from(Refusal::WrongPassword).into())
}

/// Changes one's own account; another e-mail needs the present password.
pub async fn change(app: &People, caller: &Caller, change: &Change, present: &str) -> Result<bool, NotDone> {
    caller.must_be_signed_in().map_err(NotDone::Problem)?;
    let mut reader = app.db.read().await?;
    let was = account::find(reader.conn(), caller.person.id).await?.ok_or(Failed::NotFound)?;
    drop(reader);
    let email = change.email.as_ref().map(|email| email.trim().to_lowercase());
    if email.is_some_and(|email| email != was.email.unwrap_or_default()) {
        prove(app, caller, present).await?;
    }
    let origin = caller.origin(None);
    let mut tx = app.db.write().await?;
    own::hold(app, tx.conn(), caller).await.map_err(NotDone::Problem)?;
    let by = By { at: app.clock.now(), origin: &origin };
    let changed = profile::change(tx.conn(), caller.person.id, change, by).await?;
    tx.commit().await?;
    app.rights_changed();
    Ok(changed)
}

/// A new password of one's own.
#[derive(Clone, Copy, Debug)]
pub struct NewPassword<'n> {
    /// The present one.
    pub present: &'n str,
    /// The new one.
    pub new: &'n str,
    /// Whether one's tokens of the API end as well.
    pub revokes_tokens: bool,
}

/// Sets a password of one's own; every other session ends.
pub async fn change_password(app: &People, caller: &Caller, asked: NewPassword<'_>) -> Result<(), NotDone> {
    caller.must_be_signed_in().map_err(NotDone::Problem)?;
    let NewPassword { present, new, revokes_tokens } = asked;
    let mut reader = app.db.read().await?;
    let was = account::find_in(reader.conn(), caller.person.realm, caller.person.id).await?.ok_or(Failed::NotFound)?;
    drop(reader);
    if was.directory_guid.is_some() {
        return Err(Failed::from(Refusal::OfDirectory).into());
    }
    prove(app, caller, present).await?;
    let mut reader = app.db.read().await?;
    let hash = password::present(reader.conn(), was.id).await?.map(|(hash, _)| hash).unwrap_or_default();
    drop(reader);
    let names = [Some(was.username.as_str()), was.display_name.as_deref(), was.email.as_deref()];
    hashing::rule(app, names.into_iter().flatten()).check(new).map_err(NotDone::Weak)?;
    if hashing::verify(app, new, &hash).await {
        return Err(Failed::from(Refusal::SamePassword).into());
    }
    let password_hash = hashing::hash(app, new).await;
    let origin = caller.origin(None);
    let mut tx = app.db.write().await?;
    own::hold(app, tx.conn(), caller).await.map_err(NotDone::Problem)?;
    let by = By { at: app.clock.now(), origin: &origin };
    let change = OwnChange { password_hash: &password_hash, kept: &caller.session_hash, revokes_tokens };
    password::change(tx.conn(), (caller.person.realm, was.id), change, by).await?;
    tx.commit().await?;
    app.rights_changed();
    Ok(())
}
