//! Bills: what the desk loads and writes. What people look up is in `list` and `find`.

use std::collections::BTreeSet;

use bags_rules::bill::{Bill, BillKey, BillStatus, BillTexts, OnBill};
use bags_rules::code::Code;
use bags_rules::loaded::Loaded;
use bags_rules::mark::Mark;
use base_core::time::Moment;
use base_db::batch::Batch;
use base_db::writes::Writes;
use base_db::{Conn, StoreError};

use crate::search;

mod compose;
mod filter;
mod find;
mod line;
mod list;
mod recalculate;
#[cfg(test)]
mod tests;
mod text;
mod walk;
pub use compose::compose_keys;
pub use filter::{BillCursor, BillFilter, BillOrder, StatusFilter};
pub use find::{
    BillCounts, BilledParent, ParentCursor, ParentFigures, SCANS_SHOWN, counts, find, parent_figures, parents, scans,
};
pub use line::BillLine;
pub use list::{BillPage, LOOKED_AT_MAX, list};
pub use recalculate::{Recalculated, RecalculatedAll, recalculate, recalculate_all};

const LOAD: &str = "select i.key, i.bill, i.description, i.destination, i.vehicle_number, i.capacity, i.status, i.parents, i.children, i.created_at,
        i.created_by, i.completed_at, i.completed_by
     from bills i where i.key in (";
static LOOK: Batch = Batch::list(LOAD, ")");
static LOCK: Batch = Batch::list(LOAD, ") order by i.key").locking(" of i");
static OF_PARENTS: Batch = Batch::list("select parent, bill from bill_parents where parent in (", ")");
static CREATE: Batch = Batch::rows(
    "with r (key, bill, description, destination, vehicle_number, capacity, status, parents, children, created_at,
        created_by, completed_at, completed_by, import_id) as (values ",
    14,
    ") insert into bills (key, bill, description, destination, vehicle_number, capacity, status, parents, children,
        created_at, created_by, completed_at, completed_by, updated_at, import_id)
     select key, bill, description, destination, vehicle_number, capacity, status, parents, children, created_at, created_by, completed_at,
        completed_by, created_at, import_id
     from r where key is not null on conflict (key) do nothing",
);
static UPDATE: Batch = Batch::rows(
    "with r (key, bill, created_by, description, destination, vehicle_number, capacity, status, parents, children,
        completed_at, completed_by, updated_at) as (values ",
    13,
    ") update bills set bill = r.bill, created_by = r.created_by, description = r.description,
     destination = r.destination, vehicle_number = r.vehicle_number, capacity = r.capacity, status = r.status,
     parents = r.parents, children = r.children, completed_at = r.completed_at, completed_by = r.completed_by, updated_at = r.updated_at,
     edited_at = case when bills.description <> r.description or bills.capacity <> r.capacity
            or bills.destination <> r.destination or bills.vehicle_number <> r.vehicle_number then r.updated_at
        else bills.edited_at end
     from r where bills.key = r.key",
);
static DELETE: Batch = Batch::list("delete from bills where key in (", ")");
static PUT: Batch = Batch::rows(
    "with r (parent, bill, linked_at, linked_by, scan_id, import_id) as (values ",
    6,
    ") insert into bill_parents (parent, bill, linked_at, linked_by, scan_id, import_id)
     select parent, bill, linked_at, linked_by, scan_id, import_id from r where parent is not null
     on conflict (parent) do nothing",
);
static TAKE: Batch = Batch::list("delete from bill_parents where parent in (", ")");
static AREAS: Batch = Batch::rows(
    "with r (area, created_at, bill, parents) as (values ",
    4,
    ") insert into bill_areas (area, created_at, bill, parents)
     select area, created_at, bill, parents from r where area is not null
     on conflict (area, created_at, bill) do update set parents = bill_areas.parents + excluded.parents",
);
static EMPTY_AREAS: Batch = Batch::list("delete from bill_areas where parents = 0 and bill in (", ")");

#[derive(sqlx::FromRow)]
struct BillRow {
    key: String,
    bill: String,
    description: String,
    destination: String,
    vehicle_number: String,
    capacity: i64,
    status: String,
    parents: i64,
    children: i64,
    created_at: i64,
    created_by: Option<i64>,
    completed_at: Option<i64>,
    completed_by: Option<i64>,
}

fn read_status(status: &str) -> Result<BillStatus, StoreError> {
    BillStatus::parse(status).ok_or_else(|| StoreError::Unreadable { what: "status of a bill", value: status.into() })
}

impl BillRow {
    fn into_bill(self) -> Result<(BillKey, Bill), StoreError> {
        let count = |n: i64| u32::try_from(n).unwrap_or_default();
        let bill = Bill {
            number: self.bill,
            texts: BillTexts {
                description: self.description,
                destination: self.destination,
                vehicle_number: self.vehicle_number,
            },
            capacity: count(self.capacity),
            status: read_status(&self.status)?,
            parents: count(self.parents),
            children: count(self.children),
            created: Mark { at: Moment(self.created_at), by: self.created_by },
            completed: self.completed_at.map(|at| Mark { at: Moment(at), by: self.completed_by }),
        };
        Ok((BillKey::stored(&self.key), bill))
    }
}

/// Adds these bills to the loaded rows, locked until the transaction ends.
pub async fn load(mut conn: Conn<'_>, keys: &BTreeSet<BillKey>, loaded: &mut Loaded) -> Result<(), StoreError> {
    let texts: Vec<&str> = keys.iter().map(BillKey::as_str).collect();
    for row in select_in!(conn, LOCK, BillRow, &texts) {
        let (key, bill) = row.into_bill()?;
        loaded.load_bill(key, Some(bill));
    }
    for key in keys {
        loaded.load_bill(key.clone(), None);
    }
    Ok(())
}

/// Adds these bills to the loaded rows as they are at this moment, for reading only.
pub async fn look(mut conn: Conn<'_>, keys: &BTreeSet<BillKey>, loaded: &mut Loaded) -> Result<(), StoreError> {
    let texts: Vec<&str> = keys.iter().map(BillKey::as_str).collect();
    for row in select_in!(conn, LOOK, BillRow, &texts) {
        let (key, bill) = row.into_bill()?;
        loaded.load_bill(key, Some(bill));
    }
    for key in keys {
        loaded.load_bill(key.clone(), None);
    }
    Ok(())
}

/// The bills that these parents are on.
pub async fn of_parents(mut conn: Conn<'_>, parents: &[&str]) -> Result<Vec<(Code, BillKey)>, StoreError> {
    let rows = select_in!(conn, OF_PARENTS, (String, String), parents);
    Ok(rows.into_iter().map(|(parent, bill)| (Code::stored(&parent), BillKey::stored(&bill))).collect())
}

/// Every parent on a bill.
pub async fn parents_of(mut conn: Conn<'_>, key: &BillKey) -> Result<Vec<Code>, StoreError> {
    const PARENTS: &str = "select parent from bill_parents where bill = $1";
    let rows: Vec<String> = on!(conn, c => sqlx::query_scalar(PARENTS).bind(key.as_str()).fetch_all(&mut **c).await?);
    Ok(rows.iter().map(|parent| Code::stored(parent)).collect())
}

/// Writes every loaded bill that changed, and which parents are on it. [`StoreError::Conflict`] when another node
/// created a bill or put a parent on one first.
pub async fn write(mut conn: Conn<'_>, loaded: &Loaded, at: Moment, import_id: Option<&str>) -> Result<(), StoreError> {
    let (mut create, mut update, mut gone) = (Vec::new(), Vec::new(), Vec::new());
    for (key, row) in loaded.bills() {
        match (&row.was, &row.now) {
            (None, Some(bill)) => create.push((key.as_str(), bill)),
            (Some(was), Some(now)) if was != now => update.push((key.as_str(), now)),
            (Some(_), None) => gone.push(key.as_str()),
            _ => {}
        }
    }
    create.sort_unstable_by_key(|(key, _)| *key);
    update.sort_unstable_by_key(|(key, _)| *key);
    gone.sort_unstable();
    let created = execute_rows!(conn, CREATE, &create, |row| [
        row.0 => &str,
        row.1.number.as_str() => &str,
        row.1.texts.description.as_str() => &str,
        row.1.texts.destination.as_str() => &str,
        row.1.texts.vehicle_number.as_str() => &str,
        i64::from(row.1.capacity) => i64,
        row.1.status.name() => &str,
        i64::from(row.1.parents) => i64,
        i64::from(row.1.children) => i64,
        row.1.created.at.0 => i64,
        row.1.created.by => i64,
        row.1.completed.map(|mark| mark.at.0) => i64,
        row.1.completed.and_then(|mark| mark.by) => i64,
        import_id => &str,
    ]);
    let mut writes = Writes::default();
    search::gather("bill", create.iter().map(|(key, _)| *key), &mut writes);
    writes.run(conn.reborrow()).await?;
    write_parents(conn.reborrow(), loaded, import_id).await?;
    let updated = execute_rows!(conn, UPDATE, &update, |row| [
        row.0 => &str,
        row.1.number.as_str() => &str,
        row.1.created.by => i64,
        row.1.texts.description.as_str() => &str,
        row.1.texts.destination.as_str() => &str,
        row.1.texts.vehicle_number.as_str() => &str,
        i64::from(row.1.capacity) => i64,
        row.1.status.name() => &str,
        i64::from(row.1.parents) => i64,
        i64::from(row.1.children) => i64,
        row.1.completed.map(|mark| mark.at.0) => i64,
        row.1.completed.and_then(|mark| mark.by) => i64,
        at.0 => i64,
    ]);
    if created != create.len() as u64 || updated != update.len() as u64 {
        return Err(StoreError::Conflict);
    }
    execute_in!(conn, DELETE, &gone);
    search::withdraw(conn, "bill", &gone).await
}

async fn write_parents(mut conn: Conn<'_>, loaded: &Loaded, import_id: Option<&str>) -> Result<(), StoreError> {
    let (mut put, mut take) = (Vec::<(&str, &OnBill)>::new(), Vec::new());
    for (code, row) in loaded.bags() {
        let was = row.was.as_ref().and_then(|bag| bag.on_bill.as_ref());
        let now = row.now.as_ref().and_then(|bag| bag.on_bill.as_ref());
        if was == now {
            continue;
        }
        take.extend(was.map(|_| code.as_str()));
        put.extend(now.map(|on| (code.as_str(), on)));
    }
    put.sort_unstable_by_key(|(code, _)| *code);
    take.sort_unstable();
    execute_in!(conn, TAKE, &take);
    let written = execute_rows!(conn, PUT, &put, |row| [
        row.0 => &str,
        row.1.bill.as_str() => &str,
        row.1.linked_at.0 => i64,
        row.1.linked_by => i64,
        row.1.scan_id.map(|id| id.to_string()) => String,
        import_id => &str,
    ]);
    if written != put.len() as u64 {
        return Err(StoreError::Conflict);
    }
    write_areas(conn, loaded).await
}

async fn write_areas(mut conn: Conn<'_>, loaded: &Loaded) -> Result<(), StoreError> {
    let created_at = |key: &BillKey| {
        let row = loaded.bills().find(|(found, _)| *found == key).map(|(_, row)| row)?;
        row.now.as_ref().or(row.was.as_ref()).map(|bill| bill.created.at.0)
    };
    let changes = loaded.bill_areas();
    let rows: Vec<(&str, i64, &str, i64)> = changes
        .iter()
        .filter_map(|((area, key), by)| Some((area.as_str(), created_at(key)?, key.as_str(), *by)))
        .collect();
    let _written = execute_rows!(conn, AREAS, &rows, |row| [
        row.0 => &str,
        row.1 => i64,
        row.2 => &str,
        row.3 => i64,
    ]);
    let shrunk: Vec<&str> = rows.iter().filter(|row| row.3 < 0).map(|row| row.2).collect();
    execute_in!(conn, EMPTY_AREAS, &shrunk);
    Ok(())
}
