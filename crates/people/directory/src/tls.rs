//! Whose certificates are believed.

use std::sync::Arc;

use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// Why there is nobody to believe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoTls(pub String);

impl std::fmt::Display for NoTls {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.write_str(&self.0)
    }
}

impl std::error::Error for NoTls {}

/// The authorities whose certificates are believed.
#[derive(Clone)]
pub struct Trust(pub(crate) Arc<ClientConfig>);

impl Trust {
    /// Those of a file in PEM and nobody else; without one, those that this machine trusts.
    pub fn new(ca_pem: Option<&[u8]>) -> Result<Self, NoTls> {
        let mut roots = RootCertStore::empty();
        match ca_pem {
            Some(pem) => {
                for certificate in CertificateDer::pem_slice_iter(pem) {
                    let certificate = certificate.map_err(|error| NoTls(format!("no certificate in PEM: {error}")))?;
                    roots.add(certificate).map_err(|error| NoTls(format!("no authority: {error}")))?;
                }
                if roots.is_empty() {
                    return Err(NoTls("the file holds no certificate in PEM".to_owned()));
                }
            }
            None => {
                roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
            }
        }
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| NoTls(error.to_string()))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self(Arc::new(config)))
    }
}
