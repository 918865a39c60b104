//! The second step of signing in.
//!
//! Invariants: between the two steps there is no session. The step is tied to the password that was right and ends after a
//! few minutes and after a few wrong codes.

use askama::Template;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use base_core::time::MINUTE_US;
use base_db::Conn;
use base_records::account::Credentials;
use base_records::audit::Record;
use base_records::{account, audit, second_factor};
use base_secret::{self as secret, Token, hash_token};
use base_web::app::App;
use base_web::door::Door;
use base_web::error::Problem;
use base_web::pages::accept_language;
use base_web::parameters::Parameters;
use base_web::refusals::Refusal;
use base_web::request::RequestFacts;
use base_web::session::{cookie, own_cookie, set_cookie};
use base_web::view::{Frame, path_part, render};
use people_rules::sign_in::Pause;
use people_rules::trail;
use people_store::passkey;
use people_store::pending_sign_in as pending;
use people_store::pending_sign_in::{NewPending, PendingSignIn};
use serde::Deserialize;

use super::work;
use crate::passkeys::work as passkeys;
use crate::sign_in::form::{Shown, form_page, read_outside};
use crate::sign_in::open::{self, Opening};
use crate::sign_in::tries::Judge;
use crate::sign_in::{Visit, directory};

/// How long the second step may take.
const STEP_US: i64 = 10 * MINUTE_US;
/// Wrong codes after which the password is asked for again.
const FAILURES_MAX: i64 = 5;

#[derive(Template)]
#[template(path = "second_factor/step.html")]
struct StepPage {
    frame: Frame,
    next: String,
    fault: String,
    /// Where people of this realm come in.
    door: &'static Door,
    /// True where a passkey will do as well.
    has_passkeys: bool,
}

impl StepPage {
    fn address(&self) -> String {
        format!("{}/second-factor", self.door.sign_in)
    }

    fn options(&self) -> String {
        format!("{}/second-factor/passkey", self.door.sign_in)
    }
}

/// Where to go afterwards.
#[derive(Deserialize)]
pub struct StepQuery {
    #[serde(default)]
    next: String,
}

#[derive(Deserialize)]
struct StepFields {
    #[serde(default)]
    code: String,
    #[serde(default)]
    next: String,
    #[serde(default)]
    csrf: String,
    /// A passkey instead of a code.
    #[serde(flatten)]
    key: passkeys::Shown,
}

fn step_cookie(app: &App) -> &'static str {
    own_cookie(app, "tallyhouse-step", "__Host-tallyhouse-step")
}

/// Asks for the second factor of somebody whose password was right.
pub async fn begin(
    app: &App,
    visit: &Visit,
    (account, opening): (&Credentials, Opening<'_>),
    mut tx: base_db::Tx,
) -> Result<Response, Problem> {
    let token = Token::new("", &*app.entropy);
    let now = app.clock.now();
    let stored = match opening.upgrade {
        Some((_, better)) if open::upgrade(tx.conn(), &opening).await? => better,
        _ => account.password_hash.as_str(),
    };
    let password_hash = hash_token(stored);
    let new = NewPending {
        token_hash: &token.hash,
        account: account.id,
        password_hash: &password_hash,
        expires_at: now.plus_us(STEP_US),
    };
    pending::create(tx.conn(), new, now).await?;
    let origin = visit.origin(Some(account.id));
    let entry = trail::entry(visit.facts.realm, "login_pending_2fa", &account.username);
    audit::insert(tx.conn(), &[Record { at: now, entry, origin: &origin }]).await?;
    tx.commit().await?;
    let next = path_part(opening.next);
    let mut response = Redirect::to(&format!("{}/second-factor?next={next}", visit.door().sign_in)).into_response();
    put_cookie(app, &mut response, &token.text);
    Ok(response)
}

fn put_cookie(app: &App, response: &mut Response, value: &str) {
    let value = HeaderValue::from_str(&set_cookie(app, step_cookie(app), value)).expect("hex digits");
    response.headers_mut().append(header::SET_COOKIE, value);
}

/// The sign-in of this browser that waits for its second step.
pub(crate) async fn waiting<'h>(
    app: &App,
    headers: &'h HeaderMap,
) -> Result<Option<(&'h str, PendingSignIn)>, Problem> {
    let Some(token) = cookie(headers, step_cookie(app)) else { return Ok(None) };
    let mut reader = app.db.read().await?;
    let found = pending::find(reader.conn(), &hash_token(token), app.clock.now()).await?;
    Ok(found.map(|found| (token, found)))
}

async fn page(
    app: &App,
    visit: &Visit,
    (token, found): (&str, &PendingSignIn),
    (next, fault): (&str, &str),
) -> Result<Response, Problem> {
    let has_passkeys =
        passkeys::site(app).is_some() && !passkey::of(app.db.read().await?.conn(), found.account_id).await?.is_empty();
    let frame = Frame::outside(accept_language(&visit.headers), secret::derive(token, "second step"), &visit.facts);
    let fault = if fault.is_empty() { String::new() } else { frame.t(fault) };
    let is_wrong = !fault.is_empty();
    let mut response =
        render(&StepPage { frame, next: visit.safe_next(next).into(), fault, door: visit.door(), has_passkeys });
    if is_wrong {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

/// `GET /login/second-factor`
pub async fn ask(
    State(app): State<App>,
    Parameters(query): Parameters<StepQuery>,
    headers: HeaderMap,
    facts: RequestFacts,
) -> Result<Response, Problem> {
    let visit = Visit { headers, facts };
    let Some((token, found)) = waiting(&app, &visit.headers).await? else {
        let next = path_part(visit.safe_next(&query.next));
        return Ok(Redirect::to(&format!("{}?next={next}", visit.door().sign_in)).into_response());
    };
    page(&app, &visit, (token, &found), (&query.next, "")).await
}

/// What a pause says on the page; one that comes too often is told to wait.
fn refused(app: &App, visit: &Visit, paused: Option<(Pause, u32)>) -> Result<Option<&'static str>, Problem> {
    match paused {
        Some((Pause::TooOften, seconds)) => {
            app.refusals.count(
                Refusal::RATE_LIMIT.of(visit.facts.realm),
                &visit.facts.counted_address(),
                app.clock.now(),
            );
            Err(Problem::too_often(seconds))
        }
        Some((Pause::Locked, _)) => Ok(Some("second-factor-wrong")),
        None => Ok(None),
    }
}

/// `POST /login/second-factor`
pub async fn answer(State(app): State<App>, request: Request) -> Result<Response, Problem> {
    let (visit, fields): (Visit, StepFields) = read_outside(request).await?;
    let Some((token, found)) = waiting(&app, &visit.headers).await? else {
        return Ok(again(&app, &visit, &fields.next, "sign-in-stale"));
    };
    if !secret::equal(&secret::derive(token, "second step"), &fields.csrf) {
        return page(&app, &visit, (token, &found), (&fields.next, "sign-in-stale")).await;
    }
    let judge = Judge::of_codes(&app, found.account_id);
    // Looked at before the transaction, too, so that whoever is paused holds up nobody.
    let paused = judge.paused(&app).await?;
    if let Some(refused) = refused(&app, &visit, paused)? {
        return page(&app, &visit, (token, &found), (&fields.next, refused)).await;
    }
    // Whoever the directory keeps out since the password was right stays out.
    if !directory::is_well(&app, found.account_id).await? {
        return Ok(again(&app, &visit, &fields.next, "sign-in-wrong"));
    }
    let mut tx = app.db.write().await?;
    second_factor::wait_turn(tx.conn(), found.account_id).await?;
    let paused = judge.paused_in(tx.conn(), app.clock.now()).await?;
    if let Some(refused) = refused(&app, &visit, paused)? {
        return page(&app, &visit, (token, &found), (&fields.next, refused)).await;
    }
    // Ended meanwhile: by too many wrong codes, or because there were too many of them.
    if pending::find(tx.conn(), &hash_token(token), app.clock.now()).await?.is_none() {
        return Ok(again(&app, &visit, &fields.next, "sign-in-stale"));
    }
    let by = shown(&app, &visit, tx.conn(), (token, &found), &fields).await?;
    // One of the other realm has no business at this door.
    let is_here = people_store::account::find_in(tx.conn(), visit.facts.realm, found.account_id).await?.is_some();
    let account = account::credentials_of(tx.conn(), found.account_id, app.clock.now()).await?;
    let account = account
        .filter(|account| is_here && account.is_active && hash_token(&account.password_hash) == found.password_hash);
    let token_hash = hash_token(token);
    let (Some(account), Some(by)) = (&account, by) else {
        let now = app.clock.now();
        judge.failed(tx.conn(), now).await?;
        let is_over = pending::failed(tx.conn(), &token_hash, FAILURES_MAX).await? || account.is_none();
        let name = account.map(|account| account.username).unwrap_or_default();
        let origin = visit.origin(Some(found.account_id));
        let entry = trail::entry(visit.facts.realm, "2fa_verify_failed", &name);
        audit::insert(tx.conn(), &[Record { at: now, entry, origin: &origin }]).await?;
        tx.commit().await?;
        if is_over {
            return Ok(again(&app, &visit, &fields.next, "second-factor-over"));
        }
        return page(&app, &visit, (token, &found), (&fields.next, "second-factor-wrong")).await;
    };
    // Whoever sends the same step twice gets one session.
    if !pending::end(tx.conn(), &token_hash).await? {
        return Ok(again(&app, &visit, &fields.next, "sign-in-stale"));
    }
    judge.succeeded(tx.conn()).await?;
    let next = visit.safe_next(&fields.next);
    let opening = Opening { account: account.id, upgrade: None, second_factor: Some(by), next };
    let mut response = open::session(&app, &visit, opening, tx).await?;
    put_cookie(&app, &mut response, "");
    Ok(response)
}

/// By what somebody has shown who they are: a code, or one of their passkeys; `None` for a wrong one.
async fn shown(
    app: &App,
    visit: &Visit,
    mut conn: Conn<'_>,
    (token, found): (&str, &PendingSignIn),
    fields: &StepFields,
) -> Result<Option<&'static str>, Problem> {
    if fields.key.credential.is_empty() {
        return work::take(app, conn, found.account_id, &fields.code).await;
    }
    let known = passkey::find(conn.reborrow(), visit.facts.realm, &fields.key.credential).await?;
    let Some(known) = known.filter(|known| known.account_id == found.account_id) else { return Ok(None) };
    let purpose = passkeys::purpose_of_step(token);
    let outcome = passkeys::take(app, conn, (&purpose, &visit.headers), (&known, &fields.key)).await?;
    Ok(outcome.is_ok().then_some(passkeys::BY_PASSKEY))
}

/// The first step once more.
fn again(app: &App, visit: &Visit, next: &str, no: &'static str) -> Response {
    let mut response = form_page(app, visit, Shown { next, no, ..Shown::default() });
    *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    put_cookie(app, &mut response, "");
    response
}
