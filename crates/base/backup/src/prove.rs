//! Whether a backup can be restored: it is, into a database that is thrown away afterwards.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use age::secrecy::SecretString;
use base_db::{Db, Migrations, OpenOptions, scratch};
use base_seams::{Check, Finding};

use crate::archive::Archive;
use crate::error::BackupError;
use crate::manifest::Manifest;
use crate::restore::{Into, restore_file, restore_rows};

/// What to do about a restored database that is not whole.
const CURE: &str = "restore another backup, and look at the disk of this one";

/// What a restore is tried with.
pub struct Trial<'t> {
    /// The backup.
    pub path: &'t Path,
    /// What it is encrypted with.
    pub passphrase: Option<&'t SecretString>,
    /// The address of the site's database. PostgreSQL's server gets a database beside it for as long as this takes.
    pub address: &'t str,
    /// The name of that database; no other trial has it.
    pub scratch_name: &'t str,
    /// Where SQLite's file is unpacked.
    pub folder: &'t Path,
    /// The migrations of this program.
    pub migrations: Migrations,
    /// What is looked at afterwards.
    pub checks: &'t [Arc<dyn Check>],
}

/// What a trial found.
#[derive(Debug)]
pub struct Proof {
    /// What the backup says of itself.
    pub manifest: Manifest,
    /// What was looked at in the restored database.
    pub findings: Vec<Finding>,
}

impl Proof {
    /// How many things are wrong.
    pub fn faults(&self) -> u32 {
        self.findings.iter().fold(0, |wrong, finding| finding.wrong.saturating_add(wrong))
    }
}

/// Restores the backup into a scratch database, brings it up to date and checks it.
pub async fn prove(trial: Trial<'_>) -> Result<Proof, BackupError> {
    let manifest = Archive::open(trial.path, trial.passphrase)?.manifest;
    if manifest.sqlite_file().is_some() {
        let file = Unpacked(trial.folder.join(format!("{}.db", trial.scratch_name)));
        file.remove();
        restore_file(trial.path, trial.passphrase, &file.0)?;
        return look(&format!("sqlite:{}", file.0.display()), manifest, &trial).await;
    }
    let address = scratch::create(trial.address, trial.scratch_name).await?;
    let looked = async {
        let db = Db::open(&address, OpenOptions::default()).await?;
        let into = Into { db: &db, address: &address };
        let restored = restore_rows(into, trial.migrations, trial.path, trial.passphrase).await;
        db.close().await;
        restored?;
        look(&address, manifest, &trial).await
    }
    .await;
    let dropped = scratch::drop(trial.address, trial.scratch_name).await;
    let looked = looked?;
    dropped?;
    Ok(looked)
}

async fn look(address: &str, manifest: Manifest, trial: &Trial<'_>) -> Result<Proof, BackupError> {
    let db = Db::open(address, OpenOptions::default()).await?;
    let found = findings(&db, trial).await;
    db.close().await;
    Ok(Proof { manifest, findings: found? })
}

async fn findings(db: &Db, trial: &Trial<'_>) -> Result<Vec<Finding>, BackupError> {
    let faults = db.integrity_faults().await?;
    db.migrate(trial.migrations).await?;
    let mut findings = Finding::of_each(&faults, "the database is whole", "the database says:", CURE);
    for check in trial.checks {
        findings.extend(check.look(db).await?);
    }
    Ok(findings)
}

/// A file of SQLite that goes away with this.
struct Unpacked(PathBuf);

impl Unpacked {
    fn remove(&self) {
        for ending in ["", "-wal", "-shm"] {
            let name = format!("{}{ending}", self.0.display());
            match std::fs::remove_file(&name) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    tracing::warn!(name, %error, "the copy that a backup was tried with cannot be removed");
                }
                _removed => {}
            }
        }
    }
}

impl Drop for Unpacked {
    fn drop(&mut self) {
        self.remove();
    }
}
