//! Where a directory is, who reads it for us, and which of its groups give which role.

use std::net::IpAddr;
use std::time::Duration;

use base_core::area::Area;
use base_core::permission::Role;
use base_seams::directory::{LockOutPolicy, Right};
use secrecy::SecretString;

/// Ports on which TLS is spoken from the first byte: of a domain, and of the global catalog.
const TLS_PORTS: [u16; 2] = [636, 3269];

/// Everything that is needed to ask a directory.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The servers, in the order in which they are tried.
    pub servers: Vec<Server>,
    /// The domain, such as `house.example`: what names are completed with.
    pub domain: String,
    /// Below which object people and groups are looked for.
    pub base_dn: String,
    /// Who reads for us: a short name, one with `@`, or a DN.
    pub account: String,
    /// Its password.
    pub password: SecretString,
    /// Certificates of authorities that are trusted instead of those of this machine, in PEM.
    pub ca_pem: Option<Vec<u8>>,
    /// Which group gives which role.
    pub groups: Vec<GroupRight>,
    /// When the domain locks accounts.
    pub lock_out: LockOutPolicy,
    /// How long one step may take: a connection, an answer.
    pub patience: Duration,
}

/// How a connection is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte.
    Tls,
    /// TLS before anything else is said.
    StartTls,
    /// None; only to this machine itself.
    OpenLoopback,
}

/// A server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// Its name, as in its certificate.
    pub host: String,
    /// The port.
    pub port: u16,
    /// How connections are protected.
    pub security: Security,
}

impl Server {
    /// Reads `ldaps://host:port`, `ldap://host:port` or a name alone. `ldap://` is `StartTLS` unless `is_open`.
    ///
    /// # Errors
    /// A sentence that says what is wrong.
    pub fn read(text: &str, usual_port: Option<u16>, is_open: bool) -> Result<Self, String> {
        let text = text.trim();
        let (scheme, rest) = text.split_once("://").map_or((None, text), |(scheme, rest)| (Some(scheme), rest));
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let (host, port) = match rest.rsplit_once(':') {
            Some((host, port)) => (host, Some(port.parse().map_err(|_| format!("{text:?} has no port that can be"))?)),
            None => (rest, None),
        };
        let is_host = |one: char| one.is_ascii_alphanumeric() || "-._".contains(one);
        if host.is_empty() || !host.chars().all(is_host) {
            return Err(format!("{text:?} is no server; write it like ldaps://dc1.house.example"));
        }
        let port = port.or(usual_port);
        let is_tls = match scheme.map(str::to_ascii_lowercase).as_deref() {
            Some("ldaps") => true,
            Some("ldap") => false,
            None => port.is_some_and(|port| TLS_PORTS.contains(&port)),
            Some(_) => return Err(format!("{text:?} must begin with ldaps:// or ldap://")),
        };
        let security = match (is_tls, is_open) {
            (true, _) => Security::Tls,
            (false, false) => Security::StartTls,
            (false, true) => Security::OpenLoopback,
        };
        let server = Self { host: host.to_owned(), port: port.unwrap_or(if is_tls { 636 } else { 389 }), security };
        if security == Security::OpenLoopback && !server.is_loopback() {
            return Err(format!("{host} is another machine: use tls or starttls"));
        }
        Ok(server)
    }

    fn is_loopback(&self) -> bool {
        self.host == "localhost" || self.host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    }

    /// Its address, as the library takes it.
    pub(crate) fn url(&self) -> String {
        let scheme = if self.security == Security::Tls { "ldaps" } else { "ldap" };
        format!("{scheme}://{}:{}", self.host, self.port)
    }

    /// What messages call it.
    pub fn describe(&self) -> String {
        let how = match self.security {
            Security::Tls => "with TLS",
            Security::StartTls => "with StartTLS",
            Security::OpenLoopback => "without TLS",
        };
        format!("{}:{} {how}", self.host, self.port)
    }
}

/// A group of the directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Group {
    /// By the object itself. Another group of the same name is another group.
    Dn(String),
    /// By its name. It gives nothing while more than one group has that name.
    Name(String),
}

/// What a group gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupRight {
    /// The group.
    pub group: Group,
    /// The right of everybody in it, and in the groups inside it.
    pub right: Right,
}

impl GroupRight {
    /// Reads `role = group` or `role in area = group`. A group is a DN, or a name.
    ///
    /// # Errors
    /// A sentence that says what is wrong.
    pub fn read(text: &str, areas: &[Area]) -> Result<Self, String> {
        let wrong = || format!("{text:?} is not written like biller = CN=Billers,OU=Groups,DC=house,DC=example");
        let (who, group) = text.split_once('=').ok_or_else(wrong)?;
        let (role, area) = match who.trim().split_once(" in ") {
            Some((role, area)) => (role.trim(), Some(area.trim())),
            None => (who.trim(), None),
        };
        let role = Role::parse(role).ok_or_else(|| format!("{text:?} begins with no role of this site"))?;
        let area = match area {
            Some(name) => {
                let found = areas.iter().find(|area| area.as_str() == name);
                Some(found.cloned().ok_or_else(|| format!("{text:?}: the site has no area {name:?}"))?)
            }
            None => None,
        };
        if area.is_some() != (role == Role::Dispatcher) {
            return Err(format!("{text:?}: a dispatcher works in one area, and nobody else does"));
        }
        let group = Group::read(group).ok_or_else(wrong)?;
        Ok(Self { group, right: Right { role, area } })
    }
}

impl Group {
    /// Reads a DN or a name.
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.is_empty() || text.chars().any(char::is_control) {
            return None;
        }
        Some(if text.contains('=') { Self::Dn(text.to_owned()) } else { Self::Name(text.to_owned()) })
    }

    /// What messages call it.
    pub(crate) fn describe(&self) -> &str {
        match self {
            Self::Dn(text) | Self::Name(text) => text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_are_read_with_their_ports_and_their_protection() {
        let read = |text, port| Server::read(text, port, false).map(|server| server.describe());
        for (text, port, meant) in [
            ("ldaps://dc1.house.example", None, "dc1.house.example:636 with TLS"),
            ("ldaps://dc1.house.example:3269/", Some(389), "dc1.house.example:3269 with TLS"),
            ("ldap://dc1", None, "dc1:389 with StartTLS"),
            ("ldap://dc1:3268", None, "dc1:3268 with StartTLS"),
            ("dc1", None, "dc1:389 with StartTLS"),
            ("dc1", Some(636), "dc1:636 with TLS"),
            ("dc1", Some(3269), "dc1:3269 with TLS"),
        ] {
            assert_eq!(read(text, port).as_deref(), Ok(meant), "{text}");
        }
        for text in ["", "http://dc1", "ldaps://", "dc 1", "dc1:x", "ldaps://dc1:99999", "ldap://dc1/x?y"] {
            assert!(read(text, None).is_err(), "{text}");
        }
        assert!(Server::read("ldap://dc1", None, true).is_err(), "passwords do not cross a network in the clear");
        for far in ["127.evil.example", "127.0.0.1.evil.example", "127", "localhost.evil.example"] {
            assert!(
                Server::read(&format!("ldap://{far}"), None, true).is_err(),
                "{far} is a name that anybody can own"
            );
        }
        assert!(Server::read("ldap://127.0.0.1", None, true).is_ok_and(|it| it.security == Security::OpenLoopback));
    }

    #[test]
    fn a_mapping_names_a_role_its_area_and_a_group() {
        let areas = [Area::new("indore")];
        let read = |text| GroupRight::read(text, &areas);
        let biller = read("biller = CN=Billers,OU=A,DC=house,DC=example").unwrap();
        assert_eq!(biller.group, Group::Dn("CN=Billers,OU=A,DC=house,DC=example".into()));
        assert_eq!(biller.right, Right { role: Role::Biller, area: None });
        let dispatcher = read("dispatcher in indore = dock people").unwrap();
        assert_eq!(dispatcher.group, Group::Name("dock people".into()));
        assert_eq!(dispatcher.right.area, Some(Area::new("indore")));
        for text in
            ["", "biller", "biller = ", "root = x", "dispatcher = x", "dispatcher in delhi = x", "biller in indore = x"]
        {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
