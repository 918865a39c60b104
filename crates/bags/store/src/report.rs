//! What reports read. Sums are computed by the database over an index with all columns they need; a list comes page by
//! page.
//!
//! Invariant: nothing here counts rows of `scans`, which are millions: scans are added up from the counts of each
//! quarter of an hour.

pub mod areas;
pub mod bills;
pub mod eod;
pub mod people;
mod quarters;
pub mod raw;
pub mod scans;

pub use quarters::read_quarters;

/// The plans of the statements of reports, as SQLite makes them; empty on PostgreSQL. For tests: none may read a whole
/// table of bags, links, bills, scans or people's figures.
pub async fn plans(db: &base_db::Db) -> Result<Vec<String>, base_db::StoreError> {
    let base_db::Db::Sqlite { readers, .. } = db else { return Ok(Vec::new()) };
    let mut plans = Vec::new();
    for text in bills::texts().into_iter().chain(scans::texts()).chain(areas::texts()).chain(people::texts()) {
        let explained = format!("explain query plan {text}");
        let rows: Vec<(i64, i64, i64, String)> =
            sqlx::query_as(sqlx::AssertSqlSafe(explained)).fetch_all(readers).await?;
        plans.extend(
            rows.into_iter()
                .map(|row| format!("{}: {}", text.split_whitespace().take(12).collect::<Vec<_>>().join(" "), row.3)),
        );
    }
    Ok(plans)
}
