//! Whoever asks for whatever, an answer tells nothing of a bag or a bill that lies outside their scope.

use bags_rules::bill::BillNumber;
use bags_rules::change::{Change, Stamp};
use bags_rules::code::Code;
use bags_rules::loaded::Loaded;
use bags_rules::outcome::{Answer, Outcome};
use bags_rules::rules::Rules;
use bags_rules::scan::{Action, Details, Scan};
use bags_rules::{Facts, decide};
use base_core::account::{Actor, Asked};
use base_core::area::{Area, Scope};
use base_core::time::Moment;
use proptest::prelude::*;
use uuid::Uuid;

const PARENTS: [&str; 4] = ["SB00000", "SB00001", "SB00002", "SB00003"];
const CHILDREN: [&str; 6] = ["KID0", "KID1", "KID2", "KID3", "KID4", "KID5"];
const BILLS: [&str; 2] = ["BILL-0", "BILL-1"];

fn scopes() -> [Scope; 4] {
    [Scope::Area(Area::new("lucknow")), Scope::Area(Area::new("indore")), Scope::All, Scope::Nothing]
}

/// Who asks, and for what.
#[derive(Clone, Debug)]
struct Step {
    who: usize,
    scan: Scan,
}

fn any_code() -> impl Strategy<Value = String> {
    let codes: Vec<&str> = PARENTS.into_iter().chain(CHILDREN).collect();
    prop::sample::select(codes).prop_map(str::to_owned)
}

/// Half of all scans link, so that there is something to tell of.
fn any_action() -> impl Strategy<Value = Action> {
    let all = prop::sample::select(Action::ALL.to_vec());
    prop_oneof![3 => Just(Action::Child), 2 => Just(Action::Parent), 5 => all]
}

fn any_step() -> impl Strategy<Value = Step> {
    let bill = prop::option::of(prop::sample::select(BILLS.to_vec()));
    let children = prop::collection::vec(any_code(), 0..3);
    let parent = prop::option::of(any_code());
    (0..4_usize, any_action(), any_code(), parent, bill, children).prop_map(
        |(who, action, code, parent, bill, children)| {
            // An undo without a code takes back the newest link of a parent.
            let code = if action == Action::Undo && children.is_empty() { String::new() } else { code };
            let scan = Scan { action, code, parent, bill: bill.map(str::to_owned), ..Scan::default() };
            Step { who, scan: scan.with(Details { children, ..Details::default() }) }
        },
    )
}

fn nothing_loaded() -> Loaded {
    let mut loaded = Loaded::default();
    for code in PARENTS.into_iter().chain(CHILDREN).map(Code::stored) {
        loaded.load_bag(code.clone(), None);
        loaded.load_link(code, None);
    }
    for number in BILLS {
        loaded.load_bill(BillNumber::parse(number).expect("a number").key(), None);
    }
    loaded
}

fn check(answer: &Answer, scan: &Scan, scope: &Scope, loaded: &Loaded) {
    let may_know = |code: &Code| loaded.bag(code).is_none_or(|bag| scope.covers(bag.area.as_ref()));
    let named = |code: &Code| {
        let details = scan.details.iter().flat_map(|details| &details.children);
        [Some(&scan.code), scan.parent.as_ref()].into_iter().flatten().chain(details).any(|text| text == code.as_str())
    };
    let own = Code::stored(&answer.code);
    let subject = answer.parent.as_ref().unwrap_or(&own);
    let tells_parent = answer.children.is_some() || answer.capacity.is_some() || answer.status.is_some();
    assert!(!tells_parent || may_know(subject), "figures of {subject}: {answer:?} to {scope:?}");
    if let Some(parent) = &answer.current_parent {
        assert!(may_know(parent), "a parent elsewhere: {answer:?} to {scope:?}");
    }
    if let Some(parent) = &answer.parent {
        assert!(may_know(parent) || named(parent), "a parent that nobody named: {answer:?} to {scope:?}");
    }
    assert!(answer.bill_facts.is_none() || *scope == Scope::All, "figures of all areas: {answer:?} to {scope:?}");
}

proptest! {
    #[test]
    fn no_answer_tells_of_what_its_reader_may_not_see(steps in prop::collection::vec(any_step(), 1..80)) {
        let rules = Rules { capacity: 3, ..Rules::default() };
        let mut loaded = nothing_loaded();
        for (at, Step { who, scan }) in (1..).zip(steps) {
            let scope = scopes()[who].clone();
            let actor = Actor { account: Some(1), scope: scope.clone() };
            let asked = Asked { actor: &actor, id: Uuid::from_u128(at), now: Moment(i64::try_from(at).expect("few")) };
            let mut decision = decide(&loaded, &scan.intent(), asked, &rules);
            if let Some(change) = &decision.change {
                let stamp = Stamp { at: asked.now, by: Some(1), scan_id: Some(asked.id) };
                loaded.apply(change, stamp, &rules);
            }
            decision.with_facts(Facts { loaded: &loaded, rules: &rules, scope: &scope });
            check(&decision.answer, &scan, &scope, &loaded);
        }
    }
}

#[test]
fn a_parent_of_another_area_that_is_named_beside_a_child_keeps_its_figures() {
    let rules = Rules::default();
    let stamp = Stamp { at: Moment(1), by: None, scan_id: None };
    let mut loaded = nothing_loaded();
    let [own, other, child] = [PARENTS[0], PARENTS[1], CHILDREN[0]].map(Code::stored);
    for (code, area) in [(&own, "lucknow"), (&other, "indore")] {
        let area = Some(Area::new(area));
        let kind = bags_rules::bag::BagKind::Parent;
        loaded.apply(&Change::Register { code: code.clone(), kind, area }, stamp, &rules);
    }
    loaded.apply(&Change::Link { child: child.clone(), parent: own.clone() }, stamp, &rules);
    let scope = Scope::Area(Area::new("lucknow"));
    let actor = Actor { account: Some(1), scope: scope.clone() };
    for action in [Action::Unlink, Action::Undo] {
        let scan = Scan { action, code: child.to_string(), parent: Some(other.to_string()), ..Scan::default() };
        let asked = Asked { actor: &actor, id: Uuid::nil(), now: Moment(2) };
        let mut decision = decide(&loaded, &scan.intent(), asked, &rules);
        decision.with_facts(Facts { loaded: &loaded, rules: &rules, scope: &scope });
        let answer = decision.answer;
        assert_eq!((answer.outcome, answer.current_parent.as_ref()), (Outcome::NotLinked, Some(&own)));
        assert_eq!((answer.children, answer.capacity, answer.status), (None, None, None), "{action:?}");
    }
}
