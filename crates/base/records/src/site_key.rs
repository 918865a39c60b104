//! Keys that all nodes of a site share, for what is handed to a browser and comes back unchanged, such as cursors.
//!
//! Invariants: a key is made once and never changes, whichever node asks first. It is stored in the database, so it
//! must not encrypt anything that the database must not reveal. The key of the audit trail is there encrypted.

use base_db::{Conn, Db, StoreError};

/// The key under a name. `fresh` becomes the key where there is none yet.
pub async fn of(db: &Db, name: &str, fresh: &str) -> Result<String, StoreError> {
    const PUT: &str = "insert into site_keys (name, value) values ($1, $2) on conflict (name) do nothing";
    const GET: &str = "select value from site_keys where name = $1";
    let mut reader = db.read().await?;
    let mut conn = reader.conn();
    if let Some(value) = on!(conn, c => sqlx::query_scalar(GET).bind(name).fetch_optional(&mut **c).await?) {
        return Ok(value);
    }
    drop(reader);
    let mut tx = db.write().await?;
    execute!(tx.conn(), PUT, name, fresh);
    let mut conn = tx.conn();
    let value = on!(conn, c => sqlx::query_scalar(GET).bind(name).fetch_one(&mut **c).await?);
    tx.commit().await?;
    Ok(value)
}

/// The value under a name, where there is one.
pub async fn find(db: &Db, name: &str) -> Result<Option<String>, StoreError> {
    const FIND: &str = "select value from site_keys where name = $1";
    let mut reader = db.read().await?;
    Ok(on!(reader.conn(), c => sqlx::query_scalar(FIND).bind(name).fetch_optional(&mut **c).await?))
}

/// Replaces a value that was read, such as one that is encrypted with another key now. False when it was changed meanwhile.
pub async fn replace(mut conn: Conn<'_>, name: &str, was: &str, is: &str) -> Result<bool, StoreError> {
    const REPLACE: &str = "update site_keys set value = $3 where name = $1 and value = $2";
    Ok(execute!(conn, REPLACE, name, was, is) == 1)
}

/// Puts a value under a name, over one that may be there.
pub async fn put(mut conn: Conn<'_>, name: &str, value: &str) -> Result<(), StoreError> {
    const PUT: &str = "insert into site_keys (name, value) values ($1, $2)
        on conflict (name) do update set value = excluded.value";
    execute!(conn, PUT, name, value);
    Ok(())
}

/// Removes values, so that others are made in their place.
pub async fn remove(mut conn: Conn<'_>, names: &[&str]) -> Result<(), StoreError> {
    for name in names {
        execute!(conn, "delete from site_keys where name = $1", *name);
    }
    Ok(())
}
