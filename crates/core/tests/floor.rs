//! Whatever is scanned in whatever order: the rules of packing hold, and the counters are the difference of the rows.

use std::collections::BTreeMap;

use proptest::prelude::*;
use tallyhouse_core::area::{Area, Scope};
use tallyhouse_core::bag::{BagKind, BagStatus};
use tallyhouse_core::change::Stamp;
use tallyhouse_core::code::Code;
use tallyhouse_core::counter::{Counter, Deltas};
use tallyhouse_core::decide;
use tallyhouse_core::floor::Floor;
use tallyhouse_core::rules::Rules;
use tallyhouse_core::scan::{Action, Actor, Asked, Scan};
use tallyhouse_core::time::Moment;
use uuid::Uuid;

const PARENTS: u32 = 4;
const CHILDREN: u32 = 14;
const CAPACITY: u32 = 5;

fn any_scan() -> impl Strategy<Value = (Action, String, Option<String>, usize)> {
    let parent = (0..PARENTS).prop_map(|n| format!("SB{n:05}"));
    let child = (0..CHILDREN).prop_map(|n| format!("KID{n:02}"));
    let who = 0..3_usize;
    prop_oneof![
        3 => (parent.clone(), who.clone()).prop_map(|(code, who)| (Action::Parent, code, None, who)),
        9 => (child.clone(), parent.clone(), who.clone()).prop_map(|(code, to, who)| (Action::Child, code, Some(to), who)),
        2 => (child.clone(), who.clone()).prop_map(|(code, who)| (Action::Unlink, code, None, who)),
        2 => (child.clone(), parent.clone(), who.clone()).prop_map(|(code, to, who)| (Action::Relink, code, Some(to), who)),
        1 => (parent.clone(), who.clone()).prop_map(|(code, who)| (Action::Undo, String::new(), Some(code), who)),
        1 => (child.clone(), who.clone()).prop_map(|(code, who)| (Action::Undo, code, None, who)),
        1 => (parent.clone(), who.clone()).prop_map(|(code, who)| (Action::Close, code, None, who)),
        1 => (child.clone(), who.clone()).prop_map(|(code, who)| (Action::Register, code, None, who)),
        1 => (prop_oneof![parent.clone(), child.clone()], who.clone()).prop_map(|(code, who)| (Action::Delete, code, None, who)),
        1 => (prop_oneof![parent, child], who).prop_map(|(code, who)| (Action::DeleteContents, code, None, who)),
    ]
}

/// A floor on which every code was looked for and none was found.
fn empty_floor() -> Floor {
    let mut floor = Floor::default();
    let parents = (0..PARENTS).map(|n| format!("SB{n:05}"));
    for code in parents.chain((0..CHILDREN).map(|n| format!("KID{n:02}"))) {
        floor.load_bag(Code::stored(&code), None);
        floor.load_link(Code::stored(&code), None);
    }
    floor
}

fn check_rules(floor: &Floor, rules: &Rules) {
    for (code, row) in floor.bags() {
        let Some(bag) = &row.now else {
            assert!(floor.children_of(code).is_empty(), "{code} is gone, its children are free");
            continue;
        };
        let linked = u32::try_from(floor.children_of(code).len()).expect("few");
        match bag.kind {
            BagKind::Parent => {
                assert_eq!(bag.children, linked, "{code} counts its links (P6)");
                assert!(linked <= rules.capacity, "{code} holds no more than fits (P1)");
                assert_eq!(bag.status, BagStatus::of(linked, rules.capacity), "{code} (P2, P3)");
                assert!(rules.labels.is_parent(code), "{code} is a parent by its label (B1)");
                assert!(floor.link(code).is_none(), "{code}: a parent is in no parent (B8)");
            }
            BagKind::Child => {
                assert!(rules.labels.is_child(code), "{code} is a child by its code (B4)");
                let parent = floor.link(code).map(|link| &link.parent);
                let area = parent.map(|parent| &floor.bag(parent).expect("a link leads to a bag").area);
                assert!(area.is_none_or(|area| *area == bag.area), "{code} has its parent's area (B7)");
            }
        }
    }
}

fn recount(floor: &Floor) -> BTreeMap<(Counter, Option<Area>), i64> {
    let mut counts = BTreeMap::new();
    for bag in floor.bags().filter_map(|(_, row)| row.now.as_ref()) {
        let counter = match (bag.kind, bag.status) {
            (BagKind::Child, _) => Counter::Children,
            (_, BagStatus::Pending) => Counter::ParentsPending,
            (_, BagStatus::InProgress) => Counter::ParentsInProgress,
            (_, BagStatus::Completed) => Counter::ParentsCompleted,
        };
        *counts.entry((counter, bag.area.clone())).or_insert(0) += 1;
    }
    for link in floor.links().filter_map(|(_, row)| row.now.as_ref()) {
        let area = floor.bag(&link.parent).and_then(|bag| bag.area.clone());
        *counts.entry((Counter::Links, area)).or_insert(0) += 1;
    }
    counts
}

proptest! {
    #[test]
    fn no_order_of_scans_breaks_a_rule_or_a_counter(scans in prop::collection::vec(any_scan(), 1..120)) {
        let rules = Rules { capacity: CAPACITY, ..Rules::default() };
        let area = |name: &str| Scope::Area(Area::new(name));
        let actors = [area("lucknow"), area("indore"), Scope::All].map(|scope| Actor { account: Some(1), scope });
        let mut floor = empty_floor();
        for (at, (action, code, parent, who)) in (1..).zip(scans) {
            let scan = Scan { id: Uuid::from_u128(at), client_at: Moment(0), action, code, parent, ..Scan::default() };
            let now = Moment(i64::try_from(at).expect("few"));
            let asked = Asked { actor: &actors[who], id: scan.id, now };
            let decision = decide(&floor, &scan.intent(), asked, &rules);
            prop_assert!(!decision.answer.outcome.is_refusal() || decision.change.is_none(), "a refusal changes nothing");
            if let Some(change) = &decision.change {
                floor.apply(change, Stamp { at: now, by: Some(1), scan_id: Some(scan.id) }, &rules);
            }
            check_rules(&floor, &rules);
        }
        let mut deltas = BTreeMap::new();
        for (key, by) in Deltas::of_floor(&floor).rows() {
            deltas.insert((key.counter, key.area.clone()), by);
        }
        prop_assert_eq!(deltas, recount(&floor));
    }
}
