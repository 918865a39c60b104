//! Notices to one person: what was decided, what needs a look.

use base_core::account::AccountId;
use base_core::time::Moment;
use base_db::{Conn, StoreError};

/// Most notices that are kept for one person; the oldest go.
const KEPT_MAX: i64 = 500;

/// A new notice. Its title and message are keys of texts, so that each reads them in their language; see [`Notice`].
#[derive(Clone, Copy, Debug)]
pub struct New<'n> {
    /// The key of its title.
    pub title: &'static str,
    /// What people wrote; may be empty.
    pub message: &'n str,
    /// `info`, `success`, `warning` or `error`.
    pub kind: &'static str,
    /// 0 low to 3 critical.
    pub priority: i64,
    /// Where it leads.
    pub link: Option<&'static str>,
}

/// A notice.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Notice {
    /// Its number.
    pub id: i64,
    /// The key of its title, or a title that an earlier system wrote.
    pub title: String,
    /// What people wrote.
    pub message: String,
    /// `info`, `success`, `warning` or `error`.
    #[sqlx(rename = "type")]
    pub kind: String,
    /// 0 low to 3 critical.
    pub priority: i64,
    /// True once it was read.
    pub is_read: bool,
    /// Where it leads.
    pub link: Option<String>,
    /// When it was written, in microseconds.
    pub created_at: i64,
    /// When it was read, in microseconds.
    pub read_at: Option<i64>,
}

/// Tells somebody something.
pub async fn tell(mut conn: Conn<'_>, whom: AccountId, new: New<'_>, at: Moment) -> Result<(), StoreError> {
    const TELL: &str =
        "insert into notifications (account_id, title, message, type, priority, is_read, link, created_at)
        values ($1, $2, $3, $4, $5, $8, $6, $7)";
    const OLD: &str = "delete from notifications where account_id = $1 and id <= (select id from notifications
        where account_id = $1 order by id desc limit 1 offset $2)";
    execute!(conn, TELL, whom, new.title, new.message, new.kind, new.priority, new.link, at.0, false);
    execute!(conn, OLD, whom, KEPT_MAX);
    Ok(())
}

/// One person's notices, the newest first, below a number.
pub async fn list(
    mut conn: Conn<'_>,
    whom: AccountId,
    only_unread: bool,
    below: Option<i64>,
    limit: u32,
) -> Result<Vec<Notice>, StoreError> {
    const LIST: &str =
        "select id, title, message, type, cast(priority as bigint) as priority, is_read, link, created_at, read_at
        from notifications where account_id = $1 and id < $2 and (not is_read or $4) order by id desc limit $3";
    Ok(on!(conn, c => sqlx::query_as(LIST).bind(whom).bind(below.unwrap_or(i64::MAX)).bind(i64::from(limit))
        .bind(!only_unread).fetch_all(&mut **c).await?))
}

/// How many notices somebody has not read.
pub async fn unread(mut conn: Conn<'_>, whom: AccountId) -> Result<i64, StoreError> {
    const UNREAD: &str = "select count(*) from notifications where account_id = $1 and not is_read";
    Ok(on!(conn, c => sqlx::query_scalar(UNREAD).bind(whom).fetch_one(&mut **c).await?))
}

/// Marks one of somebody's notices as read, or all of them. Gives how many were unread.
pub async fn read(mut conn: Conn<'_>, whom: AccountId, id: Option<i64>, at: Moment) -> Result<u64, StoreError> {
    const READ: &str = "update notifications set is_read = (1 = 1), read_at = $2
        where account_id = $1 and not is_read and (id = $3 or $4)";
    Ok(execute!(conn, READ, whom, at.0, id.unwrap_or_default(), id.is_none()))
}
