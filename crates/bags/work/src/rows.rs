//! How a step of larger work writes what it has decided.

use bags_rules::counter::Deltas;
use bags_rules::loaded::Loaded;
use bags_store::loaded;
use bags_store::loaded::Gathered;
use base_core::time::Moment;
use base_db::{Conn, StoreError};
use base_records::audit;
use base_records::audit::{KnownOrigins, Record};

/// What a step has decided, to be written. No scan is among it.
pub struct StepRows<'s> {
    pub loaded: &'s Loaded,
    pub audit: &'s [Record<'s>],
    pub at: Moment,
    /// The import that new rows came with.
    pub import_id: Option<&'s str>,
    pub shard: i64,
}

impl StepRows<'_> {
    /// Writes the rows with their counters and their trail.
    pub async fn write(self, mut conn: Conn<'_>) -> Result<(), StoreError> {
        let Self { loaded, audit, at, import_id, shard } = self;
        audit::offer_origins(conn.reborrow(), audit, &KnownOrigins::default()).await?;
        let deltas = Deltas::of_loaded(loaded);
        let gathered = Gathered { scans: &[], audit, places: &[], people: None, deltas: &deltas, shard };
        loaded::write(conn, loaded, at, import_id, gathered).await
    }
}
