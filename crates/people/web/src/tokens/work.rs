//! Making and revoking tokens, whether a page or a call asks for it.
//!
//! Invariants: a token may do what its owner may, or less; it has an end; only somebody who signed in makes or
//! revokes one.

use base_core::area::{Area, Scope};
use base_core::audit::Entry;
use base_core::time::DAY_US;
use base_records::audit::Record;
use base_records::token::{NewToken, TokenLine};
use base_records::{audit, token};
use base_secret::Token;
use base_web::app::App;
use base_web::error::Problem;
use base_web::session::Caller;
use serde_json::json;

use crate::sign_in::own;

/// Longest name, in characters.
const NAME_CHARS_MAX: usize = 64;
/// Most days that a token lasts.
pub const DAYS_MAX: u32 = 730;
/// Most tokens of one person that were not revoked.
const TOKENS_MAX: i64 = 50;
/// Most tokens that a list shows.
const LISTED_MAX: u32 = 200;

/// A token that is asked for.
#[derive(Clone, Debug)]
pub struct Asked {
    /// What it is for.
    pub name: String,
    /// What it may do; `None` is everything that its owner may.
    pub permissions: Option<Vec<String>>,
    /// The one area that it sees; empty for all that its owner sees.
    pub area: String,
    /// How many days it lasts.
    pub days: u32,
}

/// The areas that somebody may give to a token.
pub fn areas(app: &App, caller: &Caller) -> Vec<Area> {
    match caller.scope() {
        Scope::All => app.settings.areas.clone(),
        Scope::Area(area) => vec![area],
        Scope::Nothing => Vec::new(),
    }
}

/// The tokens of the caller, the newest first.
pub async fn own(app: &App, caller: &Caller) -> Result<Vec<TokenLine>, Problem> {
    let mut reader = app.db.read().await?;
    Ok(token::of_account(reader.conn(), caller.person.realm, caller.person.id, LISTED_MAX).await?)
}

/// Makes a token and gives its number and its text, which is shown this once.
pub async fn create(app: &App, caller: &Caller, asked: Asked) -> Result<(i64, String), Problem> {
    caller.must_be_signed_in()?;
    let name = asked.name.trim();
    if name.is_empty() || name.chars().count() > NAME_CHARS_MAX || name.contains(char::is_control) {
        return Err(Problem::field("name", format!("A name has 1 to {NAME_CHARS_MAX} characters.")));
    }
    let permissions = checked_permissions(caller, asked.permissions.as_deref())?;
    let area = asked.area.trim();
    if !area.is_empty() && !areas(app, caller).iter().any(|known| known.as_str() == area) {
        return Err(Problem::field("area", "There is no such area, or it is not yours."));
    }
    if !(1..=DAYS_MAX).contains(&asked.days) {
        return Err(Problem::field("days", format!("A token lasts 1 to {DAYS_MAX} days.")));
    }
    let (realm, account, now) = (caller.person.realm, caller.person.id, app.clock.now());
    let secret = Token::new("tally_", &*app.entropy);
    let expires_at = now.plus_us(i64::from(asked.days) * DAY_US);
    let new = NewToken {
        realm,
        account,
        name,
        token_hash: &secret.hash,
        permissions: permissions.as_deref(),
        area: Some(area).filter(|area| !area.is_empty()),
        expires_at: Some(expires_at),
    };
    let mut tx = app.db.write().await?;
    own::hold(app, tx.conn(), caller).await?;
    if token::count_of(tx.conn(), realm, account).await? >= TOKENS_MAX {
        return Err(Problem::field("name", format!("You have {TOKENS_MAX} tokens. Revoke one first.")));
    }
    let id = token::create(tx.conn(), new, now).await?;
    let after = json!({
        "name": name, "user": caller.person.name, "permissions": permissions, "area": new.area,
        "until": expires_at.rfc3339(),
    });
    let entry = Entry::new("token_created", "token", id.to_string()).with_after(&after);
    audit::insert(tx.conn(), &[Record { at: now, entry, origin: &caller.origin(None) }]).await?;
    tx.commit().await?;
    Ok((id, secret.text))
}

/// As they are stored. `None` is everything.
fn checked_permissions(caller: &Caller, asked: Option<&[String]>) -> Result<Option<String>, Problem> {
    let Some(asked) = asked else { return Ok(None) };
    let held = caller.person.permission_names();
    if let Some(unknown) = asked.iter().find(|name| !held.contains(&name.as_str())) {
        return Err(Problem::field("permissions", format!("You do not have the permission {unknown:?}.")));
    }
    if asked.is_empty() {
        return Err(Problem::field("permissions", "Choose at least one."));
    }
    let kept: Vec<&str> = held.into_iter().filter(|name| asked.iter().any(|one| one == name)).collect();
    Ok(Some(kept.join(" ")))
}

/// Revokes a token of the caller. False when there is none.
pub async fn revoke(app: &App, caller: &Caller, id: i64) -> Result<bool, Problem> {
    caller.must_be_signed_in()?;
    let now = app.clock.now();
    let of = (caller.person.realm, caller.person.id);
    let mut tx = app.db.write().await?;
    if !token::revoke_of(tx.conn(), of, id, now).await? {
        return Ok(false);
    }
    let entry = Entry::new("token_revoked", "token", id.to_string());
    audit::insert(tx.conn(), &[Record { at: now, entry, origin: &caller.origin(None) }]).await?;
    tx.commit().await?;
    app.sessions.forget_all();
    Ok(true)
}
