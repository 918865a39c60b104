//! What the page and the API of mails share.

use axum::http::StatusCode;
use base_core::audit::Entry;
use base_records::audit::Record;
use base_records::{audit, mail as records};
use base_web::error::Problem;
use base_web::session::Caller;
use people_rules::permission::MAIL_MANAGE;
use people_store::mail;
use people_store::mail::{Counts, Page};

use crate::state::People;

/// Mails on a page.
const LIMIT: u32 = 50;
/// Longest text that is looked for, in characters.
const TEXT_CHARS_MAX: usize = 200;
/// The states of a mail.
const STATES: [&str; 3] = ["failed", "waiting", "sent"];

/// Which mails are asked for, as an address says it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asked<'a> {
    /// A piece of the recipient or the subject.
    pub text: Option<&'a str>,
    /// A state; all where none is given.
    pub state: Option<&'a str>,
    /// Where the page begins.
    pub below: Option<&'a str>,
}

/// A page of mails.
pub async fn page(app: &People, caller: &Caller, asked: Asked<'_>) -> Result<Page, Problem> {
    caller.must(MAIL_MANAGE)?;
    let state = asked.state.filter(|state| !state.is_empty() && *state != "all");
    if state.is_some_and(|state| !STATES.contains(&state)) {
        return Err(Problem::field("status", "Use `failed`, `waiting` or `sent`."));
    }
    let text = asked.text.map(str::trim).filter(|text| !text.is_empty());
    if text.is_some_and(|text| text.chars().count() > TEXT_CHARS_MAX || text.chars().any(char::is_control)) {
        return Err(Problem::field("q", format!("Use at most {TEXT_CHARS_MAX} characters, no control characters.")));
    }
    let wrong = |_| Problem::field("cursor", "This cursor is not valid. Start again without one.");
    let below = asked.below.filter(|text| !text.is_empty()).map(str::parse::<i64>).transpose().map_err(wrong)?;
    let mut reader = app.db.read().await?;
    Ok(mail::list(reader.conn(), mail::Filter { state, text, below }, LIMIT).await?)
}

/// How many mails are in each state.
pub async fn counts(app: &People, caller: &Caller) -> Result<Counts, Problem> {
    caller.must(MAIL_MANAGE)?;
    Ok(mail::counts(app.db.read().await?.conn()).await?)
}

/// Sends several mails again, and gives how many of them had been given up.
pub async fn retry_all(app: &People, caller: &Caller, ids: &[&str]) -> Result<u32, Problem> {
    let mut retried = 0;
    for id in ids {
        match retry(app, caller, id).await {
            Ok(()) => retried += 1,
            // Somebody was faster.
            Err(problem) if problem.status() == StatusCode::NOT_FOUND => {}
            Err(problem) => return Err(problem),
        }
    }
    Ok(retried)
}

/// Sends a mail again that was given up.
pub async fn retry(app: &People, caller: &Caller, id: &str) -> Result<(), Problem> {
    caller.must(MAIL_MANAGE)?;
    let not_found = || Problem::not_found("This mail");
    let number: i64 = id.parse().map_err(|_| not_found())?;
    let origin = caller.origin(None);
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    if !records::retry(tx.conn(), number, now).await? {
        return Err(not_found());
    }
    let entry = Entry::new("mail_retried", "mail", id);
    audit::insert(tx.conn(), &[Record { at: now, entry, origin: &origin }]).await?;
    Ok(tx.commit().await?)
}
