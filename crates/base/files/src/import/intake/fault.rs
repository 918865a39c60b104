//! Why something cannot be done with an import.

use base_core::import::ImportState;
use base_db::StoreError;
use base_sheet::SheetFault;

use super::super::error::ImportError;
use super::super::mapping::TableFault;

/// Why something cannot be done.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// The file is not what it should be.
    #[error("{0}")]
    File(#[from] TableFault),
    /// There is no such import.
    #[error("there is no such import")]
    Unknown,
    /// The import is not where this can be done.
    #[error("This import is {}. Load the page again to see what can be done with it.", in_words(*.0))]
    WrongState(ImportState),
    /// All or nothing was asked for, and the dry run has found rows that would be refused.
    #[error(
        "{0} rows would be refused, so nothing would be imported. Correct the file, or choose to skip refused rows."
    )]
    NotClean(i64),
    /// One of several files is not what it should be.
    #[error("{file}: {error}")]
    In {
        /// Its name.
        file: String,
        /// What is wrong with it.
        error: Box<Self>,
    },
    /// The file itself was removed.
    #[error("The file of this import is no longer kept; upload it again.")]
    FileGone,
    /// The database.
    #[error("the import could not be written")]
    Store(#[from] StoreError),
    /// Anything else.
    #[error("the import could not be looked at")]
    Broken(#[source] ImportError),
}

/// Where an import stands, as a sentence ends.
fn in_words(state: ImportState) -> &'static str {
    match state {
        ImportState::Waiting => "waiting for its columns to be confirmed",
        ImportState::Checking => "being checked",
        ImportState::Checked => "checked and not started",
        ImportState::Running => "running",
        ImportState::Done => "done",
        ImportState::Failed => "stopped by a fault",
        ImportState::Cancelled => "cancelled",
        ImportState::RollingBack => "being undone",
        ImportState::RolledBack => "undone",
    }
}

impl IntakeError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::File(fault) => fault.code(),
            Self::Unknown => "not_found",
            Self::WrongState(_) => "import_state",
            Self::NotClean(_) => "import_not_clean",
            Self::In { error, .. } => error.code(),
            Self::FileGone => "file_gone",
            Self::Store(_) | Self::Broken(_) => "store_unavailable",
        }
    }
}

impl From<SheetFault> for IntakeError {
    fn from(fault: SheetFault) -> Self {
        Self::File(fault.into())
    }
}
