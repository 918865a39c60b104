//! Failures sorted by their cause, on both databases: what passes is a 503 that says when to come again, what is our fault
//! is a 500 with the request's id and exactly one log line.

use std::io::Write;
use std::sync::{Arc, LazyLock, Mutex};

use axum::http::{StatusCode, header};
use base_core::permission::Role;
use base_core::time::MINUTE_US;
use base_db::scratch;
use tallyhouse_support::each_scarce_database;
use tracing_subscriber::filter::LevelFilter;

use crate::common::{Answer, Site, each_site, site_over};
use crate::imports::BAGS;

/// All that was logged by any test of this program.
static LOG: LazyLock<Log> = LazyLock::new(|| {
    let log = Log::default();
    let writer = log.clone();
    let logging = tracing_subscriber::fmt().json().with_max_level(LevelFilter::WARN);
    logging.with_writer(move || writer.clone()).try_init().expect("nobody else listens");
    log
});

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("no holder panics").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Log {
    /// The lines that hold all of these.
    fn lines(&self, words: &[&str]) -> Vec<String> {
        let bytes = self.0.lock().expect("no holder panics").clone();
        let text = String::from_utf8(bytes).expect("text");
        let fits = |line: &&str| words.iter().all(|word| line.contains(word));
        text.lines().filter(fits).map(ToOwned::to_owned).collect()
    }
}

fn request_id(answer: &Answer) -> String {
    answer.headers["x-request-id"].to_str().expect("plain ASCII").to_owned()
}

fn assert_is_problem(answer: &Answer, status: StatusCode, code: &str) {
    assert_eq!(answer.status, status, "{}", answer.body);
    assert_eq!(answer.headers[header::CONTENT_TYPE], "application/problem+json");
    let problem = answer.json();
    assert_eq!((&problem["code"], &problem["request_id"]), (&code.into(), &request_id(answer).into()), "{problem}");
}

fn assert_is_page(answer: &Answer, status: StatusCode) {
    assert_eq!(answer.status, status, "{}", answer.body);
    assert!(answer.headers[header::CONTENT_TYPE].to_str().expect("plain ASCII").starts_with("text/html"));
    assert!(answer.body.contains(&request_id(answer)), "people can tell whom they ask: {}", answer.body);
}

/// One line at this level has the request's id, and no other line tells of the cause.
fn assert_is_logged_once(answer: &Answer, level: &str) {
    let lines = LOG.lines(&[&request_id(answer)]);
    assert_eq!(lines.len(), 1, "{lines:#?}");
    assert!(lines[0].contains(&format!("\"level\":\"{level}\"")), "{lines:?}");
}

const SCAN: &str = "\"action\":\"parent\",\"code\":\"SB00001\"";

async fn scan(site: &Site, token: &str) -> Answer {
    site.post_json("/api/v1/scans", token, format!("{{\"scans\":[{}]}}", site.scan(SCAN))).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mistake_of_ours_is_a_500_with_one_log_line_that_tells_the_cause() {
    LazyLock::force(&LOG);
    for site in each_site().await {
        let token = site.token("meera", Role::Biller, None).await;
        site.person("arjun", Role::Biller, None).await;
        let (cookie, _) = site.sign_in("arjun").await;
        let about_bags = || {
            LOG.lines(&["bags"])
                .iter()
                .filter(|line| line.contains("no such table") || line.contains("does not exist"))
                .count()
        };
        scratch::rename_table(&site.db, "bags", "bags_of_old").await.expect("another name");
        let told = about_bags();

        let list = site.get("/api/v1/bags", &token).await;
        assert_is_problem(&list, StatusCode::INTERNAL_SERVER_ERROR, "internal");
        let answered = scan(&site, &token).await;
        assert_is_problem(&answered, StatusCode::INTERNAL_SERVER_ERROR, "internal");
        let page = site.get_with_cookie("/bags", &cookie).await;
        assert_is_page(&page, StatusCode::INTERNAL_SERVER_ERROR);
        for answer in [&list, &answered, &page] {
            assert_is_logged_once(answer, "ERROR");
            assert!(!answer.headers.contains_key(header::RETRY_AFTER), "it does not pass");
            let tells = answer.body.contains("no such table") || answer.body.contains("relation");
            assert!(!tells, "the cause is for the log alone: {}", answer.body);
        }
        assert_eq!(about_bags() - told, 3, "one line for each, on {}", site.db.name());

        scratch::rename_table(&site.db, "bags_of_old", "bags").await.expect("its own name");
        assert_eq!(site.get("/api/v1/bags", &token).await.status, StatusCode::OK);
        assert_eq!(scan(&site, &token).await.status, StatusCode::OK, "the desk goes on");
    }
}

/// Asks an API, a page and the desk while the database is away.
async fn assert_all_say_when_to_come_again(site: &Site, token: &str, cookie: &str) {
    let list = site.get("/api/v1/bags", token).await;
    assert_is_problem(&list, StatusCode::SERVICE_UNAVAILABLE, "store_unavailable");
    let page = site.get_with_cookie("/bags", cookie).await;
    assert_is_page(&page, StatusCode::SERVICE_UNAVAILABLE);
    let answered = scan(site, token).await;
    assert_is_problem(&answered, StatusCode::SERVICE_UNAVAILABLE, "store_unavailable");
    let ready = site.get("/ready", "").await;
    assert_is_problem(&ready, StatusCode::SERVICE_UNAVAILABLE, "store_unavailable");
    for answer in [&list, &page, &answered, &ready] {
        assert_eq!(answer.headers[header::RETRY_AFTER], "1");
        assert_is_logged_once(answer, "WARN");
    }
    assert_eq!(site.get("/health", "").await.status, StatusCode::OK, "the program itself is alive");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_busy_is_a_503_that_says_when_to_come_again() {
    LazyLock::force(&LOG);
    for site in each_site().await {
        let token = site.token("meera", Role::Biller, None).await;
        site.person("arjun", Role::Biller, None).await;
        let (cookie, _) = site.sign_in("arjun").await;
        // The one connection that reads is taken.
        let reader = site.db.read().await.expect("a connection");
        assert_all_say_when_to_come_again(&site, &token, &cookie).await;
        drop(reader);
        assert_eq!(site.get("/api/v1/bags", &token).await.status, StatusCode::OK);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_gone_is_a_503_that_says_when_to_come_again() {
    LazyLock::force(&LOG);
    for test in each_scarce_database().await {
        let address = test.address.clone();
        let site = site_over(test, |settings| settings);
        let token = site.token("meera", Role::Biller, None).await;
        site.person("arjun", Role::Biller, None).await;
        let (cookie, _) = site.sign_in("arjun").await;
        match (address.rsplit_once('/'), std::env::var("TALLYHOUSE_TEST_POSTGRES")) {
            (Some((_, name)), Ok(server)) if site.db.is_shared() => {
                scratch::drop(&server, name).await.expect("it is dropped");
            }
            _ => site.db.close().await,
        }
        assert_all_say_when_to_come_again(&site, &token, &cookie).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_fails_by_a_mistake_of_ours_and_waits_for_what_passes() {
    LazyLock::force(&LOG);
    for site in each_site().await {
        let token = site.token("admin", Role::Admin, None).await;
        let brought = site.bring(&token, "kind=bags&name=bags.csv", BAGS).await;
        let id = brought.json()["id"].as_str().expect("an id").to_owned();
        let path = format!("/api/v1/imports/{id}");
        site.work().await;
        site.post(&token, &format!("{path}/start")).await;

        let reader = site.db.read().await.expect("the only connection that reads");
        site.runner.run_next().await.expect_err("the database is busy");
        drop(reader);
        assert_eq!(site.get(&path, &token).await.json()["state"], "running", "on {}", site.db.name());

        scratch::rename_table(&site.db, "bags", "bags_of_old").await.expect("another name");
        site.clock.pass_us(MINUTE_US);
        site.work().await;
        let failed = site.get(&path, &token).await.json();
        assert_eq!((&failed["state"], &failed["fault"]), (&"failed".into(), &"internal".into()), "{failed}");
        assert_eq!(LOG.lines(&[&id, "an import failed by our fault"]).len(), 1);
        assert!(!site.runner.run_next().await.expect("the runner runs"), "it is not tried again");
    }
}
