//! Reading a backup back, into a database that holds nothing yet.

use std::fs::File;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use age::secrecy::SecretString;
use base_db::copy::Table;
use base_db::{Db, Migrations};
use tokio::sync::mpsc;

use crate::archive::Archive;
use crate::error::BackupError;
use crate::manifest::{Entry, Manifest};

/// Pieces that wait to be taken in.
const PIECES_WAITING_MAX: usize = 16;

/// What came back.
#[derive(Clone, Debug)]
pub struct Restored {
    /// What the backup says of itself.
    pub manifest: Manifest,
    /// How many rows came in, where the backup counts them.
    pub rows: Option<u64>,
}

/// Reads what the backup at `path` says of itself.
pub fn open(path: &Path, passphrase: Option<&SecretString>) -> Result<Manifest, BackupError> {
    Archive::open(path, passphrase).map(|archive| archive.manifest)
}

/// Unpacks the file of a backup of SQLite to `target`, which must not exist. Every byte is compared with the backup's sums
/// before it gets its name.
pub fn restore_file(path: &Path, passphrase: Option<&SecretString>, target: &Path) -> Result<Manifest, BackupError> {
    let mut archive = Archive::open(path, passphrase)?;
    let of = archive.manifest.database.clone();
    let Some(entry) = archive.manifest.sqlite_file().cloned() else {
        return Err(BackupError::OtherKind { of, here: "SQLite" });
    };
    for ending in ["", "-wal", "-shm"] {
        let name = format!("{}{ending}", target.display());
        if std::fs::metadata(&name).is_ok_and(|found| found.len() > 0) {
            return Err(BackupError::NotEmpty(name));
        }
    }
    let part = PathBuf::from(format!("{}.part", target.display()));
    let written = unpack(&mut archive, &entry, &part)
        .and_then(|()| std::fs::rename(&part, target).map_err(BackupError::disk(target)));
    if written.is_err() {
        // It may not be there; what matters is why it could not be written.
        drop(std::fs::remove_file(&part));
    }
    written.map(|()| archive.manifest)
}

/// Writes a file of a backup to `part` and compares every byte with the backup's sums.
fn unpack(archive: &mut Archive, entry: &Entry, part: &Path) -> Result<(), BackupError> {
    let options = &mut File::options();
    let file = options.write(true).create(true).truncate(true).mode(0o600).open(part);
    let mut file = file.map_err(BackupError::disk(part))?;
    let mut failed = None;
    archive.read(entry, |piece| match file.write_all(&piece) {
        Ok(()) => true,
        Err(error) => {
            failed = Some(error);
            false
        }
    })?;
    if let Some(error) = failed {
        return Err(BackupError::disk(part)(error));
    }
    file.sync_all().map_err(BackupError::disk(part))
}

/// A dump that is unpacked for as long as this lives.
struct Unpacked(PathBuf);

impl Drop for Unpacked {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_file(&self.0) {
            tracing::warn!(path = %self.0.display(), %error, "the unpacked dump of a backup cannot be removed");
        }
    }
}

/// Restores PostgreSQL's own dump, which is unpacked beside the backup meanwhile: nothing comes in before all of it is known
/// to be whole.
async fn restore_dump(into: Into<'_>, mut archive: Archive, path: &Path) -> Result<Restored, BackupError> {
    let manifest = archive.manifest.clone();
    let Some(entry) = manifest.dump().cloned() else { return Err(BackupError::damaged(path, "it holds no dump")) };
    let part = PathBuf::from(format!("{}.dump.part", path.display()));
    let written = tokio::task::spawn_blocking(move || {
        let unpacked = unpack(&mut archive, &entry, &part);
        // Made afterwards, so that it removes what was begun, too.
        (Unpacked(part), unpacked)
    });
    let (dump, unpacked) = written.await.map_err(|error| BackupError::disk(path)(std::io::Error::other(error)))?;
    unpacked?;
    crate::dump::restore(into.address, &dump.0).await?;
    Ok(Restored { manifest, rows: None })
}

/// The database that a backup is restored into.
#[derive(Clone, Copy)]
pub struct Into<'i> {
    /// It, open and empty.
    pub db: &'i Db,
    /// Its address, for PostgreSQL's own programs.
    pub address: &'i str,
}

/// Fills an empty PostgreSQL database with the rows of a backup: first the schema that it was made with, then its rows.
pub async fn restore_rows(
    into: Into<'_>,
    lists: Migrations,
    path: &Path,
    passphrase: Option<&SecretString>,
) -> Result<Restored, BackupError> {
    let db = into.db;
    let (owned, key) = (path.to_owned(), passphrase.cloned());
    let opened = tokio::task::spawn_blocking(move || Archive::open(&owned, key.as_ref())).await;
    let archive = opened.map_err(|error| BackupError::disk(path)(std::io::Error::other(error)))??;
    let manifest = archive.manifest.clone();
    let known = lists.iter().copied().flatten().map(|one| one.number).max().unwrap_or_default();
    if manifest.schema > known {
        let (version, schema) = (manifest.version.clone(), manifest.schema);
        return Err(BackupError::Newer { path: path.to_owned(), version, schema });
    }
    if manifest.sqlite_file().is_some() {
        return Err(BackupError::OtherKind { of: manifest.database, here: db.name() });
    }
    if !db.columns().await?.is_empty() {
        return Err(BackupError::NotEmpty("the database".into()));
    }
    if manifest.dump().is_some() {
        return restore_dump(into, archive, path).await;
    }
    db.migrate_to(lists, manifest.schema).await?;
    let tables: Vec<Table> = manifest
        .entries
        .iter()
        .filter_map(|entry| Some(Table { name: entry.table.clone()?, columns: entry.columns.clone() }))
        .collect();
    db.empty_all(&tables).await?;
    let mut archive = archive;
    let mut rows = 0;
    for (entry, table) in manifest.entries.iter().zip(&tables) {
        let (pieces, mut waiting) = mpsc::channel(PIECES_WAITING_MAX);
        let wanted = entry.clone();
        let reading = tokio::task::spawn_blocking(move || {
            let read = archive.read(&wanted, |piece| pieces.blocking_send(piece).is_ok());
            (archive, read)
        });
        let filled = db.fill(table, &mut waiting).await;
        drop(waiting);
        let (back, read) = reading.await.map_err(|error| BackupError::disk(path)(std::io::Error::other(error)))?;
        archive = back;
        read?;
        let filled = filled?;
        if entry.rows.is_some_and(|wanted| wanted != filled) {
            return Err(BackupError::damaged(path, format!("{} has {filled} rows", entry.file)));
        }
        rows += filled;
    }
    db.renumber().await?;
    Ok(Restored { manifest, rows: Some(rows) })
}
