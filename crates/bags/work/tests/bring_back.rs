//! Removals that are undone: what was there is there again, to the last column, or nothing changes.

use std::sync::Arc;

use bags_rules::scan::{Action, Details, Scan};
use bags_store::state;
use bags_work::Desk;
use base_core::account::Actor;
use base_core::permission::Role;
use base_core::time::{HOUR_US, MINUTE_US};
use base_db::Db;
use tallyhouse_support::{
    TestClock, assert_counts_are_true, bill_scan, desk, each_database, outcomes, person, scan, system,
};
use uuid::Uuid;

fn child(code: &str, parent: &str) -> Scan {
    scan(Action::Child, code, Some(parent))
}

fn bring_back(action: Action, name: &str, removal: Uuid) -> Scan {
    let scan = if action == Action::BringBack { scan(action, name, None) } else { bill_scan(action, "", name) };
    scan.with(Details { removal: Some(removal), ..Details::default() })
}

async fn one(desk: &Desk, actor: &Actor, scan: Scan) -> String {
    outcomes(desk, actor, vec![scan]).await.remove(0)
}

fn transport() -> Details {
    let (destination, vehicle_number) = (Some("Indore".into()), Some("MP 09 AB 1234".into()));
    Details { destination, vehicle_number, ..Details::default() }
}

/// Two parents with children, one on a bill, one closed early.
async fn pack(desk: &Desk, actor: &Actor) {
    let scans = vec![
        scan(Action::Parent, "SB00001", None),
        child("KID1", "SB00001"),
        child("KID2", "SB00001"),
        child("KID3", "SB00001"),
        scan(Action::Close, "SB00001", None),
        scan(Action::Parent, "SB00002", None),
        child("KID9", "SB00002"),
        bill_scan(Action::BillCreate, "", "b-7").with(transport()),
        bill_scan(Action::BillLink, "SB00002", "B-7"),
    ];
    let said = outcomes(desk, actor, scans).await;
    assert!(said.iter().all(|outcome| !outcome.starts_with("bad") && !outcome.starts_with("unknown")), "{said:?}");
}

async fn hash(db: &Db) -> String {
    state::hash(db).await.expect("readable")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_removed_is_there_again_to_the_last_column() {
    for test in each_database().await {
        let clock = Arc::new(TestClock::default());
        let (desk, _tasks) = desk(&test.db, clock.clone());
        let packer = person(&test.db, "arjun", Role::Dispatcher, Some("lucknow")).await;
        let admin = person(&test.db, "farida", Role::Admin, None).await;
        pack(&desk, &admin).await;
        outcomes(&desk, &packer, vec![scan(Action::Parent, "SB00003", None), child("KID5", "SB00003")]).await;
        let before = hash(&test.db).await;
        let cases = [
            (scan(Action::DeleteContents, "SB00001", None), Action::BringBack, "SB00001"),
            (scan(Action::DeleteContents, "SB00003", None), Action::BringBack, "SB00003"),
            // A child alone loses its link, and its parent counts one less.
            (scan(Action::DeleteContents, "KID5", None), Action::BringBack, "KID5"),
            (bill_scan(Action::BillDelete, "", "B-7"), Action::BillBringBack, "B-7"),
        ];
        for (removal, action, name) in cases {
            let id = removal.id;
            clock.pass_us(MINUTE_US);
            assert!(one(&desk, &admin, removal).await.ends_with("deleted"), "{name}");
            assert_ne!(hash(&test.db).await, before, "{name} is gone");
            assert_counts_are_true(&test.db).await;
            let again = bring_back(action, name, id);
            assert!(one(&desk, &admin, again.clone()).await.ends_with("brought_back"), "{name}");
            assert_eq!(hash(&test.db).await, before, "{name} is as it was");
            assert_counts_are_true(&test.db).await;
            assert!(one(&desk, &admin, again).await.ends_with("brought_back"), "the same scan has the same answer");
            assert_eq!(one(&desk, &admin, bring_back(action, name, id)).await, "nothing_to_bring_back", "only once");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_scanned_again_stays_and_nothing_comes_back() {
    for test in each_database().await {
        let clock = Arc::new(TestClock::default());
        let (desk, _tasks) = desk(&test.db, clock.clone());
        let admin = person(&test.db, "farida", Role::Admin, None).await;
        pack(&desk, &admin).await;
        let bag = scan(Action::DeleteContents, "SB00001", None);
        let bill = bill_scan(Action::BillDelete, "", "B-7");
        let (bag_id, bill_id) = (bag.id, bill.id);
        outcomes(&desk, &admin, vec![bag, bill]).await;
        let more = vec![
            scan(Action::Register, "KID2", None),
            bill_scan(Action::BillCreate, "", "B-8"),
            bill_scan(Action::BillLink, "SB00002", "B-8"),
        ];
        outcomes(&desk, &admin, more).await;
        let before = hash(&test.db).await;
        let cases = [
            (bring_back(Action::BringBack, "SB00001", bag_id), "scanned_again"),
            (bring_back(Action::BillBringBack, "B-7", bill_id), "already_on_bill"),
            (bring_back(Action::BillBringBack, "B-7", bag_id), "nothing_to_bring_back"),
            (bring_back(Action::BringBack, "SB00001", bill_id), "nothing_to_bring_back"),
            (bring_back(Action::BringBack, "SB00001", Uuid::nil()), "nothing_to_bring_back"),
            (scan(Action::BringBack, "SB00001", None), "nothing_to_bring_back"),
        ];
        for (scan, expected) in cases {
            assert_eq!(one(&desk, &admin, scan).await, expected);
            assert_eq!(hash(&test.db).await, before);
        }
        let number = [bill_scan(Action::BillUnlink, "SB00002", "B-8"), bill_scan(Action::BillCreate, "", "B-7")];
        outcomes(&desk, &admin, number.to_vec()).await;
        assert_eq!(one(&desk, &admin, bring_back(Action::BillBringBack, "B-7", bill_id)).await, "bill_exists");
        assert_counts_are_true(&test.db).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_child_comes_back_only_where_its_parent_has_room_and_is_open() {
    for test in each_database().await {
        let clock = Arc::new(TestClock::default());
        let (desk, _tasks) = desk(&test.db, clock.clone());
        let admin = system();
        let mut scans = vec![scan(Action::Parent, "SB00001", None)];
        scans.extend((0..30).map(|n| child(&format!("KID{n}"), "SB00001")));
        outcomes(&desk, &admin, scans).await;
        let removal = scan(Action::DeleteContents, "KID7", None);
        let id = removal.id;
        outcomes(&desk, &admin, vec![removal, child("KID99", "SB00001")]).await;
        assert_eq!(one(&desk, &admin, bring_back(Action::BringBack, "KID7", id)).await, "parent_completed");
        outcomes(&desk, &admin, vec![scan(Action::Unlink, "KID99", None)]).await;
        clock.pass_us(HOUR_US + 1);
        let late = bring_back(Action::BringBack, "KID7", id);
        assert_eq!(one(&desk, &admin, late).await, "nothing_to_bring_back", "an hour has passed");
        assert_counts_are_true(&test.db).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_brings_back_what_they_may_not_see() {
    for test in each_database().await {
        let (desk, _tasks) = desk(&test.db, Arc::new(TestClock::default()));
        let packer = person(&test.db, "arjun", Role::Dispatcher, Some("lucknow")).await;
        let other = person(&test.db, "kiran", Role::Dispatcher, Some("indore")).await;
        outcomes(&desk, &packer, vec![scan(Action::Parent, "SB00003", None), child("KID5", "SB00003")]).await;
        let removal = scan(Action::DeleteContents, "SB00003", None);
        let id = removal.id;
        assert_eq!(one(&desk, &system(), removal).await, "deleted");
        assert_eq!(one(&desk, &other, bring_back(Action::BringBack, "SB00003", id)).await, "nothing_to_bring_back");
        assert_eq!(one(&desk, &packer, bring_back(Action::BringBack, "SB00003", id)).await, "brought_back");
    }
}
