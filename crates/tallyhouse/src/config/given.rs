//! What was set, and where: the command line comes before the environment, the environment before the file.
//!
//! The names of the earlier systems come after `TALLYHOUSE__SECTION__KEY`.
//! `SESSION_SECRET`, also called `SECRET_KEY`, signs nothing: a session is a random token that is kept hashed. The key
//! of stored secrets follows from it, such as those of authenticator apps. `REDIS_URL` is accepted and not needed: what
//! nodes share is in the database.

use std::collections::BTreeMap;
use std::path::Path;

use toml::{Table, Value};

use super::fault::{Fault, Origin};

/// The file that is read when none is named and it exists.
pub const DEFAULT_FILE: &str = "tallyhouse.toml";

/// Database connections by default.
pub const CONNECTIONS: u32 = 8;

const PREFIX: &str = "TALLYHOUSE__";
/// Keys that `…_FILE` variables may set by naming a file that holds the value.
const SECRET_KEYS: &[&str] = &[
    "database.url",
    "erp.url",
    "erp.password",
    "admin.password",
    "admin.password_hash",
    "alerts.webhook_url",
    "alerts.webhook_secret",
    "backup.passphrase",
    "backup.s3.secret_key",
    "directory.service_password",
    "mail.password",
    "mail.sendgrid_api_key",
    "metrics.token",
    "reports.eod_secret",
    "passes.qr_secret",
    "passes.qr_secret_previous",
    "session.secret",
    "session.secret_previous",
];
/// The names of the earlier systems, and the keys they set.
const LEGACY: &[(&str, &str)] = &[
    ("DATABASE_URL", "database.url"),
    ("ADMIN_USERNAME", "admin.username"),
    ("ADMIN_PASSWORD", "admin.password"),
    ("ADMIN_PASSWORD_HASH", "admin.password_hash"),
    ("SECRET_KEY", "session.secret"),
    ("SESSION_SECRET", "session.secret"),
    ("SESSION_SECRET_PREVIOUS", "session.secret_previous"),
    ("SESSION_ABSOLUTE_TIMEOUT", "session.absolute_s"),
    ("SESSION_INACTIVITY_TIMEOUT", "session.idle_s"),
    ("SESSION_WARNING_TIME", "session.warning_s"),
    ("MAX_FILE_UPLOAD_SIZE", "server.upload_max_bytes"),
    ("GRACEFUL_SHUTDOWN_TIMEOUT", "server.graceful_shutdown_s"),
    ("SMTP_SERVER", "mail.host"),
    ("SMTP_HOST", "mail.host"),
    ("SMTP_PORT", "mail.port"),
    ("SMTP_USERNAME", "mail.user"),
    ("SMTP_USER", "mail.user"),
    ("SMTP_PASSWORD", "mail.password"),
    ("SMTP_USE_TLS", "mail.tls"),
    ("SMTP_TLS", "mail.tls"),
    ("SMTP_CA_FILE", "mail.ca_file"),
    ("EMAIL_FROM", "mail.from"),
    ("EMAIL_BCC", "mail.bcc"),
    ("SENDGRID_API_KEY", "mail.sendgrid_api_key"),
    ("AD_SERVER", "directory.servers"),
    ("AD_DOMAIN", "directory.domain"),
    ("AD_PORT", "directory.port"),
    ("AD_TLS", "directory.tls"),
    ("AD_CA_FILE", "directory.ca_file"),
    ("AD_SERVICE_ACCOUNT", "directory.service_account"),
    ("AD_SERVICE_PASSWORD", "directory.service_password"),
    ("AD_BASE_DN", "directory.base_dn"),
    ("AD_PORTAL_ADMIN_GROUP", "directory.portal_admin_group"),
    ("EOD_SECRET_KEY", "reports.eod_secret"),
    ("QR_SECRET", "passes.qr_secret"),
    ("ERP_DB_SERVER", "erp.server"),
    ("ERP_DB_PORT", "erp.port"),
    ("ERP_DB_NAME", "erp.database"),
    ("ERP_DB_USERNAME", "erp.username"),
    ("ERP_DB_PASSWORD", "erp.password"),
    ("ERP_DB_TIMEOUT", "erp.timeout_s"),
    ("SLOW_QUERY_THRESHOLD_MS", "database.slow_query_ms"),
    ("BACKUP_PASSPHRASE", "backup.passphrase"),
    ("BACKUP_S3_SECRET_KEY", "backup.s3.secret_key"),
];
/// Names of the earlier systems that set nothing (yet): accepted, so that an environment can be used unchanged.
const ACCEPTED: [&str; 4] = ["REDIS_URL", "SESSION_HOURS", "ANONYMIZE_AUDIT_LOGS", "EMAIL_ANONYMIZATION_METHOD"];
/// Names that only make sense together: where one with the prefix is set, each of these is needed.
const TOGETHER: [(&str, &[&str]); 2] = [
    (
        "AD_",
        &["AD_SERVER", "AD_DOMAIN", "AD_SERVICE_ACCOUNT", "AD_SERVICE_PASSWORD", "AD_BASE_DN", "AD_PORTAL_ADMIN_GROUP"],
    ),
    ("ERP_DB_", &["ERP_DB_SERVER", "ERP_DB_NAME", "ERP_DB_USERNAME", "ERP_DB_PASSWORD"]),
];
/// Tables within a section: their keys are settings, too.
const NESTED: [&str; 2] = ["backup.s3", "tls.acme"];
const ACCEPTED_PREFIXES: [&str; 3] = ["SMTP_", "AD_", "ERP_DB_"];

/// The environment, by name.
pub type Environment = BTreeMap<String, String>;

/// A value that was set, not yet checked.
#[derive(Clone, Debug)]
pub struct Given {
    /// The value; from the environment and the command line always a text.
    pub value: Value,
    /// Where it was set.
    pub origin: Origin,
}

/// Everything that was set, by key (`section.key`); for each key from the source that comes first.
#[derive(Debug, Default)]
pub struct Settings {
    values: BTreeMap<String, Given>,
    /// What is wrong with the sources themselves.
    pub faults: Vec<Fault>,
}

impl Settings {
    /// Reads the file, then the environment over it.
    pub fn gather(file: Option<&Path>, environment: &Environment) -> Self {
        let mut settings = Self::default();
        let default = Path::new(DEFAULT_FILE);
        if let Some(path) = file.or_else(|| default.exists().then_some(default)) {
            settings.read_file(path);
        }
        settings.read_legacy(environment);
        settings.read_own(environment);
        settings
    }

    /// Takes the value of a key out.
    pub fn take(&mut self, key: &str) -> Option<Given> {
        self.values.remove(key)
    }

    /// Sets a key, over what was set before.
    pub fn set(&mut self, key: &str, value: Value, origin: Origin) {
        self.values.insert(key.to_owned(), Given { value, origin });
    }

    /// Keys that no section took: mistakes.
    pub fn unknown(self) -> impl Iterator<Item = Fault> {
        self.values.into_iter().map(|(key, given)| Fault {
            origin: given.origin,
            key,
            message: "there is no such setting".into(),
        })
    }

    fn fault(&mut self, origin: Origin, key: &str, message: impl Into<String>) {
        self.faults.push(Fault { origin, key: key.to_owned(), message: message.into() });
    }

    fn read_file(&mut self, path: &Path) {
        let origin = Origin::File(path.display().to_string());
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) => return self.fault(origin, "", format!("cannot be read: {error}")),
        };
        let sections: Table = match text.parse() {
            Ok(sections) => sections,
            Err(error) => return self.fault(origin, "", format!("is no TOML: {}", syntax_fault(&text, &error))),
        };
        for (section, table) in sections {
            match table {
                Value::Table(keys) => {
                    for (key, value) in keys {
                        let key = format!("{section}.{key}");
                        match value {
                            Value::Table(inner) if NESTED.contains(&key.as_str()) => {
                                inner.into_iter().for_each(|(name, value)| {
                                    self.set(&format!("{key}.{name}"), value, origin.clone());
                                });
                            }
                            value => self.set(&key, value, origin.clone()),
                        }
                    }
                }
                other => self.set(&section, other, origin.clone()),
            }
        }
    }

    fn read_legacy(&mut self, environment: &Environment) {
        let set = |name: &str| environment.get(name).filter(|text| !text.is_empty());
        for (name, key) in LEGACY.iter().copied() {
            if let Some(text) = set(name) {
                self.set(key, Value::from(text.as_str()), Origin::Environment(name.into()));
            }
            let file_name = format!("{name}_FILE");
            if let (true, Some(path)) = (SECRET_KEYS.contains(&key), set(&file_name)) {
                self.set_from_file(key, path, file_name, set(name).is_some());
            }
        }
        if set("POOL_SIZE").is_some() || set("POOL_MAX_OVERFLOW").is_some() {
            self.read_pool(set("POOL_SIZE"), set("POOL_MAX_OVERFLOW"));
        }
        self.check_together(environment);
        if environment.contains_key("TEST_MODE") {
            let origin = Origin::Environment("TEST_MODE".into());
            self.fault(origin, "", "there is no test mode; remove this variable");
        }
    }

    /// What is set in part only would be found out when it is first used, perhaps at night.
    fn check_together(&mut self, environment: &Environment) {
        let is_set = |name: &str| environment.get(name).is_some_and(|text| !text.is_empty());
        for (prefix, names) in TOGETHER {
            let Some(set) = environment.keys().find(|name| name.starts_with(prefix) && is_set(name)) else { continue };
            for missing in names.iter().filter(|name| !is_set(name) && !is_set(&format!("{name}_FILE"))) {
                let message = format!("is not set, but {set} is: set all of {}, or none", names.join(", "));
                self.fault(Origin::Environment((*missing).into()), "", message);
            }
        }
    }

    /// The earlier systems open `POOL_SIZE` connections and up to `POOL_MAX_OVERFLOW` more; here both are one figure.
    fn read_pool(&mut self, size: Option<&String>, overflow: Option<&String>) {
        let mut number = |name: &str, text: Option<&String>, default: u32| {
            let parsed = text.map_or(Ok(default), |text| text.trim().parse::<u32>());
            parsed
                .inspect_err(|_| {
                    let origin = Origin::Environment(name.into());
                    self.fault(origin, "database.connections", "must be a whole number");
                })
                .ok()
        };
        let size = number("POOL_SIZE", size, CONNECTIONS);
        let overflow = number("POOL_MAX_OVERFLOW", overflow, 0);
        if let (Some(size), Some(overflow)) = (size, overflow) {
            let origin = Origin::Environment("POOL_SIZE + POOL_MAX_OVERFLOW".into());
            let sum = u64::from(size) + u64::from(overflow);
            self.set("database.connections", Value::from(sum.to_string()), origin);
        }
    }

    fn read_own(&mut self, environment: &Environment) {
        for (name, text) in environment {
            let Some(rest) = name.strip_prefix(PREFIX) else {
                continue;
            };
            let key = rest.to_lowercase().replace("__", ".");
            match key.strip_suffix("_file").filter(|stem| SECRET_KEYS.contains(stem)) {
                Some(stem) => {
                    let direct = name.trim_end_matches("_FILE");
                    self.set_from_file(stem, text, name.clone(), environment.contains_key(direct));
                }
                None => self.set(&key, Value::from(text.as_str()), Origin::Environment(name.clone())),
            }
        }
    }

    fn set_from_file(&mut self, key: &str, path: &str, name: String, also_direct: bool) {
        let origin = Origin::Environment(name);
        if also_direct {
            return self.fault(origin, key, "is set twice, by value and by file; keep one");
        }
        match std::fs::read_to_string(path) {
            Ok(text) => self.set(key, Value::from(text.trim_end_matches(['\r', '\n'])), origin),
            Err(error) => self.fault(origin, key, format!("{path} cannot be read: {error}")),
        }
    }
}

/// The place and the kind of a mistake. The error's own text would also quote the line, which may hold a secret.
fn syntax_fault(text: &str, error: &toml::de::Error) -> String {
    let Some(span) = error.span() else {
        return error.message().to_owned();
    };
    let before = text.get(..span.start).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.chars().rev().take_while(|character| *character != '\n').count() + 1;
    format!("line {line}, column {column}: {}", error.message())
}

/// Names in the environment that are accepted and set nothing.
pub fn accepted_names(environment: &Environment) -> Vec<String> {
    let accepted = |name: &str| {
        let optional = name.strip_suffix("_FILE").unwrap_or(name);
        let sets = LEGACY.iter().any(|(known, _)| *known == optional || *known == name);
        let known = ACCEPTED.contains(&optional) || ACCEPTED_PREFIXES.iter().any(|prefix| name.starts_with(prefix));
        known && !sets
    };
    environment.keys().filter(|name| accepted(name)).cloned().collect()
}
