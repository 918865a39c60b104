//! A server that answers every call with one text.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

#[derive(Clone)]
pub enum Reply {
    Text(Arc<str>),
    Silence,
}

impl Reply {
    pub fn text(text: &str) -> Self {
        Self::Text(text.into())
    }
}

pub struct Server {
    port: u16,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    pub async fn plain(reply: Reply) -> Self {
        Self::begin(reply, None).await
    }

    pub async fn tls(reply: Reply) -> Self {
        Self::begin(reply, Some(acceptor())).await
    }

    /// A port that nobody listens at.
    pub async fn closed_port() -> u16 {
        TcpListener::bind("127.0.0.1:0").await.expect("a port").local_addr().expect("an address").port()
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn address(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// The last call, as it came.
    pub fn asked(&self) -> String {
        self.asked.lock().expect("nobody panicked").last().cloned().expect("a call")
    }

    pub fn calls(&self) -> usize {
        self.asked.lock().expect("nobody panicked").len()
    }

    async fn begin(reply: Reply, tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let kept = asked.clone();
        tokio::spawn(async move {
            while let Ok((stream, _peer)) = listener.accept().await {
                let (reply, kept, tls) = (reply.clone(), kept.clone(), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        None => answer(stream, reply, &kept).await,
                        Some(tls) => {
                            if let Ok(stream) = tls.accept(stream).await {
                                answer(stream, reply, &kept).await;
                            }
                        }
                    }
                });
            }
        });
        Self { port, asked }
    }
}

fn acceptor() -> TlsAcceptor {
    let cert = CertificateDer::from_pem_slice(include_bytes!("tls/localhost.pem")).expect("a certificate");
    let key = PrivateKeyDer::from_pem_slice(include_bytes!("tls/localhost.key")).expect("a key");
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![cert], key)
        .expect("a pair");
    TlsAcceptor::from(Arc::new(config))
}

async fn answer(mut stream: impl AsyncRead + AsyncWrite + Unpin, reply: Reply, kept: &Mutex<Vec<String>>) {
    let mut read = Vec::new();
    while !is_whole(&read) {
        if !matches!(stream.read_buf(&mut read).await, Ok(1..)) {
            return;
        }
    }
    kept.lock().expect("nobody panicked").push(String::from_utf8_lossy(&read).into_owned());
    match reply {
        Reply::Text(text) => {
            let _left = stream.write_all(text.as_bytes()).await;
            let _left = stream.shutdown().await;
        }
        Reply::Silence => std::future::pending().await,
    }
}

/// True once the head is there and as much of a body as it says.
fn is_whole(read: &[u8]) -> bool {
    let text = String::from_utf8_lossy(read);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    body.len() >= length.map_or(0, |length| length.trim().parse().expect("a length"))
}
