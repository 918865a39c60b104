//! Who is asking: a session cookie with CSRF proof, or a bearer token.
//!
//! Invariant: a session is looked up in the database by its realm and the hash of its token. It may be remembered for
//! one second, no longer, and a sign-out empties that memory at once on this node.

use std::sync::Arc;

use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use base_core::account::{Actor, Person};
use base_core::area::Scope;
use base_core::audit::Origin;
use base_core::permission::Permission;
use base_core::realm::Realm;
use base_core::time::{MINUTE_US, SECOND_US};
use base_records::{account, session, token};
use base_secret as secret;

use crate::app::App;
use crate::error::Problem;
use crate::memory::{Kind, Known};
use crate::request::RequestFacts;

/// The realm of the people who sign in at `/login`, and of the tokens of the API.
pub const STAFF: Realm = Realm::Staff;
/// The header in which our own pages prove themselves.
const CSRF_HEADER: &str = "x-csrf-token";

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
    /// The request.
    pub facts: RequestFacts,
}

impl Caller {
    /// Refuses callers without this permission.
    pub fn must(&self, permission: Permission) -> Result<(), Problem> {
        // Who has a password that somebody else gave them chooses their own before anything else.
        if self.person.must_change_password {
            return Err(Problem::must_change_password());
        }
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

    /// The person for the audit trail.
    pub fn origin(&self, station: Option<String>) -> Origin {
        Origin {
            realm: self.person.realm,
            actor: Some(self.person.id),
            address: self.facts.address.clone(),
            agent: self.facts.agent.clone(),
            request_id: self.facts.id.clone(),
            station,
        }
    }

    /// True while the session or token of this caller has not ended and the person has the same rights as before.
    pub async fn still_there(&self, app: &App) -> bool {
        let known = if self.session_hash.is_empty() {
            by_token(app, &self.token_hash).await
        } else {
            by_session(app, &self.session_hash, "").await
        };
        matches!(known, Ok(Some(known)) if known.person == self.person)
    }
}

/// Set on a request by the code that reads its form and the proof in it: only then is a caller accepted without the
/// header.
#[derive(Clone, Copy)]
pub struct ProofFollows;

/// Leaves out what would be stored of a client's address and agent beyond what one account may have stored.
fn bound(app: &App, person: &Person, facts: &mut RequestFacts) {
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
        if let Some(text) = bearer(&parts.headers) {
            let token_hash = secret::hash_token(text);
            let known = by_token(app, &token_hash).await?.ok_or_else(Problem::not_signed_in)?;
            let Known { person, locale, .. } = known;
            bound(app, &person, &mut facts);
            return Ok(Self { person, csrf: String::new(), session_hash: String::new(), token_hash, locale, facts });
        }
        let text = cookie(&parts.headers, session_cookie(app)).ok_or_else(Problem::not_signed_in)?;
        let session_hash = secret::hash_token(text);
        let known = by_session(app, &session_hash, text).await?.ok_or_else(Problem::not_signed_in)?;
        let Known { person, locale, csrf, .. } = known;
        bound(app, &person, &mut facts);
        let caller = Self { person, csrf, session_hash, token_hash: String::new(), locale, facts };
        let proof_follows = parts.extensions.get::<ProofFollows>().is_some();
        if !is_safe(&parts.method) && !proof_follows {
            let proof = parts.headers.get(CSRF_HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default();
            if !secret::equal(proof, &caller.csrf) {
                return Err(Problem::foreign_form());
            }
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

fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ").map(str::trim)
}

async fn by_token(app: &App, hash: &str) -> Result<Option<Known>, Problem> {
    let now = app.clock.now();
    let key = (STAFF, Kind::Token, hash.to_owned());
    if let Some(known) = app.sessions.get(&key, now) {
        return Ok(Some(known));
    }
    let mut reader = app.db.read().await?;
    let Some(account) = token::find(reader.conn(), STAFF, hash).await? else {
        return Ok(None);
    };
    let Some(person) = account::person(reader.conn(), &app.grants, account).await? else {
        return Ok(None);
    };
    let known = Known { person: person.into(), locale: "en".into(), csrf: String::new(), looked_up_at: now };
    app.sessions.put(key, known.clone());
    Ok(Some(known))
}

async fn by_session(app: &App, hash: &str, text: &str) -> Result<Option<Known>, Problem> {
    let now = app.clock.now();
    let key = (STAFF, Kind::Session, hash.to_owned());
    if let Some(known) = app.sessions.get(&key, now) {
        return Ok(Some(known));
    }
    let idle_since = now.plus_us(-app.session_idle_s() * SECOND_US);
    let mut reader = app.db.read().await?;
    let Some(found) = session::find(reader.conn(), STAFF, hash, now, idle_since).await? else {
        return Ok(None);
    };
    let Some(person) = account::person(reader.conn(), &app.grants, found.account_id).await? else {
        return Ok(None);
    };
    drop(reader);
    // A feed that stays open asks without the token, so that it does not keep an unused session alive.
    if !text.is_empty() && now.0 - found.seen_at > MINUTE_US {
        let mut tx = app.db.write().await?;
        session::touch(tx.conn(), STAFF, hash, now).await?;
        tx.commit().await?;
    }
    let csrf = if text.is_empty() { String::new() } else { secret::derive(text, "csrf") };
    let known = Known { person: person.into(), locale: found.locale, csrf, looked_up_at: now };
    if !text.is_empty() {
        app.sessions.put(key, known.clone());
    }
    Ok(Some(known))
}

/// The name of the session's cookie.
pub fn session_cookie(app: &App) -> &'static str {
    if app.settings.secure_cookies { "__Host-tallyhouse" } else { "tallyhouse" }
}

/// The name of the cookie that proves that our own sign-in form was sent.
pub fn form_cookie(app: &App) -> &'static str {
    if app.settings.secure_cookies { "__Host-tallyhouse-form" } else { "tallyhouse-form" }
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
