//! What bags keep of a person: counted, exported page by page, handed over, erased, on both databases.

use std::sync::Arc;

use bags_rules::scan::{Action, Details};
use bags_store::person_data::{Kind, Part};
use bags_store::{person_data as store, workplace};
use bags_work::person_data::OfPerson;
use base_core::account::{AccountId, Actor};
use base_core::permission::Role;
use base_db::Db;
use base_seams::PersonData;
use serde_json::Value;
use tallyhouse_support::{TestClock, TestDb, bill_scan, desk, each_database, outcomes, person, scan};

async fn counts(db: &Db, account: AccountId) -> Vec<(&'static str, i64)> {
    let mut reader = db.read().await.expect("a reader");
    let kept = OfPerson.count(reader.conn(), account).await.expect("counts");
    kept.into_iter().map(|kept| (kept.what, kept.n)).collect()
}

fn number(actor: &Actor) -> AccountId {
    actor.account.expect("a person")
}

/// Two people who each scanned a parent with some children; the first one created two bills as well.
async fn two_people(test: &TestDb) -> [AccountId; 2] {
    let (desk, _tasks) = desk(&test.db, Arc::new(TestClock::default()));
    let meera = person(&test.db, "meera", Role::Biller, None).await;
    let asha = person(&test.db, "asha", Role::Admin, None).await;
    let mut scans = vec![scan(Action::Parent, "SB00001", None)];
    scans.extend((0..6).map(|n| scan(Action::Child, &format!("KID0000{n}"), Some("SB00001"))));
    let bill = |bill| bill_scan(Action::BillCreate, "", bill).with(Details { capacity: Some(2), ..Details::default() });
    scans.extend([bill("B-1"), bill("b-2")]);
    outcomes(&desk, &meera, scans).await;
    outcomes(&desk, &asha, vec![scan(Action::Parent, "SB00002", None)]).await;
    [number(&meera), number(&asha)]
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_kept_of_a_person_is_counted_by_kind_and_of_nobody_else() {
    for test in each_database().await {
        let [meera, asha] = two_people(&test).await;
        let kept = counts(&test.db, meera).await;
        assert_eq!(kept, [("scans", 9), ("bags", 7), ("bills", 2), ("workplace", 1)], "on {}", test.db.name());
        assert_eq!(counts(&test.db, asha).await, [("scans", 1), ("bags", 1), ("bills", 0), ("workplace", 1)]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_an_export_hold_every_row_once() {
    for test in each_database().await {
        let [meera, _] = two_people(&test).await;
        for kind in Kind::ALL {
            let mut reader = test.db.read().await.expect("a reader");
            let whole = OfPerson.export(reader.conn(), meera, kind.name(), None).await.expect("a page");
            assert_eq!(whole.next, None, "it is short");
            let mut rows: Vec<Value> = Vec::new();
            let mut after: Option<String> = None;
            loop {
                let part = Part { account: meera, after: after.as_deref(), limit: 2 };
                let (page, next) = store::page(reader.conn(), kind, part).await.expect("a page");
                assert!(page.len() <= 2);
                rows.extend(page);
                after = next;
                if after.is_none() {
                    break;
                }
            }
            assert_eq!(rows, whole.rows, "{} on {}", kind.name(), test.db.name());
            let n = store::count(reader.conn(), kind, meera).await.expect("a count");
            assert_eq!(i64::try_from(rows.len()), Ok(n));
        }
        let mut reader = test.db.read().await.expect("a reader");
        let bills = OfPerson.export(reader.conn(), meera, "bills", None).await.expect("a page").rows;
        assert_eq!((&bills[0]["bill"], &bills[1]["bill"]), (&Value::from("B-1"), &Value::from("b-2")));
        assert!(OfPerson.export(reader.conn(), meera, "passes", None).await.expect("a page").rows.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bills_are_handed_over_and_what_was_done_stays() {
    for test in each_database().await {
        let [meera, asha] = two_people(&test).await;
        let mut tx = test.db.write().await.expect("a transaction");
        assert_eq!(OfPerson.hand_over(tx.conn(), meera, asha).await.expect("handed over"), 2);
        tx.commit().await.expect("a commit");
        assert_eq!(counts(&test.db, meera).await, [("scans", 9), ("bags", 7), ("bills", 0), ("workplace", 1)]);
        assert_eq!(counts(&test.db, asha).await, [("scans", 1), ("bags", 1), ("bills", 2), ("workplace", 1)]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_is_for_the_person_alone_is_erased() {
    for test in each_database().await {
        let [meera, asha] = two_people(&test).await;
        let in_hand = workplace::find(&test.db, meera).await.expect("a place").parent;
        assert_eq!(in_hand.as_deref(), Some("SB00001"));
        let mut tx = test.db.write().await.expect("a transaction");
        assert_eq!(OfPerson.erase(tx.conn(), meera).await.expect("erased"), 1);
        tx.commit().await.expect("a commit");
        assert_eq!(workplace::find(&test.db, meera).await.expect("a place").parent, None);
        assert_eq!(counts(&test.db, meera).await, [("scans", 9), ("bags", 7), ("bills", 2), ("workplace", 0)]);
        assert_eq!(counts(&test.db, asha).await[3], ("workplace", 1), "another person keeps theirs");
    }
}
