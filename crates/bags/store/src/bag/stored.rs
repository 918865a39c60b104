//! What the stored names of kinds and statuses mean.

use bags_rules::bag::{BagKind, BagStatus};
use base_db::StoreError;

/// Reads the stored name of a kind.
pub(crate) fn read_kind(kind: &str) -> Result<BagKind, StoreError> {
    BagKind::parse(kind).ok_or_else(|| StoreError::Unreadable { what: "kind of bag", value: kind.into() })
}

/// Reads the stored name of a status.
pub(crate) fn read_status(status: &str) -> Result<BagStatus, StoreError> {
    BagStatus::parse(status).ok_or_else(|| StoreError::Unreadable { what: "status of a bag", value: status.into() })
}
