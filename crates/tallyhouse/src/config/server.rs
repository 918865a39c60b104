//! `[server]`: where the server listens, how people reach it, and its limits.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use super::reader::Reader;

/// Where the server listens by default.
pub const LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);

/// The section.
#[derive(Clone, Debug)]
pub struct Server {
    /// Address and port to listen on.
    pub listen: SocketAddr,
    /// How people reach the site, without a slash at the end; links in mails begin with it.
    pub public_url: Option<String>,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// Cookies travel over TLS only.
    pub secure_cookies: bool,
    /// How long a node that is asked to end (SIGTERM) goes on serving while `/ready` fails, in seconds. Only on a shared
    /// database: without other nodes there is nobody to turn to.
    pub drain_s: u64,
    /// How long requests under way may take once the server closes, in seconds.
    pub graceful_shutdown_s: u64,
    /// Largest body of a request, in bytes.
    pub body_max_bytes: usize,
    /// Largest file that an import takes, in bytes.
    pub upload_max_bytes: usize,
}

impl Server {
    /// How people reach the site: the public address if there is one, otherwise where it listens.
    pub fn base_url(&self) -> String {
        self.public_url.clone().unwrap_or_else(|| format!("http://{}", self.listen))
    }

    /// Reads the section.
    pub fn read(reader: &mut Reader) -> Self {
        let listen = reader.parsed("server.listen", LISTEN, |text| {
            text.parse().map_err(|_| format!("{text:?} is no address and port, such as 127.0.0.1:8080"))
        });
        let public_url = reader.parsed("server.public_url", None, |text| public_url(text).map(Some));
        let mut trusted_proxies = Vec::new();
        for text in reader.texts("server.trusted_proxies").unwrap_or_default() {
            match text.parse() {
                Ok(address) => trusted_proxies.push(base_core::address::canonical(address)),
                Err(_) => reader.fault("server.trusted_proxies", format!("{text:?} is no IP address")),
            }
        }
        let body_max_bytes = reader.number("server.body_max_bytes", 1_048_576, 16_384..=67_108_864);
        let upload_max_bytes = reader.number("server.upload_max_bytes", 16_777_216, 1024..=104_857_600);
        let server = Self {
            listen,
            public_url,
            trusted_proxies,
            secure_cookies: reader.flag("server.secure_cookies", true),
            drain_s: reader.number("server.drain_s", 5, 0..=600),
            graceful_shutdown_s: reader.number("server.graceful_shutdown_s", 30, 0..=3600),
            body_max_bytes: usize::try_from(body_max_bytes).expect("64 MiB fit everywhere"),
            upload_max_bytes: usize::try_from(upload_max_bytes).expect("100 MiB fit everywhere"),
        };
        if let Err(fault) = server.check_cookies() {
            reader.fault("server.secure_cookies", fault);
        }
        server
    }

    /// Refuses cookies in the clear where others can listen in.
    pub fn check_cookies(&self) -> Result<(), String> {
        if self.secure_cookies || self.listen.ip().is_loopback() {
            return Ok(());
        }
        Err(format!(
            "server.secure_cookies is false and the server listens on {}: sessions would cross the network in the clear. \
             Listen on 127.0.0.1, or put a TLS proxy in front and leave it true",
            self.listen
        ))
    }
}

/// An address that a site can have: a host name of its own, with `https://` or `http://`.
pub fn public_url(text: &str) -> Result<String, String> {
    let url = text.trim_end_matches('/');
    let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    match host {
        Some(host) if host.contains('/') && !host.starts_with('/') => Err(format!(
            "{text:?} has a path: the site needs a host name of its own, such as https://{}",
            host.split('/').next().unwrap_or_default()
        )),
        Some(host) if !host.is_empty() && !host.contains(['?', '#', ' ', '/']) => Ok(url.to_owned()),
        _ => Err(format!("{text:?} is no address that begins with https:// or http://")),
    }
}
