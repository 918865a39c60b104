//! What a code is: one scan and one search box for all wings.

use async_trait::async_trait;
use base_core::account::Person;
use base_db::{Conn, StoreError};

/// What a wing knows about a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// What kind of thing it is, such as `account`.
    pub kind: &'static str,
    /// The code as it is kept.
    pub code: String,
    /// Where its page is.
    pub address: String,
}

/// Finds out what a code is in one wing. Only what the person may see is found.
#[async_trait]
pub trait Resolve: Send + Sync + 'static {
    /// The thing with exactly this code.
    async fn resolve(&self, conn: Conn<'_>, person: &Person, code: &str) -> Result<Option<Found>, StoreError>;
}
