//! Reports: who sees which, what they add up to, and the files made of them.

use std::ops::ControlFlow;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use base_core::permission::Role;
use base_core::report::{date_of, start_of};
use base_core::time::{Clock, DAY_US, HOUR_US, MINUTE_US, Moment};
use base_records::account::NewAccount;
use base_records::mail::Outbox;
use base_records::{account, audit, mail};
use base_sheet::read::{Book, Row};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tallyhouse_support::each_scarce_database;
use tower::ServiceExt;

use crate::common::{Site, each_site, each_site_with, site_with_eod_secret};

const SECRET: &str = "a secret of the scheduler";

/// The tokens of everybody in these tests.
pub struct People {
    pub admin: String,
    meera: String,
    priya: String,
    lucknow: String,
    pub indore: String,
    nobody: String,
    steward: String,
}

fn zone() -> jiff::tz::TimeZone {
    jiff::tz::TimeZone::get("Asia/Kolkata").expect("bundled zone")
}

/// Two parents with three children in Lucknow, one parent in Indore; two bills of one biller and one of another.
pub async fn with_bills(site: &Site) -> People {
    // Noon, so that no test runs into midnight.
    let now = site.clock.now();
    site.clock.pass_us(now.start_of_day(&zone()).plus_us(DAY_US + 12 * HOUR_US).since_us(now));
    let people = People {
        admin: site.token("asha", Role::Admin, None).await,
        meera: site.token("meera", Role::Biller, None).await,
        priya: site.token("priya", Role::Biller, None).await,
        lucknow: site.token("arjun", Role::Dispatcher, Some("lucknow")).await,
        indore: site.token("ravi", Role::Dispatcher, Some("indore")).await,
        nobody: site.token("newcomer", Role::Dispatcher, None).await,
        steward: site.token("steward", Role::Steward, None).await,
    };
    let child = |n: u32| site.scan(&format!("\"action\":\"child\",\"parent\":\"SB00001\",\"code\":\"KID{n}\""));
    let mut scans = vec![
        site.scan("\"action\":\"parent\",\"code\":\"SB00002\""),
        site.scan("\"action\":\"parent\",\"code\":\"SB00001\""),
    ];
    scans.extend((1..=3).map(child));
    scans.push(site.scan("\"action\":\"child\",\"parent\":\"SB00001\",\"code\":\"SB77777\""));
    site.scans(&people.lucknow, &scans).await;
    site.scans(&people.indore, &[site.scan("\"action\":\"parent\",\"code\":\"SB00003\"")]).await;
    let link = |parent: &str, bill: &str| {
        site.scan(&format!("\"action\":\"bill_link\",\"code\":\"{parent}\",\"bill\":\"{bill}\""))
    };
    post_bill(site, &people.meera, "M/1", 2).await;
    post_bill(site, &people.meera, "M-2", 1).await;
    post_bill(site, &people.priya, "P-1", 3).await;
    site.scans(&people.meera, &[link("SB00001", "M/1"), link("SB00002", "M/1")]).await;
    site.scans(&people.priya, &[link("SB00003", "P-1")]).await;
    people
}

async fn post_bill(site: &Site, token: &str, bill: &str, capacity: u32) {
    let body = json!({ "bill": bill, "capacity": capacity, "description": "=1+1" }).to_string();
    let answer = site.post_json("/api/v1/bills", token, body).await;
    assert!(answer.status.is_success(), "{}", answer.body);
}

pub async fn bytes(site: &Site, path: &str, token: &str) -> (String, Vec<u8>) {
    let request = Request::get(path).header(header::AUTHORIZATION, format!("Bearer {token}"));
    let request = request.body(Body::empty()).expect("a request");
    let response = site.router.clone().oneshot(request).await.expect("the router never fails");
    assert_eq!(response.status(), StatusCode::OK, "{path}");
    let name = response.headers()[header::CONTENT_DISPOSITION].to_str().expect("text").to_owned();
    (name, response.into_body().collect().await.expect("a whole body").to_bytes().to_vec())
}

fn day(site: &Site) -> jiff::civil::Date {
    date_of(site.clock.now(), &zone())
}

pub const PAGES: [&str; 7] = [
    "/reports",
    "/reports/bills",
    "/reports/day",
    "/reports/scans",
    "/reports/areas",
    "/reports/people",
    "/bills/M%2F1/report",
];

#[tokio::test(flavor = "multi_thread")]
async fn everybody_sees_the_reports_that_are_his_and_no_other() {
    for site in each_site().await {
        let people = with_bills(&site).await;
        let (ok, no, none) = (StatusCode::OK, StatusCode::FORBIDDEN, StatusCode::NOT_FOUND);
        for (name, token, expected) in [
            ("asha", &people.admin, [ok, ok, ok, ok, ok, ok, ok]),
            ("meera", &people.meera, [ok, ok, no, ok, ok, no, ok]),
            ("arjun", &people.lucknow, [ok, no, no, ok, ok, no, ok]),
            ("ravi", &people.indore, [ok, no, no, ok, ok, no, none]),
            ("newcomer", &people.nobody, [ok, no, no, ok, ok, no, none]),
            ("steward", &people.steward, [no, no, no, no, no, no, no]),
        ] {
            for (path, status) in PAGES.iter().zip(expected) {
                let page = site.get(path, token).await;
                assert_eq!(page.status, status, "{name} {path}: {}", page.body);
                let file = site.get(&format!("{path}?format=csv"), token).await;
                if *path != "/reports" {
                    assert_eq!(file.status, status, "{name} {path} as a file");
                }
            }
            let own = site.get(&format!("/reports/people/{name}"), token).await;
            assert_eq!(own.status, ok, "{name} sees their own page");
            let other = site.get("/reports/people/priya", token).await;
            assert_eq!(other.status, if name == "asha" { ok } else { no }, "{name}");
            let json = site.get("/api/bill_summary/eod", token).await;
            assert_eq!(json.status, if name == "asha" { ok } else { no }, "{name}");
            let sent = site.post_json("/api/bill_summary/send_eod", token, "{}").await;
            assert_eq!(sent.status, if name == "asha" { StatusCode::CONFLICT } else { no }, "{name}");
        }
        assert!(site.get("/reports/people/nobody-here", &people.admin).await.status == none);
        for path in PAGES {
            let outside = site.get_with_cookie(path, "").await;
            assert_eq!(outside.status, StatusCode::SEE_OTHER, "{path}");
            assert!(outside.headers[header::LOCATION].to_str().expect("text").starts_with("/login?next=/"), "{path}");
        }
        assert_eq!(site.get_with_cookie("/api/bill_summary/eod", "").await.status, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_report_is_whole_safe_and_in_both_languages() {
    for site in each_site().await {
        let people = with_bills(&site).await;
        site.person("boss", Role::Admin, None).await;
        let (cookie, csrf) = site.sign_in("boss").await;
        for locale in ["en", "hi"] {
            site.post_form("/locale", &cookie, format!("csrf={csrf}&locale={locale}")).await;
            let others = [
                "/reports/bills?from=2026-01-01&to=2026-12-31",
                "/reports/people/meera",
                "/reports/scans?date=2020-01-01",
            ];
            for path in PAGES.into_iter().chain(others) {
                let page = site.get_with_cookie(path, &cookie).await;
                assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.body);
                assert!(page.body.contains(&format!("<html lang=\"{locale}\"")), "{path}");
                assert!(!page.body.contains("style=\"") && !page.body.contains("<script>"), "{path}");
                let keys = ["report-", "outcome-"].map(|key| format!(">{key}"));
                assert!(!keys.iter().any(|key| page.body.contains(key)), "{path} shows a key: {}", page.body);
                if path != "/reports" {
                    for form in ["csv", "xlsx", "pdf"] {
                        let mark = if path.contains('?') { '&' } else { '?' };
                        let (_, file) = bytes(&site, &format!("{path}{mark}format={form}"), &people.admin).await;
                        assert!(file.len() > 100, "{path} {form}");
                    }
                }
            }
        }
        for (old, new) in [("/bill_summary", "/reports/bills"), ("/eod_summary_preview", "/reports/day")] {
            assert_eq!(site.get(old, &people.admin).await.headers[header::LOCATION], new);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_biller_sums_up_his_own_bills_whatever_he_asks_for() {
    for site in each_site().await {
        let people = with_bills(&site).await;
        let page = site.get("/reports/bills", &people.meera).await.body;
        assert!(page.contains("M/1") && page.contains("M-2") && !page.contains("P-1"), "{page}");
        assert!(!page.contains("name=\"person\""), "nothing to choose from");
        let own = site.get("/reports/bills?person=Meera", &people.meera).await;
        assert_eq!(own.status, StatusCode::OK);
        assert_eq!(site.get("/reports/bills?person=priya", &people.meera).await.status, StatusCode::FORBIDDEN);
        let (_, file) = bytes(&site, "/reports/bills?format=csv", &people.priya).await;
        let text = String::from_utf8(file).expect("UTF-8");
        assert!(text.contains("P-1") && !text.contains("M-2"), "{text}");
        let all = site.get("/reports/bills", &people.admin).await.body;
        assert!(all.contains("M/1") && all.contains("M-2") && all.contains("P-1"));
        assert!(all.contains("href=\"/bills/M%2F1/report\""));
        let one = site.get("/reports/bills?person=priya", &people.admin).await.body;
        assert!(one.contains("P-1") && !one.contains("M-2"));
        let empty = site.get("/reports/bills?status=new", &people.admin).await.body;
        assert!(empty.contains(">M-2<") && !empty.contains(">P-1<"), "{empty}");
        let yesterday = day(&site).yesterday().expect("a day");
        let none = site.get(&format!("/reports/bills?from={yesterday}&to={yesterday}"), &people.admin).await.body;
        assert!(!none.contains(">M-2<"), "{none}");
    }
}

pub fn rows(file: &[u8]) -> Vec<Vec<String>> {
    let book = Book::of_bytes(file.to_vec()).expect("a table");
    let mut all = Vec::new();
    for sheet in 0..book.sheets().len() {
        let mut take = |row: Row<'_>| {
            all.push(row.iter().map(str::to_owned).collect());
            ControlFlow::Continue(())
        };
        book.each_row(sheet, &mut take).expect("rows");
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_day_has_the_names_and_the_figures_of_the_system_before() {
    for site in each_site().await {
        let people = with_bills(&site).await;
        let mut report = site.get("/api/bill_summary/eod", &people.admin).await.json();
        assert_eq!(report["report_date"], day(&site).to_string());
        for bill in report["detailed_bills"].as_array_mut().expect("bills") {
            let at = Moment::parse(bill["created_at"].as_str().expect("text")).expect("a time");
            assert_eq!(date_of(at, &zone()), day(&site));
            bill["created_at"] = Value::Null;
        }
        assert!(report["generated_at"].as_str().is_some_and(|at| Moment::parse(at).is_some()));
        report["generated_at"] = Value::Null;
        report["report_date"] = Value::Null;
        let bill = |bill: &str, by: &str, status: &str, figures: [i64; 3]| {
            json!({ "bill_id": bill, "created_by": by, "created_at": null, "status": status,
                "parent_bags": figures[0], "expected_bags": figures[1], "child_bags": figures[2], "weight_kg": figures[2] })
        };
        let expected = json!({
            "report_date": null, "generated_at": null, "total_bills": 3,
            "bills_by_status": { "new": 1, "processing": 2, "completed": 0 },
            "bills_by_user": { "meera": 2, "priya": 1 },
            "total_parent_bags": 3, "total_child_bags": 3, "total_weight_kg": 3,
            "detailed_bills": [bill("M/1", "meera", "processing", [2, 2, 3]), bill("M-2", "meera", "new", [0, 1, 0]),
                bill("P-1", "priya", "processing", [1, 3, 0])],
        });
        assert_eq!(report, expected);
        let yesterday = day(&site).yesterday().expect("a day");
        let before = site.get(&format!("/api/bill_summary/eod?date={yesterday}"), &people.admin).await.json();
        assert_eq!((before["total_bills"].as_i64(), &before["detailed_bills"]), (Some(0), &json!([])));
    }
}

async fn give_addresses(site: &Site) {
    let mut tx = site.db.write().await.expect("a transaction");
    for (name, role) in [("uma", Role::Admin), ("vik", Role::Biller), ("dev", Role::Dispatcher)] {
        let account = NewAccount {
            realm: base_core::realm::Realm::Staff,
            username: name.into(),
            email: Some(format!("{name}@site.example")),
            password_hash: "none".into(),
            roles: vec![role],
            area: None,
        };
        account::create(tx.conn(), &account, Moment(1)).await.expect("an account");
    }
    tx.commit().await.expect("a commit");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_day_is_mailed_to_admins_and_billers_with_an_address() {
    for site in each_site_with(|settings| base_web::Settings { outbox: Outbox::OPEN, ..settings }).await {
        let people = with_bills(&site).await;
        let lonely = site.post_json("/api/bill_summary/send_eod", &people.admin, "{}").await;
        assert_eq!((lonely.status, lonely.json()["code"].as_str()), (StatusCode::BAD_REQUEST, Some("no_recipients")));
        give_addresses(&site).await;
        let bare = Request::post("/api/bill_summary/send_eod");
        let bare = bare.header(header::AUTHORIZATION, format!("Bearer {}", people.admin)).body(Body::empty());
        let sent = site.send(bare.expect("a request")).await;
        assert_eq!(sent.status, StatusCode::OK, "{}", sent.body);
        let expected = json!({
            "sent_count": 2, "failed_count": 0, "total_recipients": 2, "errors": [], "already_sent": false,
            "recipients": ["uma@site.example", "vik@site.example"],
            "report_date": day(&site).to_string(), "total_bills": 3,
        });
        assert_eq!(sent.json(), expected);
        assert_eq!(mail::list(&site.db, None, 10).await.expect("mails").len(), 2);
        assert_eq!(audit::latest(&site.db, 1).await.expect("a trail")[0].action, "eod_sent");

        site.person("boss", Role::Admin, None).await;
        let (cookie, csrf) = site.sign_in("boss").await;
        let page = site.get_with_cookie("/reports/day", &cookie).await.body;
        assert!(page.contains("id=\"schedule\"") && !page.contains("disabled"), "{page}");
        let forged = site.post_form("/reports/day/send", &cookie, "csrf=no".into()).await;
        assert_eq!(forged.status, StatusCode::FORBIDDEN);
        let plain = Request::post("/api/bill_summary/send_eod").header(header::COOKIE, &cookie);
        let plain = plain.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(Body::from("x=1"));
        let foreign = site.send(plain.expect("a request")).await;
        assert!(foreign.status.is_client_error(), "a foreign form sends nothing");
        let bare = Request::post("/api/bill_summary/send_eod").header(header::COOKIE, &cookie).body(Body::empty());
        let bare = site.send(bare.expect("a request")).await;
        assert_eq!(bare.status, StatusCode::FORBIDDEN, "a cookie alone proves nothing");
        let done = site.post_form("/reports/day/send", &cookie, format!("csrf={csrf}")).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
        let location = done.headers[header::LOCATION].to_str().expect("text").to_owned();
        assert!(site.get_with_cookie(&location, &cookie).await.body.contains("2 mails will be sent."));
        let planned = site.post_form("/reports/day/schedule", &cookie, format!("csrf={csrf}&time=18%3A30")).await;
        assert_eq!(planned.status, StatusCode::SEE_OTHER, "{}", planned.body);
        assert!(site.get_with_cookie("/reports/day", &cookie).await.body.contains("name=\"time\" value=\"18:30\""));
        let wrong = site.post_form("/reports/day/schedule", &cookie, format!("csrf={csrf}&time=25%3A99")).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        let (biller, proof) = {
            site.person("bina", Role::Biller, None).await;
            site.sign_in("bina").await
        };
        for path in ["/reports/day/send", "/reports/day/schedule"] {
            let refused = site.post_form(path, &biller, format!("csrf={proof}")).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path}");
        }
    }
}

async fn call(site: &Site, secret: &str) -> crate::common::Answer {
    let request = Request::post("/api/bill_summary/schedule_eod").header("x-eod-secret", secret);
    site.send(request.body(Body::empty()).expect("a request")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_scheduled_call_needs_its_secret_and_sends_a_day_once() {
    let unset = each_site().await.remove(0);
    assert_eq!(call(&unset, "").await.status, StatusCode::NOT_FOUND, "there is no default secret");
    let change = |settings| base_web::Settings { outbox: Outbox::OPEN, sign_ins_per_minute: 8, ..settings };
    for test in each_scarce_database().await {
        let site = site_with_eod_secret(test, change, Some(base_secret::hash_token(SECRET)));
        with_bills(&site).await;
        give_addresses(&site).await;
        for wrong in ["", "a secret", "A SECRET OF THE SCHEDULER"] {
            assert_eq!(call(&site, wrong).await.status, StatusCode::FORBIDDEN, "{wrong}");
        }
        site.app.note_all_refusals().await;
        let refused = audit::latest(&site.db, 1).await.expect("a trail").remove(0);
        assert_eq!(refused.action, "request_refused");
        assert!(refused.after.is_some_and(|after| after.contains("wrong_secret")));
        let sent = call(&site, SECRET).await;
        assert_eq!((sent.status, sent.json()["sent_count"].as_i64()), (StatusCode::OK, Some(2)), "{}", sent.body);
        let again = call(&site, SECRET).await.json();
        assert_eq!((again["sent_count"].as_i64(), again["already_sent"].as_bool()), (Some(0), Some(true)));
        assert_eq!(mail::list(&site.db, None, 10).await.expect("mails").len(), 2);
        site.clock.pass_us(DAY_US);
        assert_eq!(call(&site, SECRET).await.json()["sent_count"], 2, "the next day goes again");
        let mut statuses = Vec::new();
        for _ in 0..9 {
            statuses.push(call(&site, SECRET).await.status);
        }
        assert!(statuses.contains(&StatusCode::TOO_MANY_REQUESTS), "{statuses:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn files_say_what_the_page_says_and_can_be_read_back() {
    for site in each_site().await {
        let people = with_bills(&site).await;
        let midnight = start_of(day(&site), &zone());
        assert!(site.clock.now().since_us(midnight) < DAY_US - MINUTE_US);
        for form in ["csv", "xlsx"] {
            let (name, file) = bytes(&site, &format!("/reports/bills?format={form}"), &people.admin).await;
            assert!(
                name.starts_with("attachment; filename=\"bill_summary_") && name.ends_with(&format!(".{form}\"")),
                "{name}"
            );
            let rows = rows(&file);
            for (bill, figures) in [("M/1", ["2", "2", "3", "3", "60", "-57"]), ("M-2", ["0", "1", "0", "0", "0", "0"])]
            {
                let row = rows.iter().find(|row| row.first().is_some_and(|cell| cell == bill)).expect("the bill's row");
                assert_eq!(row[3..9], figures, "{form} {bill}");
            }
            let (_, one) = bytes(&site, &format!("/bills/m%2f1/report?format={form}"), &people.lucknow).await;
            let one = crate::reports::rows(&one);
            assert!(
                one.iter().any(
                    |row| row.first().is_some_and(|cell| cell == "SB00001") && row.get(2).is_some_and(|n| n == "3")
                ),
                "{one:?}"
            );
        }
        let (_, pdf) = bytes(&site, "/reports/bills?format=pdf", &people.admin).await;
        let document = lopdf::Document::load_mem(&pdf).expect("a PDF");
        assert!(!document.get_pages().is_empty());
        let page = site.get("/reports/scans", &people.lucknow).await.body;
        assert!(page.contains("Lucknow") && !page.contains("Indore") && !page.contains("ravi"), "{page}");
        let none = site.get("/reports/scans", &people.nobody).await.body;
        assert!(!none.contains("arjun") && none.contains("no area yet"), "{none}");
        let areas = site.get("/reports/areas", &people.indore).await.body;
        assert!(areas.contains("Indore") && !areas.contains("Lucknow"), "{areas}");
        let own = site.get("/reports/people/arjun", &people.lucknow).await.body;
        assert!(own.contains("SB77777") && !own.contains("Last 15 actions"), "{own}");
        let whole = site.get("/reports/people/arjun", &people.admin).await.body;
        assert!(whole.contains("Last 15 actions") && whole.contains(">Link added<"), "{whole}");
        let arjun = account::find_id(&site.db, base_core::realm::Realm::Staff, "arjun")
            .await
            .expect("a look")
            .expect("arjun is there");
        let mut tx = site.db.write().await.expect("a transaction");
        account::signed_in(tx.conn(), arjun, site.clock.now()).await.expect("a sign-in");
        tx.commit().await.expect("a commit");
        let since = site.get("/reports/people/arjun", &people.admin).await.body;
        assert!(!whole.contains("Last sign-in") && since.contains("Last sign-in"), "{since}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_summary_is_paged_to_its_end_and_its_files_hold_all() {
    for site in each_site().await {
        let people = with_bills(&site).await;
        for n in 0..60 {
            post_bill(&site, &people.priya, &format!("LONG-{n:03}"), 1).await;
        }
        let mut seen = Vec::new();
        let mut path = "/reports/bills?person=priya".to_owned();
        for _ in 0..3 {
            let page = site.get(&path, &people.admin).await.body;
            seen.extend(page.match_indices("/bills/LONG-").map(|(at, _)| page[at + 7..at + 15].to_owned()));
            let Some((before, _)) = page.split_once("\" rel=\"next\"") else { break };
            path = before.rsplit_once("href=\"").expect("a link").1.replace("&amp;", "&").replace("&#38;", "&");
        }
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 60, "{seen:?}");
        for form in ["csv", "xlsx"] {
            let (_, file) = bytes(&site, &format!("/reports/bills?format={form}&person=priya"), &people.admin).await;
            let found = rows(&file);
            let bills = found.iter().filter(|row| row.first().is_some_and(|cell| cell.starts_with("LONG-"))).count();
            assert_eq!(bills, 60, "{form}");
        }
    }
}
