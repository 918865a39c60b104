//! Recounting bills (W5). Every change is counted when it is made, so this finds nothing unless somebody changed the
//! database by hand.
//!
//! Lock order as for scans: the bill first. While a bill is locked, the parents on it cannot change, because changing a
//! parent takes the lock of its bill first.

use bags_rules::bill::BillKey;
use base_core::audit::{Entry, Origin};
use base_core::time::Moment;
use base_db::batch::Batch;
use base_db::{Conn, Db, StoreError};
use base_records::audit;
use base_records::audit::Record;

/// Bills that are looked at in one statement. Only wrong ones are locked for writing, one by one, so that scans never
/// wait long.
const BATCH: i64 = 200;

static LOCK: Batch =
    Batch::list("select i.bill, i.parents, i.children, i.created_at from bills i where i.key in (", ")")
        .locking(" of i");

macro_rules! figures {
    ($bill:literal) => {
        concat!(
            "select count(*) as parents, cast(coalesce(sum(b.children), 0) as bigint) as children
            from bill_parents p join bags b on b.code = p.parent where p.bill = ",
            $bill
        )
    };
}

/// The stored counts of a bill, and the real ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recalculated {
    /// Its number.
    pub number: String,
    /// Parents and children as they were stored.
    pub before: (i64, i64),
    /// Parents and children as they are.
    pub after: (i64, i64),
    /// True when anything had to be written.
    pub was_wrong: bool,
}

/// The result of recounting all bills.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RecalculatedAll {
    /// How many bills there are.
    pub bills: i64,
    /// How many were wrong.
    pub wrong: i64,
}

#[derive(sqlx::FromRow)]
struct Stored {
    bill: String,
    parents: i64,
    children: i64,
    created_at: i64,
}

/// Recounts one bill and writes what differs, with an audit entry. `None` when there is no such bill.
pub async fn recalculate(
    db: &Db,
    key: &BillKey,
    at: Moment,
    origin: &Origin,
) -> Result<Option<Recalculated>, StoreError> {
    const FIGURES: &str = figures!("$1");
    const AREAS: &str = "select b.area, count(*) as n from bill_parents p join bags b on b.code = p.parent
        where p.bill = $1 and b.area is not null group by b.area order by b.area";
    const STORED_AREAS: &str = "select area, parents from bill_areas where bill = $1 order by area";
    const UPDATE: &str = "update bills set parents = $2, children = $3, updated_at = $4 where key = $1";
    let mut tx = db.write().await?;
    let stored = select_in!(tx.conn(), LOCK, Stored, &[key.as_str()]).into_iter().next();
    let Some(stored) = stored else {
        return Ok(None);
    };
    let after: (i64, i64) = on!(tx.conn(), c => sqlx::query_as(FIGURES).bind(key.as_str()).fetch_one(&mut **c).await?);
    let areas: Vec<(String, i64)> =
        on!(tx.conn(), c => sqlx::query_as(AREAS).bind(key.as_str()).fetch_all(&mut **c).await?);
    let stored_areas: Vec<(String, i64)> =
        on!(tx.conn(), c => sqlx::query_as(STORED_AREAS).bind(key.as_str()).fetch_all(&mut **c).await?);
    let before = (stored.parents, stored.children);
    if before != after {
        execute!(tx.conn(), UPDATE, key.as_str(), after.0, after.1, at.0);
    }
    if stored_areas != areas {
        rewrite_areas(tx.conn(), key, stored.created_at, &areas).await?;
    }
    let was_wrong = before != after || stored_areas != areas;
    let says = |(parents, children): (i64, i64), areas: &[(String, i64)]| serde_json::json!({ "parents": parents, "children": children, "areas": areas });
    let entry = Entry::new("bill_weight_recalculated", "bill", stored.bill.as_str())
        .with_before(&says(before, &stored_areas))
        .with_after(&says(after, &areas));
    audit::insert(tx.conn(), &[Record { at, entry, origin }]).await?;
    tx.commit().await?;
    Ok(Some(Recalculated { number: stored.bill, before, after, was_wrong }))
}

async fn rewrite_areas(
    mut conn: Conn<'_>,
    key: &BillKey,
    created_at: i64,
    areas: &[(String, i64)],
) -> Result<(), StoreError> {
    const CLEAR: &str = "delete from bill_areas where bill = $1";
    const PUT: &str = "insert into bill_areas (area, created_at, bill, parents) values ($1, $2, $3, $4)";
    execute!(conn, CLEAR, key.as_str());
    for (area, parents) in areas {
        execute!(conn, PUT, area.as_str(), created_at, key.as_str(), *parents);
    }
    Ok(())
}

/// Recounts every bill, in small steps, and returns how many were wrong.
pub async fn recalculate_all(db: &Db, at: Moment, origin: &Origin) -> Result<RecalculatedAll, StoreError> {
    let mut all = RecalculatedAll::default();
    let mut after = String::new();
    loop {
        let (n, last, wrong) = look(db, &after).await?;
        all.bills += n;
        for key in wrong {
            let found = recalculate(db, &BillKey::stored(&key), at, origin).await?;
            all.wrong += i64::from(found.is_some_and(|found| found.was_wrong));
        }
        match last {
            Some(last) if n == BATCH => after = last,
            _ => break,
        }
    }
    let entry = Entry::new("all_bill_weights_recalculated", "bill", "")
        .with_after(&serde_json::json!({ "bills": all.bills, "wrong": all.wrong }));
    let mut tx = db.write().await?;
    audit::insert(tx.conn(), &[Record { at, entry, origin }]).await?;
    tx.commit().await?;
    Ok(all)
}

/// Looks at the next bills: how many, the last of them, and those that seem wrong.
async fn look(db: &Db, after: &str) -> Result<(i64, Option<String>, Vec<String>), StoreError> {
    const STEP: &str = "select count(*), max(key) from (select key from bills where key > $1 order by key limit $2) s";
    const WRONG: &str = concat!(
        "select i.key from (select key, parents, children, created_at from bills
            where key > $1 order by key limit $2) i
        where (i.parents, i.children) <> (",
        figures!("i.key"),
        ") or exists (
            select 1 from bill_areas o where o.bill = i.key and o.parents <> (
                select count(*) from bill_parents p join bags b on b.code = p.parent
                where p.bill = i.key and b.area = o.area))
        or exists (
            select 1 from bill_parents p join bags b on b.code = p.parent
            where p.bill = i.key and b.area is not null and not exists (
                select 1 from bill_areas o where o.area = b.area and o.created_at = i.created_at and o.bill = i.key))
        order by i.key"
    );
    let mut reader = db.read().await?;
    let (n, last): (i64, Option<String>) =
        on!(reader.conn(), c => sqlx::query_as(STEP).bind(after).bind(BATCH).fetch_one(&mut **c).await?);
    let wrong: Vec<String> =
        on!(reader.conn(), c => sqlx::query_scalar(WRONG).bind(after).bind(BATCH).fetch_all(&mut **c).await?);
    Ok((n, last, wrong))
}
