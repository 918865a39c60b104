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
use crate::figures;
use crate::pass::{PassLine, folded};
use crate::sales::{self, Added, Of};

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
        where id = $1 and state in ('on_sale', 'open') and erased_at is null
            and (capacity is null or sold + $2 <= capacity)";
    Ok(execute!(tx.conn(), TAKE, event, people) == 1)
}

/// Sells a pass.
pub async fn sell(db: &Db, new: NewPass<'_>, by: By<'_>) -> Result<Sold, StoreError> {
    let mut tx = db.write().await?;
    let sold = sell_in(&mut tx, &new, None, by).await?;
    if sold == Sold::Done {
        tx.commit().await?;
        figures::sold(1, new.amount);
    } else {
        tx.rollback().await?;
    }
    Ok(sold)
}

/// Sells a pass in a transaction with others; `import` is what made it. What is refused changes nothing.
pub async fn sell_in(tx: &mut Tx, new: &NewPass<'_>, import: Option<&str>, by: By<'_>) -> Result<Sold, StoreError> {
    let people = new.details.kind.people();
    if !take_places(tx, new.event, people).await? {
        return Ok(Sold::NoPlace);
    }
    if !insert(tx, new, import, by).await? {
        free_places(tx, new.event, people).await?;
        return Ok(Sold::Duplicate);
    }
    let of = Of { event: new.event, kind: new.details.kind, mode: new.details.mode };
    sales::add(tx, of, Added { passes: 1, amount: new.amount, ..Added::default() }).await?;
    let entry = Entry::new("pass_created", "pass", new.id).with_after(&json!({
        "event": new.event, "kind": new.details.kind.name(), "amount": new.amount, "mode": new.details.mode.name(),
    }));
    by.note(tx, entry).await?;
    Ok(Sold::Done)
}

/// Removes a pass that nobody used, as if it had never been sold: whoever should have come in with it did not. False where
/// somebody used, cancelled or changed it since.
pub async fn take_back_in(tx: &mut Tx, line: &PassLine, by: By<'_>) -> Result<bool, StoreError> {
    const REMOVE: &str = "delete from passes where pass_id = $1 and admitted = 0 and entered_at is null
        and cancelled_at is null and codes_since is null and mode = $2 and amount = $3";
    if execute!(tx.conn(), REMOVE, &line.id, line.mode.name(), line.amount) == 0 {
        return Ok(false);
    }
    free_places(tx, line.event, line.kind.people()).await?;
    sales::add(tx, figures_of(line), Added { passes: -1, amount: -line.amount, ..Added::default() }).await?;
    let entry = Entry::new("pass_taken_back", "pass", line.id.as_str()).with_after(&json!({ "event": line.event }));
    by.note(tx, entry).await?;
    Ok(true)
}

/// The same, by itself.
pub async fn take_back(db: &Db, line: &PassLine, by: By<'_>) -> Result<bool, StoreError> {
    let mut tx = db.write().await?;
    let is_done = take_back_in(&mut tx, line, by).await?;
    tx.commit().await?;
    if is_done {
        figures::given_back(line.amount);
    }
    Ok(is_done)
}

async fn free_places(tx: &mut Tx, event: EventId, people: i64) -> Result<(), StoreError> {
    execute!(tx.conn(), "update events set sold = sold - $2 where id = $1", event, people);
    Ok(())
}

async fn insert(tx: &mut Tx, new: &NewPass<'_>, import: Option<&str>, by: By<'_>) -> Result<bool, StoreError> {
    const INSERT: &str =
        "insert into passes (pass_id, event_id, name1, phone1, name2, phone2, folded, kind, amount, mode,
            txn_info, timing, created_at, created_by, import_id)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) on conflict do nothing";
    let details = new.details;
    let written = on!(tx.conn(), c => sqlx::query(INSERT)
        .bind(new.id).bind(new.event).bind(&details.name1).bind(&details.phone1).bind(&details.name2)
        .bind(&details.phone2).bind(folded(details)).bind(details.kind.name()).bind(new.amount)
        .bind(details.mode.name()).bind(&details.txn_info).bind(&details.timing).bind(by.at.0).bind(by.origin.actor)
        .bind(import).execute(&mut **c).await?.rows_affected());
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
            mode = $8, txn_info = $9, codes_since = coalesce($10, codes_since),
            email = case when $10 is null then email else null end
        where pass_id = $1 and cancelled_at is null and erased_at is null and mode = $11 and not exists (
            select 1 from passes o where o.event_id = passes.event_id and o.name1 = $2 and o.phone1 = $3
            and o.cancelled_at is null and o.erased_at is null and o.pass_id <> $1)";
    let since = is_transfer.then(|| next_minute(by.at).0);
    let mut tx = db.write().await?;
    let changed = on!(tx.conn(), c => sqlx::query(CORRECT)
        .bind(&before.id).bind(&details.name1).bind(&details.phone1).bind(&details.name2).bind(&details.phone2)
        .bind(folded(details)).bind(&details.timing).bind(details.mode.name()).bind(&details.txn_info).bind(since)
        .bind(before.mode.name()).execute(&mut **c).await.map(|done| done.rows_affected()));
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
    if before.mode != details.mode {
        // Nothing was given back for a pass that is not cancelled.
        let moves = Added { passes: 1, amount: before.amount, ..Added::default() };
        let away = Added { passes: -1, amount: -before.amount, ..Added::default() };
        let (from, to) = (figures_of(before), Of { mode: details.mode, ..figures_of(before) });
        // The event first, as with every sale: whoever changes figures of it waits here.
        free_places(&mut tx, before.event, 0).await?;
        sales::add(&mut tx, from, away).await?;
        sales::add(&mut tx, to, moves).await?;
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
        where pass_id = $1 and cancelled_at is null and amount >= $5 and mode = $6";
    let mut tx = db.write().await?;
    let changed = execute!(tx.conn(), CANCEL, &before.id, by.at.0, by.origin.actor, reason, refund, before.mode.name());
    if changed == 0 {
        tx.rollback().await?;
        return Ok(Sold::Gone);
    }
    let free = not_let_in(tx.conn(), before).await?;
    free_places(&mut tx, before.event, free).await?;
    let added = Added { cancelled: 1, refunded: refund, ..Added::default() };
    sales::add(&mut tx, figures_of(before), added).await?;
    let entry = Entry::new("pass_cancelled", "pass", before.id.as_str())
        .with_after(&json!({ "reason": reason, "refunded": refund, "event": before.event }));
    by.note(&mut tx, entry).await?;
    tx.commit().await?;
    figures::given_back(refund);
    Ok(Sold::Done)
}

/// Brings a cancelled pass back, while there is a place and its guest has no other.
pub async fn bring_back(db: &Db, before: &PassLine, by: By<'_>) -> Result<Sold, StoreError> {
    const BRING: &str = "update passes set cancelled_at = null, cancelled_by = null, cancel_reason = null, refunded = 0
        where pass_id = $1 and cancelled_at is not null and erased_at is null and refunded = $2 and mode = $3
        and not exists (
            select 1 from passes o where o.event_id = passes.event_id and o.name1 = passes.name1
            and o.phone1 = passes.phone1 and o.cancelled_at is null and o.erased_at is null)";
    let mut tx = db.write().await?;
    let changed = execute!(tx.conn(), BRING, &before.id, before.refunded, before.mode.name());
    if changed == 0 {
        tx.rollback().await?;
        return Ok(Sold::Duplicate);
    }
    let wanted = not_let_in(tx.conn(), before).await?;
    if !take_places(&mut tx, before.event, wanted).await? {
        tx.rollback().await?;
        return Ok(Sold::NoPlace);
    }
    let added = Added { cancelled: -1, refunded: -before.refunded, ..Added::default() };
    sales::add(&mut tx, figures_of(before), added).await?;
    by.note(&mut tx, Entry::new("pass_brought_back", "pass", before.id.as_str())).await?;
    tx.commit().await?;
    Ok(Sold::Done)
}

/// Which figures a pass belongs to.
fn figures_of(line: &PassLine) -> Of {
    Of { event: line.event, kind: line.kind, mode: line.mode }
}
