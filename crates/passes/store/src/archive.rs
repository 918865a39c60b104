//! The passes of an event as a file, of each day on which they changed. They are kept until the guests of the event are
//! erased.

use base_core::time::Moment;
use base_db::{Conn, Db, StoreError};
use passes_rules::event::EventId;

/// A file of a day.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct ArchiveLine {
    /// The day, such as `2026-11-21`.
    pub day: String,
    /// When it was made.
    pub made_at: i64,
    /// How many passes it has.
    pub passes: i64,
}

/// A file to be kept.
#[derive(Clone, Debug)]
pub struct NewArchive {
    /// The event.
    pub event: EventId,
    /// The day.
    pub day: String,
    /// When it was made.
    pub made_at: Moment,
    /// How many passes it has.
    pub passes: i64,
    /// A hash of its content as it is unpacked.
    pub hash: String,
    /// Its content, packed by gzip.
    pub content: Vec<u8>,
}

/// Most files that a page shows.
pub const ARCHIVES_SHOWN_MAX: i64 = 400;

/// The files of an event, the newest first.
pub async fn list(mut conn: Conn<'_>, event: EventId) -> Result<Vec<ArchiveLine>, StoreError> {
    const LIST: &str = "select day, made_at, passes from event_archives where event_id = $1 order by day desc limit $2";
    Ok(on!(conn, c => sqlx::query_as(LIST).bind(event).bind(ARCHIVES_SHOWN_MAX).fetch_all(&mut **c).await?))
}

/// The content of a file, packed by gzip.
pub async fn content(mut conn: Conn<'_>, event: EventId, day: &str) -> Result<Option<Vec<u8>>, StoreError> {
    const CONTENT: &str = "select content from event_archives where event_id = $1 and day = $2";
    Ok(on!(conn, c => sqlx::query_scalar(CONTENT).bind(event).bind(day).fetch_optional(&mut **c).await?))
}

/// Keeps a file, unless the newest one says the same. `is_erased` says whether the guests were erased when it was made:
/// where they were erased meanwhile, it is not kept. True if it was kept.
pub async fn put(db: &Db, new: &NewArchive, is_erased: bool) -> Result<bool, StoreError> {
    const ERASED: &str = "select erased_at from events where id = $1";
    const NEWEST: &str = "select hash from event_archives where event_id = $1 order by day desc limit 1";
    const PUT: &str = "insert into event_archives (event_id, day, made_at, passes, hash, content)
        values ($1, $2, $3, $4, $5, $6) on conflict (event_id, day) do update set made_at = excluded.made_at,
            passes = excluded.passes, hash = excluded.hash, content = excluded.content";
    let mut tx = db.write().await?;
    let newest: Option<String> =
        on!(tx.conn(), c => sqlx::query_scalar(NEWEST).bind(new.event).fetch_optional(&mut **c).await?);
    let erased: Option<Option<i64>> =
        on!(tx.conn(), c => sqlx::query_scalar(ERASED).bind(new.event).fetch_optional(&mut **c).await?);
    if newest.as_ref() == Some(&new.hash) || erased.flatten().is_some() != is_erased {
        tx.rollback().await?;
        return Ok(false);
    }
    execute!(tx.conn(), PUT, new.event, &new.day, new.made_at.0, new.passes, &new.hash, &new.content);
    tx.commit().await?;
    Ok(true)
}

/// Every event, in order, for the job that makes these files.
pub async fn events(mut conn: Conn<'_>) -> Result<Vec<EventId>, StoreError> {
    Ok(on!(conn, c => sqlx::query_scalar("select id from events order by id").fetch_all(&mut **c).await?))
}
