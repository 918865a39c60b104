//! What removals take away, and how it comes back.

use uuid::Uuid;

use super::{Loaded, Tracked};
use crate::bill::BillKey;
use crate::change::Stamp;
use crate::code::Code;
use crate::removed::{Removed, RemovedBag, RemovedBill, RemovedThings};
use crate::rules::Rules;

impl Loaded {
    /// True when there is a bag with this code, or was one when the group began: a row that was there before cannot become
    /// the one that was removed.
    pub fn had_bag(&self, code: &Code) -> bool {
        self.bags.get(code).is_some_and(|row| row.was.is_some() || row.now.is_some())
    }

    /// The same for a bill.
    pub fn had_bill(&self, key: &BillKey) -> bool {
        self.bills.get(key).is_some_and(|row| row.was.is_some() || row.now.is_some())
    }

    /// Notes bags as they are before they are removed. What an import takes back cannot be brought back.
    pub(super) fn keep_bags(&mut self, codes: &[Code], stamp: Stamp) {
        let Some(removal) = stamp.scan_id else { return };
        let bags = codes
            .iter()
            .filter_map(|code| Some(RemovedBag { bag: self.bag(code)?.clone(), link: self.link(code).cloned() }));
        let what = RemovedThings::Bags(bags.collect());
        self.removals.push((removal, Removed { at: stamp.at, what }));
    }

    /// The same for a bill and its parents.
    pub(super) fn keep_bill(&mut self, key: &BillKey, parents: &[Code], stamp: Stamp) {
        let (Some(removal), Some(bill)) = (stamp.scan_id, self.bill(key).cloned()) else { return };
        let on_it = parents.iter().filter_map(|parent| Some((parent.clone(), self.bag(parent)?.on_bill.clone()?)));
        let removed = RemovedBill { key: key.clone(), bill, parents: on_it.collect() };
        self.removals.push((removal, Removed { at: stamp.at, what: RemovedThings::Bill(Box::new(removed)) }));
    }

    pub(super) fn bring_back(&mut self, removal: Uuid, rules: &Rules) {
        let Some(removed) = self.removed.remove(&removal) else { return };
        self.brought_back.push(removal);
        match removed.what {
            RemovedThings::Bags(bags) => self.bring_back_bags(bags, rules),
            RemovedThings::Bill(bill) => self.bring_back_bill(*bill),
        }
    }

    fn bring_back_bags(&mut self, bags: Vec<RemovedBag>, rules: &Rules) {
        // A parent comes with the count that it had; only one that stayed has to be counted again.
        let own: Vec<Code> = bags.iter().map(|removed| removed.bag.code.clone()).collect();
        for RemovedBag { bag, link } in bags {
            let code = bag.code.clone();
            self.put_bag(bag);
            let Some(link) = link else { continue };
            let parent = link.parent.clone();
            let tracked = self.links.entry(code.clone()).or_insert_with(|| Tracked::loaded(None));
            tracked.now = Some(link);
            if own.contains(&parent) {
                continue;
            }
            // The parent may have gone into another area meanwhile; a linked child is in the area of its parent.
            let area = self.bag(&parent).and_then(|bag| bag.area.clone());
            if let Some(bag) = self.bag_mut(&code) {
                bag.area = area;
            }
            self.recount(&parent, 1, rules);
        }
    }

    fn bring_back_bill(&mut self, removed: RemovedBill) {
        let RemovedBill { key, mut bill, parents } = removed;
        bill.parents = u32::try_from(parents.len()).unwrap_or(u32::MAX);
        bill.children = 0;
        for (parent, on) in parents {
            if let Some(bag) = self.bag_mut(&parent) {
                bag.on_bill = Some(on);
                bag.placed = true;
                bill.children += bag.children;
            }
        }
        self.bills.entry(key).or_insert_with(|| Tracked::loaded(None)).now = Some(bill);
    }
}
