//! In whose name something is changed, and when.

use base_core::account::AccountId;
use base_core::audit::{Entry, Origin};
use base_core::time::Moment;
use base_db::{Conn, StoreError};
use base_records::audit::{self, Record};
use portal_rules::usage::CUSTOMER;

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

    /// An entry about a customer, who is named as every other entry about them names them: by e-mail.
    pub async fn note_about(
        &self,
        mut conn: Conn<'_>,
        (action, account): (&'static str, AccountId),
        say: impl FnOnce(Entry) -> Entry,
    ) -> Result<(), StoreError> {
        const EMAIL: &str = "select username from accounts where id = $1";
        let email: Option<String> =
            on!(conn, c => sqlx::query_scalar(EMAIL).bind(account).fetch_optional(&mut **c).await?);
        self.note(conn, say(Entry::new(action, CUSTOMER, email.unwrap_or_default()))).await
    }
}
