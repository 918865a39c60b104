//! The file of a backup, written in one pass and read back.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use age::secrecy::SecretString;
use sha2::{Digest, Sha256};
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use crate::error::BackupError;
use crate::manifest::{Entry, Manifest};
use crate::{manifest, sum};

/// Fast, because a backup is made every hour; a stronger one saves a tenth and takes four times as long.
const COMPRESSION: i64 = 1;

/// What is written next.
pub enum Step {
    /// A file begins.
    Begin(Box<Entry>),
    /// More of it.
    Piece(Vec<u8>),
    /// It is complete; how many rows it holds.
    End(Option<u64>),
}

impl From<Vec<u8>> for Step {
    fn from(piece: Vec<u8>) -> Self {
        Self::Piece(piece)
    }
}

/// Where the bytes go: through the encryption, or straight to the file. All of them are counted and hashed.
enum Sink {
    Plain(Summed),
    Sealed(Box<age::stream::StreamWriter<Summed>>),
}

/// A file whose bytes are hashed as they are written.
struct Summed {
    file: BufWriter<File>,
    hash: Sha256,
    bytes: u64,
}

impl Write for Summed {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        let written = self.file.write(piece)?;
        self.hash.update(piece.get(..written).unwrap_or_default());
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Write for Sink {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(file) => file.write(piece),
            Self::Sealed(file) => file.write(piece),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(file) => file.flush(),
            Self::Sealed(file) => file.flush(),
        }
    }
}

/// A backup being written.
pub struct Writer {
    zip: ZipWriter<StreamWriter<Sink>>,
    manifest: Manifest,
    hash: Sha256,
    bytes: u64,
}

/// A written file.
pub struct Written {
    /// Its length in bytes.
    pub bytes: u64,
    /// Its SHA-256 in hexadecimal.
    pub sha256: String,
}

impl Writer {
    /// Begins at `path`, which must not exist; readable by our own account alone.
    pub fn create(path: &Path, passphrase: Option<&SecretString>, manifest: Manifest) -> io::Result<Self> {
        let file = File::options().write(true).create_new(true).mode(0o600).open(path)?;
        let file = Summed { file: BufWriter::new(file), hash: Sha256::new(), bytes: 0 };
        let sink = match passphrase {
            None => Sink::Plain(file),
            Some(passphrase) => {
                let encryptor = age::Encryptor::with_user_passphrase(passphrase.clone());
                Sink::Sealed(Box::new(encryptor.wrap_output(file)?))
            }
        };
        Ok(Self { zip: ZipWriter::new_stream(sink), manifest, hash: Sha256::new(), bytes: 0 })
    }

    /// Writes one step.
    pub fn take(&mut self, step: Step) -> io::Result<()> {
        match step {
            Step::Begin(entry) => {
                self.zip.start_file(entry.file.as_str(), options())?;
                (self.hash, self.bytes) = (Sha256::new(), 0);
                self.manifest.entries.push(*entry);
            }
            Step::Piece(piece) => {
                self.zip.write_all(&piece)?;
                self.hash.update(&piece);
                self.bytes += piece.len() as u64;
            }
            Step::End(rows) => {
                if let Some(entry) = self.manifest.entries.last_mut() {
                    entry.rows = rows;
                    entry.bytes = self.bytes;
                    entry.sha256 = hex::encode(std::mem::take(&mut self.hash).finalize());
                }
            }
        }
        Ok(())
    }

    /// Writes the manifest and waits for the disk.
    pub fn finish(mut self) -> io::Result<(Manifest, Written)> {
        self.zip.start_file(manifest::FILE, options())?;
        serde_json::to_writer_pretty(&mut self.zip, &self.manifest)?;
        let sink = self.zip.finish()?.into_inner();
        let Summed { mut file, hash, bytes } = match sink {
            Sink::Plain(file) => file,
            Sink::Sealed(file) => file.finish()?,
        };
        file.flush()?;
        file.get_ref().sync_all()?;
        Ok((self.manifest, Written { bytes, sha256: hex::encode(hash.finalize()) }))
    }
}

fn options() -> SimpleFileOptions {
    SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(COMPRESSION))
        .large_file(true)
        .unix_permissions(0o600)
}

/// Whatever an archive can be read from.
pub trait Source: Read + Seek + Send {}
impl<T: Read + Seek + Send> Source for T {}

/// A backup that is read.
pub struct Archive {
    /// What it says of itself.
    pub manifest: Manifest,
    zip: ZipArchive<Box<dyn Source>>,
    path: std::path::PathBuf,
}

impl Archive {
    /// Opens the backup at `path` and reads what it says of itself.
    ///
    /// # Errors
    /// When it is damaged, encrypted with another passphrase, of another program or a newer one.
    pub fn open(path: &Path, passphrase: Option<&SecretString>) -> Result<Self, BackupError> {
        sum::check_sum(path)?;
        let file = BufReader::new(File::open(path).map_err(BackupError::disk(path))?);
        let source = source(path, file, passphrase)?;
        let foreign = |what: String| BackupError::Foreign { path: path.to_owned(), what };
        let mut zip = ZipArchive::new(source).map_err(|error| foreign(error.to_string()))?;
        let manifest = zip.by_name(manifest::FILE).map_err(|_| foreign(format!("it has no {}", manifest::FILE)))?;
        // A manifest has a line for each table, and some hundred bytes for each line.
        let mut text = Vec::new();
        let read = manifest.take(16 << 20).read_to_end(&mut text);
        read.map_err(|error| BackupError::damaged(path, format!("{}: {error}", manifest::FILE)))?;
        let manifest: Manifest = serde_json::from_slice(&text)
            .map_err(|error| foreign(format!("its {} cannot be read: {error}", manifest::FILE)))?;
        if manifest.format == manifest::FORMAT_CSV {
            return Err(foreign("it holds tables as CSV, for people to read; name a backup".to_owned()));
        }
        if ![manifest::FORMAT, manifest::FORMAT_DUMP].contains(&manifest.format) {
            return Err(foreign(format!("its format {} is unknown", manifest.format)));
        }
        Ok(Self { manifest, zip, path: path.to_owned() })
    }

    /// Reads a file of it to its end and hands each piece to `take`, which may stop by `false`. The sum is compared with
    /// the manifest's at the end.
    pub fn read(&mut self, entry: &Entry, mut take: impl FnMut(Vec<u8>) -> bool) -> Result<(), BackupError> {
        const PIECE: usize = 256 << 10;
        let damaged = |what: String| BackupError::damaged(&self.path, what);
        let mut file = self.zip.by_name(&entry.file).map_err(|error| damaged(format!("{}: {error}", entry.file)))?;
        let mut hash = Sha256::new();
        loop {
            let mut piece = vec![0; PIECE];
            let read = file.read(&mut piece).map_err(|error| damaged(format!("{}: {error}", entry.file)))?;
            piece.truncate(read);
            hash.update(&piece);
            if piece.is_empty() {
                break;
            }
            if !take(piece) {
                return Ok(());
            }
        }
        let sum = hex::encode(hash.finalize());
        if sum == entry.sha256 { Ok(()) } else { Err(damaged(format!("{} is not what was written", entry.file))) }
    }
}

/// The plain bytes of a backup.
fn source(
    path: &Path,
    file: BufReader<File>,
    passphrase: Option<&SecretString>,
) -> Result<Box<dyn Source>, BackupError> {
    if path.extension().is_none_or(|ending| ending != "age") {
        return Ok(Box::new(file));
    }
    let passphrase = passphrase.ok_or_else(|| BackupError::NoPassphrase(path.to_owned()))?;
    let wrong = |_| BackupError::Passphrase(path.to_owned());
    let identity = age::scrypt::Identity::new(passphrase.clone());
    let decryptor = age::Decryptor::new_buffered(file).map_err(wrong)?;
    Ok(Box::new(decryptor.decrypt(std::iter::once(&identity as &dyn age::Identity)).map_err(wrong)?))
}
