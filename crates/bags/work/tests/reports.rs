//! Reports over what came through the desk: every total equals a recount of the raw rows, on both databases, and days are
//! India's days.

use std::collections::BTreeMap;
use std::sync::Arc;

use bags_rules::bill::{BillNumber, BillStatus};
use bags_rules::counter::Counter;
use bags_rules::outcome::Outcome;
use bags_rules::report::{Activity, AreaReport, BillTotals, HourOfArea, PastActivity, ScanCounts};
use bags_rules::scan::{Action, Details, Scan};
use bags_store::report::bills::{BillCursor, BillFilter, Whose};
use bags_store::report::raw::{RawBill, RawScan};
use bags_store::report::{areas, bills, eod, people, plans, raw, scans};
use bags_work::Desk;
use base_core::account::Actor;
use base_core::area::{Area, Scope};
use base_core::permission::Role;
use base_core::report::{Range, by_day, date_of, hour_of, start_of};
use base_core::time::{Clock, DAY_US, HOUR_US, MINUTE_US, Moment};
use base_db::Db;
use base_records::account;
use jiff::ToSpan;
use jiff::tz::TimeZone;
use tallyhouse_support::{TestClock, assert_counts_are_true, bill_scan, desk, each_database, outcomes, person, scan};

fn zone() -> TimeZone {
    TimeZone::get("Asia/Kolkata").expect("bundled zone")
}

/// A small generator, so that a failed run can be repeated.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

fn random_scan(dice: &mut Dice) -> Scan {
    let parent = format!("SB{:05}", dice.roll(25));
    let child = format!("KID{:03}", dice.roll(300));
    let bill = format!("Bill-{}", dice.roll(14));
    let details = Details { capacity: Some(i64::try_from(1 + dice.roll(4)).expect("small")), ..Details::default() };
    match dice.roll(20) {
        0..3 => scan(Action::Parent, &parent, None),
        3..10 => scan(Action::Child, &child, Some(&parent)),
        10 => scan(Action::Unlink, &child, None),
        11 => scan(Action::Relink, &child, Some(&parent)),
        12 => scan(Action::Undo, "", Some(&parent)),
        13..15 => bill_scan(Action::BillCreate, "", &bill).with(details),
        15..18 => bill_scan(Action::BillLink, &parent, &bill),
        18 => bill_scan(Action::BillUnlink, &parent, &bill),
        _ => bill_scan(Action::BillComplete, "", &bill),
    }
}

/// Several days of work, a few minutes on either side of every India midnight among them.
async fn work(desk: &Desk, clock: &TestClock, people: &[Actor], seed: u64) {
    let mut dice = Dice(seed);
    let zone = zone();
    let to_midnight = clock.now().end_of_day(&zone).since_us(clock.now());
    clock.pass_us(to_midnight - 10 * MINUTE_US);
    for day in 0..4 {
        for step in 0..14 {
            let who = &people[usize::try_from(dice.roll(people.len() as u64)).expect("small")];
            let group = (0..6).map(|_| random_scan(&mut dice)).collect();
            outcomes(desk, who, group).await;
            // The first three steps cross midnight, the others spread over the day.
            clock.pass_us(if step < 3 { 7 * MINUTE_US } else { 97 * MINUTE_US });
        }
        let rest = clock.now().end_of_day(&zone).since_us(clock.now());
        clock.pass_us(rest - 10 * MINUTE_US + i64::from(day) * MINUTE_US);
    }
}

struct Raw {
    scans: Vec<RawScan>,
    bills: Vec<RawBill>,
}

fn counts<'a>(scans: impl Iterator<Item = &'a RawScan>) -> ScanCounts {
    scans.fold(ScanCounts::default(), |mut counts, scan| {
        let outcome = Outcome::parse(&scan.outcome).expect("an outcome");
        match Counter::of_scan(outcome) {
            Some(Counter::ScansParent) => counts.parents += 1,
            Some(Counter::ScansChild) => counts.children += 1,
            Some(Counter::ScansBill) => counts.bills += 1,
            Some(Counter::ScansRefused) => counts.refused += 1,
            Some(_) => counts.others += 1,
            None => {}
        }
        counts
    })
}

fn totals<'a>(bills: impl Iterator<Item = &'a RawBill>) -> BillTotals {
    bills.fold(BillTotals::default(), |mut total, bill| {
        let parents = i64::try_from(bill.parents.len()).expect("small");
        total.bills += 1;
        total.parents += parents;
        total.children += bill.parents.iter().map(|parent| parent.1).sum::<i64>();
        total.capacity += bill.capacity;
        total.full += i64::from(parents > 0 && parents >= bill.capacity);
        total.empty += i64::from(parents == 0);
        total
    })
}

async fn scans_equal_a_recount(db: &Db, raw: &Raw, days: Range) {
    let zone = zone();
    let mut reader = db.read().await.expect("a reader");
    for day in days.dates() {
        let span = Range::day(day).bounds(&zone);
        let of_day = |scan: &&RawScan| date_of(scan.at, &zone) == day;
        for scope in [Scope::All, Scope::Area(Area::new("lucknow")), Scope::Area(Area::new("jaipur")), Scope::Nothing] {
            let area = |scan: &&RawScan| match &scope {
                Scope::All => true,
                Scope::Area(area) => scan.area == area.as_str(),
                Scope::Nothing => false,
            };
            let seen: Vec<&RawScan> = raw.scans.iter().filter(of_day).filter(area).collect();
            let hours = scans::hours(reader.conn(), &scope, span).await.expect("hours");
            let total = hours.iter().fold(ScanCounts::default(), |total, hour| total.plus(hour.counts));
            assert_eq!(total, counts(seen.iter().copied()), "{day} {scope:?}");
            for HourOfArea { area, from, counts: found } in hours {
                let name = area.map(|area| area.to_string()).unwrap_or_default();
                let own = seen.iter().copied().filter(|scan| hour_of(scan.at, &zone) == hour_of(from, &zone));
                assert_eq!(found, counts(own.filter(|scan| scan.area == name)), "{day} {scope:?} {from:?} {name}");
            }
        }
        let by_person = scans::people(reader.conn(), &Scope::All, span).await.expect("people");
        let mut expected = BTreeMap::<_, Vec<&RawScan>>::new();
        for scan in raw.scans.iter().filter(of_day) {
            expected.entry(scan.person.clone()).or_default().push(scan);
        }
        expected.retain(|_, scans| counts(scans.iter().copied()) != ScanCounts::default());
        assert_eq!(by_person.len(), expected.len(), "{day}");
        for (name, found) in by_person {
            assert_eq!(found, counts(expected[&name].iter().copied()), "{day} {name:?}");
        }
    }
}

async fn bills_equal_a_recount(db: &Db, raw: &Raw, days: Range, ids: &[(String, i64)]) {
    let zone = zone();
    let mut reader = db.read().await.expect("a reader");
    let ranges = days.dates().map(Range::day).chain([days]);
    for range in ranges {
        let (from, until) = range.bounds(&zone);
        let everybody = [(None, Whose::All)].into_iter();
        let whose = everybody.chain(ids.iter().map(|(name, id)| (Some(name.clone()), Whose::Of(*id))));
        for (name, person) in whose {
            for status in [None, Some(BillStatus::New), Some(BillStatus::Processing), Some(BillStatus::Completed)] {
                let filter = BillFilter { from, until, person, status };
                let fits = |bill: &&RawBill| {
                    (from..until).contains(&bill.created_at)
                        && name.is_none_or_eq(bill.person.as_deref())
                        && status.is_none_or(|status| bill.status == status.name())
                };
                let expected: Vec<&RawBill> = raw.bills.iter().filter(fits).collect();
                let sums = bills::sums(reader.conn(), &filter).await.expect("sums");
                assert_eq!(BillTotals::of(&sums), totals(expected.iter().copied()), "{range:?} {name:?} {status:?}");
                let quarters = bills::quarters(reader.conn(), &filter).await.expect("quarters");
                for (day, n) in by_day(&quarters, range, &zone) {
                    let own = expected.iter().filter(|bill| date_of(bill.created_at, &zone) == day).count();
                    assert_eq!(n, i64::try_from(own).expect("small"), "{day}");
                }
                let mut listed = Vec::new();
                let mut cursor = None;
                loop {
                    let page = bills::page(reader.conn(), &filter, cursor.as_ref(), 3).await.expect("a page");
                    let last = page.len() < 3;
                    cursor = page.last().map(|bill| BillCursor { created_at: bill.created_at, key: bill.key.clone() });
                    listed.extend(page);
                    if last {
                        break;
                    }
                }
                assert!(listed.is_sorted_by(|a, b| (a.created_at, &a.key) > (b.created_at, &b.key)));
                let mut numbers: Vec<&str> = listed.iter().map(|bill| bill.number.as_str()).collect();
                let mut wanted: Vec<&str> = expected.iter().map(|bill| bill.number.as_str()).collect();
                numbers.sort_unstable();
                wanted.sort_unstable();
                assert_eq!(numbers, wanted, "{range:?} {name:?} {status:?}");
            }
        }
    }
}

trait NoneOrEq {
    fn is_none_or_eq(&self, other: Option<&str>) -> bool;
}

impl NoneOrEq for Option<String> {
    fn is_none_or_eq(&self, other: Option<&str>) -> bool {
        self.is_none() || self.as_deref() == other
    }
}

async fn areas_equal_a_recount(db: &Db, raw: &Raw, days: Range) {
    let zone = zone();
    let (from, until) = days.bounds(&zone);
    let site = [Area::new("lucknow"), Area::new("indore"), Area::new("jaipur")];
    let mut reader = db.read().await.expect("a reader");
    let lines = areas::lines(reader.conn(), &Scope::All, &site, (from, until)).await.expect("areas");
    let report = AreaReport { areas: lines };
    for line in &report.areas {
        let name = line.area.as_ref().map(ToString::to_string).unwrap_or_default();
        let in_range = raw.bills.iter().filter(|bill| (from..until).contains(&bill.created_at));
        let parents =
            |bill: &RawBill| bill.parents.iter().filter(|parent| parent.0 == name).cloned().collect::<Vec<_>>();
        let own: Vec<Vec<(String, i64)>> = in_range.map(parents).filter(|parents| !parents.is_empty()).collect();
        assert_eq!(line.bills, i64::try_from(own.len()).expect("small"), "{name}");
        assert_eq!(line.bill_parents, i64::try_from(own.concat().len()).expect("small"), "{name}");
        assert_eq!(line.bill_children, own.concat().iter().map(|parent| parent.1).sum::<i64>(), "{name}");
        let created = |scan: &&RawScan| scan.area == name && scan.outcome == Outcome::ParentCreated.code();
        let created = raw.scans.iter().filter(created).filter(|scan| (from..until).contains(&scan.at)).count();
        // Those without an area are taken into one by the first dispatcher who fills them.
        let at_least = line.area.as_ref().map_or(0, |_| i64::try_from(created).expect("small"));
        assert!((at_least..=line.parents).contains(&line.parents_created), "{name}");
        let mut dispatchers: Vec<_> = raw
            .scans
            .iter()
            .filter(|_| line.area.is_some())
            .filter(|scan| scan.person.as_deref().is_some_and(|person| person.starts_with(&format!("d-{name}"))))
            .filter(|scan| (from..until).contains(&scan.at))
            .map(|scan| scan.person.clone())
            .collect();
        dispatchers.sort();
        dispatchers.dedup();
        assert_eq!(line.dispatchers, i64::try_from(dispatchers.len()).expect("small"), "{name}");
    }
    let own =
        areas::lines(reader.conn(), &Scope::Area(Area::new("indore")), &site, (from, until)).await.expect("areas");
    assert_eq!(own.iter().map(|line| line.area.clone()).collect::<Vec<_>>(), [Some(Area::new("indore"))]);
    assert!(areas::lines(reader.conn(), &Scope::Nothing, &site, (from, until)).await.expect("areas").is_empty());
}

async fn people_equal_a_recount(db: &Db, raw: &Raw, now: Moment, ids: &[(String, i64)]) {
    let zone = zone();
    let today = date_of(now, &zone);
    let mut reader = db.read().await.expect("a reader");
    for (name, id) in ids {
        let own: Vec<&RawScan> = raw.scans.iter().filter(|scan| scan.person.as_deref() == Some(name)).collect();
        let midnight = start_of(today, &zone);
        let figures = people::figures(reader.conn(), *id, midnight).await.expect("figures");
        let span = PastActivity::range(today).bounds(&zone);
        let past = people::quarters(reader.conn(), *id, span).await.expect("quarters");
        let all = figures.total;
        assert_eq!(all, counts(own.iter().copied()), "{name}");
        let counted = |scan: &&&RawScan| Counter::of_scan(Outcome::parse(&scan.outcome).expect("an outcome")).is_some();
        assert_eq!(figures.last_at, own.iter().filter(counted).map(|scan| scan.at).max(), "{name}");
        let activity = Activity::of(&PastActivity::of(&past, today, &zone), &figures.quarters, today, &zone);
        for (day, n) in &activity.chart {
            let of_day = own.iter().copied().filter(|scan| date_of(scan.at, &zone) == *day);
            assert_eq!(*n, counts(of_day).accepted(), "{name} {day}");
        }
        assert_eq!(activity.chart.iter().map(|day| day.1).sum::<i64>(), all.accepted());
        let (codes, accepted): (Vec<Outcome>, Vec<Outcome>) =
            Outcome::ALL.iter().partition(|outcome| outcome.is_refusal());
        let [codes, accepted] = [codes, accepted].map(|all| all.into_iter().map(Outcome::code).collect::<Vec<_>>());
        let refused = people::refusals(reader.conn(), *id, &accepted, 10).await.expect("refusals");
        let wanted: Vec<&str> = own
            .iter()
            .rev()
            .filter(|scan| codes.contains(&scan.outcome.as_str()))
            .map(|scan| scan.outcome.as_str())
            .collect();
        assert_eq!(
            refused.iter().map(|scan| scan.outcome.as_str()).collect::<Vec<_>>(),
            wanted[..wanted.len().min(10)]
        );
        let latest = people::scans(reader.conn(), *id, 20).await.expect("scans");
        assert_eq!(latest.len(), own.len().min(20));
        assert!(!people::entries(reader.conn(), *id, 15).await.expect("entries").is_empty(), "{name}");
    }
    let span = Range::day(today).bounds(&zone);
    let listed = people::list(reader.conn(), "", span, 100).await.expect("people");
    assert_eq!(listed.len(), ids.len());
    let rest = people::list(reader.conn(), &listed[1].cursor, span, 100).await.expect("people");
    assert_eq!(rest, listed[2..]);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_total_equals_a_recount_of_the_raw_rows() {
    for (seed, test) in each_database().await.into_iter().enumerate() {
        let clock = Arc::new(TestClock::default());
        let (desk, _tasks) = desk(&test.db, clock.clone());
        let mut actors = Vec::new();
        for (name, role, area) in [
            ("admin", Role::Admin, None),
            ("b-meera", Role::Biller, None),
            ("b-priya", Role::Biller, None),
            ("d-lucknow-1", Role::Dispatcher, Some("lucknow")),
            ("d-lucknow-2", Role::Dispatcher, Some("lucknow")),
            ("d-indore-1", Role::Dispatcher, Some("indore")),
        ] {
            actors.push(person(&test.db, name, role, area).await);
        }
        let began = clock.now();
        work(&desk, &clock, &actors, 7 + seed as u64).await;
        assert_counts_are_true(&test.db).await;
        let zone = zone();
        let days = Range { from: date_of(began, &zone), to: date_of(clock.now(), &zone) };
        assert!(days.days() >= 4, "{days:?}");
        let raw = Raw {
            scans: raw::scans(&test.db).await.expect("scans"),
            bills: raw::bills(&test.db).await.expect("bills"),
        };
        let grants = tallyhouse_support::grants();
        let lines = account::list(&test.db, base_core::realm::Realm::Staff, &grants).await.expect("accounts");
        let ids: Vec<(String, i64)> = lines.into_iter().map(|line| (line.person.name, line.person.id)).collect();
        scans_equal_a_recount(&test.db, &raw, days).await;
        bills_equal_a_recount(&test.db, &raw, days, &ids).await;
        areas_equal_a_recount(&test.db, &raw, days).await;
        areas_equal_a_recount(&test.db, &raw, Range::day(days.to)).await;
        people_equal_a_recount(&test.db, &raw, clock.now(), &ids).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn day_reports_are_cut_at_india_midnight() {
    for test in each_database().await {
        let clock = Arc::new(TestClock::default());
        let (desk, _tasks) = desk(&test.db, clock.clone());
        let biller = person(&test.db, "meera", Role::Biller, None).await;
        let zone = zone();
        clock.pass_us(clock.now().end_of_day(&zone).since_us(clock.now()) - MINUTE_US);
        let create = |bill: &str| {
            let details = Details { capacity: Some(2), ..Details::default() };
            bill_scan(Action::BillCreate, "", bill).with(details)
        };
        let today = date_of(clock.now(), &zone);
        outcomes(&desk, &biller, vec![scan(Action::Parent, "SB00001", None), create("BEFORE")]).await;
        clock.pass_us(2 * MINUTE_US);
        outcomes(&desk, &biller, vec![scan(Action::Parent, "SB00002", None), create("AFTER")]).await;
        outcomes(&desk, &biller, vec![scan(Action::Child, "KID1", Some("SB00002"))]).await;
        let tomorrow = today.checked_add(1_i32.day()).expect("a day");
        let mut reader = test.db.read().await.expect("a reader");
        for (day, bill, accepted, hour) in [(today, "BEFORE", 1, 23), (tomorrow, "AFTER", 2, 0)] {
            let span = Range::day(day).bounds(&zone);
            assert_eq!(span.1.since_us(span.0), DAY_US);
            assert_eq!(span.0.0.rem_euclid(DAY_US), 18 * HOUR_US + 30 * MINUTE_US, "half past six UTC");
            let bills = eod::bills(reader.conn(), span.0, span.1).await.expect("bills");
            assert_eq!(bills.iter().map(|bill| bill.number.as_str()).collect::<Vec<_>>(), [bill]);
            let hours = scans::hours(reader.conn(), &Scope::All, span).await.expect("hours");
            let told: Vec<(usize, i64)> =
                hours.iter().map(|hour| (hour_of(hour.from, &zone), hour.counts.accepted())).collect();
            assert_eq!(told, [(hour, accepted)], "{day} on {}", test.db.name());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bill_is_reported_to_those_who_may_see_it() {
    for test in each_database().await {
        let (desk, _tasks) = desk(&test.db, Arc::new(TestClock::default()));
        let biller = person(&test.db, "meera", Role::Biller, None).await;
        let dispatcher = person(&test.db, "arjun", Role::Dispatcher, Some("lucknow")).await;
        let details = Details { capacity: Some(3), description: Some("to the mill".into()), ..Details::default() };
        outcomes(
            &desk,
            &dispatcher,
            vec![scan(Action::Parent, "SB00001", None), scan(Action::Child, "KID1", Some("SB00001"))],
        )
        .await;
        outcomes(
            &desk,
            &biller,
            vec![
                bill_scan(Action::BillCreate, "", "b/1").with(details),
                scan(Action::Parent, "SB00002", None),
                bill_scan(Action::BillLink, "SB00001", "b/1"),
                bill_scan(Action::BillLink, "SB00002", "b/1"),
            ],
        )
        .await;
        let key = BillNumber::parse("b/1").expect("a number").key();
        let mut reader = test.db.read().await.expect("a reader");
        for (scope, seen) in [
            (Scope::All, true),
            (Scope::Area(Area::new("lucknow")), true),
            (Scope::Area(Area::new("indore")), false),
            (Scope::Nothing, false),
        ] {
            let found = bills::one(reader.conn(), &key, &scope).await.expect("a look");
            assert_eq!(found.is_some(), seen, "{scope:?}");
            let Some(bill) = found else {
                assert_eq!(bills::children(reader.conn(), &key, &scope).await.expect("a look"), []);
                continue;
            };
            assert_eq!((bill.line.number.as_str(), bill.texts.description.as_str()), ("b/1", "to the mill"));
            assert_eq!((bill.line.parents, bill.line.children, bill.line.weights(30).variance_kg), (2, 1, -59));
            let parents: Vec<(&str, i64)> =
                bill.parents.iter().map(|parent| (parent.code.as_str(), parent.children)).collect();
            // The second one has no area: who sees one area only does not see it on a bill either.
            let all = [("SB00001", 1), ("SB00002", 0)];
            assert_eq!(parents, if scope == Scope::All { &all[..] } else { &all[..1] }, "{scope:?}");
            let children = bills::children(reader.conn(), &key, &scope).await.expect("a look");
            assert_eq!(
                children.iter().map(|child| child.parent.as_str()).collect::<Vec<_>>(),
                ["SB00001"],
                "{scope:?}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_report_reads_a_whole_table() {
    let test = each_database().await.remove(0);
    let plans = plans(&test.db).await.expect("plans");
    assert!(plans.len() > 30, "{plans:?}");
    for plan in plans {
        let step = plan.split(": ").last().unwrap_or_default();
        // Entries of the trail by their numbers, up to a budget; the people of a site, who are some hundred; the index of
        // bills for a year, which is tens of thousands of entries; and what a subquery made.
        let is_meant = [
            (step == "SCAN audit", "select at, action, entity_type"),
            (step == "SCAN r", "select (select count(*) from bags where area"),
            (step == "SCAN t", "select a.username as person, p.parents"),
            (step == "SCAN b USING COVERING INDEX bills_by_person_status", "select a.called as person, g.*"),
        ]
        .iter()
        .any(|(is_step, begin)| *is_step && plan.starts_with(begin));
        let is_small = ["SCAN g", "SCAN s", "SCAN e", "SCAN p", "SCAN CONSTANT ROW"].contains(&step);
        assert!(!step.starts_with("SCAN") || is_meant || is_small, "{plan}");
        assert!(!step.ends_with("bags_by_area (area=?)"), "all bags of an area: {plan}");
    }
}
