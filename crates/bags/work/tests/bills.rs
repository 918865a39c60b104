//! Bills at the desk, on both databases: every rule, every race, and the figures that follow from them.

use std::sync::Arc;

use bags_rules::scan::{Action, Details, Scan};
use bags_work::Desk;
use base_core::account::Actor;
use base_core::permission::Role;
use serde_json::Value;
use tallyhouse_support::{
    TestClock, assert_counts_are_true, bill_scan, desk, each_database, origin, outcomes, person, scan,
};

fn create(bill: &str, capacity: i64) -> Scan {
    let details = Details { capacity: Some(capacity), ..Details::default() };
    bill_scan(Action::BillCreate, "", bill).with(details)
}

fn link(parent: &str, bill: &str) -> Scan {
    bill_scan(Action::BillLink, parent, bill)
}

fn parent(n: u32) -> String {
    format!("SB{n:05}")
}

/// Parents with so many children each.
async fn fill(desk: &Desk, actor: &Actor, parents: std::ops::Range<u32>, children: u32) {
    let mut scans = Vec::new();
    for n in parents {
        scans.push(scan(Action::Parent, &parent(n), None));
        scans.extend((0..children).map(|k| scan(Action::Child, &format!("KID{n:03}X{k:02}"), Some(&parent(n)))));
    }
    outcomes(desk, actor, scans).await;
}

async fn answer(desk: &Desk, actor: &Actor, scan: Scan) -> Value {
    let answers = desk.submit(actor.clone(), origin(actor), vec![scan]).await.expect("the desk answers");
    serde_json::from_str(&answers[0]).expect("JSON")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bill_is_created_filled_completed_and_reopened() {
    for test in each_database().await {
        let (desk, _tasks) = desk(&test.db, Arc::new(TestClock::default()));
        let biller = person(&test.db, "meera", Role::Biller, None).await;
        fill(&desk, &biller, 0..2, 30).await;
        fill(&desk, &biller, 2..3, 28).await;
        let mut said = outcomes(&desk, &biller, vec![create(" Bill/1 ", 2), create("BILL/1", 2)]).await;
        assert_eq!(said, ["bill_created", "bill_exists"]);
        let first = answer(&desk, &biller, link(" sb00000", "bill/1")).await;
        assert_eq!((first["outcome"].as_str(), first["bill"].as_str()), (Some("bill_linked"), Some("Bill/1")));
        assert_eq!((first["bill_parents"].as_u64(), first["bill_status"].as_str()), (Some(1), Some("processing")));
        let short = answer(&desk, &biller, bill_scan(Action::BillComplete, "", "bill/1")).await;
        assert_eq!((short["outcome"].as_str(), short["missing"].as_u64()), (Some("bill_short"), Some(1)));
        let second = answer(&desk, &biller, link("SB00002", "BILL/1")).await;
        let figures = ["actual_kg", "expected_kg", "target_kg", "variance_kg"].map(|name| second[name].as_i64());
        assert_eq!(figures, [Some(58), Some(60), Some(60), Some(-2)]);
        said = outcomes(
            &desk,
            &biller,
            vec![
                link("SB00002", "BILL/1"),
                link("SB00001", "BILL/1"),
                bill_scan(Action::BillComplete, "", "Bill/1"),
                link("SB00001", "BILL/1"),
                bill_scan(Action::BillUnlink, "SB00002", "Bill/1"),
                scan(Action::Unlink, "KID002X01", None),
                scan(Action::Child, "KID999", Some("SB00002")),
                bill_scan(Action::BillEdit, "", "Bill/1").with(Details { capacity: Some(9), ..Details::default() }),
                bill_scan(Action::BillDelete, "", "Bill/1"),
                bill_scan(Action::BillComplete, "", "Bill/1"),
                bill_scan(Action::BillReopen, "", "Bill/1"),
                bill_scan(Action::BillReopen, "", "Bill/1"),
                scan(Action::Child, "KID999", Some("SB00002")),
            ],
        )
        .await;
        let expected = [
            "already_on_this_bill",
            "bill_full",
            "bill_finished",
            "bill_completed",
            "bill_completed",
            "parent_on_completed_bill",
            "parent_on_completed_bill",
            "bill_completed",
            "bill_completed",
            "bill_completed",
            "bill_reopened",
            "bill_open",
            "linked",
        ];
        assert_eq!(said, expected);
        let after = answer(&desk, &biller, bill_scan(Action::BillUnlink, "SB00000", "Bill/1")).await;
        assert_eq!((after["bill_parents"].as_u64(), after["actual_kg"].as_i64()), (Some(1), Some(29)));
        assert_counts_are_true(&test.db).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_refusal_about_bills_names_itself() {
    for test in each_database().await {
        let (desk, _tasks) = desk(&test.db, Arc::new(TestClock::default()));
        let biller = person(&test.db, "meera", Role::Biller, None).await;
        let dispatcher = person(&test.db, "arjun", Role::Dispatcher, Some("lucknow")).await;
        fill(&desk, &biller, 0..3, 1).await;
        let edit = |capacity| {
            bill_scan(Action::BillEdit, "", "B-1").with(Details { capacity: Some(capacity), ..Details::default() })
        };
        let said = outcomes(
            &desk,
            &biller,
            vec![
                create("ab", 1),
                create("B-1", 0),
                create("B-1", 501),
                create("B-1", 500),
                create("B-2", 1),
                link("SB00000", "B-9"),
                link("SB00000", ""),
                link("SB00099", "B-1"),
                link("KID000X00", "B-1"),
                link("SB00000", "B-1"),
                link("SB00001", "B-1"),
                link("SB00000", "B-2"),
                bill_scan(Action::BillUnlink, "SB00000", "B-2"),
                edit(1),
                edit(501),
                edit(100),
                edit(100),
                bill_scan(Action::BillEnter, "SB00099", "B-1"),
                bill_scan(Action::BillEnter, "NOLABEL", "B-1"),
                scan(Action::Delete, "SB00099", None),
                bill_scan(Action::BillDelete, "", "B-1"),
                scan(Action::Delete, "SB00099", None),
            ],
        )
        .await;
        let expected = [
            "bad_bill",
            "bad_capacity",
            "bad_capacity",
            "bill_created",
            "bill_created",
            "unknown_bill",
            "unknown_bill",
            "unknown_bag",
            "is_child",
            "bill_linked",
            "bill_linked",
            "already_on_bill",
            "not_on_bill",
            "capacity_below_linked",
            "bad_capacity",
            "bill_edited",
            "bill_unchanged",
            "bill_linked",
            "not_a_parent_code",
            "parent_on_bill",
            "bill_deleted",
            "deleted",
        ];
        assert_eq!(said, expected);
        let hidden = answer(&desk, &dispatcher, link("SB00002", "B-2")).await;
        assert_eq!(hidden["outcome"], "other_area", "a parent of no area is not a dispatcher's");
        let elsewhere = answer(&desk, &biller, link("KID000X00", "B-2")).await;
        assert_eq!(elsewhere["current_parent"], "SB00000", "a child's refusal names its parent");
        assert_counts_are_true(&test.db).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parent_is_on_one_bill_however_many_scan_it_at_once() {
    for test in each_database().await {
        let (desk, _tasks) = desk(&test.db, Arc::new(TestClock::default()));
        let biller = person(&test.db, "meera", Role::Biller, None).await;
        fill(&desk, &biller, 0..1, 2).await;
        outcomes(&desk, &biller, (0..8).map(|n| create(&format!("RACE-{n}"), 1)).collect()).await;
        let tries = (0..8).map(|n| {
            let (desk, biller) = (desk.clone(), biller.clone());
            tokio::spawn(async move { outcomes(&desk, &biller, vec![link("SB00000", &format!("RACE-{n}"))]).await })
        });
        let mut said = Vec::new();
        for task in tries.collect::<Vec<_>>() {
            said.extend(task.await.expect("no panic"));
        }
        said.sort();
        let mut expected = vec!["already_on_bill"; 7];
        expected.push("bill_linked");
        assert_eq!(said, expected, "{}", test.db.name());
        assert_counts_are_true(&test.db).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bill_takes_no_more_than_its_capacity_while_its_parents_are_still_filled() {
    for test in each_database().await {
        let (desk, _tasks) = desk(&test.db, Arc::new(TestClock::default()));
        let biller = person(&test.db, "meera", Role::Biller, None).await;
        fill(&desk, &biller, 0..12, 3).await;
        outcomes(&desk, &biller, vec![create("RUSH", 5)]).await;
        let work = |n: u32| {
            let (desk, biller) = (desk.clone(), biller.clone());
            tokio::spawn(async move {
                let mut said = outcomes(&desk, &biller, vec![link(&parent(n), "RUSH")]).await;
                for k in 10..20 {
                    let child = scan(Action::Child, &format!("KID{n:03}X{k}"), Some(&parent(n)));
                    assert_eq!(outcomes(&desk, &biller, vec![child]).await, ["linked"]);
                }
                said.extend(outcomes(&desk, &biller, vec![bill_scan(Action::BillUnlink, &parent(n), "RUSH")]).await);
                said.extend(outcomes(&desk, &biller, vec![link(&parent(n), "RUSH")]).await);
                said
            })
        };
        let tasks: Vec<_> = (0..12).map(work).collect();
        for task in tasks {
            let said = task.await.expect("no panic");
            let known = ["bill_linked", "bill_unlinked", "bill_full", "not_on_bill"];
            assert!(said.iter().all(|outcome| known.contains(&outcome.as_str())), "{said:?}");
        }
        let last = answer(&desk, &biller, link("SB00099", "RUSH")).await;
        assert_eq!((last["outcome"].as_str(), last["bill_parents"].as_u64()), (Some("unknown_bag"), Some(5)));
        assert_counts_are_true(&test.db).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_children_is_taken_whole_or_not_at_all() {
    for test in each_database().await {
        let (desk, _tasks) = desk(&test.db, Arc::new(TestClock::default()));
        let admin = person(&test.db, "asha", Role::Admin, None).await;
        fill(&desk, &admin, 0..2, 3).await;
        let set = |children: &[&str]| {
            let children = children.iter().map(ToString::to_string).collect();
            scan(Action::SetChildren, "SB00000", None).with(Details { children, ..Details::default() })
        };
        let many: Vec<String> = (0..31).map(|n| format!("MANY{n:02}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let said = outcomes(
            &desk,
            &admin,
            vec![
                set(&["KID000X00", "NEW1", "KID001X00"]),
                set(&["KID000X00", "SB00001"]),
                set(&many),
                set(&["KID000X00", "NEW1"]),
                scan(Action::Child, "KID000X02", Some("SB00001")),
                set(&[]),
            ],
        )
        .await;
        let expected = ["child_elsewhere", "is_parent", "too_many_children", "children_set", "linked", "children_set"];
        assert_eq!(said, expected);
        assert_counts_are_true(&test.db).await;
    }
}
