//! Lists of sessions, and ending them: on this node at once, on another within a second.

use std::time::Duration;

use axum::http::{Method, StatusCode, header};
use base_core::permission::Role;
use base_core::realm::Realm;
use base_core::time::SECOND_US;
use base_records::account;
use serde_json::json;

use crate::common::{Site, each_site, each_site_with};
use crate::visitor::Visitor;

async fn signed_in(site: &Site, name: &str, role: Role, address: &str) -> Visitor {
    if account::find_id(&site.db, Realm::Staff, name).await.expect("an answer").is_none() {
        site.person(name, role, None).await;
    }
    let mut visitor = Visitor::new(site, address);
    visitor.sign_in(name).await;
    visitor
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_finds_sessions_and_ends_them_and_they_are_refused_at_once_and_soon_elsewhere() {
    for site in each_site().await {
        let mut admin = signed_in(&site, "meera", Role::Admin, "203.0.113.1").await;
        let mut one = signed_in(&site, "priya", Role::Biller, "203.0.113.2").await;
        let mut two = signed_in(&site, "priya", Role::Biller, "203.0.113.3").await;
        let other = site.node();
        let mut elsewhere = one.moved_to(&other);
        assert!(one.is_in().await && elsewhere.is_in().await);

        let found = admin.get("/api/v1/sessions?q=PRIY").await.json();
        let found = found["sessions"].as_array().expect("sessions").clone();
        assert_eq!(found.len(), 2);
        let by_address = admin.get("/api/v1/sessions?q=203.0.113.2").await.json();
        let id = by_address["sessions"][0]["id"].as_str().expect("a name").to_owned();
        assert_eq!(by_address["sessions"].as_array().expect("sessions").len(), 1);
        let page = admin.get("/admin/sessions?q=priya").await.body;
        assert!(
            page.contains("203.0.113.3") && page.contains("Firefox, Linux") && !page.contains("Select meera"),
            "{page}"
        );

        let ended = admin.call(Method::DELETE, &format!("/api/v1/sessions/{id}"), None).await;
        assert_eq!(ended.status, StatusCode::NO_CONTENT, "{}", ended.body);
        assert!(!one.is_in().await, "at the next request on this node");
        site.clock.pass_us(SECOND_US);
        assert!(!elsewhere.is_in().await, "within a second on another");
        assert!(two.is_in().await);
        let again = admin.call(Method::DELETE, &format!("/api/v1/sessions/{id}"), None).await;
        assert_eq!(again.status, StatusCode::NOT_FOUND);

        let mut three = signed_in(&site, "priya", Role::Biller, "203.0.113.4").await;
        let all = admin.submit("/admin/sessions/end-all", &[("person", "priya")]).await;
        assert_eq!(all.headers[header::LOCATION], "/admin/sessions?said=ended-2");
        assert!(!two.is_in().await && !three.is_in().await && admin.is_in().await);
        let said = admin.get("/admin/sessions?said=ended-2").await.body;
        assert!(said.contains("2 sessions ended."), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn people_see_and_end_their_own_sessions_alone() {
    for site in each_site().await {
        let mut admin = signed_in(&site, "meera", Role::Admin, "203.0.113.1").await;
        let mut one = signed_in(&site, "priya", Role::Biller, "203.0.113.2").await;
        let mut two = signed_in(&site, "priya", Role::Biller, "203.0.113.3").await;
        assert_eq!(one.get("/admin/sessions").await.status, StatusCode::FORBIDDEN);
        assert_eq!(one.get("/api/v1/sessions").await.status, StatusCode::FORBIDDEN);
        let own = one.get("/api/v1/me/sessions").await.json();
        let own = own["sessions"].as_array().expect("sessions").clone();
        assert_eq!(own.iter().filter(|session| session["is_this"] == true).count(), 1);
        assert_eq!(own.len(), 2);
        let of_admin = admin.get("/api/v1/me/sessions").await.json()["sessions"][0]["id"].clone();
        let path = format!("/api/v1/sessions/{}", of_admin.as_str().expect("a name"));
        assert_eq!(one.call(Method::DELETE, &path, None).await.status, StatusCode::NOT_FOUND, "not somebody else's");
        assert!(admin.is_in().await);
        let id = own.iter().find(|session| session["is_this"] == false).expect("the other")["id"].clone();
        let ended = one.submit("/profile/sessions/end", &[("id", id.as_str().expect("a name"))]).await;
        assert_eq!(ended.headers[header::LOCATION], "/profile/sessions?said=ended-1");
        assert!(one.is_in().await && !two.is_in().await);
        two.sign_in("priya").await;
        one.submit("/profile/sessions/end-others", &[]).await;
        assert!(one.is_in().await && !two.is_in().await);
        for id in ["", "zz", "%25", &"g".repeat(32), &"A".repeat(32)] {
            let tried = one.submit("/profile/sessions/end", &[("id", id)]).await;
            assert_eq!(tried.headers[header::LOCATION], "/profile/sessions?said=gone", "{id}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_has_more_sessions_than_the_site_allows() {
    let change = |mut settings: base_web::Settings| {
        settings.sign_in.sessions_max = 2;
        settings
    };
    for site in each_site_with(change).await {
        let mut first = signed_in(&site, "priya", Role::Biller, "203.0.113.1").await;
        let mut second = signed_in(&site, "priya", Role::Biller, "203.0.113.2").await;
        let mut third = signed_in(&site, "priya", Role::Biller, "203.0.113.3").await;
        assert!(!first.is_in().await && second.is_in().await && third.is_in().await, "the oldest ends");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_go_on_where_the_one_before_ended_and_a_cursor_is_sealed() {
    for site in each_site().await {
        let mut admin = signed_in(&site, "meera", Role::Admin, "203.0.113.1").await;
        for n in 2..6 {
            signed_in(&site, "priya", Role::Biller, &format!("203.0.113.{n}")).await;
        }
        let mut seen = Vec::new();
        let mut path = "/api/v1/sessions?limit=2".to_owned();
        loop {
            let page = admin.get(&path).await.json();
            seen.extend(page["sessions"].as_array().expect("sessions").iter().map(|one| one["id"].to_string()));
            let Some(cursor) = page["next_cursor"].as_str() else { break };
            assert!(cursor.starts_with("e1."), "{cursor}");
            path = format!("/api/v1/sessions?limit=2&cursor={cursor}");
        }
        assert_eq!(seen.len(), 5);
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 5, "each once");
        let made_up = admin.get("/api/v1/sessions?cursor=1").await;
        assert_eq!(
            (made_up.status, made_up.json()["field"].as_str()),
            (StatusCode::UNPROCESSABLE_ENTITY, Some("cursor"))
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feed_under_way_ends_with_its_session() {
    use axum::body::Body;
    use axum::http::Request;
    use http_body_util::BodyExt;
    use tower::ServiceExt;

    for site in each_site().await {
        let mut admin = signed_in(&site, "meera", Role::Admin, "203.0.113.1").await;
        let one = signed_in(&site, "priya", Role::Biller, "203.0.113.2").await;
        let cookie = format!("{}={}", crate::visitor::SESSION, one.cookies[crate::visitor::SESSION]);
        let request =
            Request::get("/api/v1/live").header(header::COOKIE, cookie).body(Body::empty()).expect("a request");
        let response = site.node().oneshot(request).await.expect("an answer");
        assert_eq!(response.status(), StatusCode::OK);
        let mut body = response.into_body();
        body.frame().await.expect("it begins").expect("a frame");
        admin.call(Method::POST, "/api/v1/sessions/end", Some(json!({ "person": "priya" }))).await;
        site.clock.pass_us(SECOND_US);
        let ends = async { while let Some(Ok(_)) = body.frame().await {} };
        // It looks again after each change and every 15 seconds at the latest.
        let ended = async {
            let scans = async {
                let token = site.token("scanner", Role::Biller, None).await;
                loop {
                    site.scans(&token, &[site.scan("\"action\":\"parent\",\"code\":\"SB00001\"")]).await;
                    tokio::time::sleep(Duration::from_millis(500)).await;
                }
            };
            tokio::select! { () = ends => {} () = scans => {} }
        };
        tokio::time::timeout(Duration::from_secs(20), ended).await.expect("the feed ends");
    }
}
