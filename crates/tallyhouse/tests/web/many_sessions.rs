//! The list of sessions and its search with 100,000 sessions of staff and as many of customers: how long they take, and what
//! the server reads for them.

use std::time::{Duration, Instant};

use axum::http::StatusCode;
use base_core::permission::Role;
use base_core::realm::Realm;
use base_core::time::Clock;
use base_db::Db;
use base_records::account::NewAccount;
use base_records::session::sample::{Many, fill};
use tallyhouse_support::plans::PlanWatch;
use tallyhouse_support::{TestClock, postgres_filled};

use crate::common::{Site, each_site, site_over};

/// So many sessions of each realm, of so many people.
const SESSIONS: i64 = 100_000;
const PEOPLE: i64 = 2_000;
/// The longest that a page may take.
const PAGE_MAX: Duration = Duration::from_millis(100);
/// Most rows that one step of a plan may look at: the sessions of the 200 people that a search finds, and the people.
const ROWS_MAX: i64 = 10_500;

const ADDRESSES: [&str; 6] = [
    "/admin/sessions",
    "/admin/sessions?q=person0777",
    "/admin/sessions?q=person",
    "/admin/sessions?q=10.0.7.7",
    "/admin/sessions?q=nobody",
    "/admin/sessions?q=example.com",
];

async fn fill_both(db: &Db) {
    let now = TestClock::default().now();
    for realm in Realm::ALL {
        let mut tx = db.write().await.expect("a transaction");
        let mut first = None;
        for n in 0..PEOPLE {
            let new = NewAccount {
                realm,
                username: format!("person{n:04}"),
                email: Some(format!("person{n:04}@example.com")),
                password_hash: "no password".into(),
                roles: Vec::new(),
                area: None,
            };
            let id = base_records::account::create(tx.conn(), &new, now).await.expect("an answer");
            first = first.or(id);
        }
        tx.commit().await.expect("a commit");
        let first = first.expect("people");
        fill(db, Many { realm, first, people: PEOPLE, sessions: SESSIONS }, now).await.expect("sessions");
    }
}

/// Every address for both realms, and the second page of each.
async fn addresses(site: &Site, token: &str) -> Vec<String> {
    let mut all = Vec::new();
    for address in ADDRESSES {
        for realm in Realm::ALL {
            let mark = if address.contains('?') { '&' } else { '?' };
            let address = format!("{address}{mark}realm={}", realm.name());
            let page = site.get(&address, token).await;
            assert_eq!(page.status, StatusCode::OK, "{address}: {}", page.body);
            let next = page.body.split_once("&#38;cursor=").or_else(|| page.body.split_once("?cursor="));
            let cursor = next.and_then(|(_, rest)| rest.split('"').next());
            all.extend(cursor.map(|cursor| format!("{address}&cursor={cursor}")));
            all.push(address);
        }
    }
    assert!(all.len() >= 18, "most have a second page: {all:?}");
    all
}

#[tokio::test]
async fn no_page_of_100_000_sessions_reads_all_of_them() {
    let Some(test) = postgres_filled(fill_both).await else { return };
    let site = site_over(test, |settings| settings);
    let admin = site.token("meera", Role::Admin, None).await;
    let paths = addresses(&site, &admin).await;
    let watch = PlanWatch::default();
    // A plan is made for the values at hand a few times; from then on it may be one for any values.
    for _ in 0..6 {
        for path in &paths {
            assert_eq!(site.get(path, &admin).await.status, StatusCode::OK, "{path}");
            for plan in watch.take() {
                let of_all = |kind: &str, of: &str| kind == "Seq Scan" && of == "sessions";
                let is_too_much = plan.steps.iter().any(|step| of_all(&step.kind, &step.of) || step.rows > ROWS_MAX);
                assert!(!is_too_much, "{path}\n{plan}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "measures; run it by name on a machine that does nothing else"]
async fn the_list_and_its_search_take_less_than_a_tenth_of_a_second_with_100_000_sessions() {
    for site in each_site().await {
        fill_both(&site.db).await;
        let admin = site.token("meera", Role::Admin, None).await;
        for path in addresses(&site, &admin).await {
            let mut times = Vec::new();
            for _ in 0..5 {
                let begun = Instant::now();
                assert_eq!(site.get(&path, &admin).await.status, StatusCode::OK, "{path}");
                times.push(begun.elapsed());
            }
            times.sort();
            let path = path.chars().take(60).collect::<String>();
            eprintln!("{} {path}: {:?}", site.db.name(), times[2]);
            assert!(times[2] < PAGE_MAX, "{path}: {times:?}");
        }
    }
}
