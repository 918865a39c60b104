//! What a gate reads: the passes of a snapshot, without anybody's name, and the few passes that a search finds.

use base_db::query::anywhere;
use base_db::{Conn, StoreError};
use passes_rules::event::EventId;
use passes_rules::pass::phone_is_valid;

/// A pass in a snapshot.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct SnapshotRow {
    /// Its id.
    pub pass_id: String,
    /// `SINGLE` or `COUPLE`.
    pub kind: String,
    /// True when it was cancelled.
    pub is_cancelled: bool,
    /// Codes that were made before this time are no longer taken.
    pub codes_since: Option<i64>,
    /// How many people got in with it.
    pub admitted: i64,
    /// How many of them are inside.
    pub inside: i64,
}

/// The passes of an event in the order of their ids, from behind `after`.
pub async fn snapshot(
    mut conn: Conn<'_>,
    event: EventId,
    after: Option<&str>,
    limit: u32,
) -> Result<Vec<SnapshotRow>, StoreError> {
    const PAGE: &str = "select pass_id, kind, cancelled_at is not null as is_cancelled, codes_since, admitted, inside
        from passes where event_id = $1 and pass_id > $2 order by pass_id limit $3";
    Ok(on!(conn, c => sqlx::query_as(PAGE).bind(event).bind(after.unwrap_or_default()).bind(i64::from(limit))
        .fetch_all(&mut **c).await?))
}

/// A pass that a search found: whom it is for, and nobody's phone number.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct FoundPass {
    /// Its id.
    pub pass_id: String,
    /// The first person.
    pub name1: String,
    /// The second person.
    pub name2: Option<String>,
    /// `SINGLE` or `COUPLE`.
    pub kind: String,
    /// How many people got in with it.
    pub admitted: i64,
}

/// Passes that a search shows.
pub const FOUND_MAX: i64 = 20;

/// Passes of guests who are called so, or who have exactly this phone number. Part of a number finds nothing: it would
/// tell the rest to whoever tries long enough.
pub async fn search(mut conn: Conn<'_>, event: EventId, text: &str) -> Result<Vec<FoundPass>, StoreError> {
    const BY_PHONE: &str = "select pass_id, name1, name2, kind, admitted from passes
        where event_id = $1 and cancelled_at is null and (phone1 = $2 or phone2 = $2)
        order by name1, pass_id limit $3";
    const BY_NAME: &str = "select pass_id, name1, name2, kind, admitted from passes
        where event_id = $1 and cancelled_at is null and folded like $2 escape '\\'
        order by name1, pass_id limit $3";
    let text = text.trim();
    if phone_is_valid(text) {
        return Ok(on!(conn, c => sqlx::query_as(BY_PHONE).bind(event).bind(text).bind(FOUND_MAX)
            .fetch_all(&mut **c).await?));
    }
    if text.bytes().any(|byte| byte.is_ascii_digit()) {
        return Ok(Vec::new());
    }
    Ok(on!(conn, c => sqlx::query_as(BY_NAME).bind(event).bind(anywhere(&text.to_lowercase())).bind(FOUND_MAX)
        .fetch_all(&mut **c).await?))
}
