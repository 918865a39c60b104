//! What exports read: everything, in pages by key, each page as one text.
//!
//! A row costs 25 µs to read through the driver, whatever it holds; a page of thousands is therefore put together by the
//! database. Invariant: a page begins behind the last key of the one before, so each row comes at most once and none is
//! left out that was there all the time. Rows that are written meanwhile may be in it or not.

use bags_rules::bag::BagKind;
use bags_rules::bill::BillStatus;
use base_core::realm::Realm;
use base_core::time::Moment;
use base_db::db::BY_KEY;
use base_db::{Db, Either, StoreError};
use sqlx::Connection;

/// Stands between the fields of a row: no key can hold it, and in other texts it is a blank.
pub const FIELD: char = '\u{1f}';
/// Stands between rows.
pub const ROW: char = '\u{1e}';
/// Rows of a page.
pub const PAGE_ROWS: i64 = 4_000;

macro_rules! bags {
    ($filter:literal) => {
        concat!(
            "select count(*) as n, max(code) as last, string_agg(line, $2) as lines from (
                select b.code, b.code || $1 || b.kind || $1 || cast(b.children as text) || $1
                    || coalesce(i.bill || ' (' || i.status || ')', '') || $1 || cast(b.created_at as text) || $1
                    || coalesce(b.area, '') || $1 || coalesce(l.parent, '') as line
                from (select code, kind, children, area, created_at from bags where code > $3",
            $filter,
            " order by code limit $4) b
                left join links l on l.child = b.code
                left join bill_parents p on p.parent = coalesce(l.parent, b.code)
                left join bills i on i.key = p.bill) x"
        )
    };
}
macro_rules! bills {
    ($filter:literal) => {
        concat!(
            "select count(*) as n, max(key) as last, string_agg(line, $2) as lines from (
                select b.key, b.bill || $1 || replace(replace(b.description, $1, ' '), $2, ' ') || $1 || b.status || $1
                    || cast(b.capacity as text) || $1 || cast(b.parents as text) || $1 || cast(b.children as text) || $1
                    || coalesce(a.username, '') || $1 || cast(b.created_at as text) || $1
                    || cast(b.updated_at as text) || $1 || replace(replace(b.destination, $1, ' '), $2, ' ') || $1
                    || replace(replace(b.vehicle_number, $1, ' '), $2, ' ') as line
                from (select * from bills where key > $3",
            $filter,
            " order by key limit $4) b
                left join accounts a on a.id = b.created_by) x"
        )
    };
}
// `|| ''` keeps the database on the key: by an index of the filter it would have to sort all that is left for every page.
const BAGS: [&str; 3] = [bags!(""), bags!(" and kind || '' = 'parent'"), bags!(" and kind || '' = 'child'")];
const BILLS: [&str; 4] = [
    bills!(""),
    bills!(" and status || '' = 'new'"),
    bills!(" and status || '' = 'processing'"),
    bills!(" and status || '' = 'completed'"),
];

/// Rows as one text: fields between [`FIELD`], rows between [`ROW`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextPage {
    /// How many rows.
    pub rows: u64,
    /// The key of the last one.
    pub last: String,
    /// The rows.
    pub text: String,
}

#[derive(sqlx::FromRow)]
struct TextRow {
    n: i64,
    last: Option<String>,
    lines: Option<String>,
}

macro_rules! fetch {
    ($connection:expr, $text:expr, $after:expr, $limit:expr) => {
        sqlx::query_as::<_, TextRow>($text)
            .bind(FIELD.to_string())
            .bind(ROW.to_string())
            .bind($after)
            .bind($limit)
            .fetch_one($connection)
            .await?
    };
}

async fn page(db: &Db, text: &'static str, after: &str, limit: i64) -> Result<TextPage, StoreError> {
    let row = match &mut db.read().await? {
        Either::Sqlite(connection) => fetch!(&mut **connection, text, after, limit),
        Either::Postgres(connection) => {
            // A plan for the whole table would read all of it for every page.
            let mut tx = connection.begin().await?;
            for (name, value) in BY_KEY {
                sqlx::query("select set_config($1, $2, true)").bind(name).bind(value).execute(&mut *tx).await?;
            }
            let row = fetch!(&mut *tx, text, after, limit);
            tx.commit().await?;
            row
        }
    };
    Ok(TextPage {
        rows: u64::try_from(row.n).unwrap_or_default(),
        last: row.last.unwrap_or_default(),
        text: row.lines.unwrap_or_default(),
    })
}

/// Bags behind a code: code, kind, children, `bill (status)`, first scan in microseconds, area, parent. A child stands on
/// the bill of its parent.
pub async fn bags(db: &Db, kind: Option<BagKind>, after: &str, limit: i64) -> Result<TextPage, StoreError> {
    let which = match kind {
        None => 0,
        Some(BagKind::Parent) => 1,
        Some(BagKind::Child) => 2,
    };
    page(db, BAGS[which], after, limit).await
}

/// Bills behind a key: number, description, status, capacity, parents, children, who created it, when, when it last changed,
/// both in microseconds, destination and number of the vehicle.
pub async fn bills(db: &Db, status: Option<BillStatus>, after: &str, limit: i64) -> Result<TextPage, StoreError> {
    let which = match status {
        None => 0,
        Some(BillStatus::New) => 1,
        Some(BillStatus::Processing) => 2,
        Some(BillStatus::Completed) => 3,
    };
    page(db, BILLS[which], after, limit).await
}

/// A person in the export of activity.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct ActivityRow {
    /// The name in small letters: the key of the next page.
    pub username_folded: String,
    /// The name.
    pub username: String,
    /// The e-mail.
    pub email: Option<String>,
    /// The roles, by comma.
    pub roles: Option<String>,
    /// The dispatch area.
    pub area: Option<String>,
    /// Scans of the span that were not refused.
    pub scans: i64,
    /// All scans that were not refused.
    pub scans_total: i64,
    /// False for accounts that may not sign in.
    pub is_active: bool,
    /// Until when nobody gets in, in microseconds.
    pub locked_until: Option<i64>,
    /// When the account was made, in microseconds.
    pub created_at: i64,
}

const ACTIVITY: &str =
    "select a.username_folded, a.username, a.email, a.area, a.is_active, a.locked_until, a.created_at,
        (select string_agg(r.role, ',') from account_roles r where r.account_id = a.id) as roles,
        (select cast(coalesce(sum(p.parents + p.children + p.bills + p.others), 0) as bigint) from person_scans p
            where p.account_id = a.id and p.quarter >= $2) as scans,
        coalesce(t.parents + t.children + t.bills + t.others, 0) as scans_total
    from accounts a left join person_totals t on t.account_id = a.id
    where a.realm = $4 and a.username_folded > $1 order by a.username_folded limit $3";

/// People behind a name, with their scans since a moment, which begins a quarter of an hour, and since the beginning.
pub async fn activity(db: &Db, after: &str, since: Moment, limit: i64) -> Result<Vec<ActivityRow>, StoreError> {
    let mut reader = db.read().await?;
    Ok(on!(reader.conn(), c => sqlx::query_as(ACTIVITY)
        .bind(after).bind(since.0).bind(limit).bind(Realm::Staff.name()).fetch_all(&mut **c).await?))
}

/// The plans of the statements of exports, as SQLite makes them; empty on PostgreSQL. For tests: none may read a whole
/// table, and none may sort what it finds by key.
pub async fn plans(db: &Db) -> Result<Vec<String>, StoreError> {
    let Db::Sqlite { readers, .. } = db else { return Ok(Vec::new()) };
    let mut plans = Vec::new();
    for text in BAGS.into_iter().chain(BILLS).chain([ACTIVITY]) {
        let explained = sqlx::AssertSqlSafe(format!("explain query plan {text}"));
        let rows: Vec<(i64, i64, i64, String)> = sqlx::query_as(explained).fetch_all(readers).await?;
        plans.extend(rows.into_iter().map(|row| row.3));
    }
    Ok(plans)
}
