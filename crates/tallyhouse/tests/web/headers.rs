//! What every answer says to the browser, what `/ready` tries, and what proxies are told.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use base_core::permission::Role;
use base_core::time::SECOND_US;
use base_db::scratch;
use http_body_util::BodyExt;
use tower::ServiceExt;

use crate::common::{each_site, each_site_with};

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_forbids_frames_and_foreign_code_and_asks_for_tls() {
    for site in each_site().await {
        for path in ["/login", "/health", "/api/v1/bags", "/api/openapi.json", "/nothing/here", "/api/nothing"] {
            let answer = site.get(path, "").await;
            let policy = answer.headers[header::CONTENT_SECURITY_POLICY].to_str().expect("plain");
            assert!(
                policy.contains("frame-ancestors 'none'") && policy.contains("base-uri 'none'"),
                "{path}: {policy}"
            );
            assert!(answer.headers[header::STRICT_TRANSPORT_SECURITY].to_str().expect("plain").starts_with("max-age="));
            assert_eq!(answer.headers[header::X_FRAME_OPTIONS], "DENY", "{path}");
            assert_eq!(answer.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff", "{path}");
        }
    }
    for site in each_site_with(|settings| base_web::Settings { secure_cookies: false, ..settings }).await {
        let answer = site.get("/health", "").await;
        assert!(
            !answer.headers.contains_key(header::STRICT_TRANSPORT_SECURITY),
            "without TLS there is none to ask for"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_that_cannot_write_is_not_ready() {
    for site in each_site().await {
        assert_eq!(site.get("/ready", "").await.status, StatusCode::OK);
        scratch::rename_table(&site.db, "settings", "settings_of_old").await.expect("another name");
        assert_eq!(site.get("/ready", "").await.status, StatusCode::OK, "tried at most once a second");
        site.clock.pass_us(SECOND_US);
        let away = site.get("/ready", "").await;
        assert_eq!((away.status, &away.json()["code"]), (StatusCode::SERVICE_UNAVAILABLE, &"store_unavailable".into()));
        scratch::rename_table(&site.db, "settings_of_old", "settings").await.expect("its own name");
        assert_eq!(site.get("/ready", "").await.status, StatusCode::OK, "a failure is not remembered");
        let mut reader = site.db.read().await.expect("a reader");
        let kept = base_records::setting::list(reader.conn()).await.expect("the settings");
        assert!(kept.iter().all(|setting| setting.name != "try_write"), "nothing stays behind");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_live_feed_passes_through_proxies_at_once() {
    for site in each_site().await {
        let token = site.token("asha", Role::Admin, None).await;
        let request = Request::get("/api/v1/live").header(header::AUTHORIZATION, format!("Bearer {token}"));
        let request = request.body(Body::empty()).expect("a request");
        let answer = site.router.clone().oneshot(request).await.expect("the router never fails");
        assert_eq!(answer.headers()["x-accel-buffering"], "no");
        assert_eq!(answer.headers()[header::CACHE_CONTROL], "no-store");
        let first = answer.into_body().frame().await.expect("a first piece").expect("a whole one");
        assert_eq!(first.into_data().expect("data"), &b": begun\n\n"[..]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feed_is_for_the_person_that_its_page_was_made_for() {
    for site in each_site().await {
        let token = site.token("asha", Role::Admin, None).await;
        let me = site.get("/api/v1/me", &token).await.json()["id"].as_i64().expect("an id");
        for (person, status) in [(me, StatusCode::OK), (me + 1, StatusCode::NO_CONTENT)] {
            let request = Request::get(format!("/api/v1/live?person={person}"));
            let request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
            let request = request.body(Body::empty()).expect("a request");
            let answer = site.router.clone().oneshot(request).await.expect("the router never fails");
            assert_eq!(answer.status(), status);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feed_ends_at_once_when_its_session_is_ended_and_no_other_does() {
    for site in each_site().await {
        site.person("asha", Role::Admin, None).await;
        let other = site.token("meera", Role::Admin, None).await;
        let (cookie, csrf) = site.sign_in("asha").await;
        let open = async |request: axum::http::request::Builder| {
            let request = request.body(Body::empty()).expect("a request");
            site.router.clone().oneshot(request).await.expect("the router never fails").into_body()
        };
        let mut own = open(Request::get("/api/v1/live").header(header::COOKIE, &cookie)).await;
        let mut others =
            open(Request::get("/api/v1/live").header(header::AUTHORIZATION, format!("Bearer {other}"))).await;
        assert!(own.frame().await.is_some() && others.frame().await.is_some(), "both begin");
        let began = std::time::Instant::now();
        let ends = async { while own.frame().await.is_some() {} };
        let sign_out = async {
            tokio::time::sleep(std::time::Duration::from_millis(300)).await;
            site.post_form("/logout", &cookie, format!("csrf={csrf}")).await
        };
        tokio::time::timeout(std::time::Duration::from_secs(8), async { tokio::join!(ends, sign_out) })
            .await
            .expect("it ends");
        assert!(began.elapsed() < std::time::Duration::from_secs(5), "and not with the next figures alone");
        while let Ok(piece) = tokio::time::timeout(std::time::Duration::from_millis(200), others.frame()).await {
            assert!(piece.is_some(), "the other one goes on");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feed_is_never_quiet_for_longer_than_its_beat() {
    let site = each_site().await.remove(0);
    let token = site.token("asha", Role::Admin, None).await;
    let request = Request::get("/api/v1/live").header(header::AUTHORIZATION, format!("Bearer {token}"));
    let request = request.body(Body::empty()).expect("a request");
    let mut feed = site.router.clone().oneshot(request).await.expect("the router never fails").into_body();
    let began = std::time::Instant::now();
    let mut longest = std::time::Duration::ZERO;
    while began.elapsed().as_secs() < 17 {
        let quiet_since = std::time::Instant::now();
        let piece =
            tokio::time::timeout(std::time::Duration::from_secs(17), feed.frame()).await.expect("a beat in time");
        assert!(piece.is_some(), "it goes on");
        longest = longest.max(quiet_since.elapsed());
    }
    assert!(longest.as_secs() <= 16, "quiet for {longest:?}");
}
