//! Lists of sessions: all of a realm, page by page, or those of one person.
//!
//! Invariant: a page is a short walk along an index, however many sessions there are. A session is named by the
//! beginning of its token's hash, which opens nothing.

use base_core::account::AccountId;
use base_core::realm::Realm;
use base_core::time::Moment;
use base_db::query::{Query, anywhere};
use base_db::{Conn, StoreError};

/// How many characters of a token's hash name a session.
const ID_CHARS: usize = 32;
/// Most people whose sessions one search looks at.
const PEOPLE_MAX: i64 = 200;

/// A session as lists show it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct SessionLine {
    /// The hash of its token.
    pub token_hash: String,
    /// The account.
    pub account_id: AccountId,
    /// The user name.
    pub username: String,
    /// The client's address at sign-in.
    pub address: String,
    /// The client's agent at sign-in.
    pub agent: String,
    /// When it began, in microseconds.
    pub created_at: i64,
    /// The last request, in microseconds.
    pub seen_at: i64,
    /// When it ends at the latest, in microseconds.
    pub expires_at: i64,
    /// When somebody locked it, in microseconds.
    pub locked_at: Option<i64>,
    /// The enrolled device that it was opened on.
    pub device: Option<String>,
}

impl SessionLine {
    /// What names it, outside: it opens nothing.
    pub fn id(&self) -> &str {
        self.token_hash.get(..ID_CHARS).unwrap_or(&self.token_hash)
    }
}

/// Which sessions are listed.
#[derive(Clone, Copy, Debug)]
pub struct SessionFilter<'f> {
    /// Of which realm.
    pub realm: Realm,
    /// Those of people whose name or e-mail contains this, or from this address; empty for all.
    pub text: &'f str,
    /// Those opened before this one: when, and the hash of its token.
    pub before: Option<(i64, &'f str)>,
    /// Most of them.
    pub limit: u32,
}

const COLUMNS: &str = "select s.token_hash, s.account_id, a.username, s.address, s.agent, s.created_at, s.seen_at,
    s.expires_at, s.locked_at, s.device from sessions s ";
const OWNERS: &str = "join accounts a on a.realm = s.realm and a.id = s.account_id ";

/// The sessions that have not ended, the newest first.
pub async fn list(mut conn: Conn<'_>, filter: SessionFilter<'_>, now: Moment) -> Result<Vec<SessionLine>, StoreError> {
    let text = filter.text.trim();
    let is_address = text.parse::<core::net::IpAddr>().is_ok();
    let mut query = Query::new(COLUMNS);
    let index = match (text.is_empty(), is_address) {
        (true, _) => "indexed by sessions_by_creation ",
        (_, true) => "indexed by sessions_by_address ",
        _ => "indexed by sessions_by_account ",
    };
    query.hint(conn.dialect(), index).push(OWNERS);
    query.bind("where s.realm = ? and s.expires_at > ?", [filter.realm.name().into(), now.0.into()]);
    if let Some((created_at, token_hash)) = filter.before {
        query.bind(" and (s.created_at, s.token_hash) < (?, ?)", [created_at.into(), token_hash.into()]);
    }
    if is_address {
        query.bind(" and s.address = ?", [text.into()]);
    } else if !text.is_empty() {
        let part = anywhere(&text.to_lowercase());
        query.bind(
            " and s.account_id in (select id from accounts where realm = ? and (username_folded like ? escape '\\'
                or email_folded like ? escape '\\') order by username_folded limit ?)",
            [filter.realm.name().into(), part.clone().into(), part.into(), PEOPLE_MAX.into()],
        );
    }
    query.bind(" order by s.created_at desc, s.token_hash desc limit ?", [i64::from(filter.limit).into()]);
    Ok(select_query!(conn, query, SessionLine))
}

/// The sessions of one person that have not ended, the newest first.
pub async fn of_account(
    mut conn: Conn<'_>,
    realm: Realm,
    account: AccountId,
    now: Moment,
) -> Result<Vec<SessionLine>, StoreError> {
    let mut query = Query::new(COLUMNS);
    query.push(OWNERS);
    query.bind(
        "where s.realm = ? and s.account_id = ? and s.expires_at > ? order by s.created_at desc, s.token_hash desc",
        [realm.name().into(), account.into(), now.0.into()],
    );
    Ok(select_query!(conn, query, SessionLine))
}

/// Ends the session of a name, of anybody or of one person, and returns whose it was.
pub async fn end_by_id(
    mut conn: Conn<'_>,
    realm: Realm,
    of: Option<AccountId>,
    id: &str,
) -> Result<Option<(AccountId, String)>, StoreError> {
    const END: &str = "delete from sessions where realm = $1 and token_hash = $2";
    const FIND: &str =
        "select s.account_id, a.username, s.token_hash from sessions s join accounts a on a.id = s.account_id
        where s.realm = $1 and s.token_hash >= $2 and s.token_hash < $3";
    if id.len() != ID_CHARS || !id.bytes().all(|byte| byte.is_ascii_hexdigit() && !byte.is_ascii_uppercase()) {
        return Ok(None);
    }
    let found: Option<(AccountId, String, String)> = on!(conn, c => sqlx::query_as(FIND)
        .bind(realm.name()).bind(id).bind(format!("{id}g")).fetch_optional(&mut **c).await?);
    let Some((account, username, token_hash)) = found.filter(|(account, ..)| of.is_none_or(|of| of == *account)) else {
        return Ok(None);
    };
    let ended = execute!(conn, END, realm.name(), token_hash);
    Ok((ended == 1).then_some((account, username)))
}
