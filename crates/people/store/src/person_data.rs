//! What this wing keeps of a person: the account itself, sessions, tokens, requests, notices, and what the trail says of them.

use async_trait::async_trait;
use base_core::account::AccountId;
use base_core::time::Moment;
use base_db::{Conn, StoreError};
use base_seams::{Kept, Page, PersonData};
use serde_json::{Value, json};

use crate::account::find;
use crate::{notification, passkey, promotion};

/// Rows of one page of an export.
const PAGE_ROWS: i64 = 500;

/// What this wing keeps.
pub struct OfPerson;

/// Each kind, with the statement that counts it.
const KINDS: [(&str, &str); 9] = [
    ("account", "select count(*) from accounts where id = $1 and removed_at is null"),
    ("sessions", "select count(*) from sessions where account_id = $1"),
    ("tokens", "select count(*) from tokens where account_id = $1"),
    ("passkeys", "select count(*) from passkeys where account_id = $1"),
    ("requests", "select count(*) from promotions where account_id = $1"),
    ("notices", "select count(*) from notifications where account_id = $1"),
    ("preferences", "select count(*) from preferences where account_id = $1"),
    ("mails", "select count(*) from mails where recipient = (select email from accounts where id = $1)"),
    ("trail", "select count(*) from audit where actor_id = $1"),
];

#[async_trait]
impl PersonData for OfPerson {
    async fn count(&self, mut conn: Conn<'_>, account: AccountId) -> Result<Vec<Kept>, StoreError> {
        let mut kept = Vec::with_capacity(KINDS.len());
        for (what, text) in KINDS {
            let n: i64 = on!(conn, c => sqlx::query_scalar(text).bind(account).fetch_one(&mut **c).await?);
            kept.push(Kept { what, n });
        }
        Ok(kept)
    }

    async fn export(
        &self,
        mut conn: Conn<'_>,
        account: AccountId,
        what: &str,
        after: Option<&str>,
    ) -> Result<Page, StoreError> {
        let rows = match what {
            "account" => own(conn, account).await?,
            "sessions" => sessions(conn, account).await?,
            "tokens" => tokens(conn, account).await?,
            "passkeys" => passkeys(conn, account).await?,
            "requests" => requests(conn, account).await?,
            "notices" => notices(conn, account).await?,
            "preferences" => preferences(conn, account).await?,
            "mails" => mails(conn, account).await?,
            "trail" => return trail(conn.reborrow(), account, after).await,
            _ => Vec::new(),
        };
        Ok(Page { rows, next: None })
    }

    async fn hand_over(&self, _conn: Conn<'_>, _from: AccountId, _to: AccountId) -> Result<u64, StoreError> {
        Ok(0)
    }

    async fn erase(&self, mut conn: Conn<'_>, account: AccountId) -> Result<u64, StoreError> {
        let mut n = execute!(conn, "delete from notifications where account_id = $1", account);
        n += execute!(conn, "delete from promotions where account_id = $1", account);
        n += execute!(conn, "delete from preferences where account_id = $1", account);
        // What they said goes with them; those that still wait would find nobody.
        n += execute!(conn, "delete from mails where recipient = (select email from accounts where id = $1)", account);
        Ok(n)
    }
}

fn time(at: i64) -> String {
    Moment(at).rfc3339()
}

async fn own(conn: Conn<'_>, account: AccountId) -> Result<Vec<Value>, StoreError> {
    let found = find(conn, account).await?;
    let told = found.map(|own| {
        let roles: Vec<&str> = own.standing.roles.iter().map(|role| role.name()).collect();
        json!({
            "username": own.username, "display_name": own.display_name, "email": own.email, "roles": roles,
            "area": own.area.as_ref().map(base_core::area::Area::as_str), "is_active": own.standing.is_active,
            "two_factor": own.two_factor, "language": own.locale, "colours": own.colours,
            "created_at": own.created_at.rfc3339(), "signed_in_at": own.signed_in_at.map(Moment::rfc3339),
        })
    });
    Ok(told.into_iter().collect())
}

async fn sessions(mut conn: Conn<'_>, account: AccountId) -> Result<Vec<Value>, StoreError> {
    const ALL: &str = "select address, agent, created_at, seen_at from sessions where account_id = $1
        order by created_at desc limit $2";
    let rows: Vec<(String, String, i64, i64)> =
        on!(conn, c => sqlx::query_as(ALL).bind(account).bind(PAGE_ROWS).fetch_all(&mut **c).await?);
    let told = rows.into_iter().map(|(address, agent, created_at, seen_at)| {
        json!({ "address": address, "agent": agent, "created_at": time(created_at), "seen_at": time(seen_at) })
    });
    Ok(told.collect())
}

async fn tokens(mut conn: Conn<'_>, account: AccountId) -> Result<Vec<Value>, StoreError> {
    const ALL: &str = "select name, created_at, revoked_at from tokens where account_id = $1 order by id desc limit $2";
    let rows: Vec<(String, i64, Option<i64>)> =
        on!(conn, c => sqlx::query_as(ALL).bind(account).bind(PAGE_ROWS).fetch_all(&mut **c).await?);
    let told = rows.into_iter().map(|(name, created_at, revoked_at)| {
        json!({ "name": name, "created_at": time(created_at), "revoked_at": revoked_at.map(time) })
    });
    Ok(told.collect())
}

async fn passkeys(conn: Conn<'_>, account: AccountId) -> Result<Vec<Value>, StoreError> {
    let told = passkey::of(conn, account)
        .await?
        .into_iter()
        .map(|key| json!({ "name": key.name, "created_at": time(key.created_at), "used_at": key.used_at.map(time) }));
    Ok(told.collect())
}

async fn requests(conn: Conn<'_>, account: AccountId) -> Result<Vec<Value>, StoreError> {
    let told = promotion::of(conn, account).await?.into_iter().map(|request| {
        json!({
            "reason": request.reason, "status": request.status, "words": request.admin_notes,
            "requested_at": time(request.requested_at), "decided_at": request.processed_at.map(time),
        })
    });
    Ok(told.collect())
}

async fn notices(conn: Conn<'_>, account: AccountId) -> Result<Vec<Value>, StoreError> {
    let all = notification::list(conn, account, false, None, 500).await?;
    let told = all.into_iter().map(|notice| {
        json!({
            "title": notice.title, "message": notice.message, "created_at": time(notice.created_at),
            "read_at": notice.read_at.map(time),
        })
    });
    Ok(told.collect())
}

async fn preferences(mut conn: Conn<'_>, account: AccountId) -> Result<Vec<Value>, StoreError> {
    const ALL: &str = "select name, value from preferences where account_id = $1 order by name limit $2";
    let rows: Vec<(String, String)> =
        on!(conn, c => sqlx::query_as(ALL).bind(account).bind(PAGE_ROWS).fetch_all(&mut **c).await?);
    Ok(rows.into_iter().map(|(name, value)| json!({ "name": name, "value": value })).collect())
}

async fn mails(mut conn: Conn<'_>, account: AccountId) -> Result<Vec<Value>, StoreError> {
    const ALL: &str = "select kind, subject, state, at, sent_at from mails
        where recipient = (select email from accounts where id = $1) order by id desc limit $2";
    let rows: Vec<(String, String, String, i64, Option<i64>)> =
        on!(conn, c => sqlx::query_as(ALL).bind(account).bind(PAGE_ROWS).fetch_all(&mut **c).await?);
    let told = rows.into_iter().map(|(kind, subject, state, at, sent_at)| {
        json!({ "kind": kind, "subject": subject, "state": state, "at": time(at), "sent_at": sent_at.map(time) })
    });
    Ok(told.collect())
}

#[derive(sqlx::FromRow)]
struct TrailRow {
    seq: i64,
    at: i64,
    action: String,
    entity_type: String,
    entity: String,
    before: Option<String>,
    after: Option<String>,
    address: String,
    agent: String,
}

async fn trail(mut conn: Conn<'_>, account: AccountId, after: Option<&str>) -> Result<Page, StoreError> {
    const PAGE: &str = "select e.seq, e.at, e.action, e.entity_type, e.entity, e.before, e.after,
            coalesce(o.address, '') as address, coalesce(o.agent, '') as agent
        from audit e left join origins o on o.id = e.origin_id
        where e.actor_id = $1 and e.seq > $2 order by e.seq limit $3";
    let unreadable = || StoreError::Unreadable { what: "place in a list", value: after.unwrap_or_default().to_owned() };
    let from: i64 = after.map_or(Ok(0), str::parse).map_err(|_| unreadable())?;
    let rows: Vec<TrailRow> =
        on!(conn, c => sqlx::query_as(PAGE).bind(account).bind(from).bind(PAGE_ROWS).fetch_all(&mut **c).await?);
    let is_full = i64::try_from(rows.len()).is_ok_and(|n| n >= PAGE_ROWS);
    let next = rows.last().filter(|_| is_full).map(|row| row.seq.to_string());
    let json_of = |text: Option<String>| text.and_then(|text| serde_json::from_str::<Value>(&text).ok());
    let told = rows.into_iter().map(|row| {
        json!({
            "at": time(row.at), "action": row.action, "entity_type": row.entity_type, "entity": row.entity,
            "before": json_of(row.before), "after": json_of(row.after), "address": row.address, "agent": row.agent,
        })
    });
    Ok(Page { rows: told.collect(), next })
}
