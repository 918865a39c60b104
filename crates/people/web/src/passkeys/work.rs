//! What is done with passkeys, whichever page asks for it.
//!
//! Invariants: one's password is asked for before a passkey comes or goes; the first factor of an account brings recovery
//! codes; every change has its entry in the trail and its mail, and ends the other sessions.

use axum::http::HeaderMap;
use base_core::account::AccountId;
use base_core::audit::Entry;
use base_core::realm::Realm;
use base_core::time::Moment;
use base_db::Conn;
use base_records::audit::Record;
use base_records::{audit, second_factor, session};
use base_web::app::App;
use base_web::error::Problem;
use base_web::session::Caller;
use people_rules::passkey::{self as rule, ALGORITHMS, Assertion, Fault, KnownKey, OF_ACCOUNT_MAX, Registration, Site};
use people_rules::trail;
use people_store::passkey::{self as passkeys, NewPasskey, Passkey};
use people_store::recovery_code;
use serde::Deserialize;
use serde_json::{Value, json};

use super::challenge::Challenge;
use crate::mails::Factor;
use crate::second_factor::work::new_codes;
use crate::sign_in::own;
use crate::told::{self, Post};

/// By what somebody has shown who they are.
pub const BY_PASSKEY: &str = "passkey";
/// The name of this site in the lists of authenticators.
const SITE: &str = "Tallyhouse";
/// How long a browser asks its person, in milliseconds.
const PATIENCE_MS: u32 = 240_000;

/// The site, where passkeys can be bound to it.
pub fn site(app: &App) -> Option<Site> {
    Site::of(&app.settings.base_url)
}

/// The refusal of a site that passkeys cannot be bound to.
pub fn no_site() -> Problem {
    let detail = "Passkeys need an address with a name and https://. Whoever runs the site sets server.public_url.";
    Problem::unavailable("no_passkeys", detail)
}

/// What a browser sends of a passkey that somebody has.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Shown {
    /// What the authenticator calls the key.
    pub credential: String,
    client_data: String,
    authenticator: String,
    signature: String,
}

/// What a browser is told that asks somebody for a passkey; without `keys` the authenticator offers what it has.
pub fn request_options(site: &Site, challenge: &Challenge, keys: &[Passkey]) -> Value {
    let allowed: Vec<&str> = keys.iter().map(|key| key.credential_id.as_str()).collect();
    json!({ "challenge": challenge.text, "site": site.id, "allowed": allowed, "timeout": PATIENCE_MS })
}

/// What a browser is told that registers a passkey of the caller.
pub fn creation_options(app: &App, site: &Site, challenge: &Challenge, (caller, keys): (&Caller, &[Passkey])) -> Value {
    let person = &caller.person;
    let excluded: Vec<&str> = keys.iter().map(|key| key.credential_id.as_str()).collect();
    // What authenticators keep of the person: no number and no name of ours.
    let user = app.settings.sign_in.device_key.sign("passkey user", &format!("{} {}", person.realm.name(), person.id));
    json!({
        "challenge": challenge.text, "site": site.id, "site_name": SITE, "user": user, "name": person.name,
        "called": person.called(), "algorithms": ALGORITHMS, "excluded": excluded, "timeout": PATIENCE_MS,
    })
}

/// The purpose of the challenge of a passkey that is registered in a session.
pub fn purpose_of_new(caller: &Caller) -> String {
    format!("new passkey of {} in {}", caller.person.id, caller.session_hash)
}

/// The purpose of the challenge of a sign-in.
pub fn purpose_of_sign_in(realm: Realm) -> String {
    format!("sign-in of {}", realm.name())
}

/// The purpose of the challenge that resumes a locked session.
pub fn purpose_of_lock(session_hash: &str) -> String {
    format!("locked session {session_hash}")
}

/// The purpose of the challenge of the second step that a token names.
pub fn purpose_of_step(token: &str) -> String {
    format!("second step {}", base_secret::hash_token(token))
}

/// Why a passkey is not taken: the key of the words.
pub type Refused = &'static str;

fn words_of(fault: Fault) -> Refused {
    match fault {
        Fault::Unreadable | Fault::WrongSignature => "passkey-wrong",
        Fault::OtherCeremony => "passkey-stale",
        Fault::NotVerified => "passkey-not-verified",
        Fault::UnknownKind => "passkey-unknown-kind",
        Fault::Copied => "passkey-copied",
    }
}

/// Checks what was sent against a stored passkey, and notes the use, in the transaction of whatever it opens. One that was
/// copied has its entry in the trail.
pub async fn take(
    app: &App,
    mut conn: Conn<'_>,
    (purpose, headers): (&str, &HeaderMap),
    (known, shown): (&Passkey, &Shown),
) -> Result<Result<(), Refused>, Problem> {
    let site = site(app).ok_or_else(no_site)?;
    let Some(challenge) = Challenge::read(app, purpose, headers) else { return Ok(Err("passkey-stale")) };
    let sent =
        Assertion { client_data: &shown.client_data, authenticator: &shown.authenticator, signature: &shown.signature };
    let key = KnownKey { public_key: &known.public_key, counter: known.counter };
    let counter = match rule::prove(&site, &challenge.text, key, sent) {
        Ok(counter) => counter,
        Err(fault) => return Ok(Err(words_of(fault))),
    };
    let now = app.clock.now();
    if !challenge.take(conn.reborrow(), now).await? {
        return Ok(Err("passkey-stale"));
    }
    Ok(if passkeys::used(conn, known, counter, now).await? { Ok(()) } else { Err("passkey-copied") })
}

/// A new passkey, as a form sends it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct NewFields {
    /// What the person calls it.
    pub name: String,
    /// The password of the person.
    pub password: String,
    client_data: String,
    attestation: String,
}

/// Registers a passkey of the caller. Gives the recovery codes that come with a first factor.
pub async fn add(
    app: &App,
    caller: &Caller,
    headers: &HeaderMap,
    fields: &NewFields,
) -> Result<Result<Vec<String>, Refused>, Problem> {
    caller.must_be_signed_in()?;
    let site = site(app).ok_or_else(no_site)?;
    let Some(name) = rule::check_name(&fields.name) else { return Ok(Err("passkey-bad-name")) };
    let Some(challenge) = Challenge::read(app, &purpose_of_new(caller), headers) else {
        return Ok(Err("passkey-stale"));
    };
    if !own::is_right(app, caller, &fields.password).await? {
        return Ok(Err("password-wrong"));
    }
    let sent = Registration { client_data: &fields.client_data, attestation: &fields.attestation };
    let new = match rule::register(&site, &challenge.text, sent) {
        Ok(new) => new,
        Err(fault) => return Ok(Err(words_of(fault))),
    };
    let (account, now) = (caller.person.id, app.clock.now());
    let mut tx = app.db.write().await?;
    own::hold(app, tx.conn(), caller).await?;
    if !challenge.take(tx.conn(), now).await? {
        return Ok(Err("passkey-stale"));
    }
    let many = passkeys::of(tx.conn(), account).await?.len();
    if i64::try_from(many).unwrap_or(i64::MAX) >= OF_ACCOUNT_MAX {
        return Ok(Err("passkey-too-many"));
    }
    let had = second_factor::find(tx.conn(), account).await?.is_some_and(|factor| factor.two_factor);
    let key = NewPasskey { account, name, credential_id: &new.id, public_key: &new.public_key, counter: new.counter };
    if !passkeys::add(tx.conn(), key, now).await? {
        return Ok(Err("passkey-known"));
    }
    let has_codes = had && recovery_code::left(tx.conn(), account).await? > 0;
    let codes = if has_codes { Vec::new() } else { new_codes(app, tx.conn(), account).await? };
    ended_elsewhere(tx.conn(), caller).await?;
    note(
        app,
        tx.conn(),
        caller,
        trail::entry(caller.person.realm, "passkey_added", caller.person.name.as_str())
            .with_after(&json!({ "passkey": name })),
    )
    .await?;
    told::factor_of(Post::of(app), tx.conn(), (caller.person.realm, account), Factor::PasskeyAdded, now).await?;
    tx.commit().await?;
    app.sessions.forget_all();
    Ok(Ok(codes))
}

/// Gives a passkey of the caller another name. False when there is no such passkey.
pub async fn rename(app: &App, caller: &Caller, id: i64, name: &str) -> Result<Result<bool, Refused>, Problem> {
    caller.must_be_signed_in()?;
    let Some(name) = rule::check_name(name) else { return Ok(Err("passkey-bad-name")) };
    let mut tx = app.db.write().await?;
    own::hold(app, tx.conn(), caller).await?;
    let Some(was) = passkeys::rename(tx.conn(), (caller.person.id, id), name).await? else { return Ok(Ok(false)) };
    let entry = trail::entry(caller.person.realm, "passkey_renamed", caller.person.name.as_str())
        .with_before(&json!({ "passkey": was }))
        .with_after(&json!({ "passkey": name }));
    note(app, tx.conn(), caller, entry).await?;
    tx.commit().await?;
    Ok(Ok(true))
}

/// Removes a passkey of the caller. False when there is no such passkey.
pub async fn remove(app: &App, caller: &Caller, id: i64, password: &str) -> Result<Result<bool, Refused>, Problem> {
    caller.must_be_signed_in()?;
    if !own::is_right(app, caller, password).await? {
        return Ok(Err("password-wrong"));
    }
    let mut tx = app.db.write().await?;
    own::hold(app, tx.conn(), caller).await?;
    let account: AccountId = caller.person.id;
    let Some(was) = passkeys::remove(tx.conn(), (account, id)).await? else { return Ok(Ok(false)) };
    ended_elsewhere(tx.conn(), caller).await?;
    let entry = trail::entry(caller.person.realm, "passkey_removed", caller.person.name.as_str())
        .with_before(&json!({ "passkey": was }));
    note(app, tx.conn(), caller, entry).await?;
    let who = (caller.person.realm, account);
    told::factor_of(Post::of(app), tx.conn(), who, Factor::PasskeyRemoved, app.clock.now()).await?;
    tx.commit().await?;
    app.sessions.forget_all();
    Ok(Ok(true))
}

async fn ended_elsewhere(conn: Conn<'_>, caller: &Caller) -> Result<(), Problem> {
    session::end_others_of(conn, caller.person.realm, caller.person.id, &caller.session_hash).await?;
    Ok(())
}

async fn note(app: &App, conn: Conn<'_>, caller: &Caller, entry: Entry) -> Result<(), Problem> {
    let (at, origin): (Moment, _) = (app.clock.now(), caller.origin(None));
    Ok(audit::insert(conn, &[Record { at, entry, origin: &origin }]).await?)
}
