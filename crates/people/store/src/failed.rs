//! Why a change was not made, and in whose name it is.

use base_core::audit::{Entry, Origin};
use base_core::time::Moment;
use base_db::{Conn, StoreError};
use base_records::audit;
use base_records::audit::Record;
use people_rules::account::Refusal;

/// A change that was not made.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    /// A rule says no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// There is no such account, request or mail.
    #[error("not found")]
    NotFound,
    /// The database says no.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for Failed {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

/// In whose name something is changed, and when.
#[derive(Clone, Copy, Debug)]
pub struct By<'o> {
    /// When.
    pub at: Moment,
    /// Who, and from where.
    pub origin: &'o Origin,
}

impl By<'_> {
    /// Writes an entry of the trail.
    pub(crate) async fn note(&self, conn: Conn<'_>, entry: Entry) -> Result<(), StoreError> {
        audit::insert(conn, &[Record { at: self.at, entry, origin: self.origin }]).await
    }
}
