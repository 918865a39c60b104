//! Clients that hang up, dawdle or send half of what they promised.

use std::time::Duration;

use base_core::permission::Role;
use base_web::server::{Patience, serve};
use tallyhouse_support::assert_counts_are_true;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::common::{Site, each_site};

/// Serves a site on a socket; ends when the sender is told so.
async fn open(site: &Site) -> (String, watch::Sender<bool>, tokio::task::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address").to_string();
    let (close, closing) = watch::channel(false);
    let patience = Patience { headers: Duration::from_millis(300), closing: Duration::from_secs(2) };
    let served = tokio::spawn(serve(listener, site.router.clone(), closing, patience));
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
