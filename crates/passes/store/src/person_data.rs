//! What is kept of one person of the staff. Asked for seldom: what no index gives is found by reading the table.

use base_core::account::AccountId;
use base_db::{Conn, StoreError};
use serde_json::{Value, json};

/// The kinds of rows that are kept of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Scans that they made at gates.
    Scans,
    /// Passes that they sold.
    Passes,
    /// Events that they work at.
    Events,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Scans, Self::Passes, Self::Events];

    /// Its name in files and lists.
    pub fn name(self) -> &'static str {
        match self {
            Self::Scans => "gate_scans",
            Self::Passes => "passes",
            Self::Events => "events",
        }
    }
}

/// How many rows of a kind are kept of a person.
pub async fn count(mut conn: Conn<'_>, kind: Kind, account: AccountId) -> Result<i64, StoreError> {
    let text = match kind {
        Kind::Scans => "select count(*) from gate_scans where account_id = $1",
        Kind::Passes => "select count(*) from passes where created_by = $1",
        Kind::Events => "select count(*) from event_people where account_id = $1",
    };
    Ok(on!(conn, c => sqlx::query_scalar(text).bind(account).fetch_one(&mut **c).await?))
}

#[derive(sqlx::FromRow)]
struct Row {
    key: String,
    at: i64,
    what: String,
}

/// Rows of a kind as JSON objects, in the order of their keys, and the key of the last of them where more may follow. What
/// a guest told is theirs, not the person's, and is left out.
pub async fn page(
    mut conn: Conn<'_>,
    kind: Kind,
    account: AccountId,
    after: Option<&str>,
    limit: u32,
) -> Result<(Vec<Value>, Option<String>), StoreError> {
    let text = match kind {
        Kind::Scans => {
            "select scan_id as key, at, outcome as what from gate_scans where account_id = $1 and scan_id > $2
             order by scan_id limit $3"
        }
        Kind::Passes => {
            "select pass_id as key, created_at as at, kind as what from passes where created_by = $1 and pass_id > $2
             order by pass_id limit $3"
        }
        Kind::Events => {
            "select cast(e.id as text) as key, e.created_at as at, e.name as what from event_people p
             join events e on e.id = p.event_id where p.account_id = $1 and cast(e.id as text) > $2
             order by cast(e.id as text) limit $3"
        }
    };
    let rows: Vec<Row> = on!(conn, c => sqlx::query_as(text)
        .bind(account).bind(after.unwrap_or_default()).bind(i64::from(limit)).fetch_all(&mut **c).await?);
    let next = rows.last().filter(|_| rows.len() == limit as usize).map(|row| row.key.clone());
    let rows = rows.into_iter().map(|row| json!({ "id": row.key, "at": row.at, "what": row.what })).collect();
    Ok((rows, next))
}

/// Assigns somebody to all events of somebody else.
pub async fn hand_over(mut conn: Conn<'_>, from: AccountId, to: AccountId) -> Result<u64, StoreError> {
    const HAND: &str = "insert into event_people (event_id, account_id)
        select event_id, $2 from event_people where account_id = $1 on conflict do nothing";
    Ok(execute!(conn, HAND, from, to))
}

/// Takes somebody off all events.
pub async fn forget(mut conn: Conn<'_>, account: AccountId) -> Result<u64, StoreError> {
    Ok(execute!(conn, "delete from event_people where account_id = $1", account))
}
