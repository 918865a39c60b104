//! What strangers may ask for before they sign in: they learn nothing of who is there, and cannot flood the site.

use axum::http::{Method, StatusCode, header};
use base_core::permission::Role;
use base_core::time::{Clock, HOUR_US, MINUTE_US};
use base_db::scratch;
use base_records::mail;
use base_records::mail::Outbox;
use futures_util::future::join_all;
use serde_json::json;

use crate::common::{Answer, PASSWORD, Site, each_site, each_site_with};
use crate::users::id_of;
use crate::visitor::Visitor;

fn with_mail(settings: base_web::Settings) -> base_web::Settings {
    base_web::Settings { outbox: Outbox::OPEN, ..settings }
}

async fn register(visitor: &mut Visitor, name: &str, email: &str) -> Answer {
    let fields = [("username", name), ("email", email), ("new_password", PASSWORD), ("again", PASSWORD)];
    visitor.fill("/register", "/register", &fields).await
}

async fn mails(site: &Site) -> Vec<(String, String)> {
    let all = mail::list(&site.db, None, 100).await.expect("mails");
    all.into_iter().map(|mail| (mail.kind, mail.recipient)).collect()
}

/// An answer without what is new in each.
fn said(answer: &Answer) -> (StatusCode, String) {
    let shown = answer.body.split("<main").nth(1).unwrap_or_default();
    (answer.status, shown.split("</main>").next().unwrap_or_default().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_registers_does_not_learn_that_an_email_is_known_and_its_owner_is_told_once_an_hour() {
    for site in each_site_with(with_mail).await {
        site.person("asha", Role::Admin, None).await;
        scratch::give_email(&site.db, "asha", "asha@example.com").await.expect("an e-mail");
        let mut visitor = Visitor::new(&site, "203.0.113.5");
        let mut answers = Vec::new();
        for (name, email) in [("ravi", "ravi@example.com"), ("imran", "Asha@Example.com")] {
            let asked = std::time::Instant::now();
            let answer = register(&mut visitor, name, email).await;
            assert!(asked.elapsed().as_millis() >= 500, "{email}");
            answers.push(said(&answer));
        }
        assert_eq!(answers[0].0, StatusCode::OK);
        assert_eq!(answers[0], answers[1], "the same words");
        let told = || ("known_email".to_owned(), "asha@example.com".to_owned());
        let welcome = ("welcome".to_owned(), "ravi@example.com".to_owned());
        assert_eq!(mails(&site).await, [told(), welcome.clone()]);
        assert_eq!(
            site.try_sign_in("imran", PASSWORD).await.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "nothing was made"
        );
        register(&mut visitor, "imran", "asha@example.com").await;
        assert_eq!(mails(&site).await.len(), 2, "once an hour");
        site.clock.pass_us(HOUR_US + 1);
        register(&mut visitor, "imran", "asha@example.com").await;
        assert_eq!(mails(&site).await, [told(), told(), welcome]);
        let taken = register(&mut visitor, "ravi", "new@example.com").await;
        assert!(
            taken.status == StatusCode::UNPROCESSABLE_ENTITY && taken.body.contains("is taken"),
            "names are chosen"
        );
        site.app.note_all_refusals().await;
        let trail = base_records::audit::latest(&site.db, 50).await.expect("the trail");
        assert!(trail.iter().any(|entry| entry.action == "registration_refused"), "it is counted in the trail");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn registrations_of_one_address_are_limited_on_all_nodes_together() {
    for site in each_site().await {
        let other = site.node();
        let (mut made, mut last) = (0, StatusCode::OK);
        for n in 0..24 {
            // Five a minute; the limit of an hour is what is meant here.
            if n % 4 == 0 {
                site.clock.pass_us(MINUTE_US + 1);
            }
            let mut visitor = Visitor::at(if n % 2 == 0 { &site.router } else { &other }, "203.0.113.5");
            last = register(&mut visitor, &format!("person{n}"), &format!("p{n}@example.com")).await.status;
            made += usize::from(last == StatusCode::OK);
        }
        assert_eq!((made, last), (20, StatusCode::TOO_MANY_REQUESTS), "{}", site.db.name());
        let mut elsewhere = Visitor::new(&site, "203.0.113.6");
        assert_eq!(register(&mut elsewhere, "ravi", "ravi@example.com").await.status, StatusCode::OK);
        site.clock.pass_us(HOUR_US + 1);
        let mut later = Visitor::new(&site, "203.0.113.5");
        assert_eq!(register(&mut later, "imran", "imran@example.com").await.status, StatusCode::OK);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_site_mails_only_so_many_links_an_hour_and_answers_all_alike() {
    const KNOWN: u8 = 61;
    for site in each_site_with(with_mail).await {
        for n in 0..KNOWN {
            site.person(&format!("p{n}"), Role::Biller, None).await;
            scratch::give_email(&site.db, &format!("p{n}"), &format!("p{n}@example.com")).await.expect("an e-mail");
        }
        // A link that is young is spared, so each is asked for again a little later.
        for round in 0..5_u8 {
            let asks = (0..2 * KNOWN).map(|n| {
                let mut visitor = Visitor::new(&site, &format!("198.51.{round}.{n}"));
                let email = format!("p{n}@example.com");
                async move { visitor.fill("/forgot", "/forgot", &[("email", &email)]).await.status }
            });
            let answered = join_all(asks).await;
            assert!(answered.iter().all(|status| *status == StatusCode::OK), "known or not, mailed or not");
            site.clock.pass_us(6 * MINUTE_US);
        }
        let all = mail::list(&site.db, None, 1000).await.expect("mails");
        assert_eq!(all.len(), 300, "{} of {}", site.db.name(), 5 * u16::from(KNOWN));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_ends_with_a_change_of_the_email_by_whomever() {
    for site in each_site_with(with_mail).await {
        site.person("asha", Role::Admin, None).await;
        site.person("ravi", Role::Biller, None).await;
        scratch::give_email(&site.db, "ravi", "ravi@example.com").await.expect("an e-mail");
        let mut admin = Visitor::new(&site, "203.0.113.1");
        admin.sign_in("asha").await;
        let mut ravi = Visitor::new(&site, "203.0.113.2");
        ravi.sign_in("ravi").await;
        let path = format!("/api/v1/accounts/{}", id_of(&site, "ravi").await);
        for by_admin in [true, false] {
            let sent = admin.call(Method::POST, &format!("{path}/send-link"), None).await;
            assert!(sent.status.is_success(), "{}", sent.body);
            let link = newest_link(&site).await;
            assert_eq!(site.get_with_cookie(&link, "").await.status, StatusCode::OK);
            let changed = if by_admin {
                admin.call(Method::PATCH, &path, Some(json!({ "email": "ravi2@example.com" }))).await
            } else {
                let body = json!({ "email": "ravi3@example.com", "current_password": PASSWORD });
                ravi.call(Method::PATCH, "/api/v1/profile", Some(body)).await
            };
            assert_eq!(changed.status, StatusCode::OK, "{}", changed.body);
            assert_eq!(site.get_with_cookie(&link, "").await.status, StatusCode::GONE, "by an admin: {by_admin}");
        }
    }
}

async fn newest_link(site: &Site) -> String {
    let due = mail::claim(&site.db, "test", site.clock.now(), HOUR_US).await.expect("an answer").expect("a mail");
    let (_, rest) = due.content.text.split_once("https://site.example").expect("a link");
    rest.split_whitespace().next().expect("its end").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_on_a_new_device_is_told_by_mail_and_one_on_a_known_device_is_not() {
    for site in each_site_with(with_mail).await {
        site.person("ravi", Role::Biller, None).await;
        scratch::give_email(&site.db, "ravi", "ravi@example.com").await.expect("an e-mail");
        let mut first = Visitor::new(&site, "203.0.113.2");
        first.sign_in("ravi").await;
        first.sign_in("ravi").await;
        assert!(mails(&site).await.is_empty(), "neither the very first nor the same device");
        let mut second = Visitor::new(&site, "203.0.113.77");
        second.sign_in("ravi").await;
        assert_eq!(mails(&site).await, [("new_place".to_owned(), "ravi@example.com".to_owned())]);
        let due = mail::claim(&site.db, "test", site.clock.now(), HOUR_US).await.expect("an answer").expect("a mail");
        let text = due.content.text;
        assert!(text.contains("Firefox, Linux, from 203.0.113.77") && text.contains("/profile/sessions"), "{text}");
        second.sign_in("ravi").await;
        assert_eq!(mails(&site).await.len(), 1, "it is known now");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn proving_the_present_password_has_five_tries_and_growing_pauses_and_keeps_nobody_else_out() {
    for site in each_site().await {
        site.person("ravi", Role::Biller, None).await;
        let mut ravi = Visitor::new(&site, "203.0.113.2");
        ravi.sign_in("ravi").await;
        let change = async |visitor: &mut Visitor, email: &str, present: &str| {
            let body = json!({ "email": email, "current_password": present });
            visitor.call(Method::PATCH, "/api/v1/profile", Some(body)).await
        };
        let mut waits_s = Vec::new();
        for _ in 0..2 {
            for _ in 0..5 {
                let wrong = change(&mut ravi, "ravi@example.com", "Wrong-Password-1").await;
                assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", wrong.body);
            }
            let paused = change(&mut ravi, "ravi@example.com", PASSWORD).await;
            assert_eq!(paused.status, StatusCode::TOO_MANY_REQUESTS, "not even with the right one");
            let seconds = paused.headers[header::RETRY_AFTER].to_str().expect("text").parse::<i64>().expect("seconds");
            waits_s.push(seconds);
            // The screen locks after half an hour without a request.
            for _ in 0..2 {
                site.clock.pass_us(15 * MINUTE_US + 1);
                ravi.get("/profile").await;
            }
        }
        assert!(waits_s[0] <= 1801 && waits_s[1] > 2 * 1700, "{waits_s:?}");
        let mut elsewhere = Visitor::new(&site, "203.0.113.3");
        elsewhere.sign_in("ravi").await;
        let other = change(&mut elsewhere, "ravi@example.com", PASSWORD).await;
        assert_eq!(other.status, StatusCode::OK, "another session of theirs: {}", other.body);
    }
}
