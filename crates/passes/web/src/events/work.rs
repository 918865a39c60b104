//! What pages and calls about events share: which events somebody sees, and whom a change is told of.

use base_core::audit::Origin;
use base_web::error::Problem;
use base_web::session::Caller;
use passes_rules::event::EventId;
use passes_rules::permission::{EVENT_READ, EVENT_READ_ALL};
use passes_store::event::{self, By, EventLine, Seen};
use passes_store::pass;

use crate::state::Passes;

/// Which events the caller sees.
pub fn seen(caller: &Caller) -> Seen {
    if caller.person.may(EVENT_READ_ALL) { Seen::All } else { Seen::Of(caller.person.id) }
}

/// The event whose number is in an address, if the caller sees it.
pub async fn find(app: &Passes, caller: &Caller, id: &str) -> Result<EventLine, Problem> {
    caller.must(EVENT_READ)?;
    let not_found = || Problem::not_found("This event");
    let id: EventId = id.parse().map_err(|_| not_found())?;
    let mut reader = app.db.read().await?;
    event::find(reader.conn(), id, seen(caller)).await?.ok_or_else(not_found)
}

/// The event that addresses without one are about.
pub async fn newest(app: &Passes, caller: &Caller) -> Result<EventId, Problem> {
    caller.must(EVENT_READ)?;
    let account = match seen(caller) {
        Seen::All => None,
        Seen::Of(account) => Some(account),
    };
    let mut reader = app.db.read().await?;
    pass::newest_event(reader.conn(), account).await?.ok_or_else(|| Problem::not_found("An event of yours"))
}

/// Who changes something now.
pub fn by<'o>(app: &Passes, origin: &'o Origin) -> By<'o> {
    By { at: app.clock.now(), origin }
}
