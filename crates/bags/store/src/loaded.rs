//! Loading and writing the rows that a group of scans touches.
//!
//! Lock order: bills by key, parents by code, children by code, then new rows by code. If another node changed a row
//! between our reading and our writing, the result is [`StoreError::Conflict`]: nothing is written, and the group is
//! decided again on what is there now.

use std::collections::BTreeSet;

use bags_rules::bill::BillKey;
use bags_rules::code::Code;
use bags_rules::counter::Deltas;
use bags_rules::intent::Intent;
use bags_rules::loaded::Loaded;
use base_core::time::Moment;
use base_db::writes::Writes;
use base_db::{Conn, Db, StoreError, Tx};
use base_records::audit;
use base_records::audit::Record;
use uuid::Uuid;

use crate::person_scans::PeopleScans;
use crate::scan::ScanRecord;
use crate::workplace::WorkplaceUpdate;
use crate::{bag, bill, counter, link, person_scans, removed, scan, workplace};

/// What is written together with the loaded rows.
#[derive(Clone, Copy)]
pub struct Gathered<'g> {
    /// The scans with their answers.
    pub scans: &'g [ScanRecord],
    /// The trail. Its origins are stored already, see [`audit::offer_origins`].
    pub audit: &'g [Record<'g>],
    /// The workplaces of people, each person once.
    pub places: &'g [WorkplaceUpdate],
    /// What people scanned, where people scanned at all.
    pub people: Option<&'g PeopleScans>,
    /// What the counters change by.
    pub deltas: &'g Deltas,
    /// The shard of the counters that is this lane's.
    pub shard: i64,
}

/// How often loading starts again, with bills locked first that turned out to be touched.
const ROUNDS_MAX: u32 = 4;

/// Begins a transaction and loads and locks everything that these intents need.
///
/// Bills are locked before bags, but which bills a group touches is only known once its parents are seen. So the first
/// round locks the bills that are named; when a parent is on another bill, the transaction is rolled back and the next
/// round locks that bill first, too. Parents that are being filled are on no bill, so this is rare. SQLite has one
/// writer and needs no order.
pub async fn open<'i>(
    db: &Db,
    intents: impl Iterator<Item = &'i Intent> + Clone,
    ready: Option<Tx>,
) -> Result<(Tx, Loaded), StoreError> {
    let mut bills: BTreeSet<BillKey> = intents.clone().filter_map(Intent::bill).collect();
    let removals: Vec<Uuid> = intents.clone().filter_map(Intent::removal).collect();
    let mut ready = ready;
    for _ in 0..ROUNDS_MAX {
        let mut tx = match ready.take() {
            Some(tx) => tx,
            None => db.write().await?,
        };
        let mut loaded = Loaded::default();
        // Rare: what is brought back is not named by the intent itself. It never changes, so it needs no lock.
        let mut more_codes = Vec::new();
        if !removals.is_empty() {
            for removed in removed::load(tx.conn(), &removals, &mut loaded).await? {
                more_codes.extend(removed.codes());
                bills.extend(removed.bill());
            }
        }
        bill::load(tx.conn(), &bills, &mut loaded).await?;
        load_bags(tx.conn(), intents.clone(), &more_codes, &mut loaded).await?;
        let touched = loaded.bags().filter_map(|(_, row)| row.was.as_ref()?.on_bill.as_ref().map(|on| on.bill.clone()));
        let more: BTreeSet<BillKey> = touched.filter(|key| !loaded.has_loaded_bill(key)).collect();
        if more.is_empty() {
            return Ok((tx, loaded));
        }
        if !tx.conn().dialect().locks_rows() {
            bill::load(tx.conn(), &more, &mut loaded).await?;
            return Ok((tx, loaded));
        }
        bills.extend(more);
        tx.rollback().await?;
    }
    Err(StoreError::Conflict)
}

/// Adds to the loaded rows what is missing to decide on these intents of an import, as it is at this moment. Nothing is
/// locked: this is for a dry run, whose rows are never written.
pub async fn look<'i>(
    mut conn: Conn<'_>,
    intents: impl Iterator<Item = &'i Intent> + Clone,
    loaded: &mut Loaded,
) -> Result<(), StoreError> {
    let codes: BTreeSet<&Code> = intents.clone().flat_map(Intent::codes).collect();
    let codes: Vec<&Code> = codes.into_iter().filter(|code| !loaded.has_loaded(code)).collect();
    let texts: Vec<&str> = codes.iter().map(|code| code.as_str()).collect();
    let mut bills: BTreeSet<BillKey> = intents.filter_map(Intent::bill).collect();
    for (found, link) in bag::look(conn.reborrow(), &texts).await? {
        bills.extend(found.on_bill.as_ref().map(|on| on.bill.clone()));
        loaded.load_link(found.code.clone(), link);
        loaded.load_bag(found.code.clone(), Some(found));
    }
    for code in codes {
        loaded.load_bag(code.clone(), None);
    }
    bills.retain(|key| !loaded.has_loaded_bill(key));
    bill::look(conn, &bills, loaded).await
}

async fn load_bags<'i>(
    mut conn: Conn<'_>,
    intents: impl Iterator<Item = &'i Intent> + Clone,
    more_codes: &[Code],
    loaded: &mut Loaded,
) -> Result<(), StoreError> {
    let mut codes: BTreeSet<&Code> = intents.clone().flat_map(Intent::codes).collect();
    codes.extend(more_codes);
    let movers: Vec<&str> = intents.clone().filter_map(Intent::moves_child).map(Code::as_str).collect();
    let whole: Vec<&str> = intents.clone().filter_map(Intent::needs_children_of).map(Code::as_str).collect();
    let whole_bills: Vec<BillKey> = intents.filter_map(Intent::needs_parents_of).collect();

    // Rare: links that lead to rows which no intent names. Read before locking, so that everything can be locked in one
    // order.
    let mut led_to = led_to(conn.reborrow(), &movers, &whole).await?;
    for key in &whole_bills {
        led_to.extend(bill::parents_of(conn.reborrow(), key).await?);
    }
    codes.extend(&led_to);

    let texts: Vec<&str> = codes.iter().map(|code| code.as_str()).collect();
    let mut placed = Vec::new();
    for (found, link) in bag::lock(conn.reborrow(), &texts).await? {
        // While we waited for a row, the rows joined to it may have changed; the row itself is up to date, and says
        // whether it has a link or a bill.
        if found.placed != (link.is_some() || found.on_bill.is_some()) {
            return Err(StoreError::Conflict);
        }
        let code = found.code.clone();
        if found.placed {
            placed.push(code.clone());
        }
        loaded.load_bag(code.clone(), Some(found));
        loaded.load_link(code, link);
    }
    if conn.dialect().locks_rows() {
        check_unmoved(conn.reborrow(), &placed, loaded).await?;
    }
    for code in codes {
        loaded.load_bag(code.clone(), None);
        loaded.load_link(code.clone(), None);
    }
    if !whole.is_empty() {
        for (child, row) in link::of_parents(conn.reborrow(), &whole).await? {
            if !loaded.has_loaded(&child) {
                return Err(StoreError::Conflict);
            }
            loaded.load_link(child, Some(row));
        }
    }
    for key in &whole_bills {
        let now = bill::parents_of(conn.reborrow(), key).await?;
        if now.iter().any(|parent| !loaded.has_loaded(parent)) {
            return Err(StoreError::Conflict);
        }
    }
    // A child that moved between the look and the lock would leave its parent's count unknown.
    let strayed = movers.iter().any(|child| {
        let parent = loaded.link(&Code::stored(child)).map(|link| &link.parent);
        parent.is_some_and(|parent| !loaded.has_loaded(parent))
    });
    if strayed { Err(StoreError::Conflict) } else { Ok(()) }
}

/// Bags that were placed before we waited for them may have been placed elsewhere meanwhile.
async fn check_unmoved(mut conn: Conn<'_>, placed: &[Code], loaded: &Loaded) -> Result<(), StoreError> {
    let texts: Vec<&str> = placed.iter().map(Code::as_str).collect();
    if texts.is_empty() {
        return Ok(());
    }
    let links = link::of_children(conn.reborrow(), &texts).await?;
    let bills = bill::of_parents(conn, &texts).await?;
    let same_link = |(child, link): &(Code, _)| loaded.link(child) == Some(link);
    let same_bill = |(parent, bill): &(Code, BillKey)| {
        loaded.bag(parent).and_then(|bag| bag.on_bill.as_ref()).is_some_and(|on| on.bill == *bill)
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

/// Writes every loaded row that changed, with one time, and what was collected besides. `import_id` marks rows that
/// came with an import.
pub async fn write<'f>(
    mut conn: Conn<'_>,
    loaded: &'f Loaded,
    at: Moment,
    import_id: Option<&'f str>,
    gathered: Gathered<'f>,
) -> Result<(), StoreError> {
    let mut writes = Writes::default();
    gather(loaded, at, import_id, gathered, &mut writes);
    writes.run(conn.reborrow()).await?;
    follow(conn, loaded, at, import_id).await
}

/// Collects every loaded row that changed, and what was collected besides. [`follow`] is to be called once they are
/// written.
pub fn gather<'f>(
    loaded: &'f Loaded,
    at: Moment,
    import_id: Option<&'f str>,
    gathered: Gathered<'f>,
    writes: &mut Writes<'f>,
) {
    bag::gather(loaded, at, import_id, writes);
    link::gather(loaded, import_id, writes);
    scan::gather(gathered.scans, writes);
    audit::gather(gathered.audit, writes);
    workplace::gather(gathered.places, writes);
    if let Some(people) = gathered.people {
        person_scans::gather(people, writes);
    }
    counter::gather(gathered.deltas, gathered.shard, writes);
}

/// Writes what is rare, and needs what [`gather`] collected to be written first.
pub async fn follow(
    mut conn: Conn<'_>,
    loaded: &Loaded,
    at: Moment,
    import_id: Option<&str>,
) -> Result<(), StoreError> {
    // Before the rows go, and what they hold besides with them.
    removed::keep(conn.reborrow(), loaded).await?;
    bag::follow_parents(conn.reborrow(), loaded, at).await?;
    scan::mark_undone(conn.reborrow(), loaded.undone_scans()).await?;
    link::cut(conn.reborrow(), loaded).await?;
    bill::write(conn.reborrow(), loaded, at, import_id).await?;
    bag::delete(conn.reborrow(), loaded).await?;
    removed::forget(conn, loaded).await
}
