//! Lists of bags and scans, look-up and search, and the addresses of the earlier system, as a browser without scripts
//! asks.

use axum::http::{StatusCode, header};
use base_core::permission::Role;

use crate::common::{Site, each_site, joined};

/// Two areas with a full-ish parent each, a bill, and somebody of every role.
pub async fn busy(site: &Site) -> [(String, String); 3] {
    site.person("arjun", Role::Dispatcher, Some("lucknow")).await;
    site.person("meera", Role::Biller, None).await;
    site.person("asha", Role::Admin, None).await;
    let lucknow = site.token("dock-lucknow", Role::Dispatcher, Some("lucknow")).await;
    let indore = site.token("dock-indore", Role::Dispatcher, Some("indore")).await;
    let biller = site.token("desk", Role::Biller, None).await;
    let parent = |code: &str| site.scan(&format!("\"action\":\"parent\",\"code\":\"{code}\""));
    let child = |parent: &str, code: &str| {
        site.scan(&format!("\"action\":\"child\",\"parent\":\"{parent}\",\"code\":\"{code}\""))
    };
    let mut scans = vec![parent("SB00001"), parent("SB00002"), parent("SB00003")];
    scans.extend((1..=4).map(|n| child("SB00001", &format!("KID{n}"))));
    scans.push(child("SB00002", "KID1"));
    site.scans(&lucknow, &scans).await;
    site.scans(&indore, &[parent("SB00099"), child("SB00099", "FAR1")]).await;
    let made = site.post_json("/api/v1/bills", &biller, "{\"bill\":\"BILL-7\",\"capacity\":5}").await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    site.scans(&biller, &[site.scan("\"action\":\"bill_link\",\"code\":\"SB00003\",\"bill\":\"BILL-7\"")]).await;
    [site.sign_in("arjun").await, site.sign_in("meera").await, site.sign_in("asha").await]
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_of_bags_and_scans_is_whole_in_both_languages() {
    for site in each_site().await {
        let [_, _, (cookie, csrf)] = busy(&site).await;
        for locale in ["en", "hi"] {
            site.post_form("/locale", &cookie, format!("csrf={csrf}&locale={locale}")).await;
            for path in [
                "/bags?type=parent&linked=linked&billed=unbilled&status=in_progress&area=lucknow&sort=oldest&limit=1",
                "/bags?person=dock-lucknow&q=KID",
                "/bags?scanned=never&area=none",
                "/bags?sort=code&from=2020-01-01&to=2090-01-01",
                "/bags?q=k",
                "/scans",
                "/scans?q=SB00001&person=dock-lucknow&result=refused&area=lucknow&from=2020-01-01",
                "/scans?q=ID",
                "/scans/1",
                "/bags/SB00001",
                "/bags/SB00003",
                "/bags/KID1/relink?to=SB00002",
                "/bags/SB00001/children",
                "/bags/SB00001/delete",
                "/bags/SB00003/delete",
            ] {
                let page = site.get_with_cookie(path, &cookie).await;
                assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.body);
                assert!(page.body.starts_with("<!doctype html>") && page.body.contains("</html>"), "{path}");
                assert!(!page.body.contains("style=\"") && !page.body.contains("<script>"), "{path}");
                for unknown in ["bags-", "scans-", "filter-", "wrong-", "delete-", "relink-", "children-", "total-"] {
                    assert!(!page.body.contains(&format!(">{unknown}")), "{path} has every word");
                }
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_filter_stands_beside_its_field() {
    for site in each_site().await {
        let [_, (cookie, _), _] = busy(&site).await;
        for (path, field) in [
            ("/bags?from=2026-02-02&to=2026-02-01", "to"),
            ("/bags?from=yesterday", "from"),
            ("/bags?limit=201", "limit"),
            ("/bags?type=sack", "type"),
            ("/bags?q=%01%02%03", "q"),
            ("/bags?sort=colour", "sort"),
            ("/bags?person=nosuch", "person"),
            ("/scans?person=nosuch", "person"),
            ("/bags?person=meera&scanned=never", "person"),
            ("/scans?from=2026-02-02&to=2026-02-01", "to"),
            ("/scans?result=maybe", "result"),
        ] {
            let page = site.get_with_cookie(path, &cookie).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
            assert!(page.body.contains(&format!("id=\"fault-{field}\"")), "{path}: {}", page.body);
        }
        // The form keeps the order of the list; what is then searched comes in its own. The words of the earlier system
        // count.
        for path in [
            "/bags?q=KID&sort=code",
            "/bags?page=3&user_filter=meera",
            "/bags?user_filter=all&type=child",
            "/bags?user_filter=unscanned",
            "/scans?page=2&search=KID1",
        ] {
            assert_eq!(site.get_with_cookie(path, &cookie).await.status, StatusCode::OK, "{path}");
        }
        for path in ["/bags?cursor=nonsense", "/bags?unknown=1", "/scans?cursor=l.1.2"] {
            assert_eq!(site.get_with_cookie(path, &cookie).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_leads_to_its_end_and_tells_its_totals() {
    for site in each_site().await {
        let [(cookie, _), ..] = busy(&site).await;
        let mut path = "/bags?limit=2".to_owned();
        let mut codes = Vec::new();
        loop {
            let page = joined(&site.get_with_cookie(&path, &cookie).await.body);
            assert!(page.contains("<b>7</b>") && page.contains("<b>3</b>") && page.contains("<b>4</b>"), "the totals");
            let rows = page.split("<th scope=\"row\" class=\"name code\"><a href=\"/bags/").skip(1);
            codes.extend(rows.map(|row| row.split('"').next().expect("a code").to_owned()));
            let Some((before, _)) = page.split_once("\" rel=\"next\"") else { break };
            let next = before.rsplit("href=\"").next().expect("an address");
            path = next.replace("&#38;", "&").replace("&amp;", "&");
        }
        codes.sort();
        assert_eq!(codes, ["KID1", "KID2", "KID3", "KID4", "SB00001", "SB00002", "SB00003"], "their area, all of it");
        let billed = site.get_with_cookie("/bags?billed=billed", &cookie).await.body;
        assert!(billed.contains(">BILL-7</a>") && billed.contains("id=\"filtered\">1<"), "{billed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dispatcher_sees_only_their_own_area_on_every_page() {
    for site in each_site().await {
        let [(cookie, _), ..] = busy(&site).await;
        for path in [
            "/bags?q=FAR",
            "/bags?area=indore",
            "/scans?q=FAR1",
            "/scans?q=AR",
            "/api/v1/search?q=FAR1",
            "/lookup?q=FAR1",
            "/lookup?q=FARX",
        ] {
            let page = site.get_with_cookie(path, &cookie).await;
            assert_eq!(page.status, StatusCode::OK, "{path}");
            for shown in [">FAR1<", "\"FAR1\",", "/bags/FAR1"] {
                assert!(!page.body.contains(shown), "{path}: {}", page.body);
            }
            assert!(!page.body.contains("SB00099"), "{path}");
        }
        let far = site.get_with_cookie("/scans", &cookie).await.body;
        assert!(!far.contains("SB00099") && far.contains("SB00001"), "their own");
        for path in
            ["/bags/FAR1", "/bags/FAR1/relink", "/bags/SB00099", "/api/bag/FAR1", "/api/parent-children/SB00099"]
        {
            assert_eq!(site.get_with_cookie(path, &cookie).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        let all = site.get_with_cookie("/api/v1/scans?limit=200", &cookie).await.json();
        let areas = all["scans"].as_array().expect("scans").iter().map(|scan| scan["area"].clone());
        assert!(areas.clone().count() > 5 && areas.into_iter().all(|area| area == "lucknow"), "{all}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_report_of_a_bill_keeps_to_the_readers_area() {
    for site in each_site().await {
        let [(dispatcher, _), (biller, _), _] = busy(&site).await;
        let token = site.token("desk-2", Role::Biller, None).await;
        site.scans(&token, &[site.scan("\"action\":\"bill_link\",\"code\":\"SB00099\",\"bill\":\"BILL-7\"")]).await;
        for format in ["", "?format=csv", "?format=csv&table=children"] {
            let path = format!("/bills/BILL-7/report{format}");
            let [own, all] = [&dispatcher, &biller].map(|cookie| site.get_with_cookie(&path, cookie));
            let (own, all) = (own.await.body, all.await.body);
            assert!(!own.contains("SB00099"), "{path}: {own}");
            if !format.contains("children") {
                assert!(all.contains("SB00003") && all.contains("SB00099") && own.contains("SB00003"), "{path}: {all}");
            }
            // A CSV is the table alone.
            let is_told = own.contains("1 more parent on this bill belongs to another area");
            assert_eq!(is_told, format.is_empty(), "{path}: {own}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_search_box_finds_bags_bills_and_for_admins_people() {
    for site in each_site().await {
        let [(dispatcher, _), (biller, _), (admin, _)] = busy(&site).await;
        let labels = async |q: &str, cookie: &str| {
            let found = site.get_with_cookie(&format!("/api/v1/search?q={q}"), cookie).await.json();
            let results = found["results"].as_array().expect("results").clone();
            results.iter().map(|found| found["label"].as_str().expect("a label").to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(labels("sb00001", &dispatcher).await, ["SB00001"]);
        assert_eq!(labels("ill-7", &biller).await, ["BILL-7"]);
        assert_eq!(labels("ill-7", &dispatcher).await, ["BILL-7"], "it holds a parent of their area");
        assert_eq!(labels("eer", &biller).await, Vec::<String>::new());
        assert_eq!(labels("eer", &admin).await, ["meera"]);
        assert_eq!(labels("", &admin).await, Vec::<String>::new());
        assert_eq!(
            site.get_with_cookie("/api/v1/search?q=a&limit=21", &admin).await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
        let opens = site.get_with_cookie("/lookup?q=bill-7", &biller).await;
        assert_eq!(opens.headers[header::LOCATION], "/bills/BILL-7");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_of_the_system_before_answer_with_its_names() {
    for site in each_site().await {
        let [(cookie, _), ..] = busy(&site).await;
        let list = site.get_with_cookie("/api/bags?type=parent&limit=2", &cookie).await.json();
        assert_eq!((&list["total"], &list["count"], &list["has_more"]), (&3.into(), &2.into(), &true.into()), "{list}");
        assert!(list["bags"][0]["qr_id"].as_str().is_some_and(|code| code.starts_with("SB")), "{list}");
        assert_eq!(site.get_with_cookie("/api/bags?offset=50", &cookie).await.status, StatusCode::GONE);
        let bag = site.get_with_cookie("/api/bag/sb00001", &cookie).await.json();
        assert_eq!((&bag["type"], &bag["weight_kg"]), (&"parent".into(), &4.into()), "{bag}");
        let children = site.get_with_cookie("/api/parent-children/SB00001", &cookie).await.json();
        assert_eq!(children["children"], serde_json::json!(["KID4", "KID3", "KID2", "KID1"]));
        for (old, new) in [
            ("/edit-parent/SB00001", "/bags/SB00001/children"),
            ("/link_to_bill/SB00001", "/bags/SB00001"),
            ("/scan/finish", "/scan"),
            ("/bag_management?type=parent", "/bags?type=parent"),
        ] {
            assert_eq!(site.get_with_cookie(old, &cookie).await.headers[header::LOCATION], new);
        }
        let filtered =
            site.get_with_cookie("/bags?search=KID&linked_status=linked&bill_status=all&per_page=5", &cookie);
        assert!(filtered.await.body.contains("KID4"), "old parameters are understood");
        for nonsense in ["/scans/abc", "/scans/999999", "/scans/-1"] {
            assert_eq!(site.get_with_cookie(nonsense, &cookie).await.status, StatusCode::NOT_FOUND, "{nonsense}");
        }
        let token = site.token("maker", Role::Dispatcher, Some("lucknow")).await;
        let make = async |code: &str, kind: &str| {
            let body = format!("{{\"qr_id\":\"{code}\",\"type\":\"{kind}\"}}");
            let answer = site.post_json("/api/bags", &token, body).await;
            let json = answer.json();
            (answer.status.as_u16(), json["code"].as_str().or(json["bag"]["qr_id"].as_str()).map(str::to_owned))
        };
        for (code, kind, status, told) in [
            ("sb00050 ", "parent", 201, "SB00050"),
            ("SB00050", "parent", 409, "duplicate"),
            ("NEWKID", "child", 201, "NEWKID"),
            ("NEWKID", "child", 409, "duplicate"),
            ("FAR1", "child", 400, "other_area"),
            ("SB00051", "child", 400, "is_parent"),
            ("NEWKID", "sack", 422, "invalid"),
        ] {
            let (answered, word) = make(code, kind).await;
            assert_eq!(answered, status, "{code} {kind}");
            assert!(status == 422 || word.as_deref() == Some(told), "{code} {kind}: {word:?}");
        }
    }
}
