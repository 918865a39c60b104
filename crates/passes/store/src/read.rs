//! Words that are stored, read back.

use base_db::StoreError;
use passes_rules::pass::{PassKind, PaymentMode};

/// Reads a stored kind.
pub(crate) fn read_kind(name: &str) -> Result<PassKind, StoreError> {
    let unreadable = || StoreError::Unreadable { what: "kind of a pass", value: name.to_owned() };
    PassKind::parse(name).ok_or_else(unreadable)
}

/// Reads a stored way of payment.
pub(crate) fn read_mode(name: &str) -> Result<PaymentMode, StoreError> {
    let unreadable = || StoreError::Unreadable { what: "payment of a pass", value: name.to_owned() };
    PaymentMode::parse(name).ok_or_else(unreadable)
}
