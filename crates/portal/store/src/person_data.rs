//! What is kept of one customer: whose stock they see, the views that they saved, and what they want to be told.

use base_core::account::AccountId;
use base_core::time::Moment;
use base_db::{Conn, StoreError};
use base_records::mail;
use serde_json::{Value, json};

use crate::{scope, view, watch};

/// The kinds of rows that are kept of a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Whose stock they see.
    Scope,
    /// Views that they saved.
    Views,
    /// What they want to be told.
    Watches,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Scope, Self::Views, Self::Watches];

    /// Its name in files and lists.
    pub fn name(self) -> &'static str {
        match self {
            Self::Scope => "stock_scope",
            Self::Views => "stock_views",
            Self::Watches => "stock_watches",
        }
    }
}

/// How many rows of a kind are kept of a customer.
pub async fn count(mut conn: Conn<'_>, kind: Kind, account: AccountId) -> Result<i64, StoreError> {
    let text = match kind {
        Kind::Scope => "select count(*) from portal_scopes where account_id = $1",
        Kind::Views => "select count(*) from portal_views where account_id = $1",
        Kind::Watches => "select count(*) from portal_watches where account_id = $1",
    };
    Ok(on!(conn, c => sqlx::query_scalar(text).bind(account).fetch_one(&mut **c).await?))
}

/// All rows of a kind as JSON objects; of each there are few.
pub async fn rows(mut conn: Conn<'_>, kind: Kind, account: AccountId) -> Result<Vec<Value>, StoreError> {
    Ok(match kind {
        Kind::Scope if count(conn.reborrow(), kind, account).await? == 0 => Vec::new(),
        Kind::Scope => vec![json!({ "customers": scope::of(conn, account).await?.words() })],
        Kind::Views => {
            let view = |saved: view::Saved| {
                let shown: Value = serde_json::from_str(&saved.view).unwrap_or_default();
                let next = saved.next_at.map(Moment::rfc3339);
                json!({ "name": saved.name, "view": shown, "mailing": saved.mailing.name(), "next_at": next })
            };
            view::list(conn, account).await?.into_iter().map(view).collect()
        }
        Kind::Watches => {
            let wish = |kept: watch::Kept| {
                let watch = &kept.watching;
                json!({ "kind": watch.kind.name(), "part": watch.part, "limit": watch.limit, "told": kept.told })
            };
            watch::list(conn, account).await?.into_iter().map(wish).collect()
        }
    })
}

/// Forgets all of it, and takes back the mails that were made of it and were not sent.
pub async fn forget(mut conn: Conn<'_>, account: AccountId) -> Result<u64, StoreError> {
    const CUSTOMERS: &str = "delete from portal_scope_customers where account_id = $1";
    let mut n = mail::take_back(conn.reborrow(), account).await?;
    n += execute!(conn, "delete from portal_watches where account_id = $1", account);
    n += execute!(conn, "delete from portal_views where account_id = $1", account);
    execute!(conn, CUSTOMERS, account);
    n += execute!(conn, "delete from portal_scopes where account_id = $1", account);
    Ok(n)
}
