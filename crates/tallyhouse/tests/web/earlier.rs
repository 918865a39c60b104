//! Addresses of the earlier system: its numbers, what is gone, and what its clients send.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use bags_rules::scan::{Action, Scan};
use bags_store::earlier::EarlierKind;
use base_core::permission::Role;
use base_core::realm::Realm;
use base_records::account;
use base_web::earlier::Gone;
use serde_json::json;
use tallyhouse_support::{TestClock, desk, earlier_id, earlier_mark, outcomes, scan, system};

use crate::common::each_site;

fn every_gone() -> impl Iterator<Item = &'static Gone> {
    bags_web::GONE.iter().chain(people_web::GONE).chain(portal_web::GONE)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_wrote_is_gone_and_says_where_to_write_now() {
    for site in each_site().await {
        for gone in every_gone() {
            let path = gone.path.replace("{code}", "SB00001").replace("{number}", "7").replace("{id}", "7");
            let sent = Request::builder().method(Method::POST).uri(&path).body(Body::from("qr_code=SB00001"));
            let answer = site.send(sent.expect("a request")).await;
            assert_eq!(answer.status, StatusCode::GONE, "{path}: {}", answer.body);
            let told = answer.json();
            let facts = (&told["code"], &told["instead"], &told["send"]);
            assert_eq!(facts, (&json!("address_gone"), &json!(gone.instead), &json!(gone.send)));
            assert!(told["detail"].as_str().is_some_and(|detail| detail.contains(gone.instead)), "{told}");
        }
    }
}

#[test]
fn the_table_in_docs_has_every_address_that_is_gone_and_no_other() {
    let docs = include_str!("../../../../docs/earlier-addresses.md");
    let lines: Vec<String> =
        every_gone().map(|gone| format!("| `{}` | {} | {} |", gone.path, gone.instead, gone.send)).collect();
    let found: Vec<&str> = docs.lines().filter(|line| line.starts_with("| `/")).collect();
    assert_eq!(found, lines);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_of_the_earlier_system_leads_to_the_very_thing_that_had_it() {
    for site in each_site().await {
        site.person("meera", Role::Biller, None).await;
        let root = site.token("scanner", Role::Admin, None).await;
        for bill in ["INV-2", "INV-7", "123"] {
            site.create_bill(&root, bill, 2).await;
        }
        site.fill(&root, 1..2, 1).await;
        earlier_id(&site.db, EarlierKind::Bill, 7, "INV-2").await;
        earlier_mark(&site.db, EarlierKind::Bill, 50).await;
        site.person("asha", Role::Admin, None).await;
        let asha = account::find_id(&site.db, Realm::Staff, "asha").await.expect("readable").expect("there");
        earlier_id(&site.db, EarlierKind::User, 2, &asha.to_string()).await;
        let scan = newest_scan(&site.db).await;
        earlier_id(&site.db, EarlierKind::Scan, 9, &scan.1).await;
        let (cookie, _) = site.sign_in("asha").await;
        let place = async |path: &str| {
            let answer = site.get_with_cookie(path, &cookie).await;
            let place = answer.headers.get(header::LOCATION).map(|place| place.to_str().expect("text").to_owned());
            (answer.status, place.unwrap_or_default())
        };
        for (old, new) in [
            ("/bill/7", "/bills/INV-2"),
            ("/bill/7/edit", "/bills/INV-2/edit"),
            ("/bill/7/scan_parent", "/bills/station?bill=INV-2"),
            ("/bill/123", "/bills/123"),
        ] {
            assert_eq!(place(old).await, (StatusCode::PERMANENT_REDIRECT, new.to_owned()), "{old}");
        }
        let seq = scan.0;
        assert_eq!(place("/scan/9").await.1, format!("/scans/{seq}"));
        for nowhere in ["/bill/8", "/scan/10", "/bags?user_filter=3", "/bills?user_id=3"] {
            assert_eq!(place(nowhere).await.0, StatusCode::NOT_FOUND, "{nowhere}");
        }
        let old = site.get("/api/bills/7", &root).await.json();
        assert_eq!(old["bill_id"], "INV-2");
        let gone = site.get("/api/bills/8", &root).await;
        assert_eq!((gone.status, &gone.json()["code"]), (StatusCode::NOT_FOUND, &json!("earlier_number")));
        assert_eq!(site.get("/api/bill/7/weights", &root).await.json()["bill_id"], "INV-2");
        for list in ["/bags?user_filter=2", "/bills?user_id=2"] {
            let page = site.get_with_cookie(list, &cookie).await;
            assert_eq!(page.status, StatusCode::OK, "{list}");
            assert!(page.body.contains("value=\"asha\""), "{list}: {}", page.body);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_on_a_bill_names_its_person_or_says_that_nobody_knows() {
    for site in each_site().await {
        let root = site.token("scanner", Role::Admin, None).await;
        site.create_bill(&root, "INV-2", 2).await;
        site.fill(&root, 1..3, 1).await;
        let put = |code| site.call(Method::POST, code, &root, None);
        assert!(put("/api/v1/bills/INV-2/parents/SB00001").await.status.is_success());
        // As an import of an earlier system leaves it: by nobody.
        let (desk, _tasks) = desk(&site.db, Arc::new(TestClock::default()));
        let on_bill = Scan { bill: Some("INV-2".into()), ..scan(Action::BillLink, "SB00002", None) };
        assert_eq!(outcomes(&desk, &system(), vec![on_bill]).await, ["bill_linked"]);
        site.person("asha", Role::Admin, None).await;
        let (cookie, _) = site.sign_in("asha").await;
        let page = site.get_with_cookie("/bills/INV-2", &cookie).await.body;
        let row = |code: &str| {
            let rows = page.split("<tr>").find(|row| row.contains("scope=\"row\"") && row.contains(code));
            rows.unwrap_or_else(|| panic!("{code} is not in {page}")).to_owned()
        };
        assert!(row("SB00001").contains("scanner") && !row("SB00001").contains("not known"), "{}", row("SB00001"));
        assert!(row("SB00002").contains("not known") && !row("SB00002").contains("removed"), "{}", row("SB00002"));
    }
}

/// The newest scan: its place in the history, and its id.
async fn newest_scan(db: &base_db::Db) -> (i64, String) {
    let all = base_db::scratch::contents(db).await.expect("readable");
    let row = all["scans"].last().expect("a scan");
    let id = row.split('"').find(|part| uuid::Uuid::parse_str(part).is_ok()).expect("an id").to_owned();
    let mut reader = db.read().await.expect("a reader");
    let seq = bags_store::earlier::scan_with(reader.conn(), &id).await.expect("readable").expect("a scan");
    (seq, id)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_clients_of_the_earlier_system_send_is_read_or_said_to_be_ignored() {
    for site in each_site().await {
        let token = site.token("scanner", Role::Admin, None).await;
        let body = json!({ "qr_id": "SB00001", "type": "parent", "name": "Yard 3" });
        let made = site.call(Method::POST, "/api/bags", &token, Some(body)).await;
        assert_eq!(
            (made.status, &made.json()["bag"]["name"]),
            (StatusCode::CREATED, &json!("Yard 3")),
            "{}",
            made.body
        );
        assert_eq!(site.get("/api/bag/SB00001", &token).await.json()["name"], "Yard 3");
        for (path, ignored) in [
            ("/api/bags?limit=2&page=3&per_page=9", json!(["page", "per_page"])),
            ("/api/bag/SB00001?verbose=1", json!(["verbose"])),
            ("/api/bills?status=new&sort=id", json!(["sort"])),
            ("/api/statistics?days=3", json!(["days"])),
            ("/api/scans?limit=2&user=7", json!(["user"])),
        ] {
            let told = site.get(path, &token).await;
            assert_eq!((told.status, &told.json()["ignored_parameters"]), (StatusCode::OK, &ignored), "{path}");
        }
        assert!(site.get("/api/bags?limit=2", &token).await.json().get("ignored_parameters").is_none());

        site.person("root", Role::Admin, None).await;
        let (cookie, csrf) = site.sign_in("root").await;
        for name in ["x-csrftoken", "X-CSRF-Token"] {
            let sent = Request::builder().method(Method::POST).uri("/api/bags").header(header::COOKIE, &cookie);
            let sent = sent.header(name, &csrf).header(header::CONTENT_TYPE, "application/json");
            let sent = sent.body(Body::from(json!({ "qr_id": "SB00001", "type": "parent" }).to_string()));
            assert_eq!(site.send(sent.expect("a request")).await.status, StatusCode::CONFLICT, "{name}");
        }
    }
}
