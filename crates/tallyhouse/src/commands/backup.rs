//! `tallyhouse backup`: makes backups of the database, lists them, tries them and restores them.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use base_backup::{Made, Shelf};

use super::answer;
use crate::backups::{make, prove};
use crate::config::Config;
use crate::{site, wings};

/// What can be done.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Make a backup now, while the server works or not
    Now {
        /// Folder for it; overrides backup.folder
        #[arg(long, value_name = "FOLDER")]
        to: Option<PathBuf>,
    },
    /// List the backups, the newest first
    List {
        /// Folder that they are in; overrides backup.folder
        #[arg(long, value_name = "FOLDER")]
        folder: Option<PathBuf>,
    },
    /// Restore a backup into a throw-away database and check everything in it
    Check {
        /// The backup
        file: PathBuf,
    },
    /// Restore a backup into the configured database, which must not hold anything yet
    Restore {
        /// The backup
        file: PathBuf,
    },
}

/// Runs the command.
pub async fn run(command: Command, config: Config) -> anyhow::Result<()> {
    match command {
        Command::Now { to } => now(&config, to).await,
        Command::List { folder } => list(&config, folder),
        Command::Check { file } => check(&config, &file).await,
        Command::Restore { file } => restore(&config, &file).await,
    }
}

fn folder(config: &Config, given: Option<PathBuf>) -> anyhow::Result<PathBuf> {
    given.or_else(|| config.backup.folder.clone()).context("no folder: set backup.folder, or name one")
}

async fn now(config: &Config, to: Option<PathBuf>) -> anyhow::Result<()> {
    let folder = folder(config, to)?;
    let db = site::open(&config.database).await?;
    ensure!(!db.migrations_run().await?.is_empty(), "the database is empty: there is nothing to back up");
    let made = make(&db, config, &folder).await;
    db.close().await;
    let Made { path, bytes, sha256, .. } = made?;
    answer(&format!("{} ({bytes} bytes, SHA-256 {sha256})", path.display()))
}

fn list(config: &Config, given: Option<PathBuf>) -> anyhow::Result<()> {
    for stored in Shelf(folder(config, given)?).list()? {
        answer(&format!("{}\t{} bytes\t{}", stored.name.at.rfc3339(), stored.bytes, stored.path.display()))?;
    }
    Ok(())
}

async fn check(config: &Config, file: &Path) -> anyhow::Result<()> {
    let proof = prove(config, file).await?;
    for finding in &proof.findings {
        let state = if finding.wrong == 0 { "well" } else { "not well" };
        answer(&format!("{state}: {}", finding.text))?;
    }
    let faults = proof.faults();
    ensure!(faults == 0, "{faults} of these are not well");
    let of = &proof.manifest;
    answer(&format!("well: {} can be restored; it shows {} of {}", file.display(), of.database, of.taken_at))
}

async fn restore(config: &Config, file: &Path) -> anyhow::Result<()> {
    let url = config.database.url.expose();
    let passphrase = config.backup.passphrase.as_ref();
    if let Some(path) = url.strip_prefix("sqlite:") {
        let known = wings::MIGRATIONS.iter().copied().flatten().map(|one| one.number).max().unwrap_or_default();
        let manifest = base_backup::open(file, passphrase)?;
        if manifest.schema > known {
            bail!("{} was made by the newer version {}; restore it with that one", file.display(), manifest.version);
        }
        base_backup::restore_file(file, passphrase, Path::new(path.trim_start_matches("//")))?;
    } else {
        let db = site::open(&config.database).await?;
        let restored = base_backup::restore_rows(&db, wings::MIGRATIONS, file, passphrase).await;
        db.close().await;
        restored?;
    }
    let db = site::open(&config.database).await?;
    db.migrate(wings::MIGRATIONS).await?;
    db.close().await;
    answer(&format!("{} is restored; look at it with: tallyhouse doctor", file.display()))
}
