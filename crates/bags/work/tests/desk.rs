//! The desk on both databases: the rules hold, nothing is lost, nothing is counted twice.

use std::sync::Arc;

use bags_rules::code::Code;
use bags_rules::outcome::Outcome;
use bags_rules::scan::{Action, Details, Scan};
use bags_store::{bag, link, workplace};
use base_core::permission::Role;
use base_core::time::HOUR_US;
use base_records::audit;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tallyhouse_support::{
    TestClock, assert_counts_are_true, bill_scan, desk, each_database, origin, outcome_of, outcomes, person, plant,
    scan, system,
};

fn parent(code: &str) -> Scan {
    scan(Action::Parent, code, None)
}

fn child(code: &str, parent: &str) -> Scan {
    scan(Action::Child, code, Some(parent))
}

#[tokio::test(flavor = "multi_thread")]
async fn thirty_first_child_is_refused_and_nothing_is_written() {
    for test in each_database().await {
        let (desk, _tasks) = desk(&test.db, Arc::new(TestClock::default()));
        let actor = person(&test.db, "arjun", Role::Dispatcher, Some("lucknow")).await;
        let mut scans = vec![parent(" sb00001 ")];
        scans.extend((1..=31).map(|n| child(&format!("kid{n:03}"), "SB00001")));
        let answers = desk.submit(actor.clone(), origin(&actor), scans).await.expect("answers");
        assert!(answers[0].contains("\"outcome\":\"parent_created\"") && answers[0].contains("\"status\":\"pending\""));
        assert!(answers[1].contains("\"children\":1") && answers[1].contains("\"status\":\"in_progress\""));
        assert!(answers[30].contains("\"completed\":true") && answers[30].contains("\"status\":\"completed\""));
        assert_eq!(outcome_of(&answers[31]), "parent_completed");
        let mut reader = test.db.read().await.expect("reader");
        let found = bag::find(reader.conn(), &Code::stored("KID031"), &actor.scope).await.expect("a look");
        assert!(found.is_none(), "the refused child must not exist");
        assert_counts_are_true(&test.db).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_scanners_on_one_parent_link_exactly_thirty() {
    for test in each_database().await {
        let (desk, _tasks) = desk(&test.db, Arc::new(TestClock::default()));
        let actor = person(&test.db, "arjun", Role::Dispatcher, Some("lucknow")).await;
        outcomes(&desk, &actor, vec![parent("SB00001")]).await;
        let calls = (0..100).map(|n| {
            let (desk, actor) = (desk.clone(), actor.clone());
            tokio::spawn(async move { outcomes(&desk, &actor, vec![child(&format!("KID{n:03}"), "SB00001")]).await })
        });
        let mut linked = 0;
        let mut refused = 0;
        for call in calls.collect::<Vec<_>>() {
            match call.await.expect("no panic")[0].as_str() {
                "linked" => linked += 1,
                "parent_completed" => refused += 1,
                other => panic!("unexpected {other}"),
            }
        }
        assert_eq!((linked, refused), (30, 70));
        let entries = audit::latest(&test.db, 200).await.expect("audit");
        assert_eq!(entries.iter().filter(|entry| entry.action == "link_created").count(), 30);
        assert!(entries.iter().all(|entry| entry.actor_id == actor.account));
        assert_counts_are_true(&test.db).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_free_child_scanned_for_two_parents_at_once_gets_one_link() {
    for test in each_database().await {
        // Two desks on one database are two nodes; SQLite has one node, and two desks wait for its one writer.
        let (desk_one, _one) = desk(&test.db, Arc::new(TestClock::default()));
        let (desk_two, _two) = desk(&test.db, Arc::new(TestClock::default()));
        let actor = person(&test.db, "arjun", Role::Dispatcher, Some("lucknow")).await;
        for round in 0..40 {
            let (one, two) = (format!("SB{:05}", round * 2), format!("SB{:05}", round * 2 + 1));
            let kid = format!("KID{round:03}");
            outcomes(&desk_one, &actor, vec![parent(&one), parent(&two)]).await;
            let first = outcomes(&desk_one, &actor, vec![child(&kid, &one)]);
            let second = outcomes(&desk_two, &actor, vec![child(&kid, &two)]);
            let (first, second) = tokio::join!(first, second);
            let mut both = [first[0].as_str(), second[0].as_str()];
            both.sort_unstable();
            assert_eq!(both, ["child_elsewhere", "linked"], "{}", test.db.name());
            let mut reader = test.db.read().await.expect("reader");
            assert_eq!(link::of_children(reader.conn(), &[&kid]).await.expect("links").len(), 1);
        }
        assert_counts_are_true(&test.db).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_that_first_scan_the_same_parent_register_it_once() {
    for test in each_database().await {
        let (desk_one, _one) = desk(&test.db, Arc::new(TestClock::default()));
        let (desk_two, _two) = desk(&test.db, Arc::new(TestClock::default()));
        let actor = person(&test.db, "arjun", Role::Dispatcher, Some("lucknow")).await;
        for round in 0..20 {
            let code = format!("SB{round:05}");
            let first = outcomes(&desk_one, &actor, vec![parent(&code)]);
            let second = outcomes(&desk_two, &actor, vec![parent(&code)]);
            let (first, second) = tokio::join!(first, second);
            let mut both = [first[0].as_str(), second[0].as_str()];
            both.sort_unstable();
            assert_eq!(both, ["parent_created", "parent_selected"]);
        }
        assert_counts_are_true(&test.db).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_scan_gets_the_same_answer_byte_for_byte() {
    for test in each_database().await {
        let (desk, _tasks) = desk(&test.db, Arc::new(TestClock::default()));
        let actor = person(&test.db, "arjun", Role::Dispatcher, Some("lucknow")).await;
        let scans = vec![parent("SB00001"), child("KID1", "SB00001"), child("KID1", "SB00001"), parent("nonsense")];
        let first = desk.submit(actor.clone(), origin(&actor), scans.clone()).await.expect("answers");
        outcomes(&desk, &actor, vec![scan(Action::Unlink, "KID1", None)]).await;
        let again = desk.submit(actor.clone(), origin(&actor), scans.clone()).await.expect("answers");
        assert_eq!(first, again);
        let doubled = vec![child("KID2", "SB00001"); 2];
        let both = desk.submit(actor.clone(), origin(&actor), doubled).await.expect("answers");
        assert_eq!(both[0], both[1], "the same id twice in one call is one scan");

        let mut changed = scans[1].clone();
        changed.code = "KID9".into();
        assert_eq!(outcomes(&desk, &actor, vec![changed]).await, ["scan_id_reused"]);
        let other = person(&test.db, "meera", Role::Dispatcher, Some("lucknow")).await;
        assert_eq!(outcomes(&desk, &other, vec![scans[1].clone()]).await, ["scan_id_reused"]);
        assert_counts_are_true(&test.db).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_refusal_is_reached() {
    for test in each_database().await {
        let clock = Arc::new(TestClock::default());
        let (desk, _tasks) = desk(&test.db, clock.clone());
        let actor = person(&test.db, "arjun", Role::Dispatcher, Some("lucknow")).await;
        let other = person(&test.db, "kiran", Role::Dispatcher, Some("indore")).await;
        let nobody = person(&test.db, "newcomer", Role::Dispatcher, None).await;
        outcomes(&desk, &actor, vec![parent("SB00001"), parent("SB00002"), child("KID1", "SB00001")]).await;
        outcomes(&desk, &other, vec![parent("SB00009"), child("KID9", "SB00009")]).await;
        let cases = [
            (child("K\u{0}ID", "SB00001"), "bad_code"),
            (child("SB9", "SB00001"), "bad_code"),
            (child("SBX99", "SB00001"), "bad_code"),
            (parent("SB000001"), "not_a_parent_code"),
            (child("SB00002", "SB00001"), "is_parent"),
            (child("SB54321", "SB00001"), "is_parent"),
            (parent("KID1"), "is_child"),
            (child("KID2", "SB77777"), "unknown_parent"),
            (child("KID2", "KID1"), "is_child"),
            (child("KID2", "<"), "unknown_parent"),
            (child("KID1", "SB00001"), "duplicate"),
            (child("KID1", "SB00002"), "child_elsewhere"),
            (child("KID9", "SB00002"), "other_area"),
            (child("KID2", "SB00009"), "other_area"),
            (parent("SB00009"), "other_area"),
            (scan(Action::Unlink, "KID9", None), "other_area"),
            (scan(Action::Relink, "KID1", Some("SB00009")), "other_area"),
            (scan(Action::Unlink, "KID7", None), "not_linked"),
            (scan(Action::Relink, "KID7", Some("SB00001")), "not_linked"),
            (scan(Action::Relink, "KID1", Some("SB00001")), "duplicate"),
            (scan(Action::Undo, "", Some("SB00002")), "nothing_to_undo"),
            (scan(Action::Close, "SB44444", None), "unknown_parent"),
            (scan(Action::Delete, "KID1", None), "is_linked"),
            (scan(Action::Delete, "SB00001", None), "has_children"),
            (scan(Action::Delete, "SB00009", None), "unknown_bag"),
        ];
        for (scan, expected) in cases {
            let text = format!("{:?} {} {:?}", scan.action, scan.code, scan.parent);
            let answers = desk.submit(actor.clone(), origin(&actor), vec![scan]).await.expect("an answer");
            assert_eq!(outcome_of(&answers[0]), expected, "{text}");
            if expected == "other_area" {
                assert!(!answers[0].contains("current_parent") && !answers[0].contains("children"), "{}", answers[0]);
            }
        }
        assert_eq!(outcomes(&desk, &nobody, vec![parent("SB00123")]).await, ["other_area"]);
        clock.pass_us(HOUR_US + 1_000_000);
        assert_eq!(outcomes(&desk, &actor, vec![scan(Action::Undo, "", Some("SB00001"))]).await, ["too_old_to_undo"]);
        assert_eq!(outcomes(&desk, &actor, vec![scan(Action::Undo, "KID1", None)]).await, ["undone"]);
        assert_counts_are_true(&test.db).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_parent_in_hand_stays_there_while_another_one_is_finished() {
    for test in each_database().await {
        let (desk, _tasks) = desk(&test.db, Arc::new(TestClock::default()));
        let actor = person(&test.db, "arjun", Role::Dispatcher, Some("lucknow")).await;
        let account = actor.account.expect("an account");
        let in_hand = async || workplace::find(&test.db, account).await.expect("a workplace").parent;
        let other = person(&test.db, "meera", Role::Dispatcher, Some("lucknow")).await;
        outcomes(&desk, &other, vec![parent("SB00009")]).await;
        assert_eq!(outcomes(&desk, &actor, vec![scan(Action::Close, "SB00009", None)]).await, ["closed"]);
        assert_eq!(in_hand().await, None, "nothing is taken up by closing");
        outcomes(&desk, &actor, vec![parent("SB00002"), parent("SB00001"), child("KID0", "SB00001")]).await;
        outcomes(&desk, &actor, vec![scan(Action::Close, "SB00002", None)]).await;
        assert_eq!(in_hand().await.as_deref(), Some("SB00001"));
        let mut filling: Vec<_> = (1..=29).map(|n| child(&format!("KID{n}"), "SB00002")).collect();
        filling.extend([parent("SB00001"), scan(Action::Relink, "KID0", Some("SB00002"))]);
        let answers = desk.submit(actor.clone(), origin(&actor), filling).await.expect("answers");
        assert!(answers[30].contains("\"relinked\"") && answers[30].contains("\"completed\":true"), "{}", answers[30]);
        assert_eq!(in_hand().await.as_deref(), Some("SB00001"), "a child that was moved does not take its parent up");
        outcomes(&desk, &actor, vec![scan(Action::Close, "SB00001", None)]).await;
        assert_eq!(in_hand().await, None);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn undo_takes_the_newest_link_back_and_marks_its_scan() {
    for test in each_database().await {
        let (desk, _tasks) = desk(&test.db, Arc::new(TestClock::default()));
        let actor = person(&test.db, "arjun", Role::Dispatcher, Some("lucknow")).await;
        outcomes(&desk, &actor, vec![parent("SB00001"), child("KID1", "SB00001"), child("KID2", "SB00001")]).await;
        let undo = vec![scan(Action::Undo, "", Some("SB00001"))];
        let answer = desk.submit(actor.clone(), origin(&actor), undo).await.expect("an answer").remove(0);
        assert!(answer.contains("\"outcome\":\"undone\"") && answer.contains("\"code\":\"KID2\""), "{answer}");
        assert!(answer.contains("\"children\":1"), "{answer}");
        let code = Code::stored("KID2");
        let mut reader = test.db.read().await.expect("reader");
        let history = bags_store::scan::of_code(reader.conn(), &code, &base_core::area::Scope::All, None, 10)
            .await
            .expect("history");
        let linked = history.iter().find(|line| line.outcome == Outcome::Linked).expect("the scan stays");
        assert!(linked.undone_at.is_some() && linked.undone_by.as_deref() == Some("arjun"));
        assert_eq!(outcomes(&desk, &actor, vec![child("KID2", "SB00001")]).await, ["linked"], "free again");
        assert_counts_are_true(&test.db).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queue_that_comes_back_on_line_keeps_an_early_close() {
    for test in each_database().await {
        let (desk, _tasks) = desk(&test.db, Arc::new(TestClock::default()));
        let actor = person(&test.db, "arjun", Role::Dispatcher, Some("lucknow")).await;
        let close = scan(Action::Close, "SB00001", None);
        let queue =
            vec![parent("SB00001"), child("KID1", "SB00001"), close, parent("SB00002"), child("KID2", "SB00002")];
        assert_eq!(outcomes(&desk, &actor, queue).await[2], "closed");
        let mut reader = test.db.read().await.expect("reader");
        let found = bag::find(reader.conn(), &Code::stored("SB00001"), &actor.scope).await.expect("a look");
        let found = found.expect("the parent");
        assert!(found.closed_at.is_some() && found.children == 1);
        let place = bags_store::workplace::find(&test.db, actor.account.expect("a person")).await.expect("a place");
        assert_eq!(place.parent.as_deref(), Some("SB00002"), "the parent in hand is the last one");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parent_without_area_goes_with_its_children_to_the_dispatcher_who_scans_it() {
    for test in each_database().await {
        let (desk, _tasks) = desk(&test.db, Arc::new(TestClock::default()));
        let actor = person(&test.db, "arjun", Role::Dispatcher, Some("lucknow")).await;
        outcomes(&desk, &system(), vec![parent("SB00001"), child("KID1", "SB00001"), child("KID2", "SB00001")]).await;
        assert_eq!(outcomes(&desk, &actor, vec![child("KID3", "SB00001")]).await, ["other_area"]);
        assert_eq!(
            outcomes(&desk, &actor, vec![parent("SB00001"), child("KID3", "SB00001")]).await,
            ["parent_selected", "linked"]
        );
        let mut reader = test.db.read().await.expect("reader");
        for code in ["SB00001", "KID1", "KID2", "KID3"] {
            let code = Code::stored(code);
            assert!(bag::find(reader.conn(), &code, &actor.scope).await.expect("a look").is_some(), "{code}");
        }
        assert_counts_are_true(&test.db).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_earlier_system_left_is_corrected_whatever_it_is_called() {
    for test in each_database().await {
        let (desk, _tasks) = desk(&test.db, Arc::new(TestClock::default()));
        let actor = person(&test.db, "asha", Role::Admin, None).await;
        let long = "É".repeat(255);
        plant(&test.db, "B7", "P", &["KID<1>", "C2", "x%;--", &long, "KID\t5"]).await;
        let set = |children: &[&str]| {
            let children = children.iter().map(ToString::to_string).collect();
            scan(Action::SetChildren, "p", None).with(Details { children, ..Details::default() })
        };
        let scans = vec![
            scan(Action::Unlink, "nobody<1>", None),
            child("kid<1>", "SB00001"),
            parent("SB00001"),
            scan(Action::Unlink, "kid<1>", None),
            scan(Action::Relink, "c2", Some("SB00001")),
            scan(Action::Undo, "c2", None),
            set(&["x%;--", "nobody<1>"]),
            set(&["X%;--", "kid\t5"]),
            scan(Action::Undo, "", Some("p")),
            scan(Action::Close, "p", None),
            bill_scan(Action::BillLink, "p", "b7"),
            bill_scan(Action::BillUnlink, "p", "b7"),
            bill_scan(Action::BillDelete, "", "b7"),
            scan(Action::Delete, &long, None),
            scan(Action::DeleteContents, "p", None),
        ];
        let said = outcomes(&desk, &actor, scans.clone()).await;
        let expected = [
            "bad_code",
            "bad_code",
            "parent_created",
            "unlinked",
            "relinked",
            "undone",
            "bad_code",
            "children_set",
            "undone",
            "closed",
            "bad_code",
            "bill_unlinked",
            "bill_deleted",
            "deleted",
            "deleted",
        ];
        assert_eq!(said, expected, "{}", test.db.name());
        assert_eq!(outcomes(&desk, &actor, scans).await, expected, "the same scans get the same answers");
        assert_counts_are_true(&test.db).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn any_sequence_of_actions_leaves_every_count_equal_to_a_recount() {
    for test in each_database().await {
        let (desk, _tasks) = desk(&test.db, Arc::new(TestClock::default()));
        let mut random = StdRng::seed_from_u64(7);
        let actors = [
            person(&test.db, "arjun", Role::Dispatcher, Some("lucknow")).await,
            person(&test.db, "kiran", Role::Dispatcher, Some("indore")).await,
            person(&test.db, "meera", Role::Admin, None).await,
        ];
        for _ in 0..500 {
            let scans = (0..random.random_range(1..40)).map(|_| any_scan(&mut random)).collect();
            let actor = &actors[random.random_range(0..actors.len())];
            outcomes(&desk, actor, scans).await;
        }
        assert_counts_are_true(&test.db).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn both_databases_have_one_schema_and_come_to_one_state() {
    let mut states = Vec::new();
    for test in each_database().await {
        let (desk, _tasks) = desk(&test.db, Arc::new(TestClock::default()));
        let mut random = StdRng::seed_from_u64(11);
        let actor = person(&test.db, "meera", Role::Biller, None).await;
        let mut said = Vec::new();
        for _ in 0..30 {
            let scans = (0..random.random_range(1..60)).map(|_| any_scan(&mut random)).collect();
            said.extend(outcomes(&desk, &actor, scans).await);
        }
        let mut reader = test.db.read().await.expect("reader");
        let filter = bag::BagFilter { sort: bag::Sort::Code, ..bag::BagFilter::default() };
        let bags = bag::list(reader.conn(), &filter, &actor.scope, None, 500).await.expect("bags").lines;
        let bags = bags.iter().map(|bag| format!("{} {:?} {} {:?}", bag.code, bag.status, bag.children, bag.parent));
        let state: Vec<String> = bags.collect();
        assert!(state.len() > 60 && said.len() > 500, "the run is worth comparing");
        states.push((test.db.columns().await.expect("columns"), said, state));
    }
    for state in &states[1..] {
        assert_eq!(*state, states[0]);
    }
}

fn any_scan(random: &mut StdRng) -> Scan {
    let one = format!("SB{:05}", random.random_range(0..6));
    let two = format!("KID{:03}", random.random_range(0..120));
    let bill = format!("bill-{}", random.random_range(0..4));
    match random.random_range(0..33) {
        0..3 => parent(&one),
        3..14 => child(&two, &one),
        14 => scan(Action::Unlink, &two, None),
        15 => scan(Action::Relink, &two, Some(&one)),
        16 => scan(Action::Undo, "", Some(&one)),
        17 => scan(Action::Close, &one, None),
        18 => scan(Action::Delete, &two, None),
        20..24 => bill_scan(Action::BillLink, &one, &bill),
        24 => bill_scan(Action::BillEnter, &one, &bill.to_uppercase()),
        25 | 26 => bill_scan(Action::BillUnlink, &one, &bill),
        27 => bill_scan(Action::BillCreate, "", &bill).with(Details { capacity: Some(2), ..Details::default() }),
        28 => bill_scan(Action::BillEdit, "", &bill)
            .with(Details { capacity: Some(random.random_range(0..4)), ..Details::default() }),
        29 => bill_scan(Action::BillComplete, "", &bill),
        30 => bill_scan(Action::BillReopen, "", &bill),
        31 => bill_scan(Action::BillDelete, "", &bill),
        32 => {
            let children = (0..random.random_range(0..8)).map(|_| format!("KID{:03}", random.random_range(0..120)));
            scan(Action::SetChildren, &one, None).with(Details { children: children.collect(), ..Details::default() })
        }
        _ => scan(Action::DeleteContents, if random.random_bool(0.5) { &one } else { &two }, None),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_taken_out_of_the_parent_that_was_shown_stays_where_it_was_moved_meanwhile() {
    for test in each_database().await {
        let (desk, _tasks) = desk(&test.db, Arc::new(TestClock::default()));
        let actor = person(&test.db, "arjun", Role::Dispatcher, Some("lucknow")).await;
        let work = vec![parent("SB00001"), parent("SB00002"), child("KID1", "SB00001")];
        outcomes(&desk, &actor, work).await;
        outcomes(&desk, &actor, vec![scan(Action::Relink, "KID1", Some("SB00002"))]).await;
        for action in [Action::Undo, Action::Unlink] {
            let late = vec![scan(action, "KID1", Some("SB00001"))];
            let answers = desk.submit(actor.clone(), origin(&actor), late).await.expect("an answer");
            assert_eq!(outcome_of(&answers[0]), "not_linked");
            assert!(answers[0].contains("\"current_parent\":\"SB00002\""), "{}", answers[0]);
        }
        let shown = vec![scan(Action::Undo, "KID1", Some(" sb00002 "))];
        assert_eq!(outcomes(&desk, &actor, shown).await, ["undone"]);
        assert_counts_are_true(&test.db).await;
    }
}
