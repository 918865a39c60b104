//! What is kept of one person. It is asked for seldom: what no index gives is found by reading the table.

use base_core::account::AccountId;
use base_core::time::Moment;
use base_db::{Conn, StoreError};
use serde_json::{Value, json};

/// The kinds of rows that are kept of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Scans that they made.
    Scans,
    /// Bags that they created.
    Bags,
    /// Bills that they created, or answer for.
    Bills,
    /// What they have in hand, and where they stand.
    Workplace,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Scans, Self::Bags, Self::Bills, Self::Workplace];

    /// Its name in files and lists.
    pub fn name(self) -> &'static str {
        match self {
            Self::Scans => "scans",
            Self::Bags => "bags",
            Self::Bills => "bills",
            Self::Workplace => "workplace",
        }
    }
}

/// Which part of a person's rows is read.
#[derive(Clone, Copy, Debug)]
pub struct Part<'p> {
    /// Whose rows.
    pub account: AccountId,
    /// The key of the last row of the part before.
    pub after: Option<&'p str>,
    /// Most rows.
    pub limit: u32,
}

/// Rows as JSON objects, and the key of the last of them where more may follow.
pub type Rows = (Vec<Value>, Option<String>);

/// How many rows of a kind are kept of a person.
pub async fn count(mut conn: Conn<'_>, kind: Kind, account: AccountId) -> Result<i64, StoreError> {
    let text = match kind {
        Kind::Scans => "select count(*) from scans where account_id = $1",
        Kind::Bags => "select count(*) from bags where created_by = $1",
        Kind::Bills => "select count(*) from bills where created_by = $1",
        Kind::Workplace => "select count(*) from workplaces where account_id = $1",
    };
    Ok(on!(conn, c => sqlx::query_scalar(text).bind(account).fetch_one(&mut **c).await?))
}

/// A part of the rows of one kind, by their key.
pub async fn page(conn: Conn<'_>, kind: Kind, part: Part<'_>) -> Result<Rows, StoreError> {
    match kind {
        Kind::Scans => scans(conn, part).await,
        Kind::Bags => bags(conn, part).await,
        Kind::Bills => bills(conn, part).await,
        Kind::Workplace => workplace(conn, part).await,
    }
}

/// How many bills of a person are not completed (U4).
pub async fn open_bills(mut conn: Conn<'_>, account: AccountId) -> Result<i64, StoreError> {
    const OPEN: &str = "select count(*) from bills where created_by = $1 and status <> 'completed'";
    Ok(on!(conn, c => sqlx::query_scalar(OPEN).bind(account).fetch_one(&mut **c).await?))
}

/// Makes another person answer for the bills of this one, and says how many bills it were.
pub async fn hand_bills_over(mut conn: Conn<'_>, from: AccountId, to: AccountId) -> Result<u64, StoreError> {
    const HAND_OVER: &str = "update bills set created_by = $2 where created_by = $1";
    Ok(execute!(conn, HAND_OVER, from, to))
}

#[derive(sqlx::FromRow)]
struct ScanRow {
    seq: i64,
    scan_id: String,
    at: i64,
    station: Option<String>,
    area: Option<String>,
    action: String,
    code: String,
    parent: Option<String>,
    bill: Option<String>,
    outcome: String,
    undone_at: Option<i64>,
}

async fn scans(mut conn: Conn<'_>, part: Part<'_>) -> Result<Rows, StoreError> {
    const PAGE: &str = "select seq, scan_id, at, station, area, action, code, parent, bill, outcome, undone_at
        from scans where account_id = $1 and seq > $2 order by seq limit $3";
    let after = part.after.map_or(Ok(0), str::parse::<i64>);
    let after = after.map_err(|_| unreadable(part.after))?;
    let rows: Vec<ScanRow> = on!(conn, c => sqlx::query_as(PAGE)
        .bind(part.account).bind(after).bind(i64::from(part.limit)).fetch_all(&mut **c).await?);
    let next = next_after(&rows, part, |row| row.seq.to_string());
    let told = rows.into_iter().map(|row| {
        json!({
            "scan_id": row.scan_id, "at": time(row.at), "station": row.station, "area": row.area,
            "action": row.action, "code": row.code, "parent": row.parent, "bill": row.bill,
            "outcome": row.outcome, "undone_at": row.undone_at.map(time),
        })
    });
    Ok((told.collect(), next))
}

#[derive(sqlx::FromRow)]
struct BagRow {
    code: String,
    kind: String,
    name: Option<String>,
    area: Option<String>,
    status: String,
    created_at: i64,
}

async fn bags(mut conn: Conn<'_>, part: Part<'_>) -> Result<Rows, StoreError> {
    const PAGE: &str = "select code, kind, name, area, status, created_at
        from bags where created_by = $1 and code > $2 order by code limit $3";
    let rows: Vec<BagRow> = on!(conn, c => sqlx::query_as(PAGE)
        .bind(part.account).bind(part.after.unwrap_or_default()).bind(i64::from(part.limit))
        .fetch_all(&mut **c).await?);
    let next = next_after(&rows, part, |row| row.code.clone());
    let told = rows.into_iter().map(|row| {
        json!({
            "code": row.code, "kind": row.kind, "name": row.name, "area": row.area, "status": row.status,
            "created_at": time(row.created_at),
        })
    });
    Ok((told.collect(), next))
}

#[derive(sqlx::FromRow)]
struct BillRow {
    key: String,
    bill: String,
    description: String,
    destination: String,
    vehicle_number: String,
    capacity: i64,
    status: String,
    created_at: i64,
}

async fn bills(mut conn: Conn<'_>, part: Part<'_>) -> Result<Rows, StoreError> {
    const PAGE: &str = "select key, bill, description, destination, vehicle_number, cast(capacity as bigint) as capacity, status, created_at
        from bills where created_by = $1 and key > $2 order by key limit $3";
    let rows: Vec<BillRow> = on!(conn, c => sqlx::query_as(PAGE)
        .bind(part.account).bind(part.after.unwrap_or_default()).bind(i64::from(part.limit))
        .fetch_all(&mut **c).await?);
    let next = next_after(&rows, part, |row| row.key.clone());
    let told = rows.into_iter().map(|row| {
        json!({
            "bill": row.bill, "description": row.description, "destination": row.destination,
            "vehicle_number": row.vehicle_number, "capacity": row.capacity, "status": row.status,
            "created_at": time(row.created_at),
        })
    });
    Ok((told.collect(), next))
}

#[derive(sqlx::FromRow)]
struct WorkplaceRow {
    parent: Option<String>,
    station: Option<String>,
    scanned_at: i64,
}

async fn workplace(mut conn: Conn<'_>, part: Part<'_>) -> Result<Rows, StoreError> {
    const FIND: &str = "select parent, station, scanned_at from workplaces where account_id = $1";
    let found: Option<WorkplaceRow> =
        on!(conn, c => sqlx::query_as(FIND).bind(part.account).fetch_optional(&mut **c).await?);
    let told =
        found.map(|row| json!({ "parent": row.parent, "station": row.station, "scanned_at": time(row.scanned_at) }));
    Ok((told.into_iter().collect(), None))
}

/// The key of the last row, where the part is full.
fn next_after<R>(rows: &[R], part: Part<'_>, key: impl Fn(&R) -> String) -> Option<String> {
    let is_full = u32::try_from(rows.len()).is_ok_and(|n| n >= part.limit);
    rows.last().filter(|_| is_full).map(key)
}

fn time(at: i64) -> String {
    Moment(at).rfc3339()
}

fn unreadable(after: Option<&str>) -> StoreError {
    StoreError::Unreadable { what: "place in a list", value: after.unwrap_or_default().to_owned() }
}
