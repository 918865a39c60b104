//! The line beside a backup that says what its bytes add up to, as `sha256sum --check` reads it.

use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::error::BackupError;

/// The file with the sum of the backup at `path`.
pub fn sum_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".sha256");
    PathBuf::from(name)
}

/// Compares the backup at `path` with the sum beside it. Without such a file nothing is compared here; what is inside has
/// sums of its own.
pub fn check_sum(path: &Path) -> Result<(), BackupError> {
    let Ok(line) = std::fs::read_to_string(sum_path(path)) else { return Ok(()) };
    let Some(wanted) = line.split_whitespace().next() else {
        return Err(BackupError::damaged(path, "the file with its sum is empty"));
    };
    let found = sum_of(path)?;
    if found.eq_ignore_ascii_case(wanted) {
        return Ok(());
    }
    Err(BackupError::damaged(path, format!("its SHA-256 is {found}, and {wanted} was written")))
}

/// The SHA-256 of a file, in hexadecimal.
pub fn sum_of(path: &Path) -> Result<String, BackupError> {
    let mut file = File::open(path).map_err(BackupError::disk(path))?;
    let mut hash = Sha256::new();
    let mut piece = vec![0; 1 << 20];
    loop {
        let read = file.read(&mut piece).map_err(BackupError::disk(path))?;
        if read == 0 {
            return Ok(hex::encode(hash.finalize()));
        }
        hash.update(piece.get(..read).unwrap_or_default());
    }
}

/// The sum that stands beside the backup at `path`, or that of its bytes where none does.
pub fn known_sum(path: &Path) -> Result<String, BackupError> {
    let line = std::fs::read_to_string(sum_path(path)).unwrap_or_default();
    line.split_whitespace().next().map_or_else(|| sum_of(path), |sum| Ok(sum.to_lowercase()))
}

/// Writes the line beside the file at `path`, and waits for the disk.
pub fn write_sum(path: &Path, sha256: &str) -> std::io::Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut file = File::options().write(true).create(true).truncate(true).mode(0o600).open(sum_path(path))?;
    writeln!(file, "{sha256}  {name}")?;
    file.sync_all()
}
