//! Listing and ending sessions, whether a page or a call asks for it.
//!
//! Invariants: a cursor is encrypted for everybody; only somebody who signed in ends a session; whoever ends a session of somebody else has the right to, and the trail
//! says so. What is ended is refused at the next request on this node, and within a second on another.

use base_core::permission::{ACCOUNT_MANAGE, CUSTOMER_MANAGE};
use base_core::realm::Realm;
use base_core::time::{Moment, SECOND_US};
use base_records::audit::Record;
use base_records::session::{SessionFilter, SessionLine};
use base_records::{account, audit, session};
use base_web::app::App;
use base_web::error::Problem;
use base_web::session::{Caller, STAFF};
use people_rules::trail;
use serde_json::json;

/// Sessions on one page.
pub const PAGE: u32 = 50;
/// Most that a call may ask for.
pub const PAGE_MAX: u32 = 200;

/// What a list is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// Of which realm; empty for the first that the caller looks after.
    pub realm: &'a str,
    /// Part of a name or an e-mail, or an address.
    pub text: &'a str,
    /// Where the page begins.
    pub cursor: &'a str,
    /// How many.
    pub limit: u32,
}

/// A page of sessions.
#[derive(Default)]
pub struct SessionPage {
    /// Of whom they are.
    pub realm: Realm,
    /// The sessions.
    pub sessions: Vec<SessionLine>,
    /// Where the next page begins.
    pub next: Option<String>,
}

fn realm_of(name: &str) -> Result<Realm, Problem> {
    if name.is_empty() {
        return Ok(STAFF);
    }
    Realm::parse(name).ok_or_else(|| Problem::field("realm", "The realm is staff or customer."))
}

/// Whose cursors they are. They hold hashes of sessions, so they are encrypted for those who see everything, too.
fn reader(caller: &Caller) -> String {
    format!("sessions for {}", caller.person.id)
}

fn read_cursor(app: &App, caller: &Caller, text: &str) -> Result<Option<(i64, String)>, Problem> {
    if text.is_empty() {
        return Ok(None);
    }
    let read = || {
        let plain = app.settings.cursor_key.decrypt(&reader(caller), text)?;
        let (at, hash) = plain.split_once(' ')?;
        Some((at.parse().ok()?, hash.to_owned()))
    };
    read().map(Some).ok_or_else(|| Problem::field("cursor", "This cursor is not valid. Start again without one."))
}

/// Refuses whoever may not look after the sessions of a realm: those of customers are also for who looks after customers.
pub fn must_manage(caller: &Caller, realm: Realm) -> Result<(), Problem> {
    if manages(caller, realm) { Ok(()) } else { caller.must(ACCOUNT_MANAGE) }
}

fn manages(caller: &Caller, realm: Realm) -> bool {
    let of_customers = realm == Realm::Customer && caller.person.may(CUSTOMER_MANAGE);
    of_customers || caller.person.may(ACCOUNT_MANAGE)
}

/// The realm whose sessions open first: staff, for whoever looks after them.
pub fn first_realm(caller: &Caller) -> Realm {
    let of_customers_alone = !manages(caller, STAFF) && manages(caller, Realm::Customer);
    if of_customers_alone { Realm::Customer } else { STAFF }
}

/// A page of the sessions of everybody.
pub async fn page(app: &App, caller: &Caller, asked: Asked<'_>) -> Result<SessionPage, Problem> {
    let realm = if asked.realm.is_empty() { first_realm(caller) } else { realm_of(asked.realm)? };
    must_manage(caller, realm)?;
    if !(1..=PAGE_MAX).contains(&asked.limit) {
        return Err(Problem::field("limit", format!("Ask for 1 to {PAGE_MAX} sessions.")));
    }
    let before = read_cursor(app, caller, asked.cursor)?;
    let filter = SessionFilter {
        realm,
        text: asked.text,
        before: before.as_ref().map(|(at, hash)| (*at, hash.as_str())),
        limit: asked.limit + 1,
    };
    let mut sessions = session::list(app.db.read().await?.conn(), filter, app.clock.now()).await?;
    let mut next = None;
    if sessions.len() > asked.limit as usize {
        sessions.truncate(asked.limit as usize);
        next = sessions.last().map(|last| {
            let cursor = format!("{} {}", last.created_at, last.token_hash);
            app.settings.cursor_key.encrypt(&reader(caller), &cursor, &*app.entropy)
        });
    }
    Ok(SessionPage { realm: filter.realm, sessions, next })
}

/// The sessions of the caller.
pub async fn own(app: &App, caller: &Caller) -> Result<Vec<SessionLine>, Problem> {
    let mut reader = app.db.read().await?;
    Ok(session::of_account(reader.conn(), caller.person.realm, caller.person.id, app.clock.now()).await?)
}

/// True if a session of a realm opens nothing for now: its screen is locked, or nobody used it for too long.
pub fn is_locked(app: &App, realm: Realm, line: &SessionLine) -> bool {
    let idle_since = app.clock.now().plus_us(-app.session_idle_s_of(realm) * SECOND_US);
    line.locked_at.is_some() || line.seen_at <= idle_since.0
}

/// Ends a session by its name: one of the caller's own, or anybody's with the right to. False when there is none.
pub async fn end(app: &App, caller: &Caller, realm: Realm, id: &str) -> Result<bool, Problem> {
    caller.must_be_signed_in()?;
    let of = (!manages(caller, realm)).then_some(caller.person.id);
    let mut tx = app.db.write().await?;
    let Some((_, username)) = session::end_by_id(tx.conn(), realm, of, id).await? else { return Ok(false) };
    note(app, &mut tx, caller, (realm, &username), 1).await?;
    tx.commit().await?;
    app.sessions.forget_all();
    Ok(true)
}

/// Ends all sessions of somebody, and returns how many there were.
pub async fn end_all(app: &App, caller: &Caller, realm: Realm, username: &str) -> Result<u64, Problem> {
    must_manage(caller, realm)?;
    caller.must_be_signed_in()?;
    let mut tx = app.db.write().await?;
    let found = account::credentials(tx.conn(), realm, username, app.clock.now()).await?.ok_or_else(Problem::nobody)?;
    let ended = session::end_all_of(tx.conn(), realm, found.id).await?;
    if ended > 0 {
        note(app, &mut tx, caller, (realm, &found.username), ended).await?;
    }
    tx.commit().await?;
    app.sessions.forget_all();
    Ok(ended)
}

/// Ends all sessions of the caller but this one, and returns how many there were.
pub async fn end_others(app: &App, caller: &Caller) -> Result<u64, Problem> {
    let mut tx = app.db.write().await?;
    let ended = session::end_others_of(tx.conn(), caller.person.realm, caller.person.id, &caller.session_hash).await?;
    if ended > 0 {
        note(app, &mut tx, caller, (caller.person.realm, &caller.person.name), ended).await?;
    }
    tx.commit().await?;
    app.sessions.forget_all();
    Ok(ended)
}

async fn note(
    app: &App,
    tx: &mut base_db::Tx,
    caller: &Caller,
    (realm, username): (Realm, &str),
    n: u64,
) -> Result<(), Problem> {
    let at: Moment = app.clock.now();
    let is_own = caller.person.realm == realm && caller.person.name == username;
    let entry = match realm {
        // Customers who end their own sessions are not kicked.
        Realm::Customer if is_own => trail::session_entry(realm, "session_ended", username),
        _ => trail::entry(realm, "session_ended", username),
    };
    let entry = entry.with_after(&json!({ "sessions": n }));
    Ok(audit::insert(tx.conn(), &[Record { at, entry, origin: &caller.origin(None) }]).await?)
}

/// The realm of an action on sessions.
pub fn realm_of_action(name: &str) -> Result<Realm, Problem> {
    realm_of(name)
}
