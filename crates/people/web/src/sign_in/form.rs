//! The sign-in form, as it is shown, and reading what somebody sends who is not signed in.

use askama::Template;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use base_core::realm::Realm;
use base_secret::{self as secret, Token};
use base_web::app::App;
use base_web::door::Door;
use base_web::error::Problem;
use base_web::pages::accept_language;
use base_web::request::RequestFacts;
use base_web::session::{cookie, form_cookie, set_cookie};
use base_web::view::{Frame, render};
use base_web::{form, locale};
use people_rules::setting::REGISTRATION;

use super::Visit;
use crate::outside::link::{LinkPages, link_pages};

/// Largest form that somebody sends who is not signed in, in bytes.
const FORM_BYTES_MAX: usize = 16 * 1024;

#[derive(Template)]
#[template(path = "sign_in/form.html")]
struct SignInPage {
    frame: Frame,
    next: String,
    username: String,
    fault: String,
    /// What there is to say before anything was typed.
    notice: String,
    /// Where the form is sent.
    door: &'static Door,
    /// Where a link for a new password is asked for.
    pages: &'static LinkPages,
    /// The key of what the name is called.
    name_key: &'static str,
    /// True where a mail with a link for a new password can go.
    can_mail: bool,
    /// True where people can make themselves an account.
    can_register: bool,
    /// True where passkeys can be bound to the address of the site.
    can_passkey: bool,
}

impl SignInPage {
    fn passkey_address(&self) -> String {
        format!("{}/passkey", self.door.sign_in)
    }
}

/// Why a sign-in is refused: the key of its text. An empty key is no refusal.
pub type Refusal = &'static str;

/// What the form shows.
#[derive(Clone, Copy, Default)]
pub struct Shown<'a> {
    /// Where to go after signing in.
    pub next: &'a str,
    /// The name as it was typed.
    pub username: &'a str,
    /// Why it was refused.
    pub no: Refusal,
    /// What there is to say.
    pub notice: Refusal,
}

/// The value of the form's cookie.
fn form_proof<'h>(app: &App, headers: &'h HeaderMap) -> Option<&'h str> {
    cookie(headers, form_cookie(app)).filter(|value| value.len() == 64)
}

/// The key of what the name of a realm's people is called.
fn name_key_of(realm: Realm) -> &'static str {
    match realm {
        Realm::Staff => "user-name",
        Realm::Customer => "user-email",
    }
}

/// A proof that a page of ours was sent back, new or the one that the browser has.
pub struct FormProof(String);

impl FormProof {
    /// The proof of the forms of a browser.
    pub fn of(app: &App, headers: &HeaderMap) -> Self {
        Self(form_proof(app, headers).map_or_else(|| Token::new("", &*app.entropy).text, ToOwned::to_owned))
    }

    /// What the form of a purpose carries.
    pub fn field(&self, purpose: &str) -> String {
        secret::derive(&self.0, purpose)
    }

    /// Has the browser keep it.
    pub fn put(&self, app: &App, response: &mut Response) {
        let set = HeaderValue::from_str(&set_cookie(app, form_cookie(app), &self.0)).expect("hex digits");
        response.headers_mut().append(header::SET_COOKIE, set);
    }
}

/// True if a form of ours for this purpose was sent. Without the cookie there is no proof: anybody can compute the proof for
/// an empty one.
pub fn is_ours(app: &App, headers: &HeaderMap, purpose: &str, csrf: &str) -> bool {
    form_proof(app, headers).is_some_and(|proof| secret::equal(&secret::derive(proof, purpose), csrf))
}

/// What the sign-in form is for.
pub const SIGN_IN: &str = "sign-in";

/// The form, with a proof of its own.
pub fn form_page(app: &App, visit: &Visit, shown: Shown<'_>) -> Response {
    let Shown { next, username, no, notice } = shown;
    let Visit { headers, facts } = visit;
    let (door, name_key, pages) = (visit.door(), name_key_of(facts.realm), link_pages(facts.realm));
    let proof = FormProof::of(app, headers);
    let frame = Frame::outside(accept_language(headers), proof.field(SIGN_IN), facts);
    let lock_out = app.lock_out();
    let (failures, minutes) = (lock_out.failures_max.to_string(), lock_out.minutes.to_string());
    let told = [("failures", failures.as_str()), ("minutes", minutes.as_str())];
    let words = |key: &str| if key.is_empty() { String::new() } else { locale::text(frame.locale, key, &told) };
    let (fault, notice) = (words(no), words(notice));
    let is_staff = facts.realm == Realm::Staff;
    let page = SignInPage {
        next: visit.safe_next(next).into(),
        username: username.into(),
        fault,
        notice,
        door,
        name_key,
        can_mail: pages.can_mail(app),
        pages,
        can_register: is_staff && app.stored.flag(&REGISTRATION),
        can_passkey: crate::passkeys::work::site(app).is_some(),
        frame,
    };
    let mut response = render(&page);
    proof.put(app, &mut response);
    response
}

/// What a form of somebody who is not signed in holds, and the request around it.
pub async fn read_outside<T: serde::de::DeserializeOwned>(request: Request) -> Result<(Visit, T), Problem> {
    let headers = request.headers().clone();
    let facts = request.extensions().get::<RequestFacts>().cloned().expect("`wrap` stands around every route");
    let bytes = base_web::body::read(request, FORM_BYTES_MAX).await?;
    Ok((Visit { headers, facts }, form::fields(&bytes).await?))
}
