//! What anybody can cause is counted in the trail, and no proof of one kind is taken for another.

use std::net::SocketAddr;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use base_core::permission::Role;
use base_core::time::MINUTE_US;
use base_records::audit;
use serde_json::{Value, json};

use crate::common::{Answer, Site, each_site, each_site_with};

/// Sends the sign-in form from an address.
async fn sign_in_from(site: &Site, address: &str, more: &str) -> Answer {
    let form = site.get_with_cookie("/login", "").await;
    let cookie = format!("__Host-tallyhouse-form={}", form.cookie("__Host-tallyhouse-form").expect("a form cookie"));
    let (_, rest) = form.body.split_once("name=\"csrf\" value=\"").expect("a proof in the form");
    let csrf = rest.split('"').next().expect("a value");
    let peer: SocketAddr = address.parse().expect("an address");
    let request = Request::post("/login")
        .header(header::COOKIE, cookie)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .extension(peer);
    let body = format!("username=nobody&password=x&csrf={csrf}{more}");
    site.send(request.body(Body::from(body)).expect("a request")).await
}

/// Action, address and what the entry says, of all entries.
async fn counted(site: &Site) -> Vec<(String, String, Value)> {
    let lines = audit::latest(&site.db, 100).await.expect("the trail").into_iter().rev();
    let said = |text: Option<String>| serde_json::from_str(&text.unwrap_or_default()).unwrap_or(Value::Null);
    lines.map(|line| (line.action, line.address, said(line.after))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn sign_ins_over_the_limit_are_one_entry_for_each_address_and_minute() {
    for site in each_site_with(|settings| base_web::Settings { sign_ins_per_minute: 1, ..settings }).await {
        let mut refused = 0;
        for n in 0..30 {
            // Two addresses of one network count as one.
            let address = format!("[2001:db8:1:2::{:x}]:4711", n % 2 + 1);
            refused += i32::from(sign_in_from(&site, &address, "").await.status == StatusCode::TOO_MANY_REQUESTS);
        }
        assert_eq!(refused, 29);
        for _ in 0..5 {
            sign_in_from(&site, "10.1.2.3:4711", "&hp_email=a%40b").await;
        }
        assert_eq!(counted(&site).await, [], "nothing is listed");
        site.app.note_refusals().await;
        site.clock.pass_us(MINUTE_US);
        site.app.note_refusals().await;
        site.app.note_all_refusals().await;
        let found = counted(&site).await;
        let of = |action: &str, address: &str| -> i64 {
            let fits = found.iter().filter(|(a, from, _)| a == action && from == address);
            fits.map(|(_, _, after)| after["count"].as_i64().expect("a count")).sum()
        };
        assert_eq!(of("rate_limit_exceeded", "2001:db8:1:2::"), 29, "{found:?}");
        assert_eq!(of("login_honeypot", "10.1.2.3"), 5, "{found:?}");
        assert_eq!(of("login_failed", "2001:db8:1:2::"), 1, "{found:?}");
        // A minute may have ended on the way.
        assert!((3..=6).contains(&found.len()), "{found:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn failed_sign_ins_within_the_limit_are_one_entry_for_each_address_and_minute() {
    for site in each_site().await {
        for n in 0..12 {
            let refused = sign_in_from(&site, &format!("[2001:db8:1:2::{n:x}]:4711"), "").await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        }
        assert_eq!(counted(&site).await, [], "nothing is listed, and no address is kept");
        site.app.note_all_refusals().await;
        let found = counted(&site).await;
        assert!((2..=3).contains(&found.len()), "a minute may have ended on the way: {found:?}");
        let of = |action: &str| -> i64 {
            let fits = found.iter().filter(|(a, ..)| a == action);
            fits.filter_map(|(_, _, after)| after["count"].as_i64()).sum()
        };
        // The name that nobody has is locked for this network like one that somebody has.
        assert_eq!((of("login_failed"), of("login_locked")), (5, 7), "{found:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_forbidden_is_in_the_trail() {
    for site in each_site().await {
        let token = site.token("arjun", Role::Dispatcher, Some("lucknow")).await;
        site.person("meera", Role::Biller, None).await;
        let (cookie, _) = site.sign_in("meera").await;
        let before = counted(&site).await.len();
        for _ in 0..3 {
            assert_eq!(site.get("/api/v1/imports", &token).await.status, StatusCode::FORBIDDEN);
        }
        assert_eq!(site.get_with_cookie("/imports", &cookie).await.status, StatusCode::FORBIDDEN);
        assert_eq!(site.post_form("/logout", &cookie, "csrf=no".into()).await.status, StatusCode::FORBIDDEN);
        site.app.note_all_refusals().await;
        let found = counted(&site).await.split_off(before);
        let of = |code: &str| -> i64 {
            let fits = found.iter().filter(|(action, _, after)| action == "request_refused" && after["code"] == *code);
            fits.map(|(_, _, after)| after["count"].as_i64().expect("a count")).sum()
        };
        assert_eq!((of("not_allowed"), of("csrf")), (4, 1), "{found:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cookie_is_no_token_and_a_token_no_cookie_not_even_within_the_second() {
    for site in each_site().await {
        let token = site.token("arjun", Role::Admin, None).await;
        site.person("meera", Role::Admin, None).await;
        let (cookie, _) = site.sign_in("meera").await;
        let session = cookie.split_once('=').expect("a value").1;
        for _ in 0..2 {
            assert_eq!(site.get("/api/v1/me", &token).await.status, StatusCode::OK);
            assert_eq!(site.get_with_cookie("/api/v1/me", &cookie).await.status, StatusCode::OK);
            assert_eq!(site.get("/api/v1/me", session).await.status, StatusCode::UNAUTHORIZED);
            let as_cookie = format!("__Host-tallyhouse={token}");
            assert_eq!(site.get_with_cookie("/api/v1/me", &as_cookie).await.status, StatusCode::UNAUTHORIZED);
        }
        let scan = json!({ "scans": [] }).to_string();
        let unproven = site.post_json("/api/v1/scans", session, scan).await;
        assert_eq!(unproven.status, StatusCode::UNAUTHORIZED, "no way around the proof");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn cursors_of_scans_tell_whoever_is_limited_nothing() {
    for site in each_site().await {
        let lucknow = site.token("arjun", Role::Dispatcher, Some("lucknow")).await;
        let admin = site.token("asha", Role::Admin, None).await;
        let scans: Vec<String> =
            (1..=3).map(|n| site.scan(&format!("\"action\":\"parent\",\"code\":\"SB0000{n}\""))).collect();
        site.scans(&lucknow, &scans).await;
        let page = site.get("/api/v1/scans?limit=1", &lucknow).await.json();
        let cursor = page["next_cursor"].as_str().expect("a second page").to_owned();
        let open = site.get("/api/v1/scans?limit=1", &admin).await.json();
        let open = open["next_cursor"].as_str().expect("a second page").to_owned();
        assert!(cursor.len() > 2 * open.len(), "{cursor} is sealed, {open} is not");
        let next = site.get(&format!("/api/v1/scans?limit=1&cursor={cursor}"), &lucknow).await;
        assert_eq!(next.json()["scans"][0]["code"], "SB00002", "{}", next.body);
        let made_up = site.get(&format!("/api/v1/scans?limit=1&cursor={open}"), &lucknow).await;
        assert_eq!(made_up.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", made_up.body);
    }
}
