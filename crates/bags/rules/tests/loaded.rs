//! Whatever is scanned in whatever order, the rules of packing are kept, and the counters are the difference of the
//! rows.

use std::collections::BTreeMap;

use bags_rules::bag::{BagKind, BagStatus};
use bags_rules::change::{Change, Stamp};
use bags_rules::code::Code;
use bags_rules::counter::{Counter, Deltas};
use bags_rules::decide;
use bags_rules::loaded::Loaded;
use bags_rules::outcome::Outcome;
use bags_rules::rules::Rules;
use bags_rules::scan::{Action, Details, Scan};
use base_core::account::{Actor, Asked};
use base_core::area::{Area, Scope};
use base_core::time::Moment;
use proptest::prelude::*;
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

/// Loaded rows in which every code was looked for and none was found.
fn nothing_loaded() -> Loaded {
    let mut loaded = Loaded::default();
    let parents = (0..PARENTS).map(|n| format!("SB{n:05}"));
    for code in parents.chain((0..CHILDREN).map(|n| format!("KID{n:02}"))) {
        loaded.load_bag(Code::stored(&code), None);
        loaded.load_link(Code::stored(&code), None);
    }
    loaded
}

fn check_rules(loaded: &Loaded, rules: &Rules) {
    for (code, row) in loaded.bags() {
        let Some(bag) = &row.now else {
            assert!(loaded.children_of(code).is_empty(), "{code} is gone, its children are free");
            continue;
        };
        let linked = u32::try_from(loaded.children_of(code).len()).expect("few");
        match bag.kind {
            BagKind::Parent => {
                assert_eq!(bag.children, linked, "{code} counts its links (P6)");
                assert!(linked <= rules.capacity, "{code} holds no more than fits (P1)");
                assert_eq!(bag.status, BagStatus::of(linked, rules.capacity), "{code} (P2, P3)");
                assert!(rules.labels.is_parent(code), "{code} is a parent by its label (B1)");
                assert!(loaded.link(code).is_none(), "{code}: a parent is in no parent (B8)");
            }
            BagKind::Child => {
                assert!(rules.labels.is_child(code), "{code} is a child by its code (B4)");
                let parent = loaded.link(code).map(|link| &link.parent);
                let area = parent.map(|parent| &loaded.bag(parent).expect("a link leads to a bag").area);
                assert!(area.is_none_or(|area| *area == bag.area), "{code} has its parent's area (B7)");
            }
        }
    }
}

fn recount(loaded: &Loaded) -> BTreeMap<(Counter, Option<Area>), i64> {
    let mut counts = BTreeMap::new();
    for bag in loaded.bags().filter_map(|(_, row)| row.now.as_ref()) {
        let counter = match (bag.kind, bag.status) {
            (BagKind::Child, _) => Counter::Children,
            (_, BagStatus::Pending) => Counter::ParentsPending,
            (_, BagStatus::InProgress) => Counter::ParentsInProgress,
            (_, BagStatus::Completed) => Counter::ParentsCompleted,
        };
        *counts.entry((counter, bag.area.clone())).or_insert(0) += 1;
    }
    for link in loaded.links().filter_map(|(_, row)| row.now.as_ref()) {
        let area = loaded.bag(&link.parent).and_then(|bag| bag.area.clone());
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
        let mut loaded = nothing_loaded();
        for (at, (action, code, parent, who)) in (1..).zip(scans) {
            let scan = Scan { id: Uuid::from_u128(at), client_at: Moment(0), action, code, parent, ..Scan::default() };
            let now = Moment(i64::try_from(at).expect("few"));
            let asked = Asked { actor: &actors[who], id: scan.id, now };
            let decision = decide(&loaded, &scan.intent(), asked, &rules);
            prop_assert!(!decision.answer.outcome.is_refusal() || decision.change.is_none(), "a refusal changes nothing");
            if let Some(change) = &decision.change {
                loaded.apply(change, Stamp { at: now, by: Some(1), scan_id: Some(scan.id) }, &rules);
            }
            check_rules(&loaded, &rules);
        }
        let mut deltas = BTreeMap::new();
        for (key, by) in Deltas::of_loaded(&loaded).rows() {
            deltas.insert((key.counter, key.area.clone()), by);
        }
        prop_assert_eq!(deltas, recount(&loaded));
    }
}

#[test]
fn a_correction_may_name_odd_codes_that_exist_and_no_others() {
    let rules = Rules::default();
    let actor = Actor { account: Some(1), scope: Scope::All };
    let stamp = Stamp { at: Moment(1), by: None, scan_id: None };
    let mut loaded = Loaded::default();
    let [odd_parent, odd_child, parent] = ["P", "KID<1>", "SB00001"].map(Code::stored);
    for code in [&odd_parent, &odd_child, &parent, &Code::stored("NO<1>")] {
        loaded.load_bag(code.clone(), None);
        loaded.load_link(code.clone(), None);
    }
    for code in [&odd_parent, &parent] {
        loaded.apply(&Change::Register { code: code.clone(), kind: BagKind::Parent, area: None }, stamp, &rules);
    }
    loaded.apply(&Change::Link { child: odd_child, parent: odd_parent }, stamp, &rules);
    let decided = |action, code: &str, parent: Option<&str>, children: &[&str]| {
        let children = children.iter().map(|child| (*child).to_owned()).collect();
        let scan = Scan { action, code: code.into(), parent: parent.map(Into::into), ..Scan::default() };
        let intent = scan.with(Details { children, ..Details::default() }).intent();
        let asked = Asked { actor: &actor, id: Uuid::nil(), now: Moment(2) };
        let answer = decide(&loaded, &intent, asked, &rules).answer;
        (answer.outcome, answer.code)
    };
    for (action, code, parent, children, wanted) in [
        (Action::Unlink, "kid<1>", None, &[][..], (Outcome::Unlinked, "KID<1>")),
        (Action::Undo, "kid<1>", None, &[], (Outcome::Undone, "KID<1>")),
        (Action::Undo, "", Some("p"), &[], (Outcome::Undone, "KID<1>")),
        (Action::Relink, "kid<1>", Some("sb00001"), &[], (Outcome::Relinked, "KID<1>")),
        (Action::Relink, "kid<1>", Some("p"), &[], (Outcome::UnknownParent, "KID<1>")),
        (Action::Close, "p", None, &[], (Outcome::Closed, "P")),
        (Action::DeleteContents, "p", None, &[], (Outcome::Deleted, "P")),
        (Action::SetChildren, "p", None, &["kid<1>", "KID2"], (Outcome::ChildrenSet, "P")),
        (Action::SetChildren, "p", None, &["kid<1>", "no<1>", "no<2>"], (Outcome::BadCode, "no<1>")),
        (Action::Unlink, "no<1>", None, &[], (Outcome::BadCode, "no<1>")),
        (Action::Relink, "no<1>", Some("nowhere<"), &[], (Outcome::BadCode, "no<1>")),
        (Action::Child, "kid<1>", Some("SB00001"), &[], (Outcome::BadCode, "kid<1>")),
        (Action::Parent, "p", None, &[], (Outcome::BadCode, "p")),
        (Action::Register, "kid<1>", None, &[], (Outcome::BadCode, "kid<1>")),
    ] {
        let (outcome, shown) = decided(action, code, parent, children);
        assert_eq!((outcome, shown.as_str()), wanted, "{action:?} {code} {parent:?} {children:?}");
    }
}
