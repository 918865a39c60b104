//! Backups of this site's database: made by commands, by jobs and before the schema changes.

use std::path::Path;

use base_backup::{Made, Method, Wanted};
use base_core::time::{Clock, Moment};
use base_db::{Db, StoreError};
use base_records::backup;
use base_records::backup::Backup;

use crate::config::Config;
use crate::system::SystemClock;

/// Makes a backup in `folder`, by `pg_dump` where the site says so and it can.
pub async fn make(db: &Db, config: &Config, folder: &Path) -> anyhow::Result<Made> {
    let passphrase = config.backup.passphrase.as_ref();
    let own = Wanted { folder, passphrase, at: SystemClock.now(), version: env!("CARGO_PKG_VERSION"), dump: None };
    let by_dump = Wanted { dump: Some(config.database.url.expose()), ..own };
    match config.backup.method {
        Method::PgDump if db.is_shared() => {
            base_backup::dump_fits(db).await?;
            Ok(base_backup::make(db, by_dump).await?)
        }
        Method::Auto if db.is_shared() => match base_backup::dump_fits(db).await {
            Ok(()) => match base_backup::make(db, by_dump).await {
                Ok(made) => Ok(made),
                Err(error) => {
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "pg_dump made no backup; our own snapshot is made instead"
                    );
                    Ok(base_backup::make(db, own).await?)
                }
            },
            Err(why) => {
                tracing::debug!(%why, "our own snapshot is made");
                Ok(base_backup::make(db, own).await?)
            }
        },
        _ => Ok(base_backup::make(db, own).await?),
    }
}

/// Notes a backup that was made.
pub async fn note(db: &Db, made: &Made, now: Moment) -> Result<(), StoreError> {
    let noted = Backup {
        name: file_name(&made.path),
        made_at: now.0,
        bytes: i64::try_from(made.bytes).unwrap_or(i64::MAX),
        sha256: made.sha256.clone(),
        schema_number: made.manifest.schema,
        proved_at: None,
        fault: None,
    };
    backup::note(db, &noted).await
}

/// The name of a backup's file.
pub fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
