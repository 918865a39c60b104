//! TLS by the files of a site: it is spoken, the certificate is changed without a restart, and who speaks plainly, or nothing
//! at all, holds nobody up.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use base_web::server::{Limits, Patience, Serving, Tls, redirects, serve};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_rustls::TlsConnector;
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

/// What a client that trusts one certificate gets.
async fn ask(address: &str, trusted: &[u8]) -> std::io::Result<String> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(trusted).expect("a certificate")).expect("an anchor");
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("site.example").expect("a name");
    let stream = TcpStream::connect(address).await?;
    let mut stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await?;
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
    let serving = Serving { router, patience: PATIENCE, limits: Limits::default(), tls: Some(now) };
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

#[tokio::test(flavor = "multi_thread")]
async fn plain_requests_are_led_to_the_public_address_whatever_host_they_name() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address").to_string();
    let (_close, closing) = watch::channel(false);
    let router = redirects("https://site.example".into());
    tokio::spawn(serve(
        listener,
        Serving { router, patience: PATIENCE, limits: Limits::default(), tls: None },
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
