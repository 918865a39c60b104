//! Addresses of clients, in the one form in which they are compared, limited, trusted and kept.

use core::net::{IpAddr, Ipv6Addr};

/// The address itself: `::ffff:127.0.0.1` is 127.0.0.1.
pub fn canonical(address: IpAddr) -> IpAddr {
    address.to_canonical()
}

/// What counts as one client where something is limited: an IPv4 address, or the first 64 bits of an IPv6 address, which
/// is the least that anybody is given.
pub fn counted_as(address: IpAddr) -> IpAddr {
    match canonical(address) {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(text: &str) -> String {
        counted_as(text.parse().expect("an address")).to_string()
    }

    #[test]
    fn an_address_in_two_forms_is_one_and_a_network_of_64_bits_counts_as_one() {
        assert_eq!(counted("::ffff:127.0.0.1"), "127.0.0.1");
        assert_eq!(counted("2001:db8:1:2:3::4"), counted("2001:db8:1:2:ffff::"));
        assert_ne!(counted("2001:db8:1:2::"), counted("2001:db8:1:3::"));
        assert_ne!(counted("10.0.0.1"), counted("10.0.0.2"));
    }
}
