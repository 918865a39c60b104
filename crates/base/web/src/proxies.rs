//! Proxies that nobody named.
//!
//! Behind one, everybody seems to have its address, and shares the limits of that address. The server cannot know whether it
//! is a proxy of the site or somebody who made the header up, so it tells and does not believe it.

use std::collections::HashSet;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use base_core::address::{canonical, counted_as};

/// Most proxies that are told of. Anybody can send the header.
const TOLD_MAX: usize = 20;

/// The proxies that were told of since the start.
#[derive(Default)]
pub struct UnnamedProxies(Mutex<HashSet<IpAddr>>);

impl UnnamedProxies {
    /// Warns of a peer that forwards requests and is not one of the trusted, once for each. True where it did.
    pub fn tell(&self, peer: IpAddr, trusted: &[IpAddr]) -> bool {
        let peer = canonical(peer);
        if trusted.contains(&peer) {
            return false;
        }
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if told.len() >= TOLD_MAX || !told.insert(counted_as(peer)) {
            return false;
        }
        tracing::warn!(
            %peer,
            "a request has the header X-Forwarded-For and comes from an address that is not in server.trusted_proxies: if \
             this is your proxy, name it there; until then everybody behind it counts as one address"
        );
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_unnamed_proxy_is_told_of_once_and_not_without_end() {
        let address = |text: &str| text.parse::<IpAddr>().expect("an address");
        let (proxies, trusted) = (UnnamedProxies::default(), [address("10.9.9.9")]);
        let tell = |text: &str| proxies.tell(address(text), &trusted);
        assert_eq!([tell("10.9.9.9"), tell("10.0.0.1"), tell("::ffff:10.0.0.1")], [false, true, false]);
        let more = (0..100).filter(|n| tell(&format!("10.0.1.{n}"))).count();
        assert_eq!(more, TOLD_MAX - 1);
    }
}
