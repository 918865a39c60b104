//! What can be checked of passes: whether figures say what passes say, and whether everybody who was to be erased is.

use std::sync::Arc;

use async_trait::async_trait;
use base_db::{Db, StoreError};
use base_seams::{Check, Finding};
use passes_store::{erase, pass, sales};

use crate::checks::CURE;

/// Every check of the office.
pub fn all() -> Vec<Arc<dyn Check>> {
    vec![Arc::new(Figures), Arc::new(Entries), Arc::new(Erased)]
}

/// Whether what was sold, and the places, are what a recount says.
struct Figures;

#[async_trait]
impl Check for Figures {
    async fn look(&self, db: &Db) -> Result<Vec<Finding>, StoreError> {
        let mut snapshot = db.snapshot().await?;
        let wrong = sales::wrong(snapshot.conn()).await?;
        let mut found = Finding::of_each(&wrong, "the figures of all sales equal a recount", "sales:", CURE);
        let wrong = sales::wrong_places(snapshot.conn()).await?;
        found.extend(Finding::of_each(
            &wrong,
            "every event has as many places sold as its passes take",
            "the passes do not give the number of places sold of event",
            CURE,
        ));
        Ok(found)
    }
}

/// Whether passes let in more people than they were sold for, and belong to an event.
struct Entries;

#[async_trait]
impl Check for Entries {
    async fn look(&self, db: &Db) -> Result<Vec<Finding>, StoreError> {
        let wrong = pass::wrong(db.snapshot().await?.conn()).await?;
        Ok(Finding::of_each(
            &wrong,
            "every pass belongs to an event and let in as many people as it was sold for",
            "more people came in than were sold, or there is no such event: pass",
            CURE,
        ))
    }
}

/// Whether the guests of erased events are gone.
struct Erased;

#[async_trait]
impl Check for Erased {
    async fn look(&self, db: &Db) -> Result<Vec<Finding>, StoreError> {
        let left = erase::left(db.snapshot().await?.conn()).await?;
        let well = "every guest who was to be erased is";
        if left == 0 {
            return Ok(vec![Finding::well(well)]);
        }
        // The job erases them a few at a time; nothing is wrong yet.
        Ok(vec![Finding::well(format!("{left} guests are yet to be erased"))])
    }
}
