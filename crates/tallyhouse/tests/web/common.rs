//! The real router over a fresh database of each kind, driven in process or through a socket.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, Response, StatusCode, header};
use bags_rules::rules::Rules;
use bags_work::DeskParts;
use base_core::area::Area;
use base_core::entropy::{Entropy, new_id};
use base_core::permission::Role;
use base_core::time::{Clock, Moment};
use base_db::Db;
use base_files::import::Runner;
use base_jobs::Job;
use base_records::token;
use base_records::token::NewToken;
use base_secret::{CursorKey, SignKey, Token};
use base_web::app::SignInSettings;
use base_web::{App, Settings};
use http_body_util::BodyExt;
use passes_rules::payload::Keyring;
use passes_rules::payload::epass::EpassSecret;
use passes_rules::payload::keys::CompactKeys;
use serde_json::Value;
use tallyhouse::wings;
use tallyhouse_support::{TestClock, TestDb, create_account, each_scarce_database};
use tower::ServiceExt;

/// The password of everybody in these tests.
pub const PASSWORD: &str = "Mustard-Field-7";

/// Chance from the system.
pub struct Chance;

impl Entropy for Chance {
    fn fill(&self, bytes: &mut [u8]) {
        rand::fill(bytes);
    }
}

/// Made once: a key takes its time.
static CURSOR_KEY: LazyLock<Arc<CursorKey>> = LazyLock::new(|| Arc::new(CursorKey::new("the key of a site of tests")));

/// A site with its web side.
pub struct Site {
    pub db: Db,
    pub router: Router,
    pub clock: Arc<TestClock>,
    pub app: App,
    /// Carries imports on.
    pub runner: Runner,
    /// The jobs of all wings; nobody runs them.
    pub jobs: Vec<Arc<dyn Job>>,
    settings: Settings,
    _test: TestDb,
}

/// An answer, read.
pub struct Answer {
    pub status: StatusCode,
    pub headers: axum::http::HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.body))
    }

    pub fn cookie(&self, name: &str) -> Option<String> {
        let all = self.headers.get_all(header::SET_COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut pairs = all.filter_map(|line| line.split(';').next()?.split_once('='));
        pairs.find(|(key, value)| *key == name && !value.is_empty()).map(|(_, value)| value.to_owned())
    }
}

/// The secret of the codes of these sites.
pub const QR_SECRET: &str = "the secret of the codes of a site of tests";

/// The desk of gates, and the keys of codes.
fn passes_parts(db: &Db, clock: Arc<TestClock>) -> passes_web::wing::Parts {
    let keys = Arc::new(Keyring {
        epass: vec![EpassSecret::new(QR_SECRET)],
        compact: CompactKeys::derived("the secret of the keys of a site of tests"),
    });
    let (desk, _tasks) = passes_work::open(db, clock, keys.clone());
    passes_web::wing::Parts { desk, keys }
}

/// A portal that is not connected.
fn portal_parts() -> portal_web::wing::Parts {
    portal_web::wing::Parts { erp: None, patience: portal_web::wing::Patience::default() }
}

/// A site over each database that is there.
pub async fn each_site() -> Vec<Site> {
    each_site_with(|settings| settings).await
}

/// The same with other settings.
pub async fn each_site_with(change: impl Fn(Settings) -> Settings) -> Vec<Site> {
    each_scarce_database().await.into_iter().map(|test| site_over(test, &change)).collect()
}

/// A site over one database.
pub fn site_over(test: TestDb, change: impl Fn(Settings) -> Settings) -> Site {
    site_with_eod_secret(test, change, None)
}

/// The same with the hash of the secret that scheduled calls for the end-of-day report must know.
pub fn site_with_eod_secret(
    test: TestDb,
    change: impl Fn(Settings) -> Settings,
    eod_secret_hash: Option<String>,
) -> Site {
    site_of(test, change, eod_secret_hash, portal_parts())
}

/// A site whose portal is connected to an ERP.
pub fn site_with_erp(test: TestDb, change: impl Fn(Settings) -> Settings, erp: Arc<dyn portal_erp::Erp>) -> Site {
    site_of(test, change, None, portal_web::wing::Parts { erp: Some(erp), ..portal_parts() })
}

/// The same with the portal's parts, and the jobs of the site's wings.
pub fn site_with_portal(
    test: TestDb,
    change: impl Fn(Settings) -> Settings,
    portal: portal_web::wing::Parts,
) -> (Site, Vec<Arc<dyn Job>>) {
    let site = site_of(test, change, None, portal);
    let jobs = site.jobs.clone();
    (site, jobs)
}

fn site_of(
    test: TestDb,
    change: impl Fn(Settings) -> Settings,
    eod_secret_hash: Option<String>,
    portal: portal_web::wing::Parts,
) -> Site {
    let clock = Arc::new(TestClock::default());
    let rules = Arc::new(Rules::default());
    let parts = DeskParts {
        db: test.db.clone(),
        rules: rules.clone(),
        clock: clock.clone(),
        phrase: bags_web::phrase(),
        lanes: test.db.lanes(),
        mailing: None,
    };
    let (desk, _tasks) = bags_work::open(&parts);
    let imports = bags_work::import_work(parts, desk.clone());
    let settings = change(Settings {
        secure_cookies: true,
        trusted_proxies: vec!["10.9.9.9".parse().expect("an address")],
        body_bytes_max: 1 << 20,
        upload_bytes_max: 1 << 21,
        session_absolute_s: 3600,
        session_idle_s: 1800,
        session_warning_s: 300,
        sign_ins_per_minute: 1000,
        lock_out: base_core::account::LockOut::default(),
        sign_in: SignInSettings::new(SignKey::new("the key of known devices of tests")),
        areas: vec![Area::new("lucknow"), Area::new("indore")],
        zone: jiff::tz::TimeZone::get("Asia/Kolkata").expect("bundled zone"),
        base_url: "https://site.example".into(),
        brand: Arc::default(),
        look: Arc::default(),
        has_public_url: true,
        outbox: base_records::mail::Outbox::CLOSED,
        cursor_key: CURSOR_KEY.clone(),
        migrations: wings::MIGRATIONS,
        watch: base_web::app::WatchSettings::default(),
    });
    let bags = bags_web::wing::Parts { desk, eod_secret_hash, imports };
    let passes = passes_parts(&test.db, clock.clone());
    let list = wings::all(rules, move || bags, move || passes, move || portal);
    let web = wings::open(test.db.clone(), clock.clone(), Arc::new(Chance), settings.clone(), list);
    let runner = Runner {
        db: test.db.clone(),
        clock: clock.clone(),
        works: web.imports.into(),
        grants: Arc::new(tallyhouse_support::grants()),
        node: "test".into(),
    };
    Site { db: test.db.clone(), router: web.router, app: web.app, clock, runner, jobs: web.jobs, settings, _test: test }
}

impl Site {
    /// Another node of the same site.
    pub fn node(&self) -> Router {
        let rules = Arc::new(Rules::default());
        let parts = DeskParts {
            db: self.db.clone(),
            rules: rules.clone(),
            clock: self.clock.clone(),
            phrase: bags_web::phrase(),
            lanes: self.db.lanes(),
            mailing: None,
        };
        let (desk, _tasks) = bags_work::open(&parts);
        let imports = bags_work::import_work(parts, desk.clone());
        let bags = bags_web::wing::Parts { desk, eod_secret_hash: None, imports };
        let passes = passes_parts(&self.db, self.clock.clone());
        let list = wings::all(rules, move || bags, move || passes, portal_parts);
        wings::open(self.db.clone(), self.clock.clone(), Arc::new(Chance), self.settings.clone(), list).router
    }

    /// Creates a person and gives a token of theirs.
    pub async fn token(&self, name: &str, role: Role, area: Option<&str>) -> String {
        let id = create_account(&self.db, name, role, area.map(Area::new), "no password").await;
        let token = Token::new("tally_", &Chance);
        let mut tx = self.db.write().await.expect("a transaction");
        let new = NewToken { account: id, name: "test", token_hash: &token.hash, ..NewToken::default() };
        token::create(tx.conn(), new, Moment(1)).await.expect("a token");
        tx.commit().await.expect("a commit");
        token.text
    }

    /// Creates a person who can sign in with [`PASSWORD`].
    pub async fn person(&self, name: &str, role: Role, area: Option<&str>) {
        let hash = base_secret::hash_password(PASSWORD, &Chance);
        create_account(&self.db, name, role, area.map(Area::new), &hash).await;
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        send_to(&self.router, request).await
    }
}

/// The bytes that a node answers.
pub async fn bytes_of(router: &Router, request: Request<Body>) -> Vec<u8> {
    let response: Response<Body> = router.clone().oneshot(request).await.expect("the router never fails");
    response.into_body().collect().await.expect("a whole body").to_bytes().to_vec()
}

/// What a node answers.
pub async fn send_to(router: &Router, request: Request<Body>) -> Answer {
    let response: Response<Body> = router.clone().oneshot(request).await.expect("the router never fails");
    let (status, headers) = (response.status(), response.headers().clone());
    let body = tokio::time::timeout(Duration::from_secs(10), response.into_body().collect()).await;
    let bytes = body.expect("in time").expect("a whole body").to_bytes();
    Answer { status, headers, body: String::from_utf8_lossy(&bytes).into_owned() }
}

impl Site {
    pub async fn get(&self, path: &str, token: &str) -> Answer {
        let request = Request::get(path).header(header::AUTHORIZATION, format!("Bearer {token}"));
        self.send(request.body(Body::empty()).expect("a request")).await
    }

    pub async fn get_with_cookie(&self, path: &str, cookie: &str) -> Answer {
        self.send(Request::get(path).header(header::COOKIE, cookie).body(Body::empty()).expect("a request")).await
    }

    pub async fn post_json(&self, path: &str, token: &str, body: impl Into<Body>) -> Answer {
        let request = Request::post(path)
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, "application/json");
        self.send(request.body(body.into()).expect("a request")).await
    }

    pub async fn post_form(&self, path: &str, cookie: &str, body: String) -> Answer {
        let request = Request::builder()
            .method(Method::POST)
            .uri(path)
            .header(header::COOKIE, cookie)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(body)).expect("a request")).await
    }

    /// Signs in through the form and gives the cookie line and the CSRF proof.
    pub async fn sign_in(&self, name: &str) -> (String, String) {
        let answer = self.try_sign_in(name, PASSWORD).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        let cookie = format!("__Host-tallyhouse={}", answer.cookie("__Host-tallyhouse").expect("a session"));
        let me = self.get_with_cookie("/api/v1/me", &cookie).await.json();
        (cookie, me["csrf"].as_str().expect("a proof").to_owned())
    }

    /// Sends the sign-in form as a browser does.
    pub async fn try_sign_in(&self, name: &str, password: &str) -> Answer {
        let form = self.get_with_cookie("/login", "").await;
        let cookie =
            format!("__Host-tallyhouse-form={}", form.cookie("__Host-tallyhouse-form").expect("a form cookie"));
        let (_, rest) = form.body.split_once("name=\"csrf\" value=\"").expect("a proof in the form");
        let csrf = rest.split('"').next().expect("a value");
        let body = format!("username={name}&password={password}&csrf={csrf}&next=%2Fbags");
        self.post_form("/login", &cookie, body).await
    }

    /// One scan as JSON text with a new id.
    pub fn scan(&self, fields: &str) -> String {
        self.scan_at(&self.clock.now().rfc3339(), fields)
    }

    /// The same with the sender's own time.
    pub fn scan_at(&self, at: &str, fields: &str) -> String {
        let id = new_id(&Chance, self.clock.now());
        format!("{{\"id\":\"{id}\",\"at\":\"{at}\",{fields}}}")
    }

    /// Sends scans and gives the results.
    pub async fn scans(&self, token: &str, scans: &[String]) -> Vec<Value> {
        let body = format!("{{\"station\":\"dock-1\",\"scans\":[{}]}}", scans.join(","));
        let answer = self.post_json("/api/v1/scans", token, body).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        answer.json()["results"].as_array().expect("results").clone()
    }
}

/// A page without the white space between its elements.
pub fn joined(page: &str) -> String {
    page.lines().map(str::trim).collect()
}
