//! Everything that is kept of a second factor, over the tables of the base and of people.

use base_core::account::AccountId;
use base_core::realm::Realm;
use base_db::{Conn, StoreError};
use base_records::{second_factor, session};

use crate::{pending_sign_in, recovery_code};

/// Forgets the second factor of an account with its passkeys and recovery codes, and ends its sessions but one, if one is named. False
/// when there was none: then nothing is touched.
pub async fn forget(
    mut conn: Conn<'_>,
    (realm, account): (Realm, AccountId),
    kept: Option<&str>,
) -> Result<bool, StoreError> {
    let passkeys = crate::passkey::remove_all(conn.reborrow(), account).await?;
    if !second_factor::turn_off(conn.reborrow(), account).await? && passkeys == 0 {
        return Ok(false);
    }
    recovery_code::remove(conn.reborrow(), account).await?;
    pending_sign_in::end_all_of(conn.reborrow(), account).await?;
    session::end_others_of(conn, realm, account, kept.unwrap_or_default()).await?;
    Ok(true)
}
