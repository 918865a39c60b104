//! The rows that a group of scans touches, kept in memory while the rules decide.
//!
//! Invariant: every decision changes these rows first, so that the next scan of the group sees it; what is written is
//! exactly the difference between the rows as loaded and as they are now.

use std::collections::{BTreeMap, HashMap};

use base_core::area::Area;
use uuid::Uuid;

use crate::bag::{Bag, BagKind, BagStatus, Link};
use crate::bill::{Bill, BillKey, BillStatus, OnBill};
use crate::change::{Change, Stamp};
use crate::code::Code;
use crate::mark::Mark;
use crate::removed::Removed;
use crate::rules::Rules;

mod removals;

/// A row as it was loaded, and as it is now.
#[derive(Clone, Debug)]
pub struct Tracked<T> {
    /// As it is in the database; `None` when it is not there.
    pub was: Option<T>,
    /// As it is after the decisions so far; `None` when there is none.
    pub now: Option<T>,
}

impl<T: Clone> Tracked<T> {
    fn loaded(row: Option<T>) -> Self {
        Self { was: row.clone(), now: row }
    }
}

/// How a parent's list of children changes.
#[derive(Clone, Copy)]
struct ListChange<'a> {
    add: &'a [Code],
    remove: &'a [Code],
}

/// The loaded rows; see the module documentation.
#[derive(Debug, Default)]
pub struct Loaded {
    bags: HashMap<Code, Tracked<Bag>>,
    links: HashMap<Code, Tracked<Link>>,
    bills: HashMap<BillKey, Tracked<Bill>>,
    undone_scans: Vec<(Uuid, Stamp)>,
    taken_areas: Vec<(Code, Area)>,
    /// Removals that may be undone, by their scans.
    removed: HashMap<Uuid, Removed>,
    /// Removals that were decided here.
    removals: Vec<(Uuid, Removed)>,
    /// Removals that were undone here.
    brought_back: Vec<Uuid>,
}

impl Loaded {
    /// Adds the bag that the database has under a code; `None` when it has none.
    pub fn load_bag(&mut self, code: Code, bag: Option<Bag>) {
        self.bags.entry(code).or_insert_with(|| Tracked::loaded(bag));
    }

    /// Adds the link of a child; `None` when the child is free or unknown.
    pub fn load_link(&mut self, child: Code, link: Option<Link>) {
        self.links.entry(child).or_insert_with(|| Tracked::loaded(link));
    }

    /// Adds a bill; `None` when there is none with this number.
    pub fn load_bill(&mut self, key: BillKey, bill: Option<Bill>) {
        self.bills.entry(key).or_insert_with(|| Tracked::loaded(bill));
    }

    /// Adds a removal that may be undone.
    pub fn load_removed(&mut self, removal: Uuid, removed: Removed) {
        self.removed.insert(removal, removed);
    }

    /// The removal of a scan, if it may still be undone.
    pub fn removed(&self, removal: Uuid) -> Option<&Removed> {
        self.removed.get(&removal)
    }

    /// Removals that were decided here, to be kept.
    pub fn removals(&self) -> &[(Uuid, Removed)] {
        &self.removals
    }

    /// Removals that were undone here.
    pub fn brought_back(&self) -> &[Uuid] {
        &self.brought_back
    }

    /// True when this bill was loaded.
    pub fn has_loaded_bill(&self, key: &BillKey) -> bool {
        self.bills.contains_key(key)
    }

    /// The bill with this number, as it is now.
    pub fn bill(&self, key: &BillKey) -> Option<&Bill> {
        self.bills.get(key).and_then(|tracked| tracked.now.as_ref())
    }

    /// The bill that a parent is on now.
    pub fn bill_of(&self, parent: &Bag) -> Option<&Bill> {
        parent.on_bill.as_ref().and_then(|on| self.bill(&on.bill))
    }

    /// Every bill row, loaded and now.
    pub fn bills(&self) -> impl Iterator<Item = (&BillKey, &Tracked<Bill>)> {
        self.bills.iter()
    }

    /// The parents on a bill, by code. Correct only for bills all of whose parents were loaded.
    pub fn parents_on(&self, key: &BillKey) -> Vec<Code> {
        let stands = |bag: &Bag| bag.on_bill.as_ref().is_some_and(|on| on.bill == *key);
        let standing = self.bags.iter().filter(|(_, tracked)| tracked.now.as_ref().is_some_and(stands));
        let mut codes: Vec<Code> = standing.map(|(code, _)| code.clone()).collect();
        codes.sort_unstable();
        codes
    }

    /// For each area and bill, how many more parents it has than when it was loaded; negative for fewer.
    pub fn bill_areas(&self) -> BTreeMap<(Area, BillKey), i64> {
        let mut changes = BTreeMap::new();
        for tracked in self.bags.values() {
            for (row, by) in [(&tracked.was, -1), (&tracked.now, 1)] {
                let Some(bag) = row else { continue };
                if let (Some(area), Some(on)) = (&bag.area, &bag.on_bill) {
                    *changes.entry((area.clone(), on.bill.clone())).or_insert(0) += by;
                }
            }
        }
        changes.retain(|_, by| *by != 0);
        changes
    }

    /// True when this code was loaded.
    pub fn has_loaded(&self, code: &Code) -> bool {
        self.bags.contains_key(code)
    }

    /// The row of this code, loaded and now; `None` when it was not loaded.
    pub fn tracked_bag(&self, code: &Code) -> Option<&Tracked<Bag>> {
        self.bags.get(code)
    }

    /// The bag with this code, as it is now.
    pub fn bag(&self, code: &Code) -> Option<&Bag> {
        self.bags.get(code).and_then(|tracked| tracked.now.as_ref())
    }

    /// The link of this child, as it is now.
    pub fn link(&self, child: &Code) -> Option<&Link> {
        self.links.get(child).and_then(|tracked| tracked.now.as_ref())
    }

    /// The children of a parent, newest link first. Correct only for parents all of whose links were loaded.
    pub fn children_of(&self, parent: &Code) -> Vec<(&Code, &Link)> {
        let mut children: Vec<(&Code, &Link)> = self
            .links
            .iter()
            .filter_map(|(child, tracked)| tracked.now.as_ref().map(|link| (child, link)))
            .filter(|(_, link)| link.parent == *parent)
            .collect();
        children.sort_by(|one, two| (two.1.linked_at, two.0).cmp(&(one.1.linked_at, one.0)));
        children
    }

    /// Every bag row, loaded and now.
    pub fn bags(&self) -> impl Iterator<Item = (&Code, &Tracked<Bag>)> {
        self.bags.iter()
    }

    /// Every link row by child, loaded and now.
    pub fn links(&self) -> impl Iterator<Item = (&Code, &Tracked<Link>)> {
        self.links.iter()
    }

    /// Scans whose links were undone.
    pub fn undone_scans(&self) -> &[(Uuid, Stamp)] {
        &self.undone_scans
    }

    /// Parents that were taken into an area: their children that were not loaded have to follow them.
    pub fn taken_areas(&self) -> &[(Code, Area)] {
        &self.taken_areas
    }

    /// Applies a decision to the rows.
    pub fn apply(&mut self, change: &Change, stamp: Stamp, rules: &Rules) {
        match change {
            Change::Register { code, kind, area } => {
                self.put_bag(Bag::new(code.clone(), *kind, area.clone(), stamp.mark()));
            }
            Change::TakeIntoArea { parent, area } => self.take_into_area(parent, area),
            Change::Link { child, parent } => {
                let area = self.bag(parent).and_then(|bag| bag.area.clone());
                if self.bag(child).is_none() {
                    self.put_bag(Bag::new(child.clone(), BagKind::Child, None, stamp.mark()));
                }
                self.put_link(child, parent, area, stamp);
                self.recount(parent, 1, rules);
            }
            Change::Unlink { child, parent, undone } => {
                let scan_id = self.cut_link(child).and_then(|link| link.scan_id);
                if let (true, Some(scan_id)) = (*undone, scan_id) {
                    self.undone_scans.push((scan_id, stamp));
                }
                self.recount(parent, -1, rules);
            }
            Change::Move { child, from, to } => {
                let area = self.bag(to).and_then(|bag| bag.area.clone());
                self.put_link(child, to, area, stamp);
                self.recount(from, -1, rules);
                self.recount(to, 1, rules);
            }
            Change::Close { parent } => {
                if let Some(bag) = self.bag_mut(parent) {
                    bag.closed = Some(stamp.mark());
                }
            }
            Change::Restore { code, area, closed } => {
                if let Some(bag) = self.bag_mut(code) {
                    bag.area.clone_from(area);
                    bag.closed = *closed;
                }
            }
            Change::BringBack { removal, .. } => self.bring_back(*removal, rules),
            Change::Delete { codes } => {
                self.keep_bags(codes, stamp);
                for code in codes {
                    if let Some(link) = self.cut_link(code) {
                        self.recount(&link.parent, -1, rules);
                    }
                }
                for code in codes {
                    if let Some(tracked) = self.bags.get_mut(code) {
                        tracked.now = None;
                    }
                }
            }
            Change::SetChildren { parent, add, remove } => {
                self.set_children(parent, ListChange { add, remove }, stamp, rules);
            }
            bill => self.apply_to_bill(bill, stamp),
        }
    }

    fn apply_to_bill(&mut self, change: &Change, stamp: Stamp) {
        match change {
            Change::PutOnBill { parent, bill } => self.put_on_bill(parent, bill, stamp),
            Change::TakeOffBill { parent, bill } => self.take_off_bill(parent, bill),
            Change::CreateBill { bill, capacity, texts } => {
                let tracked = self.bills.entry(bill.key()).or_insert_with(|| Tracked::loaded(None));
                // A bill that was removed a moment ago in this very group keeps its place among the others.
                let at = tracked.was.as_ref().map_or(stamp.at, |was| was.created.at);
                tracked.now = Some(Bill {
                    number: bill.as_str().to_owned(),
                    texts: texts.clone(),
                    capacity: *capacity,
                    status: BillStatus::New,
                    parents: 0,
                    children: 0,
                    created: Mark { at, by: stamp.by },
                    completed: None,
                });
            }
            Change::EditBill { bill, capacity, texts } => {
                if let Some(bill) = self.bill_mut(bill) {
                    bill.capacity = *capacity;
                    bill.texts.clone_from(texts);
                }
            }
            Change::TurnBill { bill, status } => {
                if let Some(bill) = self.bill_mut(bill) {
                    bill.status = *status;
                    bill.completed = (*status == BillStatus::Completed).then(|| stamp.mark());
                }
            }
            Change::DeleteBill { bill, parents } => {
                self.keep_bill(bill, parents, stamp);
                for parent in parents {
                    self.take_off_bill(parent, bill);
                }
                if let Some(tracked) = self.bills.get_mut(bill) {
                    tracked.now = None;
                }
            }
            _ => {}
        }
    }

    fn bill_mut(&mut self, key: &BillKey) -> Option<&mut Bill> {
        self.bills.get_mut(key).and_then(|tracked| tracked.now.as_mut())
    }

    fn put_on_bill(&mut self, parent: &Code, key: &BillKey, stamp: Stamp) {
        if self.bag(parent).is_none() {
            self.put_bag(Bag::new(parent.clone(), BagKind::Parent, None, stamp.mark()));
        }
        let Some(bag) = self.bag_mut(parent) else { return };
        let on = OnBill { bill: key.clone(), linked_at: stamp.at, linked_by: stamp.by, scan_id: stamp.scan_id };
        bag.on_bill = Some(on);
        bag.placed = true;
        let children = bag.children;
        if let Some(bill) = self.bill_mut(key) {
            bill.parents += 1;
            bill.children += children;
            bill.status = BillStatus::Processing;
        }
    }

    fn take_off_bill(&mut self, parent: &Code, key: &BillKey) {
        let Some(bag) = self.bag_mut(parent) else { return };
        bag.on_bill = None;
        bag.placed = false;
        let children = bag.children;
        if let Some(bill) = self.bill_mut(key) {
            bill.parents = bill.parents.saturating_sub(1);
            bill.children = bill.children.saturating_sub(children);
        }
    }

    fn set_children(&mut self, parent: &Code, change: ListChange<'_>, stamp: Stamp, rules: &Rules) {
        let ListChange { add, remove } = change;
        for child in remove {
            let _cut = self.cut_link(child);
            self.recount(parent, -1, rules);
        }
        let area = self.bag(parent).and_then(|bag| bag.area.clone());
        for child in add {
            if self.bag(child).is_none() {
                self.put_bag(Bag::new(child.clone(), BagKind::Child, None, stamp.mark()));
            }
            self.put_link(child, parent, area.clone(), stamp);
            self.recount(parent, 1, rules);
        }
    }

    fn bag_mut(&mut self, code: &Code) -> Option<&mut Bag> {
        self.bags.get_mut(code).and_then(|tracked| tracked.now.as_mut())
    }

    fn put_bag(&mut self, bag: Bag) {
        let tracked = self.bags.entry(bag.code.clone()).or_insert_with(|| Tracked::loaded(None));
        tracked.now = Some(bag);
    }

    fn put_link(&mut self, child: &Code, parent: &Code, area: Option<Area>, stamp: Stamp) {
        if let Some(bag) = self.bag_mut(child) {
            bag.area = area;
            bag.placed = true;
        }
        let link = Link { parent: parent.clone(), linked_at: stamp.at, linked_by: stamp.by, scan_id: stamp.scan_id };
        let tracked = self.links.entry(child.clone()).or_insert_with(|| Tracked::loaded(None));
        tracked.now = Some(link);
    }

    fn cut_link(&mut self, child: &Code) -> Option<Link> {
        if let Some(bag) = self.bag_mut(child).filter(|bag| bag.kind == BagKind::Child) {
            bag.placed = false;
        }
        self.links.get_mut(child).and_then(|tracked| tracked.now.take())
    }

    fn take_into_area(&mut self, parent: &Code, area: &Area) {
        let children: Vec<Code> = self.children_of(parent).into_iter().map(|(child, _)| child.clone()).collect();
        for code in children.iter().chain([parent]) {
            if let Some(bag) = self.bag_mut(code) {
                bag.area = Some(area.clone());
            }
        }
        self.taken_areas.push((parent.clone(), area.clone()));
    }

    /// Count and status go together, always (P6), and with them the weight of the bill that the parent is on (W5).
    /// Adding or removing a child cancels an early finish.
    fn recount(&mut self, parent: &Code, by: i32, rules: &Rules) {
        let Some(bag) = self.bag_mut(parent) else { return };
        bag.children = bag.children.saturating_add_signed(by);
        bag.status = BagStatus::of(bag.children, rules.capacity);
        bag.closed = None;
        let Some(key) = bag.on_bill.as_ref().map(|on| on.bill.clone()) else { return };
        if let Some(bill) = self.bill_mut(&key) {
            bill.children = bill.children.saturating_add_signed(by);
        }
    }
}
