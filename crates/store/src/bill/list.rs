//! Bills as lists and pages show them.

use tallyhouse_core::area::Scope;

use crate::db::Conn;
use crate::error::StoreError;

/// Bills of a scope by where they stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BillCounts {
    /// New or processing.
    pub open: i64,
    /// Completed.
    pub completed: i64,
}

/// Counts the bills of a scope: an area's are those that hold a parent of it.
pub async fn counts(mut conn: Conn<'_>, scope: &Scope) -> Result<BillCounts, StoreError> {
    const EVERYWHERE: &str = "select status, count(*) as n from bills group by status";
    const IN_AREA: &str = "select b.status, count(*) as n from bill_areas a join bills b on b.key = a.bill
        where a.area = $1 group by b.status";
    let rows: Vec<(String, i64)> = match scope {
        Scope::Nothing => return Ok(BillCounts::default()),
        Scope::All => on!(conn, c => sqlx::query_as(EVERYWHERE).fetch_all(&mut **c).await?),
        Scope::Area(area) => {
            on!(conn, c => sqlx::query_as(IN_AREA).bind(area.as_str()).fetch_all(&mut **c).await?)
        }
    };
    let sum = |completed: bool| rows.iter().filter(|row| (row.0 == "completed") == completed).map(|row| row.1).sum();
    Ok(BillCounts { open: sum(false), completed: sum(true) })
}
