//! Admins hear of new bills, in the same transaction and in their own language, and no bill waits for it.

use std::sync::Arc;

use bags_rules::bill::Bill;
use bags_rules::scan::{Action, Details, Scan};
use bags_work::Mailing;
use base_core::mail::Content;
use base_core::permission::Role;
use base_core::time::Moment;
use base_db::Db;
use base_records::account::NewAccount;
use base_records::mail::Outbox;
use base_records::{account, mail};
use tallyhouse_support::{TestClock, assert_counts_are_true, bill_scan, desk_with, each_database, outcomes, person};

fn create(bill: &str) -> Scan {
    bill_scan(Action::BillCreate, "", bill).with(Details { capacity: Some(3), ..Details::default() })
}

fn mailing(outbox: Outbox) -> Mailing {
    let words = |bill: &Bill, by: &str, locale: &str| {
        let text = format!("{} of {} by {by} in {locale}", bill.number, bill.capacity);
        Content { subject: text.clone(), html: text.clone(), text }
    };
    Mailing { outbox, new_bill: Arc::new(words) }
}

async fn admin(db: &Db, name: &str, email: Option<&str>) {
    let account = NewAccount {
        realm: base_core::realm::Realm::Staff,
        username: name.into(),
        email: email.map(Into::into),
        password_hash: "no password".into(),
        roles: vec![Role::Admin],
        area: None,
    };
    let mut tx = db.write().await.expect("a transaction");
    account::create(tx.conn(), &account, Moment(1)).await.expect("the database answers").expect("a free name");
    tx.commit().await.expect("a commit");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_admin_with_an_address_is_told_of_each_new_bill_once() {
    for test in each_database().await {
        admin(&test.db, "root", Some("root@example.com")).await;
        admin(&test.db, "asha", Some("asha@example.com")).await;
        admin(&test.db, "silent", None).await;
        let meera = person(&test.db, "meera", Role::Biller, None).await;
        let (desk, _tasks) = desk_with(&test.db, Arc::new(TestClock::default()), Some(mailing(Outbox::OPEN)));
        let scan = create("B-1");
        let said = outcomes(&desk, &meera, vec![scan.clone(), create("b-1"), create("x")]).await;
        assert_eq!(said, ["bill_created", "bill_exists", "bad_bill"]);
        assert_eq!(outcomes(&desk, &meera, vec![scan]).await, ["bill_created"], "answered again, not done again");
        let edit = bill_scan(Action::BillEdit, "", "B-1").with(Details { capacity: Some(4), ..Details::default() });
        assert_eq!(outcomes(&desk, &meera, vec![edit]).await, ["bill_edited"]);
        let mails = mail::list(&test.db, None, 10).await.expect("a list");
        let mut told: Vec<(&str, &str)> =
            mails.iter().map(|mail| (mail.recipient.as_str(), mail.subject.as_str())).collect();
        told.sort_unstable();
        let words = "B-1 of 3 by meera in en";
        assert_eq!(told, [("asha@example.com", words), ("root@example.com", words)]);
        assert!(mails.iter().all(|mail| mail.kind == "new_bill" && mail.state == "waiting"));
        assert_counts_are_true(&test.db).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_bill_waits_for_its_mail() {
    for test in each_database().await {
        admin(&test.db, "root", Some("root@example.com")).await;
        let meera = person(&test.db, "meera", Role::Biller, None).await;
        for (at, outbox) in [Outbox::CLOSED, Outbox::with_waiting_max(0)].into_iter().enumerate() {
            let (desk, _tasks) = desk_with(&test.db, Arc::new(TestClock::default()), Some(mailing(outbox)));
            assert_eq!(outcomes(&desk, &meera, vec![create(&format!("B-{at}"))]).await, ["bill_created"]);
        }
        assert!(mail::list(&test.db, None, 10).await.expect("a list").is_empty());
        assert_counts_are_true(&test.db).await;
    }
}
