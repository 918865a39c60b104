//! Links of the earlier system. The newest link of a child wins; the others are reported.
//!
//! Invariant: what was here before, or was done here since, stays as it is. Only imported bags are filled.

use std::collections::HashMap;

use bags_rules::bag::{BagKind, BagStatus};
use bags_rules::code::Code;
use bags_rules::counter::{Counter, Deltas};
use base_core::area::Area;
use base_core::time::Moment;
use uuid::Uuid;

use super::site::Finding;

const MARK_OVER_CAPACITY: &str = "over_capacity";

/// A row of `link`, with what was found for it.
#[derive(Clone, Debug, Default)]
pub struct EarlierLink {
    /// Its number.
    pub id: i64,
    /// The parent's code; `None` when there is no such bag.
    pub parent: Option<String>,
    /// The child's code; `None` when there is no such bag.
    pub child: Option<String>,
    /// When it was made.
    pub linked_at: Option<Moment>,
    /// Who scanned the child at that time, by their number here.
    pub linked_by: Option<i64>,
    /// The scan of that time.
    pub scan_id: Option<Uuid>,
}

/// A bag as it is in our database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownBag {
    /// Parent or child.
    pub kind: BagKind,
    /// Its area.
    pub area: Option<Area>,
    /// Parents: how many children.
    pub children: u32,
    /// Why it is kept although today's rules would refuse it.
    pub legacy: Option<String>,
    /// Whether it came over with this import; others are left alone.
    pub came_over: bool,
}

/// A link as it is in our database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownLink {
    /// The parent.
    pub parent: Code,
    /// When it was made.
    pub linked_at: Moment,
    /// Who made it.
    pub linked_by: Option<i64>,
    /// The scan that made it.
    pub scan_id: Option<Uuid>,
    /// Whether it came over with this import; others are left alone.
    pub came_over: bool,
}

/// The bags and links that a page of earlier links touches, as they were loaded and as they are now.
#[derive(Clone, Debug, Default)]
pub struct LoadedLinks {
    /// Bags: as loaded, and as they are now.
    pub bags: HashMap<Code, (KnownBag, KnownBag)>,
    /// Links by child: as loaded, and as they are now.
    pub links: HashMap<Code, (Option<KnownLink>, Option<KnownLink>)>,
}

impl LoadedLinks {
    /// Adds a loaded bag, with its link.
    pub fn load(&mut self, code: Code, bag: KnownBag, link: Option<KnownLink>) {
        self.links.insert(code.clone(), (link.clone(), link));
        self.bags.insert(code, (bag.clone(), bag));
    }

    fn bag(&self, code: &Code) -> Option<&KnownBag> {
        self.bags.get(code).map(|(_, now)| now)
    }

    /// Puts one child into its parent, or returns why not.
    pub fn place(&mut self, row: &EarlierLink, capacity: u32) -> Result<Vec<Finding>, Finding> {
        let ends = (row.parent.as_deref().and_then(Code::kept), row.child.as_deref().and_then(Code::kept));
        let shown = ends.1.as_ref().map_or_else(String::new, ToString::to_string);
        let tell = |found, done: String| Finding::new("link", row.id, &shown, found, done);
        let (Some(parent), Some(child)) = ends else {
            return Err(tell("end_missing", "not kept: one of its bags is not there".into()));
        };
        let (Some(of_parent), Some(of_child)) = (self.bag(&parent), self.bag(&child)) else {
            return Err(tell("end_missing", format!("not kept: {parent} or {child} did not come over")));
        };
        if of_parent.kind != BagKind::Parent || of_child.kind != BagKind::Child {
            let kinds = (of_parent.kind.name(), of_child.kind.name());
            let done = format!("not kept: {parent} is a {} and {child} a {}", kinds.0, kinds.1);
            return Err(tell("wrong_type", done));
        }
        if !of_parent.came_over || !of_child.came_over {
            let here = if of_parent.came_over { &child } else { &parent };
            return Err(tell("already_here", format!("not kept: {here} was here before, and stays as it is")));
        }
        let linked_at = row.linked_at.unwrap_or_default();
        let present = self.links.get(&child).and_then(|(_, now)| now.clone());
        let mut findings = Vec::new();
        match present {
            Some(link) if link.parent == parent => return Ok(findings),
            Some(link) if !link.came_over => {
                let done = format!("not kept: {child} was put into {} here", link.parent);
                return Err(tell("already_here", done));
            }
            Some(link) if link.linked_at > linked_at => {
                let done = format!("not kept: the link of {child} to {} is newer than that to {parent}", link.parent);
                return Err(tell("several_parents", done));
            }
            Some(link) => {
                let done = format!("kept: {child} is in {parent}, the newest; not kept: its link to {}", link.parent);
                findings.push(tell("several_parents", done));
                self.add_children(&link.parent, -1, capacity);
            }
            None => {}
        }
        let children = self.add_children(&parent, 1, capacity);
        if children > capacity {
            let done = format!("kept: {parent} holds {children} children, and is marked as legacy");
            findings.push(tell("over_capacity", done));
        }
        let area = self.bag(&parent).and_then(|bag| bag.area.clone());
        if let Some((_, bag)) = self.bags.get_mut(&child) {
            bag.area = area;
        }
        let link = KnownLink { parent, linked_at, linked_by: row.linked_by, scan_id: row.scan_id, came_over: true };
        self.links.entry(child).or_default().1 = Some(link);
        Ok(findings)
    }

    fn add_children(&mut self, parent: &Code, by: i32, capacity: u32) -> u32 {
        let Some((_, bag)) = self.bags.get_mut(parent) else { return 0 };
        bag.children = bag.children.saturating_add_signed(by);
        let marks = bag.legacy.as_deref().unwrap_or_default().split(' ').filter(|mark| !mark.is_empty());
        let mut marks: Vec<&str> = marks.filter(|mark| *mark != MARK_OVER_CAPACITY).collect();
        if bag.children > capacity {
            marks.push(MARK_OVER_CAPACITY);
        }
        bag.legacy = (!marks.is_empty()).then(|| marks.join(" "));
        bag.children
    }

    /// The differences for the counters.
    pub fn deltas(&self, capacity: u32) -> Deltas {
        let mut deltas = Deltas::default();
        for (was, now) in self.bags.values() {
            for (bag, by) in [(was, -1), (now, 1)] {
                deltas.add(counter_of(bag, capacity), bag.area.clone(), Moment(0), by);
            }
        }
        for (was, now) in self.links.values() {
            for (link, by) in [(was, -1), (now, 1)] {
                let Some(bag) = link.as_ref().and_then(|link| self.bag(&link.parent)) else { continue };
                deltas.add(Counter::Links, bag.area.clone(), Moment(0), by);
            }
        }
        deltas
    }
}

/// The counter of a bag.
fn counter_of(bag: &KnownBag, capacity: u32) -> Counter {
    match (bag.kind, BagStatus::of(bag.children, capacity)) {
        (BagKind::Child, _) => Counter::Children,
        (BagKind::Parent, BagStatus::Pending) => Counter::ParentsPending,
        (BagKind::Parent, BagStatus::InProgress) => Counter::ParentsInProgress,
        (BagKind::Parent, BagStatus::Completed) => Counter::ParentsCompleted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn loaded() -> LoadedLinks {
        let mut loaded = LoadedLinks::default();
        for (code, kind, came_over) in [
            ("SB00001", BagKind::Parent, true),
            ("SB00002", BagKind::Parent, true),
            ("SB00003", BagKind::Parent, false),
            ("KID1", BagKind::Child, true),
            ("KID2", BagKind::Child, true),
            ("KID3", BagKind::Child, true),
            ("KID4", BagKind::Child, false),
        ] {
            let area = (code == "SB00001").then(|| Area::new("lucknow"));
            loaded.load(Code::stored(code), KnownBag { kind, area, children: 0, legacy: None, came_over }, None);
        }
        loaded
    }

    fn row(id: i64, parent: &str, child: &str, at: i64) -> EarlierLink {
        let text = |code: &str| Some(code.to_owned());
        EarlierLink {
            id,
            parent: text(parent),
            child: text(child),
            linked_at: Some(Moment(at)),
            ..EarlierLink::default()
        }
    }

    fn children<'s>(loaded: &'s LoadedLinks, parent: &str) -> (u32, Option<&'s str>) {
        let bag = loaded.bag(&Code::stored(parent)).expect("loaded");
        (bag.children, bag.legacy.as_deref())
    }

    #[test]
    fn a_child_takes_its_parents_area_and_the_counters_follow() {
        let mut loaded = loaded();
        assert_eq!(loaded.place(&row(1, "sb00001 ", "kid1", 10), 30), Ok(vec![]));
        assert_eq!(children(&loaded, "SB00001"), (1, None));
        assert_eq!(loaded.bag(&Code::stored("KID1")).and_then(|bag| bag.area.clone()), Some(Area::new("lucknow")));
        let deltas = loaded.deltas(30);
        let rows: Vec<_> =
            deltas.rows().map(|(key, by)| (key.counter.name(), key.area.as_ref().map(Area::as_str), by)).collect();
        let wanted = [
            ("children", None, -1),
            ("children", Some("lucknow"), 1),
            ("links", Some("lucknow"), 1),
            ("parents_pending", Some("lucknow"), -1),
            ("parents_in_progress", Some("lucknow"), 1),
        ];
        assert_eq!(rows, wanted);
    }

    #[test]
    fn the_newest_parent_of_a_child_wins_in_whatever_order_they_come() {
        for order in [[0, 1], [1, 0]] {
            let mut loaded = loaded();
            let rows = [row(1, "SB00001", "KID1", 10), row(2, "SB00002", "KID1", 20)];
            let told: Vec<_> = order.iter().map(|at| loaded.place(&rows[*at], 30)).collect();
            assert_eq!(told[0], Ok(vec![]));
            let second = told[1].as_ref().map_or_else(Some, |told| told.first()).expect("told");
            assert_eq!(second.found, "several_parents");
            assert_eq!((children(&loaded, "SB00001").0, children(&loaded, "SB00002").0), (0, 1));
        }
    }

    #[test]
    fn the_same_link_twice_is_one() {
        let mut loaded = loaded();
        assert_eq!(loaded.place(&row(1, "SB00001", "KID1", 10), 30), Ok(vec![]));
        assert_eq!(loaded.place(&row(2, "SB00001", "kid1", 20), 30), Ok(vec![]));
        assert_eq!(children(&loaded, "SB00001"), (1, None));
    }

    #[test]
    fn more_children_than_fit_are_kept_and_the_parent_is_marked() {
        let mut loaded = loaded();
        assert_eq!(loaded.place(&row(1, "SB00001", "KID1", 1), 2), Ok(vec![]));
        assert_eq!(loaded.place(&row(2, "SB00001", "KID2", 2), 2), Ok(vec![]));
        let third = loaded.place(&row(3, "SB00001", "KID3", 3), 2).expect("kept");
        assert_eq!(super::super::site::testing::found(&third), ["over_capacity"]);
        assert_eq!(children(&loaded, "SB00001"), (3, Some("over_capacity")));
        loaded.place(&row(4, "SB00002", "KID3", 4), 2).expect("kept");
        assert_eq!(children(&loaded, "SB00001"), (2, None), "the mark goes with its reason");
    }

    #[test]
    fn what_cannot_be_a_link_is_reported_and_left_out() {
        let mut loaded = loaded();
        for (parent, child, wanted) in [
            ("KID1", "KID2", "wrong_type"),
            ("SB00001", "SB00002", "wrong_type"),
            ("KID1", "SB00001", "wrong_type"),
            ("SB00001", "SB00001", "wrong_type"),
            ("SB00003", "KID1", "already_here"),
            ("SB00001", "KID4", "already_here"),
            ("SB00001", "KID9", "end_missing"),
            ("", "KID1", "end_missing"),
        ] {
            let refused = loaded.place(&row(1, parent, child, 1), 30).expect_err("left out");
            assert_eq!(refused.found, wanted, "{parent} {child}");
        }
        let dangling = EarlierLink { id: 9, ..EarlierLink::default() };
        assert_eq!(loaded.place(&dangling, 30).expect_err("left out").found, "end_missing");
        assert_eq!(loaded.deltas(30).rows().count(), 0);
    }

    #[test]
    fn a_link_that_was_made_here_stays() {
        let mut loaded = loaded();
        let here = KnownLink {
            parent: Code::stored("SB00002"),
            linked_at: Moment(1),
            linked_by: None,
            scan_id: None,
            came_over: false,
        };
        loaded.links.insert(Code::stored("KID1"), (Some(here.clone()), Some(here)));
        let refused = loaded.place(&row(1, "SB00001", "KID1", 99), 30).expect_err("left out");
        assert_eq!(refused.found, "already_here");
    }
}
