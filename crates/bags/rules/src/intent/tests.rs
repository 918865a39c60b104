//! How scans are read: blanks, case, and codes that only an earlier system let in.

use super::*;

fn scan(action: Action, code: &str, parent: Option<&str>) -> Scan {
    Scan { action, code: code.into(), parent: parent.map(Into::into), ..Scan::default() }
}

#[test]
fn blanks_and_case_do_not_matter() {
    let intent = scan(Action::Child, " kid17\r\n", Some("sb00001 ")).intent();
    assert_eq!(intent, Intent::Link { child: Code::stored("KID17"), parent: Code::stored("SB00001") });
}

#[test]
fn undo_names_a_child_or_a_parent() {
    assert_eq!(scan(Action::Undo, "", Some("SB00001")).intent(), Intent::UndoNewest(Code::stored("SB00001")));
    let undo = |shown| Intent::Unlink { child: Code::stored("KID17"), shown, undone: true };
    assert_eq!(scan(Action::Undo, "KID17", None).intent(), undo(None));
    assert_eq!(scan(Action::Undo, "KID17", Some(" sb00001")).intent(), undo(Some(Code::stored("SB00001"))));
    let unreadable = scan(Action::Undo, "KID17", Some("SB\u{0}1")).intent();
    assert!(matches!(unreadable, Intent::UnreadableParent { .. }), "{unreadable:?}");
}

#[test]
fn what_cannot_be_read_is_kept_readable() {
    let Intent::Unreadable { text, fault } = scan(Action::Parent, "SB\u{0}00001", None).intent() else {
        panic!("must be unreadable")
    };
    assert_eq!((text.as_str(), fault), ("SB\u{fffd}00001", CodeFault::ForbiddenCharacter));
}

#[test]
fn a_correction_reads_what_an_earlier_system_let_in_and_nothing_new_does() {
    let odd = || vec![(Code::stored("KID<17>É"), "kid<17>é".to_owned())];
    // What is brought back is named by its removal; its code is only shown.
    let reads_codes = |action: &Action| !matches!(action, Action::BringBack | Action::BillBringBack);
    for action in Action::ALL.into_iter().filter(reads_codes) {
        let asked = Scan { bill: Some("B-1".into()), ..scan(action, " kid<17>é", Some("SB00001")) };
        let intent = asked.intent();
        if action.is_correction() {
            let Intent::Kept { odd: found, .. } = intent else { panic!("{action:?} takes it: {intent:?}") };
            assert_eq!(found, odd(), "{action:?}");
        } else if !matches!(intent, Intent::Bill(_)) {
            let text = "kid<17>é".to_owned();
            assert_eq!(intent, Intent::Unreadable { text, fault: CodeFault::ForbiddenCharacter }, "{action:?}");
        }
    }
    let moved = scan(Action::Relink, "kid<17>é", Some("sb<1>")).intent();
    let nowhere = Intent::UnreadableParent { code: Code::stored("KID<17>É"), parent: "sb<1>".into() };
    assert_eq!(moved, Intent::Kept { intent: Box::new(nowhere), odd: odd() });
}

#[test]
fn what_no_label_ever_held_is_unreadable_to_a_correction_too() {
    for text in ["", "KID\u{0}17", &"K".repeat(256)] {
        assert!(matches!(scan(Action::Unlink, text, None).intent(), Intent::Unreadable { .. }), "{text:?}");
    }
}

#[test]
fn the_rows_of_a_correction_are_found_whether_its_codes_are_odd_or_not() {
    let odd = scan(Action::DeleteContents, "x", None).intent();
    let code = Code::stored("X");
    assert_eq!(odd.codes().collect::<Vec<_>>(), [&code]);
    assert_eq!((odd.moves_child(), odd.needs_children_of()), (Some(&code), Some(&code)));
    let bill = Scan { bill: Some("b7".into()), ..scan(Action::BillUnlink, "x", None) };
    assert_eq!(bill.intent().bill().as_ref().map(BillKey::as_str), Some("B7"));
}

#[test]
fn a_list_of_children_has_each_once() {
    let details = Details { children: vec!["kid1".into(), "KID1 ".into(), "kid2".into()], ..Details::default() };
    let asked = Scan { details: Some(Box::new(details)), ..scan(Action::SetChildren, "SB00001", None) };
    let children = vec![Code::stored("KID1"), Code::stored("KID2")];
    assert_eq!(asked.intent(), Intent::SetChildren { parent: Code::stored("SB00001"), children, before: None });
}

#[test]
fn a_bill_without_a_number_is_named_so() {
    for (action, is_new) in [(Action::BillComplete, false), (Action::BillCreate, true)] {
        let asked = Scan { bill: Some(" \u{0} ".into()), ..scan(action, "", None) };
        let shown = "\u{fffd}".to_owned();
        assert_eq!(asked.intent(), Intent::UnreadableBill { text: shown.clone(), number: shown, is_new });
    }
}

#[test]
fn a_short_number_is_refused_to_a_new_bill_only() {
    let of = |action| Scan { bill: Some(" x ".into()), ..scan(action, "", None) }.intent();
    assert!(matches!(of(Action::BillCreate), Intent::UnreadableBill { is_new: true, .. }));
    assert!(matches!(of(Action::BillDelete), Intent::Bill(BillIntent::Delete(bill)) if bill.as_str() == "x"));
}
