//! The API as its callers meet it: on both databases, with good input, bad input and many at once.

mod common;

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use common::{House, each_house, each_house_with};
use serde_json::{Value, json};
use tallyhouse_core::permission::Role;
use tallyhouse_support::assert_counts_are_true;

const PARENT: &str = "\"action\":\"parent\",\"code\":\"sb00001 \"";
const CHILD: &str = "\"action\":\"child\",\"parent\":\"SB00001\",\"code\":\"KID17\"";

#[tokio::test(flavor = "multi_thread")]
async fn a_parent_and_a_child_are_answered_as_documented() {
    for house in each_house().await {
        let token = house.token("arjun", Role::Dispatcher, Some("lucknow")).await;
        let scans = [house.scan(PARENT), house.scan(CHILD)];
        let results = house.scans(&token, &scans).await;
        let facts = |value: &Value, names: &[&str]| names.iter().map(|name| value[*name].clone()).collect::<Vec<_>>();
        let names = ["outcome", "code", "children", "capacity", "status"];
        assert_eq!(
            facts(&results[0], &names),
            [json!("parent_created"), json!("SB00001"), json!(0), json!(30), json!("pending")]
        );
        assert_eq!(
            facts(&results[1], &names),
            [json!("linked"), json!("KID17"), json!(1), json!(30), json!("in_progress")]
        );
        assert_eq!(results[1]["parent"], "SB00001");
        assert_eq!(house.scans(&token, &scans).await, results, "the same again");

        let bag = house.get("/api/v1/bags/sb00001", &token).await.json();
        assert_eq!(bag["children"][0]["code"], "KID17");
        assert_eq!(bag["children"][0]["linked_by"], "arjun");
        assert_eq!(bag["history"].as_array().expect("history").len(), 2);
        let me = house.get("/api/v1/me", &token).await.json();
        assert_eq!(me["selected_parent"]["code"], "SB00001");
        assert_eq!(me["station"], "dock-1");
        let stats = house.get("/api/stats", &token).await.json();
        assert_eq!(stats["statistics"]["total_parent_bags"], 1);
        assert_eq!(stats["statistics"]["total_scans"], 2);
        assert_eq!(stats["statistics"]["my_scans_today"], 2);
        assert_eq!(stats["statistics"]["active_dispatchers"], 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_bodies_are_refused_whole_and_name_the_field() {
    for house in each_house().await {
        let token = house.token("arjun", Role::Dispatcher, Some("lucknow")).await;
        let good = house.scan(PARENT);
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
                format!("{{\"scans\":[{good},{}]}}", house.scan("\"action\":\"child\",\"code\":\"KID17\"")),
                "scans[1].parent",
            ),
            (
                format!("{{\"scans\":[{good},{}]}}", house.scan("\"action\":\"fly\",\"code\":\"KID17\"")),
                "scans[1].action",
            ),
            (format!("{{\"scans\":[{good},{}]}}", house.scan("\"action\":\"parent\"")), "scans[1].code"),
            (format!("{{\"scans\":[{good},{}]}}", house.scan("\"action\":\"parent\",\"code\":17")), "scans[1].code"),
            (
                format!("{{\"scans\":[{good},{}]}}", house.scan("\"action\":\"parent\",\"code\":\"SB00002\",\"x\":1")),
                "scans[1].x",
            ),
            (format!("{{\"scans\":[{{\"id\":\"no\",\"at\":\"2026-11-21T05:30:00Z\",{PARENT}}}]}}"), "scans[0].id"),
            (house.scan_at("soon", PARENT), "scans[0].at"),
            (house.scan_at("1953-11-21T05:30:00Z", PARENT), "scans[0].at"),
            (house.scan_at("99999-11-21T05:30:00Z", PARENT), "scans[0].at"),
        ];
        for (body, field) in cases {
            let body = if body.starts_with("{\"id\"") { format!("{{\"scans\":[{body}]}}") } else { body };
            let answer = house.post_json("/api/v1/scans", &token, body.clone()).await;
            let short: String = body.chars().take(120).collect();
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{short} -> {}", answer.body);
            assert_eq!(answer.headers[header::CONTENT_TYPE], "application/problem+json");
            assert_eq!(answer.json()["field"], field, "{short} -> {}", answer.body);
        }
        let large = house.post_json("/api/v1/scans", &token, vec![b' '; (1 << 20) + 1]).await;
        assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE);
        let plain = Request::post("/api/v1/scans").header(header::AUTHORIZATION, format!("Bearer {token}"));
        let plain = house.send(plain.body(Body::from(format!("{{\"scans\":[{good}]}}"))).expect("a request")).await;
        assert_eq!(plain.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
        let list = house.get("/api/v1/bags", &token).await.json();
        assert_eq!(list["bags"].as_array().expect("bags").len(), 0, "nothing was written");
        assert_counts_are_true(&house.db).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_codes_are_results_and_never_break_the_rest() {
    for house in each_house().await {
        let token = house.token("arjun", Role::Dispatcher, Some("lucknow")).await;
        let code = |text: &str| format!("\"action\":\"child\",\"parent\":\"SB00001\",\"code\":{}", json!(text));
        let long = "A".repeat(10_000);
        let texts =
            ["", "  ", "K\u{0}ID17", "KID\u{7}17", "KID😀17", long.as_str(), "<script>", "' or 1=1 --", "KID-17"];
        let mut scans = vec![house.scan(PARENT)];
        scans.extend(texts.iter().map(|text| house.scan(&code(text))));
        scans.push(house.scan(&code(" kid17\r\n")));
        scans.push(house.scan_at("2031-11-21T05:30:00Z", &code("kid18")));
        scans.push(house.scan_at("1971-11-21T05:30:00Z", &code("kid19")));
        let results = house.scans(&token, &scans).await;
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
        assert_counts_are_true(&house.db).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_scanners_over_http_link_exactly_thirty() {
    for house in each_house().await {
        let token = house.token("arjun", Role::Dispatcher, Some("lucknow")).await;
        house.scans(&token, &[house.scan(PARENT)]).await;
        let house = Arc::new(house);
        let calls = (0..100).map(|n| {
            let (house, token) = (house.clone(), token.clone());
            let scan = house.scan(&format!("\"action\":\"child\",\"parent\":\"SB00001\",\"code\":\"KID{n:03}\""));
            tokio::spawn(async move { house.scans(&token, &[scan]).await.remove(0) })
        });
        let mut outcomes = Vec::new();
        for call in calls.collect::<Vec<_>>() {
            outcomes.push(call.await.expect("no panic"));
        }
        let count = |name: &str| outcomes.iter().filter(|result| result["outcome"] == name).count();
        assert_eq!((count("linked"), count("parent_completed")), (30, 70));
        assert_eq!(outcomes.iter().filter(|result| result["completed"] == true).count(), 1, "completed once");
        assert_counts_are_true(&house.db).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_gets_in_without_proof_and_nobody_does_what_he_may_not() {
    for house in each_house().await {
        let steward = house.token("gate", Role::Steward, None).await;
        let dispatcher = house.token("arjun", Role::Dispatcher, Some("lucknow")).await;
        let biller = house.token("meera", Role::Biller, None).await;
        let body = format!("{{\"scans\":[{}]}}", house.scan(PARENT));
        for path in ["/api/v1/me", "/api/v1/bags", "/api/v1/bags/SB00001", "/api/stats", "/api/v1/live"] {
            assert_eq!(house.get(path, "tally_wrong").await.status, StatusCode::UNAUTHORIZED, "{path}");
        }
        assert_eq!(house.post_json("/api/v1/scans", "", body.clone()).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(house.post_json("/api/v1/scans", &steward, body.clone()).await.status, StatusCode::FORBIDDEN);
        assert_eq!(house.get("/api/v1/bags", &steward).await.status, StatusCode::FORBIDDEN);
        assert_eq!(house.post_json("/api/v1/scans", &dispatcher, body).await.status, StatusCode::OK);
        let remove = |token: &str| {
            let request =
                Request::delete("/api/v1/bags/SB00001").header(header::AUTHORIZATION, format!("Bearer {token}"));
            house.send(request.body(Body::empty()).expect("a request"))
        };
        assert_eq!(remove(&dispatcher).await.status, StatusCode::FORBIDDEN);
        assert_eq!(remove(&biller).await.json()["outcome"], "deleted");
        assert_eq!(house.get("/api/v1/bags/SB00001", &biller).await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dispatcher_sees_nothing_of_another_area() {
    for house in each_house().await {
        let lucknow = house.token("arjun", Role::Dispatcher, Some("lucknow")).await;
        let indore = house.token("kiran", Role::Dispatcher, Some("indore")).await;
        let nowhere = house.token("new", Role::Dispatcher, None).await;
        let admin = house.token("root", Role::Admin, None).await;
        house.scans(&lucknow, &[house.scan(PARENT), house.scan(CHILD)]).await;
        for token in [&indore, &nowhere] {
            for path in ["/api/v1/bags", "/api/v1/bags?area=lucknow", "/api/v1/bags?q=KID", "/api/v1/bags?type=parent"]
            {
                let list = house.get(path, token).await.json();
                assert_eq!(list["bags"].as_array().expect("bags").len(), 0, "{path}");
            }
            assert_eq!(house.get("/api/v1/bags/SB00001", token).await.status, StatusCode::NOT_FOUND);
            assert_eq!(house.get("/api/v1/bags/KID17", token).await.status, StatusCode::NOT_FOUND);
            let stats = house.get("/api/stats", token).await.json();
            assert_eq!(stats["statistics"]["total_products"], 0);
            assert!(stats["statistics"].get("total_users").is_none());
            let result = house.scans(token, &[house.scan(PARENT)]).await.remove(0);
            assert_eq!(result["outcome"], "other_area");
            assert!(result.get("children").is_none() && result.get("status").is_none(), "{result}");
        }
        assert_eq!(house.get("/api/v1/bags", &admin).await.json()["bags"].as_array().expect("bags").len(), 2);
        assert_eq!(house.get("/api/stats", &admin).await.json()["statistics"]["total_users"], 4);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_paged_to_its_very_end() {
    for house in each_house().await {
        let token = house.token("meera", Role::Biller, None).await;
        let scans: Vec<String> =
            (0..120).map(|n| house.scan(&format!("\"action\":\"parent\",\"code\":\"SB{n:05}\""))).collect();
        house.scans(&token, &scans).await;
        for query in ["", "&type=parent", "&q=sb000", "&q=SB000&type=parent"] {
            let (mut seen, mut cursor, mut pages) = (Vec::new(), String::new(), 0);
            loop {
                let page = house.get(&format!("/api/v1/bags?limit=25{query}&cursor={cursor}"), &token).await.json();
                seen.extend(page["bags"].as_array().expect("bags").iter().map(|bag| bag["code"].to_string()));
                pages += 1;
                match page["next_cursor"].as_str() {
                    Some(next) => cursor = next.to_owned(),
                    None => break,
                }
            }
            let total: usize = if query.contains("q=") { 100 } else { 120 };
            assert_eq!((seen.len(), pages), (total, total.div_ceil(25)), "{query}");
            seen.sort();
            seen.dedup();
            assert_eq!(seen.len(), total, "no bag twice with {query:?}");
        }
        for bad in ["limit=0", "limit=201", "limit=x", "type=both", "cursor=abc", "colour=red"] {
            let answer = house.get(&format!("/api/v1/bags?{bad}"), &token).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{bad}: {}", answer.body);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_must_prove_itself_for_every_change() {
    for house in each_house().await {
        house.person("arjun", Role::Dispatcher, Some("lucknow")).await;
        let (cookie, csrf) = house.sign_in("arjun").await;
        let body = format!("{{\"scans\":[{}]}}", house.scan(PARENT));
        let send = |proof: &str| {
            let request = Request::post("/api/v1/scans")
                .header(header::COOKIE, &cookie)
                .header(header::CONTENT_TYPE, "application/json")
                .header("x-csrf-token", proof);
            house.send(request.body(Body::from(body.clone())).expect("a request"))
        };
        assert_eq!(send("").await.json()["code"], "csrf");
        assert_eq!(send("0000").await.status, StatusCode::FORBIDDEN);
        assert_eq!(send(&csrf).await.status, StatusCode::OK);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_house_says_when_to_come_again() {
    let houses = each_house_with(|settings| settings).await;
    let house: &House = &houses[0];
    let token = house.token("meera", Role::Biller, None).await;
    // The one writer is taken, so that everything waits.
    let blocker = house.db.write().await.expect("the writer");
    let mut waiting = Vec::new();
    for call in 0..17 {
        let scans: Vec<String> = (0..1000)
            .map(|n| house.scan(&format!("\"action\":\"parent\",\"code\":\"M444-{:05}\"", call * 1000 + n)))
            .collect();
        let body = format!("{{\"scans\":[{}]}}", scans.join(","));
        let (router, token) = (house.router.clone(), token.clone());
        waiting.push(tokio::spawn(async move {
            let request = Request::post("/api/v1/scans")
                .header(header::AUTHORIZATION, format!("Bearer {token}"))
                .header(header::CONTENT_TYPE, "application/json");
            let request = request.body(Body::from(body)).expect("a request");
            tower::ServiceExt::oneshot(router, request).await.expect("an answer")
        }));
    }
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    drop(blocker);
    let mut statuses = Vec::new();
    for call in waiting {
        let answer = call.await.expect("no panic");
        if answer.status() == StatusCode::SERVICE_UNAVAILABLE {
            assert_eq!(answer.headers()[header::RETRY_AFTER], "1");
        }
        statuses.push(answer.status().as_u16());
    }
    let busy = statuses.iter().filter(|status| **status == 503).count();
    assert_eq!((busy, statuses.len() - busy), (1, 16), "16,384 scans may wait, no more");
    assert_counts_are_true(&house.db).await;
}

#[tokio::test]
async fn the_description_of_the_api_is_what_it_was() {
    let house = each_house().await.remove(0);
    let document = house.get("/api/openapi.json", "").await.json();
    insta::assert_json_snapshot!("openapi", document);
    let page = house.get("/api/docs", "").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("POST /api/v1/scans"));
    for path in ["/health", "/ready"] {
        assert_eq!(house.get(path, "").await.status, StatusCode::OK);
    }
    assert_eq!(house.get("/api/v1/nothing", "").await.json()["code"], "no_such_address");
}
