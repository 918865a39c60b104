//! Customers see their stock and nobody else's, whatever they send; files, links, mails and staff who look show the same.
//!
//! The ordinary run sends some hundred requests; `TALLYHOUSE_FUZZ_REQUESTS=100000` sends that many.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use base_core::account::AccountId;
use base_core::permission::Role;
use base_core::realm::Realm;
use base_core::time::{Clock, DAY_US, HOUR_US};
use base_jobs::{Done, Job, Pace, Worker};
use base_records::mail::{self, Outbox};
use base_records::session::{self, Session};
use base_secret::{Token, derive};
use base_web::Settings;
use jiff::civil::date;
use portal_erp::demo::{CUSTOMERS, Sizes, write};
use portal_erp::{Erp, Limits, Place, Source, WhichShape};
use portal_rules::customer::Customer;
use portal_rules::scope::Scope;
use portal_store::scope;
use portal_web::wing::{Parts, Patience};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};
use tallyhouse_support::each_scarce_database;

use crate::common::{Answer, Chance, Site, site_with_portal};
use crate::customers::customer;
use crate::matrix::routes::routes;

/// The name of the session's cookie.
const COOKIE: &str = "__Host-tallyhouse-customer";

/// A site with an ERP, of six hundred rows where nothing else is said.
pub(crate) struct Shop {
    pub(crate) site: Site,
    /// The parts of each customer of the ERP.
    parts: BTreeMap<String, BTreeSet<String>>,
    jobs: Vec<Arc<dyn Job>>,
    _folder: tempfile::TempDir,
}

pub(crate) async fn each_shop(change: impl Fn(Settings) -> Settings + Copy) -> Vec<Shop> {
    each_shop_of(600, change).await
}

pub(crate) async fn each_shop_of(rows: usize, change: impl Fn(Settings) -> Settings + Copy) -> Vec<Shop> {
    let mut shops = Vec::new();
    for test in each_scarce_database().await {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("erp.db");
        write(&file, Sizes { rows, today: date(2026, 11, 30), seed: 3 }).await.expect("an ERP");
        let settings =
            portal_erp::Settings { place: Place::Sqlite(file), shape: WhichShape::Deacom, limits: Limits::default() };
        let erp: Arc<dyn Erp> = Arc::new(Source::open(settings).expect("a source"));
        let all = erp.inventory(&Scope::All).await.expect("stock");
        let mut parts: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for row in all.rows {
            let name = row.customer.map(|customer| customer.name).unwrap_or_default();
            parts.entry(name).or_default().insert(row.part);
        }
        let (site, jobs) = site_with_portal(test, change, Parts { erp: Some(erp), patience: Patience::default() });
        shops.push(Shop { site, parts, jobs, _folder: folder });
    }
    shops
}

pub(crate) fn some(places: &[usize]) -> Scope {
    let chosen = places.iter().map(|place| Customer::keyed(&(place + 1).to_string(), CUSTOMERS[*place]));
    Scope::chosen(false, chosen).expect("a scope")
}

/// A customer with a session, and what they may see.
pub(crate) struct Reader {
    id: AccountId,
    pub(crate) token: String,
    may_see: BTreeSet<String>,
}

impl Shop {
    pub(crate) async fn reader(&self, email: &str, scope: Scope) -> Reader {
        let id = customer(&self.site, email, "Mustard-Field-7").await;
        let may_see = self.parts.iter().filter(|(name, _)| match &scope {
            Scope::All => true,
            Scope::Nothing => false,
            Scope::Customers(chosen) => chosen.iter().any(|customer| customer.name == **name),
        });
        let may_see = may_see.flat_map(|(_, parts)| parts.clone()).collect();
        let mut tx = self.site.db.write().await.expect("a transaction");
        scope::put(tx.conn(), id, &scope).await.expect("a scope");
        tx.commit().await.expect("a commit");
        Reader { id, token: self.session(id, 8 * HOUR_US).await, may_see }
    }

    async fn session(&self, id: AccountId, lasts_us: i64) -> String {
        let (token, now) = (Token::new("", &Chance), self.site.clock.now());
        let opened = Session {
            realm: Realm::Customer,
            token_hash: token.hash,
            account_id: id,
            created_at: now.0,
            seen_at: now.0,
            expires_at: now.plus_us(lasts_us).0,
            ..Session::default()
        };
        let mut tx = self.site.db.write().await.expect("a transaction");
        session::create(tx.conn(), &opened).await.expect("a session");
        tx.commit().await.expect("a commit");
        token.text
    }

    /// Sends what is due, once for each account and view.
    async fn run_mails(&self) {
        let job = self.jobs.iter().find(|job| job.name() == "stock_mails").expect("the job");
        let clock: Arc<dyn Clock> = self.site.clock.clone();
        let worker = Worker { db: self.site.db.clone(), clock, node: "test".into(), pace: Pace::default() };
        while job.run(&worker).await.expect("a run") == Done::More {}
    }

    /// A customer who has everything sent daily.
    async fn daily_reader(&self, email: &str) -> Reader {
        let reader = self.reader(email, some(&[0])).await;
        let saved = json!({ "name": "Mine", "view": {} });
        let view = self.ask(&reader.token, "POST", "/inventory/api/views", Some(&saved)).await.json();
        assert_eq!(view["mailing"], "off", "nobody is written to who did not ask");
        let path = format!("/inventory/api/views/{}", view["id"]);
        let daily = self.ask(&reader.token, "PUT", &path, Some(&json!({ "mailing": "daily" }))).await;
        assert_eq!(daily.status, StatusCode::OK, "{}", daily.body);
        reader
    }

    pub(crate) fn asked(token: &str, method: &str, path: &str, body: Option<&Value>) -> Request<Body> {
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        Request::builder()
            .method(method)
            .uri(path)
            .header(header::COOKIE, format!("{COOKIE}={token}"))
            .header("x-csrf-token", derive(token, "csrf"))
            .header(header::CONTENT_TYPE, "application/json")
            .body(body)
            .expect("a request")
    }

    pub(crate) async fn ask(&self, token: &str, method: &str, path: &str, body: Option<&Value>) -> Answer {
        self.site.send(Self::asked(token, method, path, body)).await
    }

    /// Every part of somebody else that an answer names.
    fn foreign<'s>(&'s self, body: &str, may_see: &BTreeSet<String>) -> Option<&'s String> {
        let all = self.parts.values().flatten();
        // Part numbers that look like other numbers would be found anywhere.
        all.filter(|part| part.contains('-') && !may_see.contains(*part)).find(|part| body.contains(part.as_str()))
    }
}

fn parts_of(answer: &Answer) -> Vec<String> {
    let words = answer.json()["columns"]["part"]["words"].as_array().cloned().unwrap_or_default();
    words.iter().filter_map(|word| word.as_str().map(str::to_owned)).collect()
}

/// Every address of customers that tells stock or works on it. One that is new fails the test until it is here.
const FUZZED: [(&str, &str); 14] = [
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
    ("GET", "/portal/stop/{what}/{account}/{id}/{proof}"),
    ("POST", "/portal/stop/{what}/{account}/{id}/{proof}"),
];

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

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_ever_shown_a_row_of_somebody_else() {
    let requests = std::env::var("TALLYHOUSE_FUZZ_REQUESTS").ok().and_then(|text| text.parse().ok()).unwrap_or(400);
    for shop in each_shop(|settings| settings).await {
        let own: BTreeSet<(String, String)> = routes(&shop.site.router)
            .into_iter()
            .filter(|route| route.path.starts_with("/inventory") || route.path.starts_with("/portal/stop"))
            .map(|route| (route.method, route.path))
            .collect();
        let fuzzed = FUZZED.map(|(method, path)| (method.to_owned(), path.to_owned()));
        assert_eq!(own, BTreeSet::from(fuzzed), "a new address of customers belongs here");

        let mut readers = vec![
            shop.reader("one@acme.example", some(&[0])).await,
            shop.reader("bar@harbor.example", some(&[7])).await,
            shop.reader("several@goods.example", some(&[1, 4, 11])).await,
            shop.reader(
                "named@tea.example",
                Scope::chosen(false, [Customer::named("golden gate TEAS")]).expect("named"),
            )
            .await,
            shop.reader("nobody@none.example", Scope::Nothing).await,
            shop.reader("gone@gone.example", some(&[2])).await,
        ];
        readers[3].may_see.clone_from(&shop.parts["Golden Gate Teas"]);
        // This one's session is ended, another one's has run out: they see nothing at all.
        let mut tx = shop.site.db.write().await.expect("a transaction");
        session::end_all_of(tx.conn(), Realm::Customer, readers[5].id).await.expect("kicked");
        tx.commit().await.expect("a commit");
        readers[5].may_see.clear();
        let expired = Reader { id: 0, token: shop.session(readers[0].id, -HOUR_US).await, may_see: BTreeSet::new() };
        readers.push(expired);

        let mut reads = Vec::new();
        for reader in &readers[..4] {
            let answer = shop.ask(&reader.token, "GET", "/inventory/api/rows", None).await;
            let shown: BTreeSet<String> = parts_of(&answer).into_iter().collect();
            assert_eq!(shown, reader.may_see, "all of their own, and nothing else");
            reads.push(answer.json()["read"].as_str().expect("a read").to_owned());
        }
        let mut rng = StdRng::seed_from_u64(2026);
        for n in 0..requests {
            let reader = &readers[rng.random_range(0..readers.len())];
            let (method, path) = FUZZED[rng.random_range(0..FUZZED.len())];
            let id = rng.random_range(0..40_i64).to_string();
            let asked =
                path.replace("{id}", &id).replace("{what}", "view").replace("{account}", "1").replace("{proof}", "0");
            let asked =
                if rng.random_bool(0.2) { format!("{asked}?customer=Kestrel%20Coffee&account=1") } else { asked };
            let body = (method != "GET").then(|| body(&mut rng, path, &reads));
            let answer = shop.ask(&reader.token, method, &asked, body.as_ref()).await;
            let foreign = shop.foreign(&answer.body, &reader.may_see);
            assert_eq!(foreign, None, "request {n}: {method} {asked} {body:?} as {}", reader.id);
            assert_ne!(answer.status, StatusCode::INTERNAL_SERVER_ERROR, "{method} {asked} {body:?}");
            if reader.may_see.is_empty() && reader.id != readers[4].id && !path.starts_with("/portal/stop") {
                assert!([StatusCode::UNAUTHORIZED, StatusCode::SEE_OTHER].contains(&answer.status), "{asked}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_scope_acts_on_the_next_request_and_staff_see_what_the_customer_sees() {
    for shop in each_shop(|settings| settings).await {
        let reader = shop.reader("one@acme.example", some(&[0])).await;
        let parts = |answer: Answer| parts_of(&answer).into_iter().collect::<BTreeSet<_>>();
        let rows = shop.ask(&reader.token, "GET", "/inventory/api/rows", None).await;
        assert_eq!(parts(rows), shop.parts["Acme Nutrition"]);
        let mut tx = shop.site.db.write().await.expect("a transaction");
        scope::put(tx.conn(), reader.id, &some(&[4])).await.expect("another scope");
        tx.commit().await.expect("a commit");
        let rows = shop.ask(&reader.token, "GET", "/inventory/api/rows", None).await;
        assert_eq!(parts(rows), shop.parts["Evergreen Labs"]);

        shop.site.person("meera", Role::Admin, None).await;
        shop.site.person("arjun", Role::Dispatcher, Some("lucknow")).await;
        let path = format!("/admin/customers/{}/stock", reader.id);
        let (admin, _) = shop.site.sign_in("meera").await;
        let page = shop.site.get_with_cookie(&path, &admin).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(!page.body.contains("data-csrf") && !page.body.contains("data-export"), "nothing can be changed");
        let rows = shop.site.get_with_cookie(&format!("{path}/rows"), &admin).await;
        assert_eq!(parts(rows), shop.parts["Evergreen Labs"]);
        let trail = base_records::audit::latest(&shop.site.db, 5).await.expect("the trail");
        assert!(trail.iter().any(|line| line.action == "stock_viewed_as"), "each look is in the trail");
        let (other, _) = shop.site.sign_in("arjun").await;
        assert_eq!(shop.site.get_with_cookie(&format!("{path}/rows"), &other).await.status, StatusCode::FORBIDDEN);
        let staff = shop.site.get_with_cookie("/admin/customers/1000000/stock", &admin).await;
        assert_eq!(staff.status, StatusCode::NOT_FOUND);
    }
}

pub(crate) fn xml_of(book: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(book)).expect("a workbook");
    let mut text = String::new();
    std::io::Read::read_to_string(&mut archive.by_name(name).expect("a sheet"), &mut text).expect("text");
    text
}

/// The mails that wait: to whom, what they say, and their files.
async fn mails(shop: &Shop) -> Vec<(String, String, Vec<Vec<u8>>)> {
    let (db, now) = (&shop.site.db, shop.site.clock.now());
    let mut all = Vec::new();
    while let Some(due) = mail::claim(db, "test", now, HOUR_US).await.expect("a mail") {
        let files = mail::attachments(db, due.id).await.expect("files");
        all.push((due.recipient, due.content.text, files.into_iter().map(|file| file.content).collect()));
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_holds_what_the_account_sees_when_it_is_sent_goes_once_and_is_stopped_by_its_link() {
    for shop in each_shop(|settings| Settings { outbox: Outbox::OPEN, ..settings }).await {
        let reader = shop.daily_reader("one@acme.example").await;
        let wish = json!({ "kind": "below", "part": "EV-1420", "limit": "999999999" });
        let watch = shop.ask(&reader.token, "POST", "/inventory/api/watches", Some(&wish)).await;
        assert_eq!(watch.status, StatusCode::NO_CONTENT, "{}", watch.body);

        let mut tx = shop.site.db.write().await.expect("a transaction");
        scope::put(tx.conn(), reader.id, &some(&[4])).await.expect("another scope");
        tx.commit().await.expect("a commit");
        shop.site.clock.pass_us(DAY_US);
        shop.run_mails().await;
        let sent = mails(&shop).await;
        assert_eq!(sent.len(), 2, "{sent:?}");
        let book = sent.iter().find_map(|(_, _, files)| files.first()).expect("a workbook");
        let sheet = xml_of(book, "xl/worksheets/sheet1.xml");
        assert_eq!(shop.foreign(&sheet, &shop.parts["Evergreen Labs"]), None);
        assert!(sheet.contains("EV-"), "and all of what they see now");
        for (recipient, text, _) in &sent {
            assert_eq!(recipient, "one@acme.example");
            let link = text.split_whitespace().find(|word| word.contains("/portal/stop/")).expect("a way to stop it");
            let path = link.strip_prefix("https://site.example").expect("of this site");
            assert_eq!(shop.site.get_with_cookie(path, "").await.status, StatusCode::OK);
            let stopped = shop.site.post_form(path, "", String::new()).await;
            assert!(stopped.status == StatusCode::OK && stopped.body.contains("id=\"said\""), "{}", stopped.body);
        }
        shop.site.clock.pass_us(2 * DAY_US);
        shop.run_mails().await;
        assert_eq!(mail::counts(&shop.site.db).await.expect("a count").waiting, 2, "stopped is stopped");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_waits_is_taken_back_when_the_account_or_what_it_sees_changes() {
    for shop in each_shop(|settings| Settings { outbox: Outbox::OPEN, ..settings }).await {
        let (db, reader) = (&shop.site.db, shop.daily_reader("one@acme.example").await);
        let origin = base_core::audit::Origin::default();
        let none = serde_json::Map::new();
        for change in ["scope", "e-mail", "deactivated", "erased"] {
            shop.site.clock.pass_us(DAY_US);
            shop.run_mails().await;
            assert_eq!(mail::counts(db).await.expect("counts").waiting, 1, "before: {change}");
            let by = people_store::By { at: shop.site.clock.now(), origin: &origin };
            let mut tx = db.write().await.expect("a transaction");
            match change {
                "scope" => scope::put(tx.conn(), reader.id, &some(&[4])).await.expect("another scope"),
                "e-mail" => {
                    let becomes = people_store::customer::check("new@acme.example", "One").expect("an e-mail");
                    let change =
                        people_store::customer::Change { version: None, becomes: &becomes, also: [&none, &none] };
                    assert!(people_store::customer::edit(tx.conn(), reader.id, change, by).await.expect("changed"));
                }
                "deactivated" => {
                    for is_active in [false, true] {
                        let done = people_store::customer::activate(tx.conn(), reader.id, is_active, by).await;
                        assert!(done.expect("changed"));
                    }
                }
                _ => {
                    let site = &shop.site.app;
                    let kept = site.keepers.count(tx.conn(), reader.id).await.expect("a count");
                    let n = |what: &str| kept.iter().find(|kept| kept.1.what == what).map(|kept| kept.1.n);
                    assert_eq!((n("stock_views"), n("stock_scope"), n("stock_watches")), (Some(1), Some(1), Some(0)));
                    site.keepers.erase(tx.conn(), reader.id).await.expect("erased");
                    assert_eq!(scope::of(tx.conn(), reader.id).await.expect("a scope"), Scope::Nothing);
                }
            }
            tx.commit().await.expect("a commit");
            assert_eq!(mail::counts(db).await.expect("counts").waiting, 0, "{change}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wish_that_is_there_already_changes_nothing_and_entries_name_the_customer() {
    for shop in each_shop(|settings| settings).await {
        let reader = shop.reader("one@acme.example", some(&[0])).await;
        for limit in ["5", "5", "5", "7"] {
            let wish = json!({ "kind": "below", "part": "AC-1007", "limit": limit });
            let kept = shop.ask(&reader.token, "POST", "/inventory/api/watches", Some(&wish)).await;
            assert_eq!(kept.status, StatusCode::NO_CONTENT, "{}", kept.body);
        }
        let trail = base_records::audit::latest(&shop.site.db, 50).await.expect("the trail");
        let told: Vec<_> = trail.iter().filter(|line| line.action == "stock_watch_changed").collect();
        assert_eq!(told.len(), 2, "one for each limit");
        assert!(told.iter().all(|line| line.entity_type == "customer" && line.entity == "one@acme.example"));
    }
}
