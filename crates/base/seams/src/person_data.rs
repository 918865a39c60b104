//! What a wing keeps about a person: counted, exported, handed over, erased.

use async_trait::async_trait;
use base_core::account::AccountId;
use base_db::{Conn, StoreError};
use serde_json::Value;

/// How much of one kind a wing keeps about a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// What it is, such as `scans`.
    pub what: &'static str,
    /// How many.
    pub n: i64,
}

/// A part of what is kept of one kind.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// JSON objects.
    pub rows: Vec<Value>,
    /// Where the next part begins; `None` when this is the last one.
    pub next: Option<String>,
}

/// See the module's head.
#[async_trait]
pub trait PersonData: Send + Sync + 'static {
    /// How much is kept, by kind.
    async fn count(&self, conn: Conn<'_>, account: AccountId) -> Result<Vec<Kept>, StoreError>;

    /// A part of what is kept of one kind, in a fixed order; `after` is what the part before named as next. A kind that is not
    /// one of [`PersonData::count`] has no rows.
    async fn export(
        &self,
        conn: Conn<'_>,
        account: AccountId,
        what: &str,
        after: Option<&str>,
    ) -> Result<Page, StoreError>;

    /// The address of a page about what a person did in this wing, by their user name.
    fn page(&self, _username: &str) -> Option<String> {
        None
    }

    /// How much this person has begun and must finish before they may lose their role, such as lists that are open.
    async fn unfinished(&self, _conn: Conn<'_>, _account: AccountId) -> Result<i64, StoreError> {
        Ok(0)
    }

    /// Makes another person responsible for what this one was responsible for. What they did stays theirs.
    async fn hand_over(&self, conn: Conn<'_>, from: AccountId, to: AccountId) -> Result<u64, StoreError>;

    /// Forgets what is kept only for this person's own use. Facts that others need stay, under the account's number.
    async fn erase(&self, conn: Conn<'_>, account: AccountId) -> Result<u64, StoreError>;
}
