//! Passwords: a person's own, one that somebody gives them for a while, and links by which they set a new one.
//!
//! Invariants: a temporary password and a link open once and for a limited time, and a new one replaces the old one; only
//! hashes are kept; whoever gets another password is signed out everywhere, but for where they changed it themselves, and
//! tokens of the API do not outlive a password that somebody else gave or that a link has set.

use base_core::account::AccountId;
use base_core::audit::Entry;
use base_core::realm::Realm;
use base_core::time::Moment;
use base_db::{Conn, Db, StoreError};
use base_records::{account as base, session, sign_in};
use people_rules::account::Refusal;
use people_rules::trail::{PASSWORD_MAILED, entry};
use serde_json::json;

use crate::access::{Owner, end_all_of, revoke_tokens_of};
use crate::account::{Account, find, find_in};
use crate::failed::{By, Failed};

/// The hash of the password that somebody has now, and whether they may go without giving it: it was given to them, and
/// they proved it when they signed in.
pub async fn present(mut conn: Conn<'_>, id: AccountId) -> Result<Option<(String, bool)>, StoreError> {
    const PRESENT: &str =
        "select password_hash, must_change_password from accounts where id = $1 and removed_at is null";
    Ok(on!(conn, c => sqlx::query_as(PRESENT).bind(id).fetch_optional(&mut **c).await?))
}

/// The account, where its password is kept here: that of the directory is changed there.
async fn with_own_password(conn: Conn<'_>, (realm, id): (Realm, AccountId)) -> Result<Account, Failed> {
    let account = find_in(conn, realm, id).await?.ok_or(Failed::NotFound)?;
    if account.directory_guid.is_some() { Err(Refusal::OfDirectory.into()) } else { Ok(account) }
}

/// What somebody sets who changes their own password.
#[derive(Clone, Copy, Debug)]
pub struct OwnChange<'c> {
    /// The hash of the new password.
    pub password_hash: &'c str,
    /// The session in which they do it; it goes on.
    pub kept: &'c str,
    /// Whether their tokens of the API end as well.
    pub revokes_tokens: bool,
}

/// Sets a password of the person's own.
pub async fn change(
    mut conn: Conn<'_>,
    (realm, id): (Realm, AccountId),
    change: OwnChange<'_>,
    by: By<'_>,
) -> Result<(), Failed> {
    let was = with_own_password(conn.reborrow(), (realm, id)).await?;
    base::set_password(conn.reborrow(), id, change.password_hash).await?;
    void_link(conn.reborrow(), id).await?;
    session::end_others_of(conn.reborrow(), realm, id, change.kept).await?;
    if change.revokes_tokens {
        revoke_tokens_of(conn.reborrow(), Owner { realm, id, username: &was.username }, by).await?;
    }
    by.note(conn, entry(realm, "password_change", &was.username)).await?;
    Ok(())
}

/// Sets a password for somebody from outside of any session: everything of theirs ends.
pub async fn set(
    mut conn: Conn<'_>,
    (realm, id): (Realm, AccountId),
    password_hash: &str,
    by: By<'_>,
) -> Result<(), Failed> {
    let was = with_own_password(conn.reborrow(), (realm, id)).await?;
    base::set_password(conn.reborrow(), id, password_hash).await?;
    void_link(conn.reborrow(), id).await?;
    end_all_of(conn.reborrow(), Owner { realm, id, username: &was.username }, by).await?;
    by.note(conn, entry(realm, "password_change", &was.username)).await?;
    Ok(())
}

/// A password that somebody gets from somebody else.
#[derive(Clone, Copy, Debug)]
pub struct Given<'g> {
    /// Its hash.
    pub hash: &'g str,
    /// Until when it opens.
    pub until: Moment,
    /// True if a mail takes it to them.
    pub is_mailed: bool,
}

/// Gives somebody a password that opens once. They choose their own before anything else.
pub async fn give_temporary(
    mut conn: Conn<'_>,
    (realm, id): (Realm, AccountId),
    given: Given<'_>,
    by: By<'_>,
) -> Result<Account, Failed> {
    const GIVE: &str = "update accounts set password_hash = $2, must_change_password = (1 = 1), temporary_until = $3,
            temporary_used = (1 = 0), failed_sign_ins = 0, locked_until = null
        where id = $1";
    let was = with_own_password(conn.reborrow(), (realm, id)).await?;
    if by.origin.actor == Some(id) {
        return Err(Refusal::Yourself.into());
    }
    execute!(conn, GIVE, id, given.hash, given.until.0);
    sign_in::forget_account(conn.reborrow(), id).await?;
    void_link(conn.reborrow(), id).await?;
    end_all_of(conn.reborrow(), Owner { realm, id, username: &was.username }, by).await?;
    let is_mailed = realm == Realm::Customer && given.is_mailed;
    let action = if is_mailed { PASSWORD_MAILED } else { "password_temporary" };
    let told = entry(realm, action, &was.username).with_after(&json!({ "until": given.until.rfc3339() }));
    by.note(conn, told).await?;
    Ok(was)
}

/// Closes temporary passwords whose time has run out, and deletes links like them. Gives how many passwords it were.
pub async fn close_old(db: &Db, now: Moment) -> Result<u64, StoreError> {
    const CLOSE: &str = "update accounts set temporary_used = (1 = 1)
        where temporary_until is not null and temporary_until <= $1 and not temporary_used";
    let mut tx = db.write().await?;
    let closed = execute!(tx.conn(), CLOSE, now.0);
    execute!(tx.conn(), "delete from password_links where expires_at <= $1", now.0);
    tx.commit().await?;
    Ok(closed)
}

/// Somebody to whom a link can be sent: active, with an e-mail.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Recipient {
    /// The account.
    pub id: AccountId,
    /// The user name.
    pub username: String,
    /// What mails call them.
    pub called: String,
    /// The e-mail.
    pub email: String,
    /// The language.
    pub locale: String,
}

/// The active person of a realm with an e-mail, whose password is kept here.
pub async fn recipient(mut conn: Conn<'_>, realm: Realm, email: &str) -> Result<Option<Recipient>, StoreError> {
    const FIND: &str = "select id, username, called, email, locale from accounts
        where realm = $1 and email_folded = $2 and is_active and removed_at is null
            and directory_guid is null";
    let folded = email.trim().to_lowercase();
    Ok(on!(conn, c => sqlx::query_as(FIND).bind(realm.name()).bind(&folded).fetch_optional(&mut **c).await?))
}

/// A new link.
#[derive(Clone, Copy, Debug)]
pub struct NewLink<'l> {
    /// The hash of its token.
    pub token_hash: &'l str,
    /// Until when it opens.
    pub until: Moment,
    /// A link that was made after this moment stays, and no new one is made.
    pub spares_since: Option<Moment>,
}

/// Keeps the hash of a new link; the one before opens nothing any more. False where one stays that is young enough.
pub async fn keep_link(
    mut conn: Conn<'_>,
    (realm, to): (Realm, &Recipient),
    new: NewLink<'_>,
    by: By<'_>,
) -> Result<bool, Failed> {
    const KEEP: &str =
        "insert into password_links (account_id, token_hash, created_at, expires_at) values ($1, $2, $3, $4)
        on conflict (account_id) do update set token_hash = excluded.token_hash, created_at = excluded.created_at,
            expires_at = excluded.expires_at
        where password_links.created_at <= $5";
    let replaced_until = new.spares_since.map_or(i64::MAX, |since| since.0);
    if execute!(conn, KEEP, to.id, new.token_hash, by.at.0, new.until.0, replaced_until) == 0 {
        return Ok(false);
    }
    by.note(conn, entry(realm, "password_reset_request", &to.username)).await?;
    Ok(true)
}

/// Whose a link of a realm is, while it opens.
pub async fn of_link(
    mut conn: Conn<'_>,
    realm: Realm,
    token_hash: &str,
    now: Moment,
) -> Result<Option<Recipient>, StoreError> {
    const FIND: &str = "select a.id, a.username, a.called, coalesce(a.email, '') as email, a.locale
        from password_links l join accounts a on a.id = l.account_id
        where l.token_hash = $1 and l.expires_at > $2 and a.realm = $3 and a.is_active and a.removed_at is null
            and a.directory_guid is null";
    Ok(on!(conn, c => sqlx::query_as(FIND)
        .bind(token_hash).bind(now.0).bind(realm.name()).fetch_optional(&mut **c).await?))
}

/// Sets a password by a link, which is used up: lifts a lock, ends every session and every token, and leaves the second
/// factor alone.
pub async fn by_link(
    mut conn: Conn<'_>,
    realm: Realm,
    token_hash: &str,
    password_hash: &str,
    by: By<'_>,
) -> Result<Recipient, Failed> {
    const USE: &str = "delete from password_links where token_hash = $1 and expires_at > $2";
    let to = of_link(conn.reborrow(), realm, token_hash, by.at).await?.ok_or(Refusal::BadLink)?;
    if execute!(conn, USE, token_hash, by.at.0) != 1 {
        return Err(Refusal::BadLink.into());
    }
    base::set_password(conn.reborrow(), to.id, password_hash).await?;
    end_all_of(conn.reborrow(), Owner { realm, id: to.id, username: &to.username }, by).await?;
    by.note(conn, entry(realm, "password_reset_complete", &to.username)).await?;
    Ok(to)
}

/// Makes a link that waits to be used open nothing. False where there is none.
pub async fn void(mut conn: Conn<'_>, id: AccountId, by: By<'_>) -> Result<bool, Failed> {
    let was = find(conn.reborrow(), id).await?.ok_or(Failed::NotFound)?;
    let voided = void_link(conn.reborrow(), id).await?;
    if voided {
        by.note(conn, Entry::new("password_reset_void", "account", was.username.as_str())).await?;
    }
    Ok(voided)
}

/// Until when a link opens that waits to be used.
pub async fn link_until(mut conn: Conn<'_>, id: AccountId, now: Moment) -> Result<Option<Moment>, StoreError> {
    const UNTIL: &str = "select expires_at from password_links where account_id = $1 and expires_at > $2";
    let until: Option<i64> =
        on!(conn, c => sqlx::query_scalar(UNTIL).bind(id).bind(now.0).fetch_optional(&mut **c).await?);
    Ok(until.map(Moment))
}

/// Makes a link that waits open nothing. False where there is none.
pub(crate) async fn void_link(mut conn: Conn<'_>, id: AccountId) -> Result<bool, StoreError> {
    Ok(execute!(conn, "delete from password_links where account_id = $1", id) > 0)
}
