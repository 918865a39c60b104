//! What is known of the backups that were made by themselves, and of their copies.

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

/// A copy of a backup in another place.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct BackupCopy {
    /// The name of the backup's file.
    pub name: String,
    /// `folder` or `s3`.
    pub place: String,
    /// Its length.
    pub bytes: i64,
    /// Its SHA-256 in hexadecimal.
    pub sha256: String,
    /// When it was copied, in microseconds; `None` when it is not there yet.
    pub copied_at: Option<i64>,
    /// When it was last read back and compared, in microseconds.
    pub compared_at: Option<i64>,
    /// Tries that failed since the last success.
    pub tries: i64,
    /// What was wrong last; `None` where all is well.
    pub fault: Option<String>,
}

/// Notes a copy that was made; `fault` says why it could not be.
pub async fn note_copy(db: &Db, copy: &BackupCopy) -> Result<(), StoreError> {
    const NOTE: &str = "insert into backup_copies (name, place, bytes, sha256, copied_at, tries, fault)
        values ($1, $2, $3, $4, $5, $6, $7)
        on conflict (name, place) do update set bytes = excluded.bytes, sha256 = excluded.sha256,
        copied_at = coalesce(excluded.copied_at, backup_copies.copied_at), fault = excluded.fault,
        tries = case when excluded.fault is null then 0 else backup_copies.tries + 1 end";
    let BackupCopy { name, place, bytes, sha256, copied_at, fault, .. } = copy;
    let fault = fault.as_ref().map(|fault| fault.chars().take(FAULT_CHARS_MAX).collect::<String>());
    let tries = i64::from(fault.is_some());
    let mut tx = db.write().await?;
    execute!(tx.conn(), NOTE, name, place, bytes, sha256, copied_at, tries, fault);
    tx.commit().await
}

/// Notes that a copy was read back and compared; `fault` is `None` where it is what was written.
pub async fn compare_copy(db: &Db, name: &str, place: &str, at: Moment, fault: Option<&str>) -> Result<(), StoreError> {
    const COMPARE: &str = "update backup_copies set compared_at = $3, fault = $4 where name = $1 and place = $2";
    let fault = fault.map(|fault| fault.chars().take(FAULT_CHARS_MAX).collect::<String>());
    let mut tx = db.write().await?;
    execute!(tx.conn(), COMPARE, name, place, at.0, fault);
    tx.commit().await
}

/// Forgets a copy that was removed.
pub async fn forget_copy(db: &Db, name: &str, place: &str) -> Result<(), StoreError> {
    let mut tx = db.write().await?;
    execute!(tx.conn(), "delete from backup_copies where name = $1 and place = $2", name, place);
    tx.commit().await
}

/// Every copy, by name, the newest first: as many as are kept.
pub async fn copies(db: &Db) -> Result<Vec<BackupCopy>, StoreError> {
    const COPIES: &str = "select name, place, bytes, sha256, copied_at, compared_at, tries, fault from backup_copies
        order by name desc, place";
    let mut reader = db.read().await?;
    Ok(on!(reader.conn(), c => sqlx::query_as(COPIES).fetch_all(&mut **c).await?))
}
