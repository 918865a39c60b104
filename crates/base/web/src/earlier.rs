//! Addresses of an earlier system: those that wrote are gone and say where to write now; those that read say which
//! parameters they ignore.

use std::future::Future;
use std::pin::Pin;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::Value;

use crate::error::{Facts, Problem};

/// An address of an earlier system to which programs sent changes.
#[derive(Clone, Copy, Debug)]
pub struct Gone {
    /// Its path.
    pub path: &'static str,
    /// The call that does the same now.
    pub instead: &'static str,
    /// What is sent there.
    pub send: &'static str,
}

/// A line of such a table.
pub const fn gone(path: &'static str, instead: &'static str, send: &'static str) -> Gone {
    Gone { path, instead, send }
}

impl Gone {
    fn problem(self) -> Problem {
        let detail =
            format!("This address of the earlier system is gone. Use {} and send {}.", self.instead, self.send);
        let facts = [("instead", self.instead), ("send", self.send)];
        let facts = Facts::from_iter(facts.map(|(name, text)| (name.to_owned(), text.into())));
        Problem::refused(StatusCode::GONE, "address_gone", detail, facts)
    }
}

/// Answers 410 at each of these addresses, whoever asks: nothing is done there, so nothing is asked of the sender.
pub fn gone_routes<S: Clone + Send + Sync + 'static>(table: &'static [Gone]) -> Router<S> {
    let route = |router: Router<S>, line: &'static Gone| {
        router.route(line.path, post(move || std::future::ready(line.problem().into_response())))
    };
    table.iter().fold(Router::new(), route)
}

/// Longest answer that gets another member.
const ANSWER_BYTES_MAX: usize = 8 * 1024 * 1024;

type Answering = Pin<Box<dyn Future<Output = Response> + Send>>;

/// A layer that adds `ignored_parameters` to the JSON answer of an address that reads only these parameters, where
/// others were sent.
pub fn says_ignored(
    known: &'static [&'static str],
) -> impl Fn(Request, Next) -> Answering + Clone + Send + Sync + 'static {
    move |request, next| Box::pin(answer(known, request, next))
}

async fn answer(known: &'static [&'static str], request: Request, next: Next) -> Response {
    let names = request.uri().query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty());
    let names = names.map(|pair| pair.split('=').next().unwrap_or_default());
    let mut ignored: Vec<String> = names.filter(|name| !known.contains(name)).map(ToOwned::to_owned).collect();
    ignored.dedup();
    let response = next.run(request).await;
    if ignored.is_empty() || !response.status().is_success() {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, ANSWER_BYTES_MAX).await else {
        return Problem::unavailable(
            "answer_too_long",
            "The answer is too long. Leave out the parameters that are not read.",
        )
        .into_response();
    };
    let body = match serde_json::from_slice(&bytes) {
        Ok(Value::Object(mut answer)) => {
            answer.insert("ignored_parameters".into(), ignored.into());
            parts.headers.remove(header::CONTENT_LENGTH);
            Body::from(Value::Object(answer).to_string())
        }
        _ => Body::from(bytes),
    };
    Response::from_parts(parts, body)
}
