//! What was imported is made searchable before the command ends. Broken off, the house goes on with it by itself.

use tallyhouse_store::{Db, search};

use crate::progress::Progress;

/// Codes that are taken over into the index of search in one transaction.
const TAKEN_OVER_AT_ONCE: u32 = 500;

/// Takes over all codes that wait, with progress shown.
pub async fn take_over(db: &Db) -> anyhow::Result<()> {
    let waiting = u64::try_from(search::waiting(db).await?).unwrap_or_default();
    if waiting == 0 {
        return Ok(());
    }
    let mut progress = Progress::new("making codes searchable", waiting);
    let mut done = 0;
    loop {
        let taken = search::take_over(db, TAKEN_OVER_AT_ONCE).await?;
        if taken == 0 {
            break;
        }
        done += u64::try_from(taken).unwrap_or_default();
        progress.set(done.min(waiting));
    }
    progress.finish();
    Ok(())
}
