//! `/register`: people make themselves an account, where the site lets them. An admin gives it an area (U7).
//!
//! Invariant: the answer does not say whether an e-mail is known; its owner is told instead. That a user name is taken is
//! said: people choose it, and must know that they have to choose another one.

use askama::Template;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use base_records::mail::EnqueueError;
use base_web::error::Problem;
use base_web::request::RequestFacts;
use base_web::session::STAFF;
use base_web::view::Frame;
use people_rules::account::Refusal;
use people_rules::setting::REGISTRATION;
use people_rules::sign_in::Outside;
use people_store::create::{New, check_registration};
use people_store::notification::New as NewNotice;
use people_store::{By, Failed, account, create, notification, password};
use serde::Deserialize;

use super::{Proven, Sent, Visitor, answered_at_earliest, read};
use crate::refused::Fault;
use crate::sign_in::tries::Judge;
use crate::state::People;
use crate::told::{self, Post};
use crate::{hashing, mails, refused};

#[derive(Template)]
#[template(path = "outside/register.html")]
struct RegisterPage {
    frame: Frame,
    username: String,
    email: String,
    fault: Option<Fault>,
    is_done: bool,
}

impl RegisterPage {
    fn fault(&self, field: &str) -> &str {
        self.fault.as_ref().filter(|(wrong, _)| wrong == field).map_or("", |(_, words)| words.as_str())
    }

    fn fault_of_all(&self) -> &str {
        let fields = ["username", "email", "new_password", "again"];
        self.fault
            .as_ref()
            .filter(|(wrong, _)| !fields.contains(&wrong.as_str()))
            .map_or("", |(_, words)| words.as_str())
    }

    fn blank(visitor: &Visitor) -> Self {
        Self { frame: visitor.frame(), username: String::new(), email: String::new(), fault: None, is_done: false }
    }
}

fn must_be_open(app: &People) -> Result<(), Problem> {
    if app.stored.flag(&REGISTRATION) { Ok(()) } else { Err(refused::refused(Refusal::NoRegistration)) }
}

/// `GET /register`
pub async fn ask(State(app): State<People>, headers: HeaderMap, facts: RequestFacts) -> Result<Response, Problem> {
    must_be_open(&app)?;
    let visitor = Visitor::new(&app, headers, facts);
    Ok(visitor.page(&app, &RegisterPage::blank(&visitor), StatusCode::OK))
}

/// A registration.
#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct Fields {
    csrf: String,
    hp_email: String,
    username: String,
    email: String,
    new_password: String,
    again: String,
}

impl Proven for Fields {
    fn csrf(&self) -> &str {
        &self.csrf
    }

    fn trap(&self) -> &str {
        &self.hp_email
    }
}

/// `POST /register`
pub async fn register(State(app): State<People>, request: Request) -> Result<Response, Problem> {
    must_be_open(&app)?;
    let earliest = answered_at_earliest();
    let (visitor, sent) = read::<Fields>(&app, request).await?;
    let mut page = RegisterPage::blank(&visitor);
    let made = match sent {
        // It looks as if it had worked; nothing was made.
        Sent::Trapped(_) => Ok(()),
        Sent::Stale(fields) => {
            page.username = fields.username;
            page.email = fields.email;
            Err((String::new(), page.frame.t("sign-in-stale")))
        }
        Sent::Fields(fields) => {
            let made = make(&app, &visitor, &page.frame, &fields).await?;
            page.username = fields.username;
            page.email = fields.email;
            made
        }
    };
    tokio::time::sleep_until(earliest).await;
    match made {
        Ok(()) => {
            page.is_done = true;
            Ok(visitor.page(&app, &page, StatusCode::OK))
        }
        Err(fault) => {
            page.fault = Some(fault);
            Ok(visitor.page(&app, &page, StatusCode::UNPROCESSABLE_ENTITY))
        }
    }
}

/// Makes the account; the inner error is what was wrong with the form.
async fn make(app: &People, visitor: &Visitor, frame: &Frame, fields: &Fields) -> Result<Result<(), Fault>, Problem> {
    let new = New { username: &fields.username, email: &fields.email, ..New::default() };
    let checked = match check_registration(&new) {
        Ok(checked) => checked,
        Err(refusal) => return Ok(Err(refused::fault(frame, Failed::Refused(refusal))?)),
    };
    if fields.new_password != fields.again {
        return Ok(Err(("again".to_owned(), frame.t("password-differs"))));
    }
    if let Err(fault) = hashing::rule(app, checked.names()).check(&fields.new_password) {
        return Ok(Err(("new_password".to_owned(), refused::weak_words(frame, fault))));
    }
    visitor.admitted(app, Outside::Registration).await?;
    let hash = hashing::hash_for_stranger(app, &fields.new_password).await?;
    match store(app, visitor, frame, (&checked, &hash)).await {
        Ok(()) => Ok(Ok(())),
        // Whoever asks reads what they read of an address that nobody has.
        Err(Failed::Refused(Refusal::EmailTaken)) => tell_owner(app, visitor, &checked).await.map(Ok),
        Err(failed) => Ok(Err(refused::fault(frame, failed)?)),
    }
}

/// Tells the owner of an e-mail that somebody wanted to register with it, once an hour at most.
async fn tell_owner(app: &People, visitor: &Visitor, checked: &create::Checked) -> Result<(), Problem> {
    let (now, address) = (app.clock.now(), visitor.facts.counted_address());
    let email = checked.email().unwrap_or_default();
    app.refusals.count_of_account(base_web::refusals::Refusal::KNOWN_EMAIL, &address, checked.username(), now);
    if Judge::of_outside(Outside::MailToOwner(email), &address).admits(app).await?.is_err() {
        return Ok(());
    }
    let mut tx = app.db.write().await?;
    if let Some(owner) = password::recipient(tx.conn(), STAFF, email).await? {
        told::known_email(Post::of(app), tx.conn(), &owner, now).await?;
    }
    Ok(tx.commit().await?)
}

async fn store(
    app: &People,
    visitor: &Visitor,
    frame: &Frame,
    (checked, hash): (&create::Checked, &str),
) -> Result<(), Failed> {
    let origin = visitor.origin();
    let by = By { at: app.clock.now(), origin: &origin };
    let mut tx = app.db.write().await?;
    create::create(tx.conn(), checked, hash, by).await?;
    for admin in account::admins(tx.conn()).await? {
        let notice = NewNotice {
            title: "notice-registered",
            message: checked.username(),
            kind: "info",
            priority: 1,
            link: Some("/admin/users?role=dispatcher"),
        };
        notification::tell(tx.conn(), admin, notice, by.at).await?;
    }
    if let (Some(email), true) = (checked.email(), app.settings.outbox.is_open()) {
        let to = mails::To { email, called: checked.username(), locale: frame.locale };
        let mail = mails::welcome(to, checked.username(), None, &app.link("/login"));
        match app.settings.outbox.enqueue(tx.conn(), &[mail], by.at).await {
            Ok(()) | Err(EnqueueError::NotConfigured | EnqueueError::Full | EnqueueError::TooLarge) => {}
            Err(EnqueueError::Store(error)) => return Err(error.into()),
        }
    }
    tx.commit().await?;
    app.notices_changed();
    Ok(())
}
