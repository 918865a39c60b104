//! What a code is among passes: a pass by its id.

use async_trait::async_trait;
use base_core::account::Person;
use base_db::{Conn, StoreError};
use base_wing::{Found, Resolve};
use passes_rules::payload::epass::id_is_plain;
use passes_rules::permission::{EVENT_READ_ALL, PASS_READ};
use passes_store::event::Seen;
use passes_store::{event, pass};

/// Finds passes.
pub struct Guests;

#[async_trait]
impl Resolve for Guests {
    async fn resolve(&self, mut conn: Conn<'_>, person: &Person, code: &str) -> Result<Option<Found>, StoreError> {
        if !person.may(PASS_READ) || !id_is_plain(code) {
            return Ok(None);
        }
        let Some(line) = pass::find(conn.reborrow(), code).await? else { return Ok(None) };
        let seen = if person.may(EVENT_READ_ALL) { Seen::All } else { Seen::Of(person.id) };
        let is_seen = event::find(conn, line.event, seen).await?.is_some();
        let address = format!("/passes/{}", line.id);
        Ok(is_seen.then_some(Found { kind: "pass", code: line.id, address }))
    }
}
