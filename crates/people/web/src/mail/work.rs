//! What the page and the API of mails share.

use base_core::audit::Entry;
use base_records::audit::Record;
use base_records::{audit, mail as records};
use base_web::error::Problem;
use base_web::session::Caller;
use people_rules::permission::MAIL_MANAGE;
use people_store::mail;
use people_store::mail::Page;

use crate::state::People;

/// Mails on a page.
const LIMIT: u32 = 50;
/// The states of a mail.
pub const STATES: [&str; 3] = ["failed", "waiting", "sent"];

/// A page of the mails in a state; of all where none is given.
pub async fn page(app: &People, caller: &Caller, state: Option<&str>, below: Option<&str>) -> Result<Page, Problem> {
    caller.must(MAIL_MANAGE)?;
    let state = state.filter(|state| !state.is_empty() && *state != "all");
    if state.is_some_and(|state| !STATES.contains(&state)) {
        return Err(Problem::field("status", "Use `failed`, `waiting` or `sent`."));
    }
    let wrong = |_| Problem::field("cursor", "This cursor is not valid. Start again without one.");
    let below = below.filter(|text| !text.is_empty()).map(str::parse::<i64>).transpose().map_err(wrong)?;
    let mut reader = app.db.read().await?;
    Ok(mail::list(reader.conn(), state, below, LIMIT).await?)
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
