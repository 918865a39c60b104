//! Stored settings and the outbox, on both databases.

use base_core::audit::Origin;
use base_core::mail::{Attachment, Content};
use base_core::permission::Role;
use base_core::realm::Realm;
use base_core::time::Moment;
use base_db::Db;
use base_records::account::NewAccount;
use base_records::mail::{EnqueueError, MAIL_BYTES_MAX, NewMail, Outbox};
use base_records::{account, audit, mail, setting};
use tallyhouse_support::each_database;

fn new_mail(recipient: &str) -> NewMail {
    let content = Content { subject: "New bill".into(), text: "Hello".into(), html: "<p>Hello</p>".into() };
    let file = Attachment { name: "bills.csv".into(), media_type: "text/csv".into(), content: vec![0, 1, 255] };
    NewMail { attachments: vec![file], ..NewMail::new("new_bill", recipient, content) }
}

async fn enqueue(db: &Db, outbox: Outbox, mails: &[NewMail], at: i64) -> Result<(), EnqueueError> {
    let mut tx = db.write().await?;
    outbox.enqueue(tx.conn(), mails, Moment(at)).await?;
    Ok(tx.commit().await?)
}

#[tokio::test]
async fn a_setting_is_stored_and_every_change_of_it_is_audited() {
    for test in each_database().await {
        let db = &test.db;
        let origin = Origin { actor: None, agent: "test".into(), ..Origin::default() };
        let mut changes = Vec::new();
        for (at, value) in [(1, "18:00"), (2, "18:00"), (3, "19:30")] {
            let mut tx = db.write().await.expect("a transaction");
            changes.push(setting::put(tx.conn(), "reports.eod_time", value, Moment(at), &origin).await.expect("kept"));
            tx.commit().await.expect("a commit");
        }
        assert_eq!(changes, [true, false, true]);
        let mut reader = db.read().await.expect("a reader");
        let value = setting::get(reader.conn(), "reports.eod_time").await.expect("an answer");
        assert_eq!(value.as_deref(), Some("19:30"));
        assert_eq!(setting::get(reader.conn(), "nothing").await.expect("an answer"), None);
        let all = setting::list(reader.conn()).await.expect("a list");
        assert_eq!((all.len(), all[0].updated_at), (1, 3));
        let lines = audit::latest(db, 10).await.expect("the trail");
        let told: Vec<_> = lines.iter().map(|line| (line.action.as_str(), line.before.as_deref().unwrap())).collect();
        let expected = [("setting_changed", r#"{"value":"18:00"}"#), ("setting_changed", r#"{"value":null}"#)];
        assert_eq!(told, expected, "on {}", db.name());
    }
}

#[tokio::test]
async fn a_site_without_mail_refuses_mails_and_says_so() {
    for test in each_database().await {
        let refused = enqueue(&test.db, Outbox::CLOSED, &[new_mail("priya@example.com")], 1).await;
        assert!(matches!(refused, Err(EnqueueError::NotConfigured)), "{refused:?}");
        assert!(mail::list(&test.db, None, 10).await.expect("a list").is_empty());
        assert!(!Outbox::CLOSED.is_open() && Outbox::OPEN.is_open());
    }
}

#[tokio::test]
async fn mails_that_do_not_fit_are_refused_as_a_whole() {
    for test in each_database().await {
        let outbox = Outbox::with_waiting_max(2);
        let three = ["a@example.com", "b@example.com", "c@example.com"].map(new_mail);
        let refused = enqueue(&test.db, outbox, &three, 1).await;
        assert!(matches!(refused, Err(EnqueueError::Full)), "{refused:?}");
        enqueue(&test.db, outbox, &three[..2], 1).await.expect("two fit");
        let refused = enqueue(&test.db, outbox, &three[..1], 1).await;
        assert!(matches!(refused, Err(EnqueueError::Full)), "{refused:?}");
        let mut large = new_mail("a@example.com");
        large.content.text = "x".repeat(MAIL_BYTES_MAX + 1);
        let refused = enqueue(&test.db, Outbox::OPEN, &[large], 1).await;
        assert!(matches!(refused, Err(EnqueueError::TooLarge)), "{refused:?}");
        assert_eq!(mail::counts(&test.db).await.expect("counts"), mail::Counts { waiting: 2, failed: 0 });
    }
}

#[tokio::test]
async fn what_an_account_may_see_goes_to_it_alone_and_is_taken_back() {
    for test in each_database().await {
        let db = &test.db;
        let mut tx = db.write().await.expect("a transaction");
        let new = NewAccount {
            realm: Realm::Customer,
            username: "ann@acme.example".into(),
            email: Some("ann@acme.example".into()),
            password_hash: "!".into(),
            roles: Vec::new(),
            area: None,
        };
        let ann = account::create(tx.conn(), &new, Moment(1)).await.expect("created").expect("a new name");
        for to in ["old@acme.example", "ann@acme.example", "ann@acme.example"] {
            Outbox::OPEN.enqueue_about(tx.conn(), ann, new_mail(to), Moment(1)).await.expect("enqueued");
        }
        Outbox::OPEN.enqueue(tx.conn(), &[new_mail("ann@acme.example")], Moment(2)).await.expect("enqueued");
        tx.commit().await.expect("a commit");
        let due = mail::claim(db, "here", Moment(5), 10).await.expect("an answer").expect("a mail");
        assert_eq!(due.recipient, "ann@acme.example", "that to the address before is gone");
        assert_eq!(mail::counts(db).await.expect("counts").waiting, 3);
        let mut tx = db.write().await.expect("a transaction");
        assert!(mail::mark_failed(tx.conn(), due.id, "here", "no", None).await.expect("noted"));
        assert_eq!(mail::take_back(tx.conn(), ann).await.expect("taken back"), 2, "what waits and what failed");
        tx.commit().await.expect("a commit");
        assert_eq!(mail::counts(db).await.expect("counts"), mail::Counts { waiting: 1, failed: 0 });
    }
}

#[tokio::test]
async fn a_mail_that_was_rolled_back_is_never_sent() {
    for test in each_database().await {
        let mut tx = test.db.write().await.expect("a transaction");
        Outbox::OPEN.enqueue(tx.conn(), &[new_mail("a@example.com")], Moment(1)).await.expect("taken");
        drop(tx);
        assert!(mail::claim(&test.db, "one", Moment(10), 5).await.expect("an answer").is_none());
    }
}

#[tokio::test]
async fn a_mail_is_claimed_by_one_node_and_by_another_only_after_the_lease() {
    for test in each_database().await {
        let db = &test.db;
        enqueue(db, Outbox::OPEN, &[new_mail("a@example.com")], 1).await.expect("taken");
        let claims = (0..6).map(|n| {
            let db = db.clone();
            tokio::spawn(async move { mail::claim(&db, &format!("node {n}"), Moment(10), 5).await })
        });
        let mut claimed = 0;
        for claim in claims.collect::<Vec<_>>() {
            claimed += usize::from(claim.await.expect("no panic").expect("an answer").is_some());
        }
        assert_eq!(claimed, 1, "on {}", db.name());
        let late = mail::claim(db, "heir", Moment(15), 5).await.expect("an answer").expect("the lease is over");
        assert_eq!(late.tries, 2);
        let mut tx = db.write().await.expect("a transaction");
        assert!(!mail::mark_sent(tx.conn(), late.id, "node 0", Moment(16)).await.expect("an answer"));
        assert!(mail::mark_sent(tx.conn(), late.id, "heir", Moment(16)).await.expect("an answer"));
        tx.commit().await.expect("a commit");
        assert!(mail::claim(db, "heir", Moment(100), 5).await.expect("an answer").is_none());
    }
}

#[tokio::test]
async fn a_sent_mail_loses_its_text_and_one_that_was_given_up_can_be_retried() {
    for test in each_database().await {
        let db = &test.db;
        enqueue(db, Outbox::OPEN, &["a@example.com", "b@example.com"].map(new_mail), 1).await.expect("taken");
        let sent = mail::claim(db, "one", Moment(2), 5).await.expect("an answer").expect("it is due");
        let files = mail::attachments(db, sent.id).await.expect("files");
        assert_eq!(files, new_mail("").attachments);
        let failed = mail::claim(db, "one", Moment(2), 5).await.expect("an answer").expect("it is due");
        let mut tx = db.write().await.expect("a transaction");
        mail::mark_sent(tx.conn(), sent.id, "one", Moment(3)).await.expect("an answer");
        mail::mark_failed(tx.conn(), failed.id, "one", "no such person", None).await.expect("an answer");
        tx.commit().await.expect("a commit");
        assert!(mail::attachments(db, sent.id).await.expect("files").is_empty());
        let lines = mail::list(db, None, 10).await.expect("a list");
        let states: Vec<_> = lines.iter().map(|line| (line.state.as_str(), line.last_error.as_deref())).collect();
        assert_eq!(states, [("failed", Some("no such person")), ("sent", None)]);
        assert!(mail::claim(db, "one", Moment(100), 5).await.expect("an answer").is_none());

        let mut tx = db.write().await.expect("a transaction");
        assert!(!mail::retry(tx.conn(), sent.id, Moment(50)).await.expect("an answer"));
        assert!(mail::retry(tx.conn(), failed.id, Moment(50)).await.expect("an answer"));
        tx.commit().await.expect("a commit");
        let again = mail::claim(db, "one", Moment(100), 5).await.expect("an answer").expect("it is due again");
        assert_eq!((again.tries, again.content.text.as_str()), (1, "Hello"));
        assert_eq!(mail::remove_old(db, Moment(10), 10).await.expect("removed"), 1, "what waits stays");
    }
}

#[tokio::test]
async fn only_active_people_with_the_role_and_an_address_are_written_to() {
    for test in each_database().await {
        let mut tx = test.db.write().await.expect("a transaction");
        let people = [
            ("both", Some("Both@example.com"), vec![Role::Admin, Role::Biller]),
            ("admin", Some("admin@example.com"), vec![Role::Admin]),
            ("silent", None, vec![Role::Admin]),
            ("dispatcher", Some("d@example.com"), vec![Role::Dispatcher]),
        ];
        for (username, email, roles) in people {
            let account = NewAccount {
                realm: base_core::realm::Realm::Staff,
                username: username.into(),
                email: email.map(Into::into),
                password_hash: "none".into(),
                roles,
                area: None,
            };
            account::create(tx.conn(), &account, Moment(1)).await.expect("an answer").expect("a free name");
        }
        let found = mail::recipients(tx.conn(), &[Role::Admin, Role::Biller]).await.expect("recipients");
        let emails: Vec<_> = found.iter().map(|found| (found.email.as_str(), found.locale.as_str())).collect();
        assert_eq!(emails, [("admin@example.com", "en"), ("Both@example.com", "en")]);
        assert!(mail::recipients(tx.conn(), &[]).await.expect("recipients").is_empty());
    }
}
