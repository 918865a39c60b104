//! Signing in with a passkey alone: the device has asked for a finger, a face or a PIN, so it is two factors in one.
//!
//! Invariants: what is answered is the same for keys that are known and unknown; failures are counted like those of
//! passwords; a passkey of one realm opens nothing of the other; an account of the directory is opened while the directory
//! says that its person may sign in, and not while it says nothing.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use base_records::audit::Record;
use base_records::{account, audit};
use base_web::app::App;
use base_web::error::Problem;
use base_web::refusals::Refusal;
use base_web::request::RequestFacts;
use base_web::session::{STAFF, present};
use people_rules::sign_in::{Attempt, Pause, Subject};
use people_rules::trail;
use people_store::passkey as passkeys;
use serde::Deserialize;

use super::challenge::Challenge;
use super::work::{self, BY_PASSKEY, Shown as Key};
use crate::sign_in::form::{SIGN_IN, Shown, form_page, is_ours, read_outside};
use crate::sign_in::open::{self, Opening};
use crate::sign_in::tries::Judge;
use crate::sign_in::{Visit, directory};

/// `GET /login/passkey` and `GET /portal/login/passkey`: what the browser needs to ask for a passkey.
pub async fn options(State(app): State<App>, facts: RequestFacts) -> Result<Response, Problem> {
    let site = work::site(&app).ok_or_else(work::no_site)?;
    let challenge = Challenge::new(&app);
    let mut response = Json(work::request_options(&site, &challenge, &[])).into_response();
    challenge.put(&app, &work::purpose_of_sign_in(facts.realm), &mut response);
    Ok(response)
}

#[derive(Deserialize)]
struct Fields {
    #[serde(default)]
    next: String,
    #[serde(default)]
    csrf: String,
    #[serde(flatten)]
    key: Key,
}

/// `POST /login/passkey` and `POST /portal/login/passkey`
pub async fn sign_in(State(app): State<App>, request: Request) -> Result<Response, Problem> {
    let (visit, fields): (Visit, Fields) = read_outside(request).await?;
    let refused = |no: &'static str| {
        let mut response = form_page(&app, &visit, Shown { next: &fields.next, no, ..Shown::default() });
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        response
    };
    if !is_ours(&app, &visit.headers, SIGN_IN, &fields.csrf) {
        return Ok(refused("sign-in-stale"));
    }
    let address = visit.facts.counted_address();
    let named = format!("passkey {}", fields.key.credential);
    let judge = Judge::of(&app, Attempt { subject: Subject::Unknown(&named), address: &address, device: None });
    if let Some((pause, seconds)) = judge.paused(&app).await? {
        app.refusals.count(Refusal::RATE_LIMIT.of(visit.facts.realm), &address, app.clock.now());
        return if pause == Pause::TooOften { Err(Problem::too_often(seconds)) } else { Ok(refused("passkey-wrong")) };
    }
    match open(&app, &visit, &fields, &judge).await? {
        Ok(response) => Ok(response),
        Err(no) => {
            let mut tx = app.db.write().await?;
            judge.failed(tx.conn(), app.clock.now()).await?;
            tx.commit().await?;
            app.refusals.count(Refusal::SIGN_IN.of(visit.facts.realm), &address, app.clock.now());
            Ok(refused(no))
        }
    }
}

async fn open(
    app: &App,
    visit: &Visit,
    fields: &Fields,
    judge: &Judge,
) -> Result<Result<Response, &'static str>, Problem> {
    let realm = visit.facts.realm;
    let known = passkeys::find(app.db.read().await?.conn(), realm, &fields.key.credential).await?;
    let Some(known) = known else { return Ok(Err("passkey-wrong")) };
    let mut tx = app.db.write().await?;
    let asked = (work::purpose_of_sign_in(realm), &visit.headers);
    let taken = work::take(app, tx.conn(), (&asked.0, asked.1), (&known, &fields.key)).await?;
    let mut account = account::credentials_of(tx.conn(), known.account_id, app.clock.now()).await?;
    account = account.filter(|account| account.is_active);
    if taken.is_ok() && account.as_ref().is_some_and(|account| account.directory_guid.is_some()) {
        // The challenge is used up; nobody waits for the writer while the directory is asked.
        tx.commit().await?;
        let is_well = directory::is_well(app, known.account_id).await?;
        tx = app.db.write().await?;
        account = account::credentials_of(tx.conn(), known.account_id, app.clock.now()).await?;
        account = account.filter(|account| is_well && account.is_active);
    }
    let (Some(account), Ok(())) = (&account, &taken) else {
        drop(tx);
        if taken == Err("passkey-copied") {
            note_copy(app, visit, account.map(|account| account.username)).await?;
        }
        return Ok(Err(taken.err().unwrap_or("passkey-wrong")));
    };
    judge.succeeded(tx.conn()).await?;
    let next = visit.safe_next(&fields.next);
    let opening = Opening { account: account.id, upgrade: None, second_factor: Some(BY_PASSKEY), next };
    Ok(Ok(open::session(app, visit, opening, tx).await?))
}

/// Somebody has a copy of a key: its signature is right, its counter is not.
pub async fn note_copy(app: &App, visit: &Visit, username: Option<String>) -> Result<(), Problem> {
    let origin = visit.origin(None);
    let entry = trail::entry(visit.facts.realm, "passkey_refused", &username.unwrap_or_default());
    let mut tx = app.db.write().await?;
    audit::insert(tx.conn(), &[Record { at: app.clock.now(), entry, origin: &origin }]).await?;
    Ok(tx.commit().await?)
}

/// `GET /login/second-factor/passkey` and the same of customers: what the browser needs to ask for one of the passkeys of
/// whoever has typed their password.
pub async fn step_options(
    State(app): State<App>,
    headers: HeaderMap,
    facts: RequestFacts,
) -> Result<Response, Problem> {
    let visit = Visit { headers, facts };
    let site = work::site(&app).ok_or_else(work::no_site)?;
    let Some((token, found)) = crate::second_factor::step::waiting(&app, &visit.headers).await? else {
        return Err(Problem::not_signed_in());
    };
    let keys = passkeys::of(app.db.read().await?.conn(), found.account_id).await?;
    let challenge = Challenge::new(&app);
    let mut response = Json(work::request_options(&site, &challenge, &keys)).into_response();
    challenge.put(&app, &work::purpose_of_step(token), &mut response);
    Ok(response)
}

/// `GET /lock/passkey`: what the browser needs to ask for one of the passkeys of whoever locked the screen.
pub async fn lock_options(State(app): State<App>, headers: HeaderMap) -> Result<Response, Problem> {
    let site = work::site(&app).ok_or_else(work::no_site)?;
    let present = present(&app, STAFF, &headers).await?.ok_or_else(Problem::not_signed_in)?;
    let keys = passkeys::of(app.db.read().await?.conn(), present.session.account_id).await?;
    let challenge = Challenge::new(&app);
    let mut response = Json(work::request_options(&site, &challenge, &keys)).into_response();
    challenge.put(&app, &work::purpose_of_lock(&present.session.token_hash), &mut response);
    Ok(response)
}
