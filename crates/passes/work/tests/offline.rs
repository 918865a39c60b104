//! Gates without a network: what devices decided by themselves is told when they are back, counted once, and a conflict where
//! it does not count.

use std::sync::Arc;

use base_core::account::Actor;
use base_core::audit::Origin;
use base_core::permission::Role;
use base_core::time::{Clock, MINUTE_US, Moment, SECOND_US};
use base_db::Db;
use passes_rules::event::{EventDetails, EventId, EventState};
use passes_rules::outcome::Outcome;
use passes_rules::pass::Described;
use passes_rules::payload::Keyring;
use passes_rules::payload::epass::EpassSecret;
use passes_rules::redeem::{Action, MayScan, Offline};
use passes_rules::settle::SettledAs;
use passes_store::counts::{self, Added};
use passes_store::event::{self, By, Seen};
use passes_store::sale::{self, NewPass, Sold};
use passes_store::{conflict, pass, scan};
use passes_work::{Desk, GateScan, Shown};
use serde_json::Value;
use tallyhouse_support::{TestClock, TestDb, each_database, new_id, origin, person};

const SECRET: &str = "test-secret";

/// An event with passes, a steward, and a desk.
struct Gate {
    db: Db,
    event: EventId,
    steward: Actor,
    origin: Arc<Origin>,
    desk: Desk,
    now: Moment,
}

impl Gate {
    async fn open(test: &TestDb, details: EventDetails, passes: usize) -> Self {
        let steward = person(&test.db, "asha", Role::Organiser, None).await;
        let origin = origin(&steward);
        let by = By { at: Moment(1), origin: &origin };
        let event = event::create(&test.db, &details, EventState::Open, None, by).await.expect("an event");
        let clock = Arc::new(TestClock::default());
        for n in 0..passes {
            let described = Described {
                name1: format!("Guest {n}"),
                phone1: format!("{n:010}"),
                name2: "Partner".into(),
                phone2: "0123456789".into(),
                pass_type: "COUPLE".into(),
                timing: "7 PM".into(),
                payment_mode: "CASH".into(),
                txn_info: String::new(),
            };
            let details = described.read().expect("a right pass");
            let new = NewPass { id: &format!("p{n}"), event, details: &details, amount: 999 };
            assert_eq!(sale::sell(&test.db, new, by).await.expect("an answer"), Sold::Done);
        }
        let keys = Arc::new(Keyring { epass: vec![EpassSecret::new(SECRET)], ..Keyring::default() });
        let (desk, _tasks) = passes_work::open(&test.db, clock.clone(), keys);
        Self { db: test.db.clone(), event, steward, origin, desk, now: clock.now() }
    }

    fn admit(&self, pass: &str, device: &str) -> GateScan {
        GateScan {
            id: new_id(),
            client_at: self.now,
            action: Action::Admit,
            shown: Shown::code(&EpassSecret::new(SECRET).code(pass)),
            event: Some(self.event),
            may: MayScan::These(vec![self.event]),
            people: None,
            device: Some(device.to_owned()),
            offline: None,
            reason: None,
        }
    }

    /// Let in by a device on its own, `ago` before now.
    fn offline(&self, pass: &str, device: &str, ago_us: i64) -> GateScan {
        let at = self.now.plus_us(-ago_us);
        let offline = Offline { at, snapshot_at: at.plus_us(-5 * MINUTE_US) };
        GateScan { offline: Some(offline), client_at: at, ..self.admit(pass, device) }
    }

    async fn send(&self, scans: Vec<GateScan>) -> Vec<Value> {
        let answers = self.desk.submit(self.steward.clone(), self.origin.clone(), scans).await.expect("answers");
        answers.iter().map(|text| serde_json::from_str(text).expect("JSON")).collect()
    }

    /// What the passes, the counts and the log say: people who came in, of which inside, and entries in the log.
    async fn counted(&self) -> (Added, i64) {
        assert_eq!(counts::differing(&self.db).await.expect("a recount"), [], "counts equal their passes");
        let added = counts::of(self.db.read().await.expect("a reader").conn(), self.event).await.expect("counts");
        (added, scan::count(&self.db, Outcome::Admitted).await.expect("a count"))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_devices_that_let_one_pass_in_one_counts_and_the_other_is_a_conflict_with_both_sides() {
    for test in each_database().await {
        let gate = Gate::open(&test, EventDetails { name: "Diwali".into(), ..EventDetails::default() }, 1).await;
        let first = gate.offline("p0", "D1", 10 * MINUTE_US);
        let second = gate.offline("p0", "D2", 8 * MINUTE_US);
        let told = gate.send(vec![first]).await;
        assert_eq!((&told[0]["outcome"], &told[0]["conflict"]), (&"admitted".into(), &Value::Null));
        for _ in 0..2 {
            let told = gate.send(vec![second.clone()]).await;
            assert_eq!((&told[0]["outcome"], &told[0]["conflict"]), (&"already_admitted".into(), &true.into()));
        }
        let inbox = conflict::list(test.db.read().await.unwrap().conn(), Seen::All, false, None).await.unwrap();
        let [line] = inbox.as_slice() else { panic!("{inbox:?}") };
        assert_eq!((line.first_device.as_deref(), line.device.as_deref()), (Some("D1"), Some("D2")));
        let at = |ago: i64| gate.now.plus_us(-ago * MINUTE_US).0;
        assert_eq!((line.first_at, line.let_in_at), (Some(at(10)), at(8)));
        assert_eq!((line.first_snapshot_at, line.snapshot_at), (Some(at(15)), Some(at(13))));
        assert_eq!((line.first_person.as_deref(), line.person.as_deref()), (Some("asha"), Some("asha")));
        assert_eq!(gate.counted().await, (Added { admitted: 2, inside: 2 }, 1));
        let by = By { at: gate.now, origin: &gate.origin };
        assert!(conflict::settle(&test.db, line, SettledAs::SameGuest, "", by).await.unwrap());
        assert!(!conflict::settle(&test.db, line, SettledAs::SentOut, "", by).await.unwrap(), "once");
        assert_eq!(conflict::open(test.db.read().await.unwrap().conn(), gate.event).await.unwrap(), 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn with_lost_replies_and_doubled_sends_nothing_is_lost_or_counted_twice() {
    const PASSES: usize = 60;
    for test in each_database().await {
        let gate = Gate::open(&test, EventDetails { name: "Diwali".into(), ..EventDetails::default() }, PASSES).await;
        // Each pass is let in by one device, every tenth by both.
        let queue = |device: &str, own: usize| -> Vec<GateScan> {
            let theirs = (0..PASSES).filter(|n| n % 2 == own || n % 10 == 0);
            theirs
                .map(|n| gate.offline(&format!("p{n}"), device, i64::try_from(PASSES - n).unwrap() * SECOND_US))
                .collect()
        };
        let mut dice = 7_u32;
        let mut rolls = move || {
            dice = dice.wrapping_mul(1_103_515_245).wrapping_add(12_345);
            (dice >> 16) % 10
        };
        let mut told = Vec::new();
        for mut waiting in [queue("D1", 0), queue("D2", 1)] {
            while !waiting.is_empty() {
                let batch: Vec<GateScan> = waiting.iter().take(7).cloned().collect();
                if rolls() < 3 {
                    gate.send(batch.clone()).await;
                }
                let answers = gate.send(batch.clone()).await;
                if rolls() < 3 {
                    continue; // The reply was lost: the queue stays as it is.
                }
                told.extend(answers);
                waiting.drain(..batch.len());
            }
        }
        let n = |outcome: &str| told.iter().filter(|answer| answer["outcome"] == outcome).count();
        assert_eq!((n("admitted"), n("already_admitted")), (PASSES, PASSES / 10), "{}", test.db.name());
        let people = 2 * i64::try_from(PASSES).unwrap();
        assert_eq!(gate.counted().await, (Added { admitted: people, inside: people }, people / 2));
        let open = conflict::open(test.db.read().await.unwrap().conn(), gate.event).await.unwrap();
        assert_eq!(open, people / 20, "a conflict for each pass that both let in");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_undo_says_why_takes_back_the_last_entry_and_the_log_still_knows_the_one_before() {
    for test in each_database().await {
        let details =
            EventDetails { name: "Diwali".into(), one_by_one: true, re_entry: true, ..EventDetails::default() };
        let gate = Gate::open(&test, details, 1).await;
        let one = || GateScan { people: Some(1), ..gate.admit("p0", "D1") };
        let undo = || GateScan { action: Action::Undo, reason: Some("wrong guest".into()), ..gate.admit("p0", "D1") };
        let told = gate.send(vec![one(), one()]).await;
        assert_eq!((&told[0]["inside"], &told[1]["inside"]), (&1.into(), &2.into()));
        let told = gate.send(vec![undo()]).await;
        assert_eq!((&told[0]["outcome"], &told[0]["inside"]), (&"entry_undone".into(), &1.into()));
        assert_eq!(gate.counted().await.0, Added { admitted: 1, inside: 1 });
        let line = pass::find(test.db.read().await.unwrap().conn(), "p0").await.unwrap().expect("the pass");
        assert!(line.entered_at.is_some(), "the entry before stands");
        let told = gate.send(vec![one(), undo(), undo(), undo()]).await;
        let outcomes: Vec<&str> = told.iter().filter_map(|answer| answer["outcome"].as_str()).collect();
        assert_eq!(outcomes, ["admitted", "entry_undone", "entry_undone", "not_admitted"], "in one group, too");
        assert_eq!(gate.counted().await.0, Added::default());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_let_in_before_the_closing_counts_after_it_and_a_cancelled_pass_keeps_its_entry() {
    for test in each_database().await {
        let gate = Gate::open(&test, EventDetails { name: "Diwali".into(), ..EventDetails::default() }, 2).await;
        let event = async || event::find(test.db.read().await.unwrap().conn(), gate.event, Seen::All).await.unwrap();
        let by = |ago: i64| By { at: gate.now.plus_us(-ago * MINUTE_US), origin: &gate.origin };
        for ago in [10, 5] {
            let line = event().await.expect("the event");
            assert!(event::set_state(&test.db, &line, EventState::Closed, by(ago)).await.unwrap());
        }
        let closed = event().await.expect("the event");
        assert_eq!(closed.closed_at, Some(by(10).at), "closed twice, it was closed the first time");
        let told = gate.send(vec![gate.offline("p0", "D1", 15 * MINUTE_US), gate.admit("p1", "D1")]).await;
        let outcomes: Vec<&str> = told.iter().filter_map(|answer| answer["outcome"].as_str()).collect();
        assert_eq!(outcomes, ["admitted", "too_late"], "{}", test.db.name());
        assert!(event::set_state(&test.db, &closed, EventState::Open, by(1)).await.unwrap());
        assert_eq!(event().await.expect("the event").closed_at, None);
        let line = pass::find(test.db.read().await.unwrap().conn(), "p0").await.unwrap().expect("the pass");
        assert_eq!(sale::cancel(&test.db, &line, 0, "ill", by(0)).await.unwrap(), Sold::Done);
        let undo = GateScan { action: Action::Undo, reason: Some("ill".into()), ..gate.admit("p0", "D1") };
        assert_eq!(gate.send(vec![undo]).await[0]["outcome"], "cancelled");
        assert_eq!(gate.counted().await.0, Added { admitted: 2, inside: 2 });
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn old_scans_go_and_what_they_changed_stays() {
    for test in each_database().await {
        let gate = Gate::open(&test, EventDetails { name: "Diwali".into(), ..EventDetails::default() }, 1).await;
        gate.send(vec![gate.admit("p0", "D1"), gate.admit("p0", "D1")]).await;
        assert_eq!(scan::forget_before(&test.db, gate.now, 10).await.unwrap(), 0);
        assert_eq!(scan::forget_before(&test.db, gate.now.plus_us(MINUTE_US), 1).await.unwrap(), 1);
        assert_eq!(scan::forget_before(&test.db, gate.now.plus_us(MINUTE_US), 10).await.unwrap(), 1);
        assert_eq!(gate.counted().await, (Added { admitted: 2, inside: 2 }, 0));
    }
}
