//! Exports: everything and nothing cut, for those who may, with an entry in the audit trail.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use bags_store::sample::Sizes;
use bags_store::{export, sample};
use base_core::permission::Role;
use base_core::time::Clock;
use base_files::export::{Made, make_next};
use base_records::audit;
use base_records::audit::AuditLine;
use base_sheet::read::Book;
use http_body_util::BodyExt;
use tower::ServiceExt;

use crate::common::{Site, each_site};

async fn exported(site: &Site) -> Vec<(String, serde_json::Value)> {
    let entries: Vec<AuditLine> = audit::latest(&site.db, 20).await.expect("the audit trail");
    let after = |entry: &AuditLine| serde_json::from_str(entry.after.as_deref().unwrap_or("{}")).expect("JSON");
    entries.iter().filter(|entry| entry.action == "export").map(|entry| (entry.entity.clone(), after(entry))).collect()
}

async fn bytes(site: &Site, path: &str, token: &str) -> Vec<u8> {
    let request = Request::get(path).header(header::AUTHORIZATION, format!("Bearer {token}"));
    let request = request.body(Body::empty()).expect("a request");
    let response = site.router.clone().oneshot(request).await.expect("an answer");
    assert_eq!(response.status(), StatusCode::OK, "{path}");
    response.into_body().collect().await.expect("a whole body").to_bytes().to_vec()
}

pub async fn fill(site: &Site, parents: i64) {
    let sizes = Sizes { parents, bills: 200, days: 30 };
    sample::fill(&site.db, sizes, sample::People { first: 1, count: 1 }, site.clock.now()).await.expect("a sample");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_of_twenty_five_thousand_bags_has_every_one_of_them_once() {
    for site in each_site().await {
        let admin = site.token("root", Role::Admin, None).await;
        fill(&site, 820).await;
        let answer = site.get("/export/bags/csv", &admin).await;
        assert_eq!(answer.status, StatusCode::OK);
        let name = answer.headers[header::CONTENT_DISPOSITION].to_str().expect("text").to_owned();
        let stamp = site.clock.now().display(&jiff::tz::TimeZone::get("Asia/Kolkata").expect("a zone"), "%Y%m%d_%H");
        assert!(name.starts_with(&format!("attachment; filename=\"bags_all_{stamp}")), "{name}");
        assert!(name.ends_with(".csv\""), "{name}");
        assert_eq!(answer.headers[header::CONTENT_TYPE], "text/csv; charset=utf-8");
        let mut lines = answer.body.lines();
        let head = "\u{feff}QR ID,Type,Children Count,Linked to Bill,Created At (Asia/Kolkata),Area,Parent";
        assert_eq!(lines.next(), Some(head));
        let mut codes: Vec<&str> = lines.filter_map(|line| line.split(',').next()).collect();
        assert_eq!(codes.len(), 820 * 31, "25,420 rows and none is cut");
        codes.dedup();
        assert_eq!(codes.len(), 820 * 31, "in the order of their codes, each once");
        let parent = answer.body.lines().find(|line| line.starts_with("SB0000003,")).expect("the parent");
        let cells: Vec<&str> = parent.split(',').collect();
        assert_eq!([cells[1], cells[2], cells[5], cells[6]], ["PARENT", "30", "Hisar", ""]);
        assert_eq!(cells[3], "Bill-000000 (completed)");
        let child = answer.body.lines().find(|line| line.starts_with("KID000000100,")).expect("the child");
        let cells: Vec<&str> = child.split(',').collect();
        assert_eq!([cells[1], cells[2], cells[5], cells[6]], ["CHILD", "N/A", "Hisar", "SB0000003"]);
        assert_eq!(cells[3], "Bill-000000 (completed)", "a child stands on the bill of its parent");
        let parents = site.get("/export/bags/csv?type=parent", &admin).await.body;
        assert_eq!(parents.lines().count(), 821);
        let entries = exported(&site).await;
        assert_eq!(entries.len(), 4);
        assert_eq!((entries[0].1["state"].as_str(), entries[0].1["rows"].as_u64()), (Some("sent"), Some(820)));
        assert_eq!(entries[0].1["filter"]["type"], "parent");
        assert_eq!((entries[2].1["state"].as_str(), entries[2].1["rows"].as_u64()), (Some("sent"), Some(25_420)));
        assert_eq!((entries[3].0.as_str(), entries[3].1["state"].as_str()), ("bags", Some("started")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_workbook_is_made_by_the_job_and_holds_every_bag() {
    for site in each_site().await {
        let admin = site.token("root", Role::Admin, None).await;
        site.person("asha", Role::Admin, None).await;
        fill(&site, 820).await;
        let moved = site.get("/export/bags/excel", &admin).await;
        assert_eq!(
            (moved.status, &moved.headers[header::LOCATION]),
            (StatusCode::SEE_OTHER, &"/exports".parse().expect("text"))
        );
        let (cookie, csrf) = site.sign_in("asha").await;
        let form = format!("csrf={csrf}&what=bags&format=xlsx&type=&other=");
        assert_eq!(site.post_form("/exports", &cookie, form).await.status, StatusCode::SEE_OTHER);
        let page = site.get_with_cookie("/exports", &cookie).await.body;
        assert!(page.contains("data-progress") && page.contains("Waiting. About 25,420 rows."), "{page}");
        let list = site.get("/api/v1/exports", &admin).await.json();
        let id = list["exports"][0]["id"].as_str().expect("an id").to_owned();
        let address = format!("/exports/{id}/file");
        assert_eq!(site.get(&address, &admin).await.status, StatusCode::NOT_FOUND, "not ready");
        let clock: Arc<dyn Clock> = site.clock.clone();
        assert_eq!(make_next(&bags_work::export::exports(), &site.db, &clock).await.expect("it is made"), Made::One);
        assert_eq!(make_next(&bags_work::export::exports(), &site.db, &clock).await.expect("an answer"), Made::Nothing);
        let file = site.get(&format!("/api/v1/exports/{id}"), &admin).await.json();
        assert_eq!((file["state"].as_str(), file["done"].as_i64()), (Some("done"), Some(25_420)));
        let workbook = bytes(&site, &address, &admin).await;
        assert_eq!(Some(workbook.len() as u64), file["bytes"].as_u64());
        let book = Book::of_bytes(workbook).expect("a workbook");
        assert_eq!(book.look_through(0).expect("a sheet").rows, 25_420);
        let states: Vec<String> = exported(&site)
            .await
            .iter()
            .map(|entry| entry.1["state"].as_str().unwrap_or_default().to_owned())
            .collect();
        assert_eq!(states, ["downloaded", "ready", "asked"]);
        assert!(site.get_with_cookie("/exports", &cookie).await.body.contains(&address));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_cancelled_is_not_made() {
    for site in each_site().await {
        site.person("asha", Role::Admin, None).await;
        let admin = site.token("root", Role::Admin, None).await;
        let ask = "{\"what\":\"bills\",\"status\":\"completed\"}";
        let asked = site.post_json("/api/v1/exports", &admin, ask).await;
        assert_eq!(asked.status, StatusCode::ACCEPTED, "{}", asked.body);
        let id = asked.json()["id"].as_str().expect("an id").to_owned();
        let (cookie, csrf) = site.sign_in("asha").await;
        let cancelled = site.post_form(&format!("/exports/{id}/cancel"), &cookie, format!("csrf={csrf}")).await;
        assert_eq!(cancelled.status, StatusCode::SEE_OTHER);
        let clock: Arc<dyn Clock> = site.clock.clone();
        assert_eq!(make_next(&bags_work::export::exports(), &site.db, &clock).await.expect("an answer"), Made::Nothing);
        assert_eq!(site.get(&format!("/api/v1/exports/{id}"), &admin).await.json()["state"], "cancelled");
        for _ in 0..10 {
            assert_eq!(site.post_json("/api/v1/exports", &admin, ask).await.status, StatusCode::ACCEPTED);
        }
        let full = site.post_json("/api/v1/exports", &admin, ask).await;
        assert_eq!((full.status, full.json()["code"].as_str()), (StatusCode::CONFLICT, Some("exports_full")));
        for bad in
            ["{\"what\":\"secrets\"}", "{\"what\":\"bags\",\"type\":\"both\"}", "{\"what\":\"activity\",\"days\":0}"]
        {
            assert_eq!(site.post_json("/api/v1/exports", &admin, bad).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_those_with_the_right_take_anything_out() {
    for site in each_site().await {
        let addresses = [
            "/exports",
            "/exports/x/file",
            "/export/bags/csv",
            "/export/bags/excel",
            "/export/bills/csv",
            "/export/bills/excel",
            "/export/reports/user-activity/csv",
            "/export/reports/user-activity/excel",
            "/export/reports/system-stats/csv",
            "/export/reports/system-stats/excel",
            "/api/v1/exports",
            "/api/v1/exports/x",
        ];
        let biller = site.token("meera", Role::Biller, None).await;
        let dispatcher = site.token("arjun", Role::Dispatcher, Some("lucknow")).await;
        let admin = site.token("root", Role::Admin, None).await;
        for address in addresses {
            for token in [&biller, &dispatcher] {
                assert_eq!(site.get(address, token).await.status, StatusCode::FORBIDDEN, "{address}");
            }
            let expected = if address.contains("/x") { StatusCode::NOT_FOUND } else { StatusCode::OK };
            assert_eq!(site.get(address, &admin).await.status, expected, "{address}");
        }
        assert_eq!(site.get_with_cookie("/exports", "").await.headers[header::LOCATION], "/login?next=/exports");
        assert_eq!(site.get_with_cookie("/export/bags/csv", "").await.status, StatusCode::SEE_OTHER);
        for (bad, status) in [
            ("/export/bags/csv?type=both", StatusCode::UNPROCESSABLE_ENTITY),
            ("/export/bills/csv?status=open", StatusCode::UNPROCESSABLE_ENTITY),
            ("/export/activity/csv?days=0", StatusCode::UNPROCESSABLE_ENTITY),
            ("/export/bags/csv?limit=0", StatusCode::UNPROCESSABLE_ENTITY),
            ("/export/bags/csv?status=new", StatusCode::UNPROCESSABLE_ENTITY),
            ("/export/statistics/csv?limit=3", StatusCode::UNPROCESSABLE_ENTITY),
            ("/export/bags/csv?area=lucknow", StatusCode::UNPROCESSABLE_ENTITY),
            ("/export/secrets/csv", StatusCode::NOT_FOUND),
            ("/export/bags/pdf", StatusCode::NOT_FOUND),
        ] {
            assert_eq!(site.get(bad, &admin).await.status, status, "{bad}");
        }
        assert!(site.get("/", &admin).await.body.contains("href=\"/exports\""));
        assert!(!site.get("/", &biller).await.body.contains("href=\"/exports\""));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_was_asked_to_be_short_says_so_and_the_page_says_how_long_it_would_be() {
    for site in each_site().await {
        let admin = site.token("root", Role::Admin, None).await;
        fill(&site, 410).await;
        let all = site.get("/export/bags/csv", &admin).await.body.lines().count() - 1;
        let page = site.get("/exports", &admin).await.body;
        assert!(all == 12_710 && page.contains("data-rows=\"bags\">12,710 rows.</b>"), "{all}\n{page}");
        let short = site.get("/export/bags/csv?limit=7", &admin).await;
        assert_eq!(short.body.lines().count(), 8);
        let name = short.headers[header::CONTENT_DISPOSITION].to_str().expect("text");
        assert!(name.contains("bags_all_first_7_"), "{name}");
        let long = site.get("/export/bags/csv?limit=5000", &admin).await;
        assert_eq!(long.body.lines().count() - 1, 5_000, "more than one page is read");
        let asked = site.post_json("/api/v1/exports", &admin, r#"{"what":"bags","type":"parent","limit":3}"#).await;
        let asked = asked.json();
        assert_eq!((&asked["total"], &asked["filter"]["limit"]), (&3.into(), &3.into()), "{asked}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn formulas_stay_text_and_an_empty_site_says_so() {
    for site in each_site().await {
        let admin = site.token("root", Role::Admin, None).await;
        let empty = site.get("/export/bills/csv", &admin).await.body;
        assert_eq!(empty.lines().nth(1), Some("There are no bills."));
        assert_eq!(empty.lines().count(), 2);
        let empty = bytes(&site, "/export/bags/excel", &admin).await;
        assert_eq!(Book::of_bytes(empty).expect("a workbook").sheets()[0].header[0], "QR ID");
        let bill = "{\"bill\":\"=1+2\",\"description\":\"@SUM(A1)\\nsecond \\t line\",\"capacity\":3}";
        let made = site.post_json("/api/v1/bills", &admin, bill).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
        let text = site.get("/export/bills/csv?status=new", &admin).await.body;
        assert!(text.contains("\n'=1+2,\"'@SUM(A1)\nsecond \t line\",NEW,3,0,0,0,0,root,"), "{text}");
        let statistics = site.get("/export/reports/system-stats/csv", &admin).await.body;
        assert!(statistics.contains("Total Bills,1\n") && statistics.contains("Total Users,1\n"), "{statistics}");
        let people = site.get("/export/reports/user-activity/csv?days=7", &admin).await.body;
        assert!(
            people.starts_with("\u{feff}Username,Email,Role,Dispatch Area,Scans (Last 7 Days),Total Scans,"),
            "{people}"
        );
        assert!(people.contains("\nroot,,admin,,0,0,Active,"), "{people}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_goes_away_ends_the_export_and_the_trail_says_so() {
    for site in each_site().await {
        let admin = site.token("root", Role::Admin, None).await;
        fill(&site, 820).await;
        let request = Request::get("/export/bags/csv").header(header::AUTHORIZATION, format!("Bearer {admin}"));
        let response = site.router.clone().oneshot(request.body(Body::empty()).expect("a request")).await;
        let mut body = response.expect("an answer").into_body();
        assert!(body.frame().await.is_some_and(|frame| frame.is_ok()), "the first piece");
        drop(body);
        let mut last = serde_json::Value::Null;
        for _ in 0..200 {
            last = exported(&site).await.remove(0).1;
            if last["state"] != "started" {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        assert_eq!(last["state"], "broken_off");
        assert!(last["rows"].as_u64().is_some_and(|rows| rows > 0 && rows < 25_420), "{last}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_page_of_an_export_reads_a_whole_table() {
    let site = each_site().await.remove(0);
    for plan in export::plans(&site.db).await.expect("plans") {
        let reads_all =
            ["SCAN bags", "SCAN bills", "SCAN links", "SCAN scans", "SCAN i", "SCAN l", "SCAN p", "TEMP B-TREE"];
        assert!(!reads_all.iter().any(|part| plan.contains(part)), "{plan}");
    }
}
