//! TLS by the files of a site: it is spoken, by HTTP/2 too, the certificate is changed without a restart, and who speaks plainly, or nothing
//! at all, holds nobody up.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::header;
use axum::routing::get;
use base_web::leaving::Leaving;
use base_web::server::{Limits, Malformed, Patience, Serving, Tls, redirects, serve};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

const CERT: &[u8] = include_bytes!("tls/cert.pem");
const KEY: &[u8] = include_bytes!("tls/key.pem");
const OTHER_CERT: &[u8] = include_bytes!("tls/other_cert.pem");
const OTHER_KEY: &[u8] = include_bytes!("tls/other_key.pem");

const PATIENCE: Patience = Patience {
    headers: Duration::from_millis(500),
    writes: Duration::from_millis(500),
    closing: Duration::from_secs(2),
};

/// A connection of a client that trusts one certificate and speaks these protocols.
async fn connect(address: &str, trusted: &[u8], protocols: &[&[u8]]) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(trusted).expect("a certificate")).expect("an anchor");
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
    let name = ServerName::try_from("site.example").expect("a name");
    let stream = TcpStream::connect(address).await?;
    TlsConnector::from(Arc::new(config)).connect(name, stream).await
}

/// What a client that trusts one certificate gets by HTTP/1.1.
async fn ask(address: &str, trusted: &[u8]) -> std::io::Result<String> {
    let mut stream = connect(address, trusted, &[]).await?;
    stream.write_all(b"GET / HTTP/1.1\r\nhost: site.example\r\nconnection: close\r\n\r\n").await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_is_served_and_changed_while_the_server_runs() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address").to_string();
    let (close, closing) = watch::channel(false);
    let (change, now) = watch::channel(Tls::read(CERT, KEY).expect("a pair"));
    let router = Router::new().route("/", get(|| std::future::ready("hello")));
    let serving =
        Serving { router, patience: PATIENCE, limits: Limits::default(), tls: Some(now), leaving: Leaving::default() };
    let served = tokio::spawn(serve(listener, serving, closing));

    assert!(ask(&address, CERT).await.expect("an answer").ends_with("hello"));
    assert!(ask(&address, OTHER_CERT).await.is_err(), "it is another certificate");
    change.send_replace(Tls::read(OTHER_CERT, OTHER_KEY).expect("a pair"));
    assert!(ask(&address, OTHER_CERT).await.expect("an answer").ends_with("hello"));
    assert!(ask(&address, CERT).await.is_err());

    let mut plain = TcpStream::connect(&address).await.expect("a connection");
    plain.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await.expect("sent");
    let mut answer = Vec::new();
    let ended = tokio::time::timeout(Duration::from_secs(5), plain.read_to_end(&mut answer)).await;
    assert!(ended.is_ok() && !String::from_utf8_lossy(&answer).contains("hello"));
    let mut silent = TcpStream::connect(&address).await.expect("a connection");
    let ended = tokio::time::timeout(Duration::from_secs(5), silent.read_to_end(&mut Vec::new())).await;
    assert!(ended.is_ok(), "who says nothing is let go");
    close.send_replace(true);
    served.await.expect("no panic");
}

/// A site with a large answer, served by TLS.
async fn large_site() -> (String, watch::Sender<bool>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address").to_string();
    let (close, closing) = watch::channel(false);
    let (_change, now) = watch::channel(Tls::read(CERT, KEY).expect("a pair"));
    let seen = |request: Request| {
        let hosts: Vec<_> = request.headers().get_all(header::HOST).iter().cloned().collect();
        let is_malformed = request.extensions().get::<Malformed>().is_some();
        std::future::ready(format!("{} {hosts:?} {is_malformed}", request.uri()))
    };
    let router = Router::new().route("/", get(seen)).route("/large", get(|| std::future::ready("x".repeat(500_000))));
    let serving =
        Serving { router, patience: PATIENCE, limits: Limits::default(), tls: Some(now), leaving: Leaving::default() };
    tokio::spawn(serve(listener, serving, closing));
    (address, close)
}

/// A request by HTTP/2.
fn asked(path: &str, host: Option<&str>) -> axum::http::Request<()> {
    let request = axum::http::Request::get(format!("https://site.example{path}"));
    let request = host.into_iter().fold(request, |request, host| request.header(header::HOST, host));
    request.body(()).expect("a request")
}

async fn whole(answer: h2::client::ResponseFuture) -> Result<String, h2::Error> {
    let mut body = answer.await?.into_body();
    let mut text = String::new();
    while let Some(piece) = body.data().await {
        let piece = piece?;
        text.push_str(&String::from_utf8_lossy(&piece));
        body.flow_control().release_capacity(piece.len())?;
    }
    Ok(text)
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_by_http_2_are_answered_beside_each_other_as_those_by_http_1() {
    let (address, _close) = large_site().await;
    let stream = connect(&address, CERT, &[b"h2", b"http/1.1"]).await.expect("a connection");
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    let (client, connection) = h2::client::handshake(stream).await.expect("greeted");
    let connection = tokio::spawn(connection);
    let mut client = client.ready().await.expect("ready");
    let mut send = |request| client.send_request(request, true).expect("sent").0;
    let large: Vec<_> = (0..8).map(|_| tokio::spawn(whole(send(asked("/large", None))))).collect();
    let (small, other) = (send(asked("/?a=1", None)), send(asked("/", Some("other.example"))));
    assert_eq!(whole(small).await.expect("an answer"), "/?a=1 [\"site.example\"] false");
    assert!(whole(other).await.expect("an answer").ends_with("true"), "two hosts are refused");
    for answer in large {
        assert_eq!(answer.await.expect("no panic").expect("an answer").len(), 500_000);
    }
    let ended = tokio::time::timeout(PATIENCE.headers * 8, connection).await;
    assert!(ended.is_ok(), "a connection that asks for nothing is let go");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_of_http_2_that_does_not_take_its_answer_loses_its_connection() {
    let (address, _close) = large_site().await;
    let stream = connect(&address, CERT, &[b"h2"]).await.expect("a connection");
    let (client, connection) = h2::client::handshake(stream).await.expect("greeted");
    let connection = tokio::spawn(connection);
    let mut client = client.ready().await.expect("ready");
    let left = client.send_request(asked("/large", None), true).expect("sent").0.await.expect("its head");
    let beside = async {
        // What it takes meanwhile keeps the connection busy.
        while let Ok((answer, _)) = client.send_request(asked("/", None), true) {
            if whole(answer).await.is_err() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let ended = tokio::time::timeout(PATIENCE.writes * 8, beside).await;
    assert!(ended.is_ok(), "it is let go although it takes other answers");
    drop((left, connection));
}

#[tokio::test(flavor = "multi_thread")]
async fn plain_requests_are_led_to_the_public_address_whatever_host_they_name() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address").to_string();
    let (_close, closing) = watch::channel(false);
    let router = redirects("https://site.example".into());
    tokio::spawn(serve(
        listener,
        Serving { router, patience: PATIENCE, limits: Limits::default(), tls: None, leaving: Leaving::default() },
        closing,
    ));
    let mut stream = TcpStream::connect(&address).await.expect("a connection");
    stream.write_all(b"GET /bags?q=1 HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\n\r\n").await.expect("sent");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.expect("an answer");
    let answer = String::from_utf8_lossy(&answer).to_lowercase();
    assert!(
        answer.starts_with("http/1.1 308") && answer.contains("location: https://site.example/bags?q=1"),
        "{answer}"
    );
}
