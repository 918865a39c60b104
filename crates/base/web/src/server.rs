//! The accept loop. It is our own because a client that trickles its headers must be dropped, and the ready-made loop
//! does not time them.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tower::Service;

/// How long clients may take.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// For the headers of a request, also between two requests of one connection.
    pub headers: Duration,
    /// For requests under way once the server closes.
    pub closing: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { headers: Duration::from_secs(20), closing: Duration::from_secs(30) }
    }
}

/// Connections at once. More wait in the system's own queue.
const CONNECTIONS_MAX: usize = 4096;

/// Serves until `closing` is true, then gives open requests time to end.
pub async fn serve(listener: TcpListener, router: Router, mut closing: watch::Receiver<bool>, patience: Patience) {
    let mut connections = JoinSet::new();
    let told = closing.clone();
    loop {
        tokio::select! {
            () = closed(&mut closing) => break,
            accepted = listener.accept(), if connections.len() < CONNECTIONS_MAX => match accepted {
                Ok((stream, peer)) => {
                    connections.spawn(connection(stream, peer, router.clone(), (told.clone(), patience)));
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

async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    (mut closing, patience): (watch::Receiver<bool>, Patience),
) {
    // Answers are small and awaited; waiting to fill a packet would only add to their time.
    let _best_effort = stream.set_nodelay(true);
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(peer);
        let mut router = router.clone();
        async move { router.call(request.map(Body::new)).await as Result<_, Infallible> }
    });
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(patience.headers).max_buf_size(64 * 1024).pipeline_flush(true);
    let mut open = std::pin::pin!(builder.serve_connection(TokioIo::new(stream), service));
    tokio::select! {
        // An error here is a client that went away; nothing is half written, so nothing is logged.
        _ended = open.as_mut() => return,
        () = closed(&mut closing) => {}
    }
    open.as_mut().graceful_shutdown();
    let _ended = open.await;
}

/// Waits until the server closes. A sender that was dropped counts as closed.
async fn closed(closing: &mut watch::Receiver<bool>) {
    let _told = closing.wait_for(|closing| *closing).await;
}
