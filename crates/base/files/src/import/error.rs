//! Why an import stopped.

use base_db::{Cause, StoreError};
use base_desk::DeskError;
use base_sheet::SheetFault;

use super::mapping::TableFault;

/// Why an import stopped. What was committed stays committed.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The database.
    #[error("the import could not be written")]
    Store(#[from] StoreError),
    /// The desk.
    #[error("the import could not be handed in at the desk")]
    Desk(#[from] DeskError),
    /// The file.
    #[error("the file cannot be read")]
    Table(#[from] TableFault),
    /// No wing of this site knows such files.
    #[error("no part of this site knows such files")]
    UnknownKind,
    /// The file is not here.
    #[error("the file of this import is no longer kept; upload it again")]
    FileGone,
    /// Who asked for it may not, or not any more.
    #[error("whoever asked for this import may not import")]
    NotAllowed,
    /// The thread that reads has ended badly.
    #[error("the reader of the file broke off")]
    Reader(#[from] tokio::task::JoinError),
}

impl ImportError {
    /// The stable code where the import itself is at fault and trying again would not help.
    pub(crate) fn fault(&self) -> Option<&'static str> {
        match self {
            Self::Table(TableFault { fault: SheetFault::Stopped, .. }) => None,
            Self::Table(fault) => Some(fault.code()),
            Self::FileGone => Some("file_gone"),
            Self::UnknownKind => Some("unknown_kind"),
            Self::NotAllowed => Some("not_allowed"),
            Self::Store(_) | Self::Desk(_) | Self::Reader(_) => self.is_ours().then_some("internal"),
        }
    }

    /// True where the program is at fault: the import must not be tried for ever as if that would pass.
    pub(crate) fn is_ours(&self) -> bool {
        match self {
            Self::Reader(ended) => ended.is_panic(),
            error => Cause::behind(error) == Some(Cause::Ours),
        }
    }
}
