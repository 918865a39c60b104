//! The raw rows behind the reports, all of them: what every total must equal. For tests and `doctor` alone.

use base_core::time::Moment;
use base_db::{Db, StoreError};

/// A scan as far as reports count it.
#[derive(Clone, Debug)]
pub struct RawScan {
    /// When.
    pub at: Moment,
    /// Who.
    pub person: Option<String>,
    /// The area; empty is none.
    pub area: String,
    /// Its outcome.
    pub outcome: String,
}

/// A bill, with figures counted from its parents and their links.
#[derive(Clone, Debug)]
pub struct RawBill {
    /// Its number.
    pub number: String,
    /// When it was created.
    pub created_at: Moment,
    /// Who created it.
    pub person: Option<String>,
    /// Its status.
    pub status: String,
    /// Parents it takes.
    pub capacity: i64,
    /// For each parent on it: its area, and how many children are linked to it.
    pub parents: Vec<(String, i64)>,
}

/// Every scan.
pub async fn scans(db: &Db) -> Result<Vec<RawScan>, StoreError> {
    const SCANS: &str = "select s.at, a.username, coalesce(s.area, ''), s.outcome
        from scans s left join accounts a on a.id = s.account_id order by s.seq";
    let mut reader = db.read().await?;
    let rows: Vec<(i64, Option<String>, String, String)> =
        on!(reader.conn(), c => sqlx::query_as(SCANS).fetch_all(&mut **c).await?);
    let scan = |(at, person, area, outcome)| RawScan { at: Moment(at), person, area, outcome };
    Ok(rows.into_iter().map(scan).collect())
}

/// Every bill.
pub async fn bills(db: &Db) -> Result<Vec<RawBill>, StoreError> {
    const BILLS: &str = "select b.key, b.bill, b.created_at, a.username, b.status, b.capacity
        from bills b left join accounts a on a.id = b.created_by order by b.key";
    const PARENTS: &str = "select p.bill, coalesce(g.area, ''), count(l.child)
        from bill_parents p join bags g on g.code = p.parent left join links l on l.parent = p.parent
        group by p.bill, p.parent, g.area order by p.bill, p.parent";
    type BillRow = (String, String, i64, Option<String>, String, i64);
    let mut reader = db.read().await?;
    let bills: Vec<BillRow> = on!(reader.conn(), c => sqlx::query_as(BILLS).fetch_all(&mut **c).await?);
    let parents: Vec<(String, String, i64)> =
        on!(reader.conn(), c => sqlx::query_as(PARENTS).fetch_all(&mut **c).await?);
    let bill = |(key, number, created_at, person, status, capacity): BillRow| {
        let of_bill = parents.iter().filter(|parent| parent.0 == key);
        let parents = of_bill.map(|(_, area, children)| (area.clone(), *children)).collect();
        RawBill { number, created_at: Moment(created_at), person, status, capacity, parents }
    };
    Ok(bills.into_iter().map(bill).collect())
}
