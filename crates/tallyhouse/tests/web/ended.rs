//! Who is kicked, demoted, deactivated, given another password or has a token revoked is out: at once on the same node,
//! within a second on another one, and from what is under way there, a live feed and a download.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use base_core::permission::Role;
use base_core::time::{Clock, SECOND_US};
use base_files::export::make_next;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::common::{PASSWORD, Site, each_site, send_to};
use crate::exports::fill;
use crate::imports::BAGS;
use crate::users::id_of;
use crate::visitor::{SESSION, Visitor};

/// What somebody is out by.
#[derive(Clone, Copy, Debug)]
enum Way {
    Kicked,
    Demoted,
    Deactivated,
    TemporaryPassword,
    OwnPassword,
    TokenRevoked,
}

impl Way {
    const ALL: [Self; 6] = [
        Self::Kicked,
        Self::Demoted,
        Self::Deactivated,
        Self::TemporaryPassword,
        Self::OwnPassword,
        Self::TokenRevoked,
    ];

    /// Whether it ends sessions that are elsewhere.
    fn ends_sessions(self) -> bool {
        !matches!(self, Self::TokenRevoked)
    }

    /// Whether it ends tokens.
    fn ends_tokens(self) -> bool {
        !matches!(self, Self::Kicked | Self::OwnPassword)
    }

    /// Does it, on the node of the admin and of `own`, another session of the person.
    async fn done(self, site: &Site, admin: &mut Visitor, own: &mut Visitor, token: i64) {
        let name = self.name();
        let path = format!("/api/v1/accounts/{}", id_of(site, &name).await);
        let answer = match self {
            Self::Kicked => admin.call(Method::POST, "/api/v1/sessions/end", Some(json!({ "person": name }))).await,
            Self::Demoted => admin.call(Method::PATCH, &path, Some(json!({ "roles": ["biller"] }))).await,
            Self::Deactivated => admin.call(Method::POST, &format!("{path}/deactivate"), None).await,
            Self::TemporaryPassword => {
                admin.call(Method::POST, &format!("{path}/password"), Some(json!({ "mail": false }))).await
            }
            Self::OwnPassword => {
                let body = json!({ "current_password": PASSWORD, "new_password": "Coriander-Hill-9" });
                own.call(Method::POST, "/api/v1/profile/password", Some(body)).await
            }
            Self::TokenRevoked => own.call(Method::DELETE, &format!("/api/v1/tokens/{token}"), None).await,
        };
        assert!(answer.status.is_success(), "{self:?}: {} {}", answer.status, answer.body);
    }

    fn name(self) -> String {
        format!("person-{self:?}").to_lowercase()
    }
}

/// By what somebody shows who they are.
#[derive(Clone)]
enum Key {
    Session(String),
    Token(String),
}

impl Key {
    fn request(&self, path: &str) -> Request<Body> {
        let request = Request::get(path);
        let request = match self {
            Self::Session(token) => request.header(header::COOKIE, format!("{SESSION}={token}")),
            Self::Token(token) => request.header(header::AUTHORIZATION, format!("Bearer {token}")),
        };
        request.body(Body::empty()).expect("a request")
    }

    async fn status(&self, node: &Router) -> StatusCode {
        send_to(node, self.request("/api/v1/me")).await.status
    }

    /// The body of an answer whose first piece has come.
    async fn begun(&self, node: &Router, path: &str) -> Body {
        let answer = node.clone().oneshot(self.request(path)).await.expect("the router never fails");
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        let mut body = answer.into_body();
        body.frame().await.expect("it begins").expect("a piece");
        body
    }
}

/// Reads a body to its end. False if it was cut off.
async fn is_whole(body: &mut Body) -> bool {
    let read = async {
        while let Some(piece) = body.frame().await {
            if piece.is_err() {
                return false;
            }
        }
        true
    };
    tokio::time::timeout(Duration::from_secs(20), read).await.expect("it ends")
}

async fn make_token(visitor: &mut Visitor) -> (i64, String) {
    let made = visitor.call(Method::POST, "/api/v1/tokens", Some(json!({ "name": "all", "days": 7 }))).await.json();
    (made["id"].as_i64().expect("a number"), made["token"].as_str().expect("a token").to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_put_out_is_out_at_once_here_and_within_a_second_elsewhere_with_feed_and_download() {
    for site in each_site().await {
        site.person("asha", Role::Admin, None).await;
        fill(&site, 820).await;
        let mut admin = Visitor::new(&site, "203.0.113.1");
        admin.sign_in("asha").await;
        let other = site.node();
        for way in Way::ALL {
            site.person(&way.name(), Role::Admin, None).await;
            let mut own = Visitor::new(&site, "203.0.113.2");
            own.sign_in(&way.name()).await;
            let mut here = Visitor::new(&site, "203.0.113.3");
            here.sign_in(&way.name()).await;
            let (id, token) = make_token(&mut own).await;
            let mut keys = Vec::new();
            if way.ends_sessions() {
                keys.push(Key::Session(here.cookies[SESSION].clone()));
            }
            if way.ends_tokens() {
                keys.push(Key::Token(token.clone()));
            }
            let (mut feeds, mut downloads) = (Vec::new(), Vec::new());
            for key in &keys {
                assert_eq!(key.status(&site.router).await, StatusCode::OK, "{way:?}");
                feeds.push(key.begun(&other, "/api/v1/live").await);
                downloads.push(key.begun(&other, "/export/bags/csv").await);
                assert_eq!(key.status(&other).await, StatusCode::OK, "{way:?}: remembered there from now on");
            }
            way.done(&site, &mut admin, &mut own, id).await;
            let began = Instant::now();
            for key in &keys {
                let refused = key.status(&site.router).await;
                assert_eq!(refused, StatusCode::UNAUTHORIZED, "{way:?} on the same node on {}", site.db.name());
            }
            for feed in &mut feeds {
                assert!(is_whole(feed).await);
            }
            assert!(began.elapsed() < Duration::from_secs(3), "{way:?}: the feed ended after {:?}", began.elapsed());
            site.clock.pass_us(SECOND_US);
            for (key, download) in keys.iter().zip(&mut downloads) {
                assert_eq!(key.status(&other).await, StatusCode::UNAUTHORIZED, "{way:?} on another node");
                assert!(!is_whole(download).await, "{way:?}: the download is cut off on {}", site.db.name());
            }
            if !way.ends_tokens() {
                assert_eq!(Key::Token(token).status(&other).await, StatusCode::OK, "{way:?} leaves tokens alone");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_ready_a_report_and_the_result_of_an_import_stop_when_their_caller_is_out() {
    for site in each_site().await {
        let token = site.token("root", Role::Admin, None).await;
        fill(&site, 820).await;
        let import = site.bring(&token, "kind=bags&name=bags.csv", BAGS).await.json();
        site.work().await;
        let export = site.post_json("/api/v1/exports", &token, r#"{"what":"bags"}"#).await.json();
        let clock: Arc<dyn Clock> = site.clock.clone();
        make_next(&bags_work::export::exports(), &site.db, &clock).await.expect("it is made");
        let id = |of: &Value| of["id"].as_str().expect("an id").to_owned();
        let paths = [
            format!("/exports/{}/file", id(&export)),
            format!("/api/v1/imports/{}/result.csv", id(&import)),
            "/reports/bills?format=csv&from=2020-01-01&to=2020-12-31".to_owned(),
        ];
        site.person("asha", Role::Admin, None).await;
        for path in paths {
            let mut asha = Visitor::new(&site, "203.0.113.1");
            asha.sign_in("asha").await;
            let key = Key::Session(asha.cookies[SESSION].clone());
            let mut whole = key.begun(&site.router, &path).await;
            assert!(is_whole(&mut whole).await, "{path}");
            let mut body = key.begun(&site.router, &path).await;
            asha.submit("/logout", &[]).await;
            assert!(!is_whole(&mut body).await, "{path} is cut off");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_do_not_outlive_what_their_owner_lost_and_the_trail_says_how_many() {
    for site in each_site().await {
        site.person("asha", Role::Admin, None).await;
        let mut admin = Visitor::new(&site, "203.0.113.1");
        admin.sign_in("asha").await;
        site.person("ravi", Role::Dispatcher, Some("lucknow")).await;
        let path = format!("/api/v1/accounts/{}", id_of(&site, "ravi").await);
        let changes = [
            ("name", json!({ "display_name": "Ravi" }), StatusCode::OK),
            ("area", json!({ "area": "indore" }), StatusCode::UNAUTHORIZED),
            ("roles", json!({ "roles": ["biller"] }), StatusCode::UNAUTHORIZED),
        ];
        for (what, change, status) in changes {
            let mut ravi = Visitor::new(&site, "203.0.113.2");
            ravi.sign_in("ravi").await;
            let (_, token) = make_token(&mut ravi).await;
            assert_eq!(site.get("/api/v1/me", &token).await.status, StatusCode::OK);
            let done = admin.call(Method::PATCH, &path, Some(change)).await;
            assert_eq!(done.status, StatusCode::OK, "{}", done.body);
            assert_eq!(site.get("/api/v1/me", &token).await.status, status, "{what}");
        }
        let mut ravi = Visitor::new(&site, "203.0.113.2");
        ravi.sign_in("ravi").await;
        let (_, token) = make_token(&mut ravi).await;
        let body = json!({ "current_password": PASSWORD, "new_password": "Coriander-Hill-9", "revoke_tokens": true });
        assert!(ravi.call(Method::POST, "/api/v1/profile/password", Some(body)).await.status.is_success());
        assert_eq!(site.get("/api/v1/me", &token).await.status, StatusCode::UNAUTHORIZED, "where that was asked for");
        let (_, token) = make_token(&mut ravi).await;
        ravi.call(Method::POST, "/api/v1/promotions", Some(json!({ "reason": "I run the office" }))).await;
        let waiting = admin.get("/api/v1/promotions").await.json();
        let id = waiting["promotions"][0]["id"].as_i64().expect("a request");
        let approve = json!({ "decision": "approve", "notes": "" });
        let done = admin.call(Method::POST, &format!("/api/v1/promotions/{id}"), Some(approve)).await;
        assert!(done.status.is_success(), "{}", done.body);
        assert_eq!(site.get("/api/v1/me", &token).await.status, StatusCode::UNAUTHORIZED, "promoted");
        let trail = base_records::audit::latest(&site.db, 200).await.expect("the trail");
        let revoked: Vec<Value> = trail
            .iter()
            .filter(|entry| entry.action == "tokens_revoked")
            .map(|entry| serde_json::from_str(entry.after.as_deref().unwrap_or("{}")).expect("JSON"))
            .collect();
        assert!(revoked.contains(&json!({ "tokens": 1 })) && revoked.len() == 4, "{revoked:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_was_ended_elsewhere_a_moment_ago_makes_no_token_and_sets_no_password() {
    for site in each_site().await {
        site.person("asha", Role::Admin, None).await;
        site.person("ravi", Role::Biller, None).await;
        let mut admin = Visitor::new(&site, "203.0.113.1");
        admin.sign_in("asha").await;
        let mut ravi = Visitor::new(&site, "203.0.113.2");
        ravi.sign_in("ravi").await;
        let mut there = ravi.moved_to(&site.node());
        assert!(there.is_in().await, "remembered there from now on");
        let path = format!("/api/v1/accounts/{}/password", id_of(&site, "ravi").await);
        let given = admin.call(Method::POST, &path, Some(json!({ "mail": false }))).await;
        assert!(given.status.is_success(), "{}", given.body);
        let calls = [
            (Method::POST, "/api/v1/tokens", json!({ "name": "all", "days": 7 })),
            (Method::POST, "/api/v1/profile/password", json!({ "new_password": "Coriander-Hill-9" })),
            (Method::PATCH, "/api/v1/profile", json!({ "display_name": "Another" })),
        ];
        for (method, path, body) in calls {
            let answer = there.call(method, path, Some(body)).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}: {} on {}", answer.body, site.db.name());
        }
    }
}
