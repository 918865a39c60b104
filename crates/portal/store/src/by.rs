//! In whose name something is changed, and when.

use base_core::audit::{Entry, Origin};
use base_core::time::Moment;
use base_db::{Conn, StoreError};
use base_records::audit::{self, Record};

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
    pub async fn note(&self, conn: Conn<'_>, entry: Entry) -> Result<(), StoreError> {
        audit::insert(conn, &[Record { at: self.at, entry, origin: self.origin }]).await
    }
}
