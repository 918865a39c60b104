//! What devices at gates are told, and what not; what becomes of entries that they decided by themselves.

use axum::http::StatusCode;
use base_core::permission::Role;
use base_core::time::{Clock, Moment};
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::common::{QR_SECRET, each_site};
use crate::passes::{code, event, led_to, scan, sell, signed, urlencoded};

#[tokio::test(flavor = "multi_thread")]
async fn a_device_gets_what_it_needs_to_decide_and_nobody_s_name_or_secret() {
    for site in each_site().await {
        let admin = signed(&site, "asha", Role::Admin).await;
        let steward = site.token("ravi", Role::Steward, None).await;
        let own = event(&admin, &["ravi"]).await;
        let pass = sell(&admin, &own).await;
        let foreign = event(&admin, &[]).await;
        let about = site.get(&format!("/api/v1/gate{own}"), &steward).await;
        assert_eq!(about.status, StatusCode::OK, "{}", about.body);
        let info = about.json();
        assert_eq!((&info["event"]["name"], &info["can_undo"]), (&json!("Diwali"), &json!(false)));
        assert_eq!(info["keys"][0]["public"].as_str().map(str::len), Some(64));
        let list = site.get(&format!("/api/v1/gate{own}/passes"), &steward).await;
        let listed = &list.json()["passes"][0];
        assert_eq!((&listed["id"], &listed["people"], &listed["admitted"]), (&json!(pass), &json!(1), &json!(0)));
        let signature = passes_rules::payload::epass::EpassSecret::new(QR_SECRET).sign(&pass);
        let hash = base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, Sha256::digest(signature));
        assert_eq!(listed["hashes"], json!([hash]));
        for secret in ["Asha", "98765", QR_SECRET, &hex::encode(signature)] {
            assert!(!list.body.contains(secret) && !about.body.contains(secret), "{secret}");
        }
        for path in ["", "/passes", "/guests?q=asha"] {
            let answer = site.get(&format!("/api/v1/gate{foreign}{path}"), &steward).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        }
        for (text, n) in [("ash", 1), ("as", 0), ("9876543210", 1), ("3210", 0), ("%25%25%25", 0), ("a%00b", -1)] {
            let answer = site.get(&format!("/api/v1/gate{own}/guests?q={text}"), &steward).await;
            let found = answer.json()["passes"].as_array().map_or(-1, |found| i64::try_from(found.len()).unwrap());
            assert_eq!(found, n, "{text}: {}", answer.body);
            assert!(!answer.body.contains("98765"), "no phone numbers: {}", answer.body);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_a_pass_is_for_is_told_only_where_the_gate_needs_it() {
    for site in each_site().await {
        let admin = signed(&site, "asha", Role::Admin).await;
        let steward = site.token("ravi", Role::Steward, None).await;
        let own = event(&admin, &["ravi"]).await;
        let pass = sell(&admin, &own).await;
        let shown = scan(&site, &json!({ "code": code(&pass) }));
        let body = json!({ "scans": [shown] }).to_string();
        let first = site.post_json("/api/v1/gate/scans", &steward, body.clone()).await.json();
        assert_eq!(first["results"][0]["guest"]["name1"], "Asha <b>");
        assert!(first["results"][0]["guest"].get("phone1").is_none(), "{first}");
        admin.post(&format!("/passes/{pass}/cancel"), "reason=ill&refund=0").await;
        let refused = json!({ "scans": [scan(&site, &json!({ "code": code(&pass) }))] });
        let told = site.post_json("/api/v1/gate/scans", &steward, refused.to_string()).await.json();
        assert_eq!((&told["results"][0]["outcome"], &told["results"][0]["guest"]), (&json!("cancelled"), &Value::Null));
        admin.post(&format!("{own}/people"), "person=ravi&act=off").await;
        let kept = site.post_json("/api/v1/gate/scans", &steward, body).await.json();
        assert_eq!(kept["results"][0]["outcome"], "admitted", "the same scan has the same answer for ever");
        assert_eq!(kept["results"][0]["guest"], Value::Null, "and names are for who works there now");
        let long = json!({ "scans": [scan(&site, &json!({ "code": "A".repeat(100_000) }))] });
        let told = site.post_json("/api/v1/gate/scans", &steward, long.to_string()).await.json();
        assert_eq!(told["results"][0]["outcome"], "bad_code");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conflict_shows_both_sides_in_the_inbox_and_is_settled_in_one_step() {
    for site in each_site().await {
        let admin = signed(&site, "asha", Role::Admin).await;
        let own = event(&admin, &[]).await;
        let pass = sell(&admin, &own).await;
        let number: i64 = own.trim_start_matches("/events/").parse().expect("a number");
        let token = site.token("meera", Role::Admin, None).await;
        let at = site.clock.now().plus_us(-60_000_000).rfc3339();
        let offline = json!({ "at": at, "snapshot_at": at });
        let mut outcomes = Vec::new();
        for device in ["D1", "D2"] {
            let scans = [scan(&site, &json!({ "code": code(&pass), "offline": offline }))];
            let body = json!({ "gate": "north", "device": device, "event": number, "scans": scans });
            let told = site.post_json("/api/v1/gate/scans", &token, body.to_string()).await.json();
            outcomes.push((told["results"][0]["outcome"].clone(), told["results"][0]["conflict"].clone()));
        }
        assert_eq!(outcomes, [(json!("admitted"), Value::Null), (json!("already_admitted"), json!(true))]);
        let elsewhere = "name=Diwali&price_single=549&price_couple=999&early_minutes=180&zone=Pacific%2FAuckland";
        admin.post(&format!("{own}/edit"), elsewhere).await;
        let page = admin.get("/gate/conflicts").await;
        let shown =
            Moment::parse(&at).expect("a time").display(&TimeZone::get("Pacific/Auckland").unwrap(), "%d/%m/%y %H:%M");
        assert!(page.body.contains(&shown), "by the clocks of the event, {shown}: {}", page.body);
        for words in ["Device D1", "Device D2", "Asha &#60;b&#62;", "Already admitted", "Same guest, scanned twice"] {
            assert!(page.body.contains(words), "{words}: {}", page.body);
        }
        let steward = signed(&site, "ravi", Role::Steward).await;
        assert_eq!(steward.get("/gate/conflicts").await.status, StatusCode::FORBIDDEN);
        let id = page.body.split("data-conflict=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("an id");
        let settle = format!("/gate/conflicts/{id}/settle");
        for (fields, said) in
            [("was=nothing", "wrong"), ("was=sent_out&note=at+8", "settled"), ("was=sent_out", "before")]
        {
            let done = admin.post(&settle, fields).await;
            assert!(led_to(&done).ends_with(&format!("said={said}")), "{fields}: {}", led_to(&done));
        }
        assert!(!admin.get("/gate/conflicts").await.body.contains("data-conflict"));
        assert!(admin.get("/gate/conflicts?view=settled").await.body.contains("at 8"));
        let shell = admin.get(&format!("{own}/gate")).await;
        assert!(shell.body.contains("id=\"station\"") && !shell.body.contains("Diwali"), "{}", shell.body);
        assert!(shell.body.contains("data-zone=\"Pacific/Auckland\""), "{}", shell.body);
        let policy = shell.headers.get("content-security-policy").and_then(|policy| policy.to_str().ok());
        assert!(policy.is_some_and(|policy| policy.contains("'wasm-unsafe-eval'")), "{policy:?}");
        let gone = admin.post(&format!("{own}/gate"), &format!("pass={}&act=undo", urlencoded(&pass))).await;
        assert!(gone.body.contains("Give a reason"), "{}", gone.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_buys_at_the_gate_is_in_and_a_lost_reply_sells_nothing_twice() {
    for site in each_site().await {
        let admin = signed(&site, "asha", Role::Admin).await;
        let event = event(&admin, &["asha"]).await;
        let number: i64 = event.trim_start_matches("/events/").parse().expect("a number");
        let token = site.token("ravi", Role::Organiser, None).await;
        let steward = site.token("meera", Role::Steward, None).await;
        for person in ["ravi", "meera"] {
            admin.post(&format!("{event}/people"), &format!("person={person}")).await;
        }
        let id = scan(&site, &json!({}))["id"].clone();
        let sale = |id: &Value, name: &str| {
            json!({ "id": id, "event": number, "gate": "north", "name1": name, "phone1": "9876543210",
                "pass_type": "SINGLE", "payment_mode": "CASH" })
            .to_string()
        };
        let refused = site.post_json("/api/v1/gate/sales", &steward, sale(&id, "Asha")).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "a steward sells nothing");
        let first = site.post_json("/api/v1/gate/sales", &token, sale(&id, "Asha")).await;
        assert_eq!((first.status, &first.json()["outcome"]), (StatusCode::OK, &json!("admitted")), "{}", first.body);
        let again = site.post_json("/api/v1/gate/sales", &token, sale(&id, "Asha")).await;
        assert_eq!(again.json(), first.json(), "the same sale");
        let differs = site.post_json("/api/v1/gate/sales", &token, sale(&id, "Priya")).await;
        assert_eq!((differs.status, &differs.json()["code"]), (StatusCode::CONFLICT, &json!("scan_id_reused")));
        let other = scan(&site, &json!({ "id": "01930000-0000-7000-8000-0000000000aa" }))["id"].clone();
        let twice = site.post_json("/api/v1/gate/sales", &token, sale(&other, "Asha")).await;
        assert_eq!((twice.status, &twice.json()["code"]), (StatusCode::CONFLICT, &json!("guest_has_pass")));
        let wrong = site.post_json("/api/v1/gate/sales", &token, sale(&other, "")).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", wrong.body);
        let full = "name=Diwali&price_single=549&price_couple=999&early_minutes=180&slots=7+PM&inside_max=1";
        admin.post(&format!("{event}/edit"), full).await;
        let none = site.post_json("/api/v1/gate/sales", &token, sale(&other, "Ravi")).await;
        assert_eq!(none.json()["outcome"], "full", "{}", none.body);
        let page = admin.get(&event).await.body;
        assert!(page.contains("id=\"total\">1<") && page.contains("id=\"revenue-total\">₹549<"), "{page}");
        let form = "name1=Priya&phone1=9876543219&pass_type=SINGLE&timing=7+PM&payment_mode=CASH&gate=north";
        let told = admin.post(&format!("{event}/gate/sell"), form).await;
        assert_eq!(told.status, StatusCode::CONFLICT, "{}", told.body);
        admin.post(&format!("{event}/edit"), &full.replace("inside_max=1", "inside_max=9")).await;
        let scan = "01930000-0000-7000-8000-0000000000bb";
        let form = format!("{form}&scan={scan}");
        for _ in 0..2 {
            let sold = admin.post(&format!("{event}/gate/sell"), &form).await;
            assert_eq!(sold.status, StatusCode::SEE_OTHER, "the same form sells once: {}", sold.body);
        }
        let changed = ["name1=Meera", "phone1=9876543218", "pass_type=COUPLE&name2=Ravi&phone2=9876543217"];
        for (was, is) in ["name1=Priya", "phone1=9876543219", "pass_type=SINGLE"].into_iter().zip(changed) {
            let other = admin.post(&format!("{event}/gate/sell"), &form.replace(was, is)).await;
            assert_eq!(other.status, StatusCode::CONFLICT, "{is}: {}", other.body);
            assert!(other.body.contains("sold something else") && !other.body.contains(scan), "{is}: {}", other.body);
        }
        assert!(admin.get(&event).await.body.contains("id=\"total\">2<"), "nothing else was sold");
        admin.post(&format!("{event}/state"), "state=closed").await;
        let again = site.post_json("/api/v1/gate/sales", &token, sale(&id, "Asha")).await;
        assert_eq!(again.json(), first.json(), "the same answer for ever");
        let late = site.post_json("/api/v1/gate/sales", &token, sale(&other, "Ravi")).await;
        assert_eq!((late.status, &late.json()["code"]), (StatusCode::CONFLICT, &json!("too_late")));
    }
}
