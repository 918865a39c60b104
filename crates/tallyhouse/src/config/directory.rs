//! `[directory]`: the Active Directory, or a directory like it, that staff may sign in by. Without `servers` there is none.

use std::sync::Arc;
use std::time::Duration;

use base_core::area::Area;
use base_core::permission::Role;
use base_core::time::Clock;
use base_seams::directory::{Directory as Asked, LockOutPolicy, Right};
use people_directory::{Group, GroupRight, LdapDirectory, NoTls, Server, Settings, Trust};
use secrecy::SecretString;
use toml::Value;

use super::reader::Reader;
use super::secret::Secret;

/// Most servers and groups.
const SERVERS_MAX: usize = 8;
const GROUPS_MAX: usize = 40;
/// The role of whoever looks after the portal's customers, as `AD_PORTAL_ADMIN_GROUP` of the earlier system gave it.
const PORTAL_ADMIN: &str = "service";

/// The section, when the site has a directory.
#[derive(Clone, Debug)]
pub struct Directory(Settings);

/// What was set, by itself.
struct Parts {
    servers: Vec<Server>,
    domain: Option<String>,
    base_dn: Option<String>,
    account: Option<String>,
    password: Option<Secret>,
    ca_pem: Option<Vec<u8>>,
    groups: Vec<GroupRight>,
    lock_out: LockOutPolicy,
    patience: Duration,
}

impl Directory {
    /// Reads the section. `None` when no server is named, or when there is a fault.
    pub fn read(reader: &mut Reader, areas: &[Area]) -> Option<Self> {
        let parts = Parts::read(reader, areas);
        if parts.servers.is_empty() {
            for key in ["directory.domain", "directory.base_dn", "directory.service_account", "directory.groups"] {
                reader.fault(key, "directory.servers is missing");
            }
            return None;
        }
        let needed = [
            ("directory.domain", parts.domain.is_none()),
            ("directory.base_dn", parts.base_dn.is_none()),
            ("directory.service_account", parts.account.is_none()),
            ("directory.service_password", parts.password.is_none()),
        ];
        // Of the names of the earlier system, each that is missing is told already.
        let is_told = reader.is_from("directory.servers", "AD_");
        for (key, _) in needed.iter().filter(|(_, is_missing)| *is_missing && !is_told) {
            reader.fault("directory.servers", format!("{key} is missing"));
        }
        let settings = Settings {
            servers: parts.servers,
            domain: parts.domain?,
            base_dn: parts.base_dn?,
            account: parts.account?,
            password: SecretString::from(parts.password?.expose()),
            ca_pem: parts.ca_pem,
            groups: parts.groups,
            lock_out: parts.lock_out,
            patience: parts.patience,
        };
        Some(Self(settings))
    }

    /// The directory, ready to be asked.
    pub fn open(&self, clock: Arc<dyn Clock>) -> Result<Arc<dyn Asked>, NoTls> {
        Ok(Arc::new(LdapDirectory::new(self.0.clone(), clock)?))
    }

    /// True where no group gives anything: nobody can sign in by the directory.
    pub fn gives_nothing(&self) -> bool {
        self.0.groups.is_empty()
    }
}

impl Parts {
    fn read(reader: &mut Reader, areas: &[Area]) -> Self {
        let port = u16::try_from(reader.number("directory.port", 0, 1..=65_535)).unwrap_or_default();
        let (is_open, is_tls) = protection(reader);
        let port = match (port, is_tls) {
            (0, true) => Some(636),
            (0, false) => None,
            (port, _) => Some(port),
        };
        Self {
            servers: servers(reader, port, is_open),
            domain: text(reader, "directory.domain"),
            base_dn: text(reader, "directory.base_dn"),
            account: text(reader, "directory.service_account"),
            password: reader.secret("directory.service_password"),
            ca_pem: ca_pem(reader),
            groups: groups(reader, areas),
            lock_out: LockOutPolicy {
                threshold: number(reader, "directory.lock_out_threshold", 5, 2..=999),
                window_minutes: number(reader, "directory.lock_out_minutes", 30, 1..=99_999),
            },
            patience: Duration::from_secs(reader.number("directory.timeout_s", 5, 1..=60)),
        }
    }
}

/// Whether TLS is left out, and whether it is spoken from the first byte where a server says nothing of its own.
fn protection(reader: &mut Reader) -> (bool, bool) {
    reader.parsed("directory.tls", (false, false), |text| match text.to_lowercase().as_str() {
        "starttls" => Ok((false, false)),
        "tls" => Ok((false, true)),
        "none" => Ok((true, false)),
        _ => Err(format!("{text:?} must be starttls, tls or none")),
    })
}

fn text(reader: &mut Reader, key: &'static str) -> Option<String> {
    let text = reader.text(key)?.trim().to_owned();
    if text.is_empty() || text.chars().any(char::is_control) {
        reader.fault(key, "must be a text without line breaks");
        return None;
    }
    Some(text)
}

fn number(reader: &mut Reader, key: &'static str, default: u64, range: std::ops::RangeInclusive<u64>) -> i64 {
    i64::try_from(reader.number(key, default, range)).unwrap_or(i64::MAX)
}

fn servers(reader: &mut Reader, port: Option<u16>, is_open: bool) -> Vec<Server> {
    const KEY: &str = "directory.servers";
    let mut servers = Vec::new();
    for text in reader.texts(KEY).unwrap_or_default() {
        match Server::read(&text, port, is_open) {
            Ok(server) => servers.push(server),
            Err(message) => reader.fault(KEY, message),
        }
    }
    if servers.len() > SERVERS_MAX {
        reader.fault(KEY, format!("must be {SERVERS_MAX} servers at most"));
    }
    servers
}

/// In the environment groups are separated by semicolons: a DN has commas.
fn groups(reader: &mut Reader, areas: &[Area]) -> Vec<GroupRight> {
    const KEY: &str = "directory.groups";
    const PORTAL_KEY: &str = "directory.portal_admin_group";
    let texts: Option<Vec<String>> = match reader.value(KEY) {
        None => Some(Vec::new()),
        Some(Value::Array(values)) => {
            values.into_iter().map(|value| value.as_str().map(ToOwned::to_owned)).collect::<Option<Vec<_>>>()
        }
        Some(Value::String(text)) => Some(text.split(';').map(ToOwned::to_owned).collect()),
        Some(_) => None,
    };
    let mut groups = Vec::new();
    for text in texts.clone().unwrap_or_default().iter().filter(|text| !text.trim().is_empty()) {
        match GroupRight::read(text, areas) {
            Ok(group) => groups.push(group),
            Err(message) => reader.fault(KEY, message),
        }
    }
    if texts.is_none() {
        reader.fault(KEY, "must be a list of texts in quotes");
    }
    if let Some(text) = reader.text(PORTAL_KEY) {
        match Group::read(&text) {
            None => reader.fault(PORTAL_KEY, "must be the name of a group, or its DN"),
            // A site without the portal has no such role: the group gives nothing here.
            Some(group) => {
                let right = Role::parse(PORTAL_ADMIN).map(|role| Right { role, area: None });
                groups.extend(right.map(|right| GroupRight { group, right }));
            }
        }
    }
    if groups.len() > GROUPS_MAX {
        reader.fault(KEY, format!("must be {GROUPS_MAX} groups at most"));
    }
    groups
}

/// The certificates of a file; a fault when it holds none.
fn ca_pem(reader: &mut Reader) -> Option<Vec<u8>> {
    reader.parsed("directory.ca_file", None, |path| {
        let pem = std::fs::read(path).map_err(|error| format!("{path} cannot be read: {error}"))?;
        Trust::new(Some(&pem)).map_err(|error| format!("{path}: {error}"))?;
        Ok(Some(pem))
    })
}
