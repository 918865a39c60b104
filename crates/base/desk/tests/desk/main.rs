//! The desk knows nothing about its domains: here are two small ones, each with tables of its own, on both databases.

mod clicker;
mod sql;
mod turnstile;

use std::future::{Future, poll_fn};
use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::task::Poll;

use base_core::time::Moment;
use base_db::Db;
use base_desk::{Desk, DeskError, DeskTasks, Domain, Parts, SCANS_PER_SUBMISSION_MAX, SCANS_WAITING_MAX};
use base_records::audit;
use clicker::{Click, Clicker};
use tallyhouse_support::{TestClock, each_database, origin, system};
use tokio::sync::Semaphore;
use turnstile::{Shown, Step, Turnstile};
use uuid::Uuid;

const ADMITTED: &str = "select count(*) from admitted";
const KEPT: &str = "select count(*) from admission_scans";

fn open<D: Domain>(db: &Db, domain: D) -> (Desk<D>, DeskTasks) {
    let parts = Parts { db: db.clone(), clock: Arc::new(TestClock::default()), lanes: db.lanes() };
    Desk::open(&parts, domain)
}

fn shown(id: u128, number: &str) -> Shown {
    Shown { id: Uuid::from_u128(id), client_at: Moment(0), number: number.into() }
}

async fn texts<D: Domain>(desk: &Desk<D>, scans: Vec<D::Command>) -> Vec<String> {
    let actor = system();
    let answers = desk.submit(actor.clone(), origin(&actor), scans).await.expect("the desk answers");
    answers.iter().map(ToString::to_string).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_is_admitted_once_and_a_scan_is_answered_the_same_way_for_ever() {
    for test in each_database().await {
        turnstile::create_tables(&test.db).await;
        let (desk, _tasks) = open(&test.db, Turnstile::default());
        let first = texts(&desk, vec![shown(1, " A7 "), shown(2, "A7"), shown(3, "B1"), shown(1, " A7 ")]).await;
        assert!(first[0].starts_with("admitted A7 at "), "{first:?}");
        assert!(first[1].starts_with("admitted_before A7 at ") && first[2].starts_with("admitted B1"), "{first:?}");
        assert_eq!(first[3], first[0], "the same id twice in one call is one scan");
        assert_eq!(texts(&desk, vec![shown(1, " A7 ")]).await[0], first[0]);
        let again = texts(&desk, vec![shown(3, "B1"), shown(4, "A7"), shown(2, "A7")]).await;
        assert!(again[1].starts_with("admitted_before A7"), "{again:?}");
        assert_eq!([&again[0], &again[2]], [&first[2], &first[1]], "byte for byte");
        assert_eq!((sql::count(&test.db, ADMITTED).await, sql::count(&test.db, KEPT).await), (2, 4));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_and_an_id_that_is_used_for_something_else_change_nothing() {
    for test in each_database().await {
        turnstile::create_tables(&test.db).await;
        let (desk, _tasks) = open(&test.db, Turnstile::default());
        let first = texts(&desk, vec![shown(1, "A7")]).await;
        assert!(texts(&desk, vec![shown(2, "A7")]).await[0].starts_with("admitted_before"));
        assert_eq!(texts(&desk, vec![shown(1, "C9"), shown(1, "A7")]).await, ["reused".to_owned(), first[0].clone()]);
        assert_eq!(texts(&desk, vec![shown(3, "D1"), shown(3, "D2")]).await[1], "reused");
        assert_eq!((sql::count(&test.db, ADMITTED).await, sql::count(&test.db, KEPT).await), (2, 3));
        let trail = audit::latest(&test.db, 10).await.expect("the trail");
        let told: Vec<(&str, &str)> = trail.iter().map(|line| (line.action.as_str(), line.entity.as_str())).collect();
        let expected =
            [("reused", "D2"), ("admitted", "D1"), ("reused", "C9"), ("admitted_before", "A7"), ("admitted", "A7")];
        assert_eq!(told, expected, "each decision is told once, a repeat is not");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_is_admitted_once_however_many_show_it_at_two_nodes() {
    for test in each_database().await {
        turnstile::create_tables(&test.db).await;
        let ((one, _one), (two, _two)) = (open(&test.db, Turnstile::default()), open(&test.db, Turnstile::default()));
        let calls: Vec<_> = (0..60_u128)
            .map(|n| {
                let desk = if n % 2 == 0 { one.clone() } else { two.clone() };
                // Each scan is sent by two nodes, and each number is shown in three scans.
                tokio::spawn(async move { texts(&desk, vec![shown(n / 2, &format!("N{}", n / 6))]).await.remove(0) })
            })
            .collect();
        let mut answers = Vec::new();
        for call in calls {
            answers.push(call.await.expect("no panic"));
        }
        assert!(answers.chunks(2).all(|pair| pair[0] == pair[1]), "one scan, one answer: {answers:?}");
        assert_eq!(answers.iter().filter(|answer| answer.starts_with("admitted ")).count(), 20, "{answers:?}");
        assert_eq!((sql::count(&test.db, ADMITTED).await, sql::count(&test.db, KEPT).await), (10, 30));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_is_done_in_its_turn_and_tried_again_after_a_conflict() {
    for test in each_database().await {
        turnstile::create_tables(&test.db).await;
        let (desk, _tasks) = open(&test.db, Turnstile { conflicts: AtomicU32::new(3) });
        let committed = desk.committed();
        texts(&desk, vec![shown(1, "A7")]).await;
        assert!(desk.step(Step::Forget("A7")).await.expect("it is done"));
        assert!(!desk.step(Step::Forget("A7")).await.expect("it is done"), "it was gone already");
        assert!(texts(&desk, vec![shown(2, "A7")]).await[0].starts_with("admitted A7"));
        assert!(committed.has_changed().expect("the desk is open"));
    }
}

/// Polls a call once, so that it waits in the queue.
async fn hand_in<T>(call: impl Future<Output = T>) -> std::pin::Pin<Box<impl Future<Output = T>>> {
    let mut call = Box::pin(call);
    let is_waiting = poll_fn(|context| Poll::Ready(call.as_mut().poll(context).is_pending())).await;
    assert!(is_waiting, "it waits for its turn");
    call
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_wait_is_refused_at_the_door_and_what_waits_is_answered() {
    for test in each_database().await {
        turnstile::create_tables(&test.db).await;
        let (desk, tasks) = open(&test.db, Turnstile::default());
        let gate = Arc::new(Semaphore::new(0));
        let held = hand_in(desk.step(Step::Wait(gate.clone()))).await;
        let call = |from: usize, count: usize| {
            let scans = (from..from + count).map(|n| shown(n as u128, "A7")).collect();
            let actor = system();
            let (desk, origin) = (desk.clone(), origin(&actor));
            async move { desk.submit(actor, origin, scans).await }
        };
        let mut waiting = Vec::new();
        let full = SCANS_WAITING_MAX / SCANS_PER_SUBMISSION_MAX;
        for n in 0..full {
            waiting.push(hand_in(call(n * SCANS_PER_SUBMISSION_MAX, SCANS_PER_SUBMISSION_MAX)).await);
        }
        let from = full * SCANS_PER_SUBMISSION_MAX;
        let refused = call(from, SCANS_PER_SUBMISSION_MAX).await;
        assert!(matches!(refused, Err(DeskError::Busy)), "{refused:?}");
        let room = SCANS_WAITING_MAX - from - 1;
        waiting.push(hand_in(call(from, room)).await);
        assert!(matches!(call(from + room, 1).await, Err(DeskError::Busy)), "the last place is taken");

        gate.add_permits(1);
        assert!(held.await.expect("the step ends"));
        let mut answered = 0;
        for call in waiting {
            answered += call.await.expect("it is answered").len();
        }
        assert_eq!(answered, SCANS_WAITING_MAX - 1);
        assert_eq!(call(from + room, 1).await.expect("there is room again").len(), 1);
        assert_eq!(sql::count(&test.db, ADMITTED).await, 1);
        drop(desk);
        tasks.finish().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_database_does_not_take_fails_alone_and_not_those_beside_it() {
    for test in each_database().await {
        turnstile::create_tables(&test.db).await;
        let (desk, _tasks) = open(&test.db, Turnstile::default());
        let gate = Arc::new(Semaphore::new(0));
        let held = hand_in(desk.step(Step::Wait(gate.clone()))).await;
        let mut waiting = Vec::new();
        for (id, number) in [(1, "A7"), (2, "BROKEN"), (3, "B1")] {
            let (desk, actor) = (desk.clone(), system());
            let origin = origin(&actor);
            waiting.push(hand_in(async move { desk.submit(actor, origin, vec![shown(id, number)]).await }).await);
        }
        gate.add_permits(1);
        assert!(held.await.expect("the step ends"));
        let mut answers = Vec::new();
        for call in waiting {
            answers.push(call.await.map(|answers| answers[0].to_string()));
        }
        assert!(answers[0].as_ref().is_ok_and(|answer| answer.starts_with("admitted A7")), "{answers:?}");
        assert!(matches!(answers[1], Err(DeskError::Store(_))), "{answers:?}");
        assert!(answers[2].as_ref().is_ok_and(|answer| answer.starts_with("admitted B1")), "{answers:?}");
        assert_eq!(texts(&desk, vec![shown(1, "A7")]).await[0], *answers[0].as_ref().expect("an answer"), "kept");
        assert_eq!((sql::count(&test.db, ADMITTED).await, sql::count(&test.db, KEPT).await), (2, 2));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_that_closes_answers_what_was_handed_in() {
    for test in each_database().await {
        turnstile::create_tables(&test.db).await;
        let (desk, tasks) = open(&test.db, Turnstile::default());
        let gate = Arc::new(Semaphore::new(0));
        let held = hand_in(desk.step(Step::Wait(gate.clone()))).await;
        let (actor, scans) = (system(), vec![shown(1, "A7"), shown(2, "A7")]);
        let (last, origin) = (desk.clone(), origin(&actor));
        let call = hand_in(async move { last.submit(actor, origin, scans).await }).await;
        gate.add_permits(1);
        assert!(held.await.expect("the step ends"));
        drop(desk);
        assert_eq!(call.await.expect("it is answered").len(), 2);
        tasks.finish().await;
        assert_eq!(sql::count(&test.db, KEPT).await, 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_domains_work_side_by_side_on_one_database() {
    for test in each_database().await {
        turnstile::create_tables(&test.db).await;
        clicker::create_tables(&test.db).await;
        let (gate, gate_tasks) = open(&test.db, Turnstile::default());
        let (clicker, clicker_tasks) = open(&test.db, Clicker);
        let calls: Vec<_> = (0..100_u128)
            .map(|n| {
                let (gate, clicker) = (gate.clone(), clicker.clone());
                tokio::spawn(async move {
                    // The same ids at both desks: each has answers of its own.
                    let click = Click { id: Uuid::from_u128(n), by: if n % 5 == 4 { -2 } else { 1 } };
                    let (gated, sums) = tokio::join!(
                        texts(&gate, vec![shown(n, &format!("N{}", n / 2))]),
                        texts(&clicker, vec![click, Click { id: Uuid::from_u128(1000 + n), by: 2 }])
                    );
                    assert_eq!(texts(&clicker, vec![click]).await[0], sums[0]);
                    (gated, sums)
                })
            })
            .collect();
        let (mut admitted, mut refused) = (0, 0);
        for call in calls {
            let (gated, sums) = call.await.expect("no panic");
            admitted += usize::from(gated[0].starts_with("admitted N"));
            refused += i64::from(sums[0].starts_with("below_zero"));
        }
        assert_eq!(admitted, 50);
        let figure = sql::count(&test.db, "select n from clicks").await;
        assert_eq!(figure, 80 - 2 * (20 - refused) + 200);
        assert_eq!(sql::count(&test.db, "select count(*) from click_scans").await, 200);
        drop((gate, clicker));
        gate_tasks.finish().await;
        clicker_tasks.finish().await;
    }
}
