//! The smallest wing there is, put into the list: its page, its entry in the menu, its card on the home page, its job and its
//! check are all there, and nothing else in the program knows of it.

use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{Request, StatusCode, Uri, header};
use axum::routing::get;
use base_core::entropy::Entropy;
use base_core::permission::{Grant, HOME_READ, Permission, Role};
use base_core::time::{Clock, Moment};
use base_db::{Db, StoreError};
use base_jobs::{Done, Job, JobError, Pace, Schedule, Worker};
use base_records::token::{self, NewToken};
use base_secret::{CursorKey, SignKey, Token};
use base_web::app::SignInSettings;
use base_web::error::Problem;
use base_web::home::{Card, HomeCard};
use base_web::locale::{Locale, Text};
use base_web::menu::{Group, MenuEntry};
use base_web::session::Caller;
use base_web::view::{Fragment, Frame};
use base_web::{App, Settings};
use base_wing::{Check, Finding, Open, Wing};
use http_body_util::BodyExt;
use tallyhouse::wings;
use tallyhouse_support::{TestClock, create_account, each_scarce_database};
use tokio::sync::{mpsc, watch};
use tower::ServiceExt;

const LAMP_READ: Permission = Permission::new("lamp.read");
const GRANTS: &[Grant] = &[(Role::Steward, &[LAMP_READ])];
const MENU: &[MenuEntry] = &[MenuEntry {
    place: "lamps",
    address: "/lamps",
    icon: "home",
    text: "nav-lamps",
    group: Group::Office,
    any_of: &[LAMP_READ],
    foot: None,
}];
const LOCALES: &[Locale] = &[
    Locale { lang: "en", wing: "lamps", text: Text::Fluent("nav-lamps = Lamps\n") },
    Locale { lang: "hi", wing: "lamps", text: Text::Fluent("nav-lamps = बत्तियाँ\n") },
];

/// A wing about lamps. Its job says on `lit` that it ran.
fn wing(lit: mpsc::Sender<()>) -> Wing {
    Wing {
        permissions: &[LAMP_READ],
        grants: GRANTS,
        menu: MENU,
        locales: LOCALES.to_vec(),
        checks: vec![Arc::new(EveryLamp)],
        open: Box::new(|app| Open {
            pages: Router::new()
                .route("/lamps", get(lamps))
                .route("/lamps/broken", get(broken))
                .with_state(app.clone()),
            home: vec![Arc::new(LampCard)],
            jobs: vec![Arc::new(Light(lit))],
            ..Open::default()
        }),
        ..Wing::named("lamps")
    }
}

#[derive(Template)]
#[template(source = "<p>{{ n }} lamps of {{ site }}</p>", ext = "html")]
struct Lamps {
    n: u32,
    site: String,
}

async fn lamps(State(app): State<App>, caller: Caller) -> Result<String, Problem> {
    caller.must(LAMP_READ)?;
    Ok(Fragment::of(&Lamps { n: 3, site: app.settings.base_url.clone() })?.to_string())
}

async fn broken(State(app): State<App>, _: Caller) -> StatusCode {
    assert!(app.settings.base_url.is_empty(), "this handler always panics");
    StatusCode::OK
}

struct LampCard;

#[async_trait]
impl HomeCard for LampCard {
    async fn card(&self, caller: &Caller, _: &Frame, _: &Uri) -> Result<Option<Card>, Problem> {
        let body = Fragment::of(&Lamps { n: 4, site: caller.person.name.clone() })?;
        Ok(Some(Card {
            scripts: Vec::new(),
            top: Fragment::default(),
            figures: Fragment::default(),
            body,
            needs: Vec::new(),
        }))
    }
}

struct Light(mpsc::Sender<()>);

#[async_trait]
impl Job for Light {
    fn name(&self) -> &'static str {
        "lamps_light"
    }

    fn schedule(&self) -> Schedule {
        Schedule::Every(Duration::from_hours(1))
    }

    async fn run(&self, _: &Worker) -> Result<Done, JobError> {
        self.0.send(()).await?;
        Ok(Done::All)
    }
}

struct EveryLamp;

#[async_trait]
impl Check for EveryLamp {
    async fn look(&self, db: &Db) -> Result<Vec<Finding>, StoreError> {
        db.ping().await?;
        Ok(vec![Finding::wrong("a lamp is out", "change the lamp")])
    }
}

struct Chance;

impl Entropy for Chance {
    fn fill(&self, bytes: &mut [u8]) {
        rand::fill(bytes);
    }
}

fn settings() -> Settings {
    Settings {
        secure_cookies: true,
        trusted_proxies: Vec::new(),
        body_bytes_max: 1 << 20,
        upload_bytes_max: 1 << 20,
        session_absolute_s: 3600,
        session_idle_s: 1800,
        session_warning_s: 300,
        sign_ins_per_minute: 10,
        lock_out: base_core::account::LockOut::default(),
        sign_in: SignInSettings::new(SignKey::new("the key of known devices of tests")),
        areas: Vec::new(),
        zone: jiff::tz::TimeZone::UTC,
        base_url: "https://site.example".into(),
        brand: Arc::default(),
        look: Arc::default(),
        has_public_url: true,
        outbox: base_records::mail::Outbox::CLOSED,
        cursor_key: Arc::new(CursorKey::new("the key of a site of tests")),
        migrations: wings::MIGRATIONS,
        watch: base_web::app::WatchSettings::default(),
    }
}

async fn token_of(db: &Db, name: &str, role: Role) -> String {
    let account = create_account(db, name, role, None, "no password").await;
    let token = Token::new("tally_", &Chance);
    let mut tx = db.write().await.expect("a transaction");
    let new = NewToken { account, name: "test", token_hash: &token.hash, ..NewToken::default() };
    token::create(tx.conn(), new, Moment(1)).await.expect("a token");
    tx.commit().await.expect("a commit");
    token.text
}

async fn get_as(router: &Router, path: &str, token: &str) -> (StatusCode, String) {
    let request = Request::get(path).header(header::AUTHORIZATION, format!("Bearer {token}"));
    let answer = router.clone().oneshot(request.body(Body::empty()).expect("a request")).await.expect("an answer");
    let status = answer.status();
    let body = answer.into_body().collect().await.expect("a whole body").to_bytes();
    (status, String::from_utf8_lossy(&body).into_owned())
}

#[tokio::test]
async fn a_wing_in_the_list_brings_its_page_menu_entry_card_job_and_check() {
    for test in each_scarce_database().await {
        let (lit, mut was_lit) = mpsc::channel(1);
        let all = vec![people_web::wing::wing(), wing(lit)];
        let checks: Vec<Arc<dyn Check>> = all.iter().flat_map(|wing| wing.checks.clone()).collect();
        let clock = Arc::new(TestClock::default());
        let web = wings::open(test.db.clone(), clock.clone(), Arc::new(Chance), settings(), all);

        let steward = token_of(&test.db, "asha", Role::Steward).await;
        let (status, page) = get_as(&web.router, "/lamps", &steward).await;
        assert_eq!((status, page.as_str()), (StatusCode::OK, "<p>3 lamps of https://site.example</p>"));
        let (status, page) = get_as(&web.router, "/lamps/broken", &steward).await;
        assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
        assert!(page.contains("Something went wrong") && !page.contains("always panics"), "{page}");
        let (_, home) = get_as(&web.router, "/", &steward).await;
        assert!(home.contains("href=\"/lamps\"") && home.contains("Lamps"), "no entry in the menu: {home}");
        assert!(home.contains("<p>4 lamps of asha</p>"), "no card: {home}");

        let dispatcher = token_of(&test.db, "ravi", Role::Dispatcher).await;
        assert_eq!(get_as(&web.router, "/lamps", &dispatcher).await.0, StatusCode::FORBIDDEN);
        let (_, home) = get_as(&web.router, "/", &dispatcher).await;
        assert!(!home.contains("href=\"/lamps\""), "an entry for somebody who may not go there");
        assert!(caller_may(&web.app, HOME_READ) && caller_may(&web.app, LAMP_READ));

        let (close, closing) = watch::channel(false);
        let clock: Arc<dyn Clock> = clock;
        let worker = Worker { db: test.db.clone(), clock, node: "test".into(), pace: Pace::default() };
        let running = tokio::spawn(worker.run(web.jobs, closing));
        tokio::time::timeout(Duration::from_secs(20), was_lit.recv()).await.expect("the job ran").expect("it said so");
        close.send(true).expect("the jobs listen");
        running.await.expect("the jobs end");

        assert_eq!(
            checks[0].look(&test.db).await.expect("a look"),
            [Finding::wrong("a lamp is out", "change the lamp")]
        );
    }
}

/// An admin holds what any wing declares.
fn caller_may(app: &App, permission: Permission) -> bool {
    app.grants.of_role(Role::Admin).any(|held| held == permission)
}
