//! The office of passes from outside: handing out, keys, sales at the gate, files, archives and erasure.

use std::io::Read as _;
use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use base_core::audit::Origin;
use base_core::permission::Role;
use base_core::time::Clock;
use base_jobs::{Done, Job, Pace, Worker};
use base_records::import::{self, Phase};
use base_records::mail::{self, Outbox};
use base_web::Settings;
use jiff::tz::TimeZone;
use passes_store::erase;
use passes_store::event::By;
use passes_work::office;
use serde_json::{Value, json};

use crate::common::{Answer, Site, each_site, each_site_with};
use crate::passes::{Signed, code, event, led_to, sell, signed, urlencoded};

/// Names as people have them, and as people try them.
const NAMES: [&str; 6] = [
    "<script>alert(1)</script>",
    "O'Brien \"Bobby\" \\",
    "=cmd|' /C calc'!A0",
    "\u{202e}txet desrever",
    "आशा शर्मा",
    "Zoë 🎉👩‍👩‍👧",
];

/// As pages write a text.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for letter in text.chars() {
        match letter {
            '<' | '>' | '&' | '"' | '\'' => out.push_str(&format!("&#{};", u32::from(letter))),
            _ => out.push(letter),
        }
    }
    out
}

async fn visited(site: &Site, path: &str, agent: &str) -> Answer {
    let request = Request::get(path).header(header::USER_AGENT, agent).body(Body::empty()).expect("a request");
    site.send(request).await
}

const PHONE: &str = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36";

/// The path of the guest's page, as the page of a pass links to it.
async fn guest_page(person: &Signed<'_>, pass: &str) -> String {
    let page = person.get(&format!("/passes/{pass}")).await.body;
    let begin = page.find("/p/").expect("a link to the guest's page");
    page[begin..].split('"').next().expect("an end").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn names_are_shown_as_they_were_typed_on_every_page_and_in_every_file() {
    for site in each_site().await {
        let admin = signed(&site, "asha", Role::Admin).await;
        let event = event(&admin, &[]).await;
        for (n, name) in NAMES.iter().enumerate() {
            let fields = format!(
                "name1={0}&phone1=987654321{n}&pass_type=COUPLE&name2={0}&phone2=9876543210&timing=7+PM&\
                 payment_mode=ONLINE&txn_info={0}",
                urlencoded(name)
            );
            let sold = admin.post(&format!("{event}/passes/new"), &fields).await;
            assert_eq!(sold.status, StatusCode::SEE_OTHER, "{}", sold.body);
            let pass = led_to(&sold).trim_start_matches("/passes/").split('?').next().expect("an id").to_owned();
            let guest = guest_page(&admin, &pass).await;
            admin.post(&format!("{event}/gate"), &format!("pass={pass}&gate={}", urlencoded(name))).await;
            let mut pages = Vec::new();
            let paths = [
                event.clone(),
                format!("{event}/passes?q={}", urlencoded(name)),
                format!("/passes/{pass}"),
                format!("/passes/{pass}/card.svg"),
                format!("/passes/{pass}/edit"),
            ];
            for path in paths {
                pages.push((path.clone(), admin.get(&path).await));
            }
            pages.push(("the gate".into(), admin.post(&format!("{event}/gate"), &format!("pass={pass}")).await));
            pages.push((guest.clone(), visited(&site, &guest, PHONE).await));
            pages.push(("its picture".into(), visited(&site, &format!("{guest}/card.svg"), PHONE).await));
            for (path, page) in pages {
                assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.body);
                assert!(page.body.contains(&escaped(name)), "{path} does not show {name}: {}", page.body);
                assert!(!page.body.contains("<script>alert"), "{path}: {}", page.body);
            }
            let pdf = admin.get(&format!("/passes/{pass}/pass.pdf")).await;
            assert_eq!(pdf.headers["content-type"], "application/pdf");
        }
        let csv = admin.get(&format!("{event}/passes/file?format=csv")).await.body;
        let old = admin.get("/export-csv").await.body;
        for name in NAMES {
            let quoted = name.replace('"', "\"\"");
            assert!(csv.contains(&quoted) && old.contains(&quoted), "{name}: {csv}");
            // A formula is guarded, so that a spreadsheet shows it and does nothing else.
            assert!(!csv.contains(",=cmd") && !old.contains(",=cmd"), "{csv}");
        }
        assert_eq!(old.matches("\r\n").count(), old.matches('\n').count(), "each row ends as E-Pass ended it");
        let xlsx = site_bytes(&site, &admin.cookie, &format!("{event}/passes/file?format=xlsx")).await;
        let texts = texts_of(&xlsx);
        for name in NAMES {
            let written = name.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
            assert!(texts.contains(name) || texts.contains(&written), "{name}: {texts}");
        }
    }
}

async fn site_bytes(site: &Site, cookie: &str, path: &str) -> Vec<u8> {
    use http_body_util::BodyExt as _;
    use tower::ServiceExt as _;
    let request = Request::get(path).header(header::COOKIE, cookie).body(Body::empty()).expect("a request");
    let answer = site.router.clone().oneshot(request).await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::OK, "{path}");
    answer.into_body().collect().await.expect("a body").to_bytes().to_vec()
}

/// All texts of a workbook.
fn texts_of(xlsx: &[u8]) -> String {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(xlsx)).expect("a workbook");
    let mut all = String::new();
    for at in 0..archive.len() {
        let mut part = archive.by_index(at).expect("a part");
        if part.name().is_ok_and(|name| name.ends_with(".xml")) {
            part.read_to_string(&mut all).expect("text");
        }
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_sees_their_pass_and_nobody_else_does() {
    for site in each_site().await {
        let admin = signed(&site, "asha", Role::Admin).await;
        let event = event(&admin, &[]).await;
        let pass = sell(&admin, &event).await;
        let guest = guest_page(&admin, &pass).await;
        let page = visited(&site, &guest, PHONE).await;
        assert!(page.body.contains("Not used yet") && page.body.contains("Asha"), "{}", page.body);
        assert!(page.headers["x-robots-tag"].to_str().expect("text").contains("noindex"));
        for robot in ["WhatsApp/2.24", "facebookexternalhit/1.1", "Googlebot/2.1", ""] {
            let page = visited(&site, &guest, robot).await;
            assert_eq!(page.status, StatusCode::OK);
            assert!(!page.body.contains("Asha") && !page.body.contains("9876543210"), "{robot}: {}", page.body);
            assert_eq!(visited(&site, &format!("{guest}/card.svg"), robot).await.status, StatusCode::NOT_FOUND);
        }
        let end = guest.len() - 1;
        let other = if guest.ends_with('0') { "1" } else { "0" };
        for wrong in [format!("{}{other}", &guest[..end]), format!("/p/{pass}/x"), "/p/x/y".to_owned()] {
            assert_eq!(visited(&site, &wrong, PHONE).await.status, StatusCode::NOT_FOUND, "{wrong}");
        }
        admin.post(&format!("{event}/gate"), &format!("code={}", urlencoded(&code(&pass)))).await;
        assert!(visited(&site, &guest, PHONE).await.body.contains("Used"), "it was used");
        let fields = "name1=Meera&phone1=9876543211&timing=7+PM&payment_mode=CASH&transfer=1";
        admin.post(&format!("/passes/{pass}/edit"), fields).await;
        assert_eq!(
            visited(&site, &guest, PHONE).await.status,
            StatusCode::NOT_FOUND,
            "it belongs to somebody else now"
        );
        assert_ne!(guest_page(&admin, &pass).await, guest);
        let mut last = StatusCode::OK;
        for _ in 0..70 {
            last = visited(&site, "/p/x/y", PHONE).await.status;
        }
        assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
        let own = guest_page(&admin, &pass).await;
        assert_eq!(visited(&site, &own, PHONE).await.status, StatusCode::OK, "who knows their address is not counted");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pass_is_mailed_and_mailed_again_and_nobody_gets_a_copy() {
    let with_mail = |settings: Settings| Settings { outbox: Outbox::OPEN, has_public_url: true, ..settings };
    for site in each_site_with(with_mail).await {
        let admin = signed(&site, "asha", Role::Admin).await;
        let event = event(&admin, &[]).await;
        let wrong = admin.post(&format!("{event}/passes/new"), &format!("{}&email=x", crate::passes::PASS)).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        let fields = format!("{}&email=asha%40guest.example", crate::passes::PASS);
        let sold = admin.post(&format!("{event}/passes/new"), &fields).await;
        let pass = led_to(&sold).trim_start_matches("/passes/").split('?').next().expect("an id").to_owned();
        let again = admin.post(&format!("/passes/{pass}/mail"), "email=asha%40guest.example").await;
        assert!(led_to(&again).ends_with("said=mailed"), "{}", led_to(&again));
        let bad = admin.post(&format!("/passes/{pass}/mail"), "email=nobody").await;
        assert!(led_to(&bad).ends_with("said=email"), "{}", led_to(&bad));
        let mails = mail::list(&site.db, None, 10).await.expect("mails");
        let told: Vec<_> = mails.iter().map(|line| (line.kind.as_str(), line.recipient.as_str())).collect();
        assert_eq!(told, [("pass", "asha@guest.example"); 2]);
        let page = admin.get(&format!("/passes/{pass}")).await.body;
        assert!(page.contains("Mail again") && page.contains("asha@guest.example"), "{page}");
        admin.post(&format!("/passes/{pass}/mail"), "email=asha%40other.example").await;
        admin.post(&format!("{event}/state"), "state=closed").await;
        admin.post(&format!("{event}/erase"), "name=Diwali").await;
        let left = mail::list(&site.db, None, 10).await.expect("mails");
        assert!(left.is_empty(), "neither what waits nor what went to another address names a guest: {left:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_key_signs_an_old_one_is_taken_until_it_is_revoked_and_gates_are_told() {
    for site in each_site().await {
        let admin = signed(&site, "asha", Role::Admin).await;
        let event = event(&admin, &[]).await;
        let details = "name=Diwali&price_single=549&price_couple=999&early_minutes=180&slots=7+PM&compact_codes=1";
        admin.post(&format!("{event}/edit"), details).await;
        let (first, second) = (sell(&admin, &event).await, {
            let fields = "name1=Ravi&phone1=9876543212&pass_type=SINGLE&timing=7+PM&payment_mode=CASH";
            let sold = admin.post(&format!("{event}/passes/new"), fields).await;
            led_to(&sold).trim_start_matches("/passes/").split('?').next().expect("an id").to_owned()
        });
        let shown = async |pass: &str| {
            let page = admin.get(&format!("/passes/{pass}")).await.body;
            page.split("data-code=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a code").to_owned()
        };
        let (old, other) = (shown(&first).await, shown(&second).await);
        assert!(old.starts_with("TP1"), "{old}");
        let last = admin.post("/pass-keys/1/revoke", "reason=lost").await;
        assert!(led_to(&last).ends_with("said=last"), "{}", led_to(&last));
        assert!(led_to(&admin.post("/pass-keys/new", "").await).ends_with("said=made"));
        assert_ne!(shown(&first).await, old, "the new key signs");
        let gate = async |code: &str| admin.post(&format!("{event}/gate"), &format!("code={code}")).await.body;
        assert!(gate(&old).await.contains("verdict yes"), "an earlier key is taken");
        assert!(led_to(&admin.post("/pass-keys/1/revoke", "reason=lost").await).ends_with("said=revoked"));
        let refused = gate(&other).await;
        assert!(refused.contains("verdict no") && refused.contains("no longer valid"), "{refused}");
        assert!(gate(&shown(&second).await).await.contains("verdict yes"), "its new code is taken");
        admin.post(&format!("/passes/{first}/cancel"), "reason=ill&refund=0").await;
        let number = event.trim_start_matches("/events/");
        let told = admin.get(&format!("/api/v1/gate/revocations?event={number}")).await.json();
        let keys: Vec<_> =
            told["keys"].as_array().expect("keys").iter().map(|key| (&key["id"], &key["revoked"])).collect();
        assert_eq!(keys, [(&json!(2), &json!(false)), (&json!(1), &json!(true))]);
        let passes = json!([{ "pass": first, "made_before": null, "cancelled": true }]);
        assert_eq!((&told["passes"], &told["next"]), (&passes, &Value::Null));
        let page = admin.get("/pass-keys").await.body;
        assert!(page.contains("lost") && page.contains("Revoked"), "{page}");
    }
}

const GUESTS: &str = "Name,Mobile,Partner,Partner Phone\nAsha,9876543210,,\nRavi,9876543211,Meera,9876543212\n\
    Asha,9876543210,,\nX,12,,\n";

#[tokio::test(flavor = "multi_thread")]
async fn passes_are_created_from_a_file_and_a_second_time_nothing_happens() {
    for site in each_site().await {
        let admin = signed(&site, "asha", Role::Admin).await;
        let event = event(&admin, &[]).await;
        let token = site.token("ravi", Role::Admin, None).await;
        let run = async || {
            let made = site.bring(&token, "kind=passes&name=guests.csv", GUESTS).await;
            assert!(made.status.is_success(), "{}", made.body);
            let id = made.json()["id"].as_str().expect("an id").to_owned();
            site.work().await;
            let started = site.post(&token, &format!("/api/v1/imports/{id}/start")).await;
            assert!(started.status.is_success(), "{}", started.body);
            site.work().await;
            (id.clone(), site.get(&format!("/api/v1/imports/{id}"), &token).await.json())
        };
        let (id, first) = run().await;
        let counts = |told: &Value| ["created", "known", "refused"].map(|name| told[name].as_i64());
        assert_eq!(counts(&first), [Some(2), Some(1), Some(1)], "{first}");
        let page = admin.get(&event).await.body;
        assert!(page.contains("id=\"revenue-total\">₹1,548<"), "{page}");
        let (_, second) = run().await;
        assert_eq!(counts(&second), [Some(0), Some(3), Some(1)], "{second}");
        site.post(&token, &format!("/api/v1/imports/{id}/rollback")).await;
        site.work().await;
        let page = admin.get(&event).await.body;
        assert!(page.contains("id=\"total\">0<") && page.contains("id=\"revenue-total\">₹0<"), "{page}");
        let (third, _) = run().await;
        let noted = async || import::rows_after(&site.db, &third, Phase::Run, 0, 10).await.expect("rows").len();
        assert_eq!(noted().await, 1, "the row that was refused");
        admin.post(&format!("{event}/state"), "state=closed").await;
        admin.post(&format!("{event}/erase"), "name=Diwali").await;
        assert_eq!(noted().await, 0, "it names somebody, too");
        checked(&site).await;
    }
}

/// Everything that can be checked of passes is well.
async fn checked(site: &Site) {
    for check in office::checks() {
        for found in check.look(&site.db).await.expect("a look") {
            assert_eq!(found.wrong, 0, "{}", found.text);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_night_a_file_is_kept_and_after_the_end_guests_are_erased_and_figures_stay() {
    for site in each_site().await {
        let admin = signed(&site, "asha", Role::Admin).await;
        let event = event(&admin, &[]).await;
        let pass = sell(&admin, &event).await;
        let worker = Worker {
            db: site.db.clone(),
            clock: site.clock.clone() as Arc<dyn Clock>,
            node: "one".into(),
            pace: Pace::default(),
        };
        let all = office::jobs(TimeZone::UTC, Arc::new(|| 0));
        for job in &all {
            job.run(&worker).await.expect("the job runs");
        }
        let list = admin.get(&format!("{event}/archive")).await.body;
        let day = list.split("/archive/").nth(1).and_then(|rest| rest.split('"').next()).expect("a file").to_owned();
        let file = admin.get(&format!("{event}/archive/{day}")).await;
        assert!(file.body.contains(&pass) && file.body.contains("Asha"), "{}", file.body);
        admin.post(&format!("{event}/gate"), &format!("code={}", urlencoded(&code(&pass)))).await;
        let early = admin.post(&format!("{event}/erase"), "name=Diwali").await;
        assert!(led_to(&early).ends_with("said=not-closed"), "{}", led_to(&early));
        admin.post(&format!("{event}/state"), "state=closed").await;
        let figures = |page: String| page.split("id=\"figures\"").nth(1).expect("figures").to_owned();
        let before = figures(admin.get(&event).await.body);
        let other = admin.post(&format!("{event}/erase"), "name=Holi").await;
        assert!(led_to(&other).ends_with("said=other-name"), "{}", led_to(&other));
        let done = admin.post(&format!("{event}/erase"), "name=Diwali").await;
        assert!(led_to(&done).ends_with("said=erased"), "{}", led_to(&done));
        let opened = admin.post(&format!("{event}/state"), "state=open").await;
        assert!(led_to(&opened).ends_with("said=stays-closed"), "{}", led_to(&opened));
        assert!(admin.get(led_to(&opened)).await.body.contains("It stays closed"), "the organiser is told");
        let after = figures(admin.get(&event).await.body);
        let only = |text: &str| text.split("</section>").next().unwrap_or_default().to_owned();
        assert_eq!(only(&after), only(&before), "counts and revenue stay");
        for path in [format!("{event}/passes"), format!("/passes/{pass}"), format!("{event}/passes/file?format=csv")] {
            let page = admin.get(&path).await;
            assert_eq!(page.status, StatusCode::OK, "{path}");
            assert!(!page.body.contains("Asha") && !page.body.contains("9876543210"), "{path}: {}", page.body);
        }
        let archive = format!("{event}/archive");
        assert!(!admin.get(&archive).await.body.contains("/archive/2"), "the files went with them");
        only_names_that_stay_are_kept_as_files(&admin, &worker, &all).await;
        checked(&site).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_nobody_closed_is_closed_and_erased_once_its_end_and_the_days_are_over() {
    for site in each_site().await {
        let admin = signed(&site, "asha", Role::Admin).await;
        let clock = site.clock.clone() as Arc<dyn Clock>;
        let worker = Worker { db: site.db.clone(), clock, node: "one".into(), pace: Pace::default() };
        let (ending, endless) = (event(&admin, &[]).await, event(&admin, &[]).await);
        let passes = [sell(&admin, &ending).await, sell(&admin, &endless).await];
        let edit = "name=Diwali&price_single=549&price_couple=999&early_minutes=180&slots=7+PM&capacity=100\
            &starts_at=2026-01-01T18:00&ends_at=2026-01-01T23:00";
        let changed = admin.post(&format!("{ending}/edit"), edit).await;
        assert_eq!(changed.status, StatusCode::SEE_OTHER, "{}", changed.body);
        let run = async |days: i64| {
            for job in office::jobs(TimeZone::UTC, Arc::new(move || days)) {
                while job.name() == "pass_erase" && job.run(&worker).await.expect("the job runs") == Done::More {}
            }
        };
        let guest = async |pass: &str| admin.get(&format!("/passes/{pass}")).await.body.contains("Asha");
        for days in [0, 3_650] {
            run(days).await;
            assert!(guest(&passes[0]).await, "{days} days");
        }
        run(1).await;
        assert_eq!([guest(&passes[0]).await, guest(&passes[1]).await], [false, true], "only what has an end is over");
        let trail = base_records::audit::latest(&site.db, 50).await.expect("the trail");
        let told = |action: &str| trail.iter().find(|line| line.action == action).expect("an entry");
        let (closed, erased) = (told("event_state_changed"), told("event_guests_erased"));
        assert_eq!(closed.after.as_deref(), Some(r#"{"state":"closed"}"#));
        assert!(
            closed.actor_id.is_none() && erased.actor_id.is_none() && closed.seq < erased.seq,
            "by the site itself"
        );
        assert_eq!((&closed.entity, &erased.entity), (&erased.entity, &closed.entity));
        checked(&site).await;
    }
}

/// While the guests of an event are being erased, no file of it is kept; afterwards, one that names nobody.
async fn only_names_that_stay_are_kept_as_files(admin: &Signed<'_>, worker: &Worker, jobs: &[Arc<dyn Job>]) {
    let run = async |name: &str| {
        let job = jobs.iter().find(|job| job.name() == name).expect("the job");
        job.run(worker).await.expect("the job runs");
    };
    let event = event(admin, &[]).await;
    let pass = sell(admin, &event).await;
    admin.post(&format!("{event}/state"), "state=closed").await;
    let origin = Origin::default();
    let number = event.trim_start_matches("/events/").parse().expect("a number");
    assert!(erase::begin(&worker.db, number, By { at: worker.clock.now(), origin: &origin }).await.expect("a begin"));
    let archive = format!("{event}/archive");
    run("pass_archive").await;
    assert!(!admin.get(&archive).await.body.contains("/archive/2"), "it would name guests who are on their way out");
    run("pass_erase").await;
    run("pass_archive").await;
    let list = admin.get(&archive).await.body;
    let day = list.split("/archive/").nth(1).and_then(|rest| rest.split('"').next()).expect("a file");
    let file = admin.get(&format!("{archive}/{day}")).await.body;
    assert!(file.contains(&pass) && !file.contains("Asha"), "{file}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_logo_is_a_small_picture_and_nothing_else() {
    const EDGE: &str = "----tally";
    let png = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../base/sheet/tests/logo.png")).expect("a picture");
    for site in each_site().await {
        let admin = signed(&site, "asha", Role::Admin).await;
        let event = event(&admin, &[]).await;
        let pass = sell(&admin, &event).await;
        let put = async |content: &[u8]| {
            let head = "content-disposition: form-data; name=\"file\"; filename=\"logo.png\"";
            let csrf = format!("--{EDGE}\r\ncontent-disposition: form-data; name=\"csrf\"\r\n\r\n{}\r\n", admin.csrf);
            let mut body = format!("{csrf}--{EDGE}\r\n{head}\r\n\r\n").into_bytes();
            body.extend_from_slice(content);
            body.extend_from_slice(format!("\r\n--{EDGE}--\r\n").as_bytes());
            let request = Request::post(format!("{event}/logo"))
                .header(header::COOKIE, &admin.cookie)
                .header(header::CONTENT_TYPE, format!("multipart/form-data; boundary={EDGE}"));
            led_to(&site.send(request.body(Body::from(body)).expect("a request")).await).to_owned()
        };
        for wrong in [b"<svg onload=alert(1)>".as_slice(), &png[..40], b"GIF89a"] {
            assert!(put(wrong).await.ends_with("said=wrong-logo"));
        }
        assert!(put(&png).await.ends_with("said=saved"));
        let card = admin.get(&format!("/passes/{pass}/card.svg")).await.body;
        assert!(card.contains("data:image/png;base64,"), "{card}");
        admin.post(&format!("{event}/logo/remove"), "").await;
        assert!(!admin.get(&format!("/passes/{pass}/card.svg")).await.body.contains("data:image"));
    }
}
