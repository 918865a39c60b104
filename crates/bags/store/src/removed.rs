//! What removals took away, kept for the hour in which they can be undone.
//!
//! Invariant: what is brought back is what was there, to the last column: what the rules do not know of a row is copied from
//! row to row.

use bags_rules::bag::{Bag, Link};
use bags_rules::bill::{Bill, BillKey, BillStatus, BillTexts, OnBill};
use bags_rules::code::Code;
use bags_rules::loaded::Loaded;
use bags_rules::mark::Mark;
use bags_rules::removed::{Removed, RemovedBag, RemovedBill, RemovedThings};
use base_core::area::Area;
use base_core::time::Moment;
use base_db::batch::Batch;
use base_db::{Conn, Db, StoreError};
use uuid::Uuid;

use crate::bag::{read_kind, read_status};

static KEEP_BAGS: Batch = Batch::rows(
    "with r (removal, place, removed_at, code, kind, area, children, status, closed_at, closed_by, created_at, created_by,
        parent, linked_at, linked_by, link_scan_id) as (values ",
    16,
    ") insert into removed_bags (removal, place, removed_at, code, kind, name, area, children, status, closed_at, closed_by,
        created_at, created_by, import_id, legacy, parent, linked_at, linked_by, link_scan_id, link_import_id)
     select r.removal, r.place, r.removed_at, r.code, r.kind, b.name, r.area, r.children, r.status, r.closed_at,
        r.closed_by, coalesce(b.created_at, r.created_at), coalesce(b.created_by, r.created_by), b.import_id, b.legacy,
        r.parent, r.linked_at, r.linked_by, r.link_scan_id, l.import_id
     from r left join bags b on b.code = r.code left join links l on l.child = r.code where r.removal is not null",
);
static KEEP_BILLS: Batch = Batch::rows(
    "with r (removal, removed_at, key, bill, description, destination, vehicle_number, capacity, status, created_at,
        created_by, completed_at, completed_by) as (values ",
    13,
    ") insert into removed_bills (removal, removed_at, key, bill, description, destination, vehicle_number, capacity,
        status, created_at, created_by, completed_at, completed_by, edited_at, import_id)
     select r.removal, r.removed_at, r.key, r.bill, r.description, r.destination, r.vehicle_number, r.capacity, r.status,
        r.created_at, r.created_by, r.completed_at, r.completed_by, b.edited_at, b.import_id
     from r left join bills b on b.key = r.key where r.removal is not null",
);
static KEEP_PARENTS: Batch = Batch::rows(
    "with r (removal, place, removed_at, parent, linked_at, linked_by, scan_id) as (values ",
    7,
    ") insert into removed_bill_parents (removal, place, removed_at, parent, linked_at, linked_by, scan_id, import_id)
     select r.removal, r.place, r.removed_at, r.parent, r.linked_at, r.linked_by, r.scan_id, p.import_id
     from r left join bill_parents p on p.parent = r.parent where r.removal is not null",
);
static BAGS: Batch = Batch::list(
    "select removal, removed_at, code, kind, area, children, status, closed_at, closed_by, created_at, created_by, parent,
        linked_at, linked_by, link_scan_id
     from removed_bags where removal in (",
    ") order by removal, place",
);
static BILLS: Batch = Batch::list(
    "select removal, removed_at, key, bill, description, destination, vehicle_number, capacity, status, created_at,
        created_by, completed_at, completed_by
     from removed_bills where removal in (",
    ")",
);
static PARENTS: Batch = Batch::list(
    "select removal, parent, linked_at, linked_by, scan_id from removed_bill_parents where removal in (",
    ") order by removal, place",
);

#[derive(sqlx::FromRow)]
struct BagRow {
    removal: String,
    removed_at: i64,
    code: String,
    kind: String,
    area: Option<String>,
    children: i64,
    status: String,
    closed_at: Option<i64>,
    closed_by: Option<i64>,
    created_at: i64,
    created_by: Option<i64>,
    parent: Option<String>,
    linked_at: Option<i64>,
    linked_by: Option<i64>,
    link_scan_id: Option<String>,
}

impl BagRow {
    fn into_removed(self) -> Result<RemovedBag, StoreError> {
        let bag = Bag {
            code: Code::stored(&self.code),
            kind: read_kind(&self.kind)?,
            area: self.area.as_deref().map(Area::new),
            children: u32::try_from(self.children).unwrap_or_default(),
            status: read_status(&self.status)?,
            closed: self.closed_at.map(|at| Mark { at: Moment(at), by: self.closed_by }),
            created: Some(Mark { at: Moment(self.created_at), by: self.created_by }),
            on_bill: None,
            placed: self.parent.is_some(),
        };
        let link = self.parent.map(|parent| Link {
            parent: Code::stored(&parent),
            linked_at: Moment(self.linked_at.unwrap_or_default()),
            linked_by: self.linked_by,
            scan_id: read_id(self.link_scan_id.as_deref()),
        });
        Ok(RemovedBag { bag, link })
    }
}

#[derive(sqlx::FromRow)]
struct BillRow {
    removal: String,
    removed_at: i64,
    key: String,
    bill: String,
    description: String,
    destination: String,
    vehicle_number: String,
    capacity: i64,
    status: String,
    created_at: i64,
    created_by: Option<i64>,
    completed_at: Option<i64>,
    completed_by: Option<i64>,
}

#[derive(sqlx::FromRow)]
struct ParentRow {
    removal: String,
    parent: String,
    linked_at: i64,
    linked_by: Option<i64>,
    scan_id: Option<String>,
}

impl BillRow {
    fn into_removed(self, parents: &[ParentRow]) -> Result<RemovedBill, StoreError> {
        let key = BillKey::stored(&self.key);
        let status = BillStatus::parse(&self.status);
        let status = status.ok_or(StoreError::Unreadable { what: "status of a bill", value: self.status })?;
        let bill = Bill {
            number: self.bill,
            texts: BillTexts {
                description: self.description,
                destination: self.destination,
                vehicle_number: self.vehicle_number,
            },
            capacity: u32::try_from(self.capacity).unwrap_or_default(),
            status,
            parents: 0,
            children: 0,
            created: Mark { at: Moment(self.created_at), by: self.created_by },
            completed: self.completed_at.map(|at| Mark { at: Moment(at), by: self.completed_by }),
        };
        let on = |row: &ParentRow| OnBill {
            bill: key.clone(),
            linked_at: Moment(row.linked_at),
            linked_by: row.linked_by,
            scan_id: read_id(row.scan_id.as_deref()),
        };
        let own = parents.iter().filter(|row| row.removal == self.removal);
        let parents = own.map(|row| (Code::stored(&row.parent), on(row))).collect();
        Ok(RemovedBill { key, bill, parents })
    }
}

fn read_id(text: Option<&str>) -> Option<Uuid> {
    text.and_then(|id| Uuid::parse_str(id).ok())
}

/// Adds these removals to the loaded rows, as far as they are still kept, and gives them.
pub async fn load(mut conn: Conn<'_>, removals: &[Uuid], loaded: &mut Loaded) -> Result<Vec<Removed>, StoreError> {
    let texts: Vec<String> = removals.iter().map(ToString::to_string).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let mut found: Vec<(String, Removed)> = Vec::new();
    for row in select_in!(conn, BAGS, BagRow, &texts) {
        let (removal, at) = (row.removal.clone(), Moment(row.removed_at));
        let removed = row.into_removed()?;
        match found.last_mut() {
            Some((last, Removed { what: RemovedThings::Bags(bags), .. })) if *last == removal => bags.push(removed),
            _ => found.push((removal, Removed { at, what: RemovedThings::Bags(vec![removed]) })),
        }
    }
    let parents = select_in!(conn, PARENTS, ParentRow, &texts);
    for row in select_in!(conn, BILLS, BillRow, &texts) {
        let (removal, at) = (row.removal.clone(), Moment(row.removed_at));
        let what = RemovedThings::Bill(Box::new(row.into_removed(&parents)?));
        found.push((removal, Removed { at, what }));
    }
    for (removal, removed) in &found {
        if let Some(id) = read_id(Some(removal)) {
            loaded.load_removed(id, removed.clone());
        }
    }
    Ok(found.into_iter().map(|(_, removed)| removed).collect())
}

/// A bag that goes, with the scan that removes it.
struct Going<'r> {
    removal: String,
    place: i64,
    at: Moment,
    removed: &'r RemovedBag,
}

/// Keeps what was removed. Called while the rows are still there.
pub async fn keep(mut conn: Conn<'_>, loaded: &Loaded) -> Result<(), StoreError> {
    for (removal, removed) in loaded.removals() {
        match &removed.what {
            RemovedThings::Bags(bags) => keep_bags(conn.reborrow(), *removal, removed.at, bags).await?,
            RemovedThings::Bill(bill) => keep_bill(conn.reborrow(), *removal, removed.at, bill).await?,
        }
    }
    Ok(())
}

async fn keep_bags(mut conn: Conn<'_>, removal: Uuid, at: Moment, bags: &[RemovedBag]) -> Result<(), StoreError> {
    let going = |(place, removed)| Going { removal: removal.to_string(), place, at, removed };
    let rows: Vec<Going<'_>> = (0_i64..).zip(bags).map(going).collect();
    let _written = execute_rows!(conn, KEEP_BAGS, &rows, |row| [
        row.removal.as_str() => &str,
        row.place => i64,
        row.at.0 => i64,
        row.removed.bag.code.as_str() => &str,
        row.removed.bag.kind.name() => &str,
        row.removed.bag.area.as_ref().map(Area::as_str) => &str,
        i64::from(row.removed.bag.children) => i64,
        row.removed.bag.status.name() => &str,
        row.removed.bag.closed.map(|mark| mark.at.0) => i64,
        row.removed.bag.closed.and_then(|mark| mark.by) => i64,
        row.removed.bag.created.map_or(row.at.0, |mark| mark.at.0) => i64,
        row.removed.bag.created.and_then(|mark| mark.by) => i64,
        row.removed.link.as_ref().map(|link| link.parent.as_str()) => &str,
        row.removed.link.as_ref().map(|link| link.linked_at.0) => i64,
        row.removed.link.as_ref().and_then(|link| link.linked_by) => i64,
        row.removed.link.as_ref().and_then(|link| link.scan_id).map(|id| id.to_string()) => String,
    ]);
    Ok(())
}

async fn keep_bill(mut conn: Conn<'_>, removal: Uuid, at: Moment, removed: &RemovedBill) -> Result<(), StoreError> {
    let removal = removal.to_string();
    let bill = &removed.bill;
    let _written = execute_rows!(conn, KEEP_BILLS, &[bill], |row| [
        removal.as_str() => &str,
        at.0 => i64,
        removed.key.as_str() => &str,
        row.number.as_str() => &str,
        row.texts.description.as_str() => &str,
        row.texts.destination.as_str() => &str,
        row.texts.vehicle_number.as_str() => &str,
        i64::from(row.capacity) => i64,
        row.status.name() => &str,
        row.created.at.0 => i64,
        row.created.by => i64,
        row.completed.map(|mark| mark.at.0) => i64,
        row.completed.and_then(|mark| mark.by) => i64,
    ]);
    let rows: Vec<(i64, &(Code, OnBill))> = (0_i64..).zip(&removed.parents).collect();
    let _written = execute_rows!(conn, KEEP_PARENTS, &rows, |row| [
        removal.as_str() => &str,
        row.0 => i64,
        at.0 => i64,
        row.1.0.as_str() => &str,
        row.1.1.linked_at.0 => i64,
        row.1.1.linked_by => i64,
        row.1.1.scan_id.map(|id| id.to_string()) => String,
    ]);
    Ok(())
}

/// Gives rows that were brought back what the rules do not know of them, and forgets the removals.
pub async fn forget(mut conn: Conn<'_>, loaded: &Loaded) -> Result<(), StoreError> {
    const OF_BAG: &str = "update bags set name = r.name, import_id = r.import_id, legacy = r.legacy
        from removed_bags r where r.removal = $1 and bags.code = r.code";
    const OF_LINK: &str = "update links set import_id = r.link_import_id
        from removed_bags r where r.removal = $1 and links.child = r.code and links.parent = r.parent";
    const OF_BILL: &str = "update bills set edited_at = r.edited_at, import_id = r.import_id
        from removed_bills r where r.removal = $1 and bills.key = r.key";
    const OF_PARENT: &str = "update bill_parents set import_id = r.import_id
        from removed_bill_parents r where r.removal = $1 and bill_parents.parent = r.parent";
    const FORGET: [&str; 3] = [
        "delete from removed_bags where removal = $1",
        "delete from removed_bills where removal = $1",
        "delete from removed_bill_parents where removal = $1",
    ];
    for removal in loaded.brought_back() {
        let removal = removal.to_string();
        for statement in [OF_BAG, OF_LINK, OF_BILL, OF_PARENT] {
            execute!(conn, statement, removal.as_str());
        }
        let mut gone = 0;
        for statement in FORGET {
            gone += execute!(conn, statement, removal.as_str());
        }
        // Another node has brought it back, or its hour ended: nothing of it may be written, and it is decided again.
        if gone == 0 {
            return Err(StoreError::Conflict);
        }
    }
    Ok(())
}

/// Forgets removals from before a moment, and gives how many rows went.
pub async fn forget_before(db: &Db, before: Moment) -> Result<u64, StoreError> {
    const FORGET: [&str; 3] = [
        "delete from removed_bags where removed_at < $1",
        "delete from removed_bills where removed_at < $1",
        "delete from removed_bill_parents where removed_at < $1",
    ];
    let mut gone = 0;
    for statement in FORGET {
        let mut tx = db.write().await?;
        gone += execute!(tx.conn(), statement, before.0);
        tx.commit().await?;
    }
    Ok(gone)
}
