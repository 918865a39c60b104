//! Stock as of now, over an ERP that answers, is slow, talks nonsense, breaks off and comes back.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use base_core::time::{Clock, Moment, SECOND_US};
use portal_erp::{Checked, Erp, ErpError, Health, Inventory};
use portal_rules::customer::Customer;
use portal_rules::quantity::Quantity;
use portal_rules::scope::Scope;
use portal_rules::status::Status;
use portal_rules::stock::Stock;
use portal_work::live::{Answer, Live, Patience, Why};

/// A clock that only moves when it is told to.
struct Still(AtomicI64);

impl Clock for Still {
    fn now(&self) -> Moment {
        Moment(self.0.load(Ordering::SeqCst))
    }
}

impl Still {
    fn pass_s(&self, seconds: i64) {
        self.0.fetch_add(seconds * SECOND_US, Ordering::SeqCst);
    }
}

/// What the ERP does when it is asked.
#[derive(Clone)]
enum Mood {
    Answers,
    Takes(Duration),
    Fails(ErpError),
    Breaks,
}

struct Moody {
    mood: Mutex<Mood>,
    queries: AtomicU64,
}

impl Moody {
    fn is(&self, mood: Mood) {
        *self.mood.lock().expect("no holder panics") = mood;
    }

    fn queries(&self) -> u64 {
        self.queries.load(Ordering::SeqCst)
    }
}

fn row(customer: &Customer) -> Stock {
    Stock {
        customer: Some(customer.clone()),
        part: format!("P-{}", customer.name),
        customer_part: None,
        description: String::new(),
        on_hand: Quantity(1_000_000),
        unit: "EA".into(),
        bin: "A-1".into(),
        lot: None,
        expires: None,
        reference: None,
        order: None,
        status: Status::Available,
        received: None,
        moved: None,
    }
}

#[async_trait]
impl Erp for Moody {
    async fn customers(&self) -> Result<Vec<Customer>, ErpError> {
        Ok(Vec::new())
    }

    async fn inventory(&self, scope: &Scope) -> Result<Inventory, ErpError> {
        self.queries.fetch_add(1, Ordering::SeqCst);
        let mood = self.mood.lock().expect("no holder panics").clone();
        match mood {
            Mood::Answers => tokio::time::sleep(Duration::from_millis(5)).await,
            Mood::Takes(time) => tokio::time::sleep(time).await,
            Mood::Fails(fault) => return Err(fault),
            // Without the words and the trace that a panic prints, which take a while.
            Mood::Breaks => std::panic::resume_unwind(Box::new("a reader that breaks")),
        }
        let Scope::Customers(customers) = scope else { return Ok(Inventory::default()) };
        Ok(Inventory { rows: customers.iter().map(row).collect(), ..Inventory::default() })
    }

    async fn health(&self) -> Result<Health, ErpError> {
        Ok(Health { took: Duration::ZERO })
    }

    async fn check(&self) -> Result<Checked, ErpError> {
        Ok(Checked { customers: 0, is_read_only: true })
    }
}

const DAY: Duration = Duration::from_hours(24);

fn site() -> (Live, Arc<Moody>, Arc<Still>) {
    let erp = Arc::new(Moody { mood: Mutex::new(Mood::Answers), queries: AtomicU64::new(0) });
    let clock = Arc::new(Still(AtomicI64::new(1_764_500_000_000_000)));
    let patience =
        Patience { page: Duration::from_millis(300), fresh: Duration::from_secs(1), query: Duration::from_secs(2) };
    (Live::new(erp.clone(), clock.clone(), patience), erp, clock)
}

fn of(name: &str) -> Scope {
    Scope::chosen(false, [Customer::named(name)]).expect("a scope")
}

fn parts(answer: &Answer) -> Vec<&str> {
    answer.read.iter().flat_map(|read| &read.inventory.rows).map(|row| row.part.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_customers_at_once_are_one_query_for_each_scope_and_second() {
    let (live, erp, clock) = site();
    for round in 1..=2_u64 {
        let mut readers = Vec::new();
        for n in 0..200 {
            let (live, name) = (live.clone(), format!("Customer {}", n % 10));
            readers.push(tokio::spawn(async move { (live.stock(&of(&name), DAY).await, name) }));
        }
        for reader in readers {
            let (answer, name) = reader.await.expect("an answer");
            assert_eq!(answer.why, None);
            assert_eq!(parts(&answer), [format!("P-{name}")], "nobody is shown what was read for others");
        }
        assert_eq!(erp.queries(), 10 * round);
        assert_eq!(parts(&live.stock(&of("Customer 1"), DAY).await).len(), 1);
        assert_eq!(erp.queries(), 10 * round, "within a second nobody asks again");
        clock.pass_s(1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_erp_is_told_in_time_with_older_stock_and_its_time_and_comes_back_by_itself() {
    let moods = [
        (Mood::Takes(Duration::from_secs(10)), Why::Slow),
        (Mood::Fails(ErpError::Unreachable("killed".into())), Why::Away),
        (Mood::Fails(ErpError::SignIn), Why::Away),
        (Mood::Fails(ErpError::Nonsense("a date of 1900-13-45".into())), Why::Unusable),
        (Mood::Fails(ErpError::Unreachable("the line was cut in the middle".into())), Why::Away),
        (Mood::Breaks, Why::Unusable),
    ];
    for (mood, why) in moods {
        let (live, erp, clock) = site();
        let nothing_yet = of("B");
        let good = live.stock(&of("A"), DAY).await;
        let read_at = good.read.as_ref().expect("stock").read_at;
        erp.is(mood);
        clock.pass_s(60);
        let began = Instant::now();
        let answer = live.stock(&of("A"), DAY).await;
        assert!(began.elapsed() < Duration::from_secs(3), "{why:?}");
        assert_eq!((answer.why, parts(&answer)), (Some(why), vec!["P-A"]), "never no stock");
        assert_eq!(answer.read.as_ref().map(|read| read.read_at), Some(read_at), "and when it was read");
        let answer = live.stock(&nothing_yet, DAY).await;
        assert_eq!((answer.why, answer.read.is_none()), (Some(why), true));
        assert!(live.stock(&of("A"), Duration::from_secs(30)).await.read.is_none(), "older than the site wants");
        assert!(live.stock(&of("A"), Duration::ZERO).await.read.is_none(), "a mail is of now or not at all");

        erp.is(Mood::Answers);
        clock.pass_s(60);
        // A query that hangs is ended by its own time; then the next one finds an ERP that is well.
        let mut well = live.stock(&of("A"), DAY).await;
        for _ in 0..40 {
            if well.why.is_none() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
            clock.pass_s(60);
            well = live.stock(&of("A"), DAY).await;
        }
        assert_eq!((well.why, parts(&well)), (None, vec!["P-A"]), "{why:?}");
        assert!(live.standing().fault.is_none() && !live.standing().is_paused);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erp_that_is_down_is_left_alone_and_nobody_waits_for_it() {
    let (live, erp, clock) = site();
    erp.is(Mood::Fails(ErpError::Unreachable("down".into())));
    for n in 0..50 {
        let answer = live.stock(&of(&format!("Customer {n}")), DAY).await;
        assert_eq!((answer.why, answer.read.is_none()), (Some(Why::Away), true));
    }
    assert_eq!(erp.queries(), 3);
    assert!(live.standing().is_paused);
    erp.is(Mood::Answers);
    clock.pass_s(3);
    assert_eq!(live.stock(&of("A"), DAY).await.why, None, "one tries, and then all do");
    assert_eq!(live.stock(&of("B"), DAY).await.why, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_row_or_a_slow_question_of_one_customer_leaves_the_others_alone() {
    for (fault, questions) in
        [(ErpError::Nonsense("a date of 1900-13-45".into()), 6), (ErpError::Foreign, 6), (ErpError::Slow, 3)]
    {
        let (live, erp, clock) = site();
        erp.is(Mood::Fails(fault.clone()));
        for _ in 0..6 {
            assert!(live.stock(&of("A"), DAY).await.why.is_some());
        }
        assert_eq!(erp.queries(), questions, "only what is slow is left alone, {fault:?}");
        assert!(!live.standing().is_paused, "{fault:?}");
        erp.is(Mood::Answers);
        let other = live.stock(&of("B"), DAY).await;
        assert_eq!((other.why, parts(&other)), (None, vec!["P-B"]), "{fault:?}");
        clock.pass_s(3);
        assert_eq!(live.stock(&of("A"), DAY).await.why, None, "and comes back by itself, {fault:?}");
    }
    // An answer, however bad, shows that the ERP is there.
    let (live, erp, _) = site();
    for fault in [ErpError::SignIn, ErpError::SignIn, ErpError::Foreign, ErpError::SignIn, ErpError::SignIn] {
        erp.is(Mood::Fails(fault));
        live.stock(&of("A"), DAY).await;
    }
    assert!(!live.standing().is_paused);
}

#[tokio::test]
async fn a_customer_without_a_scope_has_no_stock_and_nobody_is_asked() {
    let (live, erp, _) = site();
    let answer = live.stock(&Scope::Nothing, DAY).await;
    assert_eq!((answer.why, parts(&answer).len(), erp.queries()), (None, 0, 0));
}
