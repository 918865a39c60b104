//! Erasing the guests of an event that is over. What was sold, what was taken, who got in when, and the proof of the trail
//! stay: none of them names a guest.

use base_core::audit::Entry;
use base_core::time::Moment;
use base_db::{Conn, Db, StoreError};
use passes_rules::event::EventId;
use serde_json::json;

use crate::event::By;

/// Passes that are erased in one transaction: nobody waits long for the writer.
pub const ERASED_AT_ONCE: i64 = 2_000;

/// Begins: the event is marked, and its files of earlier days go. False where it is not closed, or was erased before.
pub async fn begin(db: &Db, event: EventId, by: By<'_>) -> Result<bool, StoreError> {
    const BEGIN: &str = "update events set erased_at = $2 where id = $1 and state = 'closed' and erased_at is null";
    const COUNT: &str = "select count(*) from passes where event_id = $1";
    // Whatever address it went to, and whether it has gone yet or not.
    const MAILS: &str = "delete from mails where id in (select m.mail_id from pass_mails m
        join passes p on p.pass_id = m.pass_id where p.event_id = $1)";
    const LINKS: &str = "delete from pass_mails where pass_id in (select pass_id from passes where event_id = $1)";
    // Those that were written before it was kept which pass a mail is about.
    const OLD_MAILS: &str = "delete from mails where kind = 'pass' and state <> 'waiting'
        and recipient in (select email from passes where event_id = $1 and email is not null)";
    // Rows that were refused, of files whose guests are all erased.
    const ROWS: &str = "delete from import_rows where import_id in (
        select i.id from imports i where i.finished_at is not null
        and exists (select 1 from passes p where p.import_id = i.id and p.event_id = $1)
        and not exists (select 1 from passes p join events e on e.id = p.event_id
            where p.import_id = i.id and e.erased_at is null))";
    let mut tx = db.write().await?;
    if execute!(tx.conn(), BEGIN, event, by.at.0) == 0 {
        tx.rollback().await?;
        return Ok(false);
    }
    execute!(tx.conn(), "delete from event_archives where event_id = $1", event);
    for text in [MAILS, LINKS, OLD_MAILS, ROWS] {
        execute!(tx.conn(), text, event);
    }
    let passes: i64 = on!(tx.conn(), c => sqlx::query_scalar(COUNT).bind(event).fetch_one(&mut **c).await?);
    let entry = Entry::new("event_guests_erased", "event", event.to_string()).with_after(&json!({ "passes": passes }));
    by.note(&mut tx, entry).await?;
    tx.commit().await?;
    Ok(true)
}

/// Erases some of the guests of events that were marked; zero once none is left.
pub async fn some(db: &Db, at: Moment) -> Result<u64, StoreError> {
    const ERASE: &str =
        "update passes set name1 = '', phone1 = '', name2 = case when name2 is null then null else '' end,
            phone2 = case when phone2 is null then null else '' end, folded = '', txn_info = null, email = null,
            cancel_reason = case when cancel_reason is null then null else '' end, erased_at = $1
        where erased_at is null and pass_id in (
            select p.pass_id from passes p join events e on e.id = p.event_id
            where e.erased_at is not null and p.erased_at is null order by p.pass_id limit $2)";
    let mut tx = db.write().await?;
    let erased = execute!(tx.conn(), ERASE, at.0, ERASED_AT_ONCE);
    tx.commit().await?;
    Ok(erased)
}

/// Closed events that ended before a moment and whose guests are still named.
pub async fn due(mut conn: Conn<'_>, ended_before: Moment) -> Result<Vec<EventId>, StoreError> {
    const DUE: &str = "select id from events where state = 'closed' and erased_at is null and ends_at < $1 order by id";
    Ok(on!(conn, c => sqlx::query_scalar(DUE).bind(ended_before.0).fetch_all(&mut **c).await?))
}

/// Events that ended before a moment and that nobody closed, a few at a time; drafts are among them.
pub async fn forgotten(mut conn: Conn<'_>, ended_before: Moment) -> Result<Vec<EventId>, StoreError> {
    const FORGOTTEN: &str = "select id from events
        where state <> 'closed' and erased_at is null and ends_at < $1 order by id limit 100";
    Ok(on!(conn, c => sqlx::query_scalar(FORGOTTEN).bind(ended_before.0).fetch_all(&mut **c).await?))
}

/// True while guests of this event are yet to be erased.
pub async fn is_under_way(mut conn: Conn<'_>, event: EventId) -> Result<bool, StoreError> {
    const LEFT: &str = "select exists (select 1 from passes p join events e on e.id = p.event_id
        where e.id = $1 and e.erased_at is not null and p.erased_at is null)";
    Ok(on!(conn, c => sqlx::query_scalar(LEFT).bind(event).fetch_one(&mut **c).await?))
}

/// Passes of erased events that still name somebody, for a check.
pub async fn left(mut conn: Conn<'_>) -> Result<i64, StoreError> {
    const LEFT: &str = "select count(*) from passes p join events e on e.id = p.event_id
        where e.erased_at is not null and p.erased_at is null";
    Ok(on!(conn, c => sqlx::query_scalar(LEFT).fetch_one(&mut **c).await?))
}
