//! Archives of tables as CSV: to be read by people and other programs for years, not to be restored.
//!
//! They are written, encrypted, summed and kept like backups, and stand in a folder of their own.

use std::path::PathBuf;

use tokio::sync::{mpsc, oneshot};

use crate::archive::{Step, Writer, Written};
use crate::error::BackupError;
use crate::make::{Made, Part, Wanted, create_folder, publish, write_beside};
use crate::manifest::{self, Entry, Manifest};
use crate::name::Name;

/// An archive that is being written. Dropped before [`Csv::finish`], nothing of it stays.
pub struct Csv {
    steps: mpsc::Sender<Step>,
    written: oneshot::Receiver<std::io::Result<(Manifest, Written)>>,
    part: Part,
    path: PathBuf,
}

impl Csv {
    /// Begins an archive in a folder, of a site whose database is called `database` and has the schema `schema`.
    pub fn begin(wanted: Wanted<'_>, database: &str, schema: i64) -> Result<Self, BackupError> {
        let name = Name { at: wanted.at, is_encrypted: wanted.passphrase.is_some() };
        create_folder(wanted.folder)?;
        let (path, part) = (wanted.folder.join(name.to_string()), Part(wanted.folder.join(format!("{name}.part"))));
        part.remove();
        let manifest = Manifest {
            format: manifest::FORMAT_CSV,
            version: wanted.version.to_owned(),
            database: database.to_owned(),
            taken_at: wanted.at.rfc3339(),
            schema,
            entries: Vec::new(),
        };
        let writer = Writer::create(&part.0, wanted.passphrase, manifest).map_err(BackupError::disk(&part.0))?;
        let (steps, written) = write_beside(writer);
        Ok(Self { steps, written, part, path })
    }

    /// Begins a table. False when nothing more can be written; [`Csv::finish`] says why.
    pub async fn table(&self, name: &str) -> bool {
        self.steps.send(Step::Begin(Box::new(Entry::of_file(&format!("{name}.csv"))))).await.is_ok()
    }

    /// Writes more of the table.
    pub async fn piece(&self, piece: Vec<u8>) -> bool {
        self.steps.send(Step::Piece(piece)).await.is_ok()
    }

    /// Ends the table, which has so many rows.
    pub async fn end(&self, rows: u64) -> bool {
        self.steps.send(Step::End(Some(rows))).await.is_ok()
    }

    /// Completes the archive and gives it its name.
    pub async fn finish(self) -> Result<Made, BackupError> {
        let Self { steps, written, part, path } = self;
        drop(steps);
        let written = written.await.unwrap_or_else(|error| Err(std::io::Error::other(error)));
        let (manifest, Written { bytes, sha256 }) = written.map_err(BackupError::disk(&part.0))?;
        let made = Made { path, bytes, sha256, manifest };
        publish(&part.0, &made).map_err(BackupError::disk(&made.path))?;
        Ok(made)
    }
}
