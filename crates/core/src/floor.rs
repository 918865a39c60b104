//! The floor: the rows that a group of scans touches, held in memory while the rules decide.
//!
//! Invariant: whatever is decided changes the floor first, so that the next scan of the group sees it; what must be
//! written is the difference between what was loaded and what stands now, and nothing else.

use std::collections::HashMap;

use uuid::Uuid;

use crate::account::AccountId;
use crate::area::Area;
use crate::bag::{Bag, BagKind, BagStatus, Link, Mark};
use crate::code::Code;
use crate::rules::Rules;
use crate::time::Moment;

/// A row as it was loaded, and as it stands now.
#[derive(Clone, Debug)]
pub struct Tracked<T> {
    /// As the database holds it; `None` when it holds none.
    pub was: Option<T>,
    /// As it stands after what was decided; `None` when there is none.
    pub now: Option<T>,
}

impl<T: Clone> Tracked<T> {
    fn loaded(row: Option<T>) -> Self {
        Self { was: row.clone(), now: row }
    }
}

/// What a decision changes. At most one for each scan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A parent or a free child is registered (B6, P8).
    Register {
        /// Its code.
        code: Code,
        /// Its kind.
        kind: BagKind,
        /// Its area (B7).
        area: Option<Area>,
    },
    /// A parent without area goes into the area of the dispatcher who scanned it; its children with it.
    TakeIntoArea {
        /// The parent.
        parent: Code,
        /// The dispatcher's area.
        area: Area,
    },
    /// A child goes into a parent, registered first when it is new.
    Link {
        /// The child.
        child: Code,
        /// The parent.
        parent: Code,
    },
    /// A child leaves its parent.
    Unlink {
        /// The child.
        child: Code,
        /// The parent it was in.
        parent: Code,
        /// True for an undo, which marks the scan that made the link.
        undone: bool,
    },
    /// A child goes from one parent to another.
    Move {
        /// The child.
        child: Code,
        /// Where it was.
        from: Code,
        /// Where it is now.
        to: Code,
    },
    /// The operator finished a parent.
    Close {
        /// The parent.
        parent: Code,
    },
    /// Bags go, with the links that hang on them.
    Delete {
        /// The bag that was named, and its contents.
        codes: Vec<Code>,
    },
}

/// Who changes the floor, and when.
#[derive(Clone, Copy, Debug)]
pub struct Stamp {
    /// The server's time of the decision.
    pub at: Moment,
    /// The person.
    pub by: Option<AccountId>,
    /// The scan; `None` for imports.
    pub scan_id: Option<Uuid>,
}

impl Stamp {
    fn mark(self) -> Mark {
        Mark { at: self.at, by: self.by }
    }
}

/// The loaded rows. See the module's head.
#[derive(Debug, Default)]
pub struct Floor {
    bags: HashMap<Code, Tracked<Bag>>,
    links: HashMap<Code, Tracked<Link>>,
    undone_scans: Vec<(Uuid, Stamp)>,
    taken_areas: Vec<(Code, Area)>,
}

impl Floor {
    /// Enters what the database holds under a code; `None` when it holds nothing.
    pub fn load_bag(&mut self, code: Code, bag: Option<Bag>) {
        self.bags.entry(code).or_insert_with(|| Tracked::loaded(bag));
    }

    /// Enters the link of a child; `None` when the child is free or unknown.
    pub fn load_link(&mut self, child: Code, link: Option<Link>) {
        self.links.entry(child).or_insert_with(|| Tracked::loaded(link));
    }

    /// True when this code was entered before.
    pub fn has_loaded(&self, code: &Code) -> bool {
        self.bags.contains_key(code)
    }

    /// The row of this code, loaded and now; `None` when it was not loaded.
    pub fn tracked_bag(&self, code: &Code) -> Option<&Tracked<Bag>> {
        self.bags.get(code)
    }

    /// The bag with this code, as it stands now.
    pub fn bag(&self, code: &Code) -> Option<&Bag> {
        self.bags.get(code).and_then(|tracked| tracked.now.as_ref())
    }

    /// The link of this child, as it stands now.
    pub fn link(&self, child: &Code) -> Option<&Link> {
        self.links.get(child).and_then(|tracked| tracked.now.as_ref())
    }

    /// The children of a parent, newest link first. True only for parents all of whose links were loaded.
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

    /// Parents that were taken into an area: the children that were not loaded follow them there.
    pub fn taken_areas(&self) -> &[(Code, Area)] {
        &self.taken_areas
    }

    /// Makes a decision true on the floor.
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
            Change::Delete { codes } => {
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
        }
        let link = Link { parent: parent.clone(), linked_at: stamp.at, linked_by: stamp.by, scan_id: stamp.scan_id };
        let tracked = self.links.entry(child.clone()).or_insert_with(|| Tracked::loaded(None));
        tracked.now = Some(link);
    }

    fn cut_link(&mut self, child: &Code) -> Option<Link> {
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

    /// Count and status go together, always (P6). A child more or less makes an early finish untrue.
    fn recount(&mut self, parent: &Code, by: i32, rules: &Rules) {
        if let Some(bag) = self.bag_mut(parent) {
            bag.children = bag.children.saturating_add_signed(by);
            bag.status = BagStatus::of(bag.children, rules.capacity);
            bag.closed = None;
        }
    }
}
