//! Logos of events. They were checked before they came here.

use base_core::audit::Entry;
use base_db::{Conn, Db, StoreError};
use passes_rules::event::EventId;
use serde_json::json;

use crate::event::By;

/// A logo.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Logo {
    /// `image/png` or `image/jpeg`.
    pub media_type: String,
    /// The picture.
    pub content: Vec<u8>,
}

/// The logo of an event.
pub async fn find(mut conn: Conn<'_>, event: EventId) -> Result<Option<Logo>, StoreError> {
    const FIND: &str = "select media_type, content from event_logos where event_id = $1";
    Ok(on!(conn, c => sqlx::query_as(FIND).bind(event).fetch_optional(&mut **c).await?))
}

/// Puts a logo in the place of the one before.
pub async fn put(db: &Db, event: EventId, logo: &Logo, by: By<'_>) -> Result<(), StoreError> {
    const PUT: &str = "insert into event_logos (event_id, media_type, content, changed_at) values ($1, $2, $3, $4)
        on conflict (event_id) do update set media_type = excluded.media_type, content = excluded.content,
            changed_at = excluded.changed_at";
    let mut tx = db.write().await?;
    execute!(tx.conn(), PUT, event, &logo.media_type, &logo.content, by.at.0);
    let entry = Entry::new("event_logo_changed", "event", event.to_string())
        .with_after(&json!({ "media_type": logo.media_type, "bytes": logo.content.len() }));
    by.note(&mut tx, entry).await?;
    tx.commit().await
}

/// Takes the logo away.
pub async fn remove(db: &Db, event: EventId, by: By<'_>) -> Result<(), StoreError> {
    let mut tx = db.write().await?;
    if execute!(tx.conn(), "delete from event_logos where event_id = $1", event) == 1 {
        by.note(&mut tx, Entry::new("event_logo_removed", "event", event.to_string())).await?;
    }
    tx.commit().await
}
