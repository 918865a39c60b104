//! Making, enrolling and revoking devices.
//!
//! Invariants: a code enrols one device, once, within minutes; a device signs nobody in; when it is revoked, the sessions
//! that were opened on it end at once.

use axum::http::HeaderMap;
use base_core::audit::Entry;
use base_core::permission::ACCOUNT_MANAGE;
use base_core::time::MINUTE_US;
use base_records::audit::Record;
use base_records::{audit, session};
use base_secret::{Token, hash_token};
use base_web::app::App;
use base_web::error::Problem;
use base_web::session::{Caller, STAFF, cookie, own_cookie, present, set_lasting_cookie};
use people_store::device::{self, Device, DeviceLine, NewDevice};
use serde_json::json;

use crate::sign_in::Visit;

/// How long a code enrols a device.
const CODE_US: i64 = 15 * MINUTE_US;
/// Longest name, in characters: that of a station.
const NAME_CHARS_MAX: usize = 64;
const DAYS: u32 = 400;

fn cookie_name(app: &App) -> &'static str {
    own_cookie(app, "tallyhouse-station", "__Host-tallyhouse-station")
}

/// The token of the device that a request comes from.
pub fn device_token<'h>(app: &App, headers: &'h HeaderMap) -> Option<&'h str> {
    cookie(headers, cookie_name(app))
}

/// All devices.
pub async fn list(app: &App, caller: &Caller) -> Result<Vec<DeviceLine>, Problem> {
    caller.must(ACCOUNT_MANAGE)?;
    Ok(device::list(app.db.read().await?.conn()).await?)
}

/// A code that enrols a device, as an address of this site.
pub struct Code {
    /// The device.
    pub id: i64,
    /// What the device opens.
    pub address: String,
}

impl Code {
    fn of(app: &App, id: i64, text: &str) -> Self {
        Self { id, address: app.link(&format!("/devices/enrol?code={text}")) }
    }
}

/// Makes a device and the code that enrols it.
pub async fn create(app: &App, caller: &Caller, name: &str) -> Result<Code, Problem> {
    caller.must(ACCOUNT_MANAGE)?;
    let name = name.trim();
    if name.is_empty() || name.chars().count() > NAME_CHARS_MAX || name.contains(char::is_control) {
        return Err(Problem::field("name", format!("A name has 1 to {NAME_CHARS_MAX} characters.")));
    }
    let code = Token::new("", &*app.entropy);
    let now = app.clock.now();
    let new = NewDevice { name, by: caller.person.id, enrol_hash: &code.hash, enrol_until: now.plus_us(CODE_US) };
    let mut tx = app.db.write().await?;
    let Some(id) = device::create(tx.conn(), new, now).await? else {
        return Err(Problem::field("name", "Another device has this name."));
    };
    let entry = Entry::new("device_created", "device", id.to_string()).with_after(&json!({ "name": name }));
    audit::insert(tx.conn(), &[Record { at: now, entry, origin: &caller.origin(None) }]).await?;
    tx.commit().await?;
    Ok(Code::of(app, id, &code.text))
}

/// A new code for a device: for another machine in its place.
pub async fn renew(app: &App, caller: &Caller, id: i64) -> Result<Option<Code>, Problem> {
    caller.must(ACCOUNT_MANAGE)?;
    let code = Token::new("", &*app.entropy);
    let until = app.clock.now().plus_us(CODE_US);
    let mut tx = app.db.write().await?;
    let is_there = device::renew(tx.conn(), id, (&code.hash, until)).await?;
    tx.commit().await?;
    Ok(is_there.then(|| Code::of(app, id, &code.text)))
}

/// Revokes a device; its sessions end. False when there is none.
pub async fn revoke(app: &App, caller: &Caller, id: i64) -> Result<bool, Problem> {
    caller.must(ACCOUNT_MANAGE)?;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let Some(name) = device::revoke(tx.conn(), id, now).await? else { return Ok(false) };
    let ended = session::end_all_on(tx.conn(), id).await?;
    let after = json!({ "name": name, "sessions_ended": ended });
    let entry = Entry::new("device_revoked", "device", id.to_string()).with_after(&after);
    audit::insert(tx.conn(), &[Record { at: now, entry, origin: &caller.origin(None) }]).await?;
    tx.commit().await?;
    app.sessions.forget_all();
    Ok(true)
}

/// The device that a code would enrol now.
pub async fn to_enrol(app: &App, code: &str) -> Result<Option<Device>, Problem> {
    let mut reader = app.db.read().await?;
    Ok(device::to_enrol(reader.conn(), &hash_token(code), app.clock.now()).await?)
}

/// Enrols the device that a request comes from, and gives the `Set-Cookie` text by which it is known from now on. Whoever
/// has signed in on it goes on there.
pub async fn enrol(app: &App, visit: &Visit, code: &str) -> Result<Option<String>, Problem> {
    let present = present(app, STAFF, &visit.headers).await?;
    let token = Token::new("", &*app.entropy);
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let Some(device) = device::enrol(tx.conn(), (&hash_token(code), &token.hash), now).await? else { return Ok(None) };
    // Another machine takes the place: whoever was signed in on the one before has to sign in again.
    session::end_all_on(tx.conn(), device.id).await?;
    if let Some(present) = &present {
        let of = (STAFF, present.session.token_hash.as_str());
        session::put_on_device(tx.conn(), of, (device.id, &device.name)).await?;
    }
    let entry =
        Entry::new("device_enrolled", "device", device.id.to_string()).with_after(&json!({ "name": device.name }));
    let origin = visit.origin(present.map(|present| present.person.id));
    audit::insert(tx.conn(), &[Record { at: now, entry, origin: &origin }]).await?;
    tx.commit().await?;
    app.sessions.forget_all();
    Ok(Some(set_lasting_cookie(app, cookie_name(app), &token.text, DAYS)))
}
