//! TLS by a certificate of the site: phones need it for the camera, and not every site has a proxy.
//!
//! Invariant: the certificate may change while the server runs; what is open goes on with what it began with, and one
//! that cannot be used changes nothing.

use std::io;
use std::sync::Arc;

use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::{ClientHello, ResolvesServerCert, ServerConfig};
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::server::TlsStream;

/// HTTP/2, as a greeting names it.
const HTTP2: &[u8] = b"h2";

/// True where the client and the server agreed on HTTP/2.
pub(super) fn is_http2(stream: &TlsStream<TcpStream>) -> bool {
    stream.get_ref().1.alpn_protocol() == Some(HTTP2)
}

/// A certificate with its key, ready to serve.
#[derive(Clone)]
pub struct Tls(Arc<ServerConfig>);

/// Has no certificate for anybody.
#[derive(Debug)]
struct Nothing;

impl ResolvesServerCert for Nothing {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        None
    }
}

/// Why a certificate and its key cannot be used. It tells nothing of the key.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The certificate's file.
    #[error("tls.cert holds no certificate in PEM")]
    Certificate,
    /// The key's file.
    #[error("tls.key holds no private key in PEM")]
    Key,
    /// Both can be read, and do not fit.
    #[error("the certificate and the key cannot be used together: {0}")]
    Pair(tokio_rustls::rustls::Error),
}

impl Tls {
    /// No certificate yet: whoever greets is refused.
    pub fn none() -> Self {
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("the provider has the protocols of the library")
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(Nothing));
        Self(Arc::new(config))
    }

    /// Reads a certificate with those above it, and its key, both in PEM.
    pub fn read(certificates: &[u8], key: &[u8]) -> Result<Self, TlsError> {
        let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(certificates).collect();
        let chain = chain.ok().filter(|chain| !chain.is_empty()).ok_or(TlsError::Certificate)?;
        let key = PrivateKeyDer::from_pem_slice(key).map_err(|_| TlsError::Key)?;
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(TlsError::Pair)?
            .with_no_client_auth()
            .with_single_cert(chain, key);
        let mut config = config.map_err(TlsError::Pair)?;
        config.alpn_protocols = vec![HTTP2.to_vec(), b"http/1.1".to_vec()];
        Ok(Self(Arc::new(config)))
    }

    /// Greets a client.
    pub(super) async fn accept(self, stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        TlsAcceptor::from(self.0).accept(stream).await
    }
}

/// What new connections are served with; whoever holds the sender changes it.
pub type TlsNow = watch::Receiver<Tls>;
