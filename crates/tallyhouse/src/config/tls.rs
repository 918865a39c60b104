//! `[tls]`: the certificate that the server serves by itself, without a proxy: from files, or from an authority that it asks.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use base_web::server::Tls as Served;

use super::acme::Acme;
use super::reader::Reader;

/// The section, where a site has a certificate.
#[derive(Clone, Debug)]
pub struct Tls {
    /// Where the certificate comes from.
    pub certificate: Certificate,
    /// Where plain requests are told to come by TLS.
    pub redirect_from: Option<SocketAddr>,
}

/// Where a certificate comes from.
#[derive(Clone, Debug)]
pub enum Certificate {
    /// Two files.
    Files(Files),
    /// An authority that is asked by ACME.
    Acme(Acme),
}

/// A certificate and its key in files.
#[derive(Clone, Debug)]
pub struct Files {
    /// The certificate and those above it, in PEM.
    pub cert: PathBuf,
    /// Its private key, in PEM.
    pub key: PathBuf,
}

impl Tls {
    /// Reads the section. A certificate without its key, or one that cannot be served, is a fault.
    pub fn read(reader: &mut Reader, public_url: Option<&str>) -> Option<Self> {
        let (cert, key) = (reader.text("tls.cert"), reader.text("tls.key"));
        let redirect_from = reader.parsed("tls.redirect_from", None, |text| {
            text.parse().map(Some).map_err(|_| format!("{text:?} is no address and port, such as 0.0.0.0:80"))
        });
        if let Some(acme) = Acme::read(reader, public_url) {
            let twice = "[tls.acme] is set, too: a certificate comes from files or from an authority, not from both";
            reader.fault("tls.cert", twice);
            reader.fault("tls.key", twice);
            if redirect_from.is_none() {
                let fault = "tls.redirect_from is not set: the authority asks at port 80; set it to 0.0.0.0:80";
                reader.fault("tls.acme.contact", fault);
            }
            return Some(Self { certificate: Certificate::Acme(acme), redirect_from });
        }
        let (Some(cert), Some(key)) = (cert, key) else {
            reader.fault("tls.cert", "tls.key is not set: a certificate is of no use without its key");
            reader.fault("tls.key", "tls.cert is not set: a key is of no use without its certificate");
            reader.fault("tls.redirect_from", "tls.cert and tls.key are not set: there is nothing to lead to");
            return None;
        };
        let files = Files { cert: cert.into(), key: key.into() };
        if let Err(fault) = files.load() {
            reader.fault("tls.cert", fault);
        }
        Some(Self { certificate: Certificate::Files(files), redirect_from })
    }

    /// What is asked for by ACME, where that is so.
    pub fn acme(&self) -> Option<&Acme> {
        match &self.certificate {
            Certificate::Acme(acme) => Some(acme),
            Certificate::Files(_) => None,
        }
    }
}

impl Files {
    /// Reads the files as they are now.
    pub fn load(&self) -> Result<Served, String> {
        let read =
            |path: &Path| std::fs::read(path).map_err(|error| format!("{} cannot be read: {error}", path.display()));
        Served::read(&read(&self.cert)?, &read(&self.key)?).map_err(|error| error.to_string())
    }
}
