//! What opens for somebody without their password: sessions, and tokens of the API.
//!
//! Invariant: both end in the transaction of what they must not outlive, and the trail says how many tokens it were.

use base_core::account::AccountId;
use base_core::realm::Realm;
use base_db::{Conn, StoreError};
use base_records::{session, token};
use people_rules::trail::entry;
use serde_json::json;

use crate::failed::By;

/// Whose it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Owner<'o> {
    /// The realm of the account.
    pub realm: Realm,
    /// The account.
    pub id: AccountId,
    /// What the trail calls them.
    pub username: &'o str,
}

/// Ends every session of somebody and revokes every token of theirs.
pub(crate) async fn end_all_of(mut conn: Conn<'_>, owner: Owner<'_>, by: By<'_>) -> Result<(), StoreError> {
    session::end_all_of(conn.reborrow(), owner.realm, owner.id).await?;
    revoke_tokens_of(conn, owner, by).await
}

/// Revokes every token of somebody.
pub(crate) async fn revoke_tokens_of(mut conn: Conn<'_>, owner: Owner<'_>, by: By<'_>) -> Result<(), StoreError> {
    let revoked = token::revoke_all_of(conn.reborrow(), (owner.realm, owner.id), by.at).await?;
    if revoked == 0 {
        return Ok(());
    }
    let entry = entry(owner.realm, "tokens_revoked", owner.username).with_after(&json!({ "tokens": revoked }));
    by.note(conn, entry).await
}
