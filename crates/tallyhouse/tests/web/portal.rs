//! Customers see their stock: a change of what they see acts at once, mails hold what they see when they are sent, and staff
//! who look see the same. The site on PostgreSQL has its ERP there, too.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use base_core::account::AccountId;
use base_core::permission::Role;
use base_core::realm::Realm;
use base_core::time::{Clock, DAY_US, HOUR_US};
use base_db::scratch;
use base_jobs::{Done, Job, Pace, Worker};
use base_records::mail::{self, Outbox};
use base_records::session::{self, Session};
use base_secret::{Token, derive};
use base_web::Settings;
use jiff::civil::date;
use portal_erp::demo::{CUSTOMERS, Sizes, write, write_to_postgres};
use portal_erp::{Erp, Limits, Place, Source, WhichShape};
use portal_rules::customer::Customer;
use portal_rules::scope::Scope;
use portal_store::scope;
use portal_web::wing::{Parts, Patience};
use secrecy::SecretString;
use serde_json::{Value, json};
use tallyhouse_support::{TestDb, each_scarce_database};

use crate::common::{Answer, Chance, Site, site_with_portal};
use crate::customers::customer;

/// The name of the session's cookie.
pub(crate) const COOKIE: &str = "__Host-tallyhouse-customer";

/// A site with an ERP, of six hundred rows where nothing else is said.
pub(crate) struct Shop {
    pub(crate) site: Site,
    /// The parts of each customer of the ERP.
    pub(crate) parts: BTreeMap<String, BTreeSet<String>>,
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
        let sizes = Sizes { rows, today: date(2026, 11, 30), seed: 3 };
        let place = erp_beside(&test, folder.path(), sizes).await;
        let settings = portal_erp::Settings { place, shape: WhichShape::Deacom, limits: Limits::default() };
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

/// An ERP in a database of the same kind as the site's.
async fn erp_beside(test: &TestDb, folder: &std::path::Path, sizes: Sizes) -> Place {
    let Some((server, site)) = test.address.rsplit_once('/').filter(|_| test.address.starts_with("postgres")) else {
        let file = folder.join("erp.db");
        write(&file, sizes).await.expect("an ERP");
        return Place::Sqlite(file);
    };
    let address = scratch::create(&format!("{server}/postgres"), &format!("erp_of_{site}")).await.expect("a database");
    write_to_postgres(&address, sizes).await.expect("an ERP");
    Place::Postgres(SecretString::from(address))
}

pub(crate) fn some(places: &[usize]) -> Scope {
    let chosen = places.iter().map(|place| Customer::keyed(&(place + 1).to_string(), CUSTOMERS[*place]));
    Scope::chosen(false, chosen).expect("a scope")
}

/// A customer with a session, and what they may see.
pub(crate) struct Reader {
    pub(crate) id: AccountId,
    pub(crate) email: String,
    pub(crate) token: String,
    pub(crate) may_see: BTreeSet<String>,
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
        Reader { id, email: email.to_owned(), token: self.session(id, 8 * HOUR_US).await, may_see }
    }

    pub(crate) async fn session(&self, id: AccountId, lasts_us: i64) -> String {
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
    pub(crate) async fn run_mails(&self) {
        let job = self.jobs.iter().find(|job| job.name() == "stock_mails").expect("the job");
        let clock: Arc<dyn Clock> = self.site.clock.clone();
        let worker = Worker { db: self.site.db.clone(), clock, node: "test".into(), pace: Pace::default() };
        while job.run(&worker).await.expect("a run") == Done::More {}
    }

    /// A customer who has everything sent daily.
    async fn daily_reader(&self, email: &str) -> Reader {
        let reader = self.reader(email, some(&[0])).await;
        self.send_daily(&reader).await;
        reader
    }

    /// Has everything that a customer sees sent daily.
    pub(crate) async fn send_daily(&self, reader: &Reader) {
        let saved = json!({ "name": "Mine", "view": {} });
        let view = self.ask(&reader.token, "POST", "/inventory/api/views", Some(&saved)).await.json();
        assert_eq!(view["mailing"], "off", "nobody is written to who did not ask");
        let path = format!("/inventory/api/views/{}", view["id"]);
        let daily = self.ask(&reader.token, "PUT", &path, Some(&json!({ "mailing": "daily" }))).await;
        assert_eq!(daily.status, StatusCode::OK, "{}", daily.body);
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
    pub(crate) fn foreign<'s>(&'s self, body: &str, may_see: &BTreeSet<String>) -> Option<&'s String> {
        let all = self.parts.values().flatten();
        // Part numbers that look like other numbers would be found anywhere.
        all.filter(|part| part.contains('-') && !may_see.contains(*part)).find(|part| body.contains(part.as_str()))
    }
}

pub(crate) fn parts_of(answer: &Answer) -> Vec<String> {
    let words = answer.json()["columns"]["part"]["words"].as_array().cloned().unwrap_or_default();
    words.iter().filter_map(|word| word.as_str().map(str::to_owned)).collect()
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
