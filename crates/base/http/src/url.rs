//! Where a call goes.

use std::fmt;
use std::net::IpAddr;

use hyper::Uri;

/// The longest address, in characters.
const CHARACTERS_MAX: usize = 4_096;

/// Which servers may be called without TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plain {
    /// Only this machine itself.
    ThisMachine,
    /// Any: for storage inside of a network that a site trusts.
    Anywhere,
}

/// Why an address cannot be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UrlFault {
    /// It is longer than any address needs to be.
    #[error("the address is longer than 4096 characters")]
    Long,
    /// It is no address.
    #[error("not an address: write https://host/path")]
    Unreadable,
    /// Another way of speaking than HTTP.
    #[error("the address must begin with https://")]
    Scheme,
    /// A name and a password in it would stand in logs of others.
    #[error("the address holds a user name: leave out what stands before @")]
    User,
    /// Without TLS, to another machine.
    #[error("without TLS only this machine itself is called: write https://")]
    Plain,
}

/// An address that was checked. Prints without its path, which may hold a secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Url {
    uri: Uri,
    host: String,
    port: u16,
    tls: bool,
}

impl fmt::Debug for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.server())
    }
}

impl Url {
    /// Reads an address such as `https://host:8443/path?query`.
    pub fn parse(text: &str, plain: Plain) -> Result<Self, UrlFault> {
        if text.len() > CHARACTERS_MAX {
            return Err(UrlFault::Long);
        }
        let uri: Uri = text.parse().map_err(|_| UrlFault::Unreadable)?;
        let tls = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            Some(_) => return Err(UrlFault::Scheme),
            None => return Err(UrlFault::Unreadable),
        };
        let authority = uri.authority().ok_or(UrlFault::Unreadable)?;
        if authority.as_str().contains('@') {
            return Err(UrlFault::User);
        }
        let host = authority.host().trim_start_matches('[').trim_end_matches(']').to_owned();
        let port_text = authority.as_str().len() > authority.host().len();
        if host.is_empty() || (port_text && authority.port_u16().is_none_or(|port| port == 0)) {
            return Err(UrlFault::Unreadable);
        }
        if !tls && plain == Plain::ThisMachine && !is_this_machine(&host) {
            return Err(UrlFault::Plain);
        }
        let port = authority.port_u16().unwrap_or(if tls { 443 } else { 80 });
        Ok(Self { uri, host, port, tls })
    }

    /// The host: a name, or an address without brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// True where the call goes by TLS.
    pub fn is_tls(&self) -> bool {
        self.tls
    }

    /// The header `host` of the call: without the port where it is the usual one.
    pub fn host_header(&self) -> String {
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        let usual = if self.tls { 443 } else { 80 };
        if self.port == usual { host } else { format!("{host}:{}", self.port) }
    }

    /// Path and query, beginning with a slash.
    pub fn path_and_query(&self) -> &str {
        match self.uri.path_and_query() {
            Some(path) if path.as_str().starts_with('/') => path.as_str(),
            _ => "/",
        }
    }

    /// Host and port, for people to read.
    pub fn server(&self) -> String {
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        format!("{host}:{}", self.port)
    }
}

fn is_this_machine(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_into_its_parts() {
        let url = Url::parse("https://Hooks.example:8443/a/b?c=d", Plain::ThisMachine).expect("an address");
        assert_eq!((url.host(), url.port(), url.is_tls()), ("Hooks.example", 8443, true));
        assert_eq!(url.path_and_query(), "/a/b?c=d");
        assert_eq!(url.host_header(), "Hooks.example:8443");
        let usual = Url::parse("https://hooks.example", Plain::ThisMachine).expect("an address");
        assert_eq!((usual.path_and_query(), usual.host_header().as_str()), ("/", "hooks.example"));
        let six = Url::parse("http://[::1]:9000/x", Plain::ThisMachine).expect("an address");
        assert_eq!((six.host(), six.host_header().as_str(), six.port()), ("::1", "[::1]:9000", 9000));
    }

    #[test]
    fn what_cannot_be_called_says_why() {
        let fault = |text: &str| Url::parse(text, Plain::ThisMachine).expect_err("a fault");
        assert_eq!(fault("hooks.example/a"), UrlFault::Unreadable);
        assert_eq!(fault("/a"), UrlFault::Unreadable);
        assert_eq!(fault("ftp://hooks.example/a"), UrlFault::Scheme);
        assert_eq!(fault("https://me:pw@hooks.example/a"), UrlFault::User);
        assert_eq!(fault("http://hooks.example/a"), UrlFault::Plain);
        assert_eq!(fault("http://169.254.169.254/latest"), UrlFault::Plain);
        assert_eq!(fault("https://hooks.example:0/"), UrlFault::Unreadable);
        assert_eq!(fault("https://hooks.example:99999/"), UrlFault::Unreadable);
        assert_eq!(fault(&format!("https://hooks.example/{}", "a".repeat(5_000))), UrlFault::Long);
        assert!(Url::parse("http://storage.lan:9000/b", Plain::Anywhere).is_ok());
    }

    #[test]
    fn an_address_prints_without_its_path() {
        let url = Url::parse("https://hooks.example/secret?token=secret", Plain::ThisMachine).expect("an address");
        assert_eq!(format!("{url:?}"), "hooks.example:443");
    }
}
