//! Sales: a pass takes its places, and gives them back when it is cancelled.
//!
//! Invariant: the places of an event are taken before its pass is written, in one transaction, so that two sales at once
//! never sell one place twice; whatever is refused leaves nothing behind.

use base_core::audit::Entry;
use base_core::time::{MINUTE_US, Moment};
use base_db::{Conn, Db, StoreError, Tx};
use passes_rules::event::EventId;
use passes_rules::pass::Details;
use serde_json::json;

use crate::event::By;
use crate::pass::{PassLine, folded};

/// A pass to be sold.
#[derive(Clone, Copy, Debug)]
pub struct NewPass<'p> {
    /// Its id.
    pub id: &'p str,
    /// Its event.
    pub event: EventId,
    /// Whom it is for.
    pub details: &'p Details,
    /// What it costs.
    pub amount: i64,
}

/// What became of a sale or a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sold {
    /// It is done.
    Done,
    /// This guest has a pass of this event already.
    Duplicate,
    /// There are not as many places left, or the event does not sell.
    NoPlace,
    /// It is no longer as it was when it was looked at.
    Gone,
}

async fn take_places(tx: &mut Tx, event: EventId, people: i64) -> Result<bool, StoreError> {
    const TAKE: &str = "update events set sold = sold + $2
        where id = $1 and state in ('on_sale', 'open') and (capacity is null or sold + $2 <= capacity)";
    Ok(execute!(tx.conn(), TAKE, event, people) == 1)
}

/// Sells a pass.
pub async fn sell(db: &Db, new: NewPass<'_>, by: By<'_>) -> Result<Sold, StoreError> {
    let mut tx = db.write().await?;
    if !take_places(&mut tx, new.event, new.details.kind.people()).await? {
        tx.rollback().await?;
        return Ok(Sold::NoPlace);
    }
    if !insert(&mut tx, &new, by).await? {
        tx.rollback().await?;
        return Ok(Sold::Duplicate);
    }
    let entry = Entry::new("pass_created", "pass", new.id).with_after(&json!({
        "event": new.event, "kind": new.details.kind.name(), "amount": new.amount, "mode": new.details.mode.name(),
    }));
    by.note(&mut tx, entry).await?;
    tx.commit().await?;
    Ok(Sold::Done)
}

async fn insert(tx: &mut Tx, new: &NewPass<'_>, by: By<'_>) -> Result<bool, StoreError> {
    const INSERT: &str =
        "insert into passes (pass_id, event_id, name1, phone1, name2, phone2, folded, kind, amount, mode,
            txn_info, timing, created_at, created_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) on conflict do nothing";
    let details = new.details;
    let written = on!(tx.conn(), c => sqlx::query(INSERT)
        .bind(new.id).bind(new.event).bind(&details.name1).bind(&details.phone1).bind(&details.name2)
        .bind(&details.phone2).bind(folded(details)).bind(details.kind.name()).bind(new.amount)
        .bind(details.mode.name()).bind(&details.txn_info).bind(&details.timing).bind(by.at.0).bind(by.origin.actor)
        .execute(&mut **c).await?.rows_affected());
    Ok(written == 1)
}

/// Corrects who a pass is for, or gives it to somebody else: then codes that were made before are no longer taken. Kind,
/// amount and event stay.
pub async fn correct(
    db: &Db,
    before: &PassLine,
    details: &Details,
    is_transfer: bool,
    by: By<'_>,
) -> Result<Sold, StoreError> {
    // Written only where nobody else has the name: the index would end the transaction instead.
    const CORRECT: &str =
        "update passes set name1 = $2, phone1 = $3, name2 = $4, phone2 = $5, folded = $6, timing = $7,
            mode = $8, txn_info = $9, codes_since = coalesce($10, codes_since)
        where pass_id = $1 and cancelled_at is null and not exists (
            select 1 from passes o where o.event_id = passes.event_id and o.name1 = $2 and o.phone1 = $3
            and o.cancelled_at is null and o.pass_id <> $1)";
    let since = is_transfer.then(|| next_minute(by.at).0);
    let mut tx = db.write().await?;
    let changed = on!(tx.conn(), c => sqlx::query(CORRECT)
        .bind(&before.id).bind(&details.name1).bind(&details.phone1).bind(&details.name2).bind(&details.phone2)
        .bind(folded(details)).bind(&details.timing).bind(details.mode.name()).bind(&details.txn_info).bind(since)
        .execute(&mut **c).await.map(|done| done.rows_affected()));
    let changed = match changed.map_err(StoreError::from) {
        Ok(changed) => changed,
        // Somebody else took the name between the look and the write.
        Err(error) if error.is_conflict() => 0,
        Err(error) => return Err(error),
    };
    if changed == 0 {
        tx.rollback().await?;
        return Ok(Sold::Duplicate);
    }
    let action = if is_transfer { "pass_transferred" } else { "pass_corrected" };
    // Which fields, and not what is in them: the trail outlives the names of guests.
    let mut fields = Vec::new();
    let mut note = |field: &str, is_changed: bool| fields.extend(is_changed.then(|| field.to_owned()));
    note("name1", before.name1 != details.name1);
    note("phone1", before.phone1 != details.phone1);
    note("name2", before.name2 != details.name2);
    note("phone2", before.phone2 != details.phone2);
    note("timing", before.timing != details.timing);
    note("payment", before.mode != details.mode || before.txn_info != details.txn_info);
    by.note(&mut tx, Entry::new(action, "pass", before.id.as_str()).with_after(&json!({ "changed": fields }))).await?;
    tx.commit().await?;
    Ok(Sold::Done)
}

/// The beginning of the next minute: codes say the minute in which they were made, so one of this minute is of before.
fn next_minute(at: Moment) -> Moment {
    Moment((at.0.div_euclid(MINUTE_US) + 1) * MINUTE_US)
}

/// How many people of a pass were not let in: their places are free again once it is cancelled. Those who were let in took
/// theirs.
async fn not_let_in(mut conn: Conn<'_>, pass: &PassLine) -> Result<i64, StoreError> {
    const ADMITTED: &str = "select admitted from passes where pass_id = $1";
    let admitted: i64 = on!(conn, c => sqlx::query_scalar(ADMITTED).bind(&pass.id).fetch_one(&mut **c).await?);
    Ok(pass.kind.people() - admitted)
}

/// Cancels a pass, gives back `refund` rupees, and frees the places that nobody took.
pub async fn cancel(db: &Db, before: &PassLine, refund: i64, reason: &str, by: By<'_>) -> Result<Sold, StoreError> {
    const CANCEL: &str = "update passes set cancelled_at = $2, cancelled_by = $3, cancel_reason = $4, refunded = $5
        where pass_id = $1 and cancelled_at is null and amount >= $5";
    const FREE: &str = "update events set sold = sold - $2 where id = $1";
    let mut tx = db.write().await?;
    let changed = execute!(tx.conn(), CANCEL, &before.id, by.at.0, by.origin.actor, reason, refund);
    if changed == 0 {
        tx.rollback().await?;
        return Ok(Sold::Gone);
    }
    let free = not_let_in(tx.conn(), before).await?;
    execute!(tx.conn(), FREE, before.event, free);
    let entry = Entry::new("pass_cancelled", "pass", before.id.as_str())
        .with_after(&json!({ "reason": reason, "refunded": refund, "event": before.event }));
    by.note(&mut tx, entry).await?;
    tx.commit().await?;
    Ok(Sold::Done)
}

/// Brings a cancelled pass back, while there is a place and its guest has no other.
pub async fn bring_back(db: &Db, before: &PassLine, by: By<'_>) -> Result<Sold, StoreError> {
    const BRING: &str = "update passes set cancelled_at = null, cancelled_by = null, cancel_reason = null, refunded = 0
        where pass_id = $1 and cancelled_at is not null and not exists (
            select 1 from passes o where o.event_id = passes.event_id and o.name1 = passes.name1
            and o.phone1 = passes.phone1 and o.cancelled_at is null)";
    let mut tx = db.write().await?;
    let changed = execute!(tx.conn(), BRING, &before.id);
    if changed == 0 {
        tx.rollback().await?;
        return Ok(Sold::Duplicate);
    }
    let wanted = not_let_in(tx.conn(), before).await?;
    if !take_places(&mut tx, before.event, wanted).await? {
        tx.rollback().await?;
        return Ok(Sold::NoPlace);
    }
    by.note(&mut tx, Entry::new("pass_brought_back", "pass", before.id.as_str())).await?;
    tx.commit().await?;
    Ok(Sold::Done)
}
