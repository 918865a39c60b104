//! `[backup]`: where backups and their copies are put, how often, how long they are kept, and what they are encrypted with.

use std::path::PathBuf;

use base_backup::{Keep, Method, S3Settings};
use base_http::{Plain, Url};
use secrecy::SecretString;

use super::reader::Reader;

/// A shorter passphrase can be guessed by whoever has the file.
const PASSPHRASE_CHARS_MIN: usize = 12;

/// The section.
#[derive(Clone, Debug)]
pub struct Backup {
    /// The folder; without one nothing is made by itself.
    pub folder: Option<PathBuf>,
    /// How many hours lie between two of them.
    pub every_hours: u64,
    /// Which are kept.
    pub keep: Keep,
    /// How PostgreSQL is backed up.
    pub method: Method,
    /// What they are encrypted with; without it they are not.
    pub passphrase: Option<SecretString>,
    /// The folder that each is copied to.
    pub copy_folder: Option<PathBuf>,
    /// The storage that each is copied to.
    pub s3: Option<S3Settings>,
    /// Which archives of tables are kept; `None` where none are made.
    pub csv: Option<Keep>,
}

impl Backup {
    /// Reads the section.
    pub fn read(reader: &mut Reader) -> Self {
        let folder = reader.parsed("backup.folder", None, path);
        let every_hours = reader.number("backup.every_hours", 1, 1..=168);
        let mut count = |key, default| usize::try_from(reader.number(key, default, 0..=1_000)).unwrap_or_default();
        let keep = Keep {
            hourly: count("backup.keep_hourly", 24),
            daily: count("backup.keep_daily", 7),
            weekly: count("backup.keep_weekly", 5),
            monthly: 0,
        };
        let csv = Keep {
            hourly: 0,
            daily: count("backup.keep_csv_daily", 7),
            weekly: 0,
            monthly: count("backup.keep_csv_monthly", 120),
        };
        let csv = reader.flag("backup.csv", true).then_some(csv);
        let method = reader.parsed("backup.method", Method::Auto, |text| match text {
            "auto" => Ok(Method::Auto),
            "own" => Ok(Method::Own),
            "pg_dump" => Ok(Method::PgDump),
            _ => Err(format!("{text:?} must be auto, own or pg_dump")),
        });
        let passphrase = reader.secret("backup.passphrase");
        if passphrase.as_ref().is_some_and(|secret| secret.expose().chars().count() < PASSPHRASE_CHARS_MIN) {
            reader.fault("backup.passphrase", format!("must have {PASSPHRASE_CHARS_MIN} characters or more"));
        }
        let passphrase = passphrase.map(|secret| SecretString::from(secret.expose()));
        let copy_folder = reader.parsed("backup.copy_folder", None, path);
        if folder.is_none() {
            reader.fault("backup.copy_folder", "backup.folder is not set: there is nothing to copy");
        }
        if copy_folder.is_some() && copy_folder == folder {
            reader.fault("backup.copy_folder", "is backup.folder itself; name a folder on another disk");
        }
        let s3 = s3(reader, passphrase.is_some(), folder.is_some());
        Self { folder, every_hours, keep, method, passphrase, copy_folder, s3, csv }
    }

    /// What a site can start with, and should not stay with.
    pub fn warning(&self) -> Option<String> {
        let is_open = self.s3.is_some() && self.passphrase.is_none();
        is_open.then(|| {
            "backups are copied to backup.s3 unencrypted: whoever reads the bucket reads the site; set BACKUP_PASSPHRASE_FILE"
                .to_owned()
        })
    }
}

fn path(text: &str) -> Result<Option<PathBuf>, String> {
    if text.is_empty() { Err("is empty".into()) } else { Ok(Some(PathBuf::from(text))) }
}

/// Reads `[backup.s3]`; `None` where no bucket is named, or where there is a fault.
fn s3(reader: &mut Reader, is_encrypted: bool, has_folder: bool) -> Option<S3Settings> {
    let region = reader.parsed("backup.s3.region", "us-east-1".to_owned(), |text| named(text, 64));
    let bucket = reader.parsed("backup.s3.bucket", None, |text| bucket(text).map(Some));
    let endpoint = reader.parsed("backup.s3.endpoint", None, |text| endpoint(text, is_encrypted).map(Some));
    let prefix = reader.parsed("backup.s3.prefix", String::new(), prefix);
    let access_key = reader.parsed("backup.s3.access_key", None, |text| named(text, 128).map(Some));
    let secret_key = reader.secret("backup.s3.secret_key");
    let path_style = reader.flag("backup.s3.path_style", endpoint.is_some());
    let ca_pem = reader.parsed("backup.s3.ca_file", None, |path| {
        std::fs::read(path).map(Some).map_err(|error| format!("{path} cannot be read: {error}"))
    });
    let bucket = bucket?;
    if !has_folder {
        reader.fault("backup.s3.bucket", "backup.folder is not set: there is nothing to copy");
    }
    let (Some(access_key), Some(secret_key)) = (access_key, secret_key) else {
        reader.fault("backup.s3.bucket", "backup.s3.access_key and backup.s3.secret_key are needed, too");
        return None;
    };
    let endpoint = endpoint.unwrap_or_else(|| format!("https://s3.{region}.amazonaws.com"));
    let secret_key = SecretString::from(secret_key.expose());
    Some(S3Settings { endpoint, region, bucket, prefix, access_key, secret_key, path_style, ca_pem })
}

/// A text that stands in a signed header.
fn named(text: &str, chars_max: usize) -> Result<String, String> {
    let is_plain = |c: char| c.is_ascii_graphic() && !matches!(c, '/' | ',' | '=' | ';');
    let is_right = !text.is_empty() && text.len() <= chars_max && text.chars().all(is_plain);
    is_right.then(|| text.to_owned()).ok_or_else(|| format!("{text:?} is not made of letters, digits and `-`"))
}

fn bucket(text: &str) -> Result<String, String> {
    let is_right = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.');
    if (3..=63).contains(&text.len()) && text.chars().all(is_right) {
        return Ok(text.to_owned());
    }
    Err(format!("{text:?} is not the name of a bucket: 3 to 63 of a-z, 0-9, - and ."))
}

fn prefix(text: &str) -> Result<String, String> {
    let text = text.trim_matches('/');
    let is_right = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
    if text.len() > 200 || !text.chars().all(is_right) || text.split('/').any(|part| part == ".." || part == ".") {
        return Err(format!("{text:?} must be at most 200 of letters, digits, -, _, . and /"));
    }
    Ok(if text.is_empty() { String::new() } else { format!("{text}/") })
}

/// Unencrypted backups go by TLS alone, but to this machine itself.
fn endpoint(text: &str, is_encrypted: bool) -> Result<String, String> {
    let plain = if is_encrypted { Plain::Anywhere } else { Plain::ThisMachine };
    let text = text.trim_end_matches('/');
    let url = Url::parse(text, plain).map_err(|fault| format!("{fault}, or set a passphrase for the backups"))?;
    if url.path_and_query() != "/" {
        return Err("is an address without a path, such as https://s3.eu-central-1.amazonaws.com".into());
    }
    Ok(text.to_owned())
}
