//! A small site with some of everything: areas, parents, children, bills, people, refused scans, removed bags.

use std::sync::Arc;

use bags_rules::scan::{Action, Details, Scan};
use bags_store::bag::{BagFilter, BagLine};
use bags_store::scan::{ScanFilter, ScanLine};
use bags_store::{bag, scan};
use base_core::account::Actor;
use base_core::area::{Area, Scope};
use base_core::permission::Role;
use base_core::time::{Clock, HOUR_US, Moment};
use base_db::Db;
use rand::prelude::*;
use rand::rngs::StdRng;
use tallyhouse_support::{TestClock, TestDb, bill_scan, desk, outcomes, person, scan as one_scan};

/// A site with what happened in it, and everything as it is stored.
pub struct Site {
    pub test: TestDb,
    pub people: Vec<Actor>,
    pub names: Vec<&'static str>,
    pub bags: Vec<BagLine>,
    pub scans: Vec<ScanLine>,
    pub began: Moment,
}

impl Site {
    pub fn db(&self) -> &Db {
        &self.test.db
    }

    pub async fn fill(test: TestDb, seed: u64) -> Self {
        let clock = Arc::new(TestClock::default());
        let (desk, _tasks) = desk(&test.db, clock.clone());
        let mut random = StdRng::seed_from_u64(seed);
        let people = vec![
            person(&test.db, "arjun", Role::Dispatcher, Some("lucknow")).await,
            person(&test.db, "ravi", Role::Dispatcher, Some("indore")).await,
            person(&test.db, "meera", Role::Biller, None).await,
            person(&test.db, "asha", Role::Admin, None).await,
        ];
        let began = clock.now();
        for bill in 0..4 {
            let create = bill_scan(Action::BillCreate, "", &format!("bill-{bill}"))
                .with(Details { capacity: Some(6), ..Details::default() });
            outcomes(&desk, &people[2], vec![create]).await;
        }
        for _ in 0..24 {
            clock.pass_us(6 * HOUR_US);
            let actor = people.choose(&mut random).expect("somebody");
            let scans = (0..random.random_range(10..40)).map(|_| any(&mut random)).collect();
            outcomes(&desk, actor, scans).await;
        }
        let (bags, scans) = everything(&test.db).await;
        assert!(bags.len() > 80 && scans.len() > 300, "{} bags, {} scans", bags.len(), scans.len());
        let names = vec!["arjun", "ravi", "meera", "asha"];
        Self { test, people, names, bags, scans, began }
    }
}

/// Everything, as lists without filters return it.
pub async fn everything(db: &Db) -> (Vec<BagLine>, Vec<ScanLine>) {
    let mut reader = db.read().await.expect("a reader");
    let all = bag::list(reader.conn(), &BagFilter::default(), &Scope::All, None, 10_000).await.expect("bags");
    assert!(all.next.is_none());
    let scans = scan::list(reader.conn(), &ScanFilter::default(), &Scope::All, None, 10_000).await.expect("scans");
    assert!(scans.next.is_none());
    (all.lines, scans.lines)
}

pub fn areas() -> [Scope; 4] {
    [Scope::All, Scope::Area(Area::new("lucknow")), Scope::Area(Area::new("indore")), Scope::Nothing]
}

fn any(random: &mut StdRng) -> Scan {
    let parent = if random.random_bool(0.5) {
        format!("SB{:05}", random.random_range(0..20))
    } else {
        format!("M444-{:05}", random.random_range(0..10))
    };
    let child = format!("K{}D{:03}", random.random_range(0..3), random.random_range(0..90));
    let bill = format!("bill-{}", random.random_range(0..4));
    match random.random_range(0..30) {
        0..8 => one_scan(Action::Parent, &parent, None),
        8..20 => one_scan(Action::Child, &child, Some(&parent)),
        20 => one_scan(Action::Unlink, &child, None),
        21 => one_scan(Action::Relink, &child, Some(&parent)),
        22 => one_scan(Action::Undo, "", Some(&parent)),
        23 => one_scan(Action::DeleteContents, &parent, None),
        24 => one_scan(Action::Register, &child, None),
        25..28 => bill_scan(Action::BillLink, &parent, &bill),
        28 => bill_scan(Action::BillEnter, &parent, &bill),
        _ => {
            let code = |_| format!("SET{:04}", random.random_range(0..200));
            let children = (0..4).map(code).collect();
            one_scan(Action::SetChildren, &parent, None).with(Details { children, ..Details::default() })
        }
    }
}
