//! What can be checked of passes: what gates counted is what the passes say.

use async_trait::async_trait;
use base_db::{Db, StoreError};
use base_seams::{Check, Finding};
use passes_store::counts;

/// What to do when figures are not what rows say: the program writes both together, so something else changed them.
pub(crate) const CURE: &str = "restore the newest backup whose check is well, and find out what changed the database";

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
        let well = "the people whom gates counted are those of the passes";
        Ok(Finding::of_each(&told, well, "gates counted wrong at", CURE))
    }
}
