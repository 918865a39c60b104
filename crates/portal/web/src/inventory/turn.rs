//! Whose file is under way.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use base_core::account::AccountId;

/// The accounts that have a file under way on this node. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Exporting(Arc<Mutex<BTreeSet<AccountId>>>);

/// The turn of one account; it ends when this is dropped.
pub struct Turn {
    of: Exporting,
    account: AccountId,
}

impl Exporting {
    /// The turn of an account; `None` while it has one.
    pub fn begin(&self, account: AccountId) -> Option<Turn> {
        let is_new = self.0.lock().expect("no holder panics").insert(account);
        is_new.then(|| Turn { of: self.clone(), account })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.of.0.lock().expect("no holder panics").remove(&self.account);
    }
}
