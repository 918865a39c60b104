//! What the authority asks at port 80, answered by every node.
//!
//! Invariant: whoever asks for what is not there costs one look into the database a second, however many they are.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use base_core::time::{Clock, Moment, SECOND_US};
use base_db::Db;
use tokio::sync::Mutex;

use super::kept;

/// The longest token, in characters; authorities make 43.
const TOKEN_CHARS_MAX: usize = 128;

/// The answers, as they were read last.
pub struct Given {
    db: Db,
    clock: Arc<dyn Clock>,
    read: Mutex<(Moment, kept::Answers)>,
}

/// Adds the address that authorities ask.
pub fn routes(router: Router, db: Db, clock: Arc<dyn Clock>) -> Router {
    let given = Arc::new(Given { db, clock, read: Mutex::new((Moment::UNKNOWN, kept::Answers::new())) });
    router.route("/.well-known/acme-challenge/{token}", get(answer).with_state(given))
}

async fn answer(State(given): State<Arc<Given>>, Path(token): Path<String>) -> Response {
    let is_token = |token: &str| token.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if token.len() > TOKEN_CHARS_MAX || !is_token(&token) {
        return not_here();
    }
    let mut read = given.read.lock().await;
    let now = given.clock.now();
    if !(0..SECOND_US).contains(&now.since_us(read.0)) {
        match kept::answers(&given.db).await {
            Ok(answers) => *read = (now, answers),
            Err(_) => return (StatusCode::SERVICE_UNAVAILABLE, "The database does not answer.\n").into_response(),
        }
    }
    match read.1.get(&token) {
        Some(answer) => ([(header::CONTENT_TYPE, "application/octet-stream")], answer.clone()).into_response(),
        None => not_here(),
    }
}

fn not_here() -> Response {
    (StatusCode::NOT_FOUND, "There is no such question.\n").into_response()
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use axum::http::Request;
    use base_secret::SecretKeys;
    use tallyhouse_support::{TestClock, each_database};
    use tower::ServiceExt;

    use super::super::kept::{Answers, Store};
    use super::*;

    async fn ask(router: &Router, token: &str) -> (StatusCode, String) {
        let path = format!("/.well-known/acme-challenge/{token}");
        let request = Request::get(path).body(Body::empty()).expect("a request");
        let response = router.clone().oneshot(request).await.expect("an answer");
        let status = response.status();
        let body = to_bytes(response.into_body(), 1024).await.expect("a body");
        (status, String::from_utf8_lossy(&body).into_owned())
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_one_node_publishes_every_node_answers_within_a_second() {
        let keys = SecretKeys::new("the secret of this site", None);
        for test in each_database().await {
            let clock = Arc::new(TestClock::default());
            let router = routes(Router::new(), test.db.clone(), clock.clone());
            assert_eq!(ask(&router, "token-1").await.0, StatusCode::NOT_FOUND);
            let store = Store { db: &test.db, keys: &keys };
            store.publish(&Answers::from([("token-1".into(), "token-1.proof".into())])).await.expect("published");
            assert_eq!(ask(&router, "token-1").await.0, StatusCode::NOT_FOUND, "the database is asked once a second");
            clock.pass_us(SECOND_US);
            assert_eq!(ask(&router, "token-1").await, (StatusCode::OK, "token-1.proof".to_owned()));
            assert_eq!(ask(&router, "token-2").await.0, StatusCode::NOT_FOUND);
            assert_eq!(ask(&router, "..%2Ftoken-1").await.0, StatusCode::NOT_FOUND);
            store.publish(&Answers::new()).await.expect("taken back");
            clock.pass_us(SECOND_US);
            assert_eq!(ask(&router, "token-1").await.0, StatusCode::NOT_FOUND);
        }
    }
}
