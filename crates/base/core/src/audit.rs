//! The audit trail's vocabulary: who did what to which thing, before and after.

use serde_json::Value;

use crate::account::AccountId;
use crate::realm::Realm;

/// One entry, before it has its number and its time.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The stable name of the action, such as `link_created`.
    pub action: &'static str,
    /// What kind of thing was touched: `account`, `session`, `token`, `import`.
    pub entity_type: &'static str,
    /// Which one.
    pub entity: String,
    /// The old values of the fields that changed. Never a secret.
    pub before: Option<String>,
    /// The new values of the fields that changed. Never a secret.
    pub after: Option<String>,
}

/// Who caused an entry, and from where.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The realm in which it happened: that of the person, or of the sign-in page that somebody was at.
    pub realm: Realm,
    /// The person; `None` is the system itself.
    pub actor: Option<AccountId>,
    /// The client's address.
    pub address: String,
    /// The client's user agent.
    pub agent: String,
    /// The request that caused it.
    pub request_id: String,
    /// The station, when one was named.
    pub station: Option<String>,
}

impl Entry {
    /// An entry without values before or after.
    pub fn new(action: &'static str, entity_type: &'static str, entity: impl Into<String>) -> Self {
        Self { action, entity_type, entity: entity.into(), before: None, after: None }
    }

    /// The same with the new values.
    #[must_use]
    pub fn with_after(mut self, after: &Value) -> Self {
        self.after = Some(after.to_string());
        self
    }

    /// The same with the old values.
    #[must_use]
    pub fn with_before(mut self, before: &Value) -> Self {
        self.before = Some(before.to_string());
        self
    }
}
