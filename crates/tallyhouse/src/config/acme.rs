//! `[tls.acme]`: a certificate that the site asks an authority for by itself (RFC 8555).

use std::path::PathBuf;

use base_http::{Client, ClientOptions, Plain, Url};

use super::reader::Reader;

/// The authority that is asked unless the site names another.
const LETS_ENCRYPT: &str = "https://acme-v02.api.letsencrypt.org/directory";
/// Most names of one certificate.
const DOMAINS_MAX: usize = 20;
/// Longest name, in characters (RFC 1035).
const DOMAIN_CHARS_MAX: usize = 253;
const KEYS: [&str; 5] =
    ["tls.acme.contact", "tls.acme.terms_accepted", "tls.acme.domains", "tls.acme.directory", "tls.acme.ca_file"];

/// The section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acme {
    /// Whom the authority writes to when something is wrong with the certificate.
    pub contact: String,
    /// The names of the certificate, in small letters, the first one the site's own.
    pub domains: Vec<String>,
    /// The authority's directory.
    pub directory: String,
    /// Certificates in PEM by which the authority itself is known, besides the well-known ones.
    pub ca_file: Option<PathBuf>,
}

impl Acme {
    /// Reads the section; `None` where nothing of it is set. `public_url` gives the name where none is listed.
    pub fn read(reader: &mut Reader, public_url: Option<&str>) -> Option<Self> {
        let contact = reader.text("tls.acme.contact");
        let accepted = reader.flag("tls.acme.terms_accepted", false);
        let domains = reader.texts("tls.acme.domains");
        let directory = reader.text("tls.acme.directory");
        let ca_file = reader.text("tls.acme.ca_file").map(PathBuf::from);
        if !KEYS.iter().any(|key| reader.is_set(key)) {
            return None;
        }
        let acme = Self {
            contact: contact.clone().unwrap_or_default().trim().to_owned(),
            domains: domains.clone().unwrap_or_else(|| public_url.and_then(host).into_iter().collect()),
            directory: directory.unwrap_or_else(|| LETS_ENCRYPT.to_owned()),
            ca_file,
        };
        let acme = Self { domains: acme.domains.iter().map(|name| name.trim().to_lowercase()).collect(), ..acme };
        if !is_address(&acme.contact) {
            let fault =
                "tls.acme.contact must be an e-mail address: the authority writes there when something is wrong";
            fault_of(reader, "tls.acme.contact", fault);
        }
        if !accepted {
            let fault =
                "tls.acme.terms_accepted must be true: no authority gives a certificate without; read its terms first";
            fault_of(reader, "tls.acme.terms_accepted", fault);
        }
        if let Err(fault) = check_domains(&acme.domains) {
            fault_of(reader, "tls.acme.domains", &fault);
        }
        if let Err(fault) = Url::parse(&acme.directory, Plain::ThisMachine) {
            fault_of(reader, "tls.acme.directory", &format!("tls.acme.directory: {fault}"));
        }
        if let Err(fault) = acme.client() {
            fault_of(reader, "tls.acme.ca_file", &fault);
        }
        Some(acme)
    }

    /// What asks the authority.
    pub fn client(&self) -> Result<Client, String> {
        let read =
            |path: &PathBuf| std::fs::read(path).map_err(|error| format!("{} cannot be read: {error}", path.display()));
        let ca_pem = self.ca_file.as_ref().map(read).transpose()?;
        Client::new(&ClientOptions { ca_pem, ..ClientOptions::default() }).map_err(|error| error.to_string())
    }
}

/// Notes a fault of a key; of another one of the section where that key is the one that is missing.
fn fault_of(reader: &mut Reader, key: &'static str, message: &str) {
    let set = [key].into_iter().chain(KEYS).find(|key| reader.is_set(key));
    reader.fault(set.unwrap_or(key), message);
}

/// The host of an address, without its port.
fn host(url: &str) -> Option<String> {
    let url = Url::parse(url, Plain::Anywhere).ok()?;
    Some(url.host().to_owned())
}

fn is_address(text: &str) -> bool {
    let parts = text.split_once('@');
    parts.is_some_and(|(name, host)| !name.is_empty() && host.contains('.') && !text.contains([' ', ',', '<', '>']))
}

fn check_domains(domains: &[String]) -> Result<(), String> {
    if domains.is_empty() {
        return Err(
            "tls.acme.domains is empty and server.public_url is not set: which name should be certified?".to_owned()
        );
    }
    if domains.len() > DOMAINS_MAX {
        return Err(format!("tls.acme.domains has {} names: at most {DOMAINS_MAX}", domains.len()));
    }
    for domain in domains {
        if domain.starts_with("*.") {
            return Err(format!("{domain:?} needs a proof by DNS, which this program cannot give: list each name"));
        }
        let is_part = |part: &str| {
            !part.is_empty() && !part.starts_with('-') && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        };
        let is_number = domain.parse::<std::net::IpAddr>().is_ok();
        let is_name = domain.contains('.') && domain.len() <= DOMAIN_CHARS_MAX && domain.split('.').all(is_part);
        if is_number || !is_name {
            return Err(format!("{domain:?} is no name of a host that others can reach, such as bags.example"));
        }
    }
    Ok(())
}
