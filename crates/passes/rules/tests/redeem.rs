//! Who gets in: each outcome, and what holds after any sequence of scans.

use base_core::time::{HOUR_US, MINUTE_US, Moment, SECOND_US};
use passes_rules::event::{EventState, GateRules};
use passes_rules::outcome::Outcome;
use passes_rules::pass::{Pass, PassKind};
use passes_rules::payload::{Code, CodeFault, Signed};
use passes_rules::redeem::{Action, Asked, Decision, MayScan, Offline, Scan, decide};
use proptest::prelude::*;
use uuid::Uuid;

const NOW: Moment = Moment(100 * HOUR_US);

fn pass(kind: PassKind) -> Pass {
    Pass {
        id: "p1".into(),
        event: 7,
        kind,
        sold_at: Moment(0),
        is_cancelled: false,
        codes_since: None,
        admitted: 0,
        inside: 0,
        entry: None,
        left_at: None,
        entries: Vec::new(),
    }
}

fn event() -> GateRules {
    GateRules {
        id: 7,
        state: EventState::Open,
        closed_at: None,
        starts_at: None,
        ends_at: None,
        early_minutes: 0,
        one_by_one: false,
        re_entry: false,
        room: None,
    }
}

fn scan(action: Action) -> Scan {
    let code = Ok(Code { pass: "p1".into(), signed: None, is_found: false });
    Scan { action, code, event: Some(7), may: MayScan::These(vec![7]), people: None, offline: None }
}

fn asked(now: Moment) -> Asked<'static> {
    Asked { id: Uuid::nil(), by: Some(3), gate: Some("north"), now }
}

fn outcome(scan: &Scan, pass: &Pass, event: &GateRules) -> Outcome {
    let Decision { answer, change, .. } = decide(scan, Some((pass, event)), asked(NOW));
    assert_eq!(answer.outcome.is_refusal(), change.is_none(), "a refusal changes nothing: {answer:?}");
    answer.outcome
}

#[test]
fn a_pass_is_admitted_once_and_the_second_time_says_when_where_and_by_whom() {
    let (mut pass, event) = (pass(PassKind::Couple), event());
    let first = decide(&scan(Action::Admit), Some((&pass, &event)), asked(NOW));
    assert_eq!((first.answer.outcome, first.answer.people, first.answer.inside), (Outcome::Admitted, Some(2), Some(2)));
    pass.apply(&first.change.expect("a change"), &scan(Action::Admit), asked(NOW));
    let later = asked(NOW.plus_us(4 * SECOND_US));
    let second = decide(&scan(Action::Admit), Some((&pass, &event)), later).answer;
    assert_eq!((second.outcome, second.just_now), (Outcome::AlreadyAdmitted, true));
    assert_eq!(
        (second.entered_at, second.entered_by, second.gate.as_deref()),
        (Some(NOW.rfc3339()), Some(3), Some("north"))
    );
    let elsewhere = Asked { gate: Some("south"), ..later };
    assert!(!decide(&scan(Action::Admit), Some((&pass, &event)), elsewhere).answer.just_now);
    let after = asked(NOW.plus_us(2 * MINUTE_US));
    assert!(!decide(&scan(Action::Admit), Some((&pass, &event)), after).answer.just_now);
}

#[test]
fn each_reason_has_its_own_outcome() {
    let (pass, event) = (pass(PassKind::Single), event());
    let admit = scan(Action::Admit);
    let with = |code| Scan { code, ..scan(Action::Admit) };
    assert_eq!(outcome(&with(Err(CodeFault::Unreadable)), &pass, &event), Outcome::BadCode);
    assert_eq!(outcome(&with(Err(CodeFault::Tampered)), &pass, &event), Outcome::Tampered);
    assert_eq!(outcome(&with(Err(CodeFault::Revoked)), &pass, &event), Outcome::Revoked);
    assert_eq!(decide(&admit, None, asked(NOW)).answer.outcome, Outcome::UnknownPass);
    let signed = |event, made_at| Signed { event, kind: PassKind::Single, made_at, until: Some(NOW) };
    let compact = |signed| with(Ok(Code { pass: "p1".into(), signed: Some(signed), is_found: false }));
    let wrong = [
        Scan { event: Some(8), ..scan(Action::Admit) },
        Scan { may: MayScan::These(vec![]), ..scan(Action::Admit) },
        compact(signed(8, NOW)),
    ];
    for scan in wrong {
        assert_eq!(outcome(&scan, &pass, &event), Outcome::WrongEvent);
        let answer = decide(&scan, Some((&pass, &event)), asked(NOW)).answer;
        assert_eq!(answer.pass, None, "nothing is told of a pass of another event");
    }
    let replaced = Pass { codes_since: Some(NOW), ..pass.clone() };
    assert_eq!(outcome(&compact(signed(7, NOW)), &replaced, &event), Outcome::Admitted);
    assert_eq!(outcome(&compact(signed(7, NOW.plus_us(-1))), &replaced, &event), Outcome::Revoked);
    assert_eq!(outcome(&admit, &replaced, &event), Outcome::Revoked);
    let found = with(Ok(Code { pass: "p1".into(), signed: None, is_found: true }));
    assert_eq!(outcome(&found, &replaced, &event), Outcome::Admitted, "its guest is known by name");
    let run_out = Signed { until: Some(NOW.plus_us(-1)), ..signed(7, NOW) };
    assert_eq!(outcome(&compact(run_out), &pass, &event), Outcome::TooLate);
    assert_eq!(outcome(&admit, &Pass { is_cancelled: true, ..pass.clone() }, &event), Outcome::Cancelled);
    let of = |state| GateRules { state, ..event.clone() };
    assert_eq!(outcome(&admit, &pass, &of(EventState::Draft)), Outcome::NotYet);
    assert_eq!(outcome(&admit, &pass, &of(EventState::Closed)), Outcome::TooLate);
    assert_eq!(outcome(&admit, &pass, &GateRules { room: Some(0), ..event.clone() }), Outcome::Full);
    assert_eq!(outcome(&scan(Action::Leave), &pass, &event), Outcome::NoReEntry);
    let open = GateRules { re_entry: true, ..event.clone() };
    assert_eq!(outcome(&scan(Action::Leave), &pass, &open), Outcome::NotInside);
    assert_eq!(outcome(&scan(Action::Undo), &pass, &event), Outcome::NotAdmitted);
}

#[test]
fn nothing_is_undone_of_a_cancelled_pass_whose_free_places_were_given_back() {
    let cancelled = Pass { is_cancelled: true, admitted: 1, inside: 1, ..pass(PassKind::Single) };
    assert_eq!(outcome(&scan(Action::Undo), &cancelled, &event()), Outcome::Cancelled);
}

#[test]
fn a_code_that_was_replaced_lets_nobody_out_either() {
    let event = GateRules { re_entry: true, ..event() };
    let inside = Pass { codes_since: Some(NOW), admitted: 1, inside: 1, ..pass(PassKind::Single) };
    let with = |signed| {
        let code = Ok(Code { pass: "p1".into(), signed, is_found: false });
        outcome(&Scan { code, ..scan(Action::Leave) }, &inside, &event)
    };
    let signed = |kind, made_at| Some(Signed { event: 7, kind, made_at, until: Some(NOW.plus_us(-1)) });
    assert_eq!(with(None), Outcome::Revoked);
    assert_eq!(with(signed(PassKind::Single, NOW.plus_us(-1))), Outcome::Revoked);
    assert_eq!(with(signed(PassKind::Couple, NOW)), Outcome::Revoked);
    assert_eq!(with(signed(PassKind::Single, NOW)), Outcome::Left, "who is inside goes out when they want to");
}

#[test]
fn a_clock_that_is_behind_is_believed_back_to_the_sale_and_to_the_list_of_its_device() {
    let minute = |n: i64| NOW.plus_us(n * MINUTE_US);
    let sold = Pass { sold_at: minute(-30), ..pass(PassKind::Single) };
    let counted = |at, snapshot_at| {
        let scan = Scan { offline: Some(Offline { at, snapshot_at }), ..scan(Action::Admit) };
        decide(&scan, Some((&sold, &event())), asked(NOW)).answer.entered_at
    };
    let table = [
        (minute(-10), minute(-20), minute(-10)),
        (minute(-90), minute(-95), minute(-30)),
        (minute(-90), minute(-20), minute(-20)),
        (minute(-90), minute(60), NOW),
        (minute(60), minute(-20), NOW),
    ];
    for (at, snapshot_at, expected) in table {
        assert_eq!(counted(at, snapshot_at), Some(expected.rfc3339()), "{at:?} {snapshot_at:?}");
    }
}

#[test]
fn what_a_device_let_in_before_the_event_was_closed_counts_when_it_is_told_afterwards() {
    let closed = GateRules { state: EventState::Closed, closed_at: Some(NOW.plus_us(-10 * MINUTE_US)), ..event() };
    let at = |minutes: i64| {
        let at = NOW.plus_us(minutes * MINUTE_US);
        let scan = Scan { offline: Some(Offline { at, snapshot_at: at }), ..scan(Action::Admit) };
        outcome(&scan, &pass(PassKind::Single), &closed)
    };
    assert_eq!([at(-11), at(-10), at(-5)], [Outcome::Admitted, Outcome::TooLate, Outcome::TooLate]);
    assert_eq!(outcome(&scan(Action::Admit), &pass(PassKind::Single), &closed), Outcome::TooLate);
}

#[test]
fn two_people_come_one_by_one_only_where_the_event_allows_it() {
    let (mut pass, event) = (pass(PassKind::Couple), GateRules { one_by_one: true, ..event() });
    let one = Scan { people: Some(1), ..scan(Action::Admit) };
    for (expected, inside) in [(Outcome::Admitted, 1), (Outcome::Admitted, 2), (Outcome::AlreadyAdmitted, 2)] {
        let Decision { answer, change, .. } = decide(&one, Some((&pass, &event)), asked(NOW));
        assert_eq!((answer.outcome, answer.inside), (expected, Some(inside)));
        if let Some(change) = &change {
            pass.apply(change, &one, asked(NOW));
        }
    }
    let strict = GateRules { one_by_one: false, ..event };
    let fresh = Pass { admitted: 0, inside: 0, ..pass };
    assert_eq!(decide(&one, Some((&fresh, &strict)), asked(NOW)).answer.people, Some(2));
}

/// Decides, applies, and gives the outcome with the people inside.
fn step(pass: &mut Pass, event: &GateRules, scan: &Scan, at: Moment) -> (Outcome, i64) {
    let Decision { answer, change, .. } = decide(scan, Some((pass, event)), asked(at));
    if let Some(change) = &change {
        pass.apply(change, scan, asked(at));
    }
    (answer.outcome, pass.inside)
}

#[test]
fn an_undo_takes_back_the_last_entry_alone_and_the_one_before_stands() {
    let event = GateRules { one_by_one: true, re_entry: true, ..event() };
    let mut pass = pass(PassKind::Couple);
    let one = |action| Scan { people: Some(1), ..scan(action) };
    let minute = |n: i64| NOW.plus_us(n * MINUTE_US);
    assert_eq!(step(&mut pass, &event, &one(Action::Admit), minute(1)), (Outcome::Admitted, 1));
    assert_eq!(step(&mut pass, &event, &one(Action::Admit), minute(2)), (Outcome::Admitted, 2));
    assert_eq!(step(&mut pass, &event, &scan(Action::Undo), minute(3)), (Outcome::EntryUndone, 1));
    assert_eq!((pass.admitted, pass.entry.clone().map(|entry| entry.at)), (1, Some(minute(1))));
    assert_eq!(step(&mut pass, &event, &scan(Action::Leave), minute(4)), (Outcome::Left, 0));
    assert_eq!(
        step(&mut pass, &event, &scan(Action::Admit), minute(5)),
        (Outcome::Admitted, 2),
        "one is back, one is new"
    );
    assert_eq!(step(&mut pass, &event, &scan(Action::Undo), minute(6)), (Outcome::EntryUndone, 0));
    assert_eq!(pass.admitted, 1, "who was in before stays counted");
    assert_eq!(step(&mut pass, &event, &scan(Action::Undo), minute(7)), (Outcome::EntryUndone, 0));
    assert_eq!((pass.admitted, pass.entry.clone()), (0, None));
    assert_eq!(step(&mut pass, &event, &scan(Action::Undo), minute(8)), (Outcome::NotAdmitted, 0));
    let brought = Pass { admitted: 2, inside: 2, entries: Vec::new(), ..pass };
    let undone = decide(&scan(Action::Undo), Some((&brought, &event)), asked(NOW)).answer;
    assert_eq!((undone.people, undone.inside), (Some(2), Some(0)), "an entry that an importer brought is undone whole");
}

#[test]
fn an_entry_that_a_device_decided_counts_at_its_time_or_is_a_conflict() {
    let (mut pass, event) = (pass(PassKind::Single), GateRules { ends_at: Some(NOW), ..event() });
    let event = GateRules { state: EventState::OnSale, starts_at: Some(NOW.plus_us(-HOUR_US)), ..event };
    let at = NOW.plus_us(-10 * MINUTE_US);
    let offline = |at| Scan { offline: Some(Offline { at, snapshot_at: at }), ..scan(Action::Admit) };
    let late = NOW.plus_us(HOUR_US);
    assert_eq!(decide(&scan(Action::Admit), Some((&pass, &event)), asked(late)).answer.outcome, Outcome::TooLate);
    assert_eq!(step(&mut pass, &event, &offline(at), late), (Outcome::Admitted, 1), "it was in time");
    assert_eq!(pass.entry.clone().map(|entry| entry.at), Some(at));
    let second = decide(&offline(at.plus_us(SECOND_US)), Some((&pass, &event)), asked(late));
    assert_eq!((second.answer.outcome, second.conflict), (Outcome::AlreadyAdmitted, Some(7)));
    assert!(second.answer.conflict && second.change.is_none());
    let online = decide(&scan(Action::Admit), Some((&pass, &event)), asked(NOW));
    assert_eq!((online.conflict, online.answer.conflict), (None, false), "nobody was let in");
    let future = decide(&offline(late), Some((&pass, &event)), asked(NOW)).answer;
    assert_eq!(future.outcome, Outcome::AlreadyAdmitted);
    let foreign = Scan { may: MayScan::These(vec![]), ..offline(at) };
    assert_eq!(decide(&foreign, Some((&pass, &event)), asked(NOW)).conflict, None, "of no event that they work at");
}

fn actions() -> impl Strategy<Value = Vec<(Action, Option<i64>)>> {
    let action = prop_oneof![4 => Just(Action::Admit), 3 => Just(Action::Leave), 1 => Just(Action::Undo)];
    proptest::collection::vec((action, proptest::option::of(0_i64..4)), 0..40)
}

proptest! {
    #[test]
    fn never_more_people_than_the_pass_is_for_are_in(
        actions in actions(), is_couple: bool, one_by_one: bool, re_entry: bool,
    ) {
        let kind = if is_couple { PassKind::Couple } else { PassKind::Single };
        let (mut pass, event) = (pass(kind), GateRules { one_by_one, re_entry, ..event() });
        for (action, people) in actions {
            let scan = Scan { people, ..scan(action) };
            let before = pass.clone();
            let Decision { answer, change, .. } = decide(&scan, Some((&pass, &event)), asked(NOW));
            prop_assert_eq!(answer.outcome.is_refusal(), change.is_none());
            if let Some(change) = &change {
                pass.apply(change, &scan, asked(NOW));
                prop_assert_ne!(&before, &pass, "what is answered as done changes something");
            }
            prop_assert!((0..=kind.people()).contains(&pass.admitted), "{pass:?}");
            prop_assert!((0..=pass.admitted).contains(&pass.inside), "{pass:?}");
            prop_assert_eq!(answer.inside, Some(pass.inside));
            prop_assert_eq!(pass.entry.is_some(), pass.admitted > 0);
        }
    }

    #[test]
    fn without_re_entry_a_pass_is_admitted_as_often_as_it_has_people_at_most(actions in actions()) {
        let (mut pass, event) = (pass(PassKind::Couple), GateRules { one_by_one: true, ..event() });
        let mut let_in = 0;
        for (action, people) in actions.into_iter().filter(|(action, _)| *action != Action::Undo) {
            let scan = Scan { people, ..scan(action) };
            let Decision { answer, change, .. } = decide(&scan, Some((&pass, &event)), asked(NOW));
            if let Some(change) = change {
                pass.apply(&change, &scan, asked(NOW));
                let_in += answer.people.unwrap_or_default();
            }
        }
        prop_assert!(let_in <= 2, "{let_in}");
    }
}
