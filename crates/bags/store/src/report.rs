//! What reports read. Sums are made by the database over an index that holds all they need; a list comes page by page.
//!
//! Invariant: nothing here counts rows of `scans`, which are millions: scans are added up from what is counted by the
//! quarter of an hour.

pub mod areas;
pub mod bills;
pub mod eod;
pub mod people;
pub mod raw;
pub mod scans;

use base_core::time::Moment;

/// Reads `quarter+n,quarter+n,…`: the beginning of each quarter of an hour in microseconds, and how many fell into it. One
/// number holds both, as fewer fall into a quarter than it has microseconds. Thousands of quarters come as one text in one
/// row: a row costs 25 µs to read, whatever it holds, and which day a quarter belongs to is the zone's to say.
pub fn read_quarters(text: Option<String>) -> Vec<(Moment, i64)> {
    let text = text.unwrap_or_default();
    let sums = text.split(',').filter_map(|sum| sum.parse().ok().map(Moment));
    let mut quarters: Vec<(Moment, i64)> = sums.map(|sum| (sum.quarter(), sum.0 - sum.quarter().0)).collect();
    quarters.sort_unstable();
    quarters
}

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

#[cfg(test)]
mod tests {
    use base_core::time::QUARTER_US;

    use super::*;

    #[test]
    fn quarters_come_back_in_their_order() {
        let read = read_quarters(Some("1789999200000007,1789998300000035".into()));
        assert_eq!(read, [(Moment(1_988_887 * QUARTER_US), 35), (Moment(1_988_888 * QUARTER_US), 7)]);
        assert_eq!(read_quarters(None), []);
    }
}
