//! `[tls]`: the certificate that the server serves by itself, without a proxy.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use base_web::server::Tls as Served;

use super::reader::Reader;

/// The section, where a site has a certificate.
#[derive(Clone, Debug)]
pub struct Tls {
    /// The certificate and those above it, in PEM.
    pub cert: PathBuf,
    /// Its private key, in PEM.
    pub key: PathBuf,
    /// Where plain requests are told to come by TLS.
    pub redirect_from: Option<SocketAddr>,
}

impl Tls {
    /// Reads the section. A certificate without its key, or one that cannot be served, is a fault.
    pub fn read(reader: &mut Reader) -> Option<Self> {
        let (cert, key) = (reader.text("tls.cert"), reader.text("tls.key"));
        let redirect_from = reader.parsed("tls.redirect_from", None, |text| {
            text.parse().map(Some).map_err(|_| format!("{text:?} is no address and port, such as 0.0.0.0:80"))
        });
        let (Some(cert), Some(key)) = (cert, key) else {
            reader.fault("tls.cert", "tls.key is not set: a certificate is of no use without its key");
            reader.fault("tls.key", "tls.cert is not set: a key is of no use without its certificate");
            reader.fault("tls.redirect_from", "tls.cert and tls.key are not set: there is nothing to lead to");
            return None;
        };
        let tls = Self { cert: cert.into(), key: key.into(), redirect_from };
        if let Err(fault) = tls.load() {
            reader.fault("tls.cert", fault);
        }
        Some(tls)
    }

    /// Reads the files as they are now.
    pub fn load(&self) -> Result<Served, String> {
        let read =
            |path: &Path| std::fs::read(path).map_err(|error| format!("{} cannot be read: {error}", path.display()));
        Served::read(&read(&self.cert)?, &read(&self.key)?).map_err(|error| error.to_string())
    }
}
