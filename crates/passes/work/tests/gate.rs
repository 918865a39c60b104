//! Sales and the gate, on both databases: capacity is exact, a pass gets in once, and a scan has one answer for ever.

use std::collections::BTreeMap;
use std::sync::Arc;

use base_core::account::Actor;
use base_core::audit::Origin;
use base_core::permission::Role;
use base_core::time::Moment;
use base_db::Db;
use passes_rules::event::{EventDetails, EventId, EventState};
use passes_rules::outcome::Outcome;
use passes_rules::pass::{Described, Details};
use passes_rules::payload::Keyring;
use passes_rules::payload::epass::EpassSecret;
use passes_rules::payload::keys::CompactKeys;
use passes_rules::redeem::{Action, MayScan};
use passes_store::event::{self, By, Seen};
use passes_store::sale::{self, NewPass, Sold};
use passes_store::{pass, scan};
use passes_work::{Desk, GateScan, Shown};
use tallyhouse_support::{TestClock, TestDb, each_database, new_id, origin, outcome_of, person};

const SECRET: &str = "test-secret";

fn keys() -> Arc<Keyring> {
    Arc::new(Keyring { epass: vec![EpassSecret::new(SECRET)], compact: CompactKeys::default() })
}

fn desk(db: &Db) -> Desk {
    passes_work::open(db, Arc::new(TestClock::default()), keys()).0
}

fn guest(n: usize, pass_type: &str) -> Details {
    let described = Described {
        name1: format!("Guest {n}"),
        phone1: format!("{n:010}"),
        name2: "Partner".into(),
        phone2: "0123456789".into(),
        pass_type: pass_type.into(),
        timing: "7 PM".into(),
        payment_mode: "CASH".into(),
        txn_info: String::new(),
    };
    described.read().expect("a right pass")
}

/// An event on sale, and somebody who works at it.
async fn at_event(test: &TestDb, capacity: Option<i64>) -> (EventId, Actor, Arc<Origin>) {
    let organiser = person(&test.db, "asha", Role::Organiser, None).await;
    let origin = origin(&organiser);
    let details = EventDetails { name: "Diwali".into(), capacity, ..EventDetails::default() };
    let by = By { at: Moment(1), origin: &origin };
    let id = event::create(&test.db, &details, EventState::Open, None, by).await.expect("an event");
    (id, organiser, origin)
}

async fn sell(db: &Db, event: EventId, id: &str, details: &Details, origin: &Origin) -> Sold {
    let by = By { at: TestClockNow::now(), origin };
    sale::sell(db, NewPass { id, event, details, amount: 549 }, by).await.expect("the database answers")
}

struct TestClockNow;

impl TestClockNow {
    fn now() -> Moment {
        base_core::time::Clock::now(&TestClock::default())
    }
}

fn admit(event: EventId, pass: &str) -> GateScan {
    GateScan {
        id: new_id(),
        client_at: TestClockNow::now(),
        action: Action::Admit,
        shown: Shown::Code(EpassSecret::new(SECRET).code(pass)),
        event: Some(event),
        may: MayScan::These(vec![event]),
        people: None,
        device: None,
        offline: None,
        reason: None,
    }
}

async fn answer(desk: &Desk, actor: &Actor, scan: GateScan) -> String {
    let answers = desk.submit(actor.clone(), origin(actor), vec![scan]).await.expect("the desk answers");
    answers[0].to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn selling_stops_at_capacity_exactly_however_many_buy_at_once() {
    for test in each_database().await {
        let (event, _, origin) = at_event(&test, Some(25)).await;
        let calls: Vec<_> = (0..40)
            .map(|n| {
                let (db, origin) = (test.db.clone(), origin.clone());
                tokio::spawn(async move {
                    let kind = if n % 2 == 0 { "COUPLE" } else { "SINGLE" };
                    let id = new_id().to_string();
                    let details = guest(n, kind);
                    (sell(&db, event, &id, &details, &origin).await, details.kind.people())
                })
            })
            .collect();
        let mut people = 0;
        for call in calls {
            let (sold, taken) = call.await.expect("no panic");
            assert!(matches!(sold, Sold::Done | Sold::NoPlace), "{sold:?}");
            people += if sold == Sold::Done { taken } else { 0 };
        }
        let mut reader = test.db.read().await.expect("a reader");
        let line = event::find(reader.conn(), event, Seen::All).await.expect("an answer").expect("the event");
        let sums = pass::sums(reader.conn(), event).await.expect("sums");
        assert_eq!((people, line.sold, sums.single + 2 * sums.couple), (25, 25, 25), "{}", test.db.name());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_duplicate_takes_no_place_and_stops_no_gate() {
    for test in each_database().await {
        let (event, actor, origin) = at_event(&test, Some(4)).await;
        let desk = desk(&test.db);
        assert_eq!(sell(&test.db, event, "p1", &guest(1, "SINGLE"), &origin).await, Sold::Done);
        for _ in 0..5 {
            assert_eq!(sell(&test.db, event, "p2", &guest(1, "SINGLE"), &origin).await, Sold::Duplicate);
        }
        assert_eq!(outcome_of(&answer(&desk, &actor, admit(event, "p1")).await), "admitted");
        let line = pass::find(test.db.read().await.unwrap().conn(), "p1").await.unwrap().expect("the pass");
        assert_eq!(
            sale::cancel(&test.db, &line, 549, "ill", By { at: Moment(2), origin: &origin }).await.unwrap(),
            Sold::Done
        );
        assert_eq!(outcome_of(&answer(&desk, &actor, admit(event, "p1")).await), "cancelled");
        assert_eq!(
            sell(&test.db, event, "p3", &guest(1, "SINGLE"), &origin).await,
            Sold::Done,
            "they may buy another one"
        );
        let by = By { at: Moment(3), origin: &origin };
        assert_eq!(sale::bring_back(&test.db, &line, by).await.unwrap(), Sold::Duplicate, "they have another pass now");
        let sums = pass::sums(test.db.read().await.unwrap().conn(), event).await.unwrap();
        assert_eq!((sums.total(), sums.revenue(), sums.refunded, sums.cancelled), (1, 549, 549, 1));
        assert_eq!(
            sell(&test.db, event, "p4", &guest(4, "COUPLE"), &origin).await,
            Sold::Done,
            "whoever was let in took their place"
        );
        assert_eq!(sell(&test.db, event, "p5", &guest(5, "SINGLE"), &origin).await, Sold::NoPlace);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_thousand_clients_at_the_same_instant_one_is_admitted() {
    for test in each_database().await {
        let (event, actor, origin) = at_event(&test, None).await;
        assert_eq!(sell(&test.db, event, "p1", &guest(1, "COUPLE"), &origin).await, Sold::Done);
        // Two nodes, as behind a load balancer.
        let desks = [desk(&test.db), desk(&test.db)];
        let calls: Vec<_> = (0..1000)
            .map(|n| {
                let (desk, actor) = (desks[n % 2].clone(), actor.clone());
                tokio::spawn(async move { answer(&desk, &actor, admit(event, "p1")).await })
            })
            .collect();
        let mut outcomes: BTreeMap<String, usize> = BTreeMap::new();
        for call in calls {
            *outcomes.entry(outcome_of(&call.await.expect("no panic"))).or_default() += 1;
        }
        let expected = [("admitted".to_owned(), 1), ("already_admitted".to_owned(), 999)];
        assert_eq!(outcomes.into_iter().collect::<Vec<_>>(), expected, "{}", test.db.name());
        assert_eq!(scan::count(&test.db, Outcome::Admitted).await.unwrap(), 1);
        assert_eq!(scan::count(&test.db, Outcome::AlreadyAdmitted).await.unwrap(), 999);
        let line = pass::find(test.db.read().await.unwrap().conn(), "p1").await.unwrap().expect("the pass");
        assert_eq!((line.admitted, line.inside, line.entered_by.as_deref()), (2, 2, Some("asha")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_reply_and_a_retry_give_the_same_answer_and_an_id_is_good_for_one_scan() {
    for test in each_database().await {
        let (event, actor, origin) = at_event(&test, None).await;
        let desk = desk(&test.db);
        assert_eq!(sell(&test.db, event, "p1", &guest(1, "SINGLE"), &origin).await, Sold::Done);
        let first = admit(event, "p1");
        let told = answer(&desk, &actor, first.clone()).await;
        assert_eq!(outcome_of(&told), "admitted");
        assert_eq!(answer(&desk, &actor, first.clone()).await, told, "byte for byte");
        assert!(!told.contains("Guest") && !told.contains("0000000001"), "nothing personal is kept: {told}");
        let other = GateScan { action: Action::Undo, ..first };
        assert_eq!(outcome_of(&answer(&desk, &actor, other).await), "scan_id_reused");
        let undo = GateScan { action: Action::Undo, ..admit(event, "p1") };
        assert_eq!(outcome_of(&answer(&desk, &actor, undo).await), "entry_undone");
        assert_eq!(outcome_of(&answer(&desk, &actor, admit(event, "p1")).await), "admitted");
        let unknown = [("nobody's", "unknown_pass"), ("p1", "wrong_event")];
        let elsewhere = GateScan { may: MayScan::These(Vec::new()), event: None, ..admit(event, "p1") };
        let of = |id: &str| GateScan { shown: Shown::Code(EpassSecret::new(SECRET).code(id)), ..admit(event, id) };
        assert_eq!(outcome_of(&answer(&desk, &actor, of("nobody")).await), unknown[0].1);
        assert_eq!(outcome_of(&answer(&desk, &actor, elsewhere).await), unknown[1].1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_people_are_inside_than_there_is_room_for() {
    for test in each_database().await {
        let (event, actor, origin) = at_event(&test, None).await;
        let seen =
            event::find(test.db.read().await.unwrap().conn(), event, Seen::All).await.unwrap().expect("the event");
        let details = EventDetails { inside_max: Some(10), re_entry: true, ..seen.details.clone() };
        assert!(event::edit(&test.db, &seen, &details, By { at: Moment(2), origin: &origin }).await.unwrap());
        for n in 0..12 {
            let sold = sell(&test.db, event, &format!("p{n}"), &guest(n, "COUPLE"), &origin).await;
            assert_eq!(sold, Sold::Done);
        }
        let desks = [desk(&test.db), desk(&test.db)];
        let calls: Vec<_> = (0..12)
            .map(|n| {
                let (desk, actor) = (desks[n % 2].clone(), actor.clone());
                tokio::spawn(async move { outcome_of(&answer(&desk, &actor, admit(event, &format!("p{n}"))).await) })
            })
            .collect();
        let mut told = Vec::new();
        for call in calls {
            told.push(call.await.expect("no panic"));
        }
        assert_eq!(told.iter().filter(|outcome| *outcome == "admitted").count(), 5, "{told:?}");
        assert_eq!(told.iter().filter(|outcome| *outcome == "full").count(), 7, "{told:?}");
        let inside = told.iter().position(|outcome| outcome == "admitted").expect("somebody");
        let leave = GateScan { action: Action::Leave, ..admit(event, &format!("p{inside}")) };
        assert_eq!(outcome_of(&answer(&desks[0], &actor, leave).await), "left");
        let next = told.iter().position(|outcome| outcome == "full").expect("somebody");
        assert_eq!(outcome_of(&answer(&desks[0], &actor, admit(event, &format!("p{next}"))).await), "admitted");
    }
}
