//! The API as its callers meet it: on both databases, with good input, bad input and many at once.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use base_core::permission::Role;
use serde_json::{Value, json};
use tallyhouse_support::assert_counts_are_true;

use crate::common::{Site, each_site, each_site_with};

const PARENT: &str = "\"action\":\"parent\",\"code\":\"sb00001 \"";
const CHILD: &str = "\"action\":\"child\",\"parent\":\"SB00001\",\"code\":\"KID17\"";

#[tokio::test(flavor = "multi_thread")]
async fn a_parent_and_a_child_are_answered_as_documented() {
    for site in each_site().await {
        let token = site.token("arjun", Role::Dispatcher, Some("lucknow")).await;
        let scans = [site.scan(PARENT), site.scan(CHILD)];
        let results = site.scans(&token, &scans).await;
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
        assert_eq!(site.scans(&token, &scans).await, results, "the same again");

        let bag = site.get("/api/v1/bags/sb00001", &token).await.json();
        assert_eq!(bag["children"][0]["code"], "KID17");
        assert_eq!(bag["children"][0]["linked_by"], "arjun");
        assert_eq!(bag["created_by"], "arjun");
        assert_eq!(bag["history"].as_array().expect("history").len(), 2);
        let me = site.get("/api/v1/me", &token).await.json();
        assert_eq!(me["selected_parent"]["code"], "SB00001");
        assert_eq!(me["station"], "dock-1");
        let stats = site.get("/api/stats", &token).await.json();
        assert_eq!(stats["statistics"]["total_parent_bags"], 1);
        assert_eq!(stats["statistics"]["total_scans"], 2);
        assert_eq!(stats["statistics"]["my_scans_today"], 2);
        assert_eq!(stats["statistics"]["active_dispatchers"], 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_scanners_over_http_link_exactly_thirty() {
    for site in each_site().await {
        let token = site.token("arjun", Role::Dispatcher, Some("lucknow")).await;
        site.scans(&token, &[site.scan(PARENT)]).await;
        let site = Arc::new(site);
        let calls = (0..100).map(|n| {
            let (site, token) = (site.clone(), token.clone());
            let scan = site.scan(&format!("\"action\":\"child\",\"parent\":\"SB00001\",\"code\":\"KID{n:03}\""));
            tokio::spawn(async move { site.scans(&token, &[scan]).await.remove(0) })
        });
        let mut outcomes = Vec::new();
        for call in calls.collect::<Vec<_>>() {
            outcomes.push(call.await.expect("no panic"));
        }
        let count = |name: &str| outcomes.iter().filter(|result| result["outcome"] == name).count();
        assert_eq!((count("linked"), count("parent_completed")), (30, 70));
        assert_eq!(outcomes.iter().filter(|result| result["completed"] == true).count(), 1, "completed once");
        assert_counts_are_true(&site.db).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_gets_in_without_proof_and_nobody_does_what_he_may_not() {
    for site in each_site().await {
        let steward = site.token("gate", Role::Steward, None).await;
        let dispatcher = site.token("arjun", Role::Dispatcher, Some("lucknow")).await;
        let biller = site.token("meera", Role::Biller, None).await;
        let body = format!("{{\"scans\":[{}]}}", site.scan(PARENT));
        for path in ["/api/v1/me", "/api/v1/bags", "/api/v1/bags/SB00001", "/api/stats", "/api/v1/live"] {
            assert_eq!(site.get(path, "tally_wrong").await.status, StatusCode::UNAUTHORIZED, "{path}");
        }
        assert_eq!(site.post_json("/api/v1/scans", "", body.clone()).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(site.post_json("/api/v1/scans", &steward, body.clone()).await.status, StatusCode::FORBIDDEN);
        assert_eq!(site.get("/api/v1/bags", &steward).await.status, StatusCode::FORBIDDEN);
        assert_eq!(site.post_json("/api/v1/scans", &dispatcher, body).await.status, StatusCode::OK);
        let remove = |token: &str| {
            let request =
                Request::delete("/api/v1/bags/SB00001").header(header::AUTHORIZATION, format!("Bearer {token}"));
            site.send(request.body(Body::empty()).expect("a request"))
        };
        assert_eq!(remove(&dispatcher).await.status, StatusCode::FORBIDDEN);
        let child = site.scan("\"action\":\"child\",\"parent\":\"SB00001\",\"code\":\"KID17\"");
        site.scans(&dispatcher, &[child]).await;
        let full = remove(&biller).await;
        assert_eq!((full.status, &full.json()["code"]), (StatusCode::CONFLICT, &"has_children".into()));
        let unlink = site.scan("\"action\":\"unlink\",\"code\":\"KID17\"");
        site.scans(&dispatcher, &[unlink]).await;
        assert_eq!(remove(&biller).await.json()["outcome"], "deleted");
        let gone = remove(&biller).await;
        assert_eq!((gone.status, &gone.json()["code"]), (StatusCode::NOT_FOUND, &"unknown_bag".into()));
        assert_eq!(site.get("/api/v1/bags/SB00001", &biller).await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dispatcher_sees_nothing_of_another_area() {
    for site in each_site().await {
        let lucknow = site.token("arjun", Role::Dispatcher, Some("lucknow")).await;
        let indore = site.token("kiran", Role::Dispatcher, Some("indore")).await;
        let nowhere = site.token("new", Role::Dispatcher, None).await;
        let admin = site.token("root", Role::Admin, None).await;
        site.scans(&lucknow, &[site.scan(PARENT), site.scan(CHILD)]).await;
        for token in [&indore, &nowhere] {
            for path in ["/api/v1/bags", "/api/v1/bags?area=lucknow", "/api/v1/bags?q=KID", "/api/v1/bags?type=parent"]
            {
                let list = site.get(path, token).await.json();
                assert_eq!(list["bags"].as_array().expect("bags").len(), 0, "{path}");
            }
            assert_eq!(site.get("/api/v1/bags/SB00001", token).await.status, StatusCode::NOT_FOUND);
            assert_eq!(site.get("/api/v1/bags/KID17", token).await.status, StatusCode::NOT_FOUND);
            let stats = site.get("/api/stats", token).await.json();
            assert_eq!(stats["statistics"]["total_products"], 0);
            assert!(stats["statistics"].get("total_users").is_none());
            let result = site.scans(token, &[site.scan(PARENT)]).await.remove(0);
            assert_eq!(result["outcome"], "other_area");
            assert!(result.get("children").is_none() && result.get("status").is_none(), "{result}");
        }
        assert_eq!(site.get("/api/v1/bags", &admin).await.json()["bags"].as_array().expect("bags").len(), 2);
        assert_eq!(site.get("/api/stats", &admin).await.json()["statistics"]["total_users"], 4);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_paged_to_its_very_end() {
    for site in each_site().await {
        let token = site.token("meera", Role::Biller, None).await;
        let scans: Vec<String> =
            (0..120).map(|n| site.scan(&format!("\"action\":\"parent\",\"code\":\"SB{n:05}\""))).collect();
        site.scans(&token, &scans).await;
        for query in ["", "&type=parent", "&q=sb000", "&q=SB000&type=parent"] {
            let (mut seen, mut cursor, mut pages) = (Vec::new(), String::new(), 0);
            loop {
                let page = site.get(&format!("/api/v1/bags?limit=25{query}&cursor={cursor}"), &token).await.json();
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
            let answer = site.get(&format!("/api/v1/bags?{bad}"), &token).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{bad}: {}", answer.body);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_must_prove_itself_for_every_change() {
    for site in each_site().await {
        site.person("arjun", Role::Dispatcher, Some("lucknow")).await;
        let (cookie, csrf) = site.sign_in("arjun").await;
        let body = format!("{{\"scans\":[{}]}}", site.scan(PARENT));
        let send = |proof: &str| {
            let request = Request::post("/api/v1/scans")
                .header(header::COOKIE, &cookie)
                .header(header::CONTENT_TYPE, "application/json")
                .header("x-csrf-token", proof);
            site.send(request.body(Body::from(body.clone())).expect("a request"))
        };
        assert_eq!(send("").await.json()["code"], "csrf");
        assert_eq!(send("0000").await.status, StatusCode::FORBIDDEN);
        assert_eq!(send(&csrf).await.status, StatusCode::OK);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_site_says_when_to_come_again() {
    let sites = each_site_with(|settings| settings).await;
    let site: &Site = &sites[0];
    let token = site.token("meera", Role::Biller, None).await;
    // The one writer is taken, so that everything waits.
    let blocker = site.db.write().await.expect("the writer");
    let mut waiting = Vec::new();
    for call in 0..17 {
        let scans: Vec<String> = (0..1000)
            .map(|n| site.scan(&format!("\"action\":\"parent\",\"code\":\"M444-{:05}\"", call * 1000 + n)))
            .collect();
        let body = format!("{{\"scans\":[{}]}}", scans.join(","));
        let (router, token) = (site.router.clone(), token.clone());
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
    assert_counts_are_true(&site.db).await;
}
