//! Looking bags up, the history of scans, and the work on one bag, as a browser without scripts does it.

use crate::common::{House, each_house};
use axum::http::{StatusCode, header};
use tallyhouse_core::permission::Role;
use tallyhouse_support::plant;

/// Two areas with a full-ish parent each, a bill, and somebody of every role.
async fn busy(house: &House) -> [(String, String); 3] {
    house.person("arjun", Role::Dispatcher, Some("lucknow")).await;
    house.person("meera", Role::Biller, None).await;
    house.person("asha", Role::Admin, None).await;
    let lucknow = house.token("dock-lucknow", Role::Dispatcher, Some("lucknow")).await;
    let indore = house.token("dock-indore", Role::Dispatcher, Some("indore")).await;
    let biller = house.token("desk", Role::Biller, None).await;
    let parent = |code: &str| house.scan(&format!("\"action\":\"parent\",\"code\":\"{code}\""));
    let child = |parent: &str, code: &str| {
        house.scan(&format!("\"action\":\"child\",\"parent\":\"{parent}\",\"code\":\"{code}\""))
    };
    let mut scans = vec![parent("SB00001"), parent("SB00002"), parent("SB00003")];
    scans.extend((1..=4).map(|n| child("SB00001", &format!("KID{n}"))));
    scans.push(child("SB00002", "KID1"));
    house.scans(&lucknow, &scans).await;
    house.scans(&indore, &[parent("SB00099"), child("SB00099", "FAR1")]).await;
    let made = house.post_json("/api/v1/bills", &biller, "{\"bill\":\"BILL-7\",\"capacity\":5}").await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    house.scans(&biller, &[house.scan("\"action\":\"bill_link\",\"code\":\"SB00003\",\"bill\":\"BILL-7\"")]).await;
    [house.sign_in("arjun").await, house.sign_in("meera").await, house.sign_in("asha").await]
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_of_bags_and_scans_is_whole_in_both_languages() {
    for house in each_house().await {
        let [_, _, (cookie, csrf)] = busy(&house).await;
        for locale in ["en", "hi"] {
            house.post_form("/locale", &cookie, format!("csrf={csrf}&locale={locale}")).await;
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
                let page = house.get_with_cookie(path, &cookie).await;
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
    for house in each_house().await {
        let [_, (cookie, _), _] = busy(&house).await;
        for (path, field) in [
            ("/bags?from=2026-02-02&to=2026-02-01", "to"),
            ("/bags?from=yesterday", "from"),
            ("/bags?limit=201", "limit"),
            ("/bags?type=sack", "type"),
            ("/bags?q=%01%02%03", "q"),
            ("/bags?sort=colour", "sort"),
            ("/bags?person=nosuch", "person"),
            ("/bags?person=meera&scanned=never", "person"),
            ("/scans?from=2026-02-02&to=2026-02-01", "to"),
            ("/scans?result=maybe", "result"),
        ] {
            let page = house.get_with_cookie(path, &cookie).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
            assert!(page.body.contains(&format!("id=\"fault-{field}\"")), "{path}: {}", page.body);
        }
        // The form keeps the order of the list; what is then searched comes in its own. The words of the system before count.
        for path in ["/bags?q=KID&sort=code", "/bags?page=3&user_filter=meera", "/scans?page=2&search=KID1"] {
            assert_eq!(house.get_with_cookie(path, &cookie).await.status, StatusCode::OK, "{path}");
        }
        for path in ["/bags?cursor=nonsense", "/bags?unknown=1", "/scans?cursor=l.1.2"] {
            assert_eq!(house.get_with_cookie(path, &cookie).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_leads_to_its_end_and_tells_its_totals() {
    for house in each_house().await {
        let [(cookie, _), ..] = busy(&house).await;
        let mut path = "/bags?limit=2".to_owned();
        let mut codes = Vec::new();
        loop {
            let page = house.get_with_cookie(&path, &cookie).await.body;
            assert!(page.contains("<b>7</b>") && page.contains("<b>3</b>") && page.contains("<b>4</b>"), "the totals");
            let rows = page.split("<tr><td class=\"code\"><a href=\"/bags/").skip(1);
            codes.extend(rows.map(|row| row.split('"').next().expect("a code").to_owned()));
            let Some((before, _)) = page.split_once("\" rel=\"next\"") else { break };
            let next = before.rsplit("href=\"").next().expect("an address");
            path = next.replace("&#38;", "&").replace("&amp;", "&");
        }
        codes.sort();
        assert_eq!(codes, ["KID1", "KID2", "KID3", "KID4", "SB00001", "SB00002", "SB00003"], "his area, all of it");
        let billed = house.get_with_cookie("/bags?billed=billed", &cookie).await.body;
        assert!(billed.contains(">BILL-7</a>") && billed.contains("id=\"filtered\">1<"), "{billed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dispatcher_sees_only_his_area_wherever_he_looks() {
    for house in each_house().await {
        let [(cookie, _), ..] = busy(&house).await;
        for path in [
            "/bags?q=FAR",
            "/bags?area=indore",
            "/scans?q=FAR1",
            "/scans?q=AR",
            "/api/v1/search?q=FAR1",
            "/lookup?q=FAR1",
            "/lookup?q=FARX",
        ] {
            let page = house.get_with_cookie(path, &cookie).await;
            assert_eq!(page.status, StatusCode::OK, "{path}");
            for shown in [">FAR1<", "\"FAR1\",", "/bags/FAR1"] {
                assert!(!page.body.contains(shown), "{path}: {}", page.body);
            }
            assert!(!page.body.contains("SB00099"), "{path}");
        }
        let far = house.get_with_cookie("/scans", &cookie).await.body;
        assert!(!far.contains("SB00099") && far.contains("SB00001"), "his own");
        for path in
            ["/bags/FAR1", "/bags/FAR1/relink", "/bags/SB00099", "/api/bag/FAR1", "/api/parent-children/SB00099"]
        {
            assert_eq!(house.get_with_cookie(path, &cookie).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        let all = house.get_with_cookie("/api/v1/scans?limit=200", &cookie).await.json();
        let areas = all["scans"].as_array().expect("scans").iter().map(|scan| scan["area"].clone());
        assert!(areas.clone().count() > 5 && areas.into_iter().all(|area| area == "lucknow"), "{all}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_may_gets_at_the_work_on_bags() {
    for house in each_house().await {
        let [(dispatcher, his), (biller, hers), _] = busy(&house).await;
        for path in ["/bags/SB00001/delete", "/bags/SB00001/children"] {
            assert_eq!(house.get_with_cookie(path, &dispatcher).await.status, StatusCode::FORBIDDEN, "{path}");
            let posted = house.post_form(path, &dispatcher, format!("csrf={his}")).await;
            assert_eq!(posted.status, StatusCode::FORBIDDEN, "{path}");
        }
        assert_eq!(house.get_with_cookie("/bags/SB00001/children", &biller).await.status, StatusCode::FORBIDDEN);
        let posted = house.post_form("/bags/SB00001/children", &biller, format!("csrf={hers}&children=")).await;
        assert_eq!(posted.status, StatusCode::FORBIDDEN, "a biller does not replace lists");
        let foreign = house.post_form("/bags/SB00002/delete", &biller, "csrf=wrong".into()).await;
        assert_eq!(foreign.status, StatusCode::FORBIDDEN, "not our form");
        let page = house.get_with_cookie("/bags/SB00001", &biller).await.body;
        assert!(!page.contains("id=\"changes\"") && !page.contains("id=\"edit-children\""), "not hers to see");
        for path in ["/bags", "/scans", "/scans/1", "/bags/SB00001/relink", "/bags/SB00001/delete"] {
            let answer = house.get_with_cookie(path, "").await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path} leads to the form");
        }
        assert_eq!(house.get_with_cookie("/api/v1/search?q=SB0", "").await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(house.get_with_cookie("/api/v1/scans", "").await.status, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn removing_with_contents_tells_what_goes_and_wants_the_code_typed() {
    for house in each_house().await {
        let [_, (cookie, csrf), (admin, _)] = busy(&house).await;
        let preview = house.get_with_cookie("/bags/SB00001/delete", &cookie).await.body;
        assert!(preview.contains("KID1") && preview.contains("KID4") && preview.contains("data-confirm=\"SB00001\""));
        let remove = async |code: &str, fields: &str| {
            house.post_form(&format!("/bags/{code}/delete"), &cookie, format!("csrf={csrf}&{fields}")).await
        };
        let alone = remove("SB00001", "").await;
        let location = alone.headers[header::LOCATION].to_str().expect("text").to_owned();
        assert!(location.starts_with("/bags/SB00001/delete?said="), "{location}");
        assert!(house.get_with_cookie(&location, &cookie).await.body.contains("holds 4 children"), "careful (D2)");
        let mistyped = remove("SB00001", "contents=true&confirm=SB0000").await;
        assert_eq!(mistyped.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(mistyped.body.contains("id=\"fault-confirm\""));
        let billed = house.get_with_cookie("/bags/SB00003/delete", &cookie).await.body;
        assert!(billed.contains("id=\"on-bill\"") && billed.contains("BILL-7") && !billed.contains("delete-alone"));
        let refused = remove("SB00003", "contents=true&confirm=SB00003").await;
        let location = refused.headers[header::LOCATION].to_str().expect("text").to_owned();
        assert!(house.get_with_cookie(&location, &cookie).await.body.contains("is on bill"), "D1");
        let removed = remove("SB00001", "contents=true&confirm=sb00001").await;
        let location = removed.headers[header::LOCATION].to_str().expect("text").to_owned();
        assert!(location.starts_with("/bags?said="), "{location}");
        for code in ["SB00001", "KID1", "KID4"] {
            assert_eq!(house.get_with_cookie(&format!("/bags/{code}"), &cookie).await.status, StatusCode::NOT_FOUND);
        }
        let history = house.get_with_cookie("/scans?q=KID4", &admin).await.body;
        assert!(history.contains("KID4"), "scans stay (D4)");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_that_removing_leads_to_tells_what_was_removed() {
    for house in each_house().await {
        let [(other, _), _, (cookie, csrf)] = busy(&house).await;
        let told = async |address: &str, cookie: &str| {
            let page = house.get_with_cookie(address, cookie).await;
            assert_eq!(page.status, StatusCode::OK, "{address}: {}", page.body);
            let (_, rest) = page.body.split_once("id=\"said\">")?;
            assert!(page.body.contains("<div class=\"notice ok\" role=\"status\" id=\"said\">"), "{}", page.body);
            rest.split('<').next().map(ToOwned::to_owned)
        };
        for (code, in_english, in_hindi) in [
            ("SB00002", "SB00002 was removed.", "SB00002 हटाया गया।"),
            ("SB00001", "SB00001 was removed, and 4 children with it.", "SB00001 और उसके 4 चाइल्ड बैग हटाए गए।"),
            ("SB00099", "SB00099 was removed, and 1 child with it.", "SB00099 और उसका 1 चाइल्ड बैग हटाए गए।"),
        ] {
            let body = format!("csrf={csrf}&contents=true&confirm={code}");
            let removed = house.post_form(&format!("/bags/{code}/delete"), &cookie, body).await;
            let address = removed.headers[header::LOCATION].to_str().expect("text").to_owned();
            for (locale, words) in [("en", in_english), ("hi", in_hindi)] {
                house.post_form("/locale", &cookie, format!("csrf={csrf}&locale={locale}")).await;
                assert_eq!(told(&address, &cookie).await.as_deref(), Some(words));
            }
            assert_eq!(told(&address, &other).await, None, "it is told to who did it");
            assert_eq!(told(&format!("{address}&q=KID"), &cookie).await.as_deref(), Some(in_hindi), "beside filters");
        }
        for forged in ["/bags?said=SB00003%20was%20removed", "/bags?said=%3Cb%3E", "/bags?said="] {
            assert_eq!(told(forged, &cookie).await, None, "{forged}: nothing is told that did not happen");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parents_children_are_replaced_at_once_or_not_at_all() {
    for house in each_house().await {
        let [.., (cookie, csrf)] = busy(&house).await;
        let page = house.get_with_cookie("/bags/SB00001/children", &cookie).await.body;
        assert!(page.contains("KID1") && page.contains("KID4"));
        let save = async |lines: &str| {
            let body = format!("csrf={csrf}&children={lines}");
            house.post_form("/bags/SB00001/children", &cookie, body).await
        };
        let refused = save("KID1%0D%0AFAR1%0D%0ASB00002%0D%0Abad%3Ccode").await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        for part in ["FAR1 is already in SB00099", "SB00002 is a parent", "bad&#60;code is not a bag code"] {
            assert!(refused.body.contains(part), "{part}: {}", refused.body);
        }
        assert_eq!(house.get_with_cookie("/api/v1/bags/SB00001", &cookie).await.json()["children_count"], 4);
        let saved = save("kid2%0D%0A%0D%0AKID9%0D%0Akid2").await;
        let location = saved.headers[header::LOCATION].to_str().expect("text").to_owned();
        let page = house.get_with_cookie(&location, &cookie).await.body;
        assert!(page.contains("The children of SB00001 are saved: 2 of 30."), "{page}");
        assert!(
            page.contains("id=\"changes\"") && page.contains("<del>") && page.contains("<ins>KID9</ins>"),
            "{page}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_scanned_while_the_editor_is_open_stays() {
    for house in each_house().await {
        let [.., (cookie, csrf)] = busy(&house).await;
        let page = house.get_with_cookie("/bags/SB00001/children", &cookie).await.body;
        let (_, rest) = page.split_once("name=\"before\" value=\"").expect("the list as it was");
        let before: Vec<&str> = rest.split('"').next().expect("a list").split_whitespace().collect();
        assert_eq!(before.len(), 4);
        let token = house.token("late", Role::Biller, None).await;
        let scanned =
            |code: &str| house.scan(&format!("\"action\":\"child\",\"parent\":\"SB00001\",\"code\":\"{code}\""));
        house.scans(&token, &[scanned("LATE1"), scanned("LATE2")]).await;
        house.scans(&token, &[house.scan("\"action\":\"unlink\",\"code\":\"KID4\"")]).await;
        let body = format!("csrf={csrf}&children=KID1%0AKID4%0ANEW1&before={}", before.join("%0A"));
        house.post_form("/bags/SB00001/children", &cookie, body).await;
        let now = house.get_with_cookie("/api/v1/bags/SB00001", &cookie).await.json();
        let mut now: Vec<&str> =
            now["children"].as_array().expect("children").iter().filter_map(|child| child["code"].as_str()).collect();
        now.sort_unstable();
        assert_eq!(now, ["KID1", "LATE1", "LATE2", "NEW1"], "KID2 and KID3 were taken out; KID4 went by a scan");
        for code in ["NEW1", "KID2"] {
            let page = house.get_with_cookie(&format!("/bags/{code}"), &cookie).await.body;
            assert!(page.contains("id=\"changes\"") && page.contains("SB00001"), "its own page tells it: {page}");
            assert!(!page.contains("It came with an import"), "{page}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_child_is_moved_after_both_parents_were_shown() {
    for house in each_house().await {
        let [(cookie, csrf), ..] = busy(&house).await;
        for (to, part) in [("SB00001", "already"), ("KID2", "child bag"), ("SB00099", "not known"), ("x", "not known")]
        {
            let page = house.get_with_cookie(&format!("/bags/KID1/relink?to={to}"), &cookie).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{to}");
            assert!(page.body.contains("id=\"fault-to\"") && page.body.contains(part), "{to}: {}", page.body);
        }
        let page = house.get_with_cookie("/bags/KID1/relink?to=sb00002", &cookie).await.body;
        for part in ["4 / 30", "3 / 30", "0 / 30", "1 / 30", "name=\"other\" value=\"SB00002\""] {
            assert!(page.contains(part), "{part}: {page}");
        }
        house.post_form("/bags/KID1/relink", &cookie, format!("csrf={csrf}&other=SB00002")).await;
        assert_eq!(house.get_with_cookie("/api/v1/bags/KID1", &cookie).await.json()["parent"], "SB00002");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_is_undone_from_the_scan_that_made_it() {
    for house in each_house().await {
        let [(cookie, csrf), ..] = busy(&house).await;
        let list = house.get_with_cookie("/scans?q=KID3", &cookie).await.body;
        let (_, rest) = list.split_once("<a href=\"/scans/").expect("a scan");
        let seq = rest.split('"').next().expect("a number").to_owned();
        assert!(list.contains("/bags/KID3/undo-link"), "the list offers it");
        let scan = house.get_with_cookie(&format!("/scans/{seq}"), &cookie).await.body;
        assert!(scan.contains("id=\"undo\"") && scan.contains("linked"), "{scan}");
        let undone = house.post_form("/bags/KID3/undo-link", &cookie, format!("csrf={csrf}&scan={seq}")).await;
        let location = undone.headers[header::LOCATION].to_str().expect("text").to_owned();
        assert!(location.starts_with(&format!("/scans/{seq}?said=")), "{location}");
        let page = house.get_with_cookie(&location, &cookie).await.body;
        assert!(page.contains("KID3 was taken out of SB00001 again.") && page.contains("undone"), "{page}");
        assert!(!page.contains("id=\"undo\""), "once");
        assert_eq!(house.get_with_cookie("/api/v1/bags/SB00001", &cookie).await.json()["children_count"], 3);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bags_of_an_earlier_system_are_worked_on_like_any_other() {
    for house in each_house().await {
        house.person("asha", Role::Admin, None).await;
        let admin = house.token("desk", Role::Admin, None).await;
        plant(&house.db, "B7", "P<1>", &["KID<1>É", "C/2", "C 3%"]).await;
        house.scans(&admin, &[house.scan("\"action\":\"parent\",\"code\":\"SB00001\"")]).await;
        let (cookie, csrf) = house.sign_in("asha").await;
        let said = async |path: &str, fields: &str| {
            let answer = house.post_form(path, &cookie, format!("csrf={csrf}&{fields}")).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}: {}", answer.body);
            let location = answer.headers[header::LOCATION].to_str().expect("text").to_owned();
            house.get_with_cookie(&location, &cookie).await.body
        };
        let page = house.get_with_cookie("/bags/p%3C1%3E", &cookie).await.body;
        for part in ["P&#60;1&#62;", "/bags/KID%3C1%3E%C3%89", "/bags/C%2F2", "/bills/B7", "3 / 30"] {
            assert!(page.contains(part), "{part}: {page}");
        }
        let bill = house.get_with_cookie("/bills/b7", &cookie).await;
        assert!(bill.status == StatusCode::OK && bill.body.contains("/bags/P%3C1%3E"), "{}", bill.body);
        let editor = house.get_with_cookie("/bags/P%3C1%3E/children", &cookie).await.body;
        assert!(editor.contains("KID&#60;1&#62;É"), "{editor}");

        let page = said("/bags/P%3C1%3E/unlink", "other=kid%3C1%3E%C3%A9").await;
        assert!(page.contains("KID&#60;1&#62;É was taken out of P&#60;1&#62;."), "{page}");
        let page = said("/bags/C%2F2/relink", "other=SB00001").await;
        assert!(page.contains("C/2 is in SB00001 now."), "{page}");
        let refused = house
            .post_form("/bags/P%3C1%3E/children", &cookie, format!("csrf={csrf}&children=C+3%25%0D%0Anobody%3C1%3E"))
            .await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(refused.body.matches("is not a bag code").count(), 1, "{}", refused.body);
        let page = said("/bags/P%3C1%3E/children", "children=C+3%25").await;
        assert!(page.contains("The children of P&#60;1&#62; are saved: 1 of 30."), "{page}");
        said("/bills/B7/unlink", "code=P%3C1%3E").await;
        said("/bills/B7/delete", "confirm=b7").await;
        assert_eq!(house.get("/api/v1/bills/B7", &admin).await.status, StatusCode::NOT_FOUND);

        let undo = house.scan("\"action\":\"undo\",\"code\":\"c 3%\"");
        let none = house.scan("\"action\":\"undo\",\"code\":\"c 4%\"");
        let results = house.scans(&admin, &[undo, none]).await;
        assert_eq!((&results[0]["outcome"], &results[0]["parent"]), (&"undone".into(), &"P<1>".into()));
        assert_eq!((&results[1]["outcome"], &results[1]["code"]), (&"bad_code".into(), &"c 4%".into()));
        said("/bags/KID%3C1%3E%C3%89/delete", "contents=true&confirm=kid%3C1%3E%C3%A9").await;
        said("/bags/P%3C1%3E/delete", "").await;
        for code in ["KID%3C1%3E%C3%89", "P%3C1%3E"] {
            assert_eq!(house.get(&format!("/api/v1/bags/{code}"), &admin).await.status, StatusCode::NOT_FOUND);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_search_box_finds_bags_bills_and_for_admins_people() {
    for house in each_house().await {
        let [(dispatcher, _), (biller, _), (admin, _)] = busy(&house).await;
        let labels = async |q: &str, cookie: &str| {
            let found = house.get_with_cookie(&format!("/api/v1/search?q={q}"), cookie).await.json();
            let results = found["results"].as_array().expect("results").clone();
            results.iter().map(|found| found["label"].as_str().expect("a label").to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(labels("sb00001", &dispatcher).await, ["SB00001"]);
        assert_eq!(labels("ill-7", &biller).await, ["BILL-7"]);
        assert_eq!(labels("ill-7", &dispatcher).await, ["BILL-7"], "it holds a parent of his");
        assert_eq!(labels("eer", &biller).await, Vec::<String>::new());
        assert_eq!(labels("eer", &admin).await, ["meera"]);
        assert_eq!(labels("", &admin).await, Vec::<String>::new());
        assert_eq!(
            house.get_with_cookie("/api/v1/search?q=a&limit=21", &admin).await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
        let opens = house.get_with_cookie("/lookup?q=bill-7", &biller).await;
        assert_eq!(opens.headers[header::LOCATION], "/bills/BILL-7");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_of_the_system_before_answer_with_its_names() {
    for house in each_house().await {
        let [(cookie, _), ..] = busy(&house).await;
        let list = house.get_with_cookie("/api/bags?type=parent&limit=2", &cookie).await.json();
        assert_eq!((&list["total"], &list["count"], &list["has_more"]), (&3.into(), &2.into(), &true.into()), "{list}");
        assert!(list["bags"][0]["qr_id"].as_str().is_some_and(|code| code.starts_with("SB")), "{list}");
        assert_eq!(house.get_with_cookie("/api/bags?offset=50", &cookie).await.status, StatusCode::GONE);
        let bag = house.get_with_cookie("/api/bag/sb00001", &cookie).await.json();
        assert_eq!((&bag["type"], &bag["weight_kg"]), (&"parent".into(), &4.into()), "{bag}");
        let children = house.get_with_cookie("/api/parent-children/SB00001", &cookie).await.json();
        assert_eq!(children["children"], serde_json::json!(["KID4", "KID3", "KID2", "KID1"]));
        for (old, new) in [
            ("/edit-parent/SB00001", "/bags/SB00001/children"),
            ("/scan/12", "/scans/12"),
            ("/link_to_bill/SB00001", "/bags/SB00001"),
            ("/scan/finish", "/scan"),
            ("/bag_management?type=parent", "/bags?type=parent"),
        ] {
            assert_eq!(house.get_with_cookie(old, &cookie).await.headers[header::LOCATION], new);
        }
        let filtered =
            house.get_with_cookie("/bags?search=KID&linked_status=linked&bill_status=all&per_page=5", &cookie);
        assert!(filtered.await.body.contains("KID4"), "old parameters are understood");
        for nonsense in ["/scans/abc", "/scans/999999", "/scans/-1"] {
            assert_eq!(house.get_with_cookie(nonsense, &cookie).await.status, StatusCode::NOT_FOUND, "{nonsense}");
        }
        let token = house.token("maker", Role::Dispatcher, Some("lucknow")).await;
        let make = async |code: &str, kind: &str| {
            let body = format!("{{\"qr_id\":\"{code}\",\"type\":\"{kind}\"}}");
            let answer = house.post_json("/api/bags", &token, body).await;
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
