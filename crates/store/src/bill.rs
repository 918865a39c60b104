//! Bills: how many there are.

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
    const COUNTS: &str = "select status, count(*) as n from bills b
        where $1 = 1 or exists (select 1 from bill_parents p join bags g on g.code = p.parent
            where p.bill = b.key and g.area = $2)
        group by status";
    let (everywhere, area) = match scope {
        Scope::Nothing => return Ok(BillCounts::default()),
        Scope::All => (1_i64, ""),
        Scope::Area(area) => (0, area.as_str()),
    };
    let rows: Vec<(String, i64)> =
        on!(conn, c => sqlx::query_as(COUNTS).bind(everywhere).bind(area).fetch_all(&mut **c).await?);
    let sum = |completed: bool| rows.iter().filter(|row| (row.0 == "completed") == completed).map(|row| row.1).sum();
    Ok(BillCounts { open: sum(false), completed: sum(true) })
}
