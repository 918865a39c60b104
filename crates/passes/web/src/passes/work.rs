//! What pages about passes share: finding one, selling one, and its code.

use base_core::entropy;
use base_web::error::Problem;
use base_web::session::Caller;
use passes_rules::pass::Details;
use passes_rules::payload::Signed;
use passes_rules::permission::{PASS_CREATE, PASS_READ};
use passes_store::event::{self, EventLine};
use passes_store::pass::{self, PassLine};
use passes_store::sale::{self, NewPass, Sold};
use uuid::Builder;

use crate::events::work::{by, seen};
use crate::state::Passes;

/// The pass whose id is in an address, with its event, if the caller sees it.
pub async fn find(app: &Passes, caller: &Caller, id: &str) -> Result<(PassLine, EventLine), Problem> {
    caller.must(PASS_READ)?;
    let not_found = || Problem::not_found("This pass");
    let mut reader = app.db.read().await?;
    let line = pass::find(reader.conn(), id).await?.ok_or_else(not_found)?;
    let event = event::find(reader.conn(), line.event, seen(caller)).await?.ok_or_else(not_found)?;
    Ok((line, event))
}

/// Sells a pass at the price of its event; gives its id.
pub async fn sell(
    app: &Passes,
    caller: &Caller,
    event: &EventLine,
    details: &Details,
) -> Result<(Sold, String), Problem> {
    caller.must(PASS_CREATE)?;
    // As E-Pass made them: nothing about an id tells when it was made, or which was made before.
    let id = Builder::from_random_bytes(entropy::bytes(&*app.entropy)).into_uuid().to_string();
    let amount = event.details.prices.of(details.kind);
    let new = NewPass { id: &id, event: event.id, details, amount };
    let sold = sale::sell(&app.db, new, by(app, &caller.origin(None))).await?;
    if sold == Sold::Done {
        app.sold.send_modify(|n| *n += 1);
    }
    Ok((sold, id))
}

/// What stands in the code of a pass: that of E-Pass, which every scanner of an event reads, until it was replaced. One of
/// E-Pass cannot be: it is the same for ever.
pub fn code(app: &Passes, event: &EventLine, line: &PassLine) -> Option<String> {
    let by_event = event.details.compact_codes;
    if let (None, false, Some(secret)) = (line.codes_since, by_event, app.keys.epass.first()) {
        return Some(secret.code(&line.id));
    }
    let signed = Signed { event: line.event, kind: line.kind, made_at: line.code_made_at(), until: None };
    app.keys.compact.first()?.code(&line.id, &signed)
}

/// What stands in the address of the guest's page.
fn mark(app: &Passes, line: &PassLine) -> String {
    app.keys.epass.first().map(|secret| secret.mark(&line.id, line.code_made_at())).unwrap_or_default()
}

/// True for what stands in the address of the guest's page, whichever of the site's secrets made it.
pub fn mark_is_right(app: &Passes, line: &PassLine, mark: &str) -> bool {
    let since = line.code_made_at();
    app.keys.epass.iter().any(|secret| base_secret::equal(&secret.mark(&line.id, since), mark))
}

/// The full address of the guest's page.
pub fn guest_link(app: &Passes, line: &PassLine) -> String {
    format!("{}/p/{}/{}", app.settings.base_url.trim_end_matches('/'), line.id, mark(app, line))
}
