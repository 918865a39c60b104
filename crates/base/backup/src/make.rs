//! Making a backup while people work.

use std::path::{Path, PathBuf};

use age::secrecy::SecretString;
use base_core::time::Moment;
use base_db::{Db, background};
use tokio::sync::{mpsc, oneshot};

use crate::archive::{Step, Writer, Written};
use crate::dump;
use crate::error::BackupError;
use crate::manifest::{self, Entry, Manifest};
use crate::name::Name;
use crate::sum::write_sum;

/// Pieces that wait to be written; PostgreSQL sends some of 8 kB, SQLite's file is read in pieces of 256 kB.
const PIECES_WAITING_MAX: usize = 64;

/// How a backup is wanted.
#[derive(Clone, Copy)]
pub struct Wanted<'w> {
    /// The folder it is put into.
    pub folder: &'w Path,
    /// What it is encrypted with.
    pub passphrase: Option<&'w SecretString>,
    /// The moment it is made.
    pub at: Moment,
    /// The version of this program.
    pub version: &'w str,
    /// PostgreSQL's address, to have `pg_dump` write its rows; without it we do. SQLite has one way only.
    pub dump: Option<&'w str>,
}

/// A backup that was made.
#[derive(Clone, Debug)]
pub struct Made {
    /// Where it is.
    pub path: PathBuf,
    /// Its length in bytes.
    pub bytes: u64,
    /// Its SHA-256 in hexadecimal.
    pub sha256: String,
    /// What it says of itself.
    pub manifest: Manifest,
}

/// Makes a backup of the whole database as it is at one moment. A file under its final name is complete and on the disk;
/// what a broken try has left is removed.
pub async fn make(db: &Db, wanted: Wanted<'_>) -> Result<Made, BackupError> {
    let name = Name { at: wanted.at, is_encrypted: wanted.passphrase.is_some() };
    let path = wanted.folder.join(name.to_string());
    create_folder(wanted.folder)?;
    let part = Part(wanted.folder.join(format!("{name}.part")));
    let copy = Part(wanted.folder.join(format!("{name}.db.part")));
    part.remove();
    copy.remove();
    let dump = wanted.dump.filter(|_| db.is_shared());
    let manifest = Manifest {
        format: if dump.is_some() { manifest::FORMAT_DUMP } else { manifest::FORMAT },
        version: wanted.version.to_owned(),
        database: db.name().to_owned(),
        taken_at: wanted.at.rfc3339(),
        schema: db.migrations_run().await?.last().copied().unwrap_or_default(),
        entries: Vec::new(),
    };
    let writer = Writer::create(&part.0, wanted.passphrase, manifest).map_err(BackupError::disk(&part.0))?;
    let (steps, written) = write_beside(writer);
    let sent = match dump {
        Some(address) => dump::send(address, &steps).await,
        None if db.is_shared() => send_rows(db, &steps).await,
        None => send_file(db, &copy.0, &steps).await,
    };
    drop(steps);
    // What the writer says comes first: where the disk is full, sending fails only because nobody takes any more.
    let written = written.await.unwrap_or_else(|error| Err(std::io::Error::other(error)));
    let (manifest, Written { bytes, sha256 }) = written.map_err(BackupError::disk(&part.0))?;
    sent?;
    let made = Made { path, bytes, sha256, manifest };
    publish(&part.0, &made).map_err(BackupError::disk(&made.path))?;
    Ok(made)
}

/// Writes what is sent on a thread of its own, which gets the processor when nobody else wants it.
pub(crate) fn write_beside(
    mut writer: Writer,
) -> (mpsc::Sender<Step>, oneshot::Receiver<std::io::Result<(Manifest, Written)>>) {
    let (steps, mut waiting) = mpsc::channel::<Step>(PIECES_WAITING_MAX);
    let written = background("backup writer", move || {
        while let Some(step) = waiting.blocking_recv() {
            writer.take(step)?;
        }
        writer.finish()
    });
    (steps, written)
}

async fn send_rows(db: &Db, steps: &mpsc::Sender<Step>) -> Result<(), BackupError> {
    let Some(mut rows) = db.rows().await? else { return Ok(()) };
    for table in rows.tables().await? {
        let entry = Entry {
            file: format!("tables/{}.txt", table.name),
            table: Some(table.name.clone()),
            columns: table.columns.clone(),
            rows: None,
            bytes: 0,
            sha256: String::new(),
        };
        let begun = steps.send(Step::Begin(Box::new(entry))).await;
        let count = rows.of(&table, steps).await?;
        if begun.is_err() || steps.send(Step::End(Some(count))).await.is_err() {
            break;
        }
    }
    Ok(())
}

async fn send_file(db: &Db, copy: &Path, steps: &mpsc::Sender<Step>) -> Result<(), BackupError> {
    use tokio::io::AsyncReadExt;
    const PIECE: usize = 256 << 10;
    db.vacuum_into(copy).await?;
    let entry = Entry::of_file(manifest::SQLITE_FILE);
    let mut file = tokio::fs::File::open(copy).await.map_err(BackupError::disk(copy))?;
    let mut is_taken = steps.send(Step::Begin(Box::new(entry))).await.is_ok();
    while is_taken {
        let mut piece = vec![0; PIECE];
        let read = file.read(&mut piece).await.map_err(BackupError::disk(copy))?;
        piece.truncate(read);
        if piece.is_empty() {
            break;
        }
        is_taken = steps.send(Step::Piece(piece)).await.is_ok();
    }
    // Nobody takes it any more when the writer has failed, and the writer says why.
    drop(steps.send(Step::End(None)).await);
    Ok(())
}

/// Gives a complete file its name, with its sum beside it.
pub(crate) fn publish(part: &Path, made: &Made) -> std::io::Result<()> {
    write_sum(&made.path, &made.sha256)?;
    std::fs::rename(part, &made.path)?;
    if let Some(folder) = made.path.parent() {
        std::fs::File::open(folder)?.sync_all()?;
    }
    Ok(())
}

pub(crate) fn create_folder(folder: &Path) -> Result<(), BackupError> {
    use std::os::unix::fs::DirBuilderExt;
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.map_err(BackupError::disk(folder))
}

/// A file that goes away with this, unless it has got its name.
pub(crate) struct Part(pub(crate) PathBuf);

impl Part {
    pub(crate) fn remove(&self) {
        if let Err(error) = std::fs::remove_file(&self.0)
            && error.kind() != std::io::ErrorKind::NotFound
        {
            tracing::warn!(path = %self.0.display(), %error, "an unfinished backup cannot be removed");
        }
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        self.remove();
    }
}
