//! The pages of bills as a browser without scripts meets them.

use axum::http::{StatusCode, header};
use bags_rules::bill::BillNumber;
use base_core::permission::Role;
use base_records::audit;
use tallyhouse_support::assert_counts_are_true;

use crate::common::{Answer, each_site};

const ODD_PATH: &str = "Inv%2025%2F7%25";
const ODD_KEY: &str = "INV%2025%2F7%25";

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_create_fill_complete_reopen_and_delete_a_bill_and_say_so() {
    for site in each_site().await {
        site.person("root", Role::Admin, None).await;
        let token = site.token("scanner", Role::Admin, None).await;
        site.fill(&token, 1..2, 3).await;
        let (cookie, csrf) = site.sign_in("root").await;
        let post =
            async |path: &str, fields: &str| site.post_form(path, &cookie, format!("csrf={csrf}&{fields}")).await;
        let follow = async |answer: Answer| {
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
            site.get_with_cookie(answer.headers[header::LOCATION].to_str().expect("text"), &cookie).await.body
        };
        assert!(site.get_with_cookie("/bills", &cookie).await.body.contains("No bills found"));
        assert_eq!(
            site.post_form("/bills/new", &cookie, "csrf=no&bill=B-1".into()).await.status,
            StatusCode::FORBIDDEN
        );
        let wrong = post("/bills/new", "bill=B-1&capacity=many&description=%3Cu%3E").await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.body.contains("role=\"alert\"") && wrong.body.contains("value=\"many\""), "{}", wrong.body);
        assert!(!wrong.body.contains("<u>"), "shown as text");
        let created = post("/bills/new", "bill=Inv+25%2F7%25&capacity=2&description=one%0D%0Atwo").await;
        let place = created.headers[header::LOCATION].to_str().expect("text").to_owned();
        assert!(place.starts_with(&format!("/bills/{ODD_KEY}?said=")), "{place}");
        assert!(follow(created).await.contains("Bill Inv 25/7% created."));
        let again = post("/bills/new", "bill=inv+25%2F7%25&capacity=2").await;
        assert!(again.body.contains("already exists"), "{}", again.body);

        let at = |what: &str| format!("/bills/{ODD_KEY}/{what}");
        assert!(
            follow(post(&at("edit"), "capacity=2&description=one%0D%0Atwo").await).await.contains("Nothing changed")
        );
        assert!(follow(post(&at("edit"), "capacity=3&description=x").await).await.contains("saved. Number of parents"));
        assert_eq!(post(&at("edit"), "capacity=501&description=x").await.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(follow(post(&at("enter"), "code=+sb00001+").await).await.contains("SB00001 is now on bill"));
        let page = follow(post(&at("complete"), "").await).await;
        assert!(page.contains("role=\"alert\"") && page.contains("Parents missing"), "{page}");
        assert!(page.contains("2 parents missing") && page.contains("id=\"short-parents\""), "{page}");
        assert!(page.contains("/bills/station?bill=INV%2025%2F7%25") && page.contains(&at("report?format=pdf")));
        assert!(page.contains("id=\"actual-kg\">3 kg") && page.contains("id=\"expected-kg\">30 kg"), "{page}");
        assert!(page.contains("id=\"target-kg\">90 kg") && page.contains("id=\"variance-kg\">−27 kg"), "{page}");
        let children = site.get_with_cookie(&format!("/bills/{ODD_KEY}?children=1"), &cookie).await.body;
        assert!(children.contains("KID001X00") && children.contains("KID001X02"), "{children}");
        assert!(site.get_with_cookie(&at("parents/SB00001"), &cookie).await.body.contains("KID001X01"));
        follow(post(&at("edit"), "capacity=1&description=x").await).await;
        assert!(follow(post(&at("complete"), "").await).await.contains("completed with 1 of 1"));
        let finish = site.get_with_cookie(&format!("/bill/{ODD_PATH}/finish"), &cookie).await;
        assert_eq!(finish.headers[header::LOCATION], format!("/bills/{ODD_KEY}"));
        assert!(follow(post(&at("unlink"), "code=SB00001").await).await.contains("role=\"alert\""), "read-only now");
        assert!(follow(post(&at("reopen"), "").await).await.contains("reopened. It can be changed again"));
        assert!(follow(post(&at("unlink"), "code=SB00001").await).await.contains("was removed from bill"));
        assert!(follow(post(&at("recalculate"), "").await).await.contains("and are correct"));
        let deleted = follow(post(&at("delete"), "").await).await;
        assert!(deleted.contains("deleted. Its parents are free") && deleted.contains("value=\"bring_back\""));
        assert_eq!(post(&at("fly"), "").await.status, StatusCode::NOT_FOUND);
        let all = post("/bills/recalculate", "").await;
        assert!(all.body.contains("All figures were correct."), "{}", all.body);
        let actions: Vec<String> =
            audit::latest(&site.db, 60).await.expect("audit").into_iter().map(|entry| entry.action).collect();
        for action in
            ["create_bill", "update_bill", "delete_bill", "bill_weight_recalculated", "all_bill_weights_recalculated"]
        {
            assert!(actions.iter().any(|found| found == action), "{action} is not in {actions:?}");
        }
        assert_counts_are_true(&site.db).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_is_filtered_sorted_and_paged_to_its_end() {
    for site in each_site().await {
        let biller = site.token("meera", Role::Biller, None).await;
        for n in 0..120 {
            site.create_bill(&biller, &format!("N-{:03}", (n * 37) % 120), 5).await;
        }
        let mut address = "/bills?status=open&sort=number".to_owned();
        let mut found = Vec::new();
        loop {
            let page = site.get(&address, &biller).await.body;
            found.extend(page.split("href=\"/bills/N-").skip(1).map(|rest| rest[..3].to_owned()));
            let Some((before, _)) = page.split_once("\" rel=\"next\"") else { break };
            address = before.rsplit("href=\"").next().expect("an address").replace("&#38;", "&").replace("&amp;", "&");
        }
        let expected: Vec<String> = (0..120).map(|n| format!("{n:03}")).collect();
        assert_eq!(found, expected);
        let page = site.get("/bills?q=-01&created_by=meera", &biller).await.body;
        assert_eq!(page.matches("href=\"/bills/N-01").count(), 10, "{page}");
        assert!(page.contains("Open <b class=\"num\">120</b>") && page.contains("aria-sort=\"descending\""), "{page}");
        assert!(site.get("/bills?status=completed", &biller).await.body.contains("No bill matches these filters"));
        assert!(site.get("/bills?created_by=nobody", &biller).await.body.contains("No bill matches"));
        for (path, field) in [
            ("/bills?q=N-&from=2026-11-21&to=2026-11-20", "to"),
            ("/bills?q=N-&from=yesterday", "from"),
            ("/bills?q=%01", "q"),
            ("/bills?status=lost", "status"),
            ("/bills?sort=weight", "sort"),
        ] {
            let page = site.get(path, &biller).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
            assert!(page.body.contains(&format!("role=\"alert\" id=\"fault-{field}\"")), "{path}: {}", page.body);
            assert!(page.body.contains("value=\"N-\"") || !path.contains("N-"), "what was typed stays: {}", page.body);
        }
        let cursor = site.get("/bills?cursor=nonsense", &biller).await;
        assert_eq!(cursor.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn old_addresses_lead_to_the_new_ones_and_pages_are_safe_in_both_languages() {
    for site in each_site().await {
        site.person("meera", Role::Biller, None).await;
        let token = site.token("scanner", Role::Biller, None).await;
        site.create_bill(&token, "<i>B&1", 5).await;
        let (cookie, csrf) = site.sign_in("meera").await;
        for (old, new) in [
            ("/bill_management", "/bills"),
            ("/bill_management?generate_summary=true", "/reports/bills?"),
            (
                "/bill_management?generate_summary=true&date_from=2026-01-01&date_to=2026-01-31",
                "/reports/bills?from=2026-01-01&to=2026-01-31",
            ),
            ("/bill/create", "/bills/new"),
            ("/bills/create", "/bills/new"),
            ("/bill/b-1", "/bills/B-1"),
            ("/bill/a%2Fb%20c", "/bills/A%2FB%20C"),
            ("/bill/b-1/edit", "/bills/B-1/edit"),
            ("/bill/b-1/finish", "/bills/B-1"),
            ("/bill/b-1/scan_parent", "/bills/station?bill=B-1"),
            ("/scan_bill_parent/b-1", "/bills/station?bill=B-1"),
            ("/bill/manual_parent_entry", "/bills/station"),
        ] {
            assert_eq!(site.get_with_cookie(old, &cookie).await.headers[header::LOCATION], new, "{old}");
        }
        for locale in ["en", "hi"] {
            site.post_form("/locale", &cookie, format!("csrf={csrf}&locale={locale}")).await;
            for path in [
                "/bills",
                "/bills?q=zzz",
                "/bills/new",
                "/bills/%3CI%3EB%261",
                "/bills/%3CI%3EB%261/edit",
                "/bills/station?bill=%3Ci%3E",
            ] {
                let page = site.get_with_cookie(path, &cookie).await;
                assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.body);
                assert!(page.body.starts_with("<!doctype html>") && page.body.contains("</html>"), "{path}");
                assert!(!page.body.contains("style=\"") && !page.body.contains("<i>"), "{path}: {}", page.body);
                let main = page.body.split("<main").nth(1).unwrap_or_default();
                assert!(!main.contains(">bill-") && !main.contains(">bills-"), "a key without words: {path}: {main}");
            }
        }
        let station = site.get_with_cookie("/bills/station", "").await;
        assert_eq!(
            (station.status, &station.headers[header::CACHE_CONTROL]),
            (StatusCode::OK, &"no-cache".parse().expect("a value"))
        );
    }
}

#[test]
fn no_bill_is_named_like_a_page() {
    let routes = include_str!("../../../bags/web/src/routes.rs");
    let words = routes.split(".route(\"/bills/").skip(1).filter_map(|rest| rest.split('"').next());
    let pages: Vec<&str> = words.filter(|word| !word.contains(['{', '/'])).collect();
    assert!(pages.contains(&"station"), "{pages:?}");
    for page in pages {
        assert!(BillNumber::parse(page).is_none(), "a bill named {page:?} would have no page of its own");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bill_that_was_changed_while_its_form_was_open_is_shown_and_asked_about() {
    for site in each_site().await {
        site.person("root", Role::Admin, None).await;
        let token = site.token("scanner", Role::Admin, None).await;
        site.create_bill(&token, "INV-7", 5).await;
        let (cookie, csrf) = site.sign_in("root").await;
        let edit =
            async |fields: &str| site.post_form("/bills/INV-7/edit", &cookie, format!("csrf={csrf}&{fields}")).await;
        assert_eq!(
            edit("capacity=6&description=rice&was_capacity=5&was_description=To+the+mill").await.status,
            StatusCode::SEE_OTHER
        );
        let asked = edit("capacity=9&description=&was_capacity=5&was_description=To+the+mill").await;
        assert_eq!(asked.status, StatusCode::CONFLICT);
        assert!(asked.body.contains("id=\"meanwhile\"") && asked.body.contains("rice"), "{}", asked.body);
        assert!(
            asked.body.contains("name=\"capacity\" type=\"number\"") && asked.body.contains("value=\"9\""),
            "what was typed stays"
        );
        assert!(
            asked.body.contains("name=\"was_capacity\" value=\"6\""),
            "and the next save is asked about this state"
        );
        let kept = site.get_with_cookie("/bills/INV-7", &cookie).await.body;
        assert!(kept.contains("rice"), "nothing was written over");
        assert_eq!(
            edit("capacity=9&description=&was_capacity=6&was_description=rice").await.status,
            StatusCode::SEE_OTHER
        );
    }
}
