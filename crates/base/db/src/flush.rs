//! How a commit becomes durable.
//!
//! An ordinary commit waits until it is on the disk. The desk commits ahead: its next group is decided while the disk
//! is still writing the last one, and whoever waits for an answer gets it once its group is flushed, see [`Flush`].
//! Readers may see such a group a moment earlier. The log keeps commits in order: after a power failure all groups up
//! to some point are there, among them every one that was flushed.
//!
//! PostgreSQL's commits are always durable: the desk has two lanes there, and one decides while the other waits.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::StoreError;

/// What remains to be done after a commit; nothing where the commit was durable by itself.
#[derive(Debug)]
#[must_use = "what was committed may not be on the disk yet"]
pub struct Flush(pub(crate) Option<Arc<Log>>);

impl Flush {
    /// Blocks until this commit, and every one before it, is on the disk.
    ///
    /// # Errors
    /// [`StoreError::Disk`] when the disk refuses. Every later write is then refused, too, until the program starts
    /// again.
    pub fn wait(self) -> Result<(), StoreError> {
        self.0.map_or(Ok(()), |log| log.sync())
    }
}

/// The write-ahead log of one SQLite database.
#[derive(Debug)]
pub struct Log {
    path: PathBuf,
    /// Once the disk failed, the system may have dropped what it could not write, and would report success the next time.
    is_broken: AtomicBool,
}

impl Log {
    /// The log beside a database file.
    pub fn beside(database: &Path) -> io::Result<Self> {
        let mut path = database.canonicalize()?.into_os_string();
        path.push("-wal");
        Ok(Self { path: path.into(), is_broken: AtomicBool::new(false) })
    }

    /// Fails once the disk has failed.
    pub fn check(&self) -> Result<(), StoreError> {
        if self.is_broken.load(Ordering::Acquire) { Err(StoreError::Disk(None)) } else { Ok(()) }
    }

    fn sync(&self) -> Result<(), StoreError> {
        self.check()?;
        // Opened each time, because SQLite may have created the file again; syncing works through any handle of the
        // file.
        let synced = File::options().write(true).open(&self.path).and_then(|file| file.sync_data());
        synced.map_err(|error| {
            self.is_broken.store(true, Ordering::Release);
            StoreError::Disk(Some(error))
        })
    }
}
