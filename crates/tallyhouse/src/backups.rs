//! Backups of this site's database: made and tried, by commands, by jobs and before the schema changes.

use std::path::Path;

use base_backup::{Made, Proof, Trial, Wanted};
use base_core::entropy::new_id;
use base_core::time::Clock;
use base_db::Db;

use crate::config::Config;
use crate::system::{SystemClock, SystemEntropy};
use crate::{checks, wings};

/// Makes a backup in `folder`.
pub async fn make(db: &Db, config: &Config, folder: &Path) -> anyhow::Result<Made> {
    let passphrase = config.backup.passphrase.as_ref();
    let wanted = Wanted { folder, passphrase, at: SystemClock.now(), version: env!("CARGO_PKG_VERSION") };
    Ok(base_backup::make(db, wanted).await?)
}

/// Restores a backup into a scratch database and checks it there.
pub async fn prove(config: &Config, file: &Path) -> anyhow::Result<Proof> {
    let scratch_name = format!("tallyhouse_check_{}", new_id(&SystemEntropy, SystemClock.now()).simple());
    let checks = checks::of(config);
    let trial = Trial {
        path: file,
        passphrase: config.backup.passphrase.as_ref(),
        address: config.database.url.expose(),
        scratch_name: &scratch_name,
        folder: file.parent().unwrap_or(Path::new(".")),
        migrations: wings::MIGRATIONS,
        checks: &checks,
    };
    Ok(base_backup::prove(trial).await?)
}
