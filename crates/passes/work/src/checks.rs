//! What can be checked of passes: what gates counted is what the passes say.

use async_trait::async_trait;
use base_db::{Db, StoreError};
use base_seams::{Check, Finding};
use passes_store::counts;

/// The people whom gates counted, against the passes themselves.
pub struct GateCounts;

#[async_trait]
impl Check for GateCounts {
    async fn look(&self, db: &Db) -> Result<Vec<Finding>, StoreError> {
        let differing = counts::differing(db).await?;
        let told: Vec<String> = differing
            .iter()
            .map(|(event, counted, recount)| {
                format!(
                    "event {event}: {} came in and {} are inside, its passes say {} and {}",
                    counted.admitted, counted.inside, recount.admitted, recount.inside
                )
            })
            .collect();
        Ok(Finding::of_each(&told, "the people whom gates counted are those of the passes", "gates counted wrong at"))
    }
}
