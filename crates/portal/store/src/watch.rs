//! What customers want to be told, and what they were told already.

use base_core::account::AccountId;
use base_core::time::Moment;
use base_db::{Conn, Db, StoreError};
use portal_rules::watch::{WatchKind, Watching};
use serde_json::json;

use crate::by::By;

/// Most wishes of one account.
pub const WATCHES_MAX: i64 = 50;

/// A wish that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Its number.
    pub id: i64,
    /// Whose it is.
    pub account: AccountId,
    /// What is looked out for.
    pub watching: Watching,
    /// What was told and is so still, one a line.
    pub told: String,
    /// When it is looked at next.
    pub next_at: Moment,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    account_id: i64,
    kind: String,
    part: String,
    limit_value: i64,
    told: String,
    next_at: i64,
}

impl Row {
    fn read(self) -> Result<Kept, StoreError> {
        let unreadable = || StoreError::Unreadable { what: "kind of a wish", value: self.kind.clone() };
        let kind = WatchKind::parse(&self.kind).ok_or_else(unreadable)?;
        let watching = Watching { kind, part: self.part, limit: self.limit_value };
        Ok(Kept { id: self.id, account: self.account_id, watching, told: self.told, next_at: Moment(self.next_at) })
    }
}

/// The wishes of an account.
pub async fn list(mut conn: Conn<'_>, account: AccountId) -> Result<Vec<Kept>, StoreError> {
    const LIST: &str = "select id, account_id, kind, part, limit_value, told, next_at from portal_watches
        where account_id = $1 order by kind, part";
    let rows: Vec<Row> = on!(conn, c => sqlx::query_as(LIST).bind(account).fetch_all(&mut **c).await?);
    rows.into_iter().map(Row::read).collect()
}

/// Keeps a wish, in place of one of the same kind and part. It is looked at soon, unless it is there already as it is: then
/// nothing is written, and nobody is told again of what they know. False where there are too many.
pub async fn put(mut conn: Conn<'_>, account: AccountId, watching: &Watching, by: By<'_>) -> Result<bool, StoreError> {
    const PUT: &str = "insert into portal_watches (account_id, kind, part, limit_value, told, next_at, created_at)
        values ($1, $2, $3, $4, '', $5, $5)
        on conflict (account_id, kind, part) do update set limit_value = excluded.limit_value, told = '',
            next_at = excluded.next_at";
    const COUNT: &str = "select count(*) from portal_watches where account_id = $1";
    const SAME: &str = "select count(*) from portal_watches
        where account_id = $1 and kind = $2 and part = $3 and limit_value = $4";
    let Watching { kind, part, limit } = watching;
    let same: i64 = on!(conn, c => sqlx::query_scalar(SAME)
        .bind(account).bind(kind.name()).bind(part).bind(*limit).fetch_one(&mut **c).await?);
    if same > 0 {
        return Ok(true);
    }
    execute!(conn, PUT, account, kind.name(), part, *limit, by.at.0);
    let n: i64 = on!(conn, c => sqlx::query_scalar(COUNT).bind(account).fetch_one(&mut **c).await?);
    if n > WATCHES_MAX {
        return Ok(false);
    }
    let after = json!({ "kind": kind.name(), "part": part, "limit": limit });
    by.note_about(conn, ("stock_watch_changed", account), |entry| entry.with_after(&after)).await?;
    Ok(true)
}

/// Removes a wish. False where the account has no such wish.
pub async fn remove(mut conn: Conn<'_>, account: AccountId, id: i64) -> Result<bool, StoreError> {
    Ok(execute!(conn, "delete from portal_watches where account_id = $1 and id = $2", account, id) == 1)
}

/// The account that is due for longest, with all its wishes that are due.
pub async fn due(db: &Db, now: Moment) -> Result<Vec<Kept>, StoreError> {
    const DUE: &str = "select w.id, w.account_id, w.kind, w.part, w.limit_value, w.told, w.next_at
        from portal_watches w where w.next_at <= $1 and w.account_id = (
            select d.account_id from portal_watches d join accounts a on a.id = d.account_id
            where d.next_at <= $1 and a.is_active and a.realm = 'customer' order by d.next_at, d.id limit 1)
        order by w.id";
    let mut reader = db.read().await?;
    let rows: Vec<Row> = on!(reader.conn(), c => sqlx::query_as(DUE).bind(now.0).fetch_all(&mut **c).await?);
    rows.into_iter().map(Row::read).collect()
}

/// Notes what was told, and when it is looked at next; false where somebody else did meanwhile.
pub async fn looked(mut conn: Conn<'_>, kept: &Kept, told: &str, next: Moment) -> Result<bool, StoreError> {
    const LOOKED: &str = "update portal_watches set told = $3, next_at = $4 where id = $1 and next_at = $2";
    Ok(execute!(conn, LOOKED, kept.id, kept.next_at.0, told, next.0) == 1)
}
