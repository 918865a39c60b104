//! The figures of events, as they were computed a moment ago.
//!
//! Invariant: those of an event are computed at most twice a second, however many pages are open.

use std::collections::BTreeMap;
use std::sync::Arc;

use base_core::time::{Moment, SECOND_US};
use base_web::App;
use base_web::error::Problem;
use passes_rules::event::EventId;
use passes_rules::figures::Sums;
use passes_store::pass;
use tokio::sync::Mutex;

/// Figures of an event, and when they were computed.
type Computed = BTreeMap<EventId, (Moment, Sums)>;

/// Figures that were computed a moment ago.
#[derive(Clone, Default)]
pub struct Recent(Arc<Mutex<Computed>>);

impl Recent {
    /// The figures of an event.
    pub async fn of(&self, app: &App, event: EventId) -> Result<Sums, Problem> {
        let mut computed = self.0.lock().await;
        let now = app.clock.now();
        computed.retain(|_, (at, _)| now.since_us(*at) < SECOND_US / 2);
        if let Some((_, sums)) = computed.get(&event) {
            return Ok(*sums);
        }
        let sums = pass::sums(app.db.read().await?.conn(), event).await?;
        computed.insert(event, (now, sums));
        Ok(sums)
    }
}
