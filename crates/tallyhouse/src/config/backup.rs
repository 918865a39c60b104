//! `[backup]`: where backups are put, how often, how long they are kept, and what they are encrypted with.

use std::path::PathBuf;

use base_backup::Keep;
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
    /// What they are encrypted with; without it they are not.
    pub passphrase: Option<SecretString>,
}

impl Backup {
    /// Reads the section.
    pub fn read(reader: &mut Reader) -> Self {
        let folder = reader.parsed("backup.folder", None, |text| match text.trim() {
            "" => Err("is empty".into()),
            path => Ok(Some(PathBuf::from(path))),
        });
        let every_hours = reader.number("backup.every_hours", 1, 1..=168);
        let mut count = |key, default| usize::try_from(reader.number(key, default, 0..=1_000)).unwrap_or_default();
        let keep = Keep {
            hourly: count("backup.keep_hourly", 24),
            daily: count("backup.keep_daily", 7),
            weekly: count("backup.keep_weekly", 5),
        };
        let passphrase = reader.secret("backup.passphrase");
        if passphrase.as_ref().is_some_and(|secret| secret.expose().chars().count() < PASSPHRASE_CHARS_MIN) {
            reader.fault("backup.passphrase", format!("must have {PASSPHRASE_CHARS_MIN} characters or more"));
        }
        let passphrase = passphrase.map(|secret| SecretString::from(secret.expose()));
        Self { folder, every_hours, keep, passphrase }
    }
}
