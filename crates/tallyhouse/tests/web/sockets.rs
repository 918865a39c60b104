//! Clients that hang up, dawdle or send half of what they promised.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use base_core::permission::Role;
use base_web::leaving::Leaving;
use base_web::server::{Limits, Patience, Serving, serve};
use tallyhouse_support::assert_counts_are_true;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::common::{Site, each_site};

/// Serves a site on a socket; ends when the sender is told so.
pub async fn open(site: &Site) -> (String, watch::Sender<bool>, tokio::task::JoinHandle<()>) {
    open_router(site.router.clone()).await
}

async fn open_router(router: Router) -> (String, watch::Sender<bool>, tokio::task::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address").to_string();
    let (close, closing) = watch::channel(false);
    let patience = Patience {
        headers: Duration::from_millis(300),
        writes: Duration::from_millis(500),
        closing: Duration::from_secs(2),
    };
    let limits = Limits { per_address_max: 8, ..Limits::default() };
    let served = tokio::spawn(serve(
        listener,
        Serving { router, patience, limits, tls: None, leaving: Leaving::default() },
        closing,
    ));
    (address, close, served)
}

async fn everything(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut answer)).await;
    assert!(read.is_ok(), "the server lets go of the connection");
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_drops_in_the_middle_of_a_body_writes_nothing() {
    for site in each_site().await {
        let token = site.token("arjun", Role::Dispatcher, Some("lucknow")).await;
        let (address, close, served) = open(&site).await;
        let scan = site.scan("\"action\":\"parent\",\"code\":\"SB00001\"");
        let body = format!("{{\"scans\":[{scan}]}}");
        for cut in [1, body.len() / 2, body.len() - 1] {
            let mut stream = TcpStream::connect(&address).await.expect("a connection");
            let head = format!(
                "POST /api/v1/scans HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n\
                 content-type: application/json\r\ncontent-length: {}\r\n\r\n",
                body.len()
            );
            stream.write_all(head.as_bytes()).await.expect("sent");
            stream.write_all(&body.as_bytes()[..cut]).await.expect("sent");
            stream.shutdown().await.expect("hung up");
            drop(stream);
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
        let list = site.get("/api/v1/bags", &token).await.json();
        assert_eq!(list["bags"].as_array().expect("bags").len(), 0);
        close.send_replace(true);
        served.await.expect("closed");
        assert_counts_are_true(&site.db).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_trickles_its_headers_is_dropped() {
    let site = each_site().await.remove(0);
    let (address, close, served) = open(&site).await;
    let mut stream = TcpStream::connect(&address).await.expect("a connection");
    stream.write_all(b"GET /health HTTP/1.1\r\nhost: x\r\nx-slow: ").await.expect("sent");
    let started = std::time::Instant::now();
    let answer = everything(&mut stream).await;
    assert!(started.elapsed() < Duration::from_secs(3), "dropped in time");
    assert!(!answer.contains("200 OK"), "{answer}");
    close.send_replace(true);
    served.await.expect("closed");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_http_gets_no_answer_that_helps() {
    let site = each_site().await.remove(0);
    let (address, close, served) = open(&site).await;
    let long = format!("GET /{} HTTP/1.1\r\nhost: x\r\n\r\n", "a".repeat(200_000));
    for bytes in [b"\x16\x03\x01\x02\x00\x01".as_slice(), b"SB00001\r\n\r\n", long.as_bytes()] {
        let mut stream = TcpStream::connect(&address).await.expect("a connection");
        let _sent_in_part = stream.write_all(bytes).await;
        let mut answer = Vec::new();
        let _closed = tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut answer)).await;
        assert!(!String::from_utf8_lossy(&answer).contains(" 200 "));
    }
    let mut stream = TcpStream::connect(&address).await.expect("still open for others");
    stream.write_all(b"GET /health HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await.expect("sent");
    assert!(everything(&mut stream).await.contains("200 OK"));
    close.send_replace(true);
    served.await.expect("closed");
}

/// How many requests one client may have answered at once if it reads none of the answers, of 1 MiB each. A few fit into the
/// system's own buffers.
const UNREAD_ANSWERS_MAX: usize = 32;

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_never_reads_is_answered_no_further_and_let_go() {
    let answered = Arc::new(AtomicUsize::new(0));
    let count = answered.clone();
    let large = move || {
        count.fetch_add(1, Ordering::SeqCst);
        std::future::ready(vec![b'x'; 1 << 20])
    };
    let (address, close, served) = open_router(Router::new().route("/", get(large))).await;
    let mut stream = TcpStream::connect(&address).await.expect("a connection");
    let sent = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n".repeat(400);
    stream.write_all(&sent).await.expect("they fit into the system's buffers");
    tokio::time::sleep(Duration::from_millis(1500)).await;
    let unread = answered.load(Ordering::SeqCst);
    assert!((1..UNREAD_ANSWERS_MAX).contains(&unread), "{unread} answers wait for a client that reads nothing");
    // Nothing was taken for half a second: the server has let go, and the client only finds what was sent before.
    let mut answers = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut answers)).await;
    assert!(read.is_ok(), "the connection has ended");
    assert_eq!(answered.load(Ordering::SeqCst), unread, "and nothing more is answered");
    close.send_replace(true);
    served.await.expect("closed");
}

#[tokio::test(flavor = "multi_thread")]
async fn idle_connections_of_one_address_give_way_to_its_next() {
    let site = each_site().await.remove(0);
    let (address, close, served) = open(&site).await;
    let mut idle = Vec::new();
    for _ in 0..8 {
        idle.push(TcpStream::connect(&address).await.expect("a connection"));
    }
    let mut stream = TcpStream::connect(&address).await.expect("a connection");
    stream.write_all(b"GET /health HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await.expect("sent");
    assert!(everything(&mut stream).await.contains("200 OK"), "the ninth is answered");
    assert_eq!(everything(&mut idle[0]).await, "", "the oldest gave way");
    close.send_replace(true);
    served.await.expect("closed");
}

/// A request whose head is not what HTTP/1.1 wants, and the status of its answer.
fn malformed() -> Vec<(String, u16)> {
    let wrong = [
        "GET /health HTTP/1.1\nhost: x\r\n\r\n",
        "GET /health HTTP/1.1\r\nhost: x\n\r\n",
        "GET /health HTTP/1.1\r\nhost: x\r\nx: y\n\n",
        "GET /health HTTP/1.1\r\nhost : x\r\n\r\n",
        "GET /health HTTP/1.1\r\nhost: x\r\nb\u{e9}d name: x\r\n\r\n",
        "GET /health HTTP/1.1\r\n\r\n",
        "GET /health HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n",
        "GET /hea lth HTTP/1.1\r\nhost: x\r\n\r\n",
        "GET /health HTTP/9.9\r\nhost: x\r\n\r\n",
        "POST /login HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n",
        "POST /login HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n",
        "POST /login HTTP/1.1\r\nhost: x\r\ntransfer-encoding: gzip\r\n\r\n",
        "SB00001\r\n\r\n",
    ];
    let mut all: Vec<(String, u16)> = wrong.into_iter().map(|text| (text.to_owned(), 400)).collect();
    all.push((format!("GET / HTTP/1.1\r\nhost: x\r\n{}\r\n", "a: b\r\n".repeat(200)), 431));
    all.push((format!("GET /{} HTTP/1.1\r\nhost: x", "a".repeat(70_000)), 431));
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn a_malformed_request_is_refused_with_the_headers_of_every_answer() {
    let site = each_site().await.remove(0);
    let (address, close, served) = open(&site).await;
    for (request, status) in malformed() {
        let shown: String = request.chars().take(80).collect();
        // By itself, behind a request that is answered first, and cut in two.
        let before = "POST /login HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\n\r\n\n\n\r\n".to_owned();
        for (before, cut) in [(String::new(), 0), (before, 0), (String::new(), 9)] {
            let mut stream = TcpStream::connect(&address).await.expect("a connection");
            let bytes = format!("{before}{request}");
            let _sent_in_part = stream.write_all(&bytes.as_bytes()[..cut]).await;
            if cut > 0 {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            let _sent_in_part = stream.write_all(&bytes.as_bytes()[cut..]).await;
            let answer = everything(&mut stream).await;
            let answers: Vec<&str> = answer.split("HTTP/1.1 ").skip(1).collect();
            assert_eq!(answers.len(), 1 + usize::from(!before.is_empty()), "{shown:?}: {answer}");
            let last = answers.last().expect("an answer");
            assert!(last.starts_with(&format!("{status} ")), "{shown:?}: {answer}");
            let headers = ["content-security-policy: ", "x-frame-options: DENY", "x-content-type-options: nosniff"];
            for header in headers.into_iter().chain(["x-request-id: ", "content-type: application/problem+json"]) {
                assert!(last.contains(header), "{shown:?} lacks {header}: {answer}");
            }
            assert!(last.contains("\"code\":\"malformed_request\""), "{shown:?}: {answer}");
        }
    }
    close.send_replace(true);
    served.await.expect("closed");
}

#[tokio::test(flavor = "multi_thread")]
async fn sound_requests_are_answered_however_they_are_cut() {
    let site = each_site().await.remove(0);
    let (address, close, served) = open(&site).await;
    let chunked = "POST /login HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n3\r\n\n\n\n\r\n0\r\n\r\n";
    let close_after = "GET /health HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    let health = "GET /health HTTP/1.1\r\nhost: x\r\n\r\n";
    let bytes = format!("{health}{chunked}{health}{close_after}");
    for cut in (1..bytes.len()).step_by(7) {
        let mut stream = TcpStream::connect(&address).await.expect("a connection");
        for part in [&bytes.as_bytes()[..cut], &bytes.as_bytes()[cut..]] {
            stream.write_all(part).await.expect("sent");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        let answer = everything(&mut stream).await;
        assert_eq!(answer.matches("HTTP/1.1 ").count(), 4, "{cut}: {answer}");
        assert_eq!(answer.matches("{\"status\":\"ok\"}").count(), 3, "{cut}: {answer}");
    }
    close.send_replace(true);
    served.await.expect("closed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_says_once_which_server_it_means() {
    let site = each_site().await.remove(0);
    let (address, close, served) = open(&site).await;
    let cases = [("", "400"), ("host: a\r\nhost: b\r\n", "400"), ("host: a\r\n", "200")];
    for (hosts, status) in cases {
        let mut stream = TcpStream::connect(&address).await.expect("a connection");
        let request = format!("GET /health HTTP/1.1\r\n{hosts}connection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.expect("sent");
        let answer = everything(&mut stream).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{hosts:?}: {answer}");
    }
    close.send_replace(true);
    served.await.expect("closed");
}

#[tokio::test]
async fn a_node_that_leaves_answers_and_ends_each_connection_with_its_answer_and_is_not_ready() {
    let site = each_site().await.swap_remove(0);
    let leaving = site.app.leaving.clone();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let (_close, closing) = watch::channel(false);
    let serving = Serving {
        router: site.router.clone(),
        patience: Patience::default(),
        limits: Limits::default(),
        tls: None,
        leaving: leaving.clone(),
    };
    tokio::spawn(serve(listener, serving, closing));
    let mut kept = TcpStream::connect(address).await.expect("a connection");
    let ask = |path: &str| format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n");
    kept.write_all(ask("/ready").as_bytes()).await.expect("sent");
    let mut bytes = [0; 4096];
    let read = kept.read(&mut bytes).await.expect("an answer");
    let before = String::from_utf8_lossy(&bytes[..read]).to_lowercase();
    assert!(before.starts_with("http/1.1 200") && !before.contains("connection: close"), "{before}");
    leaving.begin();
    kept.write_all(ask("/health").as_bytes()).await.expect("sent");
    let after = everything(&mut kept).await.to_lowercase();
    assert!(after.starts_with("http/1.1 200") && after.contains("connection: close"), "{after}");
    let mut fresh = TcpStream::connect(address).await.expect("it still listens");
    fresh.write_all(ask("/ready").as_bytes()).await.expect("sent");
    let told = everything(&mut fresh).await.to_lowercase();
    assert!(
        told.starts_with("http/1.1 503") && told.contains("retry-after") && told.contains("\"code\":\"leaving\""),
        "{told}"
    );
}
