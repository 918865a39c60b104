//! `tallyhouse backup` and `tallyhouse restore`: makes backups of the database, lists them, copies them, tries them and restores
//! them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail, ensure};
use base_backup::{Into, Made, Place, Shelf};
use base_core::time::Clock;
use base_records::backup;

use super::{answer, tell};
use crate::backups::{file_name, make, note};
use crate::config::Config;
use crate::copies::{self, Named};
use crate::system::SystemClock;
use crate::{site, trials, wings};

/// What is asked for; without more it makes a backup.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Option<Command>,
}

/// What can be done.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Make a backup now, while the server works or not, and copy it to where copies go
    Now {
        /// Folder for it; overrides backup.folder, and nothing is copied
        #[arg(long, value_name = "FOLDER")]
        to: Option<PathBuf>,
    },
    /// List the backups, the newest first
    List {
        /// Folder that they are in; overrides backup.folder
        #[arg(long, value_name = "FOLDER")]
        folder: Option<PathBuf>,
        /// Those in the storage of backup.s3
        #[arg(long)]
        s3: bool,
    },
    /// Bring a copy back from the storage or the folder for copies
    Fetch {
        /// Its name, or <s3://bucket/prefix/name>
        name: String,
        /// Folder for it; without one the present folder
        #[arg(long, value_name = "FOLDER", default_value = ".")]
        to: PathBuf,
    },
    /// Restore a backup into a throw-away database and check everything in it
    Check {
        /// The backup: a file, the name of a copy, or <s3://bucket/prefix/name>
        file: String,
    },
    /// Restore a backup into the configured database, which must not hold anything yet
    Restore {
        /// The backup: a file, the name of a copy, or <s3://bucket/prefix/name>
        file: String,
    },
}

/// What is restored.
#[derive(Debug, clap::Args)]
pub struct RestoreArgs {
    /// The backup: a file, the name of a copy, or <s3://bucket/prefix/name>
    file: String,
    /// Only try it: into a throw-away database, with a check of everything in it
    #[arg(long)]
    check: bool,
}

/// Runs `tallyhouse backup`.
pub async fn run(args: Args, config: Config) -> anyhow::Result<()> {
    match args.command.unwrap_or(Command::Now { to: None }) {
        Command::Now { to } => now(&config, to).await,
        Command::List { folder: None, s3: true } => list_copies(&config).await,
        Command::List { folder, .. } => list(&config, folder),
        Command::Fetch { name, to } => fetch(&config, &name, &to).await,
        Command::Check { file } => check(&config, &file).await,
        Command::Restore { file } => restore(&config, &file).await,
    }
}

/// Runs `tallyhouse restore`.
pub async fn run_restore(args: RestoreArgs, config: Config) -> anyhow::Result<()> {
    if args.check { check(&config, &args.file).await } else { restore(&config, &args.file).await }
}

fn folder(config: &Config, given: Option<PathBuf>) -> anyhow::Result<PathBuf> {
    given.or_else(|| config.backup.folder.clone()).context("no folder: set backup.folder, or name one")
}

fn clock() -> Arc<dyn Clock> {
    Arc::new(SystemClock)
}

async fn now(config: &Config, to: Option<PathBuf>) -> anyhow::Result<()> {
    let is_elsewhere = to.is_some();
    let folder = folder(config, to)?;
    let db = site::open(&config.database).await?;
    ensure!(!db.migrations_run().await?.is_empty(), "the database is empty: there is nothing to back up");
    let Made { path, bytes, sha256, manifest } = make(&db, config, &folder).await?;
    answer(&format!("{} ({bytes} bytes, SHA-256 {sha256})", path.display()))?;
    // An older schema has no table to note it in.
    let is_current = db.schema_state(wings::MIGRATIONS).await.is_ok_and(|state| state.missing == 0);
    if is_current && !is_elsewhere {
        note(&db, &Made { path, bytes, sha256, manifest }, SystemClock.now()).await?;
        for place in copies::places(config, &clock())? {
            let counts = copies::bring_up(&db, config, &place, || SystemClock.now()).await?;
            answer(&format!("{}: {} copied, {} removed", place.describe(), counts.copied, counts.removed))?;
        }
    }
    db.close().await;
    Ok(())
}

fn list(config: &Config, given: Option<PathBuf>) -> anyhow::Result<()> {
    for stored in Shelf(folder(config, given)?).list()? {
        answer(&format!("{}\t{} bytes\t{}", stored.name.at.rfc3339(), stored.bytes, stored.path.display()))?;
    }
    Ok(())
}

async fn list_copies(config: &Config) -> anyhow::Result<()> {
    ensure!(config.backup.s3.is_some(), "backup.s3 is not set");
    for place in copies::places(config, &clock())?.iter().filter(|place| matches!(place, Place::S3(_))) {
        for copied in place.list().await? {
            let (at, place) = (copied.name.at.rfc3339(), place.describe());
            answer(&format!("{at}\t{} bytes\t{place}{}", copied.bytes, copied.name))?;
        }
    }
    Ok(())
}

async fn fetch(config: &Config, name: &str, to: &Path) -> anyhow::Result<()> {
    match copies::named(config, name)? {
        Named::File(path) => bail!("{} is here already", path.display()),
        Named::Copy(name, first) => {
            let path = copies::fetch(&copies::places(config, &clock())?, name, first, to).await?;
            answer(&path.display().to_string())
        }
    }
}

/// A backup that is here, and the folder that it was fetched into, which goes away with it.
async fn at_hand(config: &Config, text: &str) -> anyhow::Result<(PathBuf, Option<tempfile::TempDir>)> {
    match copies::named(config, text)? {
        Named::File(path) => Ok((path, None)),
        Named::Copy(name, first) => {
            let beside = config.backup.folder.clone().unwrap_or_else(std::env::temp_dir);
            let folder = tempfile::Builder::new().prefix(".fetched-").tempdir_in(&beside);
            let folder = folder.with_context(|| format!("{} cannot be written", beside.display()))?;
            let path = copies::fetch(&copies::places(config, &clock())?, name, first, folder.path()).await?;
            Ok((path, Some(folder)))
        }
    }
}

async fn check(config: &Config, text: &str) -> anyhow::Result<()> {
    let (file, _fetched) = at_hand(config, text).await?;
    let tried = trials::prove(config, &file).await;
    note_trial(config, &file, &tried).await;
    let proof = tried?;
    tell(&proof.findings)?;
    let faults = proof.faults();
    ensure!(faults == 0, "{faults} of these are not well");
    let of = &proof.manifest;
    answer(&format!("well: {} can be restored; it shows {} of {}", file.display(), of.database, of.taken_at))
}

/// Notes how a trial went, where the site knows the backup. A trial is as good where the site is gone.
async fn note_trial(config: &Config, file: &Path, tried: &anyhow::Result<base_backup::Proof>) {
    if super::doctor::must_be_there(config).is_err() {
        return;
    }
    let Ok(db) = site::open(&config.database).await else { return };
    let fault = match tried {
        Ok(proof) => proof.findings.iter().find(|finding| finding.wrong > 0).map(|finding| finding.text.clone()),
        Err(error) => Some(format!("{error:#}")),
    };
    if let Err(error) = backup::prove(&db, &file_name(file), SystemClock.now(), fault.as_deref()).await {
        tracing::debug!(%error, "the trial is not noted");
    }
    db.close().await;
}

async fn restore(config: &Config, text: &str) -> anyhow::Result<()> {
    let (file, _fetched) = at_hand(config, text).await?;
    let url = config.database.url.expose();
    let passphrase = config.backup.passphrase.as_ref();
    if let Some(path) = url.strip_prefix("sqlite:") {
        let known = wings::MIGRATIONS.iter().copied().flatten().map(|one| one.number).max().unwrap_or_default();
        let manifest = base_backup::open(&file, passphrase)?;
        if manifest.schema > known {
            bail!("{} was made by the newer version {}; restore it with that one", file.display(), manifest.version);
        }
        base_backup::restore_file(&file, passphrase, Path::new(path.trim_start_matches("//")))?;
    } else {
        let db = site::open(&config.database).await?;
        let into = Into { db: &db, address: url };
        let restored = base_backup::restore_rows(into, wings::MIGRATIONS, &file, passphrase).await;
        db.close().await;
        restored?;
    }
    let db = site::open(&config.database).await?;
    db.migrate(wings::MIGRATIONS).await?;
    db.close().await;
    answer(&format!("{} is restored; look at it with: tallyhouse doctor", file.display()))
}
