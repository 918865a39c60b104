//! Tokens that people make for themselves: less than their owner, with an end.

use axum::http::{Method, StatusCode};
use base_core::permission::Role;
use base_core::time::{DAY_US, SECOND_US};
use serde_json::{Value, json};

use crate::common::{Site, each_site};
use crate::visitor::{Visitor, text_of};

async fn signed_in(site: &Site, name: &str, role: Role, area: Option<&str>) -> Visitor {
    site.person(name, role, area).await;
    let mut visitor = Visitor::new(site, "203.0.113.5");
    visitor.sign_in(name).await;
    visitor
}

async fn make(visitor: &mut Visitor, body: Value) -> Result<String, (StatusCode, String)> {
    let answer = visitor.call(Method::POST, "/api/v1/tokens", Some(body)).await;
    match answer.status {
        StatusCode::CREATED => Ok(answer.json()["token"].as_str().expect("a token").to_owned()),
        status => Err((status, answer.json()["field"].as_str().unwrap_or_default().to_owned())),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_does_what_was_chosen_and_never_more_than_its_owner() {
    for site in each_site().await {
        let mut biller = signed_in(&site, "priya", Role::Biller, None).await;
        let only = make(&mut biller, json!({ "name": "reader", "permissions": ["bag.read"], "days": 7 })).await;
        let only = only.expect("a token");
        assert_eq!(site.get("/api/v1/bags", &only).await.status, StatusCode::OK);
        assert_eq!(site.get("/api/v1/bills", &only).await.status, StatusCode::FORBIDDEN);
        let all = make(&mut biller, json!({ "name": "all", "days": 7 })).await.expect("a token");
        assert_eq!(site.get("/api/v1/bills", &all).await.status, StatusCode::OK);
        let wrong = |body: Value| body;
        for (body, field) in [
            (wrong(json!({ "name": "x", "permissions": ["account.manage"], "days": 7 })), "permissions"),
            (wrong(json!({ "name": "x", "permissions": [], "days": 7 })), "permissions"),
            (wrong(json!({ "name": " ", "days": 7 })), "name"),
            (wrong(json!({ "name": "x", "days": 0 })), "days"),
            (wrong(json!({ "name": "x", "days": 731 })), "days"),
            (wrong(json!({ "name": "x", "area": "nowhere", "days": 7 })), "area"),
        ] {
            let refused = make(&mut biller, body.clone()).await.expect_err("refused");
            assert_eq!(refused, (StatusCode::UNPROCESSABLE_ENTITY, field.to_owned()), "{body}");
        }
        let by_token = site.post_json("/api/v1/tokens", &all, r#"{"name":"child","days":7}"#).await;
        assert_eq!(by_token.status, StatusCode::FORBIDDEN, "a token makes no token");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_of_one_area_sees_that_area_alone() {
    for site in each_site().await {
        let scanner = site.token("scanner", Role::Dispatcher, Some("indore")).await;
        site.scans(&scanner, &[site.scan("\"action\":\"parent\",\"code\":\"SB00001\"")]).await;
        let mut biller = signed_in(&site, "priya", Role::Biller, None).await;
        for (area, status) in [("indore", StatusCode::OK), ("lucknow", StatusCode::NOT_FOUND)] {
            let token = make(&mut biller, json!({ "name": area, "area": area, "days": 7 })).await.expect("a token");
            assert_eq!(site.get("/api/v1/bags/SB00001", &token).await.status, status, "{area}");
        }
        let mut dispatcher = signed_in(&site, "arjun", Role::Dispatcher, Some("lucknow")).await;
        let other = make(&mut dispatcher, json!({ "name": "x", "area": "indore", "days": 7 })).await;
        assert_eq!(other.expect_err("refused").1, "area");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_ends_by_itself_and_at_once_when_it_is_revoked() {
    for site in each_site().await {
        let mut biller = signed_in(&site, "priya", Role::Biller, None).await;
        let short = make(&mut biller, json!({ "name": "short", "days": 1 })).await.expect("a token");
        let long = make(&mut biller, json!({ "name": "long", "days": 30 })).await.expect("a token");
        assert_eq!(site.get("/api/v1/me", &short).await.status, StatusCode::OK);
        site.clock.pass_us(DAY_US + SECOND_US);
        assert_eq!(site.get("/api/v1/me", &short).await.status, StatusCode::UNAUTHORIZED, "it has run out");
        assert_eq!(site.get("/api/v1/me", &long).await.status, StatusCode::OK);
        let tokens = site.get("/api/v1/tokens", &long).await.json();
        let line =
            &tokens["tokens"].as_array().expect("tokens").iter().find(|one| one["name"] == "long").expect("it").clone();
        assert!(line["used_at"].is_string(), "{line}");
        let mut biller = Visitor::new(&site, "203.0.113.5");
        biller.sign_in("priya").await;
        let mut other = signed_in(&site, "asha", Role::Admin, None).await;
        let path = format!("/api/v1/tokens/{}", line["id"]);
        assert_eq!(other.call(Method::DELETE, &path, None).await.status, StatusCode::NOT_FOUND, "not somebody else's");
        let page = biller.get("/profile/tokens").await.body;
        assert!(page.contains(">long</th>") && page.contains("Expired"), "{page}");
        let id = line["id"].to_string();
        biller.submit("/profile/tokens/revoke", &[("id", &id)]).await;
        assert_eq!(site.get("/api/v1/me", &long).await.status, StatusCode::UNAUTHORIZED, "at once");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_makes_a_token_and_shows_it_once() {
    for site in each_site().await {
        let mut biller = signed_in(&site, "priya", Role::Biller, None).await;
        let fields =
            [("name", "scales"), ("days", "7"), ("area", ""), ("permission", "bag.read"), ("permission", "bill.read")];
        let made = biller.submit("/profile/tokens", &fields).await;
        let token = text_of(&made.body, "made");
        assert!(token.starts_with("tally_"), "{}", made.body);
        assert_eq!(site.get("/api/v1/bills", &token).await.status, StatusCode::OK);
        let later = biller.get("/profile/tokens").await.body;
        assert!(!later.contains(&token) && later.contains("bag.read bill.read"), "{later}");
        let wrong = biller.submit("/profile/tokens", &[("name", "x"), ("days", "7")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(text_of(&wrong.body, "fault"), "Choose what it may do.");
    }
}
