//! Lists of bills equal what a reader of the whole table would find, page by page, on both databases.

use std::collections::BTreeSet;
use std::sync::Arc;

use bags_rules::bill::{BillKey, BillStatus};
use bags_rules::scan::{Action, Details, Scan};
use bags_store::bill::{BillCursor, BillFilter, BillLine, BillOrder, BillPage, LOOKED_AT_MAX, StatusFilter};
use bags_store::{bill, search};
use bags_work::Desk;
use base_core::account::{AccountId, Actor};
use base_core::area::{Area, Scope};
use base_core::permission::Role;
use base_core::time::{Clock, HOUR_US, Moment};
use base_db::Db;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use tallyhouse_support::{
    TestClock, assert_counts_are_true, bill_scan, desk, each_database, origin, outcomes, person, scan,
};

const AREAS: [&str; 3] = ["lucknow", "indore", "jaipur"];

fn create(bill: &str, capacity: i64) -> Scan {
    bill_scan(Action::BillCreate, "", bill).with(Details { capacity: Some(capacity), ..Details::default() })
}

/// A bill as the test knows it.
#[derive(Clone, Debug)]
struct Known {
    line: BillLine,
    by: AccountId,
    areas: BTreeSet<&'static str>,
}

/// Bills by two people over some days, with parents of three areas, in every status.
async fn site(db: &Db, desk: &Desk, clock: &TestClock) -> Vec<Known> {
    let mut rng = StdRng::seed_from_u64(26);
    let billers = [person(db, "meera", Role::Biller, None).await, person(db, "ravi", Role::Admin, None).await];
    let mut dispatchers = Vec::new();
    for area in AREAS {
        dispatchers.push(person(db, area, Role::Dispatcher, Some(area)).await);
    }
    let (mut all, mut parents) = (Vec::new(), 0_u32);
    for n in 0..90 {
        clock.pass_us(rng.random_range(0..3) * HOUR_US);
        let number = match rng.random_range(0..4) {
            0 => format!("inv/{:03}", n * 7 % 100),
            1 => format!("INV_{n}%x"),
            2 => format!("Lkw-{n:03}"),
            _ => format!("{}-{n}", rng.random_range(10..99)),
        };
        let biller = billers.choose(&mut rng).expect("two");
        assert_eq!(outcomes(desk, biller, vec![create(&number, 2)]).await, ["bill_created"]);
        let mut areas = BTreeSet::new();
        let on_it = rng.random_range(0..3);
        for _ in 0..on_it {
            let at = rng.random_range(0..3);
            parents += 1;
            let parent = format!("SB{parents:05}");
            outcomes(desk, &dispatchers[at], vec![scan(Action::Parent, &parent, None)]).await;
            outcomes(desk, biller, vec![bill_scan(Action::BillLink, &parent, &number)]).await;
            areas.insert(AREAS[at]);
        }
        if on_it == 2 && rng.random_bool(0.6) {
            outcomes(desk, biller, vec![bill_scan(Action::BillComplete, "", &number)]).await;
        }
        if n == 60 {
            // Half of the numbers stand in the index, the others wait for it.
            while search::take_over(db, 100).await.expect("taken over") > 0 {}
        }
        let key = BillKey::stored(&number.to_uppercase());
        let mut reader = db.read().await.expect("a reader");
        let line = bill::find(reader.conn(), &key, &Scope::All).await.expect("an answer").expect("a bill");
        all.push(Known { line, by: biller.account.expect("an account"), areas });
    }
    all
}

/// What a reader of everything would find.
fn naive(all: &[Known], filter: &BillFilter, scope: &Scope) -> Vec<String> {
    let in_area = |known: &Known, area: &Area| known.areas.contains(area.as_str());
    let text = filter.text.as_ref().map(|text| text.to_uppercase());
    let mut fits: Vec<&Known> = all
        .iter()
        .filter(|known| match scope {
            Scope::All => true,
            // Who sees one area cannot ask for another, not even about a bill that holds both.
            Scope::Area(own) => in_area(known, own) && filter.area.as_ref().is_none_or(|area| area == own),
            Scope::Nothing => false,
        })
        .filter(|known| filter.area.as_ref().is_none_or(|area| in_area(known, area)))
        .filter(|known| filter.created_by.is_none_or(|by| by == known.by))
        .filter(|known| filter.from.is_none_or(|from| known.line.created_at >= from))
        .filter(|known| filter.until.is_none_or(|until| known.line.created_at < until))
        .filter(|known| match filter.status {
            None => true,
            Some(StatusFilter::Open) => known.line.status != BillStatus::Completed,
            Some(StatusFilter::One(status)) => known.line.status == status,
        })
        .filter(|known| match &text {
            None => true,
            Some(text) if text.chars().count() < 3 => known.line.key.as_str().starts_with(text.as_str()),
            Some(text) => known.line.key.as_str().contains(text.as_str()),
        })
        .collect();
    fits.sort_by_key(|known| (known.line.created_at, known.line.key.clone()));
    match filter.order {
        BillOrder::Newest => fits.reverse(),
        BillOrder::Oldest => {}
        BillOrder::Number => fits.sort_by_key(|known| known.line.key.clone()),
    }
    fits.into_iter().map(|known| known.line.number.clone()).collect()
}

async fn page(db: &Db, filter: &BillFilter, scope: &Scope, cursor: Option<&BillCursor>, limit: u32) -> BillPage {
    let mut reader = db.read().await.expect("a reader");
    bill::list(reader.conn(), filter, scope, cursor, limit).await.expect("a page")
}

async fn all_pages(db: &Db, filter: &BillFilter, scope: &Scope, limit: u32) -> Vec<String> {
    let (mut found, mut cursor) = (Vec::new(), None);
    loop {
        let page = page(db, filter, scope, cursor.as_ref(), limit).await;
        assert!(page.bills.len() <= limit as usize);
        found.extend(page.bills.into_iter().map(|line| line.number));
        cursor = page.next;
        if cursor.is_none() {
            return found;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_filter_in_every_order_finds_what_a_reader_of_everything_would() {
    for test in each_database().await {
        let clock = Arc::new(TestClock::default());
        let (desk, _tasks) = desk(&test.db, clock.clone());
        let all = site(&test.db, &desk, &clock).await;
        let mut rng = StdRng::seed_from_u64(7);
        let statuses = [
            None,
            None,
            Some(StatusFilter::Open),
            Some(StatusFilter::One(BillStatus::New)),
            Some(StatusFilter::One(BillStatus::Processing)),
            Some(StatusFilter::One(BillStatus::Completed)),
        ];
        let texts = ["INV", "inv/0", "_", "NV_", "%x", "l", "LK", "what", "lkw-0", "-1", "V_1"];
        let (mut rounds, mut some) = (0, 0);
        while rounds < 250 {
            rounds += 1;
            let maybe = |rng: &mut StdRng| rng.random_bool(0.35);
            let day = |rng: &mut StdRng| all.choose(rng).expect("some").line.created_at;
            let filter = BillFilter {
                status: *statuses.choose(&mut rng).expect("some"),
                text: maybe(&mut rng).then(|| (*texts.choose(&mut rng).expect("some")).to_owned()),
                from: maybe(&mut rng).then(|| day(&mut rng)),
                until: maybe(&mut rng).then(|| day(&mut rng)),
                created_by: maybe(&mut rng).then(|| all.choose(&mut rng).expect("some").by),
                area: maybe(&mut rng).then(|| Area::new(AREAS.choose(&mut rng).expect("some"))),
                order: *[BillOrder::Newest, BillOrder::Oldest, BillOrder::Number].choose(&mut rng).expect("some"),
            };
            let scope = match rng.random_range(0..8) {
                0 => Scope::Nothing,
                1 | 2 => Scope::Area(Area::new(AREAS.choose(&mut rng).expect("some"))),
                _ => Scope::All,
            };
            let limit = rng.random_range(1..40);
            let found = all_pages(&test.db, &filter, &scope, limit).await;
            assert_eq!(found, naive(&all, &filter, &scope), "{filter:?} in {scope:?} on {}", test.db.name());
            some += usize::from(!found.is_empty());
        }
        assert!(some > 60, "only {some} of {rounds} filters found anything");
        assert_counts_are_true(&test.db).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn paging_has_no_gap_and_no_double_while_bills_come_in() {
    for test in each_database().await {
        let clock = Arc::new(TestClock::default());
        let (desk, _tasks) = desk(&test.db, clock.clone());
        let biller = person(&test.db, "meera", Role::Biller, None).await;
        let first: Vec<Scan> = (0..50).map(|n| create(&format!("OLD-{n:02}"), 2)).collect();
        outcomes(&desk, &biller, first).await;
        let filter = BillFilter { status: Some(StatusFilter::Open), ..BillFilter::default() };
        let (mut found, mut cursor, mut n) = (Vec::new(), None, 0);
        loop {
            let page = page(&test.db, &filter, &Scope::All, cursor.as_ref(), 7).await;
            found.extend(page.bills.into_iter().map(|line| line.number));
            n += 1;
            outcomes(&desk, &biller, vec![create(&format!("NEW-{n:02}"), 2)]).await;
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        let expected: Vec<String> = (0..50).rev().map(|n| format!("OLD-{n:02}")).collect();
        assert_eq!(found, expected, "on {}", test.db.name());
    }
}

async fn many(desk: &Desk, biller: &Actor, bills: std::ops::Range<u32>) {
    let scans: Vec<Scan> = bills.map(|n| create(&format!("MANY-{n:05}"), 2)).collect();
    for scans in scans.chunks(500) {
        desk.submit(biller.clone(), origin(biller), scans.to_vec()).await.expect("the desk answers");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_walk_that_finds_too_little_ends_in_time_says_so_and_goes_on() {
    for test in each_database().await {
        let clock = Arc::new(TestClock::default());
        let (desk, _tasks) = desk(&test.db, clock.clone());
        let biller = person(&test.db, "meera", Role::Biller, None).await;
        let other = person(&test.db, "ravi", Role::Biller, None).await;
        outcomes(&desk, &other, vec![create("RARE-1", 2)]).await;
        many(&desk, &biller, 0..LOOKED_AT_MAX + 500).await;
        outcomes(&desk, &other, vec![create("ZARE-2", 2)]).await;
        let by_number = BillFilter { created_by: other.account, order: BillOrder::Number, ..BillFilter::default() };
        let first = page(&test.db, &by_number, &Scope::All, None, 10).await;
        assert_eq!((first.bills.len(), first.looked_at), (0, Some(LOOKED_AT_MAX)));
        assert_eq!(all_pages(&test.db, &by_number, &Scope::All, 10).await, ["RARE-1", "ZARE-2"]);
        let common = BillFilter { text: Some("any-0".into()), created_by: other.account, ..BillFilter::default() };
        assert_eq!(all_pages(&test.db, &common, &Scope::All, 10).await, Vec::<String>::new());
        let common = BillFilter { text: Some("any-0".into()), ..BillFilter::default() };
        assert_eq!(all_pages(&test.db, &common, &Scope::All, 200).await.len(), LOOKED_AT_MAX as usize + 500);
        let rare = BillFilter { text: Some("are-".into()), ..BillFilter::default() };
        assert_eq!(all_pages(&test.db, &rare, &Scope::All, 10).await, ["ZARE-2", "RARE-1"]);
        while search::take_over(&test.db, 1000).await.expect("taken over") > 0 {}
        assert_eq!(all_pages(&test.db, &rare, &Scope::All, 1).await, ["ZARE-2", "RARE-1"]);
        assert_eq!(all_pages(&test.db, &common, &Scope::All, 200).await.len(), LOOKED_AT_MAX as usize + 500);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_bill_shows_its_parents_their_children_and_the_newest_scans() {
    for test in each_database().await {
        let clock = Arc::new(TestClock::default());
        let (desk, _tasks) = desk(&test.db, clock.clone());
        let biller = person(&test.db, "meera", Role::Biller, None).await;
        outcomes(&desk, &biller, vec![create("B-1", 50), create("B-2", 50)]).await;
        for n in 0..12 {
            let parent = format!("SB{n:05}");
            let children = (0..n).map(|k| scan(Action::Child, &format!("KID{n:02}X{k:02}"), Some(&parent)));
            let link = bill_scan(Action::BillLink, &parent, if n < 11 { "B-1" } else { "B-2" });
            let scans = [scan(Action::Parent, &parent, None)].into_iter().chain(children).chain([link]).collect();
            outcomes(&desk, &biller, scans).await;
        }
        let key = BillKey::stored("B-1");
        let mut reader = test.db.read().await.expect("a reader");
        let (mut parents, mut cursor) = (Vec::new(), None);
        loop {
            let page =
                bill::parents(reader.conn(), &key, &Scope::All, (cursor.as_ref(), 4), true).await.expect("a page");
            cursor = page.last().map(|last| bill::ParentCursor { linked_at: last.linked_at, code: last.code.clone() });
            if page.is_empty() {
                break;
            }
            parents.extend(page);
        }
        let codes: Vec<String> = parents.iter().map(|parent| parent.code.to_string()).collect();
        assert_eq!(codes, (0..11).rev().map(|n| format!("SB{n:05}")).collect::<Vec<_>>());
        for (parent, n) in parents.iter().zip((0..11_usize).rev()) {
            let expected: Vec<String> = (0..n).rev().map(|k| format!("KID{n:02}X{k:02}")).collect();
            assert_eq!((parent.children as usize, &parent.child_codes), (n, &expected));
            assert_eq!(parent.linked_by.as_deref(), Some("meera"));
        }
        let figures = bill::parent_figures(reader.conn(), &key, &Scope::All, 10).await.expect("figures");
        assert_eq!((figures.seen, figures.short), (11, 10));
        let scans = bill::scans(reader.conn(), &key, &Scope::All).await.expect("scans");
        // 1 for the bill, and for each parent its own, one for each child and that which put it on the bill.
        assert_eq!(scans.len(), 1 + 2 * 11 + (0..11).sum::<usize>());
        assert!(scans.is_sorted_by(|one, other| one.seq > other.seq) && scans[0].code == "SB00010");
        assert!(scans.iter().all(|scan| scan.station.as_deref() == Some("dock-1") && scan.at > Moment(0)));
        let nothing = bill::scans(reader.conn(), &key, &Scope::Nothing).await.expect("scans");
        assert!(nothing.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn counting_anew_finds_nothing_where_nothing_is_wrong_and_is_told_to_the_trail() {
    for test in each_database().await {
        let clock = Arc::new(TestClock::default());
        let (desk, _tasks) = desk(&test.db, clock.clone());
        let all = site(&test.db, &desk, &clock).await;
        let origin = base_core::audit::Origin::default();
        let counted = bill::recalculate_all(&test.db, clock.now(), &origin).await.expect("counted");
        assert_eq!((counted.bills, counted.wrong), (90, 0));
        let one = bill::recalculate(&test.db, &all[0].line.key, clock.now(), &origin).await.expect("counted");
        assert!(one.is_some_and(|one| !one.was_wrong && one.before == one.after));
        let none = bill::recalculate(&test.db, &BillKey::stored("NO-SUCH"), clock.now(), &origin).await;
        assert_eq!(none.expect("an answer"), None);
        assert_counts_are_true(&test.db).await;
    }
}
