//! The pages as a browser without scripts meets them.

use axum::http::{StatusCode, header};
use base_core::permission::Role;
use base_records::audit;

use crate::common::{PASSWORD, Site, each_site, each_site_with};

async fn with_bags(site: &Site) -> (String, String) {
    site.person("arjun", Role::Dispatcher, Some("lucknow")).await;
    site.person("meera", Role::Biller, None).await;
    let token = site.token("scanner", Role::Dispatcher, Some("lucknow")).await;
    let child = |n: u32| format!("\"action\":\"child\",\"parent\":\"SB00001\",\"code\":\"KID{n}\"");
    let mut scans = vec![
        site.scan("\"action\":\"parent\",\"code\":\"SB00001\""),
        site.scan("\"action\":\"parent\",\"code\":\"SB00002\""),
    ];
    scans.extend((1..=4).map(|n| site.scan(&child(n))));
    site.scans(&token, &scans).await;
    site.sign_in("arjun").await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_whole_and_safe_in_both_languages() {
    for site in each_site().await {
        let (cookie, csrf) = with_bags(&site).await;
        for locale in ["en", "hi"] {
            let chosen = site.post_form("/locale", &cookie, format!("csrf={csrf}&locale={locale}")).await;
            assert_eq!(chosen.status, StatusCode::SEE_OTHER);
            for path in [
                "/",
                "/bags",
                "/bags?q=SB",
                "/bags?area=indore",
                "/bags/SB00001",
                "/bags/KID1",
                "/lookup",
                "/lookup?q=SB999",
                "/scan",
                "/station?station=dock-1",
                "/api/docs",
            ] {
                let page = site.get_with_cookie(path, &cookie).await;
                assert_eq!(page.status, StatusCode::OK, "{path}");
                let policy = page.headers[header::CONTENT_SECURITY_POLICY].to_str().expect("text");
                // A page with a camera may compile its reader of codes, and nothing else.
                let policy = policy.replace("'wasm-unsafe-eval'", "");
                assert!(!policy.contains("unsafe"), "{path}: {policy}");
                assert!(page.body.starts_with("<!doctype html>") && page.body.contains("</html>"), "{path}");
                assert!(!page.body.contains("style=\"") && !page.body.contains("<script>"), "{path}");
                if path == "/" {
                    assert!(page.body.contains(&format!("<html lang=\"{locale}\"")), "{path}");
                }
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_sign_in_every_page_leads_to_the_form_and_back() {
    let site = each_site().await.remove(0);
    site.person("arjun", Role::Dispatcher, Some("lucknow")).await;
    let answer = site.get_with_cookie("/bags?type=parent", "").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(answer.headers[header::LOCATION], "/login?next=/bags%3Ftype%3Dparent");
    let signed = site.try_sign_in("Arjun", PASSWORD).await;
    assert_eq!(signed.headers[header::LOCATION], "/bags");
    let cookie = signed.headers.get_all(header::SET_COOKIE).iter().next().expect("a cookie").to_str().expect("text");
    for part in ["__Host-tallyhouse=", "HttpOnly", "SameSite=Lax", "Secure", "Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn five_failures_lock_an_account_for_half_an_hour_and_those_that_go_on_are_counted() {
    for site in each_site().await {
        site.person("arjun", Role::Dispatcher, Some("lucknow")).await;
        let unknown = site.try_sign_in("nobody", "Wrong-Pass-1").await;
        let said = |answer: &crate::common::Answer| {
            let (_, rest) = answer.body.split_once("id=\"fault\">").expect("a fault");
            rest.split('<').next().unwrap_or_default().to_owned()
        };
        for _ in 0..6 {
            let wrong = site.try_sign_in("arjun", "Wrong-Pass-1").await;
            assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert_eq!(said(&wrong), said(&unknown), "known and unknown read the same");
        }
        let locked = site.try_sign_in("arjun", PASSWORD).await;
        assert_eq!(locked.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(said(&locked), said(&unknown), "nobody finds a password while the account is locked");
        assert!(said(&locked).contains("5 wrong tries lock the account for 30 minutes"), "{}", said(&locked));
        site.clock.pass_us(31 * base_core::time::MINUTE_US);
        assert_eq!(site.try_sign_in("arjun", PASSWORD).await.status, StatusCode::SEE_OTHER);
        // What locked it is listed, all else counted: anybody can cause that.
        let listed = audit::latest(&site.db, 20).await.expect("audit");
        let actions: Vec<&str> = listed.iter().map(|entry| entry.action.as_str()).collect();
        assert_eq!(actions, ["login_success", "login_failed"]);
        assert!(listed[1].entity == "arjun" && listed[1].after.as_deref().is_some_and(|after| after.contains("true")));
        site.app.note_all_refusals().await;
        let counted = audit::latest(&site.db, 20).await.expect("audit");
        let after = |action: &str| {
            let of = counted.iter().filter(|entry| entry.action == action);
            let all = of.filter_map(|entry| serde_json::from_str(entry.after.as_deref()?).ok());
            let counts = all.filter(|after: &serde_json::Value| after["count"].is_i64());
            counts.fold((0, 0), |(all, arjun), after| {
                let n = |value: &serde_json::Value| value.as_i64().unwrap_or_default();
                (all + n(&after["count"]), arjun + n(&after["accounts"]["arjun"]))
            })
        };
        assert_eq!((after("login_failed"), after("login_locked")), ((5, 4), (2, 2)), "{counted:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sign_ins_that_come_too_often_are_told_to_wait() {
    let site = each_site_with(|mut settings| {
        settings.sign_ins_per_minute = 3;
        settings
    })
    .await
    .remove(0);
    for _ in 0..3 {
        assert_eq!(site.try_sign_in("nobody", "Wrong-Pass-1").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let answer = site.try_sign_in("nobody", "Wrong-Pass-1").await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(answer.headers[header::RETRY_AFTER], "60");
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_ends_the_session_at_once_and_idle_sessions_end_by_themselves() {
    for site in each_site().await {
        let (cookie, csrf) = with_bags(&site).await;
        assert_eq!(site.post_form("/logout", &cookie, "csrf=wrong".into()).await.status, StatusCode::FORBIDDEN);
        assert_eq!(site.get_with_cookie("/api/v1/me", &cookie).await.status, StatusCode::OK);
        assert_eq!(site.post_form("/logout", &cookie, format!("csrf={csrf}")).await.status, StatusCode::SEE_OTHER);
        assert_eq!(site.get_with_cookie("/api/v1/me", &cookie).await.status, StatusCode::UNAUTHORIZED);

        let (cookie, _) = site.sign_in("arjun").await;
        let status = site.get_with_cookie("/api/session/status", &cookie).await.json();
        assert_eq!(status["show_warning"], false);
        assert!(status["time_remaining_seconds"].as_i64().is_some_and(|left_s| (1795..=1800).contains(&left_s)));
        for _ in 0..3 {
            site.clock.pass_us(19 * base_core::time::MINUTE_US);
            assert_eq!(site.get_with_cookie("/api/v1/me", &cookie).await.status, StatusCode::OK, "in use");
        }
        site.clock.pass_us(4 * base_core::time::MINUTE_US);
        assert_eq!(
            site.get_with_cookie("/api/v1/me", &cookie).await.status,
            StatusCode::UNAUTHORIZED,
            "the hour is over"
        );
        let (cookie, _) = site.sign_in("arjun").await;
        site.clock.pass_us(31 * base_core::time::MINUTE_US);
        let idle = site.get_with_cookie("/api/v1/me", &cookie).await;
        assert_eq!((idle.status, idle.json()["code"].as_str()), (StatusCode::UNAUTHORIZED, Some("session_locked")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn corrections_are_made_from_the_bag_page_and_say_what_happened() {
    for site in each_site().await {
        let (cookie, csrf) = with_bags(&site).await;
        let act = async |path: &str, other: &str| {
            let answer = site.post_form(path, &cookie, format!("csrf={csrf}&other={other}")).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}: {}", answer.body);
            let location = answer.headers[header::LOCATION].to_str().expect("text").to_owned();
            site.get_with_cookie(&location, &cookie).await.body
        };
        assert!(act("/bags/KID1/relink", "sb00002").await.contains("KID1 is now in SB00002."));
        assert!(act("/bags/KID1/relink", "SB00002").await.contains("role=\"alert\""), "a refusal is said");
        assert!(act("/bags/SB00001/unlink", "KID2").await.contains("KID2 was removed from SB00001."));
        assert!(act("/bags/SB00001/undo", "").await.contains("Undone: KID4 was removed from SB00001."));
        assert!(act("/bags/SB00001/close", "").await.contains("SB00001 was closed with 1 child."));
        let page = site.get_with_cookie("/bags/KID4", &cookie).await.body;
        assert!(page.contains(">Undone "), "history shows both");
        let forbidden = site.post_form("/bags/KID4/delete", &cookie, format!("csrf={csrf}")).await;
        assert_eq!(forbidden.status, StatusCode::FORBIDDEN, "a dispatcher removes nothing");
        let (biller, proof) = site.sign_in("meera").await;
        let removed = site.post_form("/bags/KID4/delete", &biller, format!("csrf={proof}")).await;
        let location = removed.headers[header::LOCATION].to_str().expect("text").to_owned();
        assert!(site.get_with_cookie(&location, &biller).await.body.contains("KID4 was deleted."), "{location}");
        assert_eq!(site.get_with_cookie("/bags/KID4", &biller).await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_is_not_there_gets_suggestions_and_one_that_is_opens() {
    for site in each_site().await {
        let (cookie, _) = with_bags(&site).await;
        assert_eq!(site.get_with_cookie("/lookup?q=%20kid3", &cookie).await.headers[header::LOCATION], "/bags/KID3");
        let page = site.get_with_cookie("/lookup?q=KID77", &cookie).await.body;
        assert!(page.contains("KID77 was not found") && page.contains("href=\"/bags/KID1\""), "{page}");
        let nasty = site.get_with_cookie("/lookup?q=%3Cscript%3Ealert(1)%3C/script%3E", &cookie).await.body;
        assert!(!nasty.contains("<script>alert"), "shown as text");
        for (old, new) in [("/bag/kid3", "/bags/kid3"), ("/scan_parent", "/scan"), ("/dashboard", "/")] {
            assert_eq!(site.get_with_cookie(old, &cookie).await.headers[header::LOCATION], new);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_page_says_what_happened_and_gives_the_request_id() {
    let site = each_site().await.remove(0);
    let (cookie, _) = with_bags(&site).await;
    assert_eq!(site.get("/bags", "tally_wrong").await.status, StatusCode::SEE_OTHER, "a page leads to the form");
    let page = site.get_with_cookie("/bags/NOSUCHBAG", &cookie).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    let id = page.headers["x-request-id"].to_str().expect("an id");
    assert!(page.body.contains(id) && page.body.contains("not in your area"), "{}", page.body);
    assert_eq!(site.get_with_cookie("/no/such/page", &cookie).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_honeypot_answers_like_a_form_and_checks_nothing() {
    let site = each_site().await.remove(0);
    site.person("arjun", Role::Dispatcher, Some("lucknow")).await;
    let body = format!("username=arjun&password={PASSWORD}&hp_email=a%40b.c");
    let answer = site.post_form("/login", "", body).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.cookie("__Host-tallyhouse").is_none());
    site.app.note_all_refusals().await;
    assert_eq!(audit::latest(&site.db, 1).await.expect("audit")[0].action, "login_honeypot");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_went_wrong_keeps_the_frame_and_says_who_may() {
    for site in each_site().await {
        site.person("meera", Role::Biller, None).await;
        let (cookie, _) = site.sign_in("meera").await;
        let missing = site.get_with_cookie("/nowhere", &cookie).await;
        assert_eq!(missing.status, StatusCode::NOT_FOUND);
        assert!(missing.body.contains("id=\"menu\"") && missing.body.contains("href=\"/bills\""), "{}", missing.body);
        let refused = site.get_with_cookie("/imports", &cookie).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        assert!(
            refused.body.contains("Who can do this: Admin, Organiser, Customer service.")
                && refused.body.contains("id=\"menu\""),
            "{}",
            refused.body
        );
        let docs = site.get_with_cookie("/api/docs", &cookie).await.body;
        assert!(docs.contains("id=\"menu\"") && docs.contains("/api/v1/scans"));
        let outside = site.get_with_cookie("/api/docs", "").await.body;
        assert!(!outside.contains("id=\"menu\"") && outside.contains("/api/v1/scans"), "nobody's menu is shown");
        for (from, to) in [("/bags/", "/bags"), ("/bills/?status=open", "/bills?status=open")] {
            let moved = site.get_with_cookie(from, &cookie).await;
            assert_eq!(
                (moved.status, &moved.headers[header::LOCATION]),
                (StatusCode::PERMANENT_REDIRECT, &to.parse().expect("a header"))
            );
        }
        assert_eq!(site.get_with_cookie("//elsewhere.example/", &cookie).await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_language_is_chosen_before_signing_in() {
    let site = each_site().await.remove(0);
    let page = site.get_with_cookie("/login?next=/bills", "").await.body;
    assert!(
        page.contains("/login?language=hi&next=%2Fbills") || page.contains("/login?language=hi&#38;next=%2Fbills"),
        "{page}"
    );
    let chosen = site.get_with_cookie("/login?language=hi&next=/bills", "").await;
    assert_eq!(chosen.headers[header::LOCATION], "/login?next=%2Fbills");
    let cookie = format!("language={}", chosen.cookie("language").expect("the choice is kept"));
    assert!(site.get_with_cookie("/login", &cookie).await.body.contains("<html lang=\"hi\">"));
    assert!(site.get_with_cookie("/login?language=xx", "").await.body.contains("<html lang=\"en\">"));
}
