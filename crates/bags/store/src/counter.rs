//! Counters, and the recount with which they must agree.

use std::collections::BTreeMap;

use bags_rules::bill::BillStatus;
use bags_rules::counter::{Counter, Deltas};
use bags_rules::outcome::Outcome;
use base_core::area::{Area, Scope};
use base_core::time::Moment;
use base_db::batch::Batch;
use base_db::writes::Writes;
use base_db::{Conn, StoreError};

static ADD: Batch = Batch::rows(
    "with r (name, area, quarter, shard, n) as (values ",
    5,
    ") insert into counters (name, area, quarter, shard, n) select name, area, quarter, shard, n from r
     where name is not null
     on conflict (name, quarter, area, shard) do update set n = counters.n + excluded.n",
);

/// Collects what is added to the counters, in the same transaction as the rows that are counted.
pub fn gather<'d>(deltas: &'d Deltas, shard: i64, writes: &mut Writes<'d>) {
    writes.add(&ADD, deltas.rows(), |(key, n)| {
        [
            key.counter.name().into(),
            key.area.as_ref().map_or("", Area::as_str).into(),
            key.quarter.0.into(),
            shard.into(),
            n.into(),
        ]
    });
}

/// Every counter by name: the key begins with the name, and a sum without it reads all quarters of all years.
macro_rules! every_counter {
    () => {
        "'children', 'links', 'parents_pending', 'parents_in_progress', 'parents_completed', 'parents_billed',
            'bills_new', 'bills_processing', 'bills_completed', 'scans_parent', 'scans_child', 'scans_bill',
            'scans_other', 'scans_refused'"
    };
}

/// Totals since the beginning.
pub type Totals = BTreeMap<Counter, i64>;

/// The totals of a scope, summed up by the database: a row for each counter.
pub async fn totals(mut conn: Conn<'_>, scope: &Scope) -> Result<Totals, StoreError> {
    const TOTALS: &str = concat!(
        "select name, cast(sum(n) as bigint) as n from counters where quarter = 0 and name in (",
        every_counter!(),
        ") group by name"
    );
    match scope {
        Scope::Nothing => Ok(Totals::new()),
        Scope::Area(area) => totals_of(conn, area).await,
        Scope::All => {
            let rows: Vec<(String, i64)> = on!(conn, c => sqlx::query_as(TOTALS).fetch_all(&mut **c).await?);
            Ok(rows.into_iter().filter_map(|(name, n)| Some((Counter::parse(&name)?, n))).collect())
        }
    }
}

/// The totals of one stored area; the empty name is for what has no area.
pub async fn totals_of(mut conn: Conn<'_>, area: &Area) -> Result<Totals, StoreError> {
    const TOTALS: &str = concat!(
        "select name, cast(sum(n) as bigint) as n from counters where quarter = 0 and area = $1 and name in (",
        every_counter!(),
        ") group by name"
    );
    let rows: Vec<(String, i64)> =
        on!(conn, c => sqlx::query_as(TOTALS).bind(area.as_str()).fetch_all(&mut **c).await?);
    Ok(rows.into_iter().filter_map(|(name, n)| Some((Counter::parse(&name)?, n))).collect())
}

fn covers(scope: &Scope, area: &str) -> bool {
    let area = (!area.is_empty()).then(|| Area::new(area));
    scope.covers(area.as_ref())
}

/// Scans per quarter of an hour between two moments: `(quarter, counter, n)`.
pub async fn scans_between(
    mut conn: Conn<'_>,
    scope: &Scope,
    from: Moment,
    until: Moment,
) -> Result<Vec<(Moment, Counter, i64)>, StoreError> {
    const BETWEEN: &str = "select quarter, area, cast(sum(n) as bigint) as n from counters
        where name = $1 and quarter >= $2 and quarter < $3 group by quarter, area";
    let mut found = Vec::new();
    for counter in
        [Counter::ScansParent, Counter::ScansChild, Counter::ScansBill, Counter::ScansOther, Counter::ScansRefused]
    {
        let rows: Vec<(i64, String, i64)> = on!(conn, c => sqlx::query_as(BETWEEN)
            .bind(counter.name()).bind(from.0).bind(until.0).fetch_all(&mut **c).await?);
        let visible = rows.into_iter().filter(|(_, area, _)| covers(scope, area));
        found.extend(visible.map(|(quarter, _, n)| (Moment(quarter), counter, n)));
    }
    Ok(found)
}

/// How many scans there were between two moments that are full quarters of an hour, refused ones too.
pub async fn scans_in_all(mut conn: Conn<'_>, scope: &Scope, from: Moment, until: Moment) -> Result<i64, StoreError> {
    const SUM: &str = "select cast(coalesce(sum(n), 0) as bigint) from counters
        where name in ('scans_parent', 'scans_child', 'scans_bill', 'scans_other', 'scans_refused')
            and quarter >= $1 and quarter < $2 and ($3 = 1 or area = $4)";
    let (everywhere, area) = match scope {
        Scope::Nothing => return Ok(0),
        Scope::All => (1_i64, ""),
        Scope::Area(area) => (0, area.as_str()),
    };
    Ok(on!(conn, c => sqlx::query_scalar(SUM)
        .bind(from.0).bind(until.0).bind(everywhere).bind(area).fetch_one(&mut **c).await?))
}

/// Counts everything from the rows themselves, which is slow: what [`totals`] must equal, for every area. For tests and
/// `doctor`.
pub async fn recount(mut conn: Conn<'_>) -> Result<BTreeMap<(Counter, Option<Area>), i64>, StoreError> {
    const BAGS: &str = "select kind, status, coalesce(area, '') as area, count(*) as n from bags group by 1, 2, 3";
    const LINKS: &str = "select coalesce(b.area, '') as area, count(*) as n
        from links l join bags b on b.code = l.parent group by 1";
    const BILLS: &str = "select status, count(*) as n from bills group by 1";
    const BILLED: &str = "select coalesce(b.area, '') as area, count(*) as n
        from bill_parents p join bags b on b.code = p.parent group by 1";
    const SCANS: &str = "select outcome, coalesce(area, '') as area, count(*) as n from scans group by 1, 2";
    let bags: Vec<(String, String, String, i64)> = on!(conn, c => sqlx::query_as(BAGS).fetch_all(&mut **c).await?);
    let links: Vec<(String, i64)> = on!(conn, c => sqlx::query_as(LINKS).fetch_all(&mut **c).await?);
    let bills: Vec<(String, i64)> = on!(conn, c => sqlx::query_as(BILLS).fetch_all(&mut **c).await?);
    let billed: Vec<(String, i64)> = on!(conn, c => sqlx::query_as(BILLED).fetch_all(&mut **c).await?);
    let scans: Vec<(String, String, i64)> = on!(conn, c => sqlx::query_as(SCANS).fetch_all(&mut **c).await?);
    let mut counts = BTreeMap::new();
    let mut add = |counter: Counter, area: &str, n: i64| {
        let area = (!area.is_empty()).then(|| Area::new(area));
        *counts.entry((counter, area)).or_insert(0) += n;
    };
    for (kind, status, area, n) in bags {
        let counter = match (kind.as_str(), status.as_str()) {
            ("child", _) => Counter::Children,
            (_, "pending") => Counter::ParentsPending,
            (_, "in_progress") => Counter::ParentsInProgress,
            _ => Counter::ParentsCompleted,
        };
        add(counter, &area, n);
    }
    for (area, n) in links {
        add(Counter::Links, &area, n);
    }
    for (area, n) in billed {
        add(Counter::ParentsBilled, &area, n);
    }
    for (status, n) in bills {
        let parsed = BillStatus::parse(&status).ok_or(StoreError::Unreadable { what: "status", value: status })?;
        add(Counter::of_bill(parsed), "", n);
    }
    for (outcome, area, n) in scans {
        let parsed = Outcome::parse(&outcome).ok_or(StoreError::Unreadable { what: "outcome", value: outcome })?;
        if let Some(counter) = Counter::of_scan(parsed) {
            add(counter, &area, n);
        }
    }
    Ok(counts)
}

/// The stored totals in the shape of [`recount`], without zeros.
pub async fn stored(mut conn: Conn<'_>) -> Result<BTreeMap<(Counter, Option<Area>), i64>, StoreError> {
    const STORED: &str = "select name, area, cast(sum(n) as bigint) as n from counters where quarter = 0
        group by name, area having sum(n) <> 0";
    let rows: Vec<(String, String, i64)> = on!(conn, c => sqlx::query_as(STORED).fetch_all(&mut **c).await?);
    let key = |(name, area, n): (String, String, i64)| {
        Counter::parse(&name).map(|counter| ((counter, (!area.is_empty()).then(|| Area::new(&area))), n))
    };
    Ok(rows.into_iter().filter_map(key).collect())
}

/// Bills and bags that contradict each other. Empty, unless something is broken.
pub async fn wrong_bills(mut conn: Conn<'_>) -> Result<Vec<String>, StoreError> {
    const SUMS: &str = "select i.bill from bills i
        left join (select p.bill, count(*) as parents, cast(sum(b.children) as bigint) as children
            from bill_parents p join bags b on b.code = p.parent group by p.bill) s on s.bill = i.key
        where i.parents <> coalesce(s.parents, 0) or i.children <> coalesce(s.children, 0) order by i.bill";
    const AREAS: &str = "select a.bill || ' ' || a.area from bill_areas a
        left join (select p.bill, b.area, count(*) as n from bill_parents p join bags b on b.code = p.parent
            group by p.bill, b.area) s on s.bill = a.bill and s.area = a.area
        where a.parents <> coalesce(s.n, 0)
        union all
        select p.bill || ' ' || b.area from bill_parents p join bags b on b.code = p.parent
        where b.area is not null
            and not exists (select 1 from bill_areas a where a.bill = p.bill and a.area = b.area)";
    const PLACED: &str = "select code from bags where placed <> case
            when exists (select 1 from links where child = code) then 1
            when exists (select 1 from bill_parents where parent = code) then 1 else 0 end";
    // What foreign keys would ensure: see the migration of `bill_parents`.
    const NO_END: &str = "select p.bill || ' ' || p.parent from bill_parents p
            left join bags b on b.code = p.parent left join bills i on i.key = p.bill
        where b.code is null or i.key is null";
    let mut wrong = Vec::new();
    for text in [SUMS, AREAS, PLACED, NO_END] {
        let found: Vec<String> = on!(conn, c => sqlx::query_scalar(text).fetch_all(&mut **c).await?);
        wrong.extend(found);
    }
    Ok(wrong)
}

/// Parents whose stored count or status does not match their links, and parents that links name but that do not exist.
/// Empty, unless something is broken.
pub async fn wrong_parents(mut conn: Conn<'_>, capacity: u32) -> Result<Vec<String>, StoreError> {
    const WRONG: &str = "select b.code from bags b
        left join (select parent, count(*) as n from links group by parent) l on l.parent = b.code
        where b.kind = 'parent' and (b.children <> coalesce(l.n, 0)
            or b.status <> case when coalesce(l.n, 0) = 0 then 'pending'
                when l.n < $1 then 'in_progress' else 'completed' end)
        union
        select l.parent from links l left join bags b on b.code = l.parent where b.code is null
        order by 1";
    Ok(on!(conn, c => sqlx::query_scalar(WRONG).bind(i64::from(capacity)).fetch_all(&mut **c).await?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_ask_for_every_counter_by_name() {
        for counter in Counter::ALL {
            assert!(every_counter!().contains(&format!("'{}'", counter.name())), "{}", counter.name());
        }
        assert_eq!(every_counter!().matches(',').count() + 1, Counter::ALL.len());
    }
}
