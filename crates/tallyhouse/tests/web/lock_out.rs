//! Who knows a name neither keeps its owner out nor slows anybody down, and learns nothing.

use std::time::{Duration, Instant};

use axum::http::{StatusCode, header};
use base_core::permission::Role;
use base_core::realm::Realm;
use base_core::time::MINUTE_US;
use base_records::account;
use futures_util::future::join_all;
use serde_json::Value;

use crate::common::{Answer, PASSWORD, Site, each_site, each_site_with};
use crate::visitor::{DEVICE, Visitor, text_of};

const WRONG: &str = "Wrong-Password-1";

fn usual(settings: base_web::Settings) -> base_web::Settings {
    base_web::Settings { sign_ins_per_minute: 10, ..settings }
}

fn is_in(answer: &Answer) -> bool {
    answer.status == StatusCode::SEE_OTHER
}

/// So many wrong passwords, one after the other.
async fn guess(visitor: &mut Visitor, name: &str, times: usize) -> Vec<StatusCode> {
    let mut answered = Vec::new();
    for _ in 0..times {
        answered.push(visitor.sign_in_with(name, WRONG).await.status);
    }
    answered
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_locks_an_account_for_their_own_address_alone_and_for_longer_each_time() {
    for site in each_site_with(usual).await {
        site.person("arjun", Role::Dispatcher, Some("lucknow")).await;
        let mut stranger = Visitor::new(&site, "198.51.100.7");
        assert_eq!(guess(&mut stranger, "arjun", 5).await, [StatusCode::UNPROCESSABLE_ENTITY; 5]);
        assert!(!is_in(&stranger.sign_in_with("arjun", PASSWORD).await), "locked for this address");
        assert!(is_in(&Visitor::new(&site, "203.0.113.5").sign_in_with("arjun", PASSWORD).await));
        site.clock.pass_us(31 * MINUTE_US);
        guess(&mut stranger, "arjun", 5).await;
        site.clock.pass_us(31 * MINUTE_US);
        assert!(!is_in(&stranger.sign_in_with("arjun", PASSWORD).await), "the second pause is twice as long");
        site.clock.pass_us(31 * MINUTE_US);
        assert!(is_in(&stranger.sign_in_with("arjun", PASSWORD).await));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_failures_from_anywhere_lock_an_account_but_for_devices_that_signed_in_before() {
    for site in each_site_with(usual).await {
        site.person("arjun", Role::Dispatcher, Some("lucknow")).await;
        let mut owner = Visitor::new(&site, "203.0.113.5");
        owner.sign_in("arjun").await;
        // In two minutes, because one account has ten failures a minute from strangers.
        for round in 0..5 {
            let guesses = (0..2).map(|n| {
                let mut visitor = Visitor::new(&site, &format!("198.51.100.{}", round * 2 + n + 1));
                async move { guess(&mut visitor, "arjun", 5).await }
            });
            let answered: Vec<StatusCode> = join_all(guesses).await.into_iter().flatten().collect();
            assert_eq!(answered, [StatusCode::UNPROCESSABLE_ENTITY; 10], "round {round}");
            site.clock.pass_us(MINUTE_US + 1);
        }
        let fresh = |n: u8| Visitor::new(&site, &format!("192.0.2.{n}"));
        assert!(!is_in(&fresh(1).sign_in_with("arjun", PASSWORD).await), "locked for all who are not known");
        for _ in 0..2 {
            assert!(is_in(&owner.sign_in_with("arjun", PASSWORD).await), "their own device is judged by itself");
        }
        let mut forged = fresh(2);
        let cookie = owner.cookies[DEVICE].clone();
        forged.cookies.insert(DEVICE.to_owned(), cookie.replace('-', "-0"));
        assert!(!is_in(&forged.sign_in_with("arjun", PASSWORD).await), "nobody can make a device up");
        let mut tx = site.db.write().await.expect("a transaction");
        let id = account::find_id(&site.db, Realm::Staff, "arjun").await.expect("an answer").expect("an account");
        account::unlock(tx.conn(), id).await.expect("unlocked");
        tx.commit().await.expect("a commit");
        assert!(is_in(&fresh(3).sign_in_with("arjun", PASSWORD).await));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_known_device_has_five_tries_of_its_own() {
    for site in each_site_with(usual).await {
        site.person("arjun", Role::Dispatcher, Some("lucknow")).await;
        site.person("meera", Role::Biller, None).await;
        let mut shared = Visitor::new(&site, "203.0.113.5");
        shared.sign_in("arjun").await;
        shared.sign_in("meera").await;
        guess(&mut shared, "arjun", 5).await;
        assert!(!is_in(&shared.sign_in_with("arjun", PASSWORD).await), "whoever has the device cannot guess on");
        assert!(is_in(&shared.sign_in_with("meera", PASSWORD).await), "the others on it go on");
        assert!(is_in(&Visitor::new(&site, "203.0.113.5").sign_in_with("arjun", PASSWORD).await));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_has_ten_failures_a_minute_on_all_nodes_together_and_a_success_costs_nothing() {
    for site in each_site_with(usual).await {
        site.person("arjun", Role::Dispatcher, Some("lucknow")).await;
        let other = site.node();
        for n in 0..10 {
            let router = if n % 2 == 0 { &site.router } else { &other };
            let mut visitor = Visitor::at(router, "198.51.100.7");
            assert!(is_in(&visitor.clone().sign_in_with("arjun", PASSWORD).await), "after {n} failures");
            let answer = visitor.sign_in_with(&format!("nobody{n}"), WRONG).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{n}");
        }
        for router in [&site.router, &other] {
            let refused = Visitor::at(router, "198.51.100.7").sign_in_with("arjun", PASSWORD).await;
            assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
            let seconds: u32 = refused.headers[header::RETRY_AFTER].to_str().unwrap().parse().expect("seconds");
            assert!((1..=61).contains(&seconds), "{seconds}");
        }
        assert!(is_in(&Visitor::new(&site, "198.51.100.8").sign_in_with("arjun", PASSWORD).await));
        site.clock.pass_us(MINUTE_US + 1);
        assert!(is_in(&Visitor::new(&site, "198.51.100.7").sign_in_with("arjun", PASSWORD).await));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sending_many_guesses_at_once_gives_no_more_of_them() {
    for site in each_site_with(usual).await {
        site.person("arjun", Role::Dispatcher, Some("lucknow")).await;
        let guesses = (0..40).map(|_| {
            let mut visitor = Visitor::new(&site, "198.51.100.7");
            async move { visitor.sign_in_with("arjun", WRONG).await.status }
        });
        join_all(guesses).await;
        site.app.note_all_refusals().await;
        let entries = base_records::audit::latest(&site.db, 100).await.expect("the trail");
        let failed = entries.iter().filter(|entry| entry.action == "login_failed");
        let after = failed.filter_map(|entry| serde_json::from_str::<Value>(entry.after.as_deref()?).ok());
        // What locked it is listed, all else counted.
        let checked: i64 = after.map(|after| after["count"].as_i64().unwrap_or(1)).sum();
        assert!((5..=6).contains(&checked), "{checked} passwords were checked");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_people_behind_one_address_sign_in_within_a_minute() {
    for site in each_site_with(usual).await {
        let hash = base_secret::hash_password(PASSWORD, &crate::common::Chance);
        for n in 0..100 {
            tallyhouse_support::create_account(&site.db, &format!("person{n}"), Role::Biller, None, &hash).await;
        }
        let begun = Instant::now();
        let all = (0..100).map(|n| {
            let mut visitor = Visitor::new(&site, "203.0.113.5");
            async move { visitor.sign_in_with(&format!("person{n}"), PASSWORD).await }
        });
        let answers = join_all(all).await;
        let refused: Vec<StatusCode> =
            answers.iter().map(|one| one.status).filter(|s| *s != StatusCode::SEE_OTHER).collect();
        assert!(refused.is_empty(), "none is refused: {refused:?}");
        let took = begun.elapsed();
        eprintln!("100 sign-ins on {}: {took:?}", site.db.name());
        assert!(took < Duration::from_mins(1), "{took:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_who_keep_all_turns_busy_do_not_hold_up_a_device_that_is_known() {
    for site in each_site_with(usual).await {
        site.person("arjun", Role::Dispatcher, Some("lucknow")).await;
        let mut owner = Visitor::new(&site, "203.0.113.5");
        owner.sign_in("arjun").await;
        let _busy = (site.app.password_turns.take(false).await, site.app.password_turns.take(false).await);
        let in_time = tokio::time::timeout(Duration::from_secs(5), owner.sign_in_with("arjun", PASSWORD)).await;
        assert!(is_in(&in_time.expect("without waiting for strangers")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn known_unknown_and_locked_names_read_the_same_and_take_the_same_time() {
    for site in each_site().await {
        site.person("arjun", Role::Dispatcher, Some("lucknow")).await;
        site.person("locked", Role::Biller, None).await;
        crate::customers::customer(&site, "buyer@example.com", PASSWORD).await;
        guess(&mut Visitor::new(&site, "198.51.100.7"), "locked", 5).await;
        let mut said = Vec::new();
        let mut medians = Vec::new();
        for name in ["arjun", "nobody-here", "locked", "buyer@example.com"] {
            let mut times = Vec::new();
            for n in 0..4 {
                // `arjun` must not be locked, too.
                let address = if name == "locked" { "198.51.100.7".to_owned() } else { format!("192.0.2.{n}") };
                let mut visitor = Visitor::new(&site, &address);
                visitor.get("/login").await;
                let begun = Instant::now();
                let answer = visitor.sign_in_with(name, WRONG).await;
                times.push(begun.elapsed());
                said.push((answer.status, text_of(&answer.body, "fault")));
            }
            times.sort();
            medians.push((name, times[1]));
        }
        said.dedup();
        assert_eq!(said.len(), 1, "{said:?}");
        eprintln!("{}: {medians:?}", site.db.name());
        let (least, most) = (medians.iter().map(|(_, t)| *t).min(), medians.iter().map(|(_, t)| *t).max());
        let apart = most.expect("times").saturating_sub(least.expect("times"));
        assert!(apart < Duration::from_millis(150), "{medians:?}");
    }
}

async fn where_to(site: &Site, next: &str) -> String {
    let mut visitor = Visitor::new(site, "203.0.113.5");
    let fields = [("username", "arjun"), ("password", PASSWORD), ("next", next)];
    let answer = visitor.fill("/login", "/login", &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    answer.headers[header::LOCATION].to_str().expect("text").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_leads_to_pages_of_this_site_alone() {
    let site = each_site().await.remove(0);
    site.person("arjun", Role::Dispatcher, Some("lucknow")).await;
    for next in
        ["https://evil.example/", "//evil.example/", "/\\evil.example", "/\\/evil.example", "evil", "/logout", "/lock"]
    {
        assert_eq!(where_to(&site, next).await, "/", "{next}");
    }
    assert_eq!(where_to(&site, "/bags?type=parent").await, "/bags?type=parent");
    let page = Visitor::new(&site, "203.0.113.5").get("/login?next=//evil.example").await.body;
    assert!(!page.contains("evil"), "not in the form either");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_password_manager_fills_what_only_programs_fill() {
    let site = each_site().await.remove(0);
    let page = Visitor::new(&site, "203.0.113.5").get("/login").await.body;
    let (before, field) = page.split_once("name=\"hp_email\"").expect("the field");
    assert!(before.contains("type=\"password\""), "it stands behind the password");
    let field = field.split('>').next().unwrap_or_default();
    for part in
        ["readonly", "tabindex=\"-1\"", "autocomplete=\"off\"", "data-1p-ignore", "data-lpignore", "data-bwignore"]
    {
        assert!(field.contains(part), "{part}: {field}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_cookie_is_ours_alone_and_only_the_device_stays() {
    let site = each_site().await.remove(0);
    site.person("arjun", Role::Dispatcher, Some("lucknow")).await;
    let mut visitor = Visitor::new(&site, "203.0.113.5");
    let form = visitor.get("/login").await;
    let signed = visitor.sign_in_with("arjun", PASSWORD).await;
    let cookies: Vec<String> = [form, signed]
        .iter()
        .flat_map(|answer| answer.headers.get_all(header::SET_COOKIE))
        .map(|line| line.to_str().expect("text").to_owned())
        .collect();
    assert_eq!(cookies.len(), 4, "{cookies:?}");
    for cookie in &cookies {
        assert!(cookie.starts_with("__Host-tallyhouse"), "{cookie}");
        for part in ["HttpOnly", "SameSite=Lax", "Secure", "Path=/"] {
            assert!(cookie.contains(part), "{cookie}");
        }
        assert!(!cookie.contains("Domain"), "{cookie}");
        let (stays, is_device) = (cookie.contains("Max-Age=34560000"), cookie.starts_with(DEVICE));
        assert_eq!(stays, is_device, "{cookie}");
    }
}
