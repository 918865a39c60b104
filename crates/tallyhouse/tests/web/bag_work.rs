//! The work on one bag, as a browser without scripts does it.

use axum::http::{StatusCode, header};
use base_core::permission::Role;
use tallyhouse_support::plant;

use crate::bag_lists::busy;
use crate::common::each_site;

#[tokio::test(flavor = "multi_thread")]
async fn only_who_may_gets_at_the_work_on_bags() {
    for site in each_site().await {
        let [(dispatcher, dispatcher_csrf), (biller, biller_csrf), _] = busy(&site).await;
        for path in ["/bags/SB00001/delete", "/bags/SB00001/children"] {
            assert_eq!(site.get_with_cookie(path, &dispatcher).await.status, StatusCode::FORBIDDEN, "{path}");
            let posted = site.post_form(path, &dispatcher, format!("csrf={dispatcher_csrf}")).await;
            assert_eq!(posted.status, StatusCode::FORBIDDEN, "{path}");
        }
        assert_eq!(site.get_with_cookie("/bags/SB00001/children", &biller).await.status, StatusCode::FORBIDDEN);
        let posted = site.post_form("/bags/SB00001/children", &biller, format!("csrf={biller_csrf}&children=")).await;
        assert_eq!(posted.status, StatusCode::FORBIDDEN, "a biller does not replace lists");
        let foreign = site.post_form("/bags/SB00002/delete", &biller, "csrf=wrong".into()).await;
        assert_eq!(foreign.status, StatusCode::FORBIDDEN, "not our form");
        let page = site.get_with_cookie("/bags/SB00001", &biller).await.body;
        assert!(!page.contains("id=\"changes\"") && !page.contains("id=\"edit-children\""), "not for a biller to see");
        for path in ["/bags", "/scans", "/scans/1", "/bags/SB00001/relink", "/bags/SB00001/delete"] {
            let answer = site.get_with_cookie(path, "").await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path} leads to the form");
        }
        assert_eq!(site.get_with_cookie("/api/v1/search?q=SB0", "").await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(site.get_with_cookie("/api/v1/scans", "").await.status, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn removing_with_contents_tells_what_goes_and_can_be_undone() {
    for site in each_site().await {
        let [_, (cookie, csrf), (admin, _)] = busy(&site).await;
        let preview = site.get_with_cookie("/bags/SB00001/delete", &cookie).await.body;
        assert!(preview.contains("KID1") && preview.contains("KID4") && preview.contains("undo this for an hour"));
        let remove = async |code: &str, fields: &str| {
            site.post_form(&format!("/bags/{code}/delete"), &cookie, format!("csrf={csrf}&{fields}")).await
        };
        let alone = remove("SB00001", "").await;
        let location = alone.headers[header::LOCATION].to_str().expect("text").to_owned();
        assert!(location.starts_with("/bags/SB00001/delete?said="), "{location}");
        assert!(site.get_with_cookie(&location, &cookie).await.body.contains("has 4 children"), "careful (D2)");
        let billed = site.get_with_cookie("/bags/SB00003/delete", &cookie).await.body;
        assert!(billed.contains("id=\"on-bill\"") && billed.contains("BILL-7") && !billed.contains("delete-alone"));
        let refused = remove("SB00003", "contents=true").await;
        let location = refused.headers[header::LOCATION].to_str().expect("text").to_owned();
        assert!(site.get_with_cookie(&location, &cookie).await.body.contains("is on bill"), "D1");
        let removed = remove("SB00001", "contents=true").await;
        let location = removed.headers[header::LOCATION].to_str().expect("text").to_owned();
        assert!(location.starts_with("/bags?said="), "{location}");
        for code in ["SB00001", "KID1", "KID4"] {
            assert_eq!(site.get_with_cookie(&format!("/bags/{code}"), &cookie).await.status, StatusCode::NOT_FOUND);
        }
        let page = site.get_with_cookie(&location, &cookie).await.body;
        assert!(page.contains("action=\"/lists/bags/selected\""), "a way back: {page}");
        let removal = location.strip_prefix("/bags?said=").expect("an id");
        let back = format!("csrf={csrf}&act=bring_back&pick={removal}+SB00001");
        let back = site.post_form("/lists/bags/selected", &cookie, back).await;
        let location = back.headers[header::LOCATION].to_str().expect("text").to_owned();
        let page = site.get_with_cookie(&location, &cookie).await.body;
        assert!(page.contains("SB00001 is back with its 4 children."), "{page}");
        let child = site.get_with_cookie("/bags/KID4", &cookie).await;
        assert!(child.status == StatusCode::OK && child.body.contains("SB00001"), "in its parent again");
        let history = site.get_with_cookie("/scans?q=KID4", &admin).await.body;
        assert!(history.contains("KID4"), "scans stay (D4)");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_that_removing_leads_to_tells_what_was_removed() {
    for site in each_site().await {
        let [(other, _), _, (cookie, csrf)] = busy(&site).await;
        let told = async |address: &str, cookie: &str| {
            let page = site.get_with_cookie(address, cookie).await;
            assert_eq!(page.status, StatusCode::OK, "{address}: {}", page.body);
            let (_, rest) = page.body.split_once("id=\"said\">")?;
            assert!(page.body.contains("<span role=\"status\" id=\"said\">"), "{}", page.body);
            rest.split('<').next().map(ToOwned::to_owned)
        };
        for (code, in_english, in_hindi) in [
            ("SB00002", "SB00002 was deleted.", "SB00002 मिटाया गया।"),
            ("SB00001", "SB00001 and its 4 children were deleted.", "SB00001 और उसके 4 चाइल्ड बैग मिटाए गए।"),
            ("SB00099", "SB00099 and its child were deleted.", "SB00099 और उसका 1 चाइल्ड बैग मिटाए गए।"),
        ] {
            let body = format!("csrf={csrf}&contents=true");
            let removed = site.post_form(&format!("/bags/{code}/delete"), &cookie, body).await;
            let address = removed.headers[header::LOCATION].to_str().expect("text").to_owned();
            for (locale, words) in [("en", in_english), ("hi", in_hindi)] {
                site.post_form("/locale", &cookie, format!("csrf={csrf}&locale={locale}")).await;
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
    for site in each_site().await {
        let [.., (cookie, csrf)] = busy(&site).await;
        let page = site.get_with_cookie("/bags/SB00001/children", &cookie).await.body;
        assert!(page.contains("KID1") && page.contains("KID4"));
        let save = async |lines: &str| {
            let body = format!("csrf={csrf}&children={lines}");
            site.post_form("/bags/SB00001/children", &cookie, body).await
        };
        let refused = save("KID1%0D%0AFAR1%0D%0ASB00002%0D%0Abad%3Ccode").await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        for part in ["FAR1 is already in SB00099", "SB00002 is a parent", "bad&#60;code is not a bag code"] {
            assert!(refused.body.contains(part), "{part}: {}", refused.body);
        }
        assert_eq!(site.get_with_cookie("/api/v1/bags/SB00001", &cookie).await.json()["children_count"], 4);
        let saved = save("kid2%0D%0A%0D%0AKID9%0D%0Akid2").await;
        let location = saved.headers[header::LOCATION].to_str().expect("text").to_owned();
        let page = site.get_with_cookie(&location, &cookie).await.body;
        assert!(page.contains("Children of SB00001 saved: 2 of 30."), "{page}");
        assert!(
            page.contains("id=\"changes\"") && page.contains("<del>") && page.contains("<ins>KID9</ins>"),
            "{page}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_scanned_while_the_editor_is_open_stays() {
    for site in each_site().await {
        let [.., (cookie, csrf)] = busy(&site).await;
        let page = site.get_with_cookie("/bags/SB00001/children", &cookie).await.body;
        let (_, rest) = page.split_once("name=\"before\" value=\"").expect("the list as it was");
        let before: Vec<&str> = rest.split('"').next().expect("a list").split_whitespace().collect();
        assert_eq!(before.len(), 4);
        let token = site.token("late", Role::Biller, None).await;
        let scanned =
            |code: &str| site.scan(&format!("\"action\":\"child\",\"parent\":\"SB00001\",\"code\":\"{code}\""));
        site.scans(&token, &[scanned("LATE1"), scanned("LATE2")]).await;
        site.scans(&token, &[site.scan("\"action\":\"unlink\",\"code\":\"KID4\"")]).await;
        let body = format!("csrf={csrf}&children=KID1%0AKID4%0ANEW1&before={}", before.join("%0A"));
        site.post_form("/bags/SB00001/children", &cookie, body).await;
        let now = site.get_with_cookie("/api/v1/bags/SB00001", &cookie).await.json();
        let mut now: Vec<&str> =
            now["children"].as_array().expect("children").iter().filter_map(|child| child["code"].as_str()).collect();
        now.sort_unstable();
        assert_eq!(now, ["KID1", "LATE1", "LATE2", "NEW1"], "KID2 and KID3 were taken out; KID4 went by a scan");
        for code in ["NEW1", "KID2"] {
            let page = site.get_with_cookie(&format!("/bags/{code}"), &cookie).await.body;
            assert!(page.contains("id=\"changes\"") && page.contains("SB00001"), "its own page tells it: {page}");
            assert!(!page.contains("came from an import"), "{page}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_child_is_moved_after_both_parents_were_shown() {
    for site in each_site().await {
        let [(cookie, csrf), ..] = busy(&site).await;
        for (to, part) in [("SB00001", "already"), ("KID2", "child bag"), ("SB00099", "not found"), ("x", "not found")]
        {
            let page = site.get_with_cookie(&format!("/bags/KID1/relink?to={to}"), &cookie).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{to}");
            assert!(page.body.contains("id=\"fault-to\"") && page.body.contains(part), "{to}: {}", page.body);
        }
        let page = site.get_with_cookie("/bags/KID1/relink?to=sb00002", &cookie).await.body;
        for part in ["4 / 30", "3 / 30", "0 / 30", "1 / 30", "name=\"other\" value=\"SB00002\""] {
            assert!(page.contains(part), "{part}: {page}");
        }
        site.post_form("/bags/KID1/relink", &cookie, format!("csrf={csrf}&other=SB00002")).await;
        assert_eq!(site.get_with_cookie("/api/v1/bags/KID1", &cookie).await.json()["parent"], "SB00002");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_is_undone_from_the_scan_that_made_it() {
    for site in each_site().await {
        let [(cookie, csrf), ..] = busy(&site).await;
        let list = site.get_with_cookie("/scans?q=KID3", &cookie).await.body;
        let (_, rest) = list.split_once("<a href=\"/scans/").expect("a scan");
        let seq = rest.split('"').next().expect("a number").to_owned();
        assert!(list.contains("/bags/KID3/undo-link"), "the list offers it");
        let scan = site.get_with_cookie(&format!("/scans/{seq}"), &cookie).await.body;
        assert!(scan.contains("id=\"undo\"") && scan.contains("<dd>Linked</dd>"), "{scan}");
        let undone = site.post_form("/bags/KID3/undo-link", &cookie, format!("csrf={csrf}&scan={seq}")).await;
        let location = undone.headers[header::LOCATION].to_str().expect("text").to_owned();
        assert!(location.starts_with(&format!("/scans/{seq}?said=")), "{location}");
        let page = site.get_with_cookie(&location, &cookie).await.body;
        assert!(page.contains("Undone: KID3 was removed from SB00001.") && page.contains("<dt>Undone</dt>"), "{page}");
        assert!(!page.contains("id=\"undo\""), "once");
        assert_eq!(site.get_with_cookie("/api/v1/bags/SB00001", &cookie).await.json()["children_count"], 3);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bags_of_an_earlier_system_are_worked_on_like_any_other() {
    for site in each_site().await {
        site.person("asha", Role::Admin, None).await;
        let admin = site.token("desk", Role::Admin, None).await;
        plant(&site.db, "B7", "P<1>", &["KID<1>É", "C/2", "C 3%"]).await;
        site.scans(&admin, &[site.scan("\"action\":\"parent\",\"code\":\"SB00001\"")]).await;
        let (cookie, csrf) = site.sign_in("asha").await;
        let said = async |path: &str, fields: &str| {
            let answer = site.post_form(path, &cookie, format!("csrf={csrf}&{fields}")).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}: {}", answer.body);
            let location = answer.headers[header::LOCATION].to_str().expect("text").to_owned();
            site.get_with_cookie(&location, &cookie).await.body
        };
        let page = site.get_with_cookie("/bags/p%3C1%3E", &cookie).await.body;
        for part in ["P&#60;1&#62;", "/bags/KID%3C1%3E%C3%89", "/bags/C%2F2", "/bills/B7", "3 / 30"] {
            assert!(page.contains(part), "{part}: {page}");
        }
        let bill = site.get_with_cookie("/bills/b7", &cookie).await;
        assert!(bill.status == StatusCode::OK && bill.body.contains("/bags/P%3C1%3E"), "{}", bill.body);
        let editor = site.get_with_cookie("/bags/P%3C1%3E/children", &cookie).await.body;
        assert!(editor.contains("KID&#60;1&#62;É"), "{editor}");

        let page = said("/bags/P%3C1%3E/unlink", "other=kid%3C1%3E%C3%A9").await;
        assert!(page.contains("KID&#60;1&#62;É was removed from P&#60;1&#62;."), "{page}");
        let page = said("/bags/C%2F2/relink", "other=SB00001").await;
        assert!(page.contains("C/2 is now in SB00001."), "{page}");
        let refused = site
            .post_form("/bags/P%3C1%3E/children", &cookie, format!("csrf={csrf}&children=C+3%25%0D%0Anobody%3C1%3E"))
            .await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(refused.body.matches("is not a bag code").count(), 1, "{}", refused.body);
        let page = said("/bags/P%3C1%3E/children", "children=C+3%25").await;
        assert!(page.contains("Children of P&#60;1&#62; saved: 1 of 30."), "{page}");
        said("/bills/B7/unlink", "code=P%3C1%3E").await;
        said("/bills/B7/delete", "").await;
        assert_eq!(site.get("/api/v1/bills/B7", &admin).await.status, StatusCode::NOT_FOUND);

        let undo = site.scan("\"action\":\"undo\",\"code\":\"c 3%\"");
        let none = site.scan("\"action\":\"undo\",\"code\":\"c 4%\"");
        let results = site.scans(&admin, &[undo, none]).await;
        assert_eq!((&results[0]["outcome"], &results[0]["parent"]), (&"undone".into(), &"P<1>".into()));
        assert_eq!((&results[1]["outcome"], &results[1]["code"]), (&"bad_code".into(), &"c 4%".into()));
        said("/bags/KID%3C1%3E%C3%89/delete", "contents=true").await;
        said("/bags/P%3C1%3E/delete", "").await;
        for code in ["KID%3C1%3E%C3%89", "P%3C1%3E"] {
            assert_eq!(site.get(&format!("/api/v1/bags/{code}"), &admin).await.status, StatusCode::NOT_FOUND);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_and_answers_are_told_in_words() {
    for site in each_site().await {
        let [(arjun, csrf), _, (admin, _)] = busy(&site).await;
        site.post_form("/bags/SB00001/unlink", &arjun, format!("csrf={csrf}&other=KID1")).await;
        let page = site.get_with_cookie("/bags/KID1", &admin).await.body;
        let changes = page.split_once("id=\"changes\"").expect("the changes").1;
        assert!(changes.contains("Removed"), "{changes}");
        for raw in ["unlinked", ">true<", ">child<", "link_removed", "lucknow"] {
            assert!(!changes.contains(raw), "{raw} is no word: {changes}");
        }
        let scans = site.get_with_cookie("/scans?q=KID1", &admin).await.body;
        let scan = scans.split("href=\"/scans/").nth(1).and_then(|rest| rest.split('"').next()).expect("a scan");
        let one = site.get_with_cookie(&format!("/scans/{scan}"), &admin).await.body;
        let answer = one.split_once("id=\"answer\"").expect("the answer").1;
        assert!(!answer.contains("Message") && !answer.contains("<dd>true"), "{answer}");
    }
}
