//! Whether the database takes what is written: a full disk, or a database that only reads, answers questions all the same.

use base_core::time::{Moment, SECOND_US};
use base_db::{Db, StoreError};
use base_records::setting;
use tokio::sync::Mutex;

/// How long a write speaks for the next one, in microseconds: balancers ask often.
const SPEAKS_US: i64 = SECOND_US;

/// When the database last took a write. One who asks tries it, and the others wait for what comes of it.
#[derive(Default)]
pub(crate) struct Writable(Mutex<Option<Moment>>);

impl Writable {
    /// Writes something small, unless that worked a moment ago.
    pub(crate) async fn check(&self, db: &Db, now: Moment) -> Result<(), StoreError> {
        let mut last = self.0.lock().await;
        if last.is_some_and(|at| (0..SPEAKS_US).contains(&now.since_us(at))) {
            return Ok(());
        }
        *last = None;
        let mut tx = db.write().await?;
        setting::try_write(tx.conn(), now).await?;
        tx.commit().await?;
        *last = Some(now);
        Ok(())
    }
}
