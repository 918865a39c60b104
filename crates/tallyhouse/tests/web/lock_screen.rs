//! The lock screen instead of a lost session, and the end of sessions.

use axum::http::{Method, StatusCode, header};
use base_core::permission::Role;
use base_core::time::MINUTE_US;
use serde_json::json;

use crate::common::{PASSWORD, Site, each_site};
use crate::visitor::{DEVICE, SESSION, Visitor, text_of};

const WRONG: &str = "Wrong-Password-1";

async fn arjun(site: &Site) -> Visitor {
    site.person("arjun", Role::Dispatcher, Some("lucknow")).await;
    let mut visitor = Visitor::new(site, "203.0.113.5");
    visitor.sign_in("arjun").await;
    visitor
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_session_locks_and_its_person_goes_on_with_their_password_where_they_were() {
    for site in each_site().await {
        let mut visitor = arjun(&site).await;
        let scan = site.scan("\"action\":\"parent\",\"code\":\"SB00001\"");
        let body = format!("{{\"scans\":[{scan}]}}");
        let body = serde_json::from_str(&body).expect("JSON");
        assert_eq!(visitor.call(Method::POST, "/api/v1/scans", Some(body)).await.status, StatusCode::OK);
        site.clock.pass_us(31 * MINUTE_US);

        let page = visitor.get("/bags?type=parent").await;
        assert_eq!(page.headers[header::LOCATION], "/lock?next=/bags%3Ftype%3Dparent");
        let late = site.scan("\"action\":\"parent\",\"code\":\"SB00002\"");
        let late: serde_json::Value = serde_json::from_str(&format!("{{\"scans\":[{late}]}}")).expect("JSON");
        let waits = visitor.call(Method::POST, "/api/v1/scans", Some(late.clone())).await;
        assert_eq!((waits.status, waits.json()["code"].as_str()), (StatusCode::UNAUTHORIZED, Some("session_locked")));
        let status = visitor.get("/api/session/status").await.json();
        assert_eq!((&status["locked"], &status["show_warning"]), (&json!(true), &json!(false)));

        let fields = [("password", WRONG)];
        let wrong = visitor.fill("/lock?next=/bags?type=parent", "/lock", &fields).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(text_of(&wrong.body, "fault"), "The password is wrong.");
        let right = visitor.fill("/lock?next=/bags?type=parent", "/lock", &[("password", PASSWORD)]).await;
        assert_eq!(right.headers[header::LOCATION], "/bags?type=parent", "{}", right.body);
        let me = visitor.get("/api/v1/me").await.json();
        assert_eq!(me["selected_parent"]["code"], "SB00001", "what they had in hand is still there");
        let sent = visitor.call(Method::POST, "/api/v1/scans", Some(late)).await;
        assert_eq!(sent.json()["results"][0]["outcome"], "parent_created", "{}", sent.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_locks_their_screen_and_the_api_resumes_it() {
    for site in each_site().await {
        let mut visitor = arjun(&site).await;
        let mut other = Visitor::new(&site, "203.0.113.6");
        other.sign_in("arjun").await;
        let locked = visitor.submit("/lock/now", &[("next", "/bags")]).await;
        assert_eq!(locked.headers[header::LOCATION], "/lock?next=%2Fbags");
        assert!(!visitor.is_in().await && other.is_in().await, "this screen alone");
        assert_eq!(visitor.call(Method::POST, "/api/session/stay", None).await.status, StatusCode::UNAUTHORIZED);
        let resume = async |visitor: &mut Visitor, password: &str| {
            visitor.call(Method::POST, "/api/session/resume", Some(json!({ "password": password }))).await.status
        };
        assert_eq!(resume(&mut visitor, WRONG).await, StatusCode::UNPROCESSABLE_ENTITY);
        let mut foreign = visitor.clone();
        let proof = foreign.post("/lock", &[("password", PASSWORD), ("csrf", "wrong")]).await;
        assert_eq!(proof.status, StatusCode::FORBIDDEN);
        assert_eq!(resume(&mut visitor, PASSWORD).await, StatusCode::NO_CONTENT);
        assert!(visitor.is_in().await);
        assert_eq!(visitor.call(Method::POST, "/api/session/lock", None).await.status, StatusCode::NO_CONTENT);
        for _ in 0..5 {
            resume(&mut visitor, WRONG).await;
        }
        assert_eq!(
            resume(&mut visitor, PASSWORD).await,
            StatusCode::UNPROCESSABLE_ENTITY,
            "a lock screen has five tries"
        );
        assert!(other.is_in().await, "and nobody else is touched");
        let out = visitor.fill("/lock", "/logout", &[]).await;
        assert_eq!(out.headers[header::LOCATION], "/login", "signing out works while it is locked");
        assert!(!visitor.cookies.contains_key(SESSION) && visitor.cookies.contains_key(DEVICE));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn asking_how_long_a_session_lasts_does_not_keep_it_and_staying_does_until_its_end() {
    for site in each_site().await {
        let mut visitor = arjun(&site).await;
        for _ in 0..2 {
            site.clock.pass_us(13 * MINUTE_US);
            visitor.get("/api/session/status").await;
        }
        let status = visitor.get("/api/session/status").await.json();
        assert_eq!((&status["show_warning"], &status["ends"]), (&json!(true), &json!(false)), "{status}");
        let stayed = visitor.call(Method::POST, "/api/session/stay", None).await.json();
        assert_eq!(stayed["show_warning"], false);
        assert!(stayed["time_remaining_seconds"].as_i64().is_some_and(|left_s| left_s > 1700), "{stayed}");
        site.clock.pass_us(29 * MINUTE_US);
        let near = visitor.get("/api/session/status").await.json();
        assert_eq!((&near["show_warning"], &near["ends"]), (&json!(true), &json!(false)), "{near}");
        visitor.call(Method::POST, "/api/session/stay", None).await;
        let end = visitor.get("/api/session/status").await.json();
        assert_eq!((&end["show_warning"], &end["ends"]), (&json!(true), &json!(true)), "{end}");
        site.clock.pass_us(5 * MINUTE_US);
        assert!(!visitor.is_in().await, "the hour is over");
        let page = visitor.get("/login?next=/bags").await.body;
        assert!(text_of(&page, "notice").starts_with("Your session has ended"), "{page}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_again_ends_the_session_before_and_no_token_of_a_stranger_becomes_one() {
    for site in each_site().await {
        let mut visitor = arjun(&site).await;
        let before = visitor.cookies[SESSION].clone();
        visitor.sign_in("arjun").await;
        assert_ne!(visitor.cookies[SESSION], before);
        let old = site.get_with_cookie("/api/v1/me", &format!("{SESSION}={before}")).await;
        assert_eq!(old.status, StatusCode::UNAUTHORIZED, "the same browser has one session");

        let planted = "ab".repeat(32);
        let mut fixed = Visitor::new(&site, "203.0.113.7");
        fixed.cookies.insert(SESSION.into(), planted.clone());
        fixed.sign_in("arjun").await;
        assert_ne!(fixed.cookies[SESSION], planted);
        let opened = site.get_with_cookie("/api/v1/me", &format!("{SESSION}={planted}")).await;
        assert_eq!(opened.status, StatusCode::UNAUTHORIZED, "a token that somebody planted opens nothing");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_sends_a_form_too_late_comes_back_to_its_page() {
    let site = each_site().await.remove(0);
    let mut visitor = arjun(&site).await;
    let sent = async |visitor: &mut Visitor, page: &str| {
        let request = axum::http::Request::post("/bags/KID1/relink")
            .header(header::COOKIE, format!("{SESSION}={}", visitor.cookies[SESSION]))
            .header(header::REFERER, page)
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let answer = site.send(request.body("other=SB00002".into()).expect("a request")).await;
        answer.headers[header::LOCATION].to_str().expect("text").to_owned()
    };
    site.clock.pass_us(31 * MINUTE_US);
    let locked = sent(&mut visitor, "https://site.example/bags/KID1?children=1").await;
    assert_eq!(locked, "/lock?next=%2Fbags%2FKID1%3Fchildren%3D1%23unsaved");
    site.clock.pass_us(31 * MINUTE_US);
    assert_eq!(sent(&mut visitor, "https://site.example/bags/KID1").await, "/login?next=%2Fbags%2FKID1%23unsaved");
    assert_eq!(sent(&mut visitor, "nonsense").await, "/login?next=%2F%23unsaved");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_to_sign_out_asks_first() {
    for site in each_site().await {
        let mut visitor = arjun(&site).await;
        let page = visitor.get("/logout").await;
        assert_eq!(page.status, StatusCode::OK);
        assert_eq!(page.body.matches("<button").count(), 1, "{}", page.body);
        assert!(visitor.is_in().await, "a link alone ends nothing");
        let out = visitor.fill("/logout", "/logout", &[]).await;
        assert_eq!(
            (out.status, &out.headers["clear-site-data"]),
            (StatusCode::SEE_OTHER, &"\"cache\"".parse().unwrap())
        );
        assert!(!visitor.is_in().await);
        assert_eq!(visitor.get("/logout").await.headers[header::LOCATION], "/login");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_locks_the_screen_before_they_chose_a_password_goes_on_with_the_one_they_were_given() {
    for site in each_site().await {
        let admin = site.token("asha", Role::Admin, None).await;
        site.person("arjun", Role::Biller, None).await;
        let path = format!("/api/v1/accounts/{}/password", crate::users::id_of(&site, "arjun").await);
        let given = site.post_json(&path, &admin, "{}").await.json()["password"].as_str().expect("one").to_owned();
        let mut visitor = Visitor::new(&site, "203.0.113.5");
        assert_eq!(visitor.sign_in_with("arjun", &given).await.status, StatusCode::SEE_OTHER);
        visitor.submit("/lock/now", &[("next", "/profile/password")]).await;
        let wrong = visitor.fill("/lock", "/lock", &[("password", WRONG)]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        let resumed = visitor.fill("/lock?next=/profile/password", "/lock", &[("password", &given)]).await;
        assert_eq!(resumed.headers[header::LOCATION], "/profile/password", "{}", resumed.body);
        assert_eq!(visitor.get("/bags").await.headers[header::LOCATION], "/profile/password", "and nowhere else");
        let mut stranger = Visitor::new(&site, "203.0.113.6");
        let again = stranger.sign_in_with("arjun", &given).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "it signs in once");
        let chosen = [("new_password", PASSWORD), ("again", PASSWORD)];
        assert_eq!(visitor.submit("/profile/password", &chosen).await.status, StatusCode::SEE_OTHER);
        assert_eq!(visitor.get("/bags").await.status, StatusCode::OK);
    }
}
