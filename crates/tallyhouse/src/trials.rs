//! Trials of backups: one is restored into a scratch database and checked there.

use std::path::Path;

use base_backup::{Proof, Trial};
use base_core::entropy::new_id;
use base_core::time::Clock;

use crate::config::Config;
use crate::system::{SystemClock, SystemEntropy};
use crate::{checks, wings};

/// Restores a backup into a scratch database and checks it there.
pub async fn prove(config: &Config, file: &Path) -> anyhow::Result<Proof> {
    let scratch_name = format!("tallyhouse_check_{}", new_id(&SystemEntropy, SystemClock.now()).simple());
    let checks = checks::whole(config);
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
