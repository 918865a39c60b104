//! `tallyhouse health`: asks the server that runs with this configuration whether it can work. For the health checks of
//! containers, which have no other program to ask with.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use anyhow::{Context, bail};
use base_http::{Client, ClientOptions, Method, Plain, Request, Url};
use tokio::net::TcpStream;

use super::answer;
use crate::config::Config;

/// How long the answer may take.
const WITHIN: Duration = Duration::from_secs(4);

/// Runs the command.
pub async fn run(config: &Config) -> anyhow::Result<()> {
    let address = reached(config.server.listen);
    if config.tls.is_some() {
        // Its certificate is for the site's name, not for this address: that it listens is all that can be asked here.
        let connected = tokio::time::timeout(WITHIN, TcpStream::connect(address)).await;
        connected
            .context("it takes no connection in time")?
            .with_context(|| format!("nothing listens on {address}"))?;
        return answer("listening");
    }
    let url = Url::parse(&format!("http://{address}/ready"), Plain::Anywhere)?;
    let client = Client::new(&ClientOptions { total_timeout: WITHIN, ..ClientOptions::default() })?;
    let told = client.send(Request::new(Method::Get, url)).await?;
    if !told.is_success() {
        bail!("not ready ({}): {}", told.status, String::from_utf8_lossy(&told.body));
    }
    answer("ready")
}

/// The address to ask: this machine, where the server listens on all of its addresses.
fn reached(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_listens_everywhere_is_asked_on_this_machine() {
        let asked = |listen: &str| reached(listen.parse().expect("an address")).to_string();
        assert_eq!(asked("0.0.0.0:8080"), "127.0.0.1:8080");
        assert_eq!(asked("[::]:80"), "[::1]:80");
        assert_eq!(asked("10.0.0.7:8080"), "10.0.0.7:8080");
    }
}
