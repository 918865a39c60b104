//! What the dashboard reads: sums over counters, each as one row.
//!
//! Invariant: nothing here reads more scans than those of one quarter of an hour; older ones are read from counters.

use bags_rules::counter::Counter;
use bags_rules::outcome::Outcome;
use base_core::account::AccountId;
use base_core::area::Scope;
use base_core::time::{Moment, QUARTER_US};
use base_db::{Conn, Db, StoreError};

use crate::report::read_quarters;

macro_rules! accepted {
    ($columns:literal, $rest:literal) => {
        concat!(
            "select ",
            $columns,
            " from counters where name in ('scans_parent', 'scans_child', 'scans_bill', 'scans_other')
                and ($1 = 1 or area = $2)",
            $rest
        )
    };
}
const SUM: &str = accepted!("cast(coalesce(sum(n), 0) as bigint)", " and quarter >= $3");
const PART: &str = "select outcome, count(*) as n from scans
    where at >= $3 and at < $4 and ($1 = 1 or area = $2) group by outcome";
const PAST: &str = concat!(
    "select (",
    accepted!("cast(coalesce(sum(n), 0) as bigint)", " and quarter = 0"),
    ") - (",
    accepted!("cast(coalesce(sum(n), 0) as bigint)", " and quarter >= $3"),
    ")"
);
const QUARTERS: &str = concat!(
    "select string_agg(cast(quarter + n as text), ',') from (",
    accepted!("quarter, cast(sum(n) as bigint) as n", " and quarter >= $3 and quarter < $4 group by quarter"),
    ") x"
);
const OF_PERSON: &str = "select cast(coalesce(sum(parents + children + bills + others), 0) as bigint) from person_scans
    where account_id = $1 and quarter >= $2";

/// The two values that stand for a scope in a statement; `None` when the scope is empty.
fn bounds(scope: &Scope) -> Option<(i64, &str)> {
    match scope {
        Scope::Nothing => None,
        Scope::All => Some((1, "")),
        Scope::Area(area) => Some((0, area.as_str())),
    }
}

/// Scans of a scope since a moment that were not refused, exact to the microsecond.
pub async fn scans_since(mut conn: Conn<'_>, scope: &Scope, since: Moment) -> Result<i64, StoreError> {
    let Some((everywhere, area)) = bounds(scope) else { return Ok(0) };
    let begun = since.quarter();
    let full = if begun == since { since } else { begun.plus_us(QUARTER_US) };
    let counted: i64 = on!(conn, c => sqlx::query_scalar(SUM)
        .bind(everywhere).bind(area).bind(full.0).fetch_one(&mut **c).await?);
    let rows: Vec<(String, i64)> = on!(conn, c => sqlx::query_as(PART)
        .bind(everywhere).bind(area).bind(since.0).bind(full.0).fetch_all(&mut **c).await?);
    let is_counted = |outcome: &str| {
        let found = Outcome::parse(outcome).and_then(Counter::of_scan);
        found.is_some_and(|found| found != Counter::ScansRefused)
    };
    Ok(counted + rows.iter().filter(|(outcome, _)| is_counted(outcome)).map(|(_, n)| n).sum::<i64>())
}

/// Scans of a scope before a moment that were not refused; the moment begins a quarter of an hour. One statement, so
/// that a scan that arrives meanwhile is in neither of its parts.
pub async fn scans_before(mut conn: Conn<'_>, scope: &Scope, before: Moment) -> Result<i64, StoreError> {
    let Some((everywhere, area)) = bounds(scope) else { return Ok(0) };
    Ok(on!(conn, c => sqlx::query_scalar(PAST)
        .bind(everywhere).bind(area).bind(before.0).fetch_one(&mut **c).await?))
}

/// Scans of a scope that were not refused, by the quarter of an hour.
pub async fn quarters(
    mut conn: Conn<'_>,
    scope: &Scope,
    (from, until): (Moment, Moment),
) -> Result<Vec<(Moment, i64)>, StoreError> {
    let Some((everywhere, area)) = bounds(scope) else { return Ok(Vec::new()) };
    let text: Option<String> = on!(conn, c => sqlx::query_scalar(QUARTERS)
        .bind(everywhere).bind(area).bind(from.0).bind(until.0).fetch_one(&mut **c).await?);
    Ok(read_quarters(text))
}

/// Scans of a person since a moment, which begins a quarter of an hour, that were not refused.
pub async fn scans_of_person(mut conn: Conn<'_>, person: AccountId, since: Moment) -> Result<i64, StoreError> {
    Ok(on!(conn, c => sqlx::query_scalar(OF_PERSON).bind(person).bind(since.0).fetch_one(&mut **c).await?))
}

/// The plans of these statements, as SQLite makes them; empty on PostgreSQL. For tests: none may read a whole table.
pub async fn plans(db: &Db) -> Result<Vec<String>, StoreError> {
    let Db::Sqlite { readers, .. } = db else { return Ok(Vec::new()) };
    let mut plans = Vec::new();
    for text in [SUM, PART, PAST, QUARTERS, OF_PERSON] {
        let explained = sqlx::AssertSqlSafe(format!("explain query plan {text}"));
        let rows: Vec<(i64, i64, i64, String)> = sqlx::query_as(explained).fetch_all(readers).await?;
        plans.extend(rows.into_iter().map(|row| row.3));
    }
    Ok(plans)
}
