//! Signing in through the form.
//!
//! Invariant: what is answered is the same for people who are known, unknown or locked.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use base_records::account;
use base_web::app::App;
use base_web::error::Problem;
use base_web::locale::LOCALES;
use base_web::pages::LANGUAGE_COOKIE;
use base_web::parameters::Parameters;
use base_web::refusals;
use base_web::request::RequestFacts;
use base_web::session::{cookie, present, session_cookie, set_cookie};
use base_web::view::path_part;
use people_rules::sign_in::{Attempt, Subject};
use serde::Deserialize;

use super::check::{self, Asked, Proven};
use super::form::{Refusal, SIGN_IN, Shown, form_page, is_ours, read_outside};
use super::open::{self, Opening};
use super::tries::Judge;
use super::{Visit, device};
use crate::second_factor::step;

/// Longest user name or e-mail that anybody can sign in with, in bytes.
const SIGN_IN_NAME_BYTES_MAX: usize = 320;

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
    /// Also under the name that the earlier portal had for it.
    #[serde(default, alias = "email")]
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

/// `GET /login` and `GET /portal/login`
pub async fn ask(
    State(app): State<App>,
    Parameters(query): Parameters<NextQuery>,
    headers: HeaderMap,
    facts: RequestFacts,
) -> Result<Response, Problem> {
    let visit = Visit { headers, facts };
    let (headers, realm) = (&visit.headers, visit.facts.realm);
    let chosen = LOCALES.iter().find(|language| **language == query.language);
    let Some(language) = chosen else {
        // Who comes with a session that is no longer there is told why they have to sign in.
        let has_ended =
            cookie(headers, session_cookie(&app, realm)).is_some() && present(&app, realm, headers).await?.is_none();
        let notice = if has_ended { "sign-in-ended" } else { "" };
        return Ok(form_page(&app, &visit, Shown { next: &query.next, notice, ..Shown::default() }));
    };
    let next = path_part(visit.safe_next(&query.next));
    let mut response = Redirect::to(&format!("{}?next={next}", visit.door().sign_in)).into_response();
    let set = set_cookie(&app, LANGUAGE_COOKIE, language);
    response.headers_mut().append(header::SET_COOKIE, HeaderValue::from_str(&set).expect("the name of a language"));
    Ok(response)
}

/// `POST /login` and `POST /portal/login`
pub async fn sign_in(State(app): State<App>, request: Request) -> Result<Response, Problem> {
    let (visit, fields): (Visit, SignInFields) = read_outside(request).await?;
    let show_again = |no: Refusal| {
        form_page(&app, &visit, Shown { next: &fields.next, username: &fields.username, no, ..Shown::default() })
    };
    if !fields.hp_email.is_empty() {
        app.refusals.count(
            refusals::Refusal::HONEYPOT.of(visit.facts.realm),
            &visit.facts.counted_address(),
            app.clock.now(),
        );
        return Ok(show_again("sign-in-wrong"));
    }
    if !is_ours(&app, &visit.headers, SIGN_IN, &fields.csrf) {
        return Ok(show_again("sign-in-stale"));
    }
    if fields.username.trim().is_empty() || fields.password.is_empty() {
        return Ok(show_again("sign-in-both"));
    }
    let name = fields.username.trim().to_lowercase();
    if name.len() > SIGN_IN_NAME_BYTES_MAX {
        return Ok(show_again("sign-in-wrong"));
    }
    let Some((proven, judge)) = prove(&app, &visit, &name, fields.password.clone()).await? else {
        let mut response = show_again("sign-in-wrong");
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        return Ok(response);
    };
    if let Some(response) = go_on(&app, &visit, proven, &judge, visit.safe_next(&fields.next)).await? {
        return Ok(response);
    }
    // Changed while it was checked.
    let mut response = show_again("sign-in-wrong");
    *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(response)
}

/// Whoever has this name and this password, and what they were judged by.
async fn prove(app: &App, visit: &Visit, name: &str, password: String) -> Result<Option<(Proven, Judge)>, Problem> {
    let mut reader = app.db.read().await?;
    let known = account::credentials(reader.conn(), visit.facts.realm, name, app.clock.now()).await?;
    drop(reader);
    let device = known.as_ref().and_then(|account| device::known(app, &visit.headers, account.id));
    let subject = known.as_ref().map_or(Subject::Unknown(name), |account| Subject::Known(account.id));
    let address = visit.facts.counted_address();
    let judge = Judge::of(app, Attempt { subject, address: &address, device });
    let is_known_device = device.is_some();
    let asked = Asked { known, name: Some(name), password, judge: &judge, is_known_device };
    Ok(check::password(app, visit, asked).await?.map(|proven| (proven, judge)))
}

/// The second factor where one is asked for, a session otherwise. `None` where the account was changed while its password was
/// checked, which takes a while: then what was proved is no longer so.
async fn go_on(
    app: &App,
    visit: &Visit,
    proven: Proven,
    judge: &Judge,
    next: &str,
) -> Result<Option<Response>, Problem> {
    let Proven { mut account, better_hash } = proven;
    let mut tx = app.db.write().await?;
    let now = account::credentials_of(tx.conn(), account.id, app.clock.now()).await?;
    let Some(now) = now.filter(|now| now.is_active && now.password_hash == account.password_hash) else {
        return Ok(None);
    };
    account.two_factor = now.two_factor;
    let upgrade = better_hash.as_deref().map(|better| (account.password_hash.as_str(), better));
    let opening = Opening { account: account.id, upgrade, second_factor: None, next };
    judge.succeeded(tx.conn()).await?;
    if account.two_factor {
        return step::begin(app, visit, (&account, opening), tx).await.map(Some);
    }
    open::session(app, visit, opening, tx).await.map(Some)
}
