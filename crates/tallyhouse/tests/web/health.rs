//! Health, connections and slow statements: each figure is what a test caused.

use std::time::Duration;

use axum::http::{StatusCode, header};
use base_core::permission::Role;
use base_core::time::{HOUR_US, MINUTE_US, SECOND_US};
use base_db::slow::{self, Slow};
use base_health::component::State;
use base_records::health_sample;
use base_web::Settings;
use base_web::app::WatchSettings;
use base_web::health::seen::{self, PoolUse};
use serde_json::{Value, json};

use tallyhouse_support::each_database;

use crate::common::{Site, site_over};

/// Sites with connections to spare: some are held here.
async fn each_site_with(change: impl Fn(Settings) -> Settings) -> Vec<Site> {
    each_database().await.into_iter().map(|test| site_over(test, &change)).collect()
}

async fn each_site() -> Vec<Site> {
    each_site_with(|settings| settings).await
}

/// Waits until so many connections are in use: one that is handed back is idle only a little later.
async fn settled(site: &Site, in_use: i64) {
    for _ in 0..500 {
        if PoolUse::of(&site.app).in_use == in_use {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{:?}", PoolUse::of(&site.app));
}

async fn health(site: &Site, token: &str) -> Value {
    let answer = site.get("/api/system_health", token).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    answer.json()
}

#[tokio::test(flavor = "multi_thread")]
async fn health_has_the_members_of_both_earlier_forms_and_each_figure_is_what_was_caused() {
    for site in each_site().await {
        let token = site.token("ravi", Role::Admin, None).await;
        site.person("asha", Role::Admin, None).await;
        let before = health(&site, &token).await;
        for member in ["status", "message", "timestamp", "service", "version", "uptime_hours", "memory", "errors"] {
            assert!(!before[member].is_null(), "{member}: {before}");
        }
        for name in ["database", "cache", "session", "rate_limiter", "audit_log", "email", "backup", "seal", "disk"] {
            let status = before["components"][name]["status"].as_str().unwrap_or_default();
            assert!(["healthy", "degraded", "unhealthy", "unknown"].contains(&status), "{name}: {before}");
        }
        let of = &before["components"]["database"];
        assert_eq!((of["connected"].clone(), of["pool"]["overflow"].clone()), (json!(true), json!(0)));
        assert_eq!(before["database"]["connection_pool"], of["pool"]);
        assert!(before["database"]["size"]["size_bytes"].as_i64().is_some_and(|bytes| bytes > 100_000), "{before}");
        assert_eq!(before["errors"]["last_hour"], 0);
        assert_eq!(before["components"]["email"]["status"], "degraded", "mail is not configured");

        // A connection that is held is one that is checked out.
        let held = site.db.read().await.expect("a reader");
        settled(&site, 1).await;
        let during = health(&site, &token).await;
        assert_eq!(during["components"]["database"]["pool"]["checked_out"], 1);
        drop(held);
        // A wrong password is a failure in the trail; after an hour it is none of the last hour.
        let refused = site.try_sign_in("asha", "wrong").await;
        site.app.note_all_refusals().await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.body);
        assert_eq!(health(&site, &token).await["errors"]["last_hour"], 1);
        // What was looked up a moment ago is remembered: a hit each time.
        let hits = |answer: &Value| answer["cache"]["total_hits"].as_u64().unwrap_or_default();
        let first = hits(&health(&site, &token).await);
        assert_eq!(hits(&health(&site, &token).await), first + 1);
        // The disk and other systems as they were seen last.
        site.app.seen.note(|last| {
            last.disk_percent = Some(97);
            last.outside = vec![("erp".to_owned(), false)];
        });
        let seen = health(&site, &token).await;
        let parts = &seen["components"];
        assert_eq!((&parts["disk"]["status"], &parts["disk"]["used_percent"]), (&json!("unhealthy"), &json!(97)));
        assert_eq!((&parts["erp"]["status"], &seen["status"]), (&json!("unhealthy"), &json!(State::Unhealthy.name())));
        assert!(seen["message"].as_str().is_some_and(|text| text.contains("erp is unhealthy")), "{seen}");
        site.clock.pass_us(HOUR_US + MINUTE_US);
        let token = site.token("meera", Role::Admin, None).await;
        assert_eq!(health(&site, &token).await["errors"]["last_hour"], 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_connections_shows_what_is_in_use_where_it_goes_and_the_day_as_a_file() {
    let watch = || WatchSettings { node: "north".into(), ..WatchSettings::default() };
    for site in each_site_with(|settings| Settings { watch: watch(), ..settings }).await {
        site.person("asha", Role::Admin, None).await;
        let (cookie, _) = site.sign_in("asha").await;
        for held in 0..2 {
            let mut readers = Vec::new();
            for _ in 0..held * 3 {
                readers.push(site.db.read().await.expect("a reader"));
            }
            settled(&site, held * 3).await;
            // A connection of its own is used for each query of a sample, and none of those is counted.
            let sample = seen::take(&site.app).await.expect("a sample");
            assert_eq!(sample.pool_in_use, held * 3, "{sample:?}");
            drop(readers);
            site.clock.pass_us(4 * MINUTE_US);
        }
        let page = site.get_with_cookie("/pool_dashboard", &cookie).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        for wanted in ["Rising", "Nothing needs to be done.", "3 / "] {
            assert!(page.body.contains(wanted), "{wanted}: {}", page.body);
        }
        let file = site.get_with_cookie("/pool_dashboard/history.csv", &cookie).await;
        assert!(file.headers[header::CONTENT_TYPE].to_str().expect("text").starts_with("text/csv"));
        let lines: Vec<&str> = file.body.lines().collect();
        assert_eq!((lines.len(), lines[0]), (3, "node,at,size,checked_out,usage_percent,query_ms"));
        assert!(lines[1].starts_with("north,") && lines[2].contains(",3,"), "{lines:?}");
        // A day later the samples of today are gone, and the new one stays.
        site.clock.pass_us(health_sample::KEPT_US + SECOND_US);
        seen::take(&site.app).await.expect("a sample");
        let kept =
            health_sample::since(site.db.read().await.expect("a reader").conn(), base_core::time::Moment(0)).await;
        assert_eq!(kept.expect("samples").len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_statement_is_told_with_its_plan_and_no_other_text_is_explained() {
    for site in each_site().await {
        let token = site.token("meera", Role::Admin, None).await;
        site.person("asha", Role::Admin, None).await;
        let (cookie, csrf) = site.sign_in("asha").await;
        let kind = site.db.name();
        let text = format!("select /* {kind} */ username from accounts where realm = $1 and username = $2");
        slow::note(&Slow { at: site.app.clock.now(), took_us: 250_000, statement: text.clone() });
        let told = site.get("/api/slow_queries?minutes=10", &token).await.json();
        let found = told["queries"].as_array().expect("a list").iter().find(|one| one["statement"] == *text);
        let found = found.unwrap_or_else(|| panic!("{told}"));
        assert_eq!((&found["count"], &found["mean_ms"]), (&json!(1), &json!(250.0)));
        let page =
            site.get_with_cookie(&format!("/admin/queries?plan={}", found["id"].as_str().unwrap()), &cookie).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        assert!(page.body.contains(if site.db.is_shared() { "Index" } else { "SEARCH accounts" }), "{}", page.body);
        let unknown = site.get_with_cookie("/admin/queries?plan=drop+table+accounts", &cookie).await;
        assert_eq!(unknown.status, StatusCode::NOT_FOUND);
        let wrong = site.get("/api/slow_queries?minutes=0", &token).await;
        assert_eq!((wrong.status, &wrong.json()["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("minutes")));
        // What has not run for a minute is not ended.
        let end = site.post_form("/admin/queries/1/end", &cookie, format!("csrf={csrf}")).await;
        assert_eq!(end.status, StatusCode::NOT_FOUND);
        // Sizes of tables are measured on both.
        let sizes = site.get_with_cookie("/system_health?tables=1", &cookie).await;
        assert!(
            sizes.body.contains("<code>accounts</code>") && sizes.body.contains("<code>audit</code>"),
            "{}",
            sizes.body
        );
        let moved = site.get_with_cookie("/admin/health?tables=1", &cookie).await;
        assert_eq!(moved.headers[header::LOCATION], "/system_health?tables=1");
    }
}
