//! Loading and writing the floor: the rows that a group of scans touches.
//!
//! Lock order: bills by key, parents by code, children by code, then new rows by code. What another node did between our
//! look and our write shows as [`StoreError::Conflict`]: nothing is written, and the group is decided again on what is
//! there now.

use std::collections::BTreeSet;

use bags_rules::bill::BillKey;
use bags_rules::code::Code;
use bags_rules::counter::Deltas;
use bags_rules::floor::Floor;
use bags_rules::intent::Intent;
use base_core::time::Moment;
use base_db::writes::Writes;
use base_db::{Conn, Db, StoreError, Tx};
use base_records::audit;
use base_records::audit::Record;

use crate::person_scans::PeopleScans;
use crate::scan::ScanRecord;
use crate::workplace::WorkplaceUpdate;
use crate::{bag, bill, counter, link, person_scans, scan, workplace};

/// What is written beside the floor.
#[derive(Clone, Copy)]
pub struct Gathered<'g> {
    /// The scans with their answers.
    pub scans: &'g [ScanRecord],
    /// The trail. Its origins are stored already, see [`audit::offer_origins`].
    pub audit: &'g [Record<'g>],
    /// Where people stand, each person once.
    pub places: &'g [WorkplaceUpdate],
    /// What people scanned, where they scanned.
    pub people: Option<&'g PeopleScans>,
    /// What the counters change by.
    pub deltas: &'g Deltas,
    /// The shard of the counters that is this lane's.
    pub shard: i64,
}

/// How often bills that a group turned out to touch are locked first and all is loaded anew.
const ROUNDS_MAX: u32 = 4;

/// Begins a transaction and loads and locks everything that these intents need.
///
/// Bills are locked before bags, but which bills a group touches is only known once its parents are seen. So the first
/// look takes the bills that are named; when a parent stands on another one, all is given back and that bill goes first.
/// Parents that are being filled stand on no bill, so this is rare. SQLite has one writer and needs no order.
pub async fn open<'i>(
    db: &Db,
    intents: impl Iterator<Item = &'i Intent> + Clone,
    ready: Option<Tx>,
) -> Result<(Tx, Floor), StoreError> {
    let mut bills: BTreeSet<BillKey> = intents.clone().filter_map(Intent::bill).collect();
    let mut ready = ready;
    for _ in 0..ROUNDS_MAX {
        let mut tx = match ready.take() {
            Some(tx) => tx,
            None => db.write().await?,
        };
        let mut floor = Floor::default();
        bill::load(tx.conn(), &bills, &mut floor).await?;
        load_bags(tx.conn(), intents.clone(), &mut floor).await?;
        let touched = floor.bags().filter_map(|(_, row)| row.was.as_ref()?.on_bill.as_ref().map(|on| on.bill.clone()));
        let more: BTreeSet<BillKey> = touched.filter(|key| !floor.has_loaded_bill(key)).collect();
        if more.is_empty() {
            return Ok((tx, floor));
        }
        if !tx.conn().dialect().locks_rows() {
            bill::load(tx.conn(), &more, &mut floor).await?;
            return Ok((tx, floor));
        }
        bills.extend(more);
        tx.rollback().await?;
    }
    Err(StoreError::Conflict)
}

/// Loads onto a floor what it lacks to decide on these intents of an import, as it is at this moment. Nothing is locked:
/// for a dry run, whose floor is never written.
pub async fn look<'i>(
    mut conn: Conn<'_>,
    intents: impl Iterator<Item = &'i Intent> + Clone,
    floor: &mut Floor,
) -> Result<(), StoreError> {
    let codes: BTreeSet<&Code> = intents.clone().flat_map(Intent::codes).collect();
    let codes: Vec<&Code> = codes.into_iter().filter(|code| !floor.has_loaded(code)).collect();
    let texts: Vec<&str> = codes.iter().map(|code| code.as_str()).collect();
    let mut bills: BTreeSet<BillKey> = intents.filter_map(Intent::bill).collect();
    for (found, link) in bag::look(conn.reborrow(), &texts).await? {
        bills.extend(found.on_bill.as_ref().map(|on| on.bill.clone()));
        floor.load_link(found.code.clone(), link);
        floor.load_bag(found.code.clone(), Some(found));
    }
    for code in codes {
        floor.load_bag(code.clone(), None);
    }
    bills.retain(|key| !floor.has_loaded_bill(key));
    bill::look(conn, &bills, floor).await
}

async fn load_bags<'i>(
    mut conn: Conn<'_>,
    intents: impl Iterator<Item = &'i Intent> + Clone,
    floor: &mut Floor,
) -> Result<(), StoreError> {
    let mut codes: BTreeSet<&Code> = intents.clone().flat_map(Intent::codes).collect();
    let movers: Vec<&str> = intents.clone().filter_map(Intent::moves_child).map(Code::as_str).collect();
    let whole: Vec<&str> = intents.clone().filter_map(Intent::needs_children_of).map(Code::as_str).collect();
    let whole_bills: Vec<BillKey> = intents.filter_map(Intent::needs_parents_of).collect();

    // Rare: links that lead to rows nobody named. Looked at before locking, so that all can be locked in one order.
    let mut led_to = led_to(conn.reborrow(), &movers, &whole).await?;
    for key in &whole_bills {
        led_to.extend(bill::parents_of(conn.reborrow(), key).await?);
    }
    codes.extend(&led_to);

    let texts: Vec<&str> = codes.iter().map(|code| code.as_str()).collect();
    let mut placed = Vec::new();
    for (found, link) in bag::lock(conn.reborrow(), &texts).await? {
        // While we waited for a row, what stands beside it may have changed; the row itself is as it is now, and it
        // tells whether a link or a bill belongs to it.
        if found.placed != (link.is_some() || found.on_bill.is_some()) {
            return Err(StoreError::Conflict);
        }
        let code = found.code.clone();
        if found.placed {
            placed.push(code.clone());
        }
        floor.load_bag(code.clone(), Some(found));
        floor.load_link(code, link);
    }
    if conn.dialect().locks_rows() {
        check_unmoved(conn.reborrow(), &placed, floor).await?;
    }
    for code in codes {
        floor.load_bag(code.clone(), None);
        floor.load_link(code.clone(), None);
    }
    if !whole.is_empty() {
        for (child, row) in link::of_parents(conn.reborrow(), &whole).await? {
            if !floor.has_loaded(&child) {
                return Err(StoreError::Conflict);
            }
            floor.load_link(child, Some(row));
        }
    }
    for key in &whole_bills {
        let now = bill::parents_of(conn.reborrow(), key).await?;
        if now.iter().any(|parent| !floor.has_loaded(parent)) {
            return Err(StoreError::Conflict);
        }
    }
    // A child that moved between the look and the lock would leave its parent's count to be guessed.
    let strayed = movers.iter().any(|child| {
        let parent = floor.link(&Code::stored(child)).map(|link| &link.parent);
        parent.is_some_and(|parent| !floor.has_loaded(parent))
    });
    if strayed { Err(StoreError::Conflict) } else { Ok(()) }
}

/// Bags that were placed before we waited for them may have been placed elsewhere meanwhile.
async fn check_unmoved(mut conn: Conn<'_>, placed: &[Code], floor: &Floor) -> Result<(), StoreError> {
    let texts: Vec<&str> = placed.iter().map(Code::as_str).collect();
    if texts.is_empty() {
        return Ok(());
    }
    let links = link::of_children(conn.reborrow(), &texts).await?;
    let bills = bill::of_parents(conn, &texts).await?;
    let same_link = |(child, link): &(Code, _)| floor.link(child) == Some(link);
    let same_bill = |(parent, bill): &(Code, BillKey)| {
        floor.bag(parent).and_then(|bag| bag.on_bill.as_ref()).is_some_and(|on| on.bill == *bill)
    };
    let unmoved =
        links.len() + bills.len() == texts.len() && links.iter().all(same_link) && bills.iter().all(same_bill);
    if unmoved { Ok(()) } else { Err(StoreError::Conflict) }
}

async fn led_to(mut conn: Conn<'_>, movers: &[&str], whole: &[&str]) -> Result<Vec<Code>, StoreError> {
    let mut codes = Vec::new();
    if !movers.is_empty() {
        codes.extend(link::of_children(conn.reborrow(), movers).await?.into_iter().map(|(_, link)| link.parent));
    }
    if !whole.is_empty() {
        codes.extend(link::of_parents(conn, whole).await?.into_iter().map(|(child, _)| child));
    }
    Ok(codes)
}

/// Writes everything that changed on the floor, at one time, and what is gathered already with it. `import_id` marks rows
/// that came with an import.
pub async fn write<'f>(
    mut conn: Conn<'_>,
    floor: &'f Floor,
    at: Moment,
    import_id: Option<&'f str>,
    gathered: Gathered<'f>,
) -> Result<(), StoreError> {
    let mut writes = Writes::default();
    gather(floor, at, import_id, gathered, &mut writes);
    writes.run(conn.reborrow()).await?;
    follow(conn, floor, at, import_id).await
}

/// Gathers what changed on the floor, and with it what is gathered already. [`follow`] is to be called once it is written.
pub fn gather<'f>(
    floor: &'f Floor,
    at: Moment,
    import_id: Option<&'f str>,
    gathered: Gathered<'f>,
    writes: &mut Writes<'f>,
) {
    bag::gather(floor, at, import_id, writes);
    link::gather(floor, import_id, writes);
    scan::gather(gathered.scans, writes);
    audit::gather(gathered.audit, writes);
    workplace::gather(gathered.places, writes);
    if let Some(people) = gathered.people {
        person_scans::gather(people, writes);
    }
    counter::gather(gathered.deltas, gathered.shard, writes);
}

/// Writes what is rare, and in need of what [`gather`] had written.
pub async fn follow(mut conn: Conn<'_>, floor: &Floor, at: Moment, import_id: Option<&str>) -> Result<(), StoreError> {
    bag::follow_parents(conn.reborrow(), floor, at).await?;
    scan::mark_undone(conn.reborrow(), floor.undone_scans()).await?;
    link::cut(conn.reborrow(), floor).await?;
    bill::write(conn.reborrow(), floor, at, import_id).await?;
    bag::delete(conn, floor).await
}
