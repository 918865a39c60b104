//! What a person was doing: the parent in hand, the station. It belongs to the person, not to the session.

use tallyhouse_core::account::AccountId;
use tallyhouse_core::area::Scope;
use tallyhouse_core::time::Moment;

use crate::batch::Batch;
use crate::db::{Conn, Db};
use crate::error::StoreError;

static PUT: Batch = Batch::rows(
    "with r (account_id, parent, station, scanned_at) as (values ",
    4,
    ") insert into workplaces (account_id, parent, station, scanned_at)
     select account_id, parent, station, scanned_at from r where account_id is not null
     on conflict (account_id) do update set parent = excluded.parent,
        station = coalesce(excluded.station, workplaces.station), scanned_at = excluded.scanned_at",
);
static SEEN: Batch = Batch::rows(
    "with r (account_id, station, scanned_at) as (values ",
    3,
    ") insert into workplaces (account_id, station, scanned_at)
     select account_id, station, scanned_at from r where account_id is not null
     on conflict (account_id) do update set
        station = coalesce(excluded.station, workplaces.station), scanned_at = excluded.scanned_at",
);

/// What is new about a person's workplace after a group of scans.
#[derive(Clone, Debug)]
pub struct WorkplaceUpdate {
    /// The person.
    pub account: AccountId,
    /// The parent in hand: `None` leaves it, `Some(None)` puts it down.
    pub parent: Option<Option<String>>,
    /// The station, when one was named.
    pub station: Option<String>,
    /// The time of the newest scan.
    pub scanned_at: Moment,
}

/// A person's workplace.
#[derive(Clone, Debug, Default, sqlx::FromRow)]
pub struct Workplace {
    /// The parent in hand.
    pub parent: Option<String>,
    /// The station.
    pub station: Option<String>,
}

/// Notes where people stand. One row for each person.
pub async fn put(mut conn: Conn<'_>, updates: &[WorkplaceUpdate]) -> Result<(), StoreError> {
    let (moved, stayed): (Vec<_>, Vec<_>) = updates.iter().partition(|update| update.parent.is_some());
    let _moved = execute_rows!(conn, PUT, &moved, |row| [
        row.account => i64,
        row.parent.clone().flatten() => String,
        row.station.as_deref() => &str,
        row.scanned_at.0 => i64,
    ]);
    let _stayed = execute_rows!(conn, SEEN, &stayed, |row| [
        row.account => i64,
        row.station.as_deref() => &str,
        row.scanned_at.0 => i64,
    ]);
    Ok(())
}

/// Where a person stands.
pub async fn find(db: &Db, account: AccountId) -> Result<Workplace, StoreError> {
    const FIND: &str = "select parent, station from workplaces where account_id = $1";
    let mut reader = db.read().await?;
    let found = on!(reader.conn(), c => sqlx::query_as(FIND).bind(account).fetch_optional(&mut **c).await?);
    Ok(found.unwrap_or_default())
}

/// Dispatchers of a scope who scanned since a moment.
pub async fn active_dispatchers(mut conn: Conn<'_>, scope: &Scope, since: Moment) -> Result<i64, StoreError> {
    const ACTIVE: &str = "select count(*) from workplaces w
        join accounts a on a.id = w.account_id
        join account_roles r on r.account_id = a.id and r.role = 'dispatcher'
        where w.scanned_at >= $1 and ($2 = 1 or a.area = $3)";
    let (everywhere, area) = match scope {
        Scope::Nothing => return Ok(0),
        Scope::All => (1_i64, ""),
        Scope::Area(area) => (0, area.as_str()),
    };
    Ok(on!(conn, c => sqlx::query_scalar(ACTIVE)
        .bind(since.0).bind(everywhere).bind(area).fetch_one(&mut **c).await?))
}
