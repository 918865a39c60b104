//! Handing a pass out: as a picture, on paper, and by mail.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use base_core::audit::Entry;
use base_mail::Address;
use base_records::mail::EnqueueError;
use base_web::error::Problem;
use base_web::form::Form;
use base_web::locale;
use base_web::session::Caller;
use passes_rules::permission::PASS_CREATE;
use passes_store::event::EventLine;
use passes_store::pass::{self, PassLine};
use passes_work::mails::PassMail;
use serde::Deserialize;
use serde_json::json;

use super::card::Shown;
use super::work::{self, guest_link};
use crate::events::work::by;
use crate::state::Passes;

/// Longest address.
pub(crate) const EMAIL_LENGTH_MAX: usize = 120;

/// `GET /passes/{pass}/card.svg`
pub async fn svg(State(app): State<Passes>, caller: Caller, Path(id): Path<String>) -> Result<Response, Problem> {
    let (pass, event) = work::find(&app, &caller, &id).await?;
    Shown { pass: &pass, event: &event, locale: locale::choose(&caller.locale) }.svg(&app).await
}

/// `GET /passes/{pass}/pass.pdf`
pub async fn pdf(State(app): State<Passes>, caller: Caller, Path(id): Path<String>) -> Result<Response, Problem> {
    let (pass, event) = work::find(&app, &caller, &id).await?;
    Shown { pass: &pass, event: &event, locale: locale::choose(&caller.locale) }.paper(&app).await
}

/// Where a pass is mailed to.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct MailFields {
    email: String,
}

/// True for one plain address.
pub(crate) fn email_is_right(text: &str) -> bool {
    text.len() <= EMAIL_LENGTH_MAX && !text.contains(['<', '>', ',', ' ']) && text.parse::<Address>().is_ok()
}

/// What became of a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mailed {
    /// It is in the outbox.
    Waiting,
    /// The site sends no mail.
    NoMail,
    /// Too many are waiting.
    Full,
}

/// Writes a pass to somebody, and remembers where to.
pub(crate) async fn mail(
    app: &Passes,
    caller: &Caller,
    (pass, event): (&PassLine, &EventLine),
    email: &str,
) -> Result<Mailed, Problem> {
    if !app.settings.outbox.is_open() {
        return Ok(Mailed::NoMail);
    }
    let locale = locale::choose(&caller.locale);
    let pdf = Shown { pass, event, locale }.pdf(app).await?;
    let details = &event.details;
    let organiser = [details.organiser.as_str(), details.contact.as_str()];
    let organiser: Vec<&str> = organiser.into_iter().filter(|text| !text.is_empty()).collect();
    let link = guest_link(app, pass);
    let mail = PassMail {
        event: &details.name,
        place: &details.place,
        timing: &pass.timing,
        name: &pass.name1,
        organiser: &organiser.join(" · "),
        link: if app.settings.has_public_url { &link } else { "" },
    };
    let mail = mail.to(email, locale, pdf);
    let origin = caller.origin(None);
    let by = by(app, &origin);
    let mut tx = app.db.write().await?;
    match app.settings.outbox.enqueue(tx.conn(), &[mail], by.at).await {
        Ok(()) => {}
        Err(EnqueueError::NotConfigured) => return Ok(Mailed::NoMail),
        Err(EnqueueError::Store(error)) => return Err(error.into()),
        Err(error) => {
            tracing::warn!(%error, "a pass was not mailed");
            return Ok(Mailed::Full);
        }
    }
    pass::note_mailed(tx.conn(), &pass.id, email, by.at).await?;
    let entry = Entry::new("pass_mailed", "pass", pass.id.as_str()).with_after(&json!({ "event": pass.event }));
    by.note(&mut tx, entry).await?;
    tx.commit().await?;
    Ok(Mailed::Waiting)
}

/// `POST /passes/{pass}/mail`: the first time, and again.
pub async fn send(
    State(app): State<Passes>,
    Path(id): Path<String>,
    form: Form<MailFields>,
) -> Result<Response, Problem> {
    let Form { caller, fields } = form;
    caller.must(PASS_CREATE)?;
    let (pass, event) = work::find(&app, &caller, &id).await?;
    let email = fields.email.trim();
    let said = if pass.cancelled_at.is_some() || pass.is_erased || event.erased_at.is_some() {
        "gone"
    } else if !email_is_right(email) {
        "email"
    } else {
        match mail(&app, &caller, (&pass, &event), email).await? {
            Mailed::Waiting => "mailed",
            Mailed::NoMail => "no-mail",
            Mailed::Full => "mail-full",
        }
    };
    Ok(Redirect::to(&format!("/passes/{}?said={said}", pass.id)).into_response())
}
