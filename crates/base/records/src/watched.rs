//! Figures of a site that stand in the database, for whoever watches it. Each is found by an index, or in a short table.

use base_core::time::Moment;
use base_db::{Conn, Db, StoreError};

use crate::audit::prove;
use crate::{alert, backup, mail};

/// What is known of a site at a moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Watched {
    /// Sessions that have not ended, of staff and of customers.
    pub sessions: [i64; 2],
    /// Mails that wait and mails that were given up.
    pub mails: mail::Counts,
    /// When the mail that waits longest was due, in microseconds.
    pub mail_due_at: Option<i64>,
    /// Entries of the trail under no checkpoint yet, up to a thousand and one.
    pub unsealed: u64,
    /// When the oldest of them was written, in microseconds.
    pub unsealed_since: Option<i64>,
    /// When the newest backup was made, in microseconds.
    pub backup_at: Option<i64>,
    /// When the oldest backup that is kept was made, in microseconds.
    pub first_backup_at: Option<i64>,
    /// When a backup was last tried and was well, in microseconds.
    pub proved_at: Option<i64>,
    /// True where the last trial found a fault.
    pub is_trial_bad: bool,
    /// The alerts that are not over, by kind.
    pub alerts: Vec<String>,
}

/// Reads all of it.
pub async fn watched(db: &Db, now: Moment) -> Result<Watched, StoreError> {
    let mut reader = db.read().await?;
    let sessions = [sessions(reader.conn(), "staff", now).await?, sessions(reader.conn(), "customer", now).await?];
    let mail_due_at = mail_due_at(reader.conn()).await?;
    let alerts = alert::open(reader.conn()).await?.into_iter().map(|alert| alert.kind).collect();
    drop(reader);
    let (unsealed, unsealed_since) = prove::waiting(db).await?;
    let backups = backup::list(db).await?;
    let tried = backups.iter().filter(|backup| backup.proved_at.is_some()).max_by_key(|backup| backup.proved_at);
    let well = backups.iter().filter(|backup| backup.fault.is_none()).filter_map(|backup| backup.proved_at);
    Ok(Watched {
        sessions,
        mails: mail::counts(db).await?,
        mail_due_at,
        unsealed,
        unsealed_since,
        backup_at: backups.iter().map(|backup| backup.made_at).max(),
        first_backup_at: backups.iter().map(|backup| backup.made_at).min(),
        proved_at: well.max(),
        is_trial_bad: tried.is_some_and(|backup| backup.fault.is_some()),
        alerts,
    })
}

async fn sessions(mut conn: Conn<'_>, realm: &str, now: Moment) -> Result<i64, StoreError> {
    const OPEN: &str = "select count(*) from sessions where realm = $1 and expires_at > $2";
    Ok(on!(conn, c => sqlx::query_scalar(OPEN).bind(realm).bind(now.0).fetch_one(&mut **c).await?))
}

/// A mail that is tried again later is not stuck before that.
async fn mail_due_at(mut conn: Conn<'_>) -> Result<Option<i64>, StoreError> {
    const DUE: &str = "select next_try_at from mails where state = 'waiting' order by next_try_at, id limit 1";
    Ok(on!(conn, c => sqlx::query_scalar(DUE).fetch_optional(&mut **c).await?))
}
