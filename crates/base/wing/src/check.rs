//! What can be checked of a running or a restored site.

use async_trait::async_trait;
use base_db::{Db, StoreError};

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Whether it is as it should be.
    pub is_well: bool,
    /// What was looked at, or what is wrong and with what, in one sentence.
    pub text: String,
}

impl Finding {
    /// All is as it should be.
    pub fn well(text: impl Into<String>) -> Self {
        Self { is_well: true, text: text.into() }
    }

    /// Something is wrong.
    pub fn wrong(text: impl Into<String>) -> Self {
        Self { is_well: false, text: text.into() }
    }
}

/// A check, for `tallyhouse doctor` and after a restore. It reads only.
#[async_trait]
pub trait Check: Send + Sync + 'static {
    /// What it is about, in a word or two.
    fn name(&self) -> &'static str;

    /// Looks, and tells what it found. Figures that are compared are of one moment.
    async fn look(&self, db: &Db) -> Result<Vec<Finding>, StoreError>;
}
