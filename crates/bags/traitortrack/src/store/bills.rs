//! Writing bills, and the parents on them.

use std::collections::{BTreeSet, HashMap, HashSet};

use bags_rules::bag::BagKind;
use bags_rules::bill::BillStatus;
use bags_rules::code::Code;
use bags_rules::counter::{Counter, Deltas};
use bags_store::{bill, counter, search};
use base_core::area::Area;
use base_core::time::Moment;
use base_db::batch::Batch;
use base_db::writes::Writes;
use base_db::{Conn, StoreError};
use uuid::Uuid;

use super::import::{Brought, Import, SHARD, count};
use super::rows::{BillBagRow, Kind};
use crate::rules;
use crate::rules::{
    EarlierBill, EarlierBillBag, Finding, KeptBill, KnownBill, KnownParent, LoadedBills, OnBillNow, scan_id,
};

static PRESENT: Batch = Batch::list("select key, import_id from bills where key in (", ")");
static INSERT: Batch = Batch::rows(
    "with r (key, bill, description, destination, vehicle_number, capacity, status, created_at, created_by, completed_at,
        updated_at, import_id) as (values ",
    12,
    ") insert into bills (key, bill, description, destination, vehicle_number, capacity, status, parents, children,
        created_at, created_by, completed_at, updated_at, import_id)
     select key, bill, description, destination, vehicle_number, capacity, status, 0, 0, created_at, created_by,
        completed_at, updated_at, import_id
     from r where key is not null on conflict (key) do nothing",
);
static BILLS: Batch =
    Batch::list("select i.key, i.capacity, i.status, i.parents from bills i where i.key in (", ") order by i.key")
        .locking(" of i");
static PARENTS: Batch = Batch::list(
    "select b.code, b.kind, b.area, b.import_id, p.bill, p.linked_at, p.linked_by, p.scan_id,
        p.import_id as bill_import_id
     from bags b left join bill_parents p on p.parent = b.code where b.code in (",
    ") order by b.kind desc, b.code",
)
.locking(" of b");
static PUT: Batch = Batch::rows(
    "with r (parent, bill, linked_at, linked_by, scan_id, import_id) as (values ",
    6,
    ") insert into bill_parents (parent, bill, linked_at, linked_by, scan_id, import_id)
     select parent, bill, linked_at, linked_by, scan_id, import_id from r where parent is not null
     on conflict (parent) do update set bill = excluded.bill, linked_at = excluded.linked_at,
        linked_by = excluded.linked_by, scan_id = excluded.scan_id, import_id = excluded.import_id",
);
static PLACED: Batch = Batch::list("update bags set placed = 1 where code in (", ")");
static STATUS: Batch = Batch::rows(
    "with r (key, status) as (values ",
    2,
    ") update bills set status = r.status from r where bills.key = r.key",
);
static COUNT: Batch = Batch::list(
    "update bills set parents = (select count(*) from bill_parents p where p.bill = bills.key),
        children = (select cast(coalesce(sum(b.children), 0) as bigint) from bill_parents p
            join bags b on b.code = p.parent where p.bill = bills.key)
     where key in (",
    ")",
);
static NO_AREAS: Batch = Batch::list("delete from bill_areas where bill in (", ")");
static AREAS: Batch = Batch::list(
    "insert into bill_areas (area, created_at, bill, parents)
     select b.area, i.created_at, i.key, count(*) from bill_parents p
        join bags b on b.code = p.parent join bills i on i.key = p.bill
     where b.area is not null and i.key in (",
    ") group by b.area, i.created_at, i.key",
);

/// Recounts the parents, children and areas of these bills.
pub(super) async fn recount(mut conn: Conn<'_>, keys: &[&str]) -> Result<(), StoreError> {
    execute_in!(conn, COUNT, keys);
    execute_in!(conn, NO_AREAS, keys);
    execute_in!(conn, AREAS, keys);
    Ok(())
}

pub(super) async fn bring(
    mut conn: Conn<'_>,
    import: &Import<'_>,
    rows: &[EarlierBill],
) -> Result<Brought, StoreError> {
    let mut brought = Brought::default();
    let keys: Vec<String> = rows.iter().map(|row| rules::bill(row).0.number.to_uppercase()).collect();
    let texts: Vec<&str> = keys.iter().map(String::as_str).collect();
    let present: HashMap<String, Option<String>> =
        select_in!(conn, PRESENT, (String, Option<String>), &texts).into_iter().collect();
    let mut taken: HashSet<String> = present.keys().cloned().collect();
    let mut new: Vec<(String, KeptBill)> = Vec::with_capacity(rows.len());
    for (row, key) in rows.iter().zip(&keys) {
        let (mut kept, findings) = rules::bill(row);
        brought.findings.extend(findings);
        if present.get(key).is_some_and(|from| from.as_deref() != Some(import.source.as_str())) {
            let done = "not kept, nor what is on it: a bill of this number was here before, and stays as it is";
            brought.leave_out(Finding::new("bill", row.id, &kept.number, "already_here", done));
            continue;
        }
        if taken.contains(key) {
            taken.extend(numbered(conn.reborrow(), key).await?);
            let number = rules::free_number(&kept.number, |key| taken.contains(key));
            let done = format!("kept as {number}: numbers that differ by case alone are one here");
            brought.findings.push(Finding::new("bill", row.id, &kept.number, "number_twice", done));
            kept.number = number;
        }
        let key = kept.number.to_uppercase();
        taken.insert(key.clone());
        new.push((key, kept));
    }
    brought.brought = count(new.len());
    write(conn, import, &mut new).await?;
    Ok(brought)
}

/// The keys that begin with this one, followed by a number in brackets.
async fn numbered(mut conn: Conn<'_>, key: &str) -> Result<Vec<String>, StoreError> {
    const NUMBERED: &str = "select key from bills where key >= $1 and key < $2";
    let (from, until) = (format!("{key} ("), format!("{key} )"));
    Ok(on!(conn, c => sqlx::query_scalar(NUMBERED).bind(&from).bind(&until).fetch_all(&mut **c).await?))
}

async fn write(mut conn: Conn<'_>, import: &Import<'_>, new: &mut [(String, KeptBill)]) -> Result<(), StoreError> {
    let ids: Vec<(i64, String)> = new.iter().map(|(_, bill)| (bill.earlier_id, bill.number.clone())).collect();
    new.sort_unstable_by(|one, two| one.0.cmp(&two.0));
    let written = execute_rows!(conn, INSERT, &*new, |row| [
        row.0.as_str() => &str,
        row.1.number.as_str() => &str,
        row.1.texts.description.as_str() => &str,
        row.1.texts.destination.as_str() => &str,
        row.1.texts.vehicle_number.as_str() => &str,
        row.1.capacity => i64,
        row.1.status.name() => &str,
        row.1.created_at.0 => i64,
        import.account(row.1.created_by) => i64,
        row.1.completed_at.map(|at| at.0) => i64,
        row.1.updated_at.0 => i64,
        import.source.as_str() => &str,
    ]);
    if written != count(new.len()) {
        return Err(StoreError::Conflict);
    }
    import.remember(conn.reborrow(), Kind::Bill, &ids).await?;
    let mut deltas = Deltas::default();
    for (_, bill) in new.iter() {
        deltas.add(Counter::of_bill(bill.status), None, Moment(0), 1);
    }
    let mut writes = Writes::default();
    search::gather("bill", new.iter().map(|(key, _)| key.as_str()), &mut writes);
    counter::gather(&deltas, SHARD, &mut writes);
    writes.run(conn).await
}

#[derive(sqlx::FromRow)]
struct ParentRow {
    code: String,
    kind: String,
    area: Option<String>,
    import_id: Option<String>,
    bill: Option<String>,
    linked_at: Option<i64>,
    linked_by: Option<i64>,
    scan_id: Option<String>,
    bill_import_id: Option<String>,
}

pub(super) async fn bring_parents(
    mut conn: Conn<'_>,
    import: &Import<'_>,
    rows: &[BillBagRow],
) -> Result<Brought, StoreError> {
    let rows: Vec<EarlierBillBag> = rows
        .iter()
        .map(|row| EarlierBillBag {
            id: row.id,
            bill: import.bills.get(&row.bill_id).map(|number| number.to_uppercase()),
            parent: row.parent.clone(),
            linked_at: row.linked_at,
            linked_by: import.account(row.user_id),
            scan_id: row.scan.and_then(|(scan, at)| {
                let code = row.parent.as_deref().and_then(Code::kept)?;
                Some(scan_id(scan, at, &code))
            }),
        })
        .collect();
    let mut loaded = load(conn.reborrow(), import, &rows).await?;
    let mut brought = Brought::default();
    let on = |loaded: &LoadedBills, row: &EarlierBillBag| {
        let code = row.parent.as_deref().and_then(Code::kept)?;
        loaded.parents.get(&code)?.on.clone()
    };
    for row in &rows {
        let before = on(&loaded, row);
        match loaded.place(row) {
            Ok(finding) => {
                let changed = on(&loaded, row) != before;
                brought.brought += u64::from(changed);
                brought.replaced += u64::from(changed && before.is_some());
                brought.known += u64::from(!changed);
                brought.findings.extend(finding);
            }
            Err(finding) => {
                brought.leave_out(finding);
            }
        }
    }
    write_parents(conn, import, &loaded).await?;
    Ok(brought)
}

async fn load(mut conn: Conn<'_>, import: &Import<'_>, rows: &[EarlierBillBag]) -> Result<LoadedBills, StoreError> {
    let codes: BTreeSet<Code> = rows.iter().filter_map(|row| row.parent.as_deref()).filter_map(Code::kept).collect();
    let codes: Vec<&str> = codes.iter().map(Code::as_str).collect();
    let led_to = bill::of_parents(conn.reborrow(), &codes).await?;
    let named = rows.iter().filter_map(|row| row.bill.as_deref());
    let keys: BTreeSet<&str> = named.chain(led_to.iter().map(|(_, key)| key.as_str())).collect();
    let keys: Vec<&str> = keys.into_iter().collect();
    let mut loaded = LoadedBills::default();
    for (key, capacity, status, parents) in select_in!(conn, BILLS, (String, i64, String, i64), &keys) {
        let status =
            BillStatus::parse(&status).ok_or(StoreError::Unreadable { what: "status of a bill", value: status })?;
        let bill = KnownBill { capacity, status, parents };
        loaded.bills.insert(key, (bill, bill));
    }
    let ours = |id: &Option<String>| id.as_deref() == Some(import.source.as_str());
    for row in select_in!(conn, PARENTS, ParentRow, &codes) {
        let kind = BagKind::parse(&row.kind);
        let kind = kind.ok_or_else(|| StoreError::Unreadable { what: "kind of bag", value: row.kind.clone() })?;
        let came_over = ours(&row.bill_import_id);
        let scan_id = row.scan_id.as_deref().and_then(|id| Uuid::parse_str(id).ok());
        let (linked_at, linked_by) = (Moment(row.linked_at.unwrap_or_default()), row.linked_by);
        let on = row.bill.map(|bill| OnBillNow { bill, linked_at, linked_by, scan_id, came_over });
        let parent = KnownParent {
            kind,
            area: row.area.as_deref().map(Area::new),
            came_over: ours(&row.import_id),
            was_on: on.clone(),
            on,
        };
        loaded.parents.insert(Code::stored(&row.code), parent);
    }
    Ok(loaded)
}

async fn write_parents(mut conn: Conn<'_>, import: &Import<'_>, loaded: &LoadedBills) -> Result<(), StoreError> {
    let mut put: Vec<(&str, &OnBillNow)> = Vec::new();
    for (code, parent) in &loaded.parents {
        put.extend(parent.on.as_ref().filter(|_| parent.was_on != parent.on).map(|on| (code.as_str(), on)));
    }
    put.sort_unstable_by_key(|(code, _)| *code);
    let _put = execute_rows!(conn, PUT, &put, |row| [
        row.0 => &str,
        row.1.bill.as_str() => &str,
        row.1.linked_at.0 => i64,
        row.1.linked_by => i64,
        row.1.scan_id.map(|id| id.to_string()) => String,
        import.source.as_str() => &str,
    ]);
    let codes: Vec<&str> = put.iter().map(|(code, _)| *code).collect();
    execute_in!(conn, PLACED, &codes);
    let mut moved: Vec<(&str, BillStatus)> = Vec::new();
    for (key, (was, now)) in &loaded.bills {
        if was.status != now.status {
            moved.push((key, now.status));
        }
    }
    moved.sort_unstable_by_key(|(key, _)| *key);
    let _moved = execute_rows!(conn, STATUS, &moved, |row| [
        row.0 => &str,
        row.1.name() => &str,
    ]);
    recount(conn.reborrow(), &loaded.touched()).await?;
    let deltas = loaded.deltas();
    let mut writes = Writes::default();
    counter::gather(&deltas, SHARD, &mut writes);
    writes.run(conn).await
}
