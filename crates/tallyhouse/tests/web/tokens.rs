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

/// The pages of people, each with the fields of its form: what is sent there changes something.
fn forms() -> Vec<String> {
    let tables = [include_str!("../../../people/web/src/routes.rs"), include_str!("../../../people/web/src/wing.rs")];
    let routes = tables.iter().flat_map(|table| table.split(".route(").skip(1));
    let with_form =
        routes.filter(|rest| rest.split("\n        .route").next().is_some_and(|rest| rest.contains("post(")));
    with_form.map(|rest| rest.split('"').nth(1).expect("an address").to_owned()).collect()
}

/// What a program cannot change with a token, however much it may: what else opens, and who its owner is.
const NOT_FOR_TOKENS: [(&str, &str, &str); 6] = [
    ("POST", "/api/v1/tokens", r#"{"name":"child","days":7}"#),
    ("DELETE", "/api/v1/tokens/{token}", ""),
    ("DELETE", "/api/v1/sessions/{session}", ""),
    ("POST", "/api/v1/sessions/end", r#"{"person":"asha"}"#),
    ("PATCH", "/api/v1/profile", r#"{"display_name":"Another"}"#),
    ("POST", "/api/v1/profile/password", r#"{"current_password":"Mustard-Field-7","new_password":"Coriander-Hill-9"}"#),
];

/// Calls that change something and are for tokens as well, each with the reason.
const FOR_TOKENS: [(&str, &str); 18] = [
    ("accounts", "looking after accounts is a permission that a token may have"),
    ("devices", "so is looking after devices"),
    ("promotions", "so is asking for a role, and deciding"),
    ("notifications", "so is having read a notice"),
    ("mails", "so is sending a mail again"),
    ("alerts", "so is trying whether alerts are told"),
    ("jobs", "so is running a job"),
    ("settings", "so is changing settings"),
    ("password-strength", "it changes nothing"),
    ("session", "it asks for the cookie of a session itself"),
    ("scans", "the work of the site"),
    ("gate", "the work of the site"),
    ("bags", "the work of the site"),
    ("bills", "the work of the site"),
    ("imports", "the work of the site"),
    ("exports", "the work of the site"),
    ("bill-weights", "the work of the site"),
    ("bill_summary", "the work of the site, as an earlier system called it"),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_token_changes_nothing_about_its_owner_and_about_what_else_opens() {
    for site in each_site().await {
        let mut asha = signed_in(&site, "asha", Role::Admin, None).await;
        let token = make(&mut asha, json!({ "name": "all", "days": 7 })).await.expect("a token");
        let session = asha.get("/api/v1/me/sessions").await.json()["sessions"][0]["id"].clone();
        let id = asha.get("/api/v1/tokens").await.json()["tokens"][0]["id"].to_string();
        let fill = |path: &str| path.replace("{token}", &id).replace("{session}", session.as_str().expect("an id"));
        for (method, path, body) in NOT_FOR_TOKENS {
            let method: Method = method.parse().expect("a method");
            let body = serde_json::from_str(body).unwrap_or(Value::Null);
            let answer = crate::users::send(&site, method, &fill(path), &token, &body).await;
            let told = (answer.status, answer.json()["code"].clone());
            assert_eq!(told, (StatusCode::FORBIDDEN, json!("not_for_tokens")), "{path}: {}", answer.body);
        }
        let forms = forms();
        assert!(forms.len() > 20 && forms.iter().any(|form| form == "/locale"), "{forms:?}");
        for path in &forms {
            let filled =
                path.replace("{id}", "1").replace("{action}", "unlock").replace("{name}", "people.registration");
            let request = axum::http::Request::post(filled.replace("{token}", "x"))
                .header(axum::http::header::AUTHORIZATION, format!("Bearer {token}"))
                .header(axum::http::header::CONTENT_TYPE, "application/x-www-form-urlencoded");
            let body = axum::body::Body::from("csrf=&locale=hi&value=false&id=1&username=asha&person=asha");
            let answer = site.send(request.body(body).expect("a request")).await;
            // What is for people who are not signed in, or for customers, knows no token: it shows its form, or leads to it.
            let is_outside = ["/login", "/register", "/forgot", "/reset", "/lock", "/logout", "/portal"]
                .iter()
                .any(|part| path.starts_with(part));
            assert!(is_outside || answer.status == StatusCode::FORBIDDEN, "{path}: {} {}", answer.status, answer.body);
        }
        let profile = asha.get("/api/v1/profile").await.json();
        assert_eq!((&profile["display_name"], &profile["language"]), (&Value::Null, &json!("en")));
        assert_eq!(site.get("/api/v1/me", &token).await.status, StatusCode::OK, "it is not revoked");
        assert!(asha.is_in().await, "and the session goes on");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_call_that_changes_something_is_known_to_be_for_tokens_or_not() {
    let site = each_site().await.remove(0);
    let document = site.get("/api/openapi.json", "").await.json();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for method in item.as_object().expect("operations").keys().filter(|method| *method != "get") {
            let method = method.to_uppercase();
            let refused = NOT_FOR_TOKENS.iter().any(|(of, known, _)| {
                *of == method
                    && known.split('{').next() == path.split('{').next()
                    && known.contains('{') == path.contains('{')
            });
            let noun = path.trim_start_matches("/api/").trim_start_matches("v1/").split('/').next().unwrap_or_default();
            let allowed = FOR_TOKENS.iter().any(|(known, _)| *known == noun);
            assert!(refused || allowed, "{method} {path}: may a token do this?");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_may_do_what_its_owner_may_at_this_moment() {
    for site in each_site().await {
        let token = site.token("priya", Role::Biller, None).await;
        assert_eq!(site.get("/api/v1/bills", &token).await.status, StatusCode::OK);
        assert_eq!(site.get("/api/v1/accounts", &token).await.status, StatusCode::FORBIDDEN);
        let id = crate::users::id_of(&site, "priya").await;
        base_db::scratch::give_role(&site.db, id, Role::Admin.name()).await.expect("a role");
        site.clock.pass_us(2 * SECOND_US);
        assert_eq!(site.get("/api/v1/accounts", &token).await.status, StatusCode::OK, "as its owner from now on");
    }
}
