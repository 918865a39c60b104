//! What was sold of an event, by kind and payment, counted as it happens: no page adds up all passes.
//!
//! Invariant: the figures change in the transaction of what they count, after its other rows, so that two sales never wait
//! for each other the other way round. `tallyhouse doctor` compares them with a recount.

use base_db::{Conn, StoreError, Tx};
use passes_rules::event::EventId;
use passes_rules::figures::SoldOf;
use passes_rules::pass::{PassKind, PaymentMode};

use crate::read::{read_kind, read_mode};

/// What is added to the figures of a kind and a payment.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Added {
    pub(crate) passes: i64,
    pub(crate) amount: i64,
    pub(crate) cancelled: i64,
    pub(crate) refunded: i64,
}

/// Which figures.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Of {
    pub(crate) event: EventId,
    pub(crate) kind: PassKind,
    pub(crate) mode: PaymentMode,
}

/// Adds to the figures.
pub(crate) async fn add(tx: &mut Tx, of: Of, added: Added) -> Result<(), StoreError> {
    const ADD: &str = "insert into event_sales (event_id, kind, mode, passes, amount, cancelled, refunded)
        values ($1, $2, $3, $4, $5, $6, $7) on conflict (event_id, kind, mode) do update set
            passes = event_sales.passes + excluded.passes, amount = event_sales.amount + excluded.amount,
            cancelled = event_sales.cancelled + excluded.cancelled, refunded = event_sales.refunded + excluded.refunded";
    let Added { passes, amount, cancelled, refunded } = added;
    execute!(tx.conn(), ADD, of.event, of.kind.name(), of.mode.name(), passes, amount, cancelled, refunded);
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Row {
    event_id: i64,
    kind: String,
    mode: String,
    passes: i64,
    amount: i64,
    cancelled: i64,
    refunded: i64,
}

impl Row {
    fn read(&self) -> Result<SoldOf, StoreError> {
        let &Self { passes, amount, cancelled, refunded, .. } = self;
        Ok(SoldOf { kind: read_kind(&self.kind)?, mode: read_mode(&self.mode)?, passes, amount, cancelled, refunded })
    }

    /// As a check tells of it.
    fn told(&self) -> String {
        let Self { event_id, kind, mode, passes, amount, cancelled, refunded } = self;
        format!("event {event_id}, {kind}, {mode}: {passes} passes, ₹{amount}, {cancelled} cancelled, ₹{refunded} back")
    }
}

macro_rules! counted {
    ($rest:literal) => {
        concat!(
            "select event_id, kind, mode, count(*) as passes, cast(sum(amount) as bigint) as amount,
                count(cancelled_at) as cancelled, cast(sum(refunded) as bigint) as refunded from passes ",
            $rest
        )
    };
}

/// What was sold of an event.
pub async fn of_event(mut conn: Conn<'_>, event: EventId) -> Result<Vec<SoldOf>, StoreError> {
    const SALES: &str = "select event_id, kind, mode, passes, amount, cancelled, refunded from event_sales
        where event_id = $1 order by kind desc, mode";
    let rows: Vec<Row> = on!(conn, c => sqlx::query_as(SALES).bind(event).fetch_all(&mut **c).await?);
    rows.iter().map(Row::read).collect()
}

/// Counts an event anew, after its passes were written otherwise.
pub async fn recount(mut conn: Conn<'_>, event: EventId) -> Result<(), StoreError> {
    const FORGET: &str = "delete from event_sales where event_id = $1";
    const COUNT: &str = concat!(
        "insert into event_sales (event_id, kind, mode, passes, amount, cancelled, refunded) ",
        counted!("where event_id = $1 group by 1, 2, 3")
    );
    execute!(conn, FORGET, event);
    execute!(conn, COUNT, event);
    Ok(())
}

/// Figures that are not what a recount says, each as a sentence.
pub async fn wrong(mut conn: Conn<'_>) -> Result<Vec<String>, StoreError> {
    const STORED: &str = "select event_id, kind, mode, passes, amount, cancelled, refunded from event_sales
        where passes <> 0 or amount <> 0 or cancelled <> 0 or refunded <> 0 order by 1, 2, 3";
    const COUNTED: &str = counted!("group by 1, 2, 3 order by 1, 2, 3");
    let stored: Vec<Row> = on!(conn, c => sqlx::query_as(STORED).fetch_all(&mut **c).await?);
    let counted: Vec<Row> = on!(conn, c => sqlx::query_as(COUNTED).fetch_all(&mut **c).await?);
    let (stored, counted): (Vec<String>, Vec<String>) =
        (stored.iter().map(Row::told).collect(), counted.iter().map(Row::told).collect());
    let only = |all: &[String], others: &[String], words: &str| -> Vec<String> {
        all.iter().filter(|one| !others.contains(one)).map(|one| format!("{words} {one}")).collect()
    };
    let mut wrong = only(&stored, &counted, "kept is");
    wrong.extend(only(&counted, &stored, "a recount says"));
    Ok(wrong)
}

/// Events that say another number of sold places than their passes take, by number.
pub async fn wrong_places(mut conn: Conn<'_>) -> Result<Vec<String>, StoreError> {
    // A cancelled pass keeps the places of who was let in.
    const WRONG: &str = "select cast(e.id as text) from events e where e.sold <> (
            select coalesce(sum(case when p.cancelled_at is not null then p.admitted
                when p.kind = 'COUPLE' then 2 else 1 end), 0) from passes p where p.event_id = e.id)
        order by e.id";
    Ok(on!(conn, c => sqlx::query_scalar(WRONG).fetch_all(&mut **c).await?))
}
