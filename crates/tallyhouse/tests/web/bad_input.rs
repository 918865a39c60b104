//! Bad input gets a clear answer that names what is wrong, and nothing is half written.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use base_core::permission::Role;
use serde_json::json;
use tallyhouse_support::assert_counts_are_true;

use crate::common::{Answer, each_site};

const PARENT: &str = "\"action\":\"parent\",\"code\":\"sb00001 \"";

#[tokio::test(flavor = "multi_thread")]
async fn bad_bodies_are_refused_whole_and_name_the_field() {
    for site in each_site().await {
        let token = site.token("arjun", Role::Dispatcher, Some("lucknow")).await;
        let good = site.scan(PARENT);
        let many = vec![good.clone(); 1001].join(",");
        let cases: Vec<(String, &str)> = vec![
            (String::new(), "body"),
            ("[]".into(), "body"),
            ("{\"scans\":[]}".into(), "scans"),
            (format!("{{\"scans\":[{many}]}}"), "scans"),
            (format!("{{\"scans\":[{good}],\"extra\":1}}"), "extra"),
            (format!("{{\"scans\":[{good}]}} x"), "body"),
            (format!("{{\"station\":\"dock\\u00001\",\"scans\":[{good}]}}"), "station"),
            (format!("{{\"station\":7,\"scans\":[{good}]}}"), "station"),
            (
                format!("{{\"scans\":[{good},{}]}}", site.scan("\"action\":\"child\",\"code\":\"KID17\"")),
                "scans[1].parent",
            ),
            (
                format!("{{\"scans\":[{good},{}]}}", site.scan("\"action\":\"fly\",\"code\":\"KID17\"")),
                "scans[1].action",
            ),
            (format!("{{\"scans\":[{good},{}]}}", site.scan("\"action\":\"parent\"")), "scans[1].code"),
            (format!("{{\"scans\":[{good},{}]}}", site.scan("\"action\":\"parent\",\"code\":17")), "scans[1].code"),
            (
                format!("{{\"scans\":[{good},{}]}}", site.scan("\"action\":\"parent\",\"code\":\"SB00002\",\"x\":1")),
                "scans[1].x",
            ),
            (format!("{{\"scans\":[{{\"id\":\"no\",\"at\":\"2026-11-21T05:30:00Z\",{PARENT}}}]}}"), "scans[0].id"),
            (format!("{{\"scans\":[{{\"at\":\"2026-11-21T05:30:00Z\",{PARENT}}}]}}"), "scans[0].id"),
            ("{\"station\":\"dock-1\"}".to_owned(), "scans"),
            ("{".to_owned(), "body"),
            (site.scan_at("soon", PARENT), "scans[0].at"),
            (site.scan_at("1953-11-21T05:30:00Z", PARENT), "scans[0].at"),
            (site.scan_at("99999-11-21T05:30:00Z", PARENT), "scans[0].at"),
        ];
        for (body, field) in cases {
            let body = if body.starts_with("{\"id\"") { format!("{{\"scans\":[{body}]}}") } else { body };
            let answer = site.post_json("/api/v1/scans", &token, body.clone()).await;
            let short: String = body.chars().take(120).collect();
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{short} -> {}", answer.body);
            assert_eq!(answer.headers[header::CONTENT_TYPE], "application/problem+json");
            assert_eq!(answer.json()["field"], field, "{short} -> {}", answer.body);
        }
        let large = site.post_json("/api/v1/scans", &token, vec![b' '; (1 << 20) + 1]).await;
        assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE);
        let plain = Request::post("/api/v1/scans").header(header::AUTHORIZATION, format!("Bearer {token}"));
        let plain = site.send(plain.body(Body::from(format!("{{\"scans\":[{good}]}}"))).expect("a request")).await;
        assert_eq!(plain.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
        let list = site.get("/api/v1/bags", &token).await.json();
        assert_eq!(list["bags"].as_array().expect("bags").len(), 0, "nothing was written");
        assert_counts_are_true(&site.db).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_codes_are_results_and_never_break_the_rest() {
    for site in each_site().await {
        let token = site.token("arjun", Role::Dispatcher, Some("lucknow")).await;
        let code = |text: &str| format!("\"action\":\"child\",\"parent\":\"SB00001\",\"code\":{}", json!(text));
        let long = "A".repeat(10_000);
        let texts =
            ["", "  ", "K\u{0}ID17", "KID\u{7}17", "KID😀17", long.as_str(), "<script>", "' or 1=1 --", "KID-17"];
        let mut scans = vec![site.scan(PARENT)];
        scans.extend(texts.iter().map(|text| site.scan(&code(text))));
        scans.push(site.scan(&code(" kid17\r\n")));
        scans.push(site.scan_at("2031-11-21T05:30:00Z", &code("kid18")));
        scans.push(site.scan_at("1971-11-21T05:30:00Z", &code("kid19")));
        let results = site.scans(&token, &scans).await;
        for (result, text) in results[1..=texts.len()].iter().zip(texts) {
            assert_eq!(result["outcome"], "bad_code", "{text:?}");
            assert!(result["message"].as_str().is_some_and(|message| message.len() > 20), "{result}");
            assert!(result["code"].as_str().is_some_and(|code| code.chars().count() <= 100));
        }
        let linked = &results[texts.len() + 1..];
        assert!(linked.iter().all(|result| result["outcome"] == "linked"), "{linked:?}");
        assert!(linked[0].get("clock_off_s").is_none());
        assert!(linked[1]["clock_off_s"].as_i64().is_some_and(|off_s| off_s > 0), "a clock ahead is told");
        assert!(linked[2]["clock_off_s"].as_i64().is_some_and(|off_s| off_s < 0), "a clock behind is told");
        assert_counts_are_true(&site.db).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_filter_of_a_report_stands_beside_its_field() {
    for site in each_site().await {
        let admin = site.token("asha", Role::Admin, None).await;
        for (path, field, words) in [
            ("/reports/bills?from=yesterday&status=new", "from", "Not a valid date"),
            ("/reports/bills?from=2026-02-02&to=2026-02-01", "to", "is before the first"),
            ("/reports/bills?from=2024-01-01&to=2026-01-01", "to", "covers at most 366 days"),
            ("/reports/bills?from=2024-01-01&to=2026-01-01&format=csv", "to", "covers at most 366 days"),
            ("/reports/bills?status=lost", "status", "Choose a value"),
            ("/reports/bills?person=nobody-here&from=2026-01-01", "person", "No account has this name"),
            ("/reports/day?date=2026-02-30", "date", "Not a valid date"),
            ("/reports/scans?date=0001-01-01", "date", "Not a valid date"),
            ("/reports/areas?from=2026-01-01&to=2026-12-31", "to", "covers at most 92 days"),
        ] {
            let page = site.get(path, &admin).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
            let fault = format!("role=\"alert\" id=\"fault-{field}\">");
            let (_, rest) = page.body.split_once(&fault).unwrap_or_else(|| panic!("{path}: {}", page.body));
            assert!(rest.split('<').next().is_some_and(|text| text.contains(words)), "{path}: {rest}");
            let (report, asked) = path.split_once('?').expect("a query");
            assert!(page.body.contains(&format!("<form class=\"filters\" action=\"{report}\"")), "{path}");
            assert!(page.body.contains(&format!("aria-invalid=\"true\" aria-describedby=\"fault-{field}\"")), "{path}");
            for (name, value) in asked.split('&').filter_map(|pair| pair.split_once('=')) {
                let kept = match name {
                    "format" => continue,
                    "status" => format!("<option value=\"{value}\" selected>"),
                    _ => format!("name=\"{name}\" value=\"{value}\""),
                };
                assert!(page.body.contains(&kept) || value == "lost", "{path} keeps {name}: {}", page.body);
            }
            assert!(!page.body.contains("download"), "{path}: there is nothing to take away");
        }
        for path in ["/reports/bills?cursor=x", "/reports/bills?format=exe", "/reports/areas?from=1&from=2"] {
            assert_eq!(site.get(path, &admin).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
        }
        let json = site.get("/api/bill_summary/eod?date=30.02.2026", &admin).await;
        assert_eq!((json.status, json.json()["field"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("date")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_control_character_is_refused_by_the_name_of_its_field_wherever_it_comes_in() {
    for site in each_site().await {
        let token = site.token("asha", Role::Admin, None).await;
        let refused = |answer: &Answer, field: &str, place: &str| {
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{place}: {}", answer.body);
            assert_eq!(answer.json()["field"], field, "{place}");
        };
        for (path, body, field) in [
            ("/api/v1/bills", "{\"bill\":\"BILL-7\",\"description\":\"rice\\u0000\"}", "description"),
            ("/api/v1/bills", "{\"bill\":\"BILL\\u001b7\"}", "bill"),
            ("/api/v1/exports", "{\"what\":\"bags\",\"text\":\"a\\u0000\"}", "text"),
        ] {
            refused(&site.post_json(path, &token, body).await, field, body);
        }
        for (path, field) in [
            ("/api/v1/bags?q=KID%00", "q"),
            ("/api/v1/bags?cursor=l.1.%00", "cursor"),
            ("/api/v1/bills?q=%00", "q"),
            ("/api/v1/scans?q=%1F", "q"),
            ("/api/v1/scans?person=a%00", "person"),
            ("/api/v1/imports?cursor=1.%00", "cursor"),
            ("/api/v1/bags/SB%0000001", "path"),
            ("/api/v1/bills/BILL%00", "path"),
            ("/api/search?q=%00", "q"),
        ] {
            refused(&site.get(path, &token).await, field, path);
        }
        let import = site.post_json("/api/v1/imports?kind=bags&name=a%00.csv", &token, "code\nSB00001\n").await;
        refused(&import, "name", "the name of a file");
        site.person("bina", Role::Admin, None).await;
        let (cookie, csrf) = site.sign_in("bina").await;
        for path in
            ["/bags?q=%00", "/bills?q=%00", "/scans?q=%00", "/bags/SB%0000001", "/bags?person=%00", "/login?next=%00"]
        {
            let page = site.get_with_cookie(path, &cookie).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
            assert!(page.headers[header::CONTENT_TYPE].to_str().expect("plain").starts_with("text/html"), "{path}");
        }
        let form = format!("csrf={csrf}&bill=BILL-8&capacity=1&description=rice%00");
        assert_eq!(site.post_form("/bills/new", &cookie, form).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(site.try_sign_in("bina%00", "x").await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let form = format!("csrf={csrf}&bill=BILL-8&capacity=1&description=rice%0D%0Aand%09dal");
        assert_eq!(site.post_form("/bills/new", &cookie, form).await.status, StatusCode::SEE_OTHER, "lines are text");
        let bills = site.get("/api/v1/bills", &token).await.json();
        assert_eq!(bills["bills"].as_array().expect("bills").len(), 1, "nothing else was written");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_may_be_left_out_may_be_null() {
    for site in each_site().await {
        let admin = site.token("asha", Role::Admin, None).await;
        site.token("ravi", Role::Biller, None).await;
        let found = site.get("/api/v1/accounts?q=ravi", &admin).await.json();
        let path = format!("/api/v1/accounts/{}/password", found["accounts"][0]["id"]);
        let cases = [
            ("null", StatusCode::OK),
            (" null\n", StatusCode::OK),
            ("nul", StatusCode::UNPROCESSABLE_ENTITY),
            ("7", StatusCode::UNPROCESSABLE_ENTITY),
        ];
        for (body, status) in cases {
            assert_eq!(site.post_json(&path, &admin, body).await.status, status, "{body:?}");
        }
    }
}
