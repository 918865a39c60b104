//! `/profile/second-factor`: a person's own second factor.
//!
//! Invariant: every change asks for the password once more, and for a code.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use base_records::second_factor;
use base_sheet::qr::Qr;
use base_web::app::App;
use base_web::error::Problem;
use base_web::form::Form;
use base_web::parameters::Parameters;
use base_web::session::{Caller, SECOND_FACTOR_PAGE};
use base_web::view::{Frame, Said, render};
use people_rules::sign_in::Pause;
use people_rules::totp;
use people_store::recovery_code;
use serde::Deserialize;

use super::work::{self, SetUp, no_key};
use crate::sign_in::own;
use crate::sign_in::tries::Judge;

/// The name that apps show above the code.
const SITE: &str = "Tallyhouse";

#[derive(Template)]
#[template(path = "second_factor/show.html")]
struct ShowPage {
    frame: Frame,
    is_on: bool,
    is_required: bool,
    /// How many recovery codes are left.
    codes_left: i64,
    /// What is to be scanned, where there is no second factor yet.
    new: Option<New>,
    fault: String,
    said: Option<Said>,
}

/// A secret that its person is to bring into their app.
struct New {
    qr: Option<Qr>,
    address: String,
    /// In groups of four.
    secret: String,
    encrypted: String,
}

/// Shows recovery codes, once.
pub(crate) fn codes_page(frame: Frame, codes: Vec<String>) -> Response {
    render(&CodesPage { frame, codes })
}

#[derive(Template)]
#[template(path = "second_factor/codes.html")]
struct CodesPage {
    frame: Frame,
    codes: Vec<String>,
}

/// What the last action was.
#[derive(Deserialize)]
pub struct ShowQuery {
    #[serde(default)]
    said: String,
}

/// The form of every change.
#[derive(Deserialize)]
pub struct ChangeFields {
    #[serde(default)]
    password: String,
    #[serde(default)]
    code: String,
    /// The secret that was shown, where one is set up.
    #[serde(default)]
    encrypted: String,
}

/// `GET /profile/second-factor`
pub async fn show(
    State(app): State<App>,
    caller: Caller,
    Parameters(query): Parameters<ShowQuery>,
) -> Result<Response, Problem> {
    caller.must_be_signed_in()?;
    let said = (query.said == "off").then(|| Said::yes(Frame::of(&caller, "").t("second-factor-is-off")));
    page(&app, &caller, Told { said, ..Told::default() }).await
}

#[derive(Default)]
struct Told {
    set_up: Option<SetUp>,
    fault: &'static str,
    said: Option<Said>,
}

async fn page(app: &App, caller: &Caller, told: Told) -> Result<Response, Problem> {
    let settings = &app.settings.sign_in;
    let frame = Frame::of(caller, "profile");
    let mut reader = app.db.read().await?;
    let factor = second_factor::find(reader.conn(), caller.person.id).await?.ok_or_else(Problem::not_signed_in)?;
    let codes_left = recovery_code::left(reader.conn(), caller.person.id).await?;
    drop(reader);
    let is_on = factor.totp_encrypted.is_some();
    let new = match (is_on, settings.secret_keys.as_deref()) {
        (false, Some(keys)) => {
            let set_up = told.set_up.unwrap_or_else(|| SetUp::new(app, keys, caller.person.id));
            Some(New::of(&set_up, &caller.person.name))
        }
        _ => None,
    };
    let is_required =
        app.second_factor_for_admins() && caller.person.roles.contains(&base_core::permission::Role::Admin);
    let fault = if told.fault.is_empty() { String::new() } else { frame.t(told.fault) };
    let is_wrong = !fault.is_empty();
    let mut response = render(&ShowPage { frame, is_on, is_required, codes_left, new, fault, said: told.said });
    if is_wrong {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

impl New {
    fn of(set_up: &SetUp, person: &str) -> Self {
        let address = totp::address_for_apps(&set_up.secret, SITE, person);
        let groups: Vec<&str> =
            (0..set_up.secret.len()).step_by(4).filter_map(|at| set_up.secret.get(at..(at + 4))).collect();
        Self { qr: Qr::of(&address), address, secret: groups.join(" "), encrypted: set_up.encrypted.clone() }
    }
}

/// Counts a wrong code.
async fn note_wrong_code(app: &App, judge: &Judge) -> Result<(), Problem> {
    let mut tx = app.db.write().await?;
    judge.failed(tx.conn(), app.clock.now()).await?;
    Ok(tx.commit().await?)
}

/// Refuses whoever tries codes too often.
async fn may_try(app: &App, judge: &Judge) -> Result<(), Problem> {
    not_paused(judge.paused(app).await?)
}

fn not_paused(paused: Option<(Pause, u32)>) -> Result<(), Problem> {
    paused.map_or(Ok(()), |(_, seconds)| Err(Problem::too_often(seconds)))
}

/// `POST /profile/second-factor/on`
pub async fn turn_on(State(app): State<App>, form: Form<ChangeFields>) -> Result<Response, Problem> {
    let Form { caller, fields } = form;
    caller.must_be_signed_in()?;
    let keys = app.settings.sign_in.secret_keys.as_deref().ok_or_else(no_key)?;
    let judge = Judge::of_codes(&app, caller.person.id);
    may_try(&app, &judge).await?;
    let factor = second_factor::find(app.db.read().await?.conn(), caller.person.id).await?;
    if factor.is_some_and(|factor| factor.totp_encrypted.is_some()) {
        return Ok(Redirect::to(SECOND_FACTOR_PAGE).into_response());
    }
    let Some(set_up) = SetUp::read(&app, keys, caller.person.id, &fields.encrypted) else {
        return page(&app, &caller, Told { fault: "sign-in-stale", ..Told::default() }).await;
    };
    if !own::is_right(&app, &caller, &fields.password).await? {
        return page(&app, &caller, Told { set_up: Some(set_up), fault: "password-wrong", said: None }).await;
    }
    let code = totp::read_code(&fields.code).unwrap_or_default();
    let Some(step) = totp::step_of(&set_up.secret, &code, app.clock.now()) else {
        note_wrong_code(&app, &judge).await?;
        return page(&app, &caller, Told { set_up: Some(set_up), fault: "second-factor-wrong", said: None }).await;
    };
    let codes = work::turn_on(&app, &caller, &set_up, step).await?;
    Ok(render(&CodesPage { frame: Frame::of(&caller, "profile"), codes }))
}

/// The password and a code, before a change. What is wrong is said on the page.
async fn check_both(app: &App, caller: &Caller, fields: &ChangeFields) -> Result<Result<(), Response>, Problem> {
    caller.must_be_signed_in()?;
    let judge = Judge::of_codes(app, caller.person.id);
    may_try(app, &judge).await?;
    if !own::is_right(app, caller, &fields.password).await? {
        return Ok(Err(page(app, caller, Told { fault: "password-wrong", ..Told::default() }).await?));
    }
    let mut tx = app.db.write().await?;
    second_factor::wait_turn(tx.conn(), caller.person.id).await?;
    // Once more: many codes may have been sent at once.
    not_paused(judge.paused_in(tx.conn(), app.clock.now()).await?)?;
    let taken = work::take(app, tx.conn(), caller.person.id, &fields.code).await?;
    if taken.is_some() {
        judge.succeeded(tx.conn()).await?;
    } else {
        judge.failed(tx.conn(), app.clock.now()).await?;
    }
    tx.commit().await?;
    if taken.is_none() {
        return Ok(Err(page(app, caller, Told { fault: "second-factor-wrong", ..Told::default() }).await?));
    }
    Ok(Ok(()))
}

/// `POST /profile/second-factor/codes`
pub async fn renew_codes(State(app): State<App>, form: Form<ChangeFields>) -> Result<Response, Problem> {
    let Form { caller, fields } = form;
    if let Err(wrong) = check_both(&app, &caller, &fields).await? {
        return Ok(wrong);
    }
    let codes = work::renew_codes(&app, &caller).await?;
    Ok(render(&CodesPage { frame: Frame::of(&caller, "profile"), codes }))
}

/// `POST /profile/second-factor/off`
pub async fn turn_off(State(app): State<App>, form: Form<ChangeFields>) -> Result<Response, Problem> {
    let Form { caller, fields } = form;
    if let Err(wrong) = check_both(&app, &caller, &fields).await? {
        return Ok(wrong);
    }
    work::turn_off(&app, &caller).await?;
    Ok(Redirect::to(&format!("{SECOND_FACTOR_PAGE}?said=off")).into_response())
}
