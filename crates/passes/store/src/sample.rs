//! Many passes at once, for measurements.

use base_core::time::Moment;
use base_db::{Db, StoreError};
use passes_rules::event::EventId;

/// Passes that are written in one transaction.
const AT_ONCE: i64 = 20_000;

/// The id of a sample pass.
pub fn id(number: i64) -> String {
    format!("00000000-0000-4000-8000-{number:012}")
}

/// Writes so many passes of an event, each with its own guest, numbered from 0.
pub async fn fill(db: &Db, event: EventId, count: i64, at: Moment) -> Result<(), StoreError> {
    const FILL: &str = "with recursive n (i) as (select cast($2 as bigint) union all select i + 1 from n where i + 1 < $3)
        insert into passes (pass_id, event_id, name1, phone1, folded, kind, amount, mode, timing, created_at)
        select '00000000-0000-4000-8000-' || substr(cast(1000000000000 + i as text), 2), $1, 'Guest ' || cast(i as text),
            substr(cast(10000000000 + i as text), 2), 'guest ' || cast(i as text), 'SINGLE', 549, 'CASH', '7 PM', $4
        from n";
    for from in (0..count).step_by(usize::try_from(AT_ONCE).unwrap_or(1)) {
        let mut tx = db.write().await?;
        execute!(tx.conn(), FILL, event, from, (from + AT_ONCE).min(count), at.0);
        tx.commit().await?;
    }
    let mut tx = db.write().await?;
    execute!(tx.conn(), "update events set sold = sold + $2 where id = $1", event, count);
    tx.commit().await
}
