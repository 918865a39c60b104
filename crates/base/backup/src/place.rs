//! Where copies of backups are kept: a second folder, or storage that speaks S3. Both do the same.
//!
//! Invariant: a copy under its final name is complete, and its bytes are those of the backup.

use std::io;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::task::{Context, Poll};

use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncWrite, AsyncWriteExt};

use crate::error::BackupError;
use crate::name::Name;
use crate::s3::S3;
use crate::shelf::{Keep, Shelf, kept};
use crate::sum::{sum_of, write_sum};

/// A place for copies.
#[derive(Clone)]
pub enum Place {
    /// Another folder, best on another disk.
    Folder(PathBuf),
    /// Storage that speaks S3.
    S3(S3),
}

/// A copy that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    /// What its name says.
    pub name: Name,
    /// Its length in bytes.
    pub bytes: u64,
}

impl Place {
    /// Its name in the database.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Folder(_) => "folder",
            Self::S3(_) => "s3",
        }
    }

    /// Where it is, for people.
    pub fn describe(&self) -> String {
        match self {
            Self::Folder(folder) => folder.display().to_string(),
            Self::S3(s3) => s3.describe().to_owned(),
        }
    }

    /// The copies that are there, the newest first.
    pub async fn list(&self) -> Result<Vec<Copied>, BackupError> {
        Ok(match self {
            Self::Folder(folder) => {
                let stored = Shelf(folder.clone()).list()?;
                stored.into_iter().map(|stored| Copied { name: stored.name, bytes: stored.bytes }).collect()
            }
            Self::S3(s3) => {
                let found = s3.list().await?;
                found.into_iter().map(|object| Copied { name: object.name, bytes: object.bytes }).collect()
            }
        })
    }

    /// Removes what copies that were cut off have left. To be called while none is under way.
    pub async fn tidy_broken(&self) -> Result<(), BackupError> {
        match self {
            Self::Folder(folder) => remove_parts(folder),
            Self::S3(s3) => s3.tidy_uploads().await.map(drop),
        }
    }

    /// Copies the backup at `path`, whose sum is `sha256`. A backup with other bytes is not copied.
    pub async fn put(&self, path: &Path, sha256: &str) -> Result<u64, BackupError> {
        let found = sum_of_file(path).await?;
        if found != sha256 {
            return Err(BackupError::damaged(path, format!("its SHA-256 is {found}, and {sha256} was written")));
        }
        match self {
            Self::Folder(folder) => put_beside(path, sha256, folder).await,
            Self::S3(s3) => s3.put(path, sha256).await,
        }
    }

    /// Reads a copy to its end and gives the SHA-256 of its bytes.
    pub async fn sha256(&self, name: Name) -> Result<String, BackupError> {
        match self {
            Self::Folder(folder) => sum_of_file(&folder.join(name.to_string())).await,
            Self::S3(s3) => {
                let mut summed = Summed::default();
                s3.read(&name.to_string(), &mut summed).await?;
                Ok(hex::encode(summed.0.finalize()))
            }
        }
    }

    /// Brings a copy into a folder under its own name, with its sum beside it, and gives its path. A file that is there already
    /// is not written over.
    pub async fn fetch(&self, name: Name, folder: &Path) -> Result<PathBuf, BackupError> {
        let path = folder.join(name.to_string());
        if path.exists() {
            return Err(BackupError::NotEmpty(path.display().to_string()));
        }
        let part = folder.join(format!("{name}.part"));
        let fetched = self.fetch_to(name, &part).await;
        let kept = fetched.and_then(|()| {
            let sha256 = sum_of(&part)?;
            if let Self::Folder(from) = self {
                crate::sum::check_sum(&from.join(name.to_string()))?;
            }
            write_sum(&path, &sha256).map_err(BackupError::disk(&path))?;
            std::fs::rename(&part, &path).map_err(BackupError::disk(&path))
        });
        if kept.is_err() {
            // It may not be there; what matters is why it could not be fetched.
            drop(std::fs::remove_file(&part));
        }
        kept.map(|()| path)
    }

    async fn fetch_to(&self, name: Name, part: &Path) -> Result<(), BackupError> {
        let options = &mut File::options();
        let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(part).await;
        let file = file.as_mut().map_err(|error| BackupError::disk(part)(io::Error::from(error.kind())))?;
        match self {
            Self::Folder(folder) => {
                let from = folder.join(name.to_string());
                let mut source = File::open(&from).await.map_err(BackupError::disk(&from))?;
                tokio::io::copy(&mut source, file).await.map_err(BackupError::disk(part))?;
            }
            Self::S3(s3) => drop(s3.read(&name.to_string(), file).await?),
        }
        file.sync_all().await.map_err(BackupError::disk(part))
    }

    /// Removes a copy with its sum.
    pub async fn remove(&self, name: Name) -> Result<(), BackupError> {
        match self {
            Self::Folder(folder) => crate::shelf::remove(&folder.join(name.to_string())),
            Self::S3(s3) => {
                s3.remove(&format!("{name}.sha256")).await?;
                s3.remove(&name.to_string()).await
            }
        }
    }

    /// Removes the copies that are no longer kept, and returns their names.
    pub async fn tidy(&self, keep: Keep, zone: &TimeZone) -> Result<Vec<Name>, BackupError> {
        let there = self.list().await?;
        let times: Vec<_> = there.iter().map(|copied| copied.name.at).collect();
        let kept = kept(&times, keep, zone);
        let mut removed = Vec::new();
        for copied in there.into_iter().filter(|copied| !kept.contains(&copied.name.at)) {
            self.remove(copied.name).await?;
            removed.push(copied.name);
        }
        Ok(removed)
    }
}

/// What is written is added up and thrown away.
#[derive(Default)]
struct Summed(Sha256);

impl AsyncWrite for Summed {
    fn poll_write(mut self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.0.update(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

async fn sum_of_file(path: &Path) -> Result<String, BackupError> {
    let owned = path.to_owned();
    let summed = tokio::task::spawn_blocking(move || sum_of(&owned)).await;
    summed.map_err(|error| BackupError::disk(path)(io::Error::other(error)))?
}

/// Copies a file into another folder: under another name until all of it is on the disk and was read back.
async fn put_beside(path: &Path, sha256: &str, folder: &Path) -> Result<u64, BackupError> {
    crate::make::create_folder(folder)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let (target, part) = (folder.join(&name), folder.join(format!("{name}.part")));
    let copied = async {
        let mut source = File::open(path).await.map_err(BackupError::disk(path))?;
        let options = &mut File::options();
        let file = options.write(true).create(true).truncate(true).mode(0o600).open(&part).await;
        let mut file = file.map_err(BackupError::disk(&part))?;
        let mut piece = vec![0; 256 << 10];
        let mut bytes = 0;
        loop {
            let read = source.read(&mut piece).await.map_err(BackupError::disk(path))?;
            if read == 0 {
                break;
            }
            file.write_all(piece.get(..read).unwrap_or_default()).await.map_err(BackupError::disk(&part))?;
            bytes += read as u64;
        }
        file.flush().await.map_err(BackupError::disk(&part))?;
        file.sync_all().await.map_err(BackupError::disk(&part))?;
        let found = sum_of_file(&part).await?;
        if found != sha256 {
            return Err(BackupError::damaged(&part, format!("its SHA-256 is {found}, and {sha256} was sent")));
        }
        write_sum(&target, sha256).map_err(BackupError::disk(&target))?;
        std::fs::rename(&part, &target).map_err(BackupError::disk(&target))?;
        Ok(bytes)
    }
    .await;
    if copied.is_err() {
        // It may not be there; what matters is why nothing was copied.
        drop(std::fs::remove_file(&part));
    }
    copied
}

/// Removes what a copy that was cut off has left: our own names alone.
fn remove_parts(folder: &Path) -> Result<(), BackupError> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Ok(()) };
    for entry in entries {
        let entry = entry.map_err(BackupError::disk(folder))?;
        let name = entry.file_name();
        let ours = name.to_str().and_then(|name| name.strip_suffix(".part")).and_then(Name::parse);
        if ours.is_some() {
            std::fs::remove_file(entry.path()).map_err(BackupError::disk(&entry.path()))?;
        }
    }
    Ok(())
}
