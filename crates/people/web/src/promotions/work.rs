//! What the pages and the API of requests share.

use base_records::mail::EnqueueError;
use base_web::error::Problem;
use base_web::session::Caller;
use people_rules::account::Refusal;
use people_rules::permission::{PROMOTION_ASK, PROMOTION_DECIDE};
use people_rules::promotion::Decision;
use people_store::promotion::Request;
use people_store::{By, Failed, account, promotion};

use crate::mails;
use crate::mails::To;
use crate::state::People;

/// Every request that waits, and those that were decided last.
pub async fn all(app: &People, caller: &Caller) -> Result<Vec<Request>, Problem> {
    caller.must(PROMOTION_DECIDE)?;
    let mut reader = app.db.read().await?;
    Ok(promotion::list(reader.conn()).await?)
}

/// One's own requests, the newest first.
pub async fn own(app: &People, caller: &Caller) -> Result<Vec<Request>, Problem> {
    caller.must(PROMOTION_ASK)?;
    let mut reader = app.db.read().await?;
    Ok(promotion::of(reader.conn(), caller.person.id).await?)
}

/// Asks for a higher role.
pub async fn ask(app: &People, caller: &Caller, reason: &str) -> Result<i64, Failed> {
    let origin = caller.origin(None);
    let by = By { at: app.clock.now(), origin: &origin };
    let mut tx = app.db.write().await?;
    let id = promotion::ask(tx.conn(), caller.person.id, reason, by).await?;
    tx.commit().await?;
    app.notices_changed();
    Ok(id)
}

/// Decides a request, and tells the person by notice and by mail where there is mail.
pub async fn decide(
    app: &People,
    caller: &Caller,
    id: i64,
    decision: Decision,
    notes: &str,
) -> Result<Request, Failed> {
    let origin = caller.origin(None);
    let by = By { at: app.clock.now(), origin: &origin };
    let mut tx = app.db.write().await?;
    let request = promotion::decide(tx.conn(), id, decision, notes, by).await?;
    let person = account::find(tx.conn(), request.account_id).await?.ok_or(Failed::NotFound)?;
    if let (Some(email), true) = (&person.email, app.settings.outbox.is_open()) {
        let to = To { email, called: &person.called, locale: &person.locale };
        let link = app.link("/promotion");
        let mail = mails::promotion(to, decision == Decision::Approve, notes.trim(), &link);
        match app.settings.outbox.enqueue(tx.conn(), &[mail], by.at).await {
            // The notice tells it all the same.
            Ok(()) | Err(EnqueueError::NotConfigured | EnqueueError::Full | EnqueueError::TooLarge) => {}
            Err(EnqueueError::Store(error)) => return Err(error.into()),
        }
    }
    tx.commit().await?;
    app.rights_changed();
    app.notices_changed();
    Ok(request)
}

/// The number in an address.
pub fn number(text: &str) -> Result<i64, Failed> {
    text.parse().map_err(|_| Failed::NotFound)
}

/// Reads a decision.
pub fn decision(text: &str) -> Result<Decision, Failed> {
    Decision::parse(text).ok_or(Failed::Refused(Refusal::NoReason))
}
