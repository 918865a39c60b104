//! Events, passes and the gate from outside: who sees what, how a pass is sold and shown, and who gets in.

use axum::http::StatusCode;
use base_core::entropy::new_id;
use base_core::permission::Role;
use base_core::time::Clock;
use jiff::civil::DateTime;
use passes_rules::payload::epass::EpassSecret;
use serde_json::{Value, json};

use crate::common::{Answer, Chance, QR_SECRET, Site, each_site};

/// The form of a pass for one person.
pub const PASS: &str = "name1=Asha+%3Cb%3E&phone1=9876543210&pass_type=SINGLE&timing=7+PM&payment_mode=CASH";

/// Where an answer leads.
pub fn led_to(answer: &Answer) -> &str {
    answer.headers.get("location").and_then(|to| to.to_str().ok()).unwrap_or_default()
}

/// Somebody who is signed in.
pub struct Signed<'s> {
    pub site: &'s Site,
    pub cookie: String,
    pub csrf: String,
}

impl Signed<'_> {
    pub async fn get(&self, path: &str) -> Answer {
        self.site.get_with_cookie(path, &self.cookie).await
    }

    pub async fn post(&self, path: &str, fields: &str) -> Answer {
        self.site.post_form(path, &self.cookie, format!("csrf={}&{fields}", self.csrf)).await
    }
}

pub async fn signed<'s>(site: &'s Site, name: &str, role: Role) -> Signed<'s> {
    site.person(name, role, None).await;
    let (cookie, csrf) = site.sign_in(name).await;
    Signed { site, cookie, csrf }
}

/// An event on sale at which `people` work; gives its address.
pub async fn event(admin: &Signed<'_>, people: &[&str]) -> String {
    let fields = "name=Diwali&price_single=549&price_couple=999&early_minutes=180&slots=7+PM&capacity=100";
    let made = admin.post("/events/new", fields).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.body);
    let address = led_to(&made).split('?').next().expect("an address").to_owned();
    for person in people {
        let done = admin.post(&format!("{address}/people"), &format!("person={person}")).await;
        assert!(led_to(&done).ends_with("said=assigned"), "{}", led_to(&done));
    }
    admin.post(&format!("{address}/state"), "state=open").await;
    address
}

pub async fn sell(person: &Signed<'_>, event: &str) -> String {
    let sold = person.post(&format!("{event}/passes/new"), PASS).await;
    assert_eq!(sold.status, StatusCode::SEE_OTHER, "{}", sold.body);
    led_to(&sold).trim_start_matches("/passes/").split('?').next().expect("an id").to_owned()
}

pub fn code(pass: &str) -> String {
    EpassSecret::new(QR_SECRET).code(pass)
}

pub fn scan(site: &Site, fields: &Value) -> Value {
    let mut scan =
        json!({ "id": new_id(&Chance, site.clock.now()), "at": site.clock.now().rfc3339(), "action": "admit" });
    for (name, value) in fields.as_object().into_iter().flatten() {
        scan[name] = value.clone();
    }
    scan
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pass_is_sold_shown_and_admitted_once() {
    for site in each_site().await {
        let admin = signed(&site, "asha", Role::Admin).await;
        let event = event(&admin, &[]).await;
        let wrong = admin.post(&format!("{event}/passes/new"), "pass_type=COUPLE&payment_mode=CASH").await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        for words in ["Name is required", "exactly 10 digits", "partner&#39;s name is required", "slot is required"] {
            assert!(wrong.body.contains(words), "{words}: {}", wrong.body);
        }
        let pass = sell(&admin, &event).await;
        let again = admin.post(&format!("{event}/passes/new"), PASS).await;
        assert_eq!(again.status, StatusCode::CONFLICT);
        assert!(again.body.contains("exists already") && again.body.contains("9876543210"), "{}", again.body);
        let page = admin.get(&format!("/passes/{pass}")).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.body.contains(&format!("data-code=\"{}\"", code(&pass))), "{}", page.body);
        assert!(page.body.contains("Asha &#60;b&#62;") && !page.body.contains("Asha <b>"), "names are text");

        let first =
            admin.post(&format!("{event}/gate"), &format!("code={}&gate=north", urlencoded(&code(&pass)))).await;
        assert!(first.body.contains("verdict yes") && first.body.contains("Admitted"), "{}", first.body);
        let second = admin.post(&format!("{event}/gate"), &format!("code={}", urlencoded(&code(&pass)))).await;
        assert!(second.body.contains("verdict again"), "{}", second.body);
        for (text, is_found) in [("asha", true), ("9876543210", true), ("9876", false), ("987654321", false)] {
            let found = admin.post(&format!("{event}/gate"), &format!("code={text}")).await;
            assert_eq!(found.body.contains("id=\"found\""), is_found, "{text}: {}", found.body);
            assert!(
                !found.body.contains("3210") || text.contains("3210"),
                "no digits that nobody typed: {}",
                found.body
            );
        }
        let lacks = admin.post(&format!("/passes/{pass}/undo-entry"), "").await;
        assert!(led_to(&lacks).ends_with("said=reason"), "{}", led_to(&lacks));
        let undone = admin.post(&format!("/passes/{pass}/undo-entry"), "reason=wrong+guest").await;
        assert!(led_to(&undone).ends_with("said=undone"), "{}", led_to(&undone));
        let cancelled = admin.post(&format!("/passes/{pass}/cancel"), "reason=ill&refund=549").await;
        assert!(led_to(&cancelled).ends_with("said=cancelled"), "{}", led_to(&cancelled));
        let dashboard = admin.get(&event).await.body;
        assert!(dashboard.contains("id=\"revenue-refunded\">₹549"), "{dashboard}");
        let brought = admin.post(&format!("/passes/{pass}/bring-back"), "").await;
        assert!(led_to(&brought).ends_with("said=brought-back"), "{}", led_to(&brought));
    }
}

pub fn urlencoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transfer_ends_the_old_code_and_the_new_one_is_taken() {
    for site in each_site().await {
        let admin = signed(&site, "asha", Role::Admin).await;
        let event = event(&admin, &[]).await;
        let pass = sell(&admin, &event).await;
        let fields = "name1=Meera&phone1=9876543211&timing=7+PM&payment_mode=CASH&transfer=1";
        let done = admin.post(&format!("/passes/{pass}/edit"), fields).await;
        assert!(led_to(&done).ends_with("said=transferred"), "{} {}", led_to(&done), done.body);
        let old = admin.post(&format!("{event}/gate"), &format!("code={}", urlencoded(&code(&pass)))).await;
        assert!(old.body.contains("verdict no") && old.body.contains("no longer valid"), "{}", old.body);
        let page = admin.get(&format!("/passes/{pass}")).await.body;
        let fresh = page.split("data-code=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a code");
        assert!(fresh.starts_with("TP1"), "{fresh}");
        let new = admin.post(&format!("{event}/gate"), &format!("code={fresh}")).await;
        assert!(new.body.contains("verdict yes") && new.body.contains("Meera"), "{}", new.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn organisers_and_stewards_see_their_own_events_alone() {
    for site in each_site().await {
        let admin = signed(&site, "asha", Role::Admin).await;
        let organiser = signed(&site, "ravi", Role::Organiser).await;
        let steward = signed(&site, "meera", Role::Steward).await;
        let (own, other) = (event(&admin, &["ravi", "meera"]).await, event(&admin, &[]).await);
        let (pass, foreign) = (sell(&organiser, &own).await, sell(&admin, &other).await);
        for path in [other.clone(), format!("{other}/passes"), format!("/passes/{foreign}"), format!("{other}/gate")] {
            assert_eq!(organiser.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        for path in [own.clone(), format!("{own}/passes"), format!("/passes/{pass}"), format!("{own}/gate")] {
            assert_eq!(organiser.get(&path).await.status, StatusCode::OK, "{path}");
        }
        assert_eq!(steward.get(&format!("{own}/gate")).await.status, StatusCode::OK);
        for path in [format!("{own}/passes"), format!("/passes/{pass}"), format!("{own}/passes/file?format=csv")] {
            assert_eq!(steward.get(&path).await.status, StatusCode::FORBIDDEN, "{path}");
        }
        assert_eq!(organiser.post(&format!("{own}/state"), "state=closed").await.status, StatusCode::FORBIDDEN);
        admin.post(&format!("{own}/gate"), &format!("code={}", urlencoded(&code(&pass)))).await;
        let (seen, page) = (organiser.get(&own).await.body, steward.get(&own).await.body);
        for part in ["figures", "revenue", "entries", "sales", "gates", "people"] {
            let part = format!("id=\"{part}\"");
            assert!(seen.contains(&part) && !page.contains(&part), "a steward sees the gate and no {part}: {page}");
        }
        assert!(page.contains("id=\"gate\""), "{page}");
        let (theirs, home) = (organiser.get("/").await.body, steward.get("/").await.body);
        let figures = |body: &str| body.matches("class=\"n\" data-label").count();
        assert!(home.contains(&own) && figures(&theirs) > 0, "{home}");
        assert_eq!(figures(&home), 0, "{home}");
        let old = steward.get("/events").await.body;
        assert_eq!(old.matches("Diwali").count(), 1, "{old}");
        assert!(!old.contains("People sold") && organiser.get("/events").await.body.contains("People sold"), "{old}");
        let told = steward.post(&format!("{own}/gate"), &format!("code={}", urlencoded(&code(&foreign)))).await;
        assert!(told.body.contains("Pass of another event") && !told.body.contains("Asha"), "{}", told.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gate_sends_its_queue_and_a_lost_reply_is_answered_the_same_way() {
    for site in each_site().await {
        let admin = signed(&site, "asha", Role::Admin).await;
        let event = event(&admin, &[]).await;
        let pass = sell(&admin, &event).await;
        let steward = site.token("ravi", Role::Steward, None).await;
        admin.post(&format!("{event}/people"), "person=ravi").await;
        let number: i64 = event.trim_start_matches("/events/").parse().expect("a number");
        let scans = [scan(&site, &json!({ "code": code(&pass) })), scan(&site, &json!({ "code": "x" }))];
        let body = json!({ "gate": "north", "event": number, "scans": scans }).to_string();
        let first = site.post_json("/api/v1/gate/scans", &steward, body.clone()).await;
        assert_eq!(first.status, StatusCode::OK, "{}", first.body);
        let results = first.json()["results"].clone();
        assert_eq!((&results[0]["outcome"], &results[1]["outcome"]), (&json!("admitted"), &json!("bad_code")));
        assert_eq!(results[0]["guest"]["name1"], "Asha <b>");
        let again = site.post_json("/api/v1/gate/scans", &steward, body).await;
        assert_eq!(again.json()["results"][0]["outcome"], "admitted", "the same scan");
        let undo = json!({ "code": code(&pass), "action": "undo", "reason": "wrong guest" });
        let undo = json!({ "scans": [scan(&site, &undo)] });
        let refused = site.post_json("/api/v1/gate/scans", &steward, undo.to_string()).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "a steward undoes nothing");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_call_of_e_pass_answers_as_e_pass_did() {
    for site in each_site().await {
        let admin = signed(&site, "asha", Role::Admin).await;
        let event = event(&admin, &[]).await;
        let pass = sell(&admin, &event).await;
        let token = site.token("ravi", Role::Admin, None).await;
        let send = async |body: String| site.post_json("/api/scan", &token, body).await;
        let of = |pass: &str| json!({ "payload": code(pass) }).to_string();
        let elsewhere = "name=Diwali&price_single=549&price_couple=999&early_minutes=180&zone=Pacific%2FAuckland";
        admin.post(&format!("{event}/edit"), elsewhere).await;
        let first = send(of(&pass)).await;
        assert_eq!(first.status, StatusCode::OK, "{}", first.body);
        let info = json!({
            "name1": "Asha <b>", "phone1": "9876543210", "name2": null, "phone2": null, "pass_type": "SINGLE",
            "timing": "7 PM",
        });
        let expected = json!({ "status": "success", "message": "Pass scanned successfully", "pass_info": info });
        assert_eq!(first.json(), expected);
        let second = send(of(&pass)).await;
        let told = second.json();
        assert_eq!((second.status, &told["status"]), (StatusCode::BAD_REQUEST, &json!("already_scanned")));
        assert_eq!((&told["scanned_by"], &told["pass_info"]), (&json!("ravi"), &info));
        let scanned_at = DateTime::strptime("%Y-%m-%d %H:%M:%S", told["scanned_at"].as_str().unwrap_or_default());
        let scanned_at = scanned_at.and_then(|at| at.in_tz("Pacific/Auckland")).expect("a time").timestamp();
        let ago_us = site.clock.now().0 - scanned_at.as_microsecond();
        assert!((0..600_000_000).contains(&ago_us), "by the clocks of the event: {told}");
        let invalid = json!({ "status": "error", "message": "Invalid or tampered QR code" });
        for body in ["", "{", "[]", "7", "{}", "{\"payload\": 7}", "{\"payload\": \"x\"}"] {
            let answer = send(body.to_owned()).await;
            assert_eq!((answer.status, answer.json()), (StatusCode::BAD_REQUEST, invalid.clone()), "{body}");
        }
        let unknown = send(of("11111111-2222-4333-8444-555555555555")).await;
        let not_found = json!({ "status": "error", "message": "Pass not found" });
        assert_eq!((unknown.status, unknown.json()), (StatusCode::NOT_FOUND, not_found));
        let nobody = site.post_json("/api/scan", "tally_nobody", of(&pass)).await;
        assert_eq!(nobody.status, StatusCode::UNAUTHORIZED);
        assert!(nobody.json()["code"].is_string());
        for (old, new) in [("/generate", "/passes/new"), ("/database", "/passes"), ("/preview/x", "/passes/x")] {
            let moved = admin.get(old).await;
            assert!(led_to(&moved).ends_with(new), "{old}: {}", led_to(&moved));
        }
        for (page, is_there) in [("page=1", true), ("page=x", true), ("page=2", false)] {
            let list = admin.get(&format!("{event}/passes?{page}")).await;
            assert_eq!(list.body.contains(&pass), is_there, "{page}: {}", list.body);
        }
        let csv = admin.get("/export-csv").await;
        assert_eq!(csv.status, StatusCode::OK);
        let mut lines = csv.body.trim_start_matches('\u{feff}').lines();
        let header = "Pass ID,Name 1,Phone 1,Name 2,Phone 2,Pass Type,Amount,Payment Mode,Transaction Info,Timing,\
                      Created At,Scanned At,Scanned By";
        assert_eq!(lines.next(), Some(header));
        assert!(lines.next().is_some_and(|line| line.starts_with(&pass)), "{}", csv.body);
    }
}
