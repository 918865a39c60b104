//! A form whose session has ended, or that carries the proof of the one before: it leads back to its page, and changes
//! nothing. What another site sends is refused.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use base_core::permission::Role;

use crate::common::{Answer, Site, each_site};

/// Forms of every kind, each with the page that holds it; `csrf` stands in none of them.
const FORMS: [(&str, &str, &str); 5] = [
    ("/bills/new", "/bills/new", "bill=NEW-1&capacity=2&description="),
    ("/bills/OLD-1?children=1", "/bills/OLD-1/delete", "confirm=OLD-1"),
    ("/bills/OLD-1/edit", "/bills/OLD-1/edit", "capacity=9&description="),
    ("/bags/SB00001/delete", "/bags/SB00001/delete", "confirm=SB00001"),
    ("/reports/day", "/reports/day/schedule", "time=07%3A45"),
];

/// The headers with which a browser sends a form.
struct Sent<'a> {
    cookie: &'a str,
    csrf: &'a str,
    origin: &'a str,
}

async fn send(site: &Site, (page, path, fields): (&str, &str, &str), sent: &Sent<'_>) -> Answer {
    let mut request = Request::post(path)
        .header(header::HOST, "site.example")
        .header(header::COOKIE, sent.cookie)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::REFERER, format!("https://site.example{page}"));
    if !sent.origin.is_empty() {
        request = request.header(header::ORIGIN, sent.origin);
    }
    site.send(request.body(Body::from(format!("csrf={}&{fields}", sent.csrf))).expect("a request")).await
}

/// A site with a bag and a bill, and what they are.
async fn filled(site: &Site) -> String {
    let admin = site.token("root", Role::Admin, None).await;
    site.scans(&admin, &[site.scan("\"action\":\"parent\",\"code\":\"SB00001\"")]).await;
    let made = site.post_json("/api/v1/bills", &admin, r#"{"bill":"OLD-1","capacity":2}"#).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    admin
}

async fn state(site: &Site, admin: &str) -> [String; 3] {
    let [bags, bills, bill] = ["/api/v1/bags", "/api/v1/bills", "/api/v1/bills/OLD-1"];
    [site.get(bags, admin).await.body, site.get(bills, admin).await.body, site.get(bill, admin).await.body]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_of_a_session_that_has_ended_leads_by_the_sign_in_back_to_its_page_and_saves_nothing() {
    for site in each_site().await {
        let admin = filled(&site).await;
        let before = state(&site, &admin).await;
        for form in FORMS {
            let sent = Sent { cookie: "", csrf: "old", origin: "https://site.example" };
            let answer = send(&site, form, &sent).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{form:?}: {}", answer.body);
            let next = base_web::view::path_part(&format!("{}#unsaved", form.0));
            assert_eq!(answer.headers[header::LOCATION], format!("/login?next={next}"));
            let page = site.get(&format!("/login?next={next}"), "").await;
            let hidden = format!("name=\"next\" value=\"{}#unsaved\"", form.0);
            assert!(page.body.contains(&hidden.replace('#', "&#35;")) || page.body.contains(&hidden), "{}", page.body);
        }
        assert_eq!(state(&site, &admin).await, before);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_with_the_proof_of_the_session_before_leads_back_to_its_page_with_a_new_one_and_saves_nothing() {
    for site in each_site().await {
        let admin = filled(&site).await;
        site.person("asha", Role::Admin, None).await;
        let (_, old) = site.sign_in("asha").await;
        let (cookie, new) = site.sign_in("asha").await;
        let before = state(&site, &admin).await;
        for form in FORMS {
            let answer = send(&site, form, &Sent { cookie: &cookie, csrf: &old, origin: "https://site.example" }).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{form:?}: {}", answer.body);
            assert_eq!(answer.headers[header::LOCATION], format!("{}#unsaved", form.0));
            let page = site.get_with_cookie(form.0, &cookie).await;
            assert!(page.body.contains(&new) && page.body.contains("id=\"unsaved\""), "{form:?}");
        }
        assert_eq!(state(&site, &admin).await, before);
        let sent = Sent { cookie: &cookie, csrf: &new, origin: "https://site.example" };
        let answer = send(&site, FORMS[2], &sent).await;
        assert!(answer.headers[header::LOCATION].to_str().expect("plain").starts_with("/bills/OLD-1?said="));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_of_another_site_is_refused_whoever_is_signed_in() {
    for site in each_site().await {
        let admin = filled(&site).await;
        site.person("asha", Role::Admin, None).await;
        let (_, old) = site.sign_in("asha").await;
        let (cookie, _) = site.sign_in("asha").await;
        let before = state(&site, &admin).await;
        for form in FORMS {
            for origin in ["https://evil.example", "null", ""] {
                for csrf in ["", &old] {
                    let answer = send(&site, form, &Sent { cookie: &cookie, csrf, origin }).await;
                    assert_eq!(answer.status, StatusCode::FORBIDDEN, "{form:?} from {origin:?}");
                }
            }
        }
        assert_eq!(state(&site, &admin).await, before);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_after_the_end_of_the_session_asks_for_nothing_more() {
    for site in each_site().await {
        let sent = Sent { cookie: "", csrf: "old", origin: "https://site.example" };
        let answer = send(&site, ("/bills", "/logout", ""), &sent).await;
        assert_eq!(answer.headers[header::LOCATION], "/login?next=/");
    }
}
