//! Views that customers have saved, and when the next mail with one goes.

use base_core::account::AccountId;
use base_core::audit::Entry;
use base_core::time::Moment;
use base_db::{Conn, Db, StoreError};
use portal_rules::watch::Mailing;
use serde_json::json;

use crate::by::By;

/// Most views of one account.
pub const VIEWS_MAX: i64 = 50;

/// A saved view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    /// Its number.
    pub id: i64,
    /// Whose it is.
    pub account: AccountId,
    /// Its name.
    pub name: String,
    /// The search, filters, order and columns, as JSON.
    pub view: String,
    /// How often it is sent.
    pub mailing: Mailing,
    /// When the next mail goes.
    pub next_at: Option<Moment>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    account_id: i64,
    name: String,
    view: String,
    mailing: String,
    next_at: Option<i64>,
}

impl From<Row> for Saved {
    fn from(row: Row) -> Self {
        // A name that is not known sends nothing.
        let mailing = Mailing::parse(&row.mailing).unwrap_or_default();
        let next_at = row.next_at.map(Moment);
        Self { id: row.id, account: row.account_id, name: row.name, view: row.view, mailing, next_at }
    }
}

/// The views of an account, by name.
pub async fn list(mut conn: Conn<'_>, account: AccountId) -> Result<Vec<Saved>, StoreError> {
    const LIST: &str = "select id, account_id, name, view, mailing, next_at from portal_views
        where account_id = $1 order by name";
    let rows: Vec<Row> = on!(conn, c => sqlx::query_as(LIST).bind(account).fetch_all(&mut **c).await?);
    Ok(rows.into_iter().map(Saved::from).collect())
}

/// One view of an account.
pub async fn find(mut conn: Conn<'_>, account: AccountId, id: i64) -> Result<Option<Saved>, StoreError> {
    const FIND: &str = "select id, account_id, name, view, mailing, next_at from portal_views
        where account_id = $1 and id = $2";
    let row: Option<Row> = on!(conn, c => sqlx::query_as(FIND).bind(account).bind(id).fetch_optional(&mut **c).await?);
    Ok(row.map(Saved::from))
}

/// Saves a view under its name, in place of one that had it; `None` where there are too many.
pub async fn save(
    mut conn: Conn<'_>,
    account: AccountId,
    (name, view): (&str, &str),
    at: Moment,
) -> Result<Option<Saved>, StoreError> {
    const SAVE: &str = "insert into portal_views (account_id, name, view, mailing, created_at)
        values ($1, $2, $3, 'off', $4)
        on conflict (account_id, name) do update set view = excluded.view
        returning id, account_id, name, view, mailing, next_at";
    const COUNT: &str = "select count(*) from portal_views where account_id = $1";
    let row: Row = on!(conn, c => sqlx::query_as(SAVE)
        .bind(account).bind(name).bind(view).bind(at.0).fetch_one(&mut **c).await?);
    let n: i64 = on!(conn, c => sqlx::query_scalar(COUNT).bind(account).fetch_one(&mut **c).await?);
    Ok((n <= VIEWS_MAX).then(|| row.into()))
}

/// Says how often a view is sent. `None` where the account has no such view.
pub async fn set_mailing(
    mut conn: Conn<'_>,
    (account, id): (AccountId, i64),
    (mailing, next): (Mailing, Option<Moment>),
    by: By<'_>,
) -> Result<Option<Saved>, StoreError> {
    const SET: &str = "update portal_views set mailing = $3, next_at = $4 where account_id = $1 and id = $2";
    let Some(was) = find(conn.reborrow(), account, id).await? else { return Ok(None) };
    if was.mailing == mailing {
        return Ok(Some(was));
    }
    execute!(conn, SET, account, id, mailing.name(), next.map(|at| at.0));
    let before = json!({ "mailing": was.mailing.name() });
    let after = json!({ "mailing": mailing.name(), "view": was.name });
    let say = |entry: Entry| entry.with_before(&before).with_after(&after);
    by.note_about(conn.reborrow(), ("stock_mailing_changed", account), say).await?;
    find(conn, account, id).await
}

/// Removes a view. False where the account has no such view.
pub async fn remove(mut conn: Conn<'_>, account: AccountId, id: i64) -> Result<bool, StoreError> {
    Ok(execute!(conn, "delete from portal_views where account_id = $1 and id = $2", account, id) == 1)
}

/// The view whose mail is due for longest. Of an account that may not sign in none is.
pub async fn due(db: &Db, now: Moment) -> Result<Option<Saved>, StoreError> {
    const DUE: &str = "select v.id, v.account_id, v.name, v.view, v.mailing, v.next_at from portal_views v
        join accounts a on a.id = v.account_id
        where v.next_at <= $1 and a.is_active and a.realm = 'customer' order by v.next_at, v.id limit 1";
    let mut reader = db.read().await?;
    let row: Option<Row> = on!(reader.conn(), c => sqlx::query_as(DUE).bind(now.0).fetch_optional(&mut **c).await?);
    Ok(row.map(Saved::from))
}

/// Moves the next mail of a view, unless somebody else did meanwhile: then false, and nothing is to be sent.
pub async fn move_next(mut conn: Conn<'_>, view: &Saved, next: Option<Moment>) -> Result<bool, StoreError> {
    const MOVE: &str = "update portal_views set next_at = $3 where id = $1 and next_at = $2";
    Ok(execute!(conn, MOVE, view.id, view.next_at.map(|at| at.0), next.map(|at| at.0)) == 1)
}
