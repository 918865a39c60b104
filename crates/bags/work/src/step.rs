//! Larger work on bags that goes through the desk step by step, and how a step writes.

use bags_rules::counter::Deltas;
use bags_rules::floor::Floor;
use bags_store::floor;
use bags_store::floor::Gathered;
use base_core::time::Moment;
use base_db::{Conn, StoreError};
use base_records::audit;
use base_records::audit::{KnownOrigins, Record};

use crate::import::ImportStep;
use crate::take_back::TakeBackStep;

/// A step of larger work.
#[derive(Clone, Debug)]
pub enum Step {
    /// Rows of an import become true.
    Import(Box<ImportStep>),
    /// Some of what an import made goes again.
    TakeBack(TakeBackStep),
}

/// What a step has decided, to be written. No scan is among it.
pub struct StepRows<'s> {
    pub floor: &'s Floor,
    pub audit: &'s [Record<'s>],
    pub at: Moment,
    /// The import that new rows came with.
    pub import_id: Option<&'s str>,
    pub shard: i64,
}

impl StepRows<'_> {
    /// Writes the rows with their counters and their trail.
    pub async fn write(self, mut conn: Conn<'_>) -> Result<(), StoreError> {
        let Self { floor, audit, at, import_id, shard } = self;
        audit::offer_origins(conn.reborrow(), audit, &KnownOrigins::default()).await?;
        let deltas = Deltas::of_floor(floor);
        let gathered = Gathered { scans: &[], audit, places: &[], people: None, deltas: &deltas, shard };
        floor::write(conn, floor, at, import_id, gathered).await
    }
}
