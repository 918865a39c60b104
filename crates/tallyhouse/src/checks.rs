//! What can be checked of a database over all wings: `tallyhouse doctor` and a trial of a backup ask the same.

use std::sync::Arc;

use async_trait::async_trait;
use base_db::{Db, StoreError};
use base_records::audit;
use base_seams::{Check, Finding};

use crate::config::Config;
use crate::wings;

/// Most audit entries without an origin that are counted.
const ORIGINS_MAX: u32 = 1_000;

/// The checks of every wing, and of the trail that all share.
pub fn of(config: &Config) -> Vec<Arc<dyn Check>> {
    let wings = wings::declared(&Arc::new(config.bags.rules()));
    let trail: Arc<dyn Check> = Arc::new(Trail);
    wings.into_iter().flat_map(|wing| wing.checks).chain([trail]).collect()
}

/// Whether the audit trail is whole.
struct Trail;

#[async_trait]
impl Check for Trail {
    async fn look(&self, db: &Db) -> Result<Vec<Finding>, StoreError> {
        let mut reader = db.read().await?;
        let wrong = audit::wrong_origins(reader.conn(), ORIGINS_MAX).await?;
        let wrong: Vec<String> = wrong.iter().map(i64::to_string).collect();
        let well = "every audit entry says where it came from";
        Ok(Finding::of_each(&wrong, well, "the origin is missing of audit entry"))
    }
}
