//! To whom a customer's mails go.

use base_core::account::AccountId;
use base_db::{Conn, StoreError};

/// A customer who can be written to. Their user name is their e-mail.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Recipient {
    /// The address.
    pub username: String,
    /// The language they read.
    pub locale: String,
}

/// Where mails of an account go; `None` for one that may not sign in.
pub async fn of(mut conn: Conn<'_>, account: AccountId) -> Result<Option<Recipient>, StoreError> {
    const OF: &str = "select username, locale from accounts where id = $1 and realm = 'customer' and is_active";
    Ok(on!(conn, c => sqlx::query_as(OF).bind(account).fetch_optional(&mut **c).await?))
}
