//! Settings that people change while the program runs, each a text under a name. What a site sets once is in its
//! configuration; secrets are only there.
//!
//! Invariant: every change is in the audit trail, with what was and what is.

use base_core::audit::{Entry, Origin};
use base_core::setting::Declared;
use base_core::time::Moment;
use base_db::{Conn, StoreError};

use crate::audit;
use crate::audit::Record;

/// A setting and its value.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Setting {
    /// Its name, such as `reports.eod_time`.
    pub name: String,
    /// Its value.
    pub value: String,
    /// When it was set, in microseconds.
    pub updated_at: i64,
    /// Who set it; `None` is the system.
    pub updated_by: Option<i64>,
}

/// The value of a setting; `None` when nobody has set it.
pub async fn get(mut conn: Conn<'_>, name: &str) -> Result<Option<String>, StoreError> {
    const GET: &str = "select value from settings where name = $1";
    Ok(on!(conn, c => sqlx::query_scalar(GET).bind(name).fetch_optional(&mut **c).await?))
}

/// The number that a setting is: what somebody set, or else what it is declared as.
pub async fn number(conn: Conn<'_>, declared: &Declared) -> Result<i64, StoreError> {
    let set = get(conn, declared.name).await?.and_then(|text| declared.read(&text).ok());
    Ok(set.as_deref().unwrap_or(declared.default).parse().unwrap_or_default())
}

/// Every setting that somebody has set, by name.
pub async fn list(mut conn: Conn<'_>) -> Result<Vec<Setting>, StoreError> {
    const LIST: &str = "select name, value, updated_at, updated_by from settings order by name";
    Ok(on!(conn, c => sqlx::query_as(LIST).fetch_all(&mut **c).await?))
}

/// Sets a value and writes the audit entry `setting_changed`. False, and nothing written, when it has this value already.
pub async fn put(conn: Conn<'_>, name: &str, value: &str, at: Moment, origin: &Origin) -> Result<bool, StoreError> {
    put_as(conn, ("setting_changed", "setting"), (name, value), at, origin).await
}

/// Sets a value and writes an audit entry of another name about another kind of thing. False, and nothing written, when it
/// has this value already.
pub async fn put_as(
    mut conn: Conn<'_>,
    (action, entity_type): (&'static str, &'static str),
    (name, value): (&str, &str),
    at: Moment,
    origin: &Origin,
) -> Result<bool, StoreError> {
    const PUT: &str = "insert into settings (name, value, updated_at, updated_by) values ($1, $2, $3, $4)
        on conflict (name) do update set
            value = excluded.value, updated_at = excluded.updated_at, updated_by = excluded.updated_by";
    let before = get(conn.reborrow(), name).await?;
    if before.as_deref() == Some(value) {
        return Ok(false);
    }
    execute!(conn, PUT, name, value, at.0, origin.actor);
    let entry = Entry::new(action, entity_type, name)
        .with_before(&serde_json::json!({ "value": before }))
        .with_after(&serde_json::json!({ "value": value }));
    audit::insert(conn, &[Record { at, entry, origin }]).await?;
    Ok(true)
}

/// Writes a row and removes it again: works where the database takes writes, and leaves nothing behind.
pub async fn try_write(mut conn: Conn<'_>, at: Moment) -> Result<(), StoreError> {
    const PUT: &str = "insert into settings (name, value, updated_at) values ('try_write', '', $1)
        on conflict (name) do update set updated_at = excluded.updated_at";
    execute!(conn, PUT, at.0);
    execute!(conn, "delete from settings where name = 'try_write'");
    Ok(())
}
