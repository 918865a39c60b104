//! People by name in filters: found by what pages call them, and told to those alone who may know them.

use axum::http::StatusCode;
use base_core::permission::Role;
use base_core::realm::Realm;
use base_db::scratch;
use base_records::account;
use serde_json::{Value, json};

use crate::common::{Site, each_site};

/// A site where Arjun of Lucknow and Imran of Indore have scanned a parent each, and Meera has made a bill.
async fn filled(site: &Site) {
    let tokens = [
        site.token("arjun", Role::Dispatcher, Some("lucknow")).await,
        site.token("imran", Role::Dispatcher, Some("indore")).await,
    ];
    for (token, code) in tokens.iter().zip(["SB00001", "SB00002"]) {
        site.scans(token, &[site.scan(&format!("\"action\":\"parent\",\"code\":\"{code}\""))]).await;
    }
    let meera = site.token("meera", Role::Biller, None).await;
    let made = site.post_json("/api/v1/bills", &meera, r#"{"bill":"BILL-1","capacity":2}"#).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    for (username, name) in [("arjun", "Arjun Singh"), ("imran", "Imran Khan"), ("meera", "Meera Rao")] {
        let id = account::find_id(&site.db, Realm::Staff, username).await.expect("an answer").expect("an account");
        scratch::call_person(&site.db, id, name).await.expect("a name");
    }
}

fn labels(body: &Value) -> Vec<&str> {
    body["results"].as_array().expect("results").iter().filter_map(|one| one["label"].as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn names_are_suggested_to_those_who_may_know_them() {
    for site in each_site().await {
        filled(&site).await;
        let admin = site.token("root", Role::Admin, None).await;
        let found = site.get("/api/v1/names?q=SINGH", &admin).await.json();
        assert_eq!(
            found,
            json!({ "results": [{ "label": "Arjun Singh", "detail": "arjun", "value": "Arjun Singh" }] })
        );
        assert_eq!(labels(&site.get("/api/v1/names?q=", &admin).await.json()).len(), 4);
        assert_eq!(labels(&site.get("/api/v1/names?q=&limit=2", &admin).await.json()).len(), 2);
        let dispatcher = site.token("asha", Role::Dispatcher, Some("lucknow")).await;
        assert_eq!(labels(&site.get("/api/v1/names?q=", &dispatcher).await.json()), ["Arjun Singh", "asha"]);
        assert!(labels(&site.get("/api/v1/names?q=imran", &dispatcher).await.json()).is_empty());
        let steward = site.token("dev", Role::Steward, None).await;
        assert_eq!(labels(&site.get("/api/v1/names?q=", &steward).await.json()), ["dev"]);
        assert_eq!(site.get("/api/v1/names?q=a", "").await.status, StatusCode::UNAUTHORIZED);
        for wrong in ["limit=0", "limit=21", "q=a%00", "name=a"] {
            let answer = site.get(&format!("/api/v1/names?{wrong}"), &admin).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}: {}", answer.body);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_list_finds_a_person_by_either_name_and_calls_them_as_pages_do() {
    for site in each_site().await {
        filled(&site).await;
        let admin = site.token("root", Role::Admin, None).await;
        for (path, shown, username, held, not) in [
            ("/bags?person=", "Arjun Singh", "arjun", "SB00001", "SB00002"),
            ("/scans?person=", "Arjun Singh", "arjun", "SB00001", "SB00002"),
            ("/bills?created_by=", "Meera Rao", "meera", "BILL-1", "SB00001"),
            ("/reports/bills?from=2026-11-01&to=2026-12-31&person=", "Meera Rao", "meera", "BILL-1", "SB00001"),
        ] {
            for name in [username.to_owned(), base_web::view::path_part(&shown.to_uppercase())] {
                let page = site.get(&format!("{path}{name}"), &admin).await;
                assert_eq!(page.status, StatusCode::OK, "{path}{name}");
                assert!(page.body.contains(held) && !page.body.contains(not), "{path}{name}");
                assert!(page.body.contains(&format!("value=\"{shown}\"")), "{path}{name}: {}", page.body);
                assert!(page.body.contains("data-people"), "{path}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_of_several_people_is_asked_about_and_one_of_another_area_is_not_told() {
    for site in each_site().await {
        filled(&site).await;
        let admin = site.token("root", Role::Admin, None).await;
        let id = account::find_id(&site.db, Realm::Staff, "imran").await.expect("an answer").expect("an account");
        let dispatcher = site.token("asha", Role::Dispatcher, Some("lucknow")).await;
        let page = site.get("/scans?person=imran", &dispatcher).await.body;
        assert!(page.contains("value=\"imran\"") && !page.contains("Imran Khan"));
        scratch::call_person(&site.db, id, "arjun singh").await.expect("a name");
        for path in ["/bags?person=", "/scans?person=", "/bills?created_by="] {
            let page = site.get(&format!("{path}Arjun%20Singh"), &admin).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
            assert!(page.body.contains("Several people have this name"), "{path}");
            assert!(site.get(&format!("{path}arjun"), &admin).await.body.contains("value=\"arjun\""), "{path}");
        }
        let report = site.get("/reports/bills?from=2026-11-01&to=2026-12-31&person=arjun%20singh", &admin).await;
        assert!(report.body.contains("Several people have this name"), "{}", report.body);
    }
}
