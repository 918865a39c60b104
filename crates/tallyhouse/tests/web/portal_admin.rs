//! Staff who look after customers: what they do acts on the next request, is in the trail, and shows nobody a secret.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use axum::http::{StatusCode, header};
use base_core::account::AccountId;
use base_core::permission::Role;
use base_core::realm::Realm;
use base_core::time::{Clock, DAY_US, HOUR_US, SECOND_US};
use base_records::mail::Outbox;
use base_records::{account, audit, mail};
use base_secret::derive;
use base_web::Settings;
use portal_erp::{Checked, Erp, ErpError, Health, Inventory};
use portal_rules::customer::Customer;
use portal_rules::scope::Scope;
use portal_store::scope;
use tallyhouse_support::{TestDb, each_scarce_database};

use crate::common::{Answer, Site, site_with_erp};
use crate::customers::customer;
use crate::visitor::{Visitor, text_of};

const EMAIL: &str = "ann@acme.example";
const OWN: &str = "Violet-Harvest-61";

/// An ERP with three customers, which may be away.
#[derive(Default)]
struct Few {
    is_away: AtomicBool,
}

#[async_trait]
impl Erp for Few {
    async fn customers(&self) -> Result<Vec<Customer>, ErpError> {
        if self.is_away.load(Ordering::Relaxed) {
            return Err(ErpError::Slow);
        }
        let keyed = [("7", "Acme"), ("8", "Nut|House"), ("9", "Twin"), ("10", "TWIN")];
        let keyed = keyed.map(|(key, name)| Customer::keyed(key, name));
        Ok(keyed.into_iter().chain([Customer::named("Zed & Sons")]).collect())
    }

    async fn inventory(&self, _: &Scope) -> Result<Inventory, ErpError> {
        Ok(Inventory::default())
    }

    async fn health(&self) -> Result<Health, ErpError> {
        Ok(Health { took: Duration::ZERO })
    }

    async fn check(&self) -> Result<Checked, ErpError> {
        Ok(Checked { customers: 3, is_read_only: true })
    }
}

fn with_mail(settings: Settings) -> Settings {
    Settings { outbox: Outbox::OPEN, ..settings }
}

/// A site, and somebody of staff who looks after customers.
struct Office {
    site: Site,
    erp: Arc<Few>,
    cookie: String,
    csrf: String,
}

impl Office {
    async fn open(test: TestDb, change: fn(Settings) -> Settings) -> Self {
        let erp = Arc::new(Few::default());
        let site = site_with_erp(test, change, erp.clone());
        site.person("sara", Role::Service, None).await;
        let (cookie, csrf) = site.sign_in("sara").await;
        Self { site, erp, cookie, csrf }
    }

    async fn get(&self, path: &str) -> Answer {
        self.site.get_with_cookie(path, &self.cookie).await
    }

    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("csrf", &self.csrf).extend_pairs(fields);
        self.site.post_form(path, &self.cookie, form.finish()).await
    }

    async fn account(&self, email: &str) -> AccountId {
        account::find_id(&self.site.db, Realm::Customer, email).await.expect("an answer").expect("an account")
    }

    async fn scope(&self, id: AccountId) -> Scope {
        scope::of(self.site.db.read().await.expect("a reader").conn(), id).await.expect("a scope")
    }

    async fn actions(&self) -> Vec<String> {
        let entries = audit::latest(&self.site.db, 50).await.expect("entries");
        entries.into_iter().filter(|entry| entry.entity_type == "customer").map(|entry| entry.action).collect()
    }
}

async fn come_in(visitor: &mut Visitor, password: &str) -> Answer {
    visitor.fill("/portal/login", "/portal/login", &[("username", EMAIL), ("password", password)]).await
}

fn leads_to(answer: &Answer) -> &str {
    answer.headers.get(header::LOCATION).and_then(|to| to.to_str().ok()).unwrap_or_default()
}

/// How long an import rests that waits for something.
const PUT_OFF_US: i64 = 10 * SECOND_US;

/// What the trail tells of one customer whom staff look after.
const CHANGES: [&str; 6] = [
    "CUSTOMER_CREATE",
    "CUSTOMER_DEACTIVATE",
    "CUSTOMER_LOGIN",
    "CUSTOMER_PW_SET_BY_ADMIN",
    "CUSTOMER_REACTIVATE",
    "CUSTOMER_UPDATE",
];

/// True if the visitor is signed in at this moment.
async fn is_in(visitor: &mut Visitor) -> bool {
    let answer = visitor.get("/portal").await;
    answer.status == StatusCode::OK || leads_to(&answer) == "/portal/password"
}

#[tokio::test(flavor = "multi_thread")]
async fn what_staff_change_of_a_customer_acts_on_the_next_request_and_is_in_the_trail_by_name() {
    for test in each_scarce_database().await {
        let office = Office::open(test, |settings| settings).await;
        let new = [("display_name", "Ann Lee"), ("email", " Ann@Acme.example"), ("customer", "k:8")];
        let twice = [new.as_slice(), &[("customer", "n:Zed & Sons")]].concat();
        let nobody = office.post("/admin/customers/new", &new[..2]).await;
        assert_eq!(nobody.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", nobody.body);
        let foreign = [&new[..2], &[("customer", "k:99")]].concat();
        assert_eq!(office.post("/admin/customers/new", &foreign).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let made = office.post("/admin/customers/new", &twice).await;
        assert_eq!(made.status, StatusCode::OK, "{}", made.body);
        let first = text_of(&made.body, "password");
        let id = office.account(EMAIL).await;
        let chosen = [Customer::keyed("8", "Nut|House"), Customer::named("Zed & Sons")];
        assert_eq!(office.scope(id).await, Scope::Customers(chosen.into()));
        let taken = office.post("/admin/customers/new", &twice).await;
        assert_eq!(taken.status, StatusCode::UNPROCESSABLE_ENTITY, "one e-mail, one account");

        let mut visitor = Visitor::new(&office.site, "203.0.113.5");
        come_in(&mut visitor, &first).await;
        assert_eq!(leads_to(&visitor.get("/portal").await), "/portal/password", "the first password opens once");
        let csrf = derive(&visitor.cookies["__Host-tallyhouse-customer"], "csrf");
        let own = [("csrf", csrf.as_str()), ("new_password", OWN), ("again", OWN)];
        visitor.post("/portal/password", &own).await;
        assert_eq!(visitor.get("/portal").await.status, StatusCode::OK);

        // A scope is read with each request: nobody is signed out by a change of it.
        let page = office.get(&format!("/admin/customers/{id}/edit")).await.body;
        let version = page.split("name=\"version\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
        let version = version.expect("the version").to_owned();
        let all = [("version", version.as_str()), ("display_name", "Ann"), ("email", EMAIL), ("all", "1")];
        let path = format!("/admin/customers/{id}/edit");
        assert_eq!(leads_to(&office.post(&path, &all).await), format!("/admin/customers/{id}?said=saved"));
        assert_eq!(office.scope(id).await, Scope::All);
        assert_eq!(office.post(&path, &all).await.status, StatusCode::CONFLICT, "somebody saved it meanwhile");
        assert!(is_in(&mut visitor).await);

        let act = async |act: &str| office.post(&format!("/admin/customers/{id}/{act}"), &[]).await;
        act("deactivate").await;
        assert!(!is_in(&mut visitor).await, "a deactivated customer is out at once");
        assert_eq!(come_in(&mut visitor, OWN).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        act("reactivate").await;
        come_in(&mut visitor, OWN).await;
        assert!(is_in(&mut visitor).await);

        let path = format!("/admin/customers/{id}/password");
        let weak = office.post(&path, &[("way", "typed"), ("password", "ann acme")]).await;
        assert_eq!(weak.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", weak.body);
        assert!(is_in(&mut visitor).await, "what was refused changes nothing");
        let reset = office.post(&path, &[("way", "show")]).await;
        let second = text_of(&reset.body, "password");
        assert!(!is_in(&mut visitor).await, "a reset signs out");
        assert_eq!(come_in(&mut visitor, OWN).await.status, StatusCode::UNPROCESSABLE_ENTITY, "the old one is gone");
        come_in(&mut visitor, &second).await;
        assert!(is_in(&mut visitor).await);
        let typed = office.post(&path, &[("way", "typed"), ("password", "Lantern-Orchard-58")]).await;
        assert!(typed.status == StatusCode::OK && !typed.body.contains("Lantern-Orchard-58"), "{}", typed.body);
        assert!(!is_in(&mut visitor).await);

        let mut actions = office.actions().await;
        actions.sort();
        actions.dedup();
        for wanted in CHANGES {
            assert!(actions.contains(&wanted.to_owned()), "{wanted}: {actions:?}");
        }
        assert_eq!(leads_to(&office.get("/admin/customers/trail").await), "/admin/audit");
        let trail = office.get("/admin/audit?action=CUSTOMER_UPDATE").await.body;
        assert!(trail.contains("Zed &#38; Sons|Nut|House → All"), "what staff did with customers, too: {trail}");
        assert!(!trail.contains(EMAIL) && trail.contains("a***@acme.example"), "masked as the trail is: {trail}");
        let views: Vec<&str> = trail.split("href=\"/admin/audit?").filter_map(|rest| rest.split('"').next()).collect();
        for (view, is_there) in [("sign_ins", true), ("rights", true), ("deletions", false), ("everything", false)] {
            assert_eq!(views.iter().any(|one| one.contains(&format!("view={view}"))), is_there, "{view}: {views:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_goes_out_by_a_private_mail_alone_and_no_secret_stands_on_a_page() {
    for test in each_scarce_database().await {
        let office = Office::open(test, with_mail).await;
        let new = [("display_name", "Ann Lee"), ("email", EMAIL), ("all", "1"), ("way", "mail")];
        let made = office.post("/admin/customers/new", &new).await;
        assert!(made.status == StatusCode::OK && !made.body.contains("id=\"password\""), "{}", made.body);
        let id = office.account(EMAIL).await;
        office.post(&format!("/admin/customers/{id}/password"), &[("way", "mail")]).await;
        let site = &office.site;
        let mut passwords = Vec::new();
        for kind in ["customer_welcome", "customer_password"] {
            let due =
                mail::claim(&site.db, "test", site.clock.now(), HOUR_US).await.expect("an answer").expect("a mail");
            assert_eq!(
                (due.kind.as_str(), due.recipient.as_str(), due.is_private),
                (kind, EMAIL, true),
                "no copy of it"
            );
            assert!(due.content.text.contains("https://site.example/portal/login"), "{}", due.content.text);
            let line = due.content.text.lines().find(|line| line.starts_with("    ")).expect("the password");
            passwords.push(line.trim().to_owned());
        }
        let mut visitor = Visitor::new(site, "203.0.113.5");
        assert_eq!(come_in(&mut visitor, &passwords[0]).await.status, StatusCode::UNPROCESSABLE_ENTITY, "replaced");
        come_in(&mut visitor, &passwords[1]).await;
        assert!(is_in(&mut visitor).await);
        let token = visitor.cookies["__Host-tallyhouse-customer"].clone();
        let hash = base_secret::hash_token(&token);
        site.person("asha", Role::Admin, None).await;
        let (admin, _) = site.sign_in("asha").await;
        for path in [
            "/admin/customers?status=all",
            &format!("/admin/customers/{id}"),
            "/admin/audit?view=customers",
            "/admin/analytics",
            "/admin/sessions?realm=customer",
            "/admin/mail",
        ] {
            let page = site.get_with_cookie(path, &admin).await;
            assert_eq!(page.status, StatusCode::OK, "{path}");
            for secret in passwords.iter().chain([&token, &hash]) {
                assert!(!page.body.contains(secret), "{path} shows a secret");
            }
        }
        let log = serde_json::to_string(&office.actions().await).expect("names");
        assert!(log.contains("ADMIN_PW_RESET_EMAIL"), "{log}");

        let list = office.get("/admin/sessions").await.body;
        assert!(list.contains(EMAIL), "who looks after customers sees their sessions first: {list}");
        let kick = [("realm", "customer"), ("person", EMAIL)];
        office.post("/admin/sessions/end-all", &kick).await;
        assert!(!is_in(&mut visitor).await);
        office.post("/admin/sessions/set-autokick", &[("enabled", "true")]).await;
        let actions = office.actions().await;
        assert_eq!(actions[..2], ["SYSTEM_SETTING_CHANGE", "CUSTOMER_SESSION_KICK"], "{actions:?}");
        let of_staff = [("realm", "staff"), ("person", "asha")];
        assert_eq!(office.post("/admin/sessions/end-all", &of_staff).await.status, StatusCode::FORBIDDEN);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_of_use_are_those_of_a_recount() {
    for test in each_scarce_database().await {
        let office = Office::open(test, |settings| settings).await;
        let site = &office.site;
        customer(site, EMAIL, OWN).await;
        customer(site, "ben@acme.example", OWN).await;
        let came = |name: &'static str| async move {
            let mut visitor = Visitor::new(site, "203.0.113.9");
            let fields = [("username", name), ("password", OWN)];
            visitor.fill("/portal/login", "/portal/login", &fields).await;
        };
        came(EMAIL).await;
        site.clock.pass_us(8 * DAY_US);
        for name in [EMAIL, EMAIL, "ben@acme.example"] {
            came(name).await;
        }
        let (cookie, _) = site.sign_in("sara").await;
        let page = site.get_with_cookie("/admin/analytics", &cookie).await.body;
        let figures = ["active-customers", "sign-ins", "unique-sign-ins", "sessions-now", "exports"];
        assert_eq!(figures.map(|id| text_of(&page, id)), ["2", "3", "2", "3", "0"]);
        let part =
            |id: &str| page.split(&format!("id=\"{id}\"")).nth(1).and_then(|rest| rest.split("</section>").next());
        let count = |text: &str, of: &str| text.matches(of).count();
        let by_day = part("by-day").expect("the days");
        assert_eq!(count(by_day, "class=\"name\""), 14, "{by_day}");
        let numbers = |text: &str| -> i64 {
            let cells = text.split("data-label=\"Sign-ins\">").skip(1);
            cells.filter_map(|rest| rest.split('<').next()?.trim().parse::<i64>().ok()).sum()
        };
        assert_eq!((numbers(by_day), numbers(part("by-hour").expect("the hours"))), (4, 4));
        let active = part("most-active").expect("who came most");
        assert!(active.find(EMAIL) < active.find("ben@acme.example"), "{active}");
        assert!(part("recent").expect("the last ones").contains("203.0.113.9"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_erp_is_away_what_was_chosen_stays_and_nothing_can_be_added() {
    for test in each_scarce_database().await {
        let office = Office::open(test, |settings| settings).await;
        let new = [("display_name", "Ann"), ("email", EMAIL), ("customer", "k:7")];
        office.post("/admin/customers/new", &new).await;
        let id = office.account(EMAIL).await;
        let found = office.post("/admin/customers/new", &[("find", "nut"), ("act", "find")]).await.body;
        assert!(found.contains("Nut|House") && !found.contains("Zed"), "{found}");
        office.erp.is_away.store(true, Ordering::Relaxed);
        let path = format!("/admin/customers/{id}/edit");
        let page = office.get(&path).await.body;
        assert!(page.contains("id=\"erp-away\"") && page.contains("value=\"k:7\" checked"), "{page}");
        let more = [("display_name", "Ann"), ("email", EMAIL), ("customer", "k:7"), ("customer", "k:8")];
        assert_eq!(office.post(&path, &more).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(office.post(&path, &more[..3]).await.status, StatusCode::SEE_OTHER);
        assert_eq!(office.scope(id).await, Scope::Customers([Customer::keyed("7", "Acme")].into()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_invites_many_once_and_what_nobody_has_used_is_taken_back() {
    const FILE: &str = "e-mail,name,last_name,erp_customer_name\nann@acme.example,Ann,Lee,Acme|Zed & Sons\n\
        ben@acme.example,Ben,,All\nbad,Bad,,Acme\ncho@acme.example,Cho,,Nobody\nann@acme.example,Ann,,Acme\n\
        dee@acme.example,Dee,,Nut|House\neve@acme.example,Eve,,twin\n";
    for test in each_scarce_database().await {
        let office = Office::open(test, with_mail).await;
        let site = &office.site;
        let admin = site.token("asha", Role::Admin, None).await;
        let brought = site.bring(&admin, "kind=customers&name=customers.csv", FILE).await;
        assert_eq!(brought.status, StatusCode::ACCEPTED, "{}", brought.body);
        let path = format!("/api/v1/imports/{}", brought.json()["id"].as_str().expect("an id"));
        site.work().await;
        let checked = site.get(&path, &admin).await.json();
        let counts = |of: &serde_json::Value| ["created", "known", "refused"].map(|name| of[name].as_i64());
        assert_eq!(counts(&checked["checked"]["counts"]), [Some(3), Some(1), Some(3)], "{checked}");
        assert!(account::is_empty(&site.db, Realm::Customer).await.expect("an answer"), "a dry run makes nobody");
        site.post(&admin, &format!("{path}/start")).await;
        office.erp.is_away.store(true, Ordering::Relaxed);
        assert!(site.runner.run_next().await.expect("it waits for the ERP"));
        let waits = site.get(&path, &admin).await.json();
        assert_eq!((waits["state"].as_str(), counts(&waits)), (Some("running"), [Some(0), Some(0), Some(0)]));
        office.erp.is_away.store(false, Ordering::Relaxed);
        assert!(!site.runner.run_next().await.expect("a run"), "it rests for a while");
        site.clock.pass_us(PUT_OFF_US);
        site.work().await;
        let done = site.get(&path, &admin).await.json();
        assert_eq!(counts(&done), [Some(3), Some(1), Some(3)], "{done}");
        let rows = site.get(&format!("{path}/result.csv"), &admin).await.body;
        assert!(rows.contains("TWIN") && rows.contains("(9)") && rows.contains("(10)"), "both are named: {rows}");
        let ann = office.account(EMAIL).await;
        let chosen = [Customer::keyed("7", "Acme"), Customer::named("Zed & Sons")];
        assert_eq!(office.scope(ann).await, Scope::Customers(chosen.into()));
        let dee = office.account("dee@acme.example").await;
        assert_eq!(office.scope(dee).await, Scope::Customers([Customer::keyed("8", "Nut|House")].into()));
        let mut mails = Vec::new();
        while let Some(due) = mail::claim(&site.db, "test", site.clock.now(), HOUR_US).await.expect("an answer") {
            assert!(due.is_private && due.kind == "customer_welcome");
            mails.push(due);
        }
        assert_eq!(mails.len(), 3);
        let to_ann = mails.iter().find(|due| due.recipient == EMAIL).expect("her mail");
        let password = to_ann.content.text.lines().find(|line| line.starts_with("    ")).expect("the password").trim();
        let mut visitor = Visitor::new(site, "203.0.113.5");
        come_in(&mut visitor, password).await;
        assert!(is_in(&mut visitor).await);
        site.post(&admin, &format!("{path}/rollback")).await;
        site.work().await;
        let back = site.get(&path, &admin).await.json();
        let facts =
            (back["state"].as_str(), back["taken_back"]["customers"].as_i64(), back["taken_back"]["kept"].as_i64());
        assert_eq!(facts, (Some("rolled_back"), Some(2), Some(1)), "{back}");
        assert!(is_in(&mut visitor).await, "who has signed in stays");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_waits_for_the_erp_keeps_no_other_waiting_and_ends_where_the_erp_stays_away() {
    let office = Office::open(each_scarce_database().await.remove(0), with_mail).await;
    let site = &office.site;
    let admin = site.token("asha", Role::Admin, None).await;
    let file = "e-mail,name,last_name,erp_customer_name\nann@acme.example,Ann,Lee,Acme\n";
    let brought = site.bring(&admin, "kind=customers&name=customers.csv", file).await;
    let path = format!("/api/v1/imports/{}", brought.json()["id"].as_str().expect("an id"));
    site.work().await;
    site.post(&admin, &format!("{path}/start")).await;
    office.erp.is_away.store(true, Ordering::Relaxed);
    assert!(site.runner.run_next().await.expect("it waits for the ERP"));
    let other = site.bring(&admin, "kind=bags&name=bags.csv", crate::imports::BAGS).await;
    let other = format!("/api/v1/imports/{}", other.json()["id"].as_str().expect("an id"));
    site.work().await;
    site.post(&admin, &format!("{other}/start")).await;
    site.work().await;
    assert_eq!(site.get(&other, &admin).await.json()["state"], "done");
    assert_eq!(site.get(&path, &admin).await.json()["state"], "running", "it waits still");
    site.clock.pass_us(HOUR_US);
    site.work().await;
    let ended = site.get(&path, &admin).await.json();
    assert_eq!((&ended["state"], &ended["fault"]), (&"failed".into(), &"erp_away".into()), "{ended}");
    assert!(account::is_empty(&site.db, Realm::Customer).await.expect("an answer"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_looks_after_customers_reads_what_customers_did_and_nothing_of_staff() {
    for test in each_scarce_database().await {
        let office = Office::open(test, |settings| settings).await;
        customer(&office.site, EMAIL, OWN).await;
        office.site.person("asha", Role::Admin, None).await;
        let (admin, csrf) = office.site.sign_in("asha").await;
        let put = format!("csrf={csrf}&value=48");
        office.site.post_form("/admin/settings/people.temporary_hours", &admin, put).await;
        come_in(&mut Visitor::new(&office.site, "203.0.113.5"), OWN).await;
        let of_staff = office.site.get_with_cookie("/admin/audit?realm=staff", &admin).await.body;
        let entry = |page: &str| {
            let rows = page.split("href=\"/admin/audit/").skip(1);
            rows.filter_map(|rest| rest.split('"').next()?.parse::<i64>().ok()).collect::<Vec<_>>()
        };
        let (own, staff) = (entry(&office.get("/admin/audit").await.body), entry(&of_staff));
        assert!(!own.is_empty() && !staff.is_empty(), "{of_staff}");
        for query in
            ["", "?realm=staff", "?person=asha", "?view=everything", "?kind=setting", "?action=setting_changed"]
        {
            let page = office.get(&format!("/admin/audit{query}")).await;
            assert_eq!(page.status, StatusCode::OK, "{query}");
            assert!(entry(&page.body).iter().all(|seq| own.contains(seq) && !staff.contains(seq)), "{query}");
            assert!(!page.body.contains("people.temporary_hours"), "{query}");
        }
        assert_eq!(office.get(&format!("/admin/audit/{}", own[0])).await.status, StatusCode::OK);
        assert_eq!(office.get(&format!("/admin/audit/{}", staff[0])).await.status, StatusCode::NOT_FOUND);
        for path in ["/admin/audit/file", "/admin/audit/proof", "/admin/audit/checkpoint"] {
            assert_eq!(office.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
        }
        assert!(office.get("/admin/panel").await.body.contains("href=\"/admin/stock\""));
        assert_eq!(office.get("/admin/stock").await.status, StatusCode::OK);
    }
}
