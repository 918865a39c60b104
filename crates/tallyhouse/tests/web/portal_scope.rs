//! Nobody is ever shown a row of somebody else, whatever they send: every address of customers, files looked into, mails, and
//! what belongs to staff.
//!
//! The ordinary run sends some hundred requests; `TALLYHOUSE_FUZZ_REQUESTS=100000` sends that many.

use std::collections::BTreeSet;
use std::io::Read as _;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use base_core::realm::Realm;
use base_core::time::{Clock, DAY_US, HOUR_US};
use base_records::mail::{self, Outbox};
use base_records::session;
use base_secret::derive;
use base_web::Settings;
use base_web::door::realm_of;
use portal_erp::demo::CUSTOMERS;
use portal_rules::customer::Customer;
use portal_rules::scope::Scope;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};

use crate::common::bytes_of;
use crate::matrix::routes::routes;
use crate::portal::{COOKIE, Reader, Shop, each_shop, parts_of, some};

/// Every address of customers. One that is new fails the test until it is here.
const FUZZED: [(&str, &str); 41] = [
    ("GET", "/inventory"),
    ("GET", "/inventory/api/rows"),
    ("PUT", "/inventory/api/choices"),
    ("POST", "/inventory/api/export-xlsx"),
    ("POST", "/inventory/api/export-csv"),
    ("GET", "/inventory/api/views"),
    ("POST", "/inventory/api/views"),
    ("PUT", "/inventory/api/views/{id}"),
    ("DELETE", "/inventory/api/views/{id}"),
    ("GET", "/inventory/api/watches"),
    ("POST", "/inventory/api/watches"),
    ("DELETE", "/inventory/api/watches/{id}"),
    ("GET", "/portal"),
    ("POST", "/portal"),
    ("GET", "/portal/forgot"),
    ("POST", "/portal/forgot"),
    ("GET", "/portal/login"),
    ("POST", "/portal/login"),
    ("GET", "/portal/login/passkey"),
    ("POST", "/portal/login/passkey"),
    ("GET", "/portal/login/second-factor"),
    ("POST", "/portal/login/second-factor"),
    ("GET", "/portal/login/second-factor/passkey"),
    ("GET", "/portal/logo.png"),
    ("GET", "/portal/logout"),
    ("POST", "/portal/logout"),
    ("GET", "/portal/look.css"),
    ("GET", "/portal/passkeys"),
    ("POST", "/portal/passkeys/add"),
    ("GET", "/portal/passkeys/options"),
    ("POST", "/portal/passkeys/remove"),
    ("POST", "/portal/passkeys/rename"),
    ("GET", "/portal/password"),
    ("POST", "/portal/password"),
    ("GET", "/portal/reset/{token}"),
    ("POST", "/portal/reset/{token}"),
    ("GET", "/portal/sessions"),
    ("POST", "/portal/sessions/end"),
    ("POST", "/portal/sessions/end-others"),
    ("GET", "/portal/stop/{what}/{account}/{id}/{proof}"),
    ("POST", "/portal/stop/{what}/{account}/{id}/{proof}"),
];

/// What staff have of stock and of people: a session of a customer opens none of it.
const OF_STAFF: [&str; 6] = [
    "/admin/customers/{id}/stock",
    "/admin/customers/{id}/stock/rows",
    "/admin/customers",
    "/admin/stock",
    "/admin/audit?view=customers",
    "/api/v1/live",
];

/// Those that end the session that asks.
const ENDING: [&str; 3] = ["/portal/logout", "/portal/sessions/end", "/portal/sessions/end-others"];

/// A body such as somebody makes who wants to see more than they may.
fn body(rng: &mut StdRng, path: &str, reads: &[String]) -> Value {
    let customer = CUSTOMERS[rng.random_range(0..CUSTOMERS.len())];
    let search = ["", "PO-", "L0", "' or 1=1 --", "%", customer][rng.random_range(0..6)];
    let filters = if rng.random_bool(0.5) { json!({ "customer": customer }) } else { json!({}) };
    let columns = if rng.random_bool(0.5) { json!(["customer", "part", "lot"]) } else { json!([]) };
    let view = json!({ "search": search, "filters": filters, "columns": columns,
        "sort": { "column": "customer", "direction": "descending" } });
    let mut body = match path {
        "/inventory/api/choices" => json!({ "view": view, "format": {} }),
        "/inventory/api/views" => json!({ "name": customer, "view": view }),
        "/inventory/api/watches" => json!({ "kind": "below", "part": "AC-1007", "limit": "5" }),
        path if path.starts_with("/inventory/api/views/") => json!({ "mailing": "daily" }),
        _ => {
            json!({ "view": view, "read": reads.get(rng.random_range(0..=reads.len())) .cloned().unwrap_or_default() })
        }
    };
    if rng.random_bool(0.2) {
        let wishes = [("scope", json!("all")), ("account_id", json!(1)), ("customers", json!([customer]))];
        let (name, value) = wishes[rng.random_range(0..wishes.len())].clone();
        body[name] = value;
    }
    body
}

/// A form of somebody who wants to be somebody else.
fn form(rng: &mut StdRng, token: &str) -> String {
    let email = ["one@acme.example", "bar@harbor.example", "nobody@none.example"][rng.random_range(0..3)];
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("csrf", &derive(token, "csrf")).append_pair("email", email).append_pair("username", email);
    form.append_pair("id", &rng.random_range(0..40).to_string()).append_pair("current_password", "wrong");
    form.append_pair("locale", ["en", "hi"][rng.random_range(0..2)]).append_pair("colours", "dark");
    form.append_pair("realm", "staff").append_pair("account", "1").finish()
}

/// What a workbook says anywhere; empty for what is none.
fn texts_of(book: &[u8]) -> String {
    let Ok(mut archive) = zip::ZipArchive::new(std::io::Cursor::new(book)) else { return String::new() };
    let mut all = Vec::new();
    for at in 0..archive.len() {
        archive.by_index(at).expect("a part").read_to_end(&mut all).expect("its content");
    }
    String::from_utf8_lossy(&all).into_owned()
}

async fn readers(shop: &Shop) -> Vec<Reader> {
    let named = Scope::chosen(false, [Customer::named("golden gate TEAS")]).expect("named");
    let mut readers = vec![
        shop.reader("one@acme.example", some(&[0])).await,
        shop.reader("bar@harbor.example", some(&[7])).await,
        shop.reader("several@goods.example", some(&[1, 4, 11])).await,
        shop.reader("named@tea.example", named).await,
        shop.reader("nobody@none.example", Scope::Nothing).await,
        shop.reader("gone@gone.example", some(&[2])).await,
    ];
    readers[3].may_see.clone_from(&shop.parts["Golden Gate Teas"]);
    // This one's session is ended, another one's has run out: they see nothing at all.
    let mut tx = shop.site.db.write().await.expect("a transaction");
    session::end_all_of(tx.conn(), Realm::Customer, readers[5].id).await.expect("kicked");
    tx.commit().await.expect("a commit");
    readers[5].may_see.clear();
    let token = shop.session(readers[0].id, -HOUR_US).await;
    readers.push(Reader { id: 0, email: String::new(), token, may_see: BTreeSet::new() });
    readers
}

/// Looks for parts of somebody else in everything that was mailed; gives how many workbooks there were.
async fn mailed(shop: &Shop, readers: &[Reader]) -> usize {
    let (db, now, mut books) = (&shop.site.db, shop.site.clock.now(), 0);
    while let Some(due) = mail::claim(db, "test", now, HOUR_US).await.expect("a mail") {
        let reader = readers.iter().find(|reader| reader.email == due.recipient).expect("one of them");
        let mut said = format!("{} {} {}", due.content.subject, due.content.text, due.content.html);
        for file in mail::attachments(db, due.id).await.expect("files") {
            let text = texts_of(&file.content);
            assert!(text.contains("<sheetData"), "a workbook");
            said.push_str(&text);
            books += 1;
        }
        assert_eq!(shop.foreign(&said, &reader.may_see), None, "a mail to {}", due.recipient);
    }
    books
}

#[test]
fn a_workbook_is_looked_into() {
    use std::io::Write as _;
    let mut zipped = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zipped.start_file("xl/sharedStrings.xml", zip::write::SimpleFileOptions::default()).expect("a part");
    zipped.write_all(b"<t>AC-1007</t>").expect("written");
    let book = zipped.finish().expect("a workbook").into_inner();
    assert!(texts_of(&book).contains("AC-1007") && !String::from_utf8_lossy(&book).contains("<t>AC-1007"));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_ever_shown_a_row_of_somebody_else() {
    let requests = std::env::var("TALLYHOUSE_FUZZ_REQUESTS").ok().and_then(|text| text.parse().ok()).unwrap_or(500);
    for shop in each_shop(|settings| Settings { outbox: Outbox::OPEN, ..settings }).await {
        let own: BTreeSet<(String, String)> = routes(&shop.site.router)
            .into_iter()
            .filter(|route| realm_of(&route.path) == Realm::Customer && route.method != "ANY")
            .map(|route| (route.method, route.path))
            .collect();
        let fuzzed = FUZZED.map(|(method, path)| (method.to_owned(), path.to_owned()));
        assert_eq!(own, BTreeSet::from(fuzzed), "a new address of customers belongs here");

        let mut readers = readers(&shop).await;
        let mut reads = Vec::new();
        for reader in &readers[..4] {
            let answer = shop.ask(&reader.token, "GET", "/inventory/api/rows", None).await;
            let shown: BTreeSet<String> = parts_of(&answer).into_iter().collect();
            assert_eq!(shown, reader.may_see, "all of their own, and nothing else");
            reads.push(answer.json()["read"].as_str().expect("a read").to_owned());
        }
        let (mut rng, mut books) = (StdRng::seed_from_u64(2026), 0);
        for n in 0..requests {
            let at = rng.random_range(0..readers.len());
            let (method, path) = FUZZED[rng.random_range(0..FUZZED.len())];
            books += fuzz(&shop, &mut rng, (&readers[at], method, path), &reads, n).await;
            if at < 5 && method == "POST" && ENDING.contains(&path) {
                readers[at].token = shop.session(readers[at].id, 8 * HOUR_US).await;
            }
        }
        assert!(books > 0, "some workbooks were looked into");
        for reader in &readers[..4] {
            let rows = parts_of(&shop.ask(&reader.token, "GET", "/inventory/api/rows", None).await);
            assert_eq!(rows.into_iter().collect::<BTreeSet<_>>(), reader.may_see, "and they still see their own");
            shop.send_daily(reader).await;
        }
        shop.site.clock.pass_us(DAY_US);
        shop.run_mails().await;
        assert!(mailed(&shop, &readers).await >= 4, "what is mailed was looked into");
    }
}

/// One request; gives 1 for a workbook that was looked into.
async fn fuzz(
    shop: &Shop,
    rng: &mut StdRng,
    (reader, method, path): (&Reader, &str, &str),
    reads: &[String],
    n: usize,
) -> usize {
    let id = rng.random_range(0..40_i64).to_string();
    let asked = path.replace("{id}", &id).replace("{what}", "view").replace("{account}", "1").replace("{proof}", "0");
    let asked = asked.replace("{token}", &reader.token);
    let asked = if rng.random_bool(0.2) { format!("{asked}?customer=Kestrel%20Coffee&account=1") } else { asked };
    let is_form = method == "POST" && path.starts_with("/portal");
    let sent = match method {
        "GET" => None,
        _ if is_form => Some(Value::String(form(rng, &reader.token))),
        _ => Some(body(rng, path, reads)),
    };
    let request = if let Some(Value::String(form)) = &sent {
        let cookies = format!("{COOKIE}={}", reader.token);
        let request = Request::post(&asked).header(header::COOKIE, cookies);
        let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        request.body(Body::from(form.clone())).expect("a request")
    } else {
        Shop::asked(&reader.token, method, &asked, sent.as_ref())
    };
    let told = format!("request {n}: {method} {asked} {sent:?} as {}", reader.id);
    if path.ends_with("export-xlsx") {
        let bytes = bytes_of(&shop.site.router, request).await;
        let text = texts_of(&bytes);
        let said = format!("{text} {}", String::from_utf8_lossy(&bytes));
        assert_eq!(shop.foreign(&said, &reader.may_see), None, "{told}");
        return usize::from(!text.is_empty());
    }
    let answer = shop.site.send(request).await;
    assert_eq!(shop.foreign(&answer.body, &reader.may_see), None, "{told}");
    assert_ne!(answer.status, StatusCode::INTERNAL_SERVER_ERROR, "{told}");
    let has_ended = reader.id == 0 || reader.email == "gone@gone.example";
    let is_out = [StatusCode::UNAUTHORIZED, StatusCode::SEE_OTHER].contains(&answer.status);
    assert!(!has_ended || !path.starts_with("/inventory") || is_out, "{told}: {}", answer.status);
    let staff = OF_STAFF[rng.random_range(0..OF_STAFF.len())].replace("{id}", &reader.id.to_string());
    let both = format!("{COOKIE}={0}; {1}={0}", reader.token, crate::visitor::SESSION);
    let refused = shop.site.get_with_cookie(&staff, &both).await;
    let is_out = [StatusCode::UNAUTHORIZED, StatusCode::SEE_OTHER].contains(&refused.status);
    assert!(is_out && shop.foreign(&refused.body, &BTreeSet::new()).is_none(), "{staff}: {}", refused.status);
    0
}
