//! What every request gets: an id, the client's real address, security headers, a log line.

use std::net::{IpAddr, SocketAddr};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::header::{self, HeaderName};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base_core::address::{canonical, counted_as};
use base_core::entropy::new_id;
use base_core::realm::Realm;
use futures_util::FutureExt;
use tracing::Instrument;

use crate::app::App;
use crate::door::realm_of;
use crate::error::{Forbidden, LoggedCause, Problem};
use crate::figures::Asked;
use crate::logged::logged;
use crate::look::{Look, served};
use crate::menu::Menu;
use crate::refusals::Refusal;
use crate::{spans, text};

/// Under what name requests are logged, each at the level `debug`.
pub const LOG: &str = module_path!();

/// The header that carries the request's id.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// No script, style, picture or call from anywhere but this site, and nothing inline.
const CONTENT_POLICY: &str = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; \
    form-action 'self'; frame-ancestors 'none'";
/// The same for a page that may compile a reader of codes.
const READER_POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' data:; \
    object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
/// The header that says which devices a page may use.
const DEVICE_POLICY: HeaderName = HeaderName::from_static("permissions-policy");

/// What is known about a request before it is handled.
#[derive(Clone, Debug)]
pub struct RequestFacts {
    /// Its id, for people who ask for help.
    pub id: String,
    /// The client's address.
    pub address: String,
    /// The client's agent, cut to 200 characters.
    pub agent: String,
    /// The path that was asked for, with its query.
    pub path: String,
    /// The realm that the path belongs to.
    pub realm: Realm,
    /// The menu of the site.
    pub menu: Menu,
    /// How customers see the site.
    pub look: Arc<Look>,
}

impl<S: Sync> FromRequestParts<S> for RequestFacts {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        Ok(Self::of(parts))
    }
}

impl RequestFacts {
    /// The facts that [`wrap`] noted.
    pub fn of(parts: &Parts) -> Self {
        parts.extensions.get::<Self>().cloned().expect("`wrap` stands around every route")
    }

    /// The address as it counts where something is limited, see [`counted_as`].
    pub fn counted_address(&self) -> String {
        counted_address(&self.address)
    }
}

fn counted_address(address: &str) -> String {
    address.parse().map_or_else(|_| String::new(), |address| counted_as(address).to_string())
}

/// The middleware around every route.
pub async fn wrap(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let started = app.clock.now();
    let facts = RequestFacts {
        id: new_id(&*app.entropy, started).to_string(),
        address: client_address(&app, &request),
        agent: agent(request.headers()),
        path: request.uri().path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string),
        realm: realm_of(request.uri().path()),
        menu: app.menu.clone(),
        look: app.settings.look.clone(),
    };
    let (method, path) = (request.method().clone(), logged(&request));
    let (request_id, id) = (facts.id.clone(), HeaderValue::from_str(&facts.id).expect("an id is plain ASCII"));
    let address = facts.address.clone();
    request.extensions_mut().insert(facts);
    let asked = Asked::of(&request);
    let refused = refused(&request, &path);
    let mut response = match (refused, served::moved(&app, &request)) {
        (Some(problem), _) => problem.into_response(),
        (None, Some(moved)) => moved,
        (None, None) => run(next, request).instrument(spans::of(&request_id)).await,
    };
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        problem.write_body(&mut response, Some(&request_id));
    }
    if let Some(Forbidden(code)) = response.extensions().get() {
        app.refusals.count(Refusal::forbidden(code), &counted_address(&address), started);
    }
    add_headers(&app, response.headers_mut(), id);
    let took_us = app.clock.now().since_us(started);
    let millis = took_us / 1000;
    asked.answered(response.status(), took_us);
    if response.status().is_server_error() {
        app.errors.count(started);
    }
    let status = response.status().as_u16();
    match response.extensions().get::<LoggedCause>() {
        Some(LoggedCause(cause)) if response.status() == StatusCode::SERVICE_UNAVAILABLE => {
            tracing::warn!(%method, path, status, millis, request_id, %cause, "a request could not be served now");
        }
        Some(LoggedCause(cause)) => {
            tracing::error!(%method, path, status, millis, request_id, %cause, "a request failed");
        }
        None => tracing::debug!(%method, path, status, millis, request_id, "request"),
    }
    response
}

/// Why a request is refused before anybody handles it. Calls are checked here instead of in a layer of their own, which
/// would cost every scan another future.
fn refused(request: &Request, path: &str) -> Option<Problem> {
    match request.extensions().get() {
        Some(why) => Some(Problem::malformed(*why)),
        None if path.starts_with("/api/") => text::check_address(request.uri(), &[]).err(),
        None => None,
    }
}

/// A handler that panicked. The message of the panic is in the log already.
#[derive(Debug, thiserror::Error)]
#[error("a handler panicked")]
struct Panicked;

/// Runs what is inside of a middleware. A handler that panics answers like one that failed by our fault.
pub(crate) async fn run(next: Next, request: Request) -> Response {
    let answered = AssertUnwindSafe(next.run(request)).catch_unwind().await;
    answered.unwrap_or_else(|_| Problem::ours(&Panicked).into_response())
}

/// Lets a page use the camera. A page that does not ask for it may use no device.
pub fn allow_camera(response: &mut Response) {
    let policy = HeaderValue::from_static("camera=(self), microphone=(), geolocation=()");
    response.headers_mut().insert(DEVICE_POLICY, policy);
}

/// Lets a page use the camera and read codes with it. A browser that reads none by itself gets a reader that is compiled
/// WebAssembly, so the policy of such a page allows that, and nothing else more than others.
pub fn allow_code_reader(response: &mut Response) {
    allow_camera(response);
    let policy = HeaderValue::from_static(READER_POLICY);
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
}

fn add_headers(app: &App, headers: &mut HeaderMap, id: HeaderValue) {
    headers.insert(REQUEST_ID, id);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CONTENT_POLICY));
    }
    for (name, value) in [
        (header::REFERRER_POLICY, "strict-origin-when-cross-origin"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if !headers.contains_key(DEVICE_POLICY) {
        headers.insert(
            DEVICE_POLICY,
            HeaderValue::from_static("camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
        );
    }
    if app.settings.secure_cookies {
        let value = HeaderValue::from_static("max-age=31536000; includeSubDomains");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, value);
    }
}

/// The peer's address, or, when the peer is a proxy that we trust, the last address before it that we do not.
fn client_address(app: &App, request: &Request) -> String {
    let Some(peer) = request.extensions().get::<SocketAddr>() else {
        return String::new();
    };
    let mut forwarded = request.headers().get_all("x-forwarded-for").iter().peekable();
    if forwarded.peek().is_some() {
        app.unnamed_proxies.tell(peer.ip(), &app.settings.trusted_proxies);
    }
    let forwarded = forwarded.map(|value| value.to_str().unwrap_or_default());
    let hops: Vec<&str> = forwarded.flat_map(|list| list.split(',')).collect();
    behind_proxies(peer.ip(), &hops, &app.settings.trusted_proxies).to_string()
}

/// `hops` as the proxies wrote them, the nearest last. Anything before a hop that cannot be parsed may be
/// made up by the client.
fn behind_proxies(peer: IpAddr, hops: &[&str], trusted: &[IpAddr]) -> IpAddr {
    let peer = canonical(peer);
    if !trusted.contains(&peer) {
        return peer;
    }
    let mut known = hops.iter().rev().map_while(|hop| read_hop(hop));
    known.find(|hop| !trusted.contains(hop)).unwrap_or(peer)
}

/// The address of a hop, which some proxies write with its port.
fn read_hop(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let hop = text.parse().ok().or_else(|| text.parse().ok().map(|with_port: SocketAddr| with_port.ip()));
    hop.map(canonical)
}

fn agent(headers: &HeaderMap) -> String {
    let text = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    text.chars().filter(|character| !character.is_control()).take(200).collect()
}

/// How long a request's body may take to arrive.
pub const BODY_TIMEOUT: Duration = Duration::from_secs(30);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_trusted_proxy_wrote_is_believed() {
        let address = |text: &str| text.parse::<IpAddr>().expect("an address");
        let (proxy, inner) = (address("10.9.9.9"), address("10.9.9.8"));
        let client = |peer: IpAddr, hops: &[&str]| behind_proxies(peer, hops, &[proxy, inner]).to_string();
        assert_eq!(client(address("192.0.2.1"), &["198.51.100.7"]), "192.0.2.1", "anybody may write a header");
        assert_eq!(client(proxy, &["198.51.100.7", " 203.0.113.5", "10.9.9.8"]), "203.0.113.5");
        assert_eq!(client(proxy, &["198.51.100.7", "203.0.113.5:4711"]), "203.0.113.5", "with its port");
        assert_eq!(client(proxy, &["198.51.100.7", "[2001:db8::1]:4711"]), "2001:db8::1");
        assert_eq!(client(proxy, &["198.51.100.7", "unknown"]), "10.9.9.9", "what stands before may be invented");
        assert_eq!(client(proxy, &[]), "10.9.9.9");
    }
}
