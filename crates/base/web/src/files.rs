//! The errors of exports and imports as problems.

use axum::http::StatusCode;
use base_files::export::{ChoiceFault, ExportError};
use base_files::import::TableFault;
use base_files::import::intake::IntakeError;
use base_sheet::SheetFault;

use crate::error::Problem;

impl From<ExportError> for Problem {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::Store(error) => error.into(),
            other => Self::broken("export_failed", "The file could not be made. Try again, or choose CSV.", &other),
        }
    }
}

impl From<ChoiceFault> for Problem {
    fn from(fault: ChoiceFault) -> Self {
        Self::field(fault.field, fault.detail)
    }
}

impl From<IntakeError> for Problem {
    fn from(error: IntakeError) -> Self {
        let (code, detail) = (error.code(), error.to_string());
        match error {
            IntakeError::In { error, .. } => Self::new(Self::from(*error).status(), code, detail).about("file"),
            IntakeError::Store(cause) => cause.into(),
            IntakeError::Broken(cause) => Self::sorted(&cause),
            IntakeError::Unknown => Self::not_found("This import"),
            IntakeError::WrongState(_) | IntakeError::NotClean(_) | IntakeError::FileGone => {
                Self::new(StatusCode::CONFLICT, code, detail)
            }
            IntakeError::File(TableFault { fault: SheetFault::Stopped, .. }) => {
                Self::unavailable("closing", "The server is closing. Upload the file again in a moment.")
            }
            IntakeError::File(_) => Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail).about("file"),
        }
    }
}
