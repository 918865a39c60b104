//! What somebody of one area must not learn of another, and doors that close at once.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use bags_store::search;
use base_core::permission::Role;
use base_core::realm::Realm;
use base_core::time::{Clock, Moment, SECOND_US};
use base_records::account::NewAccount;
use base_records::{account, token};
use http_body_util::BodyExt;
use serde_json::{Value, json};

use crate::common::{Site, each_site};

fn fields(action: &str, parent: &str, code: &str) -> String {
    format!("\"action\":\"{action}\",\"parent\":\"{parent}\",\"code\":\"{code}\"")
}

/// SB00001 with KID001X00 in Lucknow, SB00002 with KID002X00 in Indore.
async fn two_areas(site: &Site) -> (String, String) {
    let lucknow = site.token("arjun", Role::Dispatcher, Some("lucknow")).await;
    let indore = site.token("farida", Role::Dispatcher, Some("indore")).await;
    site.fill(&lucknow, 1..2, 1).await;
    site.fill(&indore, 2..3, 1).await;
    (lucknow, indore)
}

fn outcomes(history: &Value) -> Vec<String> {
    let scans = history.as_array().expect("a history");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    scans.iter().map(|scan| format!("{} by {}", text(&scan["outcome"]), text(&scan["person"]))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_history_of_a_bag_has_no_scans_of_other_areas() {
    for site in each_site().await {
        let (lucknow, indore) = two_areas(&site).await;
        let tried = site.scans(&indore, &[site.scan("\"action\":\"parent\",\"code\":\"SB00001\"")]).await;
        assert_eq!(tried[0]["outcome"], "other_area");
        let seen = site.get("/api/v1/bags/SB00001", &lucknow).await.json();
        assert_eq!(outcomes(&seen["history"]), ["linked by arjun", "parent_created by arjun"]);
        let page = site.get("/bags/SB00001", &lucknow).await.body;
        assert!(page.contains("arjun") && !page.contains("farida"), "{page}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_biller_is_refused_tells_no_area_of_another() {
    for site in each_site().await {
        let (lucknow, _) = two_areas(&site).await;
        let biller = site.token("meera", Role::Biller, None).await;
        let scan = site.scan(&fields("child", "SB00001", "KID002X00"));
        let refused = site.scans(&biller, &[scan]).await;
        assert_eq!(
            (&refused[0]["outcome"], &refused[0]["current_parent"]),
            (&json!("child_elsewhere"), &json!("SB00002"))
        );
        let moved = site.scans(&biller, &[site.scan(&fields("relink", "SB00001", "KID002X00"))]).await;
        assert_eq!(moved[0]["outcome"], "relinked");
        let list = site.get("/api/v1/scans", &lucknow).await;
        assert!(!list.body.contains("child_elsewhere") && list.body.contains("relinked"), "{}", list.body);
        let seq = list.json()["scans"][0]["seq"].clone();
        let own = site.get(&format!("/scans/{seq}"), &biller).await;
        let others = site.get(&format!("/scans/{seq}"), &lucknow).await;
        assert_eq!((own.status, others.status), (StatusCode::OK, StatusCode::OK));
        assert!(
            own.body.contains("<dt>Current parent</dt>") && !others.body.contains("Current parent"),
            "{}",
            others.body
        );
        assert!(!others.body.contains("SB00002"), "{}", others.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dispatcher_without_an_area_registers_nothing() {
    for site in each_site().await {
        let nowhere = site.token("deepak", Role::Dispatcher, None).await;
        let answer = site.post_json("/api/bags", &nowhere, r#"{"qr_id":"KID900","type":"child"}"#).await;
        assert_eq!(answer.json()["code"], "other_area", "{}", answer.body);
        let admin = site.token("root", Role::Admin, None).await;
        assert_eq!(site.get("/api/v1/bags/KID900", &admin).await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feed_ends_with_its_token() {
    for site in each_site().await {
        let admin = site.token("root", Role::Admin, None).await;
        let request = Request::get("/api/v1/live").header(header::AUTHORIZATION, format!("Bearer {admin}"));
        let response = tower::ServiceExt::oneshot(site.router.clone(), request.body(Body::empty()).expect("a request"));
        let mut feed = response.await.expect("the router never fails").into_body();
        assert!(feed.frame().await.is_some(), "it begins");
        let issued = token::list(&site.db, Realm::Staff).await.expect("the tokens");
        let mut tx = site.db.write().await.expect("a transaction");
        for line in issued {
            assert!(token::revoke(tx.conn(), Realm::Staff, line.id, site.clock.now()).await.expect("revoked"));
        }
        tx.commit().await.expect("a commit");
        site.clock.pass_us(5 * SECOND_US);
        let other = site.token("arjun", Role::Admin, None).await;
        site.scans(&other, &[site.scan("\"action\":\"parent\",\"code\":\"SB00009\"")]).await;
        let rest = async { while feed.frame().await.is_some() {} };
        tokio::time::timeout(std::time::Duration::from_secs(8), rest).await.expect("it ends");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_signed_in_by_a_form_that_was_not_ours() {
    for site in each_site().await {
        site.person("arjun", Role::Dispatcher, Some("lucknow")).await;
        let empty = base_secret::derive("", "sign-in");
        let body = format!("username=arjun&password={}&csrf={empty}&next=%2Fbags", crate::common::PASSWORD);
        for cookie in ["", "__Host-tallyhouse-form="] {
            let answer = site.post_form("/login", cookie, body.clone()).await;
            assert_eq!((answer.status, answer.cookie("__Host-tallyhouse")), (StatusCode::OK, None), "{cookie}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_a_page_begins_names_nothing_of_another_area() {
    for site in each_site().await {
        let (lucknow, indore) = two_areas(&site).await;
        site.fill(&indore, 3..22, 30).await;
        site.scans(&lucknow, &[site.scan(&fields("child", "SB00001", "KID999"))]).await;
        let (mut seen, mut cursor, mut pages) = (Vec::new(), String::new(), 0);
        loop {
            let page = site.get(&format!("/api/v1/bags?sort=code&cursor={cursor}"), &lucknow).await.json();
            let bags = page["bags"].as_array().expect("bags");
            seen.extend(bags.iter().map(|bag| bag["code"].as_str().expect("a code").to_owned()));
            pages += 1;
            let Some(next) = page["next_cursor"].as_str() else { break };
            assert!(next.starts_with("e1.") && !next.contains("KID") && !next.contains("SB0"), "{next}");
            next.clone_into(&mut cursor);
        }
        assert!(pages > 1, "the first page looked at 500 bags and ended");
        assert_eq!(seen, ["KID001X00", "KID999", "SB00001"]);
        let forged = site.get("/api/v1/bags?sort=code&cursor=l.0.KID010X05", &lucknow).await;
        assert_eq!(
            (forged.status, &forged.json()["field"]),
            (StatusCode::UNPROCESSABLE_ENTITY, &json!("cursor")),
            "{}",
            forged.body
        );
        while search::take_over(&site.db, 1000).await.expect("it takes over") > 0 {}
        let elsewhere = site.token("imran", Role::Dispatcher, Some("jaipur")).await;
        let look_up = site.get("/lookup?q=KID0-none", &elsewhere).await.body;
        assert!(look_up.contains("None of the first 300 similar codes") && !look_up.contains("KID002"), "{look_up}");
        let looked_through = async |wanted: &str| {
            let found = site.get(&format!("/api/v1/search?q={wanted}"), &elsewhere).await.json();
            (found["results"].clone(), found["looked_through"].clone())
        };
        assert_eq!(looked_through("KID0").await, (json!([]), json!(300)));
        assert_eq!(looked_through("X29").await, (json!([]), Value::Null), "all that look like it were looked at");
        let bills = site.get("/api/v1/bills?cursor=0.B-1", &lucknow).await;
        assert_eq!(bills.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", bills.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bill_of_two_areas_shows_each_its_own_newest_scans_and_its_creator_to_who_sees_it() {
    for site in each_site().await {
        let (lucknow, indore) = two_areas(&site).await;
        let (meera, deepak) =
            (site.token("meera", Role::Biller, None).await, site.token("deepak", Role::Biller, None).await);
        site.create_bill(&meera, "SHARED", 2).await;
        site.create_bill(&deepak, "OTHERS", 2).await;
        for parent in ["SB00001", "SB00002"] {
            let put = format!("\"action\":\"bill_link\",\"bill\":\"SHARED\",\"code\":\"{parent}\"");
            assert_eq!(site.scans(&meera, &[site.scan(&put)]).await[0]["outcome"], "bill_linked");
        }
        let busy: Vec<String> = (0..120).map(|_| site.scan(&fields("child", "SB00002", "KID002X00"))).collect();
        site.scans(&indore, &busy).await;
        let seen = site.get("/api/v1/bills/SHARED/scans", &lucknow).await.json();
        let of_lucknow = outcomes(&seen["scans"]);
        assert_eq!(of_lucknow, ["bill_linked by meera", "linked by arjun", "parent_created by arjun"]);

        let list = site.get("/bills", &lucknow).await.body;
        assert!(list.contains("meera") && !list.contains("deepak"), "{list}");
        assert!(site.get("/bills", &meera).await.body.contains("deepak"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_by_person_tells_nothing_of_e_mails() {
    for site in each_site().await {
        let (lucknow, _) = two_areas(&site).await;
        let email = Some("ravi@site.example".to_owned());
        let (username, password_hash) = ("ravi".to_owned(), "no password".to_owned());
        let account = NewAccount {
            realm: Realm::Staff,
            username,
            email,
            password_hash,
            roles: vec![Role::Dispatcher],
            area: None,
        };
        let mut tx = site.db.write().await.expect("a transaction");
        assert!(account::create(tx.conn(), &account, Moment(1)).await.expect("created").is_some());
        tx.commit().await.expect("a commit");
        for path in ["/api/v1/scans", "/api/v1/bags"] {
            let by_name = site.get(&format!("{path}?person=ravi"), &lucknow).await;
            let by_mail = site.get(&format!("{path}?person=ravi@site.example"), &lucknow).await;
            assert_eq!((by_name.status, by_mail.status), (StatusCode::OK, StatusCode::UNPROCESSABLE_ENTITY), "{path}");
        }
    }
}
