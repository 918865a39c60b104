//! Customers come in at a door of their own, and see nothing but their own.

use std::time::{Duration, Instant};

use axum::http::{StatusCode, header};
use base_core::account::AccountId;
use base_core::permission::Role;
use base_core::realm::Realm;
use base_core::time::{Clock, HOUR_US, MINUTE_US};
use base_db::scratch;
use base_records::account::NewAccount;
use base_records::mail::Outbox;
use base_records::{account, audit, mail};
use base_secret::derive;
use base_web::Settings;

use crate::common::{Answer, Chance, PASSWORD, Site, each_site, each_site_with};
use crate::visitor::{SESSION, Visitor, text_of};

/// The name of the session's cookie.
const CUSTOMER: &str = "__Host-tallyhouse-customer";
const EMAIL: &str = "buyer@example.com";
const WRONG: &str = "Wrong-Password-1";

/// A customer with a password of their own.
pub async fn customer(site: &Site, email: &str, password: &str) -> AccountId {
    let new = NewAccount {
        realm: Realm::Customer,
        username: email.into(),
        email: Some(email.into()),
        password_hash: base_secret::hash_password(password, &Chance),
        roles: Vec::new(),
        area: None,
    };
    let mut tx = site.db.write().await.expect("a transaction");
    let id = account::create(tx.conn(), &new, site.clock.now()).await.expect("created").expect("a new e-mail");
    tx.commit().await.expect("a commit");
    id
}

async fn come_in(visitor: &mut Visitor, email: &str, password: &str) -> Answer {
    visitor.fill("/portal/login", "/portal/login", &[("username", email), ("password", password)]).await
}

/// Sends a form of a customer's page.
async fn submit(visitor: &mut Visitor, path: &str, fields: &[(&str, &str)]) -> Answer {
    let csrf = derive(&visitor.cookies[CUSTOMER], "csrf");
    let mut all = vec![("csrf", csrf.as_str())];
    all.extend(fields);
    visitor.post(path, &all).await
}

fn leads_to(answer: &Answer) -> &str {
    answer.headers.get(header::LOCATION).and_then(|to| to.to_str().ok()).unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_comes_in_at_their_own_door_and_reaches_their_own_account_alone() {
    for site in each_site().await {
        customer(&site, EMAIL, PASSWORD).await;
        let mut visitor = Visitor::new(&site, "203.0.113.5");
        let out = visitor.get("/portal/sessions").await;
        assert_eq!((out.status, leads_to(&out)), (StatusCode::SEE_OTHER, "/portal/login?next=/portal/sessions"));
        let signed = come_in(&mut visitor, " Buyer@Example.com", PASSWORD).await;
        assert_eq!((signed.status, leads_to(&signed)), (StatusCode::SEE_OTHER, "/inventory"), "{}", signed.body);
        assert!(visitor.cookies.contains_key(CUSTOMER) && !visitor.cookies.contains_key(SESSION));
        let page = visitor.get("/portal").await;
        assert!(page.body.contains(EMAIL) && !page.body.contains("/admin/"), "{}", page.body);
        assert!(!page.body.contains("data-person"), "no feed of staff");
        let chosen = submit(&mut visitor, "/portal", &[("locale", "hi"), ("colours", "dark")]).await;
        assert_eq!(leads_to(&chosen), "/portal?said=saved", "{}", chosen.body);
        let page = visitor.get("/portal").await.body;
        assert!(page.contains("<html lang=\"hi\" data-theme=\"dark\">"), "{page}");
        for path in ["/", "/bags", "/profile", "/admin/users"] {
            let led = visitor.get(path).await;
            assert!(leads_to(&led).starts_with("/login?next="), "{path}: {}", led.status);
        }
        assert_eq!(visitor.get("/api/v1/me").await.status, StatusCode::UNAUTHORIZED);
        let gone = submit(&mut visitor, "/portal/logout", &[]).await;
        assert_eq!(leads_to(&gone), "/portal/login");
        assert_eq!(leads_to(&visitor.get("/portal").await), "/portal/login?next=/portal");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_browser_holds_both_realms_and_neither_session_opens_the_other() {
    for site in each_site().await {
        site.person("asha", Role::Admin, None).await;
        customer(&site, EMAIL, PASSWORD).await;
        let mut visitor = Visitor::new(&site, "203.0.113.5");
        visitor.sign_in("asha").await;
        come_in(&mut visitor, EMAIL, PASSWORD).await;
        assert_eq!(visitor.get("/admin/users").await.status, StatusCode::OK);
        assert_eq!(visitor.get("/portal").await.status, StatusCode::OK);
        let mut swapped = visitor.clone();
        swapped.cookies.insert(SESSION.into(), visitor.cookies[CUSTOMER].clone());
        swapped.cookies.insert(CUSTOMER.into(), visitor.cookies[SESSION].clone());
        assert!(leads_to(&swapped.get("/admin/users").await).starts_with("/login?"));
        assert!(leads_to(&swapped.get("/portal").await).starts_with("/portal/login?"));
        submit(&mut visitor, "/portal/logout", &[]).await;
        assert_eq!(visitor.get("/admin/users").await.status, StatusCode::OK, "the other one goes on");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_of_one_realm_is_refused_at_the_door_of_the_other_in_equal_words_and_time() {
    for site in each_site().await {
        site.person("asha", Role::Admin, None).await;
        customer(&site, EMAIL, "Mustard-Field-8").await;
        let mut figures = Vec::new();
        for (door, names) in
            [("/login", [EMAIL, "asha", "nobody@example.com"]), ("/portal/login", ["asha", EMAIL, "nobody"])]
        {
            let mut said = Vec::new();
            for name in names {
                // At a door of the other realm the password is right; at their own it is not.
                let password = match (door, name) {
                    ("/login", EMAIL) => "Mustard-Field-8",
                    ("/portal/login", "asha") => PASSWORD,
                    _ => WRONG,
                };
                let mut times = Vec::new();
                for n in 0..4 {
                    let mut visitor = Visitor::new(&site, &format!("192.0.2.{n}"));
                    visitor.get(door).await;
                    let begun = Instant::now();
                    let fields = [("username", name), ("password", password)];
                    let answer = visitor.fill(door, door, &fields).await;
                    times.push(begun.elapsed());
                    said.push((answer.status, text_of(&answer.body, "fault")));
                }
                // The least of them: what else this machine does only adds to it.
                figures.push((door, name, times.into_iter().min().expect("times")));
            }
            said.dedup();
            assert_eq!(said.len(), 1, "{said:?}");
            assert_eq!(said[0].0, StatusCode::UNPROCESSABLE_ENTITY);
        }
        eprintln!("{}: {figures:?}", site.db.name());
        let (least, most) = (figures.iter().map(|one| one.2).min(), figures.iter().map(|one| one.2).max());
        let apart = most.expect("times").saturating_sub(least.expect("times"));
        assert!(apart < Duration::from_millis(150), "{figures:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_with_a_given_password_chooses_their_own_before_anything_else() {
    for site in each_site().await {
        let id = customer(&site, EMAIL, "no matter").await;
        let hash = base_secret::hash_password("Given-Lantern-41", &Chance);
        let origin = base_core::audit::Origin::default();
        let by = people_store::By { at: site.clock.now(), origin: &origin };
        let mut tx = site.db.write().await.expect("a transaction");
        let until = site.clock.now().plus_us(HOUR_US);
        let of = (Realm::Customer, id);
        let given = people_store::password::Given { hash: &hash, until, is_mailed: false };
        people_store::password::give_temporary(tx.conn(), of, given, by).await.expect("given");
        tx.commit().await.expect("a commit");
        let mut visitor = Visitor::new(&site, "203.0.113.5");
        come_in(&mut visitor, EMAIL, "Given-Lantern-41").await;
        for path in ["/portal", "/portal/sessions"] {
            assert_eq!(leads_to(&visitor.get(path).await), "/portal/password");
        }
        let other = come_in(&mut Visitor::new(&site, "203.0.113.6"), EMAIL, "Given-Lantern-41").await;
        assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY, "it opens once");
        let set = async |visitor: &mut Visitor, new: &str| {
            submit(visitor, "/portal/password", &[("new_password", new), ("again", new)]).await
        };
        assert_eq!(
            set(&mut visitor, "Given-Lantern-41").await.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "not the given one"
        );
        let done = set(&mut visitor, "Coriander-Hill-9").await;
        assert_eq!(leads_to(&done), "/portal?said=password", "{}", done.body);
        assert_eq!(visitor.get("/portal").await.status, StatusCode::OK);
        assert_eq!(
            come_in(&mut Visitor::new(&site, "203.0.113.7"), EMAIL, "Coriander-Hill-9").await.status,
            StatusCode::SEE_OTHER
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customers_session_ends_when_it_is_idle_or_ended_by_an_admin_or_by_themselves() {
    for site in each_site().await {
        site.person("asha", Role::Admin, None).await;
        customer(&site, EMAIL, PASSWORD).await;
        let (mut here, mut there) = (Visitor::new(&site, "203.0.113.5"), Visitor::new(&site, "203.0.113.6"));
        come_in(&mut here, EMAIL, PASSWORD).await;
        come_in(&mut there, EMAIL, PASSWORD).await;
        let own = here.get("/portal/sessions").await.body;
        assert!(own.contains("203.0.113.5") && own.contains("203.0.113.6"), "{own}");
        assert_eq!(
            leads_to(&submit(&mut here, "/portal/sessions/end-others", &[]).await),
            "/portal/sessions?said=ended-1"
        );
        assert_eq!(leads_to(&there.get("/portal").await), "/portal/login?next=/portal");
        let mut admin = Visitor::new(&site, "203.0.113.9");
        admin.sign_in("asha").await;
        let list = admin.get("/admin/sessions?realm=customer").await.body;
        assert!(list.contains(EMAIL) && !list.contains("203.0.113.9"), "{list}");
        let ended = admin.submit("/admin/sessions/end-all", &[("person", EMAIL), ("realm", "customer")]).await;
        assert_eq!(leads_to(&ended), "/admin/sessions?realm=customer&said=ended-1", "{}", ended.body);
        assert_eq!(leads_to(&here.get("/portal").await), "/portal/login?next=/portal");
        come_in(&mut here, EMAIL, PASSWORD).await;
        site.clock.pass_us(179 * MINUTE_US);
        assert_eq!(here.get("/portal").await.status, StatusCode::OK, "three hours by default");
        site.clock.pass_us(181 * MINUTE_US);
        let idle = here.get("/portal").await;
        assert_eq!(leads_to(&idle), "/portal/login?next=/portal", "it ends, there is no lock screen");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_is_led_to_pages_of_customers_alone() {
    let site = each_site().await.remove(0);
    customer(&site, EMAIL, PASSWORD).await;
    for next in [
        "https://evil.example/portal",
        "//evil.example/portal",
        "/\\evil.example",
        "/admin/users",
        "/portal/../admin/users",
        "/portal/logout",
        "javascript:alert(1)",
    ] {
        let mut visitor = Visitor::new(&site, "203.0.113.5");
        let fields = [("username", EMAIL), ("password", PASSWORD), ("next", next)];
        let answer = visitor.fill("/portal/login", "/portal/login", &fields).await;
        assert_eq!(leads_to(&answer), "/inventory", "{next}");
    }
    let page = Visitor::new(&site, "203.0.113.5").get("/portal/login?next=//evil.example").await.body;
    assert!(!page.contains("evil"), "not in the form either");
}

/// The address in the newest mail that waits.
async fn newest_link(site: &Site) -> String {
    let due = mail::claim(&site.db, "test", site.clock.now(), HOUR_US).await.expect("an answer").expect("a mail");
    let (_, rest) = due.content.text.split_once("https://site.example").expect("a link");
    rest.split_whitespace().next().expect("its end").to_owned()
}

/// What a page says, without what is new in each.
fn said(answer: &Answer) -> (StatusCode, String) {
    let shown = answer.body.split("<main").nth(1).unwrap_or_default();
    (answer.status, shown.split("</main>").next().unwrap_or_default().to_owned())
}

async fn switch(site: &Site, id: AccountId, is_active: bool) {
    let origin = base_core::audit::Origin::default();
    let by = people_store::By { at: site.clock.now(), origin: &origin };
    let mut tx = site.db.write().await.expect("a transaction");
    people_store::customer::activate(tx.conn(), id, is_active, by).await.expect("switched");
    tx.commit().await.expect("a commit");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_who_forgot_their_password_sets_one_by_a_link_at_their_own_door_and_nobody_learns_who_is_there() {
    for site in each_site_with(|settings| Settings { outbox: Outbox::OPEN, ..settings }).await {
        let id = customer(&site, EMAIL, PASSWORD).await;
        let off = customer(&site, "off@example.com", PASSWORD).await;
        switch(&site, off, false).await;
        site.person("asha", Role::Admin, None).await;
        scratch::give_email(&site.db, "asha", "asha@example.com").await.expect("an e-mail");
        let mut here = Visitor::new(&site, "203.0.113.5");
        come_in(&mut here, EMAIL, PASSWORD).await;
        let ask = async |door: &str, email: &str| {
            let (mut visitor, asked) = (Visitor::new(&site, "203.0.113.6"), Instant::now());
            site.clock.pass_us(MINUTE_US);
            let answer = visitor.fill(door, door, &[("email", email)]).await;
            assert!(asked.elapsed().as_millis() >= 500, "{email}");
            said(&answer)
        };
        let known = ask("/portal/forgot", " Buyer@Example.com").await;
        assert!(known.0 == StatusCode::OK && known.1.contains("id=\"done\""), "{known:?}");
        for email in ["off@example.com", "asha@example.com", "nobody@example.com"] {
            assert_eq!(ask("/portal/forgot", email).await, known, "{email}");
        }
        let all = mail::list(&site.db, None, 100).await.expect("mails");
        let told: Vec<_> = all.iter().map(|one| (one.kind.as_str(), one.recipient.as_str())).collect();
        assert_eq!(told, [("password_reset", EMAIL)]);
        let link = newest_link(&site).await;
        let token = link.strip_prefix("/portal/reset/").expect("a page of customers").to_owned();
        assert_eq!(here.get(&format!("/reset/{token}")).await.status, StatusCode::GONE, "not at the door of staff");
        ask("/forgot", "asha@example.com").await;
        let of_staff = newest_link(&site).await;
        assert_eq!(here.get(&of_staff).await.status, StatusCode::OK);
        assert_eq!(here.get(&format!("/portal{of_staff}")).await.status, StatusCode::GONE, "nor the other way about");

        let set = async |new: &str| {
            let mut visitor = Visitor::new(&site, "203.0.113.7");
            let answer = visitor.fill(&link, &link, &[("new_password", new), ("again", new)]).await;
            assert!(!visitor.cookies.contains_key(CUSTOMER), "nobody is signed in by it");
            answer
        };
        assert_eq!(set("buyer1234").await.status, StatusCode::UNPROCESSABLE_ENTITY);
        switch(&site, id, false).await;
        assert_eq!(here.get(&link).await.status, StatusCode::GONE, "an account that is off");
        switch(&site, id, true).await;
        come_in(&mut here, EMAIL, PASSWORD).await;
        assert_eq!(here.get("/portal").await.status, StatusCode::OK);
        let done = set("Coriander-Hill-9").await;
        assert!(done.body.contains("id=\"done\"") && done.body.contains("href=\"/portal/login\""), "{}", done.body);
        assert_eq!(leads_to(&here.get("/portal").await), "/portal/login?next=/portal", "every session ends");
        assert_eq!(come_in(&mut here, EMAIL, PASSWORD).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(leads_to(&come_in(&mut here, EMAIL, "Coriander-Hill-9").await), "/inventory");
        assert_eq!(here.get(&link).await.status, StatusCode::GONE, "it opens once");
        ask("/portal/forgot", EMAIL).await;
        let late = newest_link(&site).await;
        site.clock.pass_us(HOUR_US);
        assert_eq!(here.get(&late).await.status, StatusCode::GONE, "an hour is over");
        let trail = audit::latest(&site.db, 50).await.expect("the trail");
        for action in ["password_reset_request", "password_reset_complete"] {
            let is_told = trail.iter().any(|entry| {
                entry.action == action
                    && entry.entity == EMAIL
                    && (&*entry.realm, &*entry.entity_type) == ("customer", "customer")
            });
            assert!(is_told, "{action}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_mail_a_customer_reads_whom_to_ask_for_a_new_password() {
    let site = each_site().await.remove(0);
    let mut visitor = Visitor::new(&site, "203.0.113.5");
    let door = visitor.get("/portal/login").await.body;
    assert!(door.contains("Ask whoever gave you this account") && !door.contains("id=\"forgot\""), "{door}");
    let page = visitor.get("/portal/forgot").await.body;
    assert!(text_of(&page, "no-mail").contains("Ask whoever gave you this account"), "{page}");
    assert!(!page.contains("<form class=\"form\"") && page.contains("href=\"/portal/login\""), "{page}");
}
