//! What is done with second factors, whichever page asks for it.
//!
//! Invariants: a code of an app is taken once, and so is a recovery code, on whichever node; the secret is encrypted with
//! a key that the database does not have; recovery codes are kept as hashes and shown once.

use base_core::account::AccountId;
use base_core::audit::{Entry, Origin};
use base_core::time::{MINUTE_US, Moment};
use base_db::Conn;
use base_records::audit::Record;
use base_records::{account, audit, second_factor, session};
use base_secret::{SECOND_FACTOR, SecretKeys, hash_token};
use base_web::app::App;
use base_web::error::Problem;
use base_web::session::{Caller, STAFF};
use people_rules::{recovery_code as rule, totp};
use people_store::{recovery_code, second_factor as stored};
use serde_json::json;

use crate::mails::Factor;
use crate::sign_in::own;
use crate::told::{self, Post};

/// How long a secret that was shown waits for its first code.
const SET_UP_US: i64 = 30 * MINUTE_US;

/// By what somebody has shown who they are.
pub const BY_APP: &str = "app";
/// The same with a recovery code.
pub const BY_RECOVERY_CODE: &str = "recovery_code";

fn hash_of(account: AccountId, code: &str) -> String {
    hash_token(&format!("recovery code {account} {code}"))
}

/// Takes a code of an app or a recovery code, and says which of them it was; `None` for a wrong one and for one that was
/// taken before.
pub async fn take(
    app: &App,
    mut conn: Conn<'_>,
    account: AccountId,
    typed: &str,
) -> Result<Option<&'static str>, Problem> {
    let now = app.clock.now();
    if let Some(code) = rule::read(typed) {
        let taken = recovery_code::take(conn, account, &hash_of(account, &code), now).await?;
        return Ok(taken.then_some(BY_RECOVERY_CODE));
    }
    let Some(code) = totp::read_code(typed) else { return Ok(None) };
    let Some(factor) = second_factor::find(conn.reborrow(), account).await? else { return Ok(None) };
    let Some(secret) = read_secret(app, account, factor.totp_encrypted.as_deref()) else { return Ok(None) };
    let Some(step) = totp::step_of(&secret, &code, now) else { return Ok(None) };
    Ok(second_factor::take_step(conn, account, step).await?.then_some(BY_APP))
}

fn read_secret(app: &App, account: AccountId, encrypted: Option<&str>) -> Option<String> {
    let keys = app.settings.sign_in.secret_keys.as_deref()?;
    match keys.decrypt(SECOND_FACTOR, encrypted?) {
        Ok(secret) => Some(secret),
        Err(error) => {
            tracing::warn!(account, %error, "a stored second factor cannot be read");
            None
        }
    }
}

/// A secret that was shown and has not been used yet. The page has it, encrypted for its person.
pub struct SetUp {
    /// The secret.
    pub secret: String,
    /// What the page sends back.
    pub encrypted: String,
}

fn set_up_purpose(account: AccountId) -> String {
    format!("{SECOND_FACTOR} being set up by {account}")
}

impl SetUp {
    /// A new secret.
    pub fn new(app: &App, keys: &SecretKeys, account: AccountId) -> Self {
        let secret = totp::new_secret(&*app.entropy);
        let until = app.clock.now().plus_us(SET_UP_US).0;
        let encrypted = keys.encrypt(&set_up_purpose(account), &format!("{until} {secret}"), &*app.entropy);
        Self { secret, encrypted }
    }

    /// The one that a page sends back; `None` if it is not ours or too old.
    pub fn read(app: &App, keys: &SecretKeys, account: AccountId, encrypted: &str) -> Option<Self> {
        let text = keys.decrypt(&set_up_purpose(account), encrypted).ok()?;
        let (until, secret) = text.split_once(' ')?;
        let is_fresh = until.parse::<i64>().ok()? > app.clock.now().0;
        is_fresh.then(|| Self { secret: secret.to_owned(), encrypted: encrypted.to_owned() })
    }
}

/// Asks for a second factor from now on, and gives the recovery codes. The other sessions of the person end.
pub async fn turn_on(app: &App, caller: &Caller, set_up: &SetUp, step: i64) -> Result<Vec<String>, Problem> {
    let keys = app.settings.sign_in.secret_keys.as_deref().ok_or_else(no_key)?;
    let account = caller.person.id;
    let encrypted = keys.encrypt(SECOND_FACTOR, &set_up.secret, &*app.entropy);
    let mut tx = app.db.write().await?;
    own::hold(app, tx.conn(), caller).await?;
    second_factor::turn_on(tx.conn(), account, &encrypted, step).await?;
    session::end_others_of(tx.conn(), STAFF, account, &caller.session_hash).await?;
    let codes = new_codes(app, tx.conn(), account).await?;
    note(app, tx.conn(), &caller.origin(None), "2fa_enabled", &caller.person.name).await?;
    told::second_factor(Post::of(app), tx.conn(), account, Factor::On, app.clock.now()).await?;
    tx.commit().await?;
    app.sessions.forget_all();
    Ok(codes)
}

/// Switches a person's own second factor off. Their other sessions end.
pub async fn turn_off(app: &App, caller: &Caller) -> Result<(), Problem> {
    let mut tx = app.db.write().await?;
    own::hold(app, tx.conn(), caller).await?;
    stored::forget(tx.conn(), (STAFF, caller.person.id), Some(&caller.session_hash)).await?;
    note(app, tx.conn(), &caller.origin(None), "2fa_disabled", &caller.person.name).await?;
    told::second_factor(Post::of(app), tx.conn(), caller.person.id, Factor::Off, app.clock.now()).await?;
    tx.commit().await?;
    app.sessions.forget_all();
    Ok(())
}

/// Switches the second factor of somebody else off, who has lost it; all their sessions end. False when they have none.
pub async fn turn_off_for(app: &App, caller: &Caller, username: &str) -> Result<bool, Problem> {
    let mut tx = app.db.write().await?;
    let found = account::credentials(tx.conn(), STAFF, username, app.clock.now()).await?.ok_or_else(Problem::nobody)?;
    // One's own is switched off on one's own page, which asks for the password and a code.
    if found.id == caller.person.id {
        return Err(Problem::not_allowed("another admin"));
    }
    if !stored::forget(tx.conn(), (STAFF, found.id), None).await? {
        return Ok(false);
    }
    note(app, tx.conn(), &caller.origin(None), "2fa_disabled", &found.username).await?;
    told::second_factor(Post::of(app), tx.conn(), found.id, Factor::OffByOther, app.clock.now()).await?;
    tx.commit().await?;
    app.sessions.forget_all();
    Ok(true)
}

/// New recovery codes in the place of the old ones.
pub async fn renew_codes(app: &App, caller: &Caller) -> Result<Vec<String>, Problem> {
    let mut tx = app.db.write().await?;
    own::hold(app, tx.conn(), caller).await?;
    let codes = new_codes(app, tx.conn(), caller.person.id).await?;
    note(app, tx.conn(), &caller.origin(None), "recovery_codes_created", &caller.person.name).await?;
    told::second_factor(Post::of(app), tx.conn(), caller.person.id, Factor::Codes, app.clock.now()).await?;
    tx.commit().await?;
    Ok(codes)
}

/// New recovery codes in the place of those that an account has.
pub(crate) async fn new_codes(app: &App, conn: Conn<'_>, account: AccountId) -> Result<Vec<String>, Problem> {
    let codes: Vec<String> = (0..rule::COUNT).map(|_| rule::new_code(&*app.entropy)).collect();
    let hashes: Vec<String> =
        codes.iter().filter_map(|code| rule::read(code)).map(|code| hash_of(account, &code)).collect();
    recovery_code::replace(conn, account, &hashes).await?;
    Ok(codes)
}

async fn note(app: &App, conn: Conn<'_>, origin: &Origin, action: &'static str, username: &str) -> Result<(), Problem> {
    let entry = Entry::new(action, "account", username);
    let entry = if action == "2fa_enabled" { entry.with_after(&json!({ "second_factor": true })) } else { entry };
    let at: Moment = app.clock.now();
    Ok(audit::insert(conn, &[Record { at, entry, origin }]).await?)
}

/// The refusal of a site that cannot keep secrets.
pub fn no_key() -> Problem {
    let detail = "This site cannot keep second factors. Whoever runs it must set SESSION_SECRET.";
    Problem::unavailable("no_session_secret", detail)
}
