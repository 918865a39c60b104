//! Second factors: no session before them, each code once, on whichever node.

use std::sync::Arc;

use axum::http::{StatusCode, header};
use base_core::permission::Role;
use base_core::realm::Realm;
use base_core::time::{Clock, HOUR_US, MINUTE_US, SECOND_US};
use base_db::scratch;
use base_records::mail::Outbox;
use base_records::{account, audit, mail, session};
use base_secret::{SECOND_FACTOR, SecretKeys};
use people_rules::totp;

use crate::common::{Chance, PASSWORD, Site, each_site_with};
use crate::visitor::{DEVICE, SESSION, STEP, Visitor, hidden, text_of};

const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const SESSION_SECRET: &str = "the secret of a site of tests, long enough";

pub fn with_keys(mut settings: base_web::Settings) -> base_web::Settings {
    settings.sign_in.secret_keys = Some(Arc::new(SecretKeys::new(SESSION_SECRET, None)));
    settings
}

fn required(settings: base_web::Settings) -> base_web::Settings {
    let mut settings = with_keys(settings);
    settings.sign_in.second_factor_for_admins = true;
    settings
}

fn code(site: &Site) -> String {
    totp::code_of(SECRET, totp::step_at(site.clock.now())).expect("a secret")
}

/// A code that is right at the next step, after which the clock has moved on.
fn next_code(site: &Site) -> String {
    site.clock.pass_us(totp::STEP_S * SECOND_US);
    code(site)
}

/// Somebody with a second factor, as an import leaves them.
async fn person_with(site: &Site, name: &str, role: Role) -> i64 {
    site.person(name, role, None).await;
    let id = account::find_id(&site.db, Realm::Staff, name).await.expect("an answer").expect("an account");
    let keys = SecretKeys::new(SESSION_SECRET, None);
    let encrypted = keys.encrypt(SECOND_FACTOR, SECRET, &Chance);
    scratch::keep_second_factor(&site.db, id, &encrypted).await.expect("kept");
    id
}

async fn sessions_of(site: &Site, id: i64) -> usize {
    let mut reader = site.db.read().await.expect("a reader");
    session::of_account(reader.conn(), Realm::Staff, id, site.clock.now()).await.expect("sessions").len()
}

async fn first_step(visitor: &mut Visitor, name: &str) {
    let answer = visitor.sign_in_with(name, PASSWORD).await;
    assert_eq!(answer.headers[header::LOCATION], "/login/second-factor?next=%2Fbags", "{}", answer.body);
}

async fn second_step(visitor: &mut Visitor, code: &str) -> crate::common::Answer {
    visitor.fill("/login/second-factor?next=/bags", "/login/second-factor", &[("code", code)]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_imported_second_factor_is_asked_for_and_nothing_opens_before_it() {
    for site in each_site_with(with_keys).await {
        let id = person_with(&site, "meera", Role::Admin).await;
        let mut visitor = Visitor::new(&site, "203.0.113.5");
        first_step(&mut visitor, "meera").await;
        assert!(!visitor.cookies.contains_key(SESSION) && !visitor.cookies.contains_key(DEVICE));
        assert_eq!(sessions_of(&site, id).await, 0, "no row before the second factor");
        let step = visitor.cookies[STEP].clone();
        for name in [SESSION, STEP] {
            let tried = site.get_with_cookie("/api/v1/me", &format!("{name}={step}")).await;
            assert_eq!(tried.status, StatusCode::UNAUTHORIZED, "{name}");
        }
        assert_eq!(site.get("/api/v1/me", &step).await.status, StatusCode::UNAUTHORIZED, "it is no token either");
        let wrong = second_step(&mut visitor, "000000").await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(text_of(&wrong.body, "fault").starts_with("Wrong code"), "{}", wrong.body);
        let right = second_step(&mut visitor, &code(&site)).await;
        assert_eq!(
            (right.status, &right.headers[header::LOCATION]),
            (StatusCode::SEE_OTHER, &"/bags".parse().unwrap())
        );
        assert!(visitor.is_in().await && !visitor.cookies.contains_key(STEP));
        assert_eq!(sessions_of(&site, id).await, 1);
        let actions: Vec<String> =
            audit::latest(&site.db, 4).await.expect("the trail").into_iter().map(|entry| entry.action).collect();
        assert_eq!(actions, ["login_success", "2fa_verify_success", "2fa_verify_failed", "login_pending_2fa"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_taken_once_on_whichever_node_and_an_older_one_is_not_taken_after_it() {
    for site in each_site_with(with_keys).await {
        person_with(&site, "meera", Role::Biller).await;
        let other = site.node();
        let now = code(&site);
        let before = totp::code_of(SECRET, totp::step_at(site.clock.now()) - 1).expect("a secret");
        let mut first = Visitor::new(&site, "203.0.113.5");
        first_step(&mut first, "meera").await;
        assert_eq!(second_step(&mut first, &now).await.status, StatusCode::SEE_OTHER);
        for router in [&site.router, &other] {
            let mut again = Visitor::at(router, "203.0.113.6");
            first_step(&mut again, "meera").await;
            for replayed in [&now, &before] {
                let answer = second_step(&mut again, replayed).await;
                assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "a replay");
            }
        }
        let mut later = Visitor::at(&other, "203.0.113.6");
        first_step(&mut later, "meera").await;
        assert_eq!(second_step(&mut later, &next_code(&site)).await.status, StatusCode::SEE_OTHER);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_second_step_ends_after_five_wrong_codes_after_ten_minutes_and_with_a_new_password() {
    for site in each_site_with(with_keys).await {
        let id = person_with(&site, "meera", Role::Biller).await;
        let mut visitor = Visitor::new(&site, "203.0.113.5");
        first_step(&mut visitor, "meera").await;
        let step = visitor.cookies.clone();
        let mut last = second_step(&mut visitor, "000000").await;
        for _ in 0..4 {
            last = second_step(&mut visitor, "000000").await;
        }
        assert!(text_of(&last.body, "fault").starts_with("Too many wrong codes"), "{}", last.body);
        visitor.cookies = step;
        let over = visitor.get("/login/second-factor?next=/bags").await;
        assert_eq!(over.headers[header::LOCATION], "/login?next=%2Fbags", "the step is gone");
        // Five wrong codes a minute are too many for the account, whichever browser sends them.
        let mut other = Visitor::new(&site, "203.0.113.6");
        first_step(&mut other, "meera").await;
        assert_eq!(second_step(&mut other, &code(&site)).await.status, StatusCode::TOO_MANY_REQUESTS);
        site.clock.pass_us(2 * MINUTE_US);
        assert_eq!(second_step(&mut other, &code(&site)).await.status, StatusCode::SEE_OTHER);

        let mut slow = Visitor::new(&site, "203.0.113.7");
        first_step(&mut slow, "meera").await;
        site.clock.pass_us(11 * MINUTE_US);
        assert_eq!(slow.get("/login/second-factor").await.status, StatusCode::SEE_OTHER);

        let mut changed = Visitor::new(&site, "203.0.113.8");
        first_step(&mut changed, "meera").await;
        let mut tx = site.db.write().await.expect("a transaction");
        let hash = base_secret::hash_password("Another-Field-8", &Chance);
        account::set_password(tx.conn(), id, &hash).await.expect("a password");
        tx.commit().await.expect("a commit");
        assert_eq!(second_step(&mut changed, &next_code(&site)).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
}

/// Sets a second factor up and gives its secret and the recovery codes.
async fn set_up(site: &Site, visitor: &mut Visitor) -> (String, Vec<String>) {
    let page = visitor.get("/profile/second-factor").await.body;
    assert!(page.contains("<svg class=\"qr\"") && page.contains("otpauth://totp/Tallyhouse:"), "{page}");
    let secret = text_of(&page, "secret").replace(' ', "");
    let code = totp::code_of(&secret, totp::step_at(site.clock.now())).expect("a secret");
    let mut fields = hidden(&page, "/profile/second-factor/on");
    fields.push(("code".into(), code.clone()));
    fields.push(("password".into(), "Wrong-Password-1".into()));
    let pairs: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let refused = visitor.post("/profile/second-factor/on", &pairs).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "the password is asked for");
    assert_eq!(text_of(&refused.body, "secret").replace(' ', ""), secret, "the same secret is shown again");
    fields.pop();
    fields.push(("password".into(), PASSWORD.into()));
    let pairs: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let done = visitor.post("/profile/second-factor/on", &pairs).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.body);
    let codes: Vec<String> =
        done.body.split("<li><code>").skip(1).filter_map(|rest| rest.split('<').next()).map(Into::into).collect();
    assert_eq!(codes.len(), 10);
    (secret, codes)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recovery_code_signs_in_once_and_everything_asks_for_password_and_code() {
    for site in each_site_with(with_keys).await {
        site.person("meera", Role::Biller, None).await;
        let mut visitor = Visitor::new(&site, "203.0.113.5");
        visitor.sign_in("meera").await;
        let mut elsewhere = Visitor::new(&site, "203.0.113.6");
        elsewhere.sign_in("meera").await;
        let (secret, codes) = set_up(&site, &mut visitor).await;
        assert!(visitor.is_in().await && !elsewhere.is_in().await, "the other sessions end");

        for (code, status) in [(&codes[0], StatusCode::SEE_OTHER), (&codes[0], StatusCode::UNPROCESSABLE_ENTITY)] {
            let mut lost = Visitor::new(&site, "203.0.113.7");
            first_step(&mut lost, "meera").await;
            assert_eq!(second_step(&mut lost, &code.to_uppercase()).await.status, status);
        }
        let page = visitor.get("/profile/second-factor").await.body;
        assert_eq!(text_of(&page, "codes-left"), "9 recovery codes are left.");

        let code = || {
            site.clock.pass_us(totp::STEP_S * SECOND_US);
            totp::code_of(&secret, totp::step_at(site.clock.now())).expect("a secret")
        };
        let wrong = [("password", PASSWORD), ("code", "000000")];
        assert_eq!(visitor.submit("/profile/second-factor/off", &wrong).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let now = code();
        let renewed = visitor.submit("/profile/second-factor/codes", &[("password", PASSWORD), ("code", &now)]).await;
        assert!(renewed.status == StatusCode::OK && !renewed.body.contains(&codes[1]), "{}", renewed.body);
        let mut old = Visitor::new(&site, "203.0.113.8");
        first_step(&mut old, "meera").await;
        assert_eq!(second_step(&mut old, &codes[1]).await.status, StatusCode::UNPROCESSABLE_ENTITY, "replaced");
        let now = code();
        let off = visitor.submit("/profile/second-factor/off", &[("password", PASSWORD), ("code", &now)]).await;
        assert_eq!(off.headers[header::LOCATION], "/profile/second-factor?said=off", "{}", off.body);
        Visitor::new(&site, "203.0.113.9").sign_in("meera").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_who_needs_a_second_factor_reaches_nothing_else_before() {
    for site in each_site_with(required).await {
        site.person("meera", Role::Admin, None).await;
        site.person("priya", Role::Biller, None).await;
        let mut biller = Visitor::new(&site, "203.0.113.4");
        biller.sign_in("priya").await;
        assert!(biller.is_in().await);
        let mut visitor = Visitor::new(&site, "203.0.113.5");
        visitor.sign_in("meera").await;
        for path in ["/", "/bags", "/profile/tokens", "/admin/sessions"] {
            let answer = visitor.get(path).await;
            assert_eq!(answer.headers[header::LOCATION], "/profile/second-factor", "{path}");
        }
        let call = visitor.get("/api/v1/me").await;
        assert_eq!(
            (call.status, call.json()["code"].as_str()),
            (StatusCode::FORBIDDEN, Some("second_factor_required"))
        );
        let body = serde_json::json!({ "name": "scales", "days": 7 });
        let token = visitor.call(axum::http::Method::POST, "/api/v1/tokens", Some(body)).await;
        assert_eq!(token.status, StatusCode::FORBIDDEN, "no token before it");
        let programs = site.token("root", Role::Admin, None).await;
        let around = site.get("/api/v1/accounts", &programs).await;
        assert_eq!(
            (around.status, around.json()["code"].as_str()),
            (StatusCode::FORBIDDEN, Some("second_factor_required")),
            "and no way around it by one from before"
        );
        set_up(&site, &mut visitor).await;
        assert!(visitor.is_in().await);

        // Whoever becomes an admin is asked at once.
        let id = account::find_id(&site.db, Realm::Staff, "priya").await.expect("an answer").expect("an account");
        scratch::give_role(&site.db, id, Role::Admin.name()).await.expect("a role");
        site.clock.pass_us(2 * SECOND_US);
        assert_eq!(biller.get("/bags").await.headers[header::LOCATION], "/profile/second-factor");
    }
}

/// Signs in with a password that an admin has just given them.
async fn sign_in_with_given(site: &Site, visitor: &mut Visitor, name: &str) -> crate::common::Answer {
    let mut admin = Visitor::new(site, "203.0.113.1");
    admin.sign_in_with("rohan", PASSWORD).await;
    second_step(&mut admin, &next_code(site)).await;
    let id = account::find_id(&site.db, Realm::Staff, name).await.expect("an answer").expect("an account");
    let given = admin.submit(&format!("/admin/users/{id}/password"), &[("way", "show")]).await;
    visitor.sign_in_with(name, &text_of(&given.body, "password")).await
}

async fn choose_own(visitor: &mut Visitor) {
    for path in ["/bags", "/profile", "/profile/sessions", "/profile/tokens", "/profile/second-factor"] {
        let led = visitor.get(path).await;
        assert_eq!(led.headers[header::LOCATION], "/profile/password", "{path}");
    }
    let call = visitor.get("/api/v1/me/sessions").await;
    assert_eq!((call.status, call.json()["code"].as_str()), (StatusCode::FORBIDDEN, Some("must_change_password")));
    let chosen = [("new_password", PASSWORD), ("again", PASSWORD)];
    let done = visitor.submit("/profile/password", &chosen).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_that_was_given_opens_after_the_second_factor_and_only_to_choose_another() {
    for site in each_site_with(required).await {
        person_with(&site, "rohan", Role::Admin).await;
        person_with(&site, "priya", Role::Biller).await;
        site.person("meera", Role::Admin, None).await;
        let mut visitor = Visitor::new(&site, "203.0.113.5");
        for _ in 0..5 {
            visitor.sign_in_with("priya", "Wrong-Password-1").await;
        }
        let first = sign_in_with_given(&site, &mut visitor, "priya").await;
        assert_eq!(first.headers[header::LOCATION], "/login/second-factor?next=%2Fbags", "the pause is over");
        assert!(!visitor.is_in().await);
        assert_eq!(second_step(&mut visitor, &next_code(&site)).await.status, StatusCode::SEE_OTHER);
        choose_own(&mut visitor).await;
        assert!(visitor.is_in().await);

        // Setting up a second factor asks for the password, so the password comes first.
        let mut admin = Visitor::new(&site, "203.0.113.6");
        assert_eq!(sign_in_with_given(&site, &mut admin, "meera").await.status, StatusCode::SEE_OTHER);
        choose_own(&mut admin).await;
        assert_eq!(admin.get("/bags").await.headers[header::LOCATION], "/profile/second-factor");
        set_up(&site, &mut admin).await;
        assert!(admin.is_in().await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_switches_off_what_somebody_has_lost() {
    for site in each_site_with(with_keys).await {
        let id = person_with(&site, "priya", Role::Biller).await;
        site.person("meera", Role::Admin, None).await;
        let mut owner = Visitor::new(&site, "203.0.113.4");
        first_step(&mut owner, "priya").await;
        second_step(&mut owner, &code(&site)).await;
        let mut admin = Visitor::new(&site, "203.0.113.5");
        admin.sign_in("meera").await;
        let page = admin.get("/admin/second-factors").await.body;
        assert!(page.contains("id=\"second-factors\"") && page.contains(">meera</a></th>"), "{page}");
        let path = "/admin/second-factors/off";
        assert_eq!(owner.submit(path, &[("username", "priya")]).await.status, StatusCode::FORBIDDEN);
        let off = admin.submit(path, &[("username", "priya")]).await;
        assert_eq!(off.headers[header::LOCATION], "/admin/second-factors?said=off&name=priya");
        assert_eq!(sessions_of(&site, id).await, 0, "their sessions have ended");
        let newest = audit::latest(&site.db, 1).await.expect("the trail").remove(0);
        assert_eq!((newest.action.as_str(), newest.entity.as_str()), ("2fa_disabled", "priya"));
        owner.sign_in("priya").await;
        let again = admin.submit(path, &[("username", "priya")]).await;
        assert_eq!(again.headers[header::LOCATION], "/admin/second-factors?said=none&name=priya");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_of_the_key_before_still_signs_in() {
    let rotated = |mut settings: base_web::Settings| {
        let keys = SecretKeys::new("another secret of this site, long enough", Some(SESSION_SECRET));
        settings.sign_in.secret_keys = Some(Arc::new(keys));
        settings
    };
    for site in each_site_with(rotated).await {
        person_with(&site, "meera", Role::Biller).await;
        let mut visitor = Visitor::new(&site, "203.0.113.5");
        first_step(&mut visitor, "meera").await;
        assert_eq!(second_step(&mut visitor, &code(&site)).await.status, StatusCode::SEE_OTHER);
        site.clock.pass_us(HOUR_US);
    }
}

/// How many wrong codes were looked at.
async fn looked_at(site: &Site) -> usize {
    let trail = audit::latest(&site.db, 200).await.expect("the trail");
    trail.iter().filter(|entry| entry.action == "2fa_verify_failed").count()
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_that_are_sent_at_once_are_no_more_codes() {
    for site in each_site_with(with_keys).await {
        person_with(&site, "meera", Role::Biller).await;
        let mut steps = Vec::new();
        for n in 0..4 {
            let mut visitor = Visitor::new(&site, &format!("203.0.113.{n}"));
            first_step(&mut visitor, "meera").await;
            steps.push(visitor);
        }
        let all = (0..24).map(|n| {
            let mut visitor = steps[n % steps.len()].clone();
            async move { second_step(&mut visitor, &format!("{n:06}")).await.status }
        });
        let answered = futures_util::future::join_all(all).await;
        assert!(answered.contains(&StatusCode::TOO_MANY_REQUESTS), "{answered:?}");
        assert_eq!(looked_at(&site).await, 5, "five a minute on {}", site.db.name());
        let mut last = Visitor::new(&site, "203.0.113.9");
        first_step(&mut last, "meera").await;
        assert_eq!(second_step(&mut last, &code(&site)).await.status, StatusCode::TOO_MANY_REQUESTS);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_has_five_sign_ins_that_wait_for_their_code_and_the_oldest_go() {
    for site in each_site_with(with_keys).await {
        person_with(&site, "meera", Role::Biller).await;
        let mut steps = Vec::new();
        for n in 0..7 {
            let mut visitor = Visitor::new(&site, &format!("203.0.113.{n}"));
            first_step(&mut visitor, "meera").await;
            steps.push(visitor);
        }
        for (n, visitor) in steps.iter_mut().enumerate() {
            let shown = visitor.get("/login/second-factor?next=/bags").await.status;
            assert_eq!(shown, if n < 2 { StatusCode::SEE_OTHER } else { StatusCode::OK }, "{n}");
        }
        assert_eq!(second_step(&mut steps[2], &code(&site)).await.status, StatusCode::SEE_OTHER);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_told_by_mail_of_every_change_of_their_second_factor() {
    let with_mail = |settings| base_web::Settings { outbox: Outbox::OPEN, ..with_keys(settings) };
    for site in each_site_with(with_mail).await {
        site.person("meera", Role::Biller, None).await;
        site.person("asha", Role::Admin, None).await;
        scratch::give_email(&site.db, "meera", "meera@example.com").await.expect("an e-mail");
        let mut visitor = Visitor::new(&site, "203.0.113.5");
        visitor.sign_in("meera").await;
        let subjects = async || {
            let all = mail::list(&site.db, None, 50).await.expect("mails").into_iter();
            all.filter(|mail| mail.kind == "second_factor" && mail.recipient == "meera@example.com").count()
        };
        let (secret, _) = set_up(&site, &mut visitor).await;
        assert_eq!(subjects().await, 1, "switched on");
        let code = || {
            site.clock.pass_us(totp::STEP_S * SECOND_US);
            totp::code_of(&secret, totp::step_at(site.clock.now())).expect("a secret")
        };
        for (path, n) in [("/profile/second-factor/codes", 2), ("/profile/second-factor/off", 3)] {
            let now = code();
            visitor.submit(path, &[("password", PASSWORD), ("code", &now)]).await;
            assert_eq!(subjects().await, n, "{path}");
        }
        set_up(&site, &mut visitor).await;
        let mut admin = Visitor::new(&site, "203.0.113.1");
        admin.sign_in("asha").await;
        admin.submit("/admin/second-factors/off", &[("username", "meera")]).await;
        assert_eq!(subjects().await, 5, "switched off by an admin");
    }
}
