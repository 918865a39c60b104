//! Removing a person: who takes over what they made, what is forgotten, and what stays.
//!
//! Invariants: what others need stays, under the account's number and a name that says nothing; nothing that is only about
//! the person stays; an entry of the trail is never deleted, names in it are masked where that is asked for.

use base_core::account::AccountId;
use base_core::realm::Realm;
use base_core::text::as_shown;
use base_db::{Conn, StoreError};
use base_records::audit::forget::{self, Forgotten, Whom};
use base_records::audit::masked;
use people_rules::account::{Facts, Refusal, check_standing, removed_name};
use people_rules::trail;
use serde_json::json;

use crate::account::{Account, find, find_in, one_at_a_time, other_admins};
use crate::edit::Site;
use crate::failed::{By, Failed};

/// How a person is removed.
#[derive(Clone, Debug, Default)]
pub struct Removal<'r> {
    /// Their user name, typed by whoever removes them.
    pub confirm: &'r str,
    /// Who takes over what they answer for; `None` leaves it with the removed person.
    pub heir: Option<AccountId>,
    /// Whether names and addresses in the trail are masked, too.
    pub masks_trail: bool,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Removed {
    /// What went to the heir.
    pub handed_over: u64,
    /// What was kept for their own use alone, and was forgotten.
    pub forgotten: u64,
    /// Entries of the trail in which something was masked.
    pub masked: u64,
}

/// Removes a person.
pub async fn remove(
    mut conn: Conn<'_>,
    id: AccountId,
    removal: &Removal<'_>,
    site: Site<'_>,
    by: By<'_>,
) -> Result<Removed, Failed> {
    one_at_a_time(conn.reborrow()).await?;
    let (realm, was) = of_any_realm(conn.reborrow(), id).await?.ok_or(Failed::NotFound)?;
    let facts = Facts {
        by: by.origin.actor,
        account: id,
        before: &was.standing,
        other_admins: other_admins(conn.reborrow(), id).await?,
        unfinished: 0,
    };
    check_standing(facts, None)?;
    if as_shown(removal.confirm) != as_shown(&was.username) {
        return Err(Refusal::NotConfirmed.into());
    }
    let mut removed = Removed { handed_over: 0, forgotten: 0, masked: 0 };
    let mut heir_name = None;
    if let Some(heir) = removal.heir {
        let heir = find(conn.reborrow(), heir).await?.filter(|heir| heir.standing.is_active && heir.id != id);
        let heir = heir.ok_or(Refusal::BadHeir)?;
        removed.handed_over = site.keepers.hand_over(conn.reborrow(), id, heir.id).await?;
        heir_name = Some(heir.username);
    }
    removed.forgotten = site.keepers.erase(conn.reborrow(), id).await?;
    empty(conn.reborrow(), id, by).await?;
    // What was masked before the new entry; that one names nobody where nobody shall be named.
    let mut after = json!({
        "handed_over_to": heir_name, "handed_over": removed.handed_over, "forgotten": removed.forgotten,
        "masked": removal.masks_trail,
    });
    let mut named = was.username.clone();
    if removal.masks_trail {
        let forgotten = mask(conn.reborrow(), (realm, &was)).await?;
        removed.masked = forgotten.entries.len() as u64 + forgotten.without_address;
        // What this entry names may be without values; nothing else may.
        after[masked::FIELD] = masked::written(&forgotten.entries).into();
        named = removed_name(id);
    }
    by.note(conn, trail::entry(realm, "user_deleted", &named).with_after(&after)).await?;
    Ok(removed)
}

/// Somebody who was not removed, whether they are staff or a customer.
async fn of_any_realm(mut conn: Conn<'_>, id: AccountId) -> Result<Option<(Realm, Account)>, StoreError> {
    for realm in [Realm::Staff, Realm::Customer] {
        if let Some(found) = find_in(conn.reborrow(), realm, id).await? {
            return Ok(Some((realm, found)));
        }
    }
    Ok(None)
}

/// Masks a person's names in the entries about them, and the addresses in what they did.
async fn mask(conn: Conn<'_>, (realm, was): (Realm, &Account)) -> Result<Forgotten, StoreError> {
    let about = trail::entry(realm, "user_deleted", "");
    let removed_name = removed_name(was.id);
    let whom = Whom {
        account: was.id,
        realm,
        entity_type: about.entity_type,
        name: &was.username,
        since: was.created_at,
        removed_name: &removed_name,
    };
    forget::person(conn, &whom).await
}

/// Empties the account's row. Its number stays: bags, scans and entries of the trail name it.
async fn empty(mut conn: Conn<'_>, id: AccountId, by: By<'_>) -> Result<(), StoreError> {
    const EMPTY: &str = "update accounts set username = $2, username_folded = $2, display_name = null, email = null,
            email_folded = null, password_hash = '!', area = null, is_active = (1 = 0), must_change_password = (1 = 0),
            failed_sign_ins = 0, locked_until = null, totp_encrypted = null, two_factor = (1 = 0), signed_in_at = null,
            temporary_until = null, temporary_used = (1 = 0), directory_guid = null,
            directory_out = null, removed_at = $3, version = version + 1
        where id = $1";
    execute!(conn, EMPTY, id, removed_name(id), by.at.0);
    execute!(conn, "delete from account_roles where account_id = $1", id);
    execute!(conn, "delete from sessions where account_id = $1", id);
    execute!(conn, "delete from tokens where account_id = $1", id);
    execute!(conn, "delete from password_links where account_id = $1", id);
    execute!(conn, "delete from import_mappings where account_id = $1", id);
    execute!(conn, "delete from recovery_codes where account_id = $1", id);
    execute!(conn, "delete from passkeys where account_id = $1", id);
    execute!(conn, "delete from pending_sign_ins where account_id = $1", id);
    execute!(conn, "delete from sign_in_tries where account_id = $1", id);
    Ok(())
}
