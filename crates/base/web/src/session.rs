//! Who is asking: a session cookie with CSRF proof, or a bearer token.
//!
//! Invariants: a session is looked up in the database by its realm and the hash of its token. It may be remembered for
//! one second, no longer, and a sign-out empties that memory at once on this node. A session whose screen is locked opens
//! nothing, and one whose person must set up a second factor first opens nothing else.

use std::sync::Arc;

use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use base_core::account::{Actor, Person};
use base_core::area::{Area, Scope};
use base_core::audit::Origin;
use base_core::permission::{Permission, Role};
use base_core::realm::Realm;
use base_core::time::{MINUTE_US, Moment, SECOND_US};
use base_db::Conn;
use base_records::session::Session;
use base_records::{account, second_factor, session, token};
use base_secret as secret;

use crate::app::App;
use crate::error::Problem;
use crate::memory::{Kind, Known, MemoryKey};
use crate::request::RequestFacts;

/// The realm of the people who sign in at `/login`, and of the tokens of the API; the other one comes in at
/// [`crate::door`].
pub const STAFF: Realm = Realm::Staff;
/// The header in which our own pages prove themselves, and as clients of an earlier system write it.
const CSRF_HEADERS: [&str; 2] = ["x-csrf-token", "x-csrftoken"];
/// The page on which people set up their second factor.
pub const SECOND_FACTOR_PAGE: &str = "/profile/second-factor";
/// What whoever must set up a second factor first may reach.
const BEFORE_SECOND_FACTOR: [&str; 5] = [SECOND_FACTOR_PAGE, "/logout", "/locale", "/lock", "/api/session"];

/// What whoever must choose a password of their own first may reach. The second factor comes after it: setting one up asks for
/// the password.
const BEFORE_OWN_PASSWORD: [&str; 8] = [
    "/profile/password",
    "/api/v1/profile/password",
    "/logout",
    "/locale",
    "/lock",
    "/api/session",
    "/portal/password",
    "/portal/logout",
];

/// Somebody who is signed in, and the request they sent.
#[derive(Clone)]
pub struct Caller {
    /// The person.
    pub person: Arc<Person>,
    /// The proof that our own pages send along; empty for tokens, which need none.
    pub csrf: String,
    /// The hash of the session's token; empty for tokens of the API.
    pub session_hash: String,
    /// The hash of the API's token; empty for sessions.
    token_hash: String,
    /// The language the person reads.
    pub locale: String,
    /// The name of the enrolled device that the session goes on on.
    pub device: Option<Arc<str>>,
    /// The request.
    pub facts: RequestFacts,
}

impl Caller {
    /// Refuses callers without this permission.
    pub fn must(&self, permission: Permission) -> Result<(), Problem> {
        if self.person.may(permission) { Ok(()) } else { Err(Problem::not_allowed(permission.name())) }
    }

    /// What the person may see.
    pub fn scope(&self) -> Scope {
        self.person.scope()
    }

    /// The person for the desk.
    pub fn actor(&self) -> Actor {
        Actor { account: Some(self.person.id), scope: self.scope() }
    }

    /// True for somebody who signed in, false for a token.
    pub fn is_signed_in(&self) -> bool {
        !self.session_hash.is_empty()
    }

    /// Refuses tokens: what is asked for is for people who signed in.
    pub fn must_be_signed_in(&self) -> Result<(), Problem> {
        if self.is_signed_in() { Ok(()) } else { Err(Problem::not_for_tokens()) }
    }

    /// The person for the audit trail. An enrolled device is the station, whatever the page says.
    pub fn origin(&self, station: Option<String>) -> Origin {
        let station = self.device.as_deref().map(ToOwned::to_owned).or(station);
        Origin {
            realm: self.person.realm,
            actor: Some(self.person.id),
            address: self.facts.address.clone(),
            agent: self.facts.agent.clone(),
            request_id: self.facts.id.clone(),
            station,
        }
    }

    /// Under what the session or token of this caller is remembered.
    pub(crate) fn memory_key(&self) -> MemoryKey {
        if self.session_hash.is_empty() {
            (self.person.realm, Kind::Token, self.token_hash.clone())
        } else {
            (self.person.realm, Kind::Session, self.session_hash.clone())
        }
    }

    /// True while the session or token of this caller has not ended and the person has the same rights as before.
    pub async fn still_there(&self, app: &App) -> bool {
        let known = if self.session_hash.is_empty() {
            by_token(app, &self.token_hash).await
        } else {
            by_session(app, self.person.realm, (&self.session_hash, "")).await
        };
        matches!(known, Ok(Some(known)) if known.person == self.person && !known.must_enrol)
    }
}

/// Set on a request by the code that reads its form and the proof in it: only then is a caller accepted without the
/// header.
#[derive(Clone, Copy)]
pub struct ProofFollows;

fn may_reach(paths: &[&str], facts: &RequestFacts) -> bool {
    paths.iter().any(|path| facts.path.starts_with(path))
}

/// Refuses whoever has a password that somebody else gave them: they choose their own before anything else.
fn must_not_change_password(person: &Person, facts: &RequestFacts) -> Result<(), Problem> {
    let may = !person.must_change_password || may_reach(&BEFORE_OWN_PASSWORD, facts);
    if may { Ok(()) } else { Err(Problem::must_change_password()) }
}

/// Leaves out what would be stored of a client's address and agent beyond what one account may have stored.
pub fn bound(app: &App, person: &Person, facts: &mut RequestFacts) {
    if !app.origins.fit((person.realm, person.id), [&facts.address, &facts.agent], app.clock.now()) {
        facts.address = facts.counted_address();
        facts.agent.clear();
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Caller
where
    App: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let app = &App::from_ref(state);
        let mut facts = RequestFacts::of(parts);
        // Tokens are of staff alone.
        if let Some(text) = bearer(&parts.headers).filter(|_| facts.realm == STAFF) {
            let token_hash = secret::hash_token(text);
            let known = by_token(app, &token_hash).await?.ok_or_else(Problem::not_signed_in)?;
            let Known { person, locale, must_enrol, .. } = known;
            must_not_change_password(&person, &facts)?;
            // Without the second factor that the site asks of them nothing of theirs opens; a token cannot set one up.
            if must_enrol {
                return Err(Problem::second_factor_required());
            }
            bound(app, &person, &mut facts);
            let (csrf, session_hash) = (String::new(), String::new());
            return Ok(Self { person, csrf, session_hash, token_hash, locale, device: None, facts });
        }
        let text = cookie(&parts.headers, session_cookie(app, facts.realm)).ok_or_else(Problem::not_signed_in)?;
        let session_hash = secret::hash_token(text);
        let known = by_session(app, facts.realm, (&session_hash, text)).await?.ok_or_else(Problem::not_signed_in)?;
        let Known { person, locale, csrf, device, must_enrol, .. } = known;
        must_not_change_password(&person, &facts)?;
        if must_enrol && !person.must_change_password && !may_reach(&BEFORE_SECOND_FACTOR, &facts) {
            return Err(Problem::second_factor_required());
        }
        bound(app, &person, &mut facts);
        let caller = Self { person, csrf, session_hash, token_hash: String::new(), locale, device, facts };
        let proof_follows = parts.extensions.get::<ProofFollows>().is_some();
        if !is_safe(&parts.method) && !proof_follows {
            check_proof(&parts.headers, &caller.csrf)?;
        }
        Ok(caller)
    }
}

impl Caller {
    /// Who sent a request, for pages that everybody may see; `None` where nobody is signed in or it cannot be told now.
    pub async fn if_known(app: &App, headers: &HeaderMap, facts: &RequestFacts) -> Option<Self> {
        let mut request = axum::http::Request::new(());
        *request.headers_mut() = headers.clone();
        request.extensions_mut().insert(facts.clone());
        let (mut parts, ()) = request.into_parts();
        Self::from_request_parts(&mut parts, app).await.ok()
    }
}

fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ").map(str::trim)
}

/// True for an admin who must set up a second factor first.
async fn must_enrol(app: &App, conn: Conn<'_>, person: &Person) -> Result<bool, Problem> {
    if !app.second_factor_for_admins() || !person.roles.contains(&Role::Admin) {
        return Ok(false);
    }
    let factor = second_factor::find(conn, person.id).await?;
    Ok(!factor.is_some_and(|factor| factor.two_factor))
}

async fn by_token(app: &App, hash: &str) -> Result<Option<Known>, Problem> {
    let now = app.clock.now();
    let key = (STAFF, Kind::Token, hash.to_owned());
    if let Some(known) = app.sessions.get(&key, now) {
        return Ok(Some(known));
    }
    let mut reader = app.db.read().await?;
    let Some(found) = token::find(reader.conn(), STAFF, hash, now).await? else {
        return Ok(None);
    };
    let Some(person) = account::person(reader.conn(), &app.grants, found.account_id).await? else {
        return Ok(None);
    };
    let must_enrol = must_enrol(app, reader.conn(), &person).await?;
    drop(reader);
    if found.used_at.is_none_or(|at| now.0 - at > MINUTE_US) {
        let mut tx = app.db.write().await?;
        token::touch(tx.conn(), found.id, now).await?;
        tx.commit().await?;
    }
    let person = person.narrowed(found.permission_names().as_deref(), found.area.as_deref().map(Area::new));
    let known = Known {
        person: person.into(),
        locale: "en".into(),
        csrf: String::new(),
        device: None,
        must_enrol,
        looked_up_at: now,
    };
    app.sessions.put(key, known.clone());
    Ok(Some(known))
}

/// Since when a session that nobody used is locked.
pub(crate) fn idle_since(app: &App, realm: Realm, now: Moment) -> Moment {
    now.plus_us(-app.session_idle_s_of(realm) * SECOND_US)
}

/// A session as it is, locked or not.
pub struct Present {
    /// The session.
    pub session: Session,
    /// Whose it is.
    pub person: Person,
    /// The proof that our own pages send along.
    pub csrf: String,
    /// True if its screen is locked.
    pub is_locked: bool,
}

/// The session of a request in a realm, locked or not; looking at it does not count as using it. One of a customer that
/// nobody used for a while has ended: customers have no lock screen.
pub async fn present(app: &App, realm: Realm, headers: &HeaderMap) -> Result<Option<Present>, Problem> {
    let Some(text) = cookie(headers, session_cookie(app, realm)) else { return Ok(None) };
    let now = app.clock.now();
    let mut reader = app.db.read().await?;
    let Some(session) = session::find(reader.conn(), realm, &secret::hash_token(text), now).await? else {
        return Ok(None);
    };
    let Some(person) = account::person(reader.conn(), &app.grants, session.account_id).await? else {
        return Ok(None);
    };
    let is_locked = session.is_locked(idle_since(app, realm, now));
    if is_locked && realm == Realm::Customer {
        return Ok(None);
    }
    Ok(Some(Present { session, person, csrf: secret::derive(text, "csrf"), is_locked }))
}

async fn by_session(app: &App, realm: Realm, (hash, text): (&str, &str)) -> Result<Option<Known>, Problem> {
    let now = app.clock.now();
    let key = (realm, Kind::Session, hash.to_owned());
    if let Some(known) = app.sessions.get(&key, now) {
        return Ok(Some(known));
    }
    let mut reader = app.db.read().await?;
    let Some(found) = session::find(reader.conn(), realm, hash, now).await? else {
        return Ok(None);
    };
    let Some(person) = account::person(reader.conn(), &app.grants, found.account_id).await? else {
        return Ok(None);
    };
    if found.is_locked(idle_since(app, realm, now)) {
        return if realm == STAFF { Err(Problem::locked()) } else { Ok(None) };
    }
    let must_enrol = must_enrol(app, reader.conn(), &person).await?;
    drop(reader);
    // A feed that stays open asks without the token, so that it does not keep an unused session alive.
    // Noted often enough that nobody is taken for idle who is not.
    let noted_us = MINUTE_US.min(app.session_idle_s_of(realm) * SECOND_US / 4);
    if !text.is_empty() && now.0 - found.seen_at > noted_us {
        let mut tx = app.db.write().await?;
        session::touch(tx.conn(), realm, hash, now).await?;
        tx.commit().await?;
    }
    let csrf = if text.is_empty() { String::new() } else { secret::derive(text, "csrf") };
    let device = found.device.map(Arc::from);
    let known = Known { person: person.into(), locale: found.locale, csrf, device, must_enrol, looked_up_at: now };
    if !text.is_empty() {
        app.sessions.put(key, known.clone());
    }
    Ok(Some(known))
}

/// The session of a call, locked or not, its proof checked.
pub struct AnySession {
    /// The session.
    pub present: Present,
    /// The request.
    pub facts: RequestFacts,
}

impl<S: Send + Sync> FromRequestParts<S> for AnySession
where
    App: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let app = &App::from_ref(state);
        let present = present(app, STAFF, &parts.headers).await?.ok_or_else(Problem::not_signed_in)?;
        if !is_safe(&parts.method) {
            check_proof(&parts.headers, &present.csrf)?;
        }
        let mut facts = RequestFacts::of(parts);
        bound(app, &present.person, &mut facts);
        Ok(Self { present, facts })
    }
}

/// Refuses a call without the proof that one of our own pages sent it.
fn check_proof(headers: &HeaderMap, csrf: &str) -> Result<(), Problem> {
    let proof = CSRF_HEADERS.iter().find_map(|name| headers.get(*name));
    let proof = proof.and_then(|value| value.to_str().ok()).unwrap_or_default();
    if secret::equal(proof, csrf) { Ok(()) } else { Err(Problem::foreign_form()) }
}

/// The name of the session's cookie in a realm.
pub fn session_cookie(app: &App, realm: Realm) -> &'static str {
    match realm {
        Realm::Staff => own_cookie(app, "tallyhouse", "__Host-tallyhouse"),
        Realm::Customer => own_cookie(app, "tallyhouse-customer", "__Host-tallyhouse-customer"),
    }
}

/// The name of the cookie that proves that our own sign-in form was sent.
pub fn form_cookie(app: &App) -> &'static str {
    own_cookie(app, "tallyhouse-form", "__Host-tallyhouse-form")
}

/// The value of a cookie.
pub fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = all.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
}

/// A `Set-Cookie` text: read by no script, sent to no other site, dropped when the browser closes. An empty value
/// deletes it.
pub fn set_cookie(app: &App, name: &str, value: &str) -> String {
    let secure = if app.settings.secure_cookies { "; Secure" } else { "" };
    let gone = if value.is_empty() { "; Max-Age=0" } else { "" };
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{gone}")
}

/// The same for what a device keeps after its browser was closed, for so many days.
pub fn set_lasting_cookie(app: &App, name: &str, value: &str, days: u32) -> String {
    format!("{}; Max-Age={}", set_cookie(app, name, value), u64::from(days) * 24 * 3600)
}

/// The name of a cookie that only this site can set.
pub fn own_cookie(app: &App, insecure: &'static str, secure: &'static str) -> &'static str {
    if app.settings.secure_cookies { secure } else { insecure }
}
