//! What is known of the backups that were made by themselves.

use base_core::time::Moment;
use base_db::{Db, StoreError};

/// Most characters of a fault that are kept.
const FAULT_CHARS_MAX: usize = 500;

/// A backup.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Backup {
    /// The name of its file.
    pub name: String,
    /// The moment it shows, in microseconds.
    pub made_at: i64,
    /// Its length.
    pub bytes: i64,
    /// Its SHA-256 in hexadecimal.
    pub sha256: String,
    /// The number of its last migration.
    pub schema_number: i64,
    /// When it was last restored for a trial, in microseconds.
    pub proved_at: Option<i64>,
    /// What was wrong then; `None` where all was well.
    pub fault: Option<String>,
}

/// Notes a backup that was made.
pub async fn note(db: &Db, backup: &Backup) -> Result<(), StoreError> {
    const NOTE: &str = "insert into backups (name, made_at, bytes, sha256, schema_number) values ($1, $2, $3, $4, $5)
        on conflict (name) do update set bytes = excluded.bytes, sha256 = excluded.sha256,
        schema_number = excluded.schema_number, proved_at = null, fault = null";
    let mut tx = db.write().await?;
    let Backup { name, made_at, bytes, sha256, schema_number, .. } = backup;
    execute!(tx.conn(), NOTE, name, made_at, bytes, sha256, schema_number);
    tx.commit().await
}

/// Notes how a trial went; `fault` is `None` where all was well.
pub async fn prove(db: &Db, name: &str, at: Moment, fault: Option<&str>) -> Result<(), StoreError> {
    const PROVE: &str = "update backups set proved_at = $2, fault = $3 where name = $1";
    let fault = fault.map(|fault| fault.chars().take(FAULT_CHARS_MAX).collect::<String>());
    let mut tx = db.write().await?;
    execute!(tx.conn(), PROVE, name, at.0, fault);
    tx.commit().await
}

/// Forgets a backup whose file was removed.
pub async fn forget(db: &Db, name: &str) -> Result<(), StoreError> {
    let mut tx = db.write().await?;
    execute!(tx.conn(), "delete from backups where name = $1", name);
    tx.commit().await
}

/// Every backup, the newest first: as many as are kept.
pub async fn list(db: &Db) -> Result<Vec<Backup>, StoreError> {
    const LIST: &str = "select name, made_at, bytes, sha256, schema_number, proved_at, fault from backups
        order by made_at desc";
    let mut reader = db.read().await?;
    Ok(on!(reader.conn(), c => sqlx::query_as(LIST).fetch_all(&mut **c).await?))
}
