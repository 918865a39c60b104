//! What opens for somebody without their password: sessions, and tokens of the API.
//!
//! Invariant: both end in the transaction of what they must not outlive, and the trail says how many tokens it were.

use base_core::account::AccountId;
use base_core::audit::Entry;
use base_core::realm::Realm;
use base_db::{Conn, StoreError};
use base_records::{session, token};
use serde_json::json;

use crate::failed::By;

/// Ends every session of somebody of staff and revokes every token of theirs.
pub(crate) async fn end_all_of(
    mut conn: Conn<'_>,
    (id, username): (AccountId, &str),
    by: By<'_>,
) -> Result<(), StoreError> {
    session::end_all_of(conn.reborrow(), Realm::Staff, id).await?;
    revoke_tokens_of(conn, (id, username), by).await
}

/// Revokes every token of somebody of staff.
pub(crate) async fn revoke_tokens_of(
    mut conn: Conn<'_>,
    (id, username): (AccountId, &str),
    by: By<'_>,
) -> Result<(), StoreError> {
    let revoked = token::revoke_all_of(conn.reborrow(), (Realm::Staff, id), by.at).await?;
    if revoked == 0 {
        return Ok(());
    }
    by.note(conn, Entry::new("tokens_revoked", "account", username).with_after(&json!({ "tokens": revoked }))).await
}
