//! What needs a look: work that was begun and not ended, and refusals by the quarter of an hour.
//!
//! Invariant: each number is counted up to [`COUNTED_MAX`] over an index, whatever the site holds, and is that of the list
//! that it leads to.

use base_core::area::Scope;
use base_core::time::Moment;
use base_db::{Conn, Db, StoreError};

use crate::report::read_quarters;

/// Counting ends here: `1,000` then stands for that many or more.
pub const COUNTED_MAX: i64 = 1000;

const OPEN_BILLS: &str = "select count(*) from (
        select key from bills where status = 'new' and created_at < $1
        union all select key from bills where status = 'processing' and created_at < $1
        limit $2) x";
const OPEN_PARENTS: &str = "select count(*) from (select code from bags
    where kind = 'parent' and status = 'in_progress' and placed in (0, 1) and created_at < $1 limit $2) x";
const OPEN_PARENTS_OF_AREA: &str = "select count(*) from (select code from bags
    where kind = 'parent' and area = $3 and status = 'in_progress' and placed in (0, 1) and created_at < $1 limit $2) x";
const REFUSED: &str = "select string_agg(cast(quarter + n as text), ',') from (
    select quarter, cast(sum(n) as bigint) as n from counters
    where name = 'scans_refused' and ($1 = 1 or area = $2) and quarter >= $3 and quarter < $4 group by quarter) x";

/// Bills created before a moment that are not completed; at most [`COUNTED_MAX`].
pub async fn open_bills(mut conn: Conn<'_>, before: Moment) -> Result<i64, StoreError> {
    Ok(on!(conn, c => sqlx::query_scalar(OPEN_BILLS).bind(before.0).bind(COUNTED_MAX).fetch_one(&mut **c).await?))
}

/// Parents first scanned before a moment that have children and are not completed; at most [`COUNTED_MAX`].
pub async fn open_parents(mut conn: Conn<'_>, scope: &Scope, before: Moment) -> Result<i64, StoreError> {
    match scope {
        Scope::Nothing => Ok(0),
        Scope::All => Ok(on!(conn, c => sqlx::query_scalar(OPEN_PARENTS)
            .bind(before.0).bind(COUNTED_MAX).fetch_one(&mut **c).await?)),
        Scope::Area(area) => Ok(on!(conn, c => sqlx::query_scalar(OPEN_PARENTS_OF_AREA)
            .bind(before.0).bind(COUNTED_MAX).bind(area.as_str()).fetch_one(&mut **c).await?)),
    }
}

/// Refused scans of a scope, by the quarter of an hour.
pub async fn refused(
    mut conn: Conn<'_>,
    scope: &Scope,
    (from, until): (Moment, Moment),
) -> Result<Vec<(Moment, i64)>, StoreError> {
    let (everywhere, area) = match scope {
        Scope::Nothing => return Ok(Vec::new()),
        Scope::All => (1_i64, ""),
        Scope::Area(area) => (0, area.as_str()),
    };
    let text: Option<String> = on!(conn, c => sqlx::query_scalar(REFUSED)
        .bind(everywhere).bind(area).bind(from.0).bind(until.0).fetch_one(&mut **c).await?);
    Ok(read_quarters(text))
}

/// The plans of these statements, as SQLite makes them; empty on PostgreSQL. For tests: none may read a whole table.
pub async fn plans(db: &Db) -> Result<Vec<String>, StoreError> {
    let Db::Sqlite { readers, .. } = db else { return Ok(Vec::new()) };
    let mut plans = Vec::new();
    for text in [OPEN_BILLS, OPEN_PARENTS, OPEN_PARENTS_OF_AREA, REFUSED] {
        let explained = sqlx::AssertSqlSafe(format!("explain query plan {text}"));
        let rows: Vec<(i64, i64, i64, String)> = sqlx::query_as(explained).fetch_all(readers).await?;
        plans.extend(rows.into_iter().map(|row| row.3));
    }
    Ok(plans)
}
