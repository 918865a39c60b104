//! Why a file could not be made.

use base_db::StoreError;
use base_sheet::WriteFault;

/// Why a file could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The database did not answer, or holds what it should not.
    #[error("the rows cannot be read")]
    Store(#[from] StoreError),
    /// The file cannot be written.
    #[error("the file cannot be written")]
    Write(#[from] WriteFault),
    /// The disk said no.
    #[error("the file cannot be kept")]
    Io(#[from] std::io::Error),
    /// Whoever asked for it does not want it any more.
    #[error("it was cancelled")]
    Cancelled,
    /// The program is closing.
    #[error("the work was cut off")]
    CutOff,
}
