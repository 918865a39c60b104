//! What people do themselves: register, forget their password, change their profile, ask for a role, read notices; and what
//! concerns the site: mails.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use base_core::permission::Role;
use base_core::time::{Clock, HOUR_US, MINUTE_US};
use base_records::mail::Outbox;
use base_records::{audit, mail};
use serde_json::{Value, json};

use crate::common::{Answer, PASSWORD, Site, each_site, each_site_with, joined};
use crate::person_data::archive;
use crate::users::{id_of, send};

fn with_mail(settings: base_web::Settings) -> base_web::Settings {
    base_web::Settings { outbox: Outbox::OPEN, ..settings }
}

/// Sends a form of a page before signing in as a browser does.
async fn outside(site: &Site, path: &str, fields: &str) -> Answer {
    let form = site.get_with_cookie(path, "").await;
    let cookie = form.cookie("__Host-tallyhouse-form").expect("a form cookie");
    let (_, rest) = form.body.split_once("name=\"csrf\" value=\"").expect("a proof in the form");
    let csrf = rest.split('"').next().expect("a value");
    // What the browser says of the host is never where a link leads.
    let request = Request::post(path)
        .header(header::COOKIE, format!("__Host-tallyhouse-form={cookie}"))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::HOST, "evil.example")
        .header("x-forwarded-host", "evil.example")
        .header("forwarded", "host=evil.example;proto=http");
    site.send(request.body(Body::from(format!("csrf={csrf}&{fields}"))).expect("a request")).await
}

async fn kinds(site: &Site) -> Vec<String> {
    mail::list(&site.db, None, 50).await.expect("mails").into_iter().map(|mail| mail.kind).collect()
}

async fn actions(site: &Site) -> Vec<String> {
    audit::latest(&site.db, 200).await.expect("entries").into_iter().map(|line| line.action).collect()
}

/// The link of the newest mail with one for a new password.
async fn newest_link(site: &Site) -> String {
    let due = loop {
        let due = mail::claim(&site.db, "test", site.clock.now(), HOUR_US).await.expect("an answer").expect("a mail");
        if due.kind == "password_reset" {
            break due;
        }
    };
    assert!(!due.content.text.contains("evil"), "{}", due.content.text);
    let (_, rest) = due.content.text.split_once("https://site.example").expect("a link from the configuration");
    rest.split_whitespace().next().expect("its end").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_registers_sees_nothing_until_an_admin_gives_an_area_and_it_can_be_switched_off() {
    for site in each_site_with(with_mail).await {
        site.person("asha", Role::Admin, None).await;
        let fields = format!("username=ravi&email=Ravi%40Example.com&new_password={PASSWORD}&again={PASSWORD}");
        let done = outside(&site, "/register", &fields).await;
        assert!(done.status == StatusCode::OK && done.body.contains("id=\"done\""), "{}", done.body);
        assert_eq!(kinds(&site).await, ["welcome"]);
        let (cookie, _) = site.sign_in("ravi").await;
        let me = site.get_with_cookie("/api/v1/profile", &cookie).await.json();
        assert_eq!(
            (&me["roles"], &me["area"], &me["email"]),
            (&json!(["dispatcher"]), &Value::Null, &json!("ravi@example.com"))
        );
        assert_eq!(site.get_with_cookie("/api/v1/bags", &cookie).await.json()["bags"], json!([]));
        let taken = outside(&site, "/register", &fields).await;
        assert!(taken.status == StatusCode::UNPROCESSABLE_ENTITY && taken.body.contains("is taken"));
        let weak = fields.replace(PASSWORD, "ravi12345").replace("username=ravi", "username=ravi2");
        let refused = outside(&site, "/register", &weak).await;
        assert!(refused.body.contains("anyone would guess"), "{}", refused.body);
        let trapped = outside(&site, "/register", &format!("{}&hp_email=x", fields.replace("=ravi&", "=robot&"))).await;
        assert!(trapped.body.contains("id=\"done\""), "a program believes it");
        let (admin, csrf) = site.sign_in("asha").await;
        let found = site.get_with_cookie("/api/v1/accounts?q=robot", &admin).await.json();
        assert_eq!(found["total"], 0);
        let notices = site.get_with_cookie("/api/v1/notifications", &admin).await.json();
        assert_eq!(notices["notifications"][0]["message"], "ravi");
        let off =
            site.post_form("/admin/settings/people.registration", &admin, format!("csrf={csrf}&value=false")).await;
        assert_eq!(off.status, StatusCode::SEE_OTHER, "{}", off.body);
        let closed = site.get_with_cookie("/register", "").await;
        assert!(
            closed.status == StatusCode::CONFLICT && closed.body.contains("You cannot register here"),
            "{}",
            closed.body
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_for_a_new_password_opens_once_for_an_hour_and_nobody_learns_who_is_there() {
    for site in each_site_with(with_mail).await {
        let admin = site.token("asha", Role::Admin, None).await;
        site.person("ravi", Role::Biller, None).await;
        let id = id_of(&site, "ravi").await;
        let path = format!("/api/v1/accounts/{id}");
        send(&site, Method::PATCH, &path, &admin, &json!({ "email": "ravi@example.com" })).await;
        let mut told = Vec::new();
        for email in ["ravi%40example.com", "nobody%40example.com"] {
            let asked = std::time::Instant::now();
            let answer = outside(&site, "/forgot", &format!("email={email}")).await;
            assert!(asked.elapsed().as_millis() >= 500, "{email}");
            let strip = |body: &str| body.split("csrf").next().expect("a beginning").to_owned();
            told.push((answer.status, strip(&answer.body)));
        }
        assert_eq!(told[0], told[1]);
        assert_eq!(kinds(&site).await, ["password_reset"]);
        let first = newest_link(&site).await;
        site.clock.pass_us(2 * MINUTE_US);
        outside(&site, "/forgot", "email=ravi%40example.com").await;
        assert_eq!(kinds(&site).await, ["password_reset"], "the mail before is on its way, and its link stays");
        assert_eq!(site.get_with_cookie(&first, "").await.status, StatusCode::OK);
        site.clock.pass_us(4 * MINUTE_US);
        outside(&site, "/forgot", "email=ravi%40example.com").await;
        let second = newest_link(&site).await;
        assert_eq!(site.get_with_cookie(&first, "").await.status, StatusCode::GONE, "a new one replaces the old");
        let (cookie, _) = site.sign_in("ravi").await;
        for wrong in 0..5 {
            site.try_sign_in("ravi", &format!("wrong {wrong}")).await;
        }
        let new = "Coriander-Hill-9";
        let fields = format!("new_password={new}&again={new}");
        let weak = outside(&site, &second, "new_password=ravi1234&again=ravi1234").await;
        assert_eq!(weak.status, StatusCode::UNPROCESSABLE_ENTITY);
        let done = outside(&site, &second, &fields).await;
        assert!(done.body.contains("id=\"done\""), "{}", done.body);
        assert!(done.cookie("__Host-tallyhouse").is_none(), "nobody is signed in by it");
        let out = site.get_with_cookie("/api/v1/me", &cookie).await;
        assert_eq!(out.status, StatusCode::UNAUTHORIZED, "within the same second");
        assert_eq!(site.try_sign_in("ravi", new).await.status, StatusCode::SEE_OTHER, "the lock is lifted");
        assert_eq!(site.get_with_cookie(&second, "").await.status, StatusCode::GONE, "it opens once");
        site.post_json(&format!("{path}/send-link"), &admin, "").await;
        let third = newest_link(&site).await;
        site.clock.pass_us(HOUR_US);
        assert_eq!(site.get_with_cookie(&third, "").await.status, StatusCode::GONE, "an hour is over");
        let done = actions(&site).await;
        for action in ["password_reset_request", "password_reset_complete"] {
            assert!(done.iter().any(|one| one == action), "{action} in {done:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn people_change_their_own_account_and_an_email_or_a_password_only_with_the_present_password() {
    for site in each_site().await {
        site.person("ravi", Role::Biller, None).await;
        site.person("asha", Role::Admin, None).await;
        let (cookie, csrf) = site.sign_in("ravi").await;
        let (other, _) = site.sign_in("ravi").await;
        let save = async |fields: &str| site.post_form("/profile", &cookie, format!("csrf={csrf}&{fields}")).await;
        let refused = save("display_name=Ravi&email=ravi%40example.com&locale=en").await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.body.contains("This is not your present password"), "{}", refused.body);
        let fields = format!(
            "display_name=Ravi+Shah&email=ravi%40example.com&locale=hi&colours=dark&current_password={PASSWORD}"
        );
        let saved = save(&fields).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
        let page = site.get_with_cookie("/profile?said=saved", &cookie).await;
        assert!(page.body.contains("data-theme=\"dark\""), "on every device");
        assert!(page.body.contains("lang=\"hi\"") && page.body.contains("आपका खाता बदला गया।"), "{}", page.body);
        assert!(page.body.contains(">Ravi Shah</a>"), "the frame calls them so: {}", page.body);
        let set =
            async |fields: &str| site.post_form("/profile/password", &cookie, format!("csrf={csrf}&{fields}")).await;
        let new = "Coriander-Hill-9";
        assert_eq!(
            set(&format!("current_password=x&new_password={new}&again={new}")).await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
        assert_eq!(
            set(&format!("current_password={PASSWORD}&new_password={new}&again=x")).await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
        let done = set(&format!("current_password={PASSWORD}&new_password={new}&again={new}")).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
        assert_eq!(site.get_with_cookie("/profile", &cookie).await.status, StatusCode::OK, "this session goes on");
        assert_eq!(site.get_with_cookie("/api/v1/me", &other).await.status, StatusCode::UNAUTHORIZED, "others end");
        let trail = actions(&site).await;
        assert!(trail.contains(&"password_refused".to_owned()) && trail.contains(&"password_change".to_owned()));
        let files = archive(&site, "/profile/data", &cookie, &csrf).await;
        let (_, text) = files.iter().find(|(name, _)| name == "data.json").expect("the file");
        let data: Value = serde_json::from_str(text).expect("JSON");
        assert_eq!(data["people"]["account"][0]["display_name"], "Ravi Shah");
        let (admin, _) = site.sign_in("asha").await;
        let list = site.get_with_cookie("/admin/users?q=shah", &admin).await;
        assert!(list.body.contains("Ravi Shah"), "{}", list.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_decided_with_words_the_person_is_told_and_an_approved_one_is_an_admin_signed_out() {
    for site in each_site_with(with_mail).await {
        site.person("asha", Role::Admin, None).await;
        let (admin, proof) = site.sign_in("asha").await;
        for (name, decision) in [("ravi", "approve"), ("imran", "reject")] {
            site.person(name, Role::Dispatcher, Some("lucknow")).await;
            let (cookie, csrf) = site.sign_in(name).await;
            let ask = async |reason: &str| {
                site.post_form("/promotion", &cookie, format!("csrf={csrf}&reason={reason}")).await
            };
            assert_eq!(ask("").await.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert_eq!(ask("I+run+the+office").await.status, StatusCode::SEE_OTHER);
            assert_eq!(ask("Again").await.status, StatusCode::UNPROCESSABLE_ENTITY, "one waits already");
            let list = site.get_with_cookie("/admin/promotions", &admin).await;
            let (_, rest) = list.body.split_once("data-request=\"").expect("a request");
            let id = rest.split('"').next().expect("a number").to_owned();
            assert!(list.body.contains("I run the office"), "{}", list.body);
            let path = format!("/admin/promotions/{id}");
            let decide = async |fields: &str| site.post_form(&path, &admin, format!("csrf={proof}&{fields}")).await;
            assert_eq!(decide("decision=reject&notes=").await.status, StatusCode::UNPROCESSABLE_ENTITY);
            let done = decide(&format!("decision={decision}&notes=Not+%26+yet")).await;
            assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
            assert_eq!(decide("decision=approve").await.status, StatusCode::UNPROCESSABLE_ENTITY, "it is decided");
            let still = site.get_with_cookie("/api/v1/me", &cookie).await.status;
            let (cookie, csrf) = site.sign_in(name).await;
            let notices = site.get_with_cookie("/notifications", &cookie).await;
            assert!(
                notices.body.contains("1 unread notice") && notices.body.contains("Not &#38; yet"),
                "{}",
                notices.body
            );
            let users = site.get_with_cookie("/admin/users", &cookie).await.status;
            if decision == "approve" {
                assert_eq!((still, users), (StatusCode::UNAUTHORIZED, StatusCode::OK));
            } else {
                assert_eq!((still, users), (StatusCode::OK, StatusCode::FORBIDDEN));
            }
            let read = site.post_form("/notifications/read", &cookie, format!("csrf={csrf}")).await;
            assert_eq!(read.status, StatusCode::SEE_OTHER);
            assert_eq!(site.get_with_cookie("/api/v1/notifications/unread", &cookie).await.json()["unread"], 0);
            let shown = site.get_with_cookie("/promotion", &cookie).await;
            assert!(shown.body.contains("Not &#38; yet"), "{}", shown.body);
        }
        let unread = site.get_with_cookie("/api/v1/notifications/unread", &admin).await.json();
        assert_eq!(unread["unread"], 2, "admins are told of requests");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_reads_or_marks_the_notices_of_somebody_else() {
    for site in each_site().await {
        let admin = site.token("asha", Role::Admin, None).await;
        let ravi = site.token("ravi", Role::Biller, None).await;
        site.post_json("/api/v1/promotions", &ravi, r#"{"reason":"I run the office"}"#).await;
        let notices = site.get("/api/v1/notifications", &admin).await.json();
        let id = notices["notifications"][0]["id"].as_i64().expect("a notice");
        assert_eq!(site.get("/api/v1/notifications", &ravi).await.json()["notifications"], json!([]));
        site.post_json(&format!("/api/v1/notifications/{id}/read"), &ravi, "").await;
        assert_eq!(site.get("/api/v1/notifications/unread", &admin).await.json()["unread"], 1);
        site.post_json(&format!("/api/v1/notifications/{id}/read"), &admin, "").await;
        assert_eq!(site.get("/api/v1/notifications/unread", &admin).await.json()["unread"], 0);
        assert_eq!(site.get("/api/v1/notifications?unread=true", &admin).await.json()["notifications"], json!([]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_failed_is_shown_with_its_error_and_can_be_sent_again() {
    for site in each_site_with(with_mail).await {
        site.person("asha", Role::Admin, None).await;
        let admin = site.token("meera", Role::Admin, None).await;
        let new = json!({ "username": "ravi", "roles": ["biller"], "email": "ravi@example.com", "mail": true });
        send(&site, Method::POST, "/api/v1/accounts", &admin, &new).await;
        let due = mail::claim(&site.db, "test", site.clock.now(), HOUR_US).await.expect("an answer").expect("a mail");
        let mut tx = site.db.write().await.expect("a transaction");
        mail::mark_failed(tx.conn(), due.id, "test", "refused with 550", None).await.expect("noted");
        tx.commit().await.expect("a commit");
        let (cookie, csrf) = site.sign_in("asha").await;
        let home = site.get_with_cookie("/", &cookie).await;
        assert!(home.body.contains("href=\"/admin/mail\""), "home leads there");
        let page = site.get_with_cookie("/admin/mail?status=failed", &cookie).await;
        assert!(page.body.contains("refused with 550") && page.body.contains("ravi@example.com"), "{}", page.body);
        assert!(!page.body.contains(&due.content.text), "what it says is shown to nobody");
        let again = site.post_form(&format!("/admin/mail/{}/again", due.id), &cookie, format!("csrf={csrf}")).await;
        assert_eq!(again.status, StatusCode::SEE_OTHER);
        assert_eq!(site.get("/api/v1/mails?status=waiting", &admin).await.json()["total"], 1);
        let twice = site.post_json(&format!("/api/v1/mails/{}/again", due.id), &admin, "").await;
        assert_eq!(twice.status, StatusCode::NOT_FOUND);
        assert_eq!(site.get("/admin/mail?status=lost", &admin).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_look_at_a_password_is_limited_and_says_why_in_the_language_of_the_page() {
    for site in each_site().await {
        let ask = async |password: &str, language: &str| {
            let body = json!({ "password": password, "names": "ravi shah", "language": language });
            send(&site, Method::POST, "/api/v1/password-strength", "", &body).await
        };
        assert_eq!(ask("ravishah1", "en").await.json()["code"], "own");
        let hindi = ask("12345678", "hi").await.json();
        assert!(hindi["words"].as_str().expect("words").starts_with("यह पासवर्ड"), "{hindi}");
        let strong = ask("correct horse battery staple 9", "en").await.json();
        assert_eq!((&strong["score"], &strong["words"]), (&json!(4), &Value::Null));
        let mut last = StatusCode::OK;
        for _ in 0..130 {
            last = ask("x", "en").await.status;
        }
        assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
    }
}

/// Pages of this wing: who may see them. The routes are read from the table itself, so that a new one needs an entry.
const PAGES: [(&str, &str); 41] = [
    ("/admin/users", "account.read"),
    ("/admin/users/new", "account.manage"),
    ("/admin/users/{id}", "account.read"),
    ("/admin/users/{id}/edit", "account.manage"),
    ("/admin/users/{id}/delete", "person.erase"),
    ("/admin/users/{id}/password", "account.manage"),
    ("/admin/users/{id}/data", "person.erase"),
    ("/admin/users/{id}/{action}", "account.manage"),
    ("/lists/users/selected", "account.manage"),
    ("/admin/second-factors", "account.manage"),
    ("/admin/second-factors/off", "account.manage"),
    ("/lists/mails/selected", "mail.manage"),
    ("/admin/promotions", "promotion.decide"),
    ("/admin/promotions/{id}", "promotion.decide"),
    ("/profile", "home.read"),
    ("/profile/password", "signed_in"),
    ("/profile/data", "home.read"),
    ("/promotion", "promotion.ask"),
    ("/notifications", "home.read"),
    ("/notifications/read", "home.read"),
    ("/register", "public"),
    ("/forgot", "public"),
    ("/portal/forgot", "public"),
    ("/portal/reset/{token}", "public"),
    ("/reset/{token}", "public"),
    ("/admin/sessions/set-autokick", "customer.manage"),
    ("/admin/mail", "mail.manage"),
    ("/admin/mail/{id}/again", "mail.manage"),
    ("/admin/audit", "audit.read_customers"),
    ("/admin/audit/file", "audit.read"),
    ("/admin/audit/incidents", "audit.read_customers"),
    ("/admin/audit/proof", "audit.read"),
    ("/admin/audit/checkpoint", "audit.read"),
    ("/admin/audit/{seq}", "audit.read_customers"),
    ("/admin/audit/{seq}/proof", "audit.read"),
    ("/admin/settings", "setting.manage"),
    ("/admin/settings/{name}", "setting.manage"),
    ("/user_management", "public"),
    ("/create_user", "public"),
    ("/admin/users/{id}/profile", "public"),
    ("/admin/promote_user", "public"),
];

/// Addresses of the earlier system, which only lead on.
const MOVED: [(&str, &str); 19] = [
    ("/audit_logs", "/admin/audit"),
    ("/request_promotion", "/promotion"),
    ("/profile/edit", "/profile"),
    ("/forgot_password", "/forgot"),
    ("/reset_password/{token}", "/reset/{token}"),
    ("/2fa/setup", "/profile/second-factor"),
    ("/2fa/enable", "/profile/second-factor"),
    ("/2fa/disable", "/profile/second-factor"),
    ("/2fa/verify", "/login/second-factor"),
    ("/edit_user/{id}", "/admin/users/{id}/edit"),
    ("/delete_user/{id}", "/admin/users/{id}/delete"),
    ("/promotions", "/admin/promotions"),
    ("/admin/promotion_request/{id}", "/admin/promotions"),
    ("/admin/comprehensive-user-deletion", "/admin/users"),
    ("/admin/dashboard", "/"),
    ("/admin-login", "/login"),
    ("/admin-logout", "/logout"),
    ("/force-change-password", "/portal/password"),
    ("/api/users", "/api/v1/accounts?limit=100"),
];

#[tokio::test(flavor = "multi_thread")]
async fn addresses_of_the_earlier_system_lead_on_and_an_old_link_says_that_it_opens_nothing() {
    let site = each_site().await.remove(0);
    for (from, to) in MOVED {
        let [from, to] = [from, to].map(|path| path.replace("{id}", "7").replace("{token}", "a%2Fb"));
        let answer = site.get_with_cookie(&from, "").await;
        assert_eq!(answer.status, StatusCode::PERMANENT_REDIRECT, "{from}");
        assert_eq!(answer.headers["location"], *to, "{from}");
    }
    let old = site.get_with_cookie("/reset/a-token-of-the-earlier-system", "").await;
    assert_eq!(old.status, StatusCode::GONE);
    assert!(old.body.contains("href=\"/forgot\""), "{}", old.body);
    for dropped in ["/fix-session", "/fix-admin-password", "/seed_sample_data", "/config-check"] {
        assert_eq!(site.get_with_cookie(dropped, "").await.status, StatusCode::NOT_FOUND, "{dropped}");
    }
}

/// Pages of customers, which nobody of staff reaches; see `matrix.txt`.
const OF_CUSTOMERS: [&str; 2] = ["/portal", "/portal/password"];

#[tokio::test(flavor = "multi_thread")]
async fn every_page_of_people_asks_every_role_for_its_permission_by_get_and_by_post() {
    let source = include_str!("../../../people/web/src/routes.rs");
    let routes: Vec<&str> =
        source.split(".route(\"").skip(1).map(|rest| rest.split('"').next().expect("an address")).collect();
    for route in &routes {
        let known = PAGES.iter().any(|(page, _)| page == route)
            || MOVED.iter().any(|(from, _)| from == route)
            || OF_CUSTOMERS.contains(route);
        assert!(known, "{route} has no entry in this table");
    }
    assert_eq!(routes.len(), PAGES.len() + MOVED.len() + OF_CUSTOMERS.len());
    let site = each_site().await.remove(0);
    let grants = tallyhouse_support::grants();
    site.token("target", Role::Biller, None).await;
    let id = id_of(&site, "target").await.to_string();
    for role in Role::ALL {
        let area = (role == Role::Dispatcher).then_some("lucknow");
        for area in [None, area] {
            let name = format!("{}{}", role.name(), area.unwrap_or_default());
            if site.try_sign_in(&name, PASSWORD).await.status != StatusCode::SEE_OTHER {
                site.person(&name, role, area).await;
            }
            let (cookie, csrf) = site.sign_in(&name).await;
            for (page, permission) in PAGES.iter().filter(|(_, permission)| *permission != "public") {
                let holds = grants.of_role(role).any(|held| held.name() == *permission) || *permission == "signed_in";
                let path = page.replace("{id}", &id).replace("{action}", "void-link").replace("{name}", "no.such");
                let (signed_out, path) = (site.get_with_cookie(&path, "").await, path);
                let seen = site.get_with_cookie(&path, &cookie).await.status;
                let sent = site.post_form(&path, &cookie, format!("csrf={csrf}")).await.status;
                let unproven = site.post_form(&path, &cookie, String::new()).await.status;
                let is_no_page = |status| status == StatusCode::METHOD_NOT_ALLOWED;
                assert!(is_no_page(signed_out.status) || signed_out.status == StatusCode::SEE_OTHER, "{path}");
                for status in [seen, sent] {
                    assert!(
                        is_no_page(status) || (status == StatusCode::FORBIDDEN) != holds,
                        "{name} {path}: {status}"
                    );
                }
                assert!(is_no_page(unproven) || unproven == StatusCode::FORBIDDEN, "{name} {path}: {unproven}");
            }
        }
    }
    let answer = joined(&site.get_with_cookie("/admin/users", "").await.body);
    assert!(answer.is_empty(), "{answer}");
}
