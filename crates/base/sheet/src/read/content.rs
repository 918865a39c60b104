//! Where the bytes of a file come from: a path, or an upload that is in memory already. Each reading starts from the
//! beginning.

use std::fmt;
use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::path::PathBuf;
use std::sync::Arc;

use super::stop::{Stop, Stopped};
use crate::fault::SheetFault;

/// Bytes that several readings share.
#[derive(Clone)]
pub struct Shared(pub Arc<dyn AsRef<[u8]> + Send + Sync>);

impl AsRef<[u8]> for Shared {
    fn as_ref(&self) -> &[u8] {
        (*self.0).as_ref()
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} bytes", self.as_ref().len())
    }
}

/// Where a file is.
#[derive(Clone, Debug)]
pub enum Place {
    /// On disk.
    File(PathBuf),
    /// In memory.
    Bytes(Shared),
}

/// A file before it is opened.
#[derive(Clone, Debug)]
pub struct Content {
    /// Where it is.
    pub place: Place,
    /// What ends its readings.
    pub stop: Stop,
}

impl Content {
    /// Opens it at its beginning.
    pub fn open(&self) -> Result<Stream, SheetFault> {
        let from = match &self.place {
            Place::Bytes(bytes) => Source::Bytes(Cursor::new(bytes.clone())),
            Place::File(path) => {
                let file = File::open(path).map_err(SheetFault::Unreadable)?;
                if !file.metadata().map_err(SheetFault::Unreadable)?.is_file() {
                    return Err(SheetFault::NotATable { what: "a folder or a device" });
                }
                Source::File(file)
            }
        };
        Ok(Stream { from, stop: self.stop.clone() })
    }

    /// Its first bytes, at most `bytes_max`.
    pub fn head(&self, bytes_max: u64) -> Result<Vec<u8>, SheetFault> {
        let mut head = Vec::new();
        self.open()?.take(bytes_max).read_to_end(&mut head).map_err(SheetFault::Unreadable)?;
        Ok(head)
    }
}

/// A file that is open. Once its reading is to end, nothing more is read of it.
#[derive(Debug)]
pub struct Stream {
    from: Source,
    stop: Stop,
}

#[derive(Debug)]
enum Source {
    File(File),
    Bytes(Cursor<Shared>),
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.stop.is_asked() {
            return Err(io::Error::other(Stopped));
        }
        match &mut self.from {
            Source::File(file) => file.read(buffer),
            Source::Bytes(bytes) => bytes.read(buffer),
        }
    }
}

impl Seek for Stream {
    fn seek(&mut self, place: SeekFrom) -> io::Result<u64> {
        match &mut self.from {
            Source::File(file) => file.seek(place),
            Source::Bytes(bytes) => bytes.seek(place),
        }
    }
}
