//! Signing in and out.
//!
//! Invariants: known and unknown people cost and read the same; the token is new at every sign-in; no answer says
//! whether the name or the password was wrong. A password hash of an earlier system is replaced when its owner signs
//! in.

use std::time::Duration;

use askama::Template;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use base_core::audit::{Entry, Origin};
use base_core::time::{MINUTE_US, Moment, SECOND_US};
use base_records::account::Credentials;
use base_records::audit::Record;
use base_records::session::Session;
use base_records::{account, audit, session};
use base_secret::{self as secret, Token};
use base_web::app::App;
use base_web::error::Problem;
use base_web::form::Form;
use base_web::locale::LOCALES;
use base_web::pages::{LANGUAGE_COOKIE, accept_language};
use base_web::parameters::Parameters;
use base_web::request::RequestFacts;
use base_web::session::{Caller, STAFF, cookie, form_cookie, session_cookie, set_cookie};
use base_web::view::{Frame, path_part, render};
use base_web::{form, locale, refusals};
use serde::Deserialize;

/// A refusal takes at least this long, so that the time to check a hash of an earlier system, which is longer than for
/// our own, does not reveal that the name exists.
const REFUSAL_TIME_MIN: Duration = Duration::from_millis(350);

/// Longest user name or e-mail that anybody can sign in with, in bytes.
const SIGN_IN_NAME_BYTES_MAX: usize = 320;

/// Somebody whose password was right.
struct Proven {
    account: Credentials,
    /// A hash of our own kind, where the stored one is of an earlier system.
    better_hash: Option<String>,
}

#[derive(Template)]
#[template(path = "sessions/sign_in.html")]
pub(crate) struct SignInPage {
    pub(crate) frame: Frame,
    pub(crate) next: String,
    pub(crate) username: String,
    pub(crate) fault: String,
}

/// Where to go after signing in.
#[derive(Deserialize)]
pub struct NextQuery {
    #[serde(default)]
    next: String,
    /// A language that is chosen before signing in.
    #[serde(default)]
    language: String,
}

/// The sign-in form.
#[derive(Deserialize)]
struct SignInFields {
    #[serde(default)]
    username: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    next: String,
    #[serde(default)]
    csrf: String,
    /// Hidden from people; filled in by programs that fill in every field.
    #[serde(default)]
    hp_email: String,
}

/// Only addresses of this site, so that no link leads people to another one.
fn safe_next(next: &str) -> &str {
    let inside = next.starts_with('/') && !next.starts_with("//") && !next.starts_with("/\\");
    if inside && !next.chars().any(char::is_control) { next } else { "/" }
}

/// `GET /login`
pub async fn ask(
    State(app): State<App>,
    Parameters(query): Parameters<NextQuery>,
    headers: HeaderMap,
    facts: RequestFacts,
) -> Response {
    let chosen = LOCALES.iter().find(|language| **language == query.language);
    let Some(language) = chosen else {
        return form_page(&app, &headers, &facts, Shown { next: &query.next, ..Shown::default() });
    };
    let next = path_part(safe_next(&query.next));
    let mut response = Redirect::to(&format!("/login?next={next}")).into_response();
    let set = set_cookie(&app, LANGUAGE_COOKIE, language);
    response.headers_mut().append(header::SET_COOKIE, HeaderValue::from_str(&set).expect("the name of a language"));
    response
}

/// Why a sign-in is refused: the key of its text. An empty key is no refusal.
type Refusal = &'static str;

/// What the form shows.
#[derive(Clone, Copy, Default)]
struct Shown<'a> {
    /// Where to go after signing in.
    next: &'a str,
    /// The name as it was typed.
    username: &'a str,
    no: Refusal,
}

/// The value of the form's cookie.
fn form_proof<'h>(app: &App, headers: &'h HeaderMap) -> Option<&'h str> {
    cookie(headers, form_cookie(app)).filter(|value| value.len() == 64)
}

fn form_page(app: &App, headers: &HeaderMap, facts: &RequestFacts, shown: Shown<'_>) -> Response {
    let Shown { next, username, no } = shown;
    let proof = form_proof(app, headers).map_or_else(|| Token::new("", &*app.entropy).text, ToOwned::to_owned);
    let frame = Frame::outside(accept_language(headers), secret::derive(&proof, "sign-in"), facts);
    let (failures, minutes) =
        (app.settings.lock_out.failures_max.to_string(), app.settings.lock_out.minutes.to_string());
    let told = [("failures", failures.as_str()), ("minutes", minutes.as_str())];
    let fault = if no.is_empty() { String::new() } else { locale::text(frame.locale, no, &told) };
    let page = SignInPage { frame, next: safe_next(next).into(), username: username.into(), fault };
    let mut response = render(&page);
    let set = HeaderValue::from_str(&set_cookie(app, form_cookie(app), &proof)).expect("hex digits");
    response.headers_mut().append(header::SET_COOKIE, set);
    response
}

/// `POST /login`
pub async fn sign_in(State(app): State<App>, request: Request) -> Result<Response, Problem> {
    let headers = request.headers().clone();
    let facts = request.extensions().get::<RequestFacts>().cloned().expect("`wrap` stands around every route");
    let bytes = base_web::body::read(request, 16 * 1024).await?;
    let fields: SignInFields = form::fields(&bytes).await?;
    let show_again = |key: Refusal| {
        Ok(form_page(&app, &headers, &facts, Shown { next: &fields.next, username: &fields.username, no: key }))
    };
    if !fields.hp_email.is_empty() {
        app.refusals.count(refusals::Refusal::HONEYPOT, &facts.counted_address(), app.clock.now());
        return show_again("sign-in-wrong");
    }
    // Without the cookie there is no proof: anybody can compute the proof for an empty one.
    let proof = form_proof(&app, &headers);
    if !proof.is_some_and(|proof| secret::equal(&secret::derive(proof, "sign-in"), &fields.csrf)) {
        return show_again("sign-in-stale");
    }
    if fields.username.trim().is_empty() || fields.password.is_empty() {
        return show_again("sign-in-both");
    }
    let name = fields.username.trim().to_lowercase();
    if name.len() > SIGN_IN_NAME_BYTES_MAX {
        return show_again("sign-in-wrong");
    }
    let address = facts.counted_address();
    let keys = [format!("from {address}"), format!("to {name}")];
    if !keys.iter().all(|key| app.sign_ins.allows(key)) {
        app.refusals.count(refusals::Refusal::RATE_LIMIT, &address, app.clock.now());
        return Err(Problem::too_often(60));
    }
    let refused_at_earliest = tokio::time::Instant::now() + REFUSAL_TIME_MIN;
    match check(&app, &facts, &name, &fields.password).await? {
        Ok(proven) => open_session(&app, &facts, &proven, safe_next(&fields.next)).await,
        Err(no) => {
            tokio::time::sleep_until(refused_at_earliest).await;
            let mut response =
                form_page(&app, &headers, &facts, Shown { next: &fields.next, username: &fields.username, no });
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(response)
        }
    }
}

/// The account, or why the sign-in is refused.
async fn check(
    app: &App,
    facts: &RequestFacts,
    name: &str,
    password: &str,
) -> Result<Result<Proven, Refusal>, Problem> {
    let mut reader = app.db.read().await?;
    let known = account::credentials(reader.conn(), STAFF, name).await?;
    drop(reader);
    let hash = known.as_ref().map(|account| account.password_hash.clone());
    let (right, better_hash) = verify(app, password.to_owned(), hash).await;
    let Some(account) = known else {
        app.refusals.count(refusals::Refusal::SIGN_IN, &facts.counted_address(), app.clock.now());
        return Ok(Err("sign-in-wrong"));
    };
    let now = app.clock.now();
    if account.locked_until.is_some_and(|until| until > now.0) {
        app.refusals.count_of_account(refusals::Refusal::LOCKED, &facts.counted_address(), &account.username, now);
        // The right password gets the same answer as a wrong one: otherwise guessing could go on during a lock. The
        // text tells everybody that accounts lock, and for how long.
        return Ok(Err("sign-in-wrong"));
    }
    if right && account.is_active {
        return Ok(Ok(Proven { account, better_hash }));
    }
    let mut tx = app.db.write().await?;
    let lock_out = app.settings.lock_out;
    let lock_until = now.plus_us(lock_out.minutes * MINUTE_US);
    let failures = account::sign_in_failed(tx.conn(), account.id, now, lock_out.failures_max, lock_until).await?;
    // Only what locks the account is listed: that is not possible again until the lock ends.
    if failures == lock_out.failures_max {
        let origin = origin(facts, Some(account.id));
        let entry = Entry::new("login_failed", "account", account.username)
            .with_after(&serde_json::json!({ "failures": failures, "locked": true }));
        audit::insert(tx.conn(), &[Record { at: now, entry, origin: &origin }]).await?;
    } else {
        let address = facts.counted_address();
        app.refusals.count_of_account(refusals::Refusal::SIGN_IN, &address, &account.username, now);
    }
    tx.commit().await?;
    // The answer does not mention the lock: it must be the same for a name that does not exist.
    Ok(Err("sign-in-wrong"))
}

/// Checks a password on another thread than those that serve, only a few at once, and makes a new hash if the stored
/// one is of an earlier system.
async fn verify(app: &App, password: String, hash: Option<String>) -> (bool, Option<String>) {
    let _turn = app.password_checks.acquire().await;
    let entropy = app.entropy.clone();
    let check = move || {
        let right = secret::verify_password(&password, hash.as_deref());
        let upgrade = right && hash.as_deref().is_some_and(secret::needs_upgrade);
        (right, upgrade.then(|| secret::hash_password(&password, &*entropy)))
    };
    tokio::task::spawn_blocking(check).await.unwrap_or_default()
}

async fn open_session(app: &App, facts: &RequestFacts, proven: &Proven, next: &str) -> Result<Response, Problem> {
    let account = proven.account.id;
    let token = Token::new("", &*app.entropy);
    let now = app.clock.now();
    let session = Session {
        realm: STAFF,
        token_hash: token.hash,
        account_id: account,
        address: facts.address.clone(),
        agent: facts.agent.clone(),
        created_at: now.0,
        seen_at: now.0,
        expires_at: now.plus_us(app.settings.session_absolute_s * SECOND_US).0,
        locale: String::new(),
    };
    let mut tx = app.db.write().await?;
    session::create(tx.conn(), &session).await?;
    account::signed_in(tx.conn(), account, now).await?;
    let mut entry = Entry::new("login_success", "session", "");
    if let Some(better) = &proven.better_hash
        && account::upgrade_hash(tx.conn(), account, &proven.account.password_hash, better).await?
    {
        entry = entry.with_after(&serde_json::json!({ "hash_upgraded": true }));
    }
    let origin = origin(facts, Some(account));
    audit::insert(tx.conn(), &[Record { at: now, entry, origin: &origin }]).await?;
    tx.commit().await?;
    let mut response = Redirect::to(next).into_response();
    for text in [set_cookie(app, session_cookie(app), &token.text), set_cookie(app, form_cookie(app), "")] {
        let value = HeaderValue::from_str(&text).expect("hex digits");
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    Ok(response)
}

fn origin(facts: &RequestFacts, actor: Option<i64>) -> Origin {
    Origin {
        realm: STAFF,
        actor,
        address: facts.address.clone(),
        agent: facts.agent.clone(),
        request_id: facts.id.clone(),
        station: None,
    }
}

/// A form without fields of its own.
#[derive(Deserialize)]
pub struct NoFields {}

/// `POST /logout`
pub async fn sign_out(State(app): State<App>, form: Form<NoFields>) -> Result<Response, Problem> {
    let caller: Caller = form.caller;
    let now: Moment = app.clock.now();
    let mut tx = app.db.write().await?;
    session::end(tx.conn(), STAFF, &caller.session_hash).await?;
    let entry = Entry::new("logout", "session", "");
    audit::insert(tx.conn(), &[Record { at: now, entry, origin: &caller.origin(None) }]).await?;
    tx.commit().await?;
    app.sessions.forget_all();
    let mut response = Redirect::to("/login").into_response();
    let gone = HeaderValue::from_str(&set_cookie(&app, session_cookie(&app), "")).expect("plain ASCII");
    response.headers_mut().append(header::SET_COOKIE, gone);
    Ok(response)
}

/// The language a person wants.
#[derive(Deserialize)]
pub struct LocaleFields {
    locale: String,
    #[serde(default)]
    next: String,
}

/// `POST /locale`
pub async fn choose_locale(State(app): State<App>, form: Form<LocaleFields>) -> Result<Response, Problem> {
    let chosen = locale::choose(&form.fields.locale);
    let mut tx = app.db.write().await?;
    account::set_locale(tx.conn(), form.caller.person.id, chosen).await?;
    tx.commit().await?;
    app.sessions.forget_all();
    Ok(Redirect::to(safe_next(&form.fields.next)).into_response())
}

#[cfg(test)]
mod tests {
    use super::safe_next;

    #[test]
    fn no_link_leads_people_to_another_site() {
        for next in ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "", "/a\r\nb"]
        {
            assert_eq!(safe_next(next), "/", "{next:?}");
        }
        assert_eq!(safe_next("/station?station=dock-1"), "/station?station=dock-1");
    }
}
