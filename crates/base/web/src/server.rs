//! The accept loop. It is our own because the ready-made one times neither the headers of a request nor a client that
//! takes no answer, and knows no limit for each address.
//!
//! Invariant: what somebody outside can make this hold is bounded, in memory, in connections and in time.

mod connections;
mod framing;
mod head;
mod heads;
mod held;
mod http2;
mod stalled;
mod taken;
mod tls;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderValue, Uri, Version, header};
use axum::response::Redirect;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tower::Service;

pub use self::connections::Limits;
use self::connections::{Connections, Place};
pub use self::head::Malformed;
use self::heads::Heads;
use self::held::Held;
use self::stalled::Unstalled;
use self::taken::Answers;
pub use self::tls::{Tls, TlsError, TlsNow};
use crate::leaving::Leaving;

/// How long clients may take.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// For the headers of a request, also between two requests of one connection.
    pub headers: Duration,
    /// To take the next part of an answer.
    pub writes: Duration,
    /// For requests under way once the server closes.
    pub closing: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { headers: Duration::from_secs(20), writes: Duration::from_secs(30), closing: Duration::from_secs(30) }
    }
}

/// Answers that are not yet taken, of one connection, in bytes; also the longest head of a request. While so much waits, no
/// further request of the connection is read.
const BUFFER_BYTES: usize = 64 * 1024;

/// What a server is run with.
pub struct Serving {
    /// Every address.
    pub router: Router,
    /// How long clients may take.
    pub patience: Patience,
    /// How many connections there may be.
    pub limits: Limits,
    /// What is served by TLS; plain without.
    pub tls: Option<TlsNow>,
    /// While the node is about to end, each answer ends its connection.
    pub leaving: Leaving,
}

/// Leads plain requests to the same place at the public address of the site; what they say of their host is not looked at.
pub fn redirects(base_url: String) -> Router {
    Router::new().fallback(move |uri: Uri| {
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        std::future::ready(Redirect::permanent(&format!("{base_url}{path}")))
    })
}

/// Serves until `closing` is true, then gives open requests time to end.
pub async fn serve(listener: TcpListener, serving: Serving, mut closing: watch::Receiver<bool>) {
    let Serving { router, patience, limits, tls, leaving } = serving;
    let places = Connections::new(limits);
    let mut connections = JoinSet::new();
    let told = closing.clone();
    loop {
        tokio::select! {
            () = closed(&mut closing) => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    // A connection without a place is dropped, which its client sees as refused.
                    if let Some(place) = places.place(peer.ip()) {
                        let one = Connection { peer, place, router: router.clone(), patience, leaving: leaving.clone() };
                        let tls = tls.as_ref().map(|now| now.borrow().clone());
                        connections.spawn(one.open(stream, tls, told.clone()));
                    }
                }
                Err(error) => {
                    // Most likely out of file handles, which are freed when connections end.
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            },
            Some(_ended) = connections.join_next() => {}
        }
    }
    drop(listener);
    let ended = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(patience.closing, ended).await.is_err() {
        tracing::warn!("some requests did not end in time and were cut off");
    }
}

struct Connection {
    peer: SocketAddr,
    place: Place,
    router: Router,
    patience: Patience,
    leaving: Leaving,
}

impl Connection {
    async fn open(self, stream: TcpStream, tls: Option<Tls>, mut closing: watch::Receiver<bool>) {
        // Answers are small and awaited; waiting to fill a packet would only add to their time.
        let _best_effort = stream.set_nodelay(true);
        let Some(tls) = tls else { return self.answer(stream, closing).await };
        // Whoever does not greet in time, or speaks plainly, is let go.
        let greeted = tokio::time::timeout(self.patience.headers, tls.accept(stream));
        let stream = tokio::select! {
            greeted = greeted => greeted,
            () = self.place.slot.told_to_close() => return,
            () = closed(&mut closing) => return,
        };
        match stream {
            Ok(Ok(stream)) if tls::is_http2(&stream) => self.answer_http2(stream, closing).await,
            Ok(Ok(stream)) => self.answer(stream, closing).await,
            _ => {}
        }
    }

    /// As [`Connection::answer`], for a connection that may have several requests at once.
    async fn answer_http2<S>(self, stream: S, mut closing: watch::Receiver<bool>)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let Self { peer, place, router, patience, leaving } = self;
        let (answers, requests) = (Answers::default(), place.requests());
        let watched = answers.clone();
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(peer);
            if let Some(why) = http2::as_http1(&mut request).err().or_else(|| malformed(&request)) {
                request.extensions_mut().insert(why);
            }
            let (mut router, answers) = (router.clone(), watched.clone());
            let answering = requests.begin();
            async move {
                let Ok(response) = Service::call(&mut router, request.map(Body::new)).await;
                Ok::<_, Infallible>(response.map(|body| answers.watched(held_until_sent(body, answering))))
            }
        });
        let stream = TokioIo::new(Unstalled::new(stream, patience.writes));
        let mut open = std::pin::pin!(http2::builder(patience).serve_connection(stream, service));
        loop {
            tokio::select! {
                _ended = open.as_mut() => return,
                () = place.slot.told_to_close() => if place.slot.is_idle() { return } else { break },
                () = closed(&mut closing) => break,
                () = tokio::time::sleep(http2::looks_every(patience)) => {
                    if answers.are_left(patience.writes) {
                        return;
                    }
                    if leaving.has_begun() {
                        break;
                    }
                    if place.idle_for().is_some_and(|idle| idle > patience.headers) {
                        break;
                    }
                }
            }
        }
        open.as_mut().graceful_shutdown();
        let _ended = tokio::time::timeout(patience.closing, open).await;
    }

    async fn answer<S>(self, stream: S, mut closing: watch::Receiver<bool>)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send,
    {
        let Self { peer, place, router, patience, leaving } = self;
        let requests = place.requests();
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(peer);
            if let Some(why) = malformed(&request) {
                request.extensions_mut().insert(why);
            }
            let (mut router, leaving) = (router.clone(), leaving.clone());
            let answering = requests.begin();
            async move {
                let Ok(mut response) = Service::call(&mut router, request.map(Body::new)).await;
                if leaving.has_begun() {
                    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
                }
                Ok::<_, Infallible>(response.map(|body| held_until_sent(body, answering)))
            }
        });
        let stream = TokioIo::new(Heads::new(Unstalled::new(stream, patience.writes), BUFFER_BYTES));
        let mut builder = http1::Builder::new();
        builder.timer(TokioTimer::new()).header_read_timeout(patience.headers).max_buf_size(BUFFER_BYTES);
        let mut open = std::pin::pin!(builder.serve_connection(stream, service));
        tokio::select! {
            // An error here is a client that went away; nothing is half written, so nothing is logged.
            _ended = open.as_mut() => return,
            // Dropped and not ended: what waits for the rest of a request would hold on for as long as its headers may take.
            () = place.slot.told_to_close() => if place.slot.is_idle() { return },
            () = closed(&mut closing) => {}
        }
        open.as_mut().graceful_shutdown();
        let _ended = open.await;
    }
}

/// An answer that counts as under way until its last byte is handed to the connection.
fn held_until_sent(body: Body, answering: connections::Answering) -> Body {
    Body::new(Held::new(body, answering))
}

/// Why a request is to be refused, whatever it asks for. [`crate::request::wrap`] does so.
fn malformed(request: &Request<Incoming>) -> Option<Malformed> {
    let why = Malformed::of(request.method(), request.uri());
    why.or_else(|| (!has_one_host(request)).then_some(Malformed::Host))
}

/// True for a request that says once which server it means, as HTTP/1.1 wants.
fn has_one_host(request: &Request<Incoming>) -> bool {
    let hosts = request.headers().get_all(header::HOST).iter().count();
    hosts == 1 || (hosts == 0 && request.version() == Version::HTTP_10)
}

/// Waits until the server closes. A sender that was dropped counts as closed.
async fn closed(closing: &mut watch::Receiver<bool>) {
    let _told = closing.wait_for(|closing| *closing).await;
}
