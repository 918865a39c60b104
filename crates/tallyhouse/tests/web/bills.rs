//! Bills through the API, on both databases: rights, rules, scope, bad input.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use base_core::permission::Role;
use serde_json::{Value, json};
use tallyhouse_support::assert_counts_are_true;

use crate::common::{Answer, Site, each_site};

const ODD: &str = "Inv 25/7%";
const ODD_PATH: &str = "Inv%2025%2F7%25";

impl Site {
    pub async fn call(&self, method: Method, path: &str, token: &str, body: Option<Value>) -> Answer {
        let request =
            Request::builder().method(method).uri(path).header(header::AUTHORIZATION, format!("Bearer {token}"));
        let request = match body {
            Some(body) => request.header(header::CONTENT_TYPE, "application/json").body(Body::from(body.to_string())),
            None => request.body(Body::empty()),
        };
        self.send(request.expect("a request")).await
    }

    pub async fn create_bill(&self, token: &str, bill: &str, capacity: i64) -> Answer {
        let body = json!({ "bill": bill, "capacity": capacity, "description": "To the mill" });
        self.call(Method::POST, "/api/v1/bills", token, Some(body)).await
    }

    /// Parents of one area with so many children each.
    pub async fn fill(&self, token: &str, parents: std::ops::Range<u32>, children: u32) {
        for n in parents {
            let parent = format!("SB{n:05}");
            let mut scans = vec![self.scan(&format!("\"action\":\"parent\",\"code\":\"{parent}\""))];
            scans.extend((0..children).map(|k| {
                self.scan(&format!("\"action\":\"child\",\"parent\":\"{parent}\",\"code\":\"KID{n:03}X{k:02}\""))
            }));
            self.scans(token, &scans).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bill_goes_its_way_through_the_api() {
    for site in each_site().await {
        let biller = site.token("meera", Role::Biller, None).await;
        let admin = site.token("root", Role::Admin, None).await;
        site.fill(&biller, 1..2, 30).await;
        site.fill(&biller, 2..3, 28).await;
        let created = site.create_bill(&biller, ODD, 2).await;
        assert_eq!(created.status, StatusCode::CREATED, "{}", created.body);
        assert_eq!(created.headers[header::LOCATION], format!("/api/v1/bills/{ODD_PATH}"));
        let again = site.create_bill(&biller, "INV 25/7%", 2).await;
        assert_eq!((again.status, again.json()["code"].clone()), (StatusCode::CONFLICT, json!("bill_exists")));
        assert_eq!((&again.json()["bill"], &again.json()["bill_capacity"]), (&json!(ODD), &json!(2)), "{}", again.body);

        let path = format!("/api/v1/bills/{ODD_PATH}");
        let short = site.call(Method::POST, &format!("{path}/complete"), &biller, None).await;
        assert_eq!((short.status, &short.json()["missing"]), (StatusCode::CONFLICT, &json!(2)), "{}", short.body);
        for parent in ["sb00001", "SB00002"] {
            let put = site.call(Method::POST, &format!("{path}/parents/{parent}"), &biller, None).await;
            assert_eq!((put.status, &put.json()["outcome"]), (StatusCode::OK, &json!("bill_linked")), "{}", put.body);
        }
        let full = site.call(Method::POST, &format!("{path}/parents/SB00003"), &biller, None).await;
        assert_eq!((&full.json()["code"], &full.json()["bag"]), (&json!("bill_full"), &json!("SB00003")));
        assert!(full.json()["detail"].as_str().is_some_and(|detail| detail.contains("is full")), "{}", full.body);

        let shown = site.get(&path, &biller).await.json();
        let names = ["bill", "status", "capacity", "parents", "children", "actual_kg", "expected_kg", "target_kg"];
        let facts = names.map(|name| shown[name].clone());
        let expected = json!([ODD, "processing", 2, 2, 58, 58, 60, 60]);
        assert_eq!(Value::from(facts.to_vec()), expected);
        assert_eq!(
            (&shown["variance_kg"], &shown["percent"], &shown["progress"]),
            (&json!(-2), &json!(100), &json!("completed"))
        );
        assert_eq!((&shown["description"], &shown["created_by"]), (&json!("To the mill"), &json!("meera")));
        let bags: Vec<&str> =
            shown["parent_bags"].as_array().expect("bags").iter().filter_map(|bag| bag["code"].as_str()).collect();
        assert_eq!(bags, ["SB00002", "SB00001"], "newest first");
        assert_eq!(
            (&shown["parent_bags"][0]["children"], &shown["parent_bags"][0]["linked_by"]),
            (&json!(28), &json!("meera"))
        );
        let first = site.get(&format!("{path}?limit=1"), &biller).await.json();
        let next = first["next"].as_str().expect("a second page");
        let second = site.get(&format!("{path}?limit=1&cursor={next}"), &biller).await.json();
        assert_eq!((&second["parent_bags"][0]["code"], &second["next"]), (&json!("SB00001"), &Value::Null));

        let weights = site.get(&format!("{path}/weights"), &biller).await.json();
        assert_eq!((&weights["actual_kg"], &weights["short_parents"]), (&json!(58), &json!(1)));
        let scans = site.get(&format!("{path}/scans"), &biller).await.json();
        let scans = scans["scans"].as_array().expect("scans").clone();
        assert_eq!(scans[0]["outcome"], "bill_full", "the newest first");
        assert!(scans.iter().any(|scan| scan["outcome"] == "linked" && scan["person"] == "meera"));
        let old = site.get(&format!("/api/bills/{ODD_PATH}"), &biller).await.json();
        assert_eq!(
            (&old["parent_bag_count"], &old["actual_weight_kg"], &old["expected_weight_kg"], &old["total_child_count"]),
            (&json!(2), &json!(58), &json!(60), &json!(58))
        );
        assert_eq!(old["parent_bags"][1]["qr_id"], "SB00001");
        let old = site.get(&format!("/api/bill/{ODD_PATH}/weights"), &biller).await.json();
        assert_eq!(
            (&old["actual_weight"], &old["expected_weight"], &old["parent_bags"]),
            (&json!(58), &json!(60), &json!(2))
        );

        close_and_remove(&site, &path, &biller, &admin).await;
    }
}

/// Completes a full bill, opens it again, counts it anew and removes it.
async fn close_and_remove(site: &Site, path: &str, biller: &str, admin: &str) {
    let done = site.call(Method::POST, &format!("{path}/complete"), biller, None).await;
    assert_eq!((done.status, &done.json()["bill_status"]), (StatusCode::OK, &json!("completed")));
    let edit = site.call(Method::PATCH, path, biller, Some(json!({ "description": "x" }))).await;
    assert_eq!((edit.status, &edit.json()["code"]), (StatusCode::CONFLICT, &json!("bill_completed")));
    let gone = site.call(Method::DELETE, path, admin, None).await;
    assert_eq!((gone.status, &gone.json()["code"]), (StatusCode::CONFLICT, &json!("bill_completed")));
    assert_eq!(site.call(Method::POST, &format!("{path}/reopen"), biller, None).await.status, StatusCode::OK);
    let taken = site.call(Method::DELETE, &format!("{path}/parents/SB00001"), biller, None).await;
    assert_eq!((&taken.json()["outcome"], &taken.json()["actual_kg"]), (&json!("bill_unlinked"), &json!(28)));
    let same = site.call(Method::PATCH, path, biller, Some(json!({ "capacity": 2 }))).await;
    assert_eq!((same.status, &same.json()["outcome"]), (StatusCode::OK, &json!("bill_unchanged")));
    let counted = site.call(Method::POST, &format!("{path}/recalculate"), admin, None).await.json();
    assert_eq!((&counted["was_wrong"], &counted["children"]), (&json!(false), &json!(28)));
    let all = site.call(Method::POST, "/api/v1/bill-weights/recalculate", admin, None).await.json();
    assert_eq!((&all["bills"], &all["wrong"]), (&json!(1), &json!(0)));
    assert_eq!(site.call(Method::DELETE, path, admin, None).await.json()["outcome"], "bill_deleted");
    assert_eq!(site.get(path, biller).await.status, StatusCode::NOT_FOUND);
    assert_counts_are_true(&site.db).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_id_is_answered_the_same_and_does_nothing_twice() {
    for site in each_site().await {
        let biller = site.token("meera", Role::Biller, None).await;
        for id in ["6f1c2a34-9a61-4c8e-9f0b-3c2f1d7a5b10", "019a9f00-0000-7000-8000-000000000001"] {
            let bill = format!("A-{}", &id[..8]);
            let body = json!({ "id": id, "bill": bill, "capacity": 3 });
            let send = || site.call(Method::POST, "/api/v1/bills", &biller, Some(body.clone()));
            let first = send().await;
            assert_eq!(first.status, StatusCode::CREATED, "{}", first.body);
            site.clock.pass_us(5_000_000);
            let second = send().await;
            assert_eq!((second.status, &second.body), (StatusCode::CREATED, &first.body));
            let other = json!({ "id": id, "bill": bill, "capacity": 4 });
            let other = site.call(Method::POST, "/api/v1/bills", &biller, Some(other)).await;
            assert_eq!((other.status, &other.json()["code"]), (StatusCode::CONFLICT, &json!("scan_id_reused")));
        }
        let put = |id: &str| {
            let request = Request::post("/api/v1/bills/A-6f1c2a34/parents/SB00009")
                .header(header::AUTHORIZATION, format!("Bearer {biller}"))
                .header("x-scan-id", id);
            site.send(request.body(Body::empty()).expect("a request"))
        };
        assert_eq!(put("no id").await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let id = "6f1c2a34-9a61-4c8e-9f0b-3c2f1d7a5b11";
        assert_eq!(put(id).await.body, put(id).await.body, "linked once, answered twice");
        assert_eq!(put("6f1c2a34-9a61-4c8e-9f0b-3c2f1d7a5b12").await.json()["code"], "already_on_this_bill");
        assert_counts_are_true(&site.db).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_does_what_he_may_and_no_more() {
    for site in each_site().await {
        let admin = site.token("root", Role::Admin, None).await;
        let biller = site.token("meera", Role::Biller, None).await;
        let dispatcher = site.token("arjun", Role::Dispatcher, Some("lucknow")).await;
        let steward = site.token("gate", Role::Steward, None).await;
        site.fill(&dispatcher, 1..2, 1).await;
        site.create_bill(&biller, "B-1", 5).await;
        site.call(Method::POST, "/api/v1/bills/B-1/parents/SB00001", &biller, None).await;
        // Rights: who looks, who edits, who removes. 1 each for admin, biller, dispatcher, steward, nobody.
        let look = [200, 200, 200, 403, 401];
        let edit = [0, 0, 403, 403, 401];
        let remove = [0, 403, 403, 403, 401];
        let tokens = [admin.as_str(), &biller, &dispatcher, &steward, "tally_wrong"];
        let body = || Some(json!({ "description": "x" }));
        let cases: Vec<(Method, &str, Option<Value>, [u16; 5])> = vec![
            (Method::GET, "/api/v1/bills", None, look),
            (Method::GET, "/api/v1/bills/B-1", None, look),
            (Method::GET, "/api/v1/bills/b-1/weights", None, look),
            (Method::GET, "/api/v1/bills/B-1/scans", None, look),
            (Method::GET, "/api/bills", None, look),
            (Method::GET, "/api/bills/B-1", None, look),
            (Method::GET, "/api/bill/B-1/weights", None, look),
            (Method::POST, "/api/v1/bills", Some(json!({ "bill": "B-1" })), edit),
            (Method::PATCH, "/api/v1/bills/B-1", body(), edit),
            (Method::POST, "/api/v1/bills/B-1/complete", None, edit),
            (Method::POST, "/api/v1/bills/B-1/reopen", None, edit),
            (Method::POST, "/api/v1/bills/B-1/parents/SB00001", None, edit),
            (Method::DELETE, "/api/v1/bills/B-1/parents/SB00007", None, edit),
            (Method::POST, "/api/v1/bills/B-1/recalculate", None, remove),
            (Method::POST, "/api/v1/bill-weights/recalculate", None, remove),
            (Method::DELETE, "/api/v1/bills/B-2", None, remove),
        ];
        for (method, path, body, expected) in cases {
            for (token, expected) in tokens.iter().zip(expected) {
                let status = site.call(method.clone(), path, token, body.clone()).await.status.as_u16();
                let fits = if expected == 0 { !matches!(status, 401 | 403 | 500..) } else { status == expected };
                assert!(fits, "{method} {path}: {status} instead of {expected}");
            }
        }
        let pages = [
            "/bills",
            "/bills/B-1",
            "/bills/B-1/parents/SB00001",
            "/bills/new",
            "/bills/B-1/edit",
            "/bills/recalculate",
        ];
        for (at, path) in pages.into_iter().enumerate() {
            for (token, role) in tokens.iter().zip(0..) {
                let status = site.get(path, token).await.status.as_u16();
                let may = match at {
                    0..=2 => role <= 2,
                    3 | 4 => role <= 1,
                    _ => role == 0,
                };
                let expected = if role == 4 {
                    303
                } else if may {
                    200
                } else {
                    403
                };
                assert_eq!(status, expected, "{path} for {role}");
            }
        }
        assert_counts_are_true(&site.db).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dispatcher_sees_only_bills_with_a_parent_of_his_area_and_only_his_parents() {
    for site in each_site().await {
        let biller = site.token("meera", Role::Biller, None).await;
        let lucknow = site.token("arjun", Role::Dispatcher, Some("lucknow")).await;
        let indore = site.token("kiran", Role::Dispatcher, Some("indore")).await;
        let nowhere = site.token("new", Role::Dispatcher, None).await;
        site.fill(&lucknow, 1..3, 2).await;
        site.fill(&indore, 3..4, 2).await;
        for (bill, parents) in [("BOTH", vec![1, 3]), ("OURS", vec![2]), ("EMPTY", vec![])] {
            site.create_bill(&biller, bill, 5).await;
            for n in parents {
                site.call(Method::POST, &format!("/api/v1/bills/{bill}/parents/SB{n:05}"), &biller, None).await;
            }
        }
        let list = async |path: &str, token: &str| {
            let list = site.get(path, token).await.json();
            let bills = list["bills"].as_array().expect("bills").clone();
            bills.iter().filter_map(|bill| bill["bill"].as_str().map(ToOwned::to_owned)).collect::<Vec<_>>()
        };
        assert_eq!(list("/api/v1/bills", &biller).await, ["EMPTY", "OURS", "BOTH"]);
        assert_eq!(list("/api/v1/bills", &lucknow).await, ["OURS", "BOTH"]);
        assert_eq!(list("/api/v1/bills?sort=number", &lucknow).await, ["BOTH", "OURS"]);
        assert_eq!(list("/api/v1/bills?area=indore", &lucknow).await, Vec::<String>::new());
        assert_eq!(list("/api/v1/bills?area=indore", &biller).await, ["BOTH"]);
        assert_eq!(list("/api/v1/bills?q=OUR", &indore).await, Vec::<String>::new());
        assert_eq!(list("/api/v1/bills", &nowhere).await, Vec::<String>::new());
        for path in ["/api/v1/bills/OURS", "/api/v1/bills/OURS/scans", "/api/bills/OURS", "/api/v1/bills/EMPTY"] {
            assert_eq!(site.get(path, &indore).await.status, StatusCode::NOT_FOUND, "{path}");
            assert_eq!(site.get(path, &nowhere).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        let both = site.get("/api/v1/bills/BOTH", &indore).await.json();
        assert_eq!((&both["parents"], &both["other_areas"]), (&json!(2), &json!(1)));
        assert_eq!(both["parent_bags"].as_array().expect("bags").len(), 1);
        assert_eq!(both["parent_bags"][0]["code"], "SB00003");
        let scans = site.get("/api/v1/bills/BOTH/scans", &indore).await.body;
        assert!(scans.contains("SB00003") && !scans.contains("SB00001"), "{scans}");
        let page = site.get("/bills/BOTH?children=1", &indore).await.body;
        assert!(page.contains("KID003X01") && !page.contains("KID001X01") && page.contains("other-areas"), "{page}");
        assert!(!page.contains("id=\"edit\"") && !page.contains("manual-entry"), "a dispatcher only looks");
        assert_eq!(site.get("/bills/OURS", &indore).await.status, StatusCode::NOT_FOUND);
        assert_eq!(site.get("/bills/BOTH/parents/SB00001", &indore).await.status, StatusCode::NOT_FOUND);
        assert!(!site.get("/bills", &indore).await.body.contains("OURS"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_input_is_refused_and_names_the_field() {
    for site in each_site().await {
        let biller = site.token("meera", Role::Biller, None).await;
        site.create_bill(&biller, "B-1", 5).await;
        for (query, field) in [
            ("limit=0", "limit"),
            ("limit=201", "limit"),
            ("status=draft", "status"),
            ("sort=weight", "sort"),
            ("from=yesterday", "from"),
            ("from=1953-01-01", "from"),
            ("to=2026-02-30", "to"),
            ("from=2026-11-21&to=2026-11-20", "to"),
            ("cursor=zzz", "cursor"),
            ("q=a%00b", "q"),
            ("area=a%07", "area"),
            ("x=1", "x"),
        ] {
            let answer = site.get(&format!("/api/v1/bills?{query}"), &biller).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{query} -> {}", answer.body);
            assert_eq!(answer.json()["field"], field, "{query} -> {}", answer.body);
        }
        let long = "x".repeat(2_001);
        for (body, status, code) in [
            (json!({ "bill": "ab" }), 422, "bad_bill"),
            (json!({ "bill": "9".repeat(51) }), 422, "bad_bill"),
            (json!({ "bill": "B\u{0}1" }), 422, "invalid_field"),
            (json!({ "bill": "B-2", "capacity": 0 }), 422, "bad_capacity"),
            (json!({ "bill": "B-2", "capacity": 501 }), 422, "bad_capacity"),
            (json!({ "bill": "B-2", "description": long }), 422, "bad_description"),
            (json!({ "capacity": 5 }), 422, "invalid_field"),
            (json!({ "bill": "B-2", "extra": 5 }), 422, "invalid_field"),
            (json!({ "bill": "B-2", "id": "no" }), 422, "invalid_field"),
            (json!({ "bill": "b-1" }), 409, "bill_exists"),
        ] {
            let answer = site.call(Method::POST, "/api/v1/bills", &biller, Some(body.clone())).await;
            assert_eq!(
                (answer.status.as_u16(), &answer.json()["code"]),
                (status, &json!(code)),
                "{body} -> {}",
                answer.body
            );
            assert_eq!(answer.headers[header::CONTENT_TYPE], "application/problem+json");
            assert!(answer.json()["detail"].as_str().is_some_and(|detail| detail.len() > 20), "{}", answer.body);
        }
        for (method, path, status, code) in [
            (Method::GET, "/api/v1/bills/B-9", 404, "not_found"),
            (Method::GET, "/api/v1/bills/x", 404, "not_found"),
            (Method::POST, "/api/v1/bills/B-9/complete", 404, "unknown_bill"),
            (Method::POST, "/api/v1/bills/B-1/fly", 404, "not_found"),
            (Method::POST, "/api/v1/bills/B-1/reopen", 409, "bill_open"),
            (Method::POST, "/api/v1/bills/B-1/parents/KID1", 422, "not_a_parent_code"),
            (Method::DELETE, "/api/v1/bills/B-1/parents/SB00001", 409, "not_on_bill"),
            (Method::GET, "/api/bills?offset=100", 410, "offset_gone"),
        ] {
            let answer = site.call(method, path, &biller, None).await;
            assert_eq!(
                (answer.status.as_u16(), &answer.json()["code"]),
                (status, &json!(code)),
                "{path} -> {}",
                answer.body
            );
        }
        let old = site.get("/api/bills?limit=7&status=new", &biller).await.json();
        assert_eq!((&old["total"], &old["count"], &old["bills"][0]["bill_id"]), (&json!(1), &json!(1), &json!("B-1")));
        assert_counts_are_true(&site.db).await;
    }
}
