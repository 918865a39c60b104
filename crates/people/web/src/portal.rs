//! The first page of a customer, and what they change of themselves: language, colours, password. Name and e-mail are the
//! site's to change: the e-mail is what they sign in with.
//!
//! Invariant: every address here is below `/portal`, so whoever is asked for is a customer (`base_web::door`).

use askama::Template;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use base_core::time::Moment;
use base_web::error::Problem;
use base_web::form::Form;
use base_web::locale::LOCALES;
use base_web::menu::{Group, MenuEntry};
use base_web::pages::apart_from_said;
use base_web::session::Caller;
use base_web::view::{Frame, Said, render};
use people_store::account::Account;
use people_store::customer;
use people_store::customer::Choice;
use serde::Deserialize;

use crate::accounts::pages::shown;
use crate::profile::pages::{COLOURS, PasswordFields, fault_of};
use crate::profile::work::{NewPassword, change_password as set_password};
use crate::refused::Fault;
use crate::state::People;

/// The pages of customers, in order.
pub(crate) const MENU: &[MenuEntry] = &[
    entry("own", "/portal", "people", "profile-own"),
    entry("password", "/portal/password", "settings", "profile-password"),
    entry("passkeys", "/portal/passkeys", "lock", "passkeys"),
    entry("sessions", "/portal/sessions", "people", "sessions-own"),
];

const fn entry(place: &'static str, address: &'static str, icon: &'static str, text: &'static str) -> MenuEntry {
    MenuEntry { place, address, icon, text, group: Group::Office, any_of: &[], foot: None }
}

#[derive(Template)]
#[template(path = "portal/show.html")]
struct OwnPage {
    frame: Frame,
    own: Account,
    created_at: String,
    signed_in_at: String,
    said: Option<Said>,
}

async fn own(app: &People, caller: &Caller) -> Result<Account, Problem> {
    let mut reader = app.db.read().await?;
    customer::find(reader.conn(), caller.person.id).await?.ok_or_else(Problem::not_signed_in)
}

/// `GET /portal`
pub async fn show(State(app): State<People>, caller: Caller, uri: Uri) -> Result<Response, Problem> {
    let (frame, own) = (Frame::of(&caller, "own"), own(&app, &caller).await?);
    let (said, _) = apart_from_said::<serde::de::IgnoredAny>(&uri);
    let known = ["saved", "password"].contains(&said.as_str());
    let said = known.then(|| Said::yes(frame.t(&format!("profile-said-{said}"))));
    let at = |moment: Option<Moment>| moment.map(|moment| shown(moment, &app)).unwrap_or_default();
    let (created_at, signed_in_at) = (at(Some(own.created_at)), at(own.signed_in_at));
    Ok(render(&OwnPage { frame, own, created_at, signed_in_at, said }))
}

/// What a customer chooses.
#[derive(Deserialize)]
pub struct ChoiceFields {
    #[serde(default)]
    locale: String,
    #[serde(default)]
    colours: String,
}

/// `POST /portal`
pub async fn change(State(app): State<People>, form: Form<ChoiceFields>) -> Result<Response, Problem> {
    let Form { caller, fields } = form;
    let unknown = |field: &'static str| Problem::field(field, "Choose one of those on the page.");
    let locale = LOCALES.iter().find(|known| **known == fields.locale).ok_or_else(|| unknown("locale"))?;
    let colours = COLOURS.iter().find(|known| **known == fields.colours).ok_or_else(|| unknown("colours"))?;
    let mut tx = app.db.write().await?;
    customer::choose(tx.conn(), caller.person.id, Choice { locale, colours }).await?;
    tx.commit().await?;
    app.sessions.forget_of(caller.person.id);
    Ok(Redirect::to("/portal?said=saved").into_response())
}

#[derive(Template)]
#[template(path = "portal/password.html")]
struct PasswordPage {
    frame: Frame,
    /// True for a customer whose password was given to them: nothing else is open to them.
    must_change: bool,
    names: String,
    fault: Option<Fault>,
}

impl PasswordPage {
    fn fault(&self, field: &str) -> &str {
        self.fault.as_ref().filter(|(wrong, _)| wrong == field).map_or("", |(_, words)| words.as_str())
    }

    fn of(caller: &Caller) -> Self {
        let names = format!("{} {}", caller.person.name, caller.person.called());
        let must_change = caller.person.must_change_password;
        Self { frame: Frame::of(caller, "password"), must_change, names, fault: None }
    }
}

/// `GET /portal/password`
pub async fn ask_password(caller: Caller) -> Response {
    render(&PasswordPage::of(&caller))
}

/// `POST /portal/password`
pub async fn change_password(State(app): State<People>, form: Form<PasswordFields>) -> Result<Response, Problem> {
    let Form { caller, fields } = form;
    let mut page = PasswordPage::of(&caller);
    let fault = if fields.new_password == fields.again {
        let asked = NewPassword { present: &fields.current_password, new: &fields.new_password, revokes_tokens: false };
        match set_password(&app, &caller, asked).await {
            Ok(()) => return Ok(Redirect::to("/portal?said=password").into_response()),
            Err(not_done) => fault_of(&page.frame, not_done)?,
        }
    } else {
        ("again".to_owned(), page.frame.t("password-differs"))
    };
    page.fault = Some(fault);
    let mut response = render(&page);
    *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(response)
}
