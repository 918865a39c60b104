//! The line beside a backup that says what its bytes add up to, as `sha256sum --check` reads it.

use std::fs::File;
use std::io::Read;
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
    let mut file = File::open(path).map_err(BackupError::disk(path))?;
    let mut hash = Sha256::new();
    let mut piece = vec![0; 1 << 20];
    loop {
        let read = file.read(&mut piece).map_err(BackupError::disk(path))?;
        if read == 0 {
            break;
        }
        hash.update(piece.get(..read).unwrap_or_default());
    }
    let found = hex::encode(hash.finalize());
    if found.eq_ignore_ascii_case(wanted) {
        return Ok(());
    }
    Err(BackupError::damaged(path, format!("its SHA-256 is {found}, and {wanted} was written")))
}
