//! Requests for a higher role.

use base_core::account::AccountId;
use base_core::audit::Entry;
use base_core::permission::Role;
use base_core::realm::Realm;
use base_db::{Conn, StoreError};
use people_rules::account::{Facts, Refusal, Standing, check_standing};
use people_rules::promotion::{Decision, check_decision, check_request};
use serde_json::json;

use crate::access::{Owner, end_all_of};
use crate::account::{admins, find, one_at_a_time, other_admins};
use crate::edit::{Becomes, write};
use crate::failed::{By, Failed};
use crate::notification;
use crate::notification::New;

/// Most decided requests that are listed.
const DECIDED_MAX: i64 = 50;
/// Most requests that are listed while they wait: one for each person.
const WAITING_MAX: i64 = 500;

const COLUMNS: &str =
    "select p.id, p.account_id, a.username, a.called, p.reason, p.status, d.called as decided_by, p.admin_notes,
        p.requested_at, p.processed_at
    from promotions p join accounts a on a.id = p.account_id left join accounts d on d.id = p.admin_id";

/// A request.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Request {
    /// Its number.
    pub id: i64,
    /// Who asks.
    pub account_id: AccountId,
    /// Their user name.
    pub username: String,
    /// What pages call them.
    pub called: String,
    /// Why.
    pub reason: String,
    /// `pending`, `approved` or `rejected`.
    pub status: String,
    /// Who decided.
    pub decided_by: Option<String>,
    /// The words of the decision.
    pub admin_notes: Option<String>,
    /// When it was asked for, in microseconds.
    pub requested_at: i64,
    /// When it was decided, in microseconds.
    pub processed_at: Option<i64>,
}

/// Asks for a higher role, and tells every admin.
pub async fn ask(mut conn: Conn<'_>, id: AccountId, reason: &str, by: By<'_>) -> Result<i64, Failed> {
    const ASK: &str = "insert into promotions (account_id, reason, status, requested_at) values ($1, $2, 'pending', $3)
        on conflict do nothing returning id";
    let who = find(conn.reborrow(), id).await?.ok_or(Failed::NotFound)?;
    let reason = check_request(&who.standing.roles, reason)?;
    let asked: Option<i64> = on!(conn, c => sqlx::query_scalar(ASK)
        .bind(id).bind(&reason).bind(by.at.0).fetch_optional(&mut **c).await?);
    let asked = asked.ok_or(Refusal::AskedAlready)?;
    for admin in admins(conn.reborrow()).await? {
        let new = New {
            title: "notice-promotion-asked",
            message: &who.called,
            kind: "info",
            priority: 1,
            link: Some("/admin/promotions"),
        };
        notification::tell(conn.reborrow(), admin, new, by.at).await?;
    }
    by.note(conn, Entry::new("promotion_asked", "account", who.username)).await?;
    Ok(asked)
}

/// Decides a request. An approved person becomes an admin, without area, is signed out and has
/// no tokens any more; either way they are told.
pub async fn decide(
    mut conn: Conn<'_>,
    id: i64,
    decision: Decision,
    notes: &str,
    by: By<'_>,
) -> Result<Request, Failed> {
    const DECIDE: &str = "update promotions set status = $2, admin_id = $3, admin_notes = $4, processed_at = $5
        where id = $1 and status = 'pending'";
    let notes = check_decision(decision, notes)?;
    one_at_a_time(conn.reborrow()).await?;
    let request = one(conn.reborrow(), id).await?.ok_or(Failed::NotFound)?;
    if request.status != "pending" {
        return Err(Refusal::DecidedAlready.into());
    }
    let was = find(conn.reborrow(), request.account_id).await?.ok_or(Failed::NotFound)?;
    if by.origin.actor == Some(was.id) {
        return Err(Refusal::Yourself.into());
    }
    execute!(conn, DECIDE, id, decision.status(), by.origin.actor, &notes, by.at.0);
    if decision == Decision::Approve {
        if was.directory_guid.is_some() {
            return Err(Refusal::OfDirectory.into());
        }
        let standing = Standing { roles: vec![Role::Admin], is_active: was.standing.is_active };
        let facts = Facts {
            by: by.origin.actor,
            account: was.id,
            before: &was.standing,
            other_admins: other_admins(conn.reborrow(), was.id).await?,
            unfinished: 0,
        };
        check_standing(facts, Some(&standing))?;
        let names: Vec<&str> = was.standing.roles.iter().map(|role| role.name()).collect();
        let entry = Entry::new("role_change", "account", was.username.as_str())
            .with_before(&json!({ "roles": names, "area": was.area.as_ref().map(base_core::area::Area::as_str) }))
            .with_after(&json!({ "roles": ["admin"], "area": null }));
        let becomes =
            Becomes { display_name: was.display_name.clone(), email: was.email.clone(), area: None, standing };
        write(conn.reborrow(), &was, &becomes).await?;
        by.note(conn.reborrow(), entry).await?;
        end_all_of(conn.reborrow(), Owner { realm: Realm::Staff, id: was.id, username: &was.username }, by).await?;
    }
    let (title, kind) = match decision {
        Decision::Approve => ("notice-promotion-approved", "success"),
        Decision::Reject => ("notice-promotion-rejected", "warning"),
    };
    let new = New { title, message: &notes, kind, priority: 2, link: Some("/promotion") };
    notification::tell(conn.reborrow(), was.id, new, by.at).await?;
    let action = match decision {
        Decision::Approve => "promotion_approved",
        Decision::Reject => "promotion_rejected",
    };
    by.note(conn, Entry::new(action, "account", was.username).with_after(&json!({ "request": id }))).await?;
    Ok(request)
}

async fn one(mut conn: Conn<'_>, id: i64) -> Result<Option<Request>, StoreError> {
    let mut query = base_db::query::Query::new(COLUMNS);
    query.bind(" where p.id = ?", [id.into()]);
    Ok(select_query!(conn, query, Request).into_iter().next())
}

/// Requests that wait, the oldest first, and those that were decided last.
pub async fn list(mut conn: Conn<'_>) -> Result<Vec<Request>, StoreError> {
    let mut query = base_db::query::Query::new(COLUMNS);
    query.bind(" where p.status = 'pending' order by p.requested_at, p.id limit ?", [WAITING_MAX.into()]);
    let mut all = select_query!(conn, query, Request);
    let mut query = base_db::query::Query::new(COLUMNS);
    query.bind(" where p.status <> 'pending' order by p.processed_at desc, p.id desc limit ?", [DECIDED_MAX.into()]);
    all.extend(select_query!(conn, query, Request));
    Ok(all)
}

/// The requests of one person, the newest first.
pub async fn of(mut conn: Conn<'_>, account: AccountId) -> Result<Vec<Request>, StoreError> {
    let mut query = base_db::query::Query::new(COLUMNS);
    query.bind(
        " where p.account_id = ? order by p.requested_at desc, p.id desc limit ?",
        [account.into(), DECIDED_MAX.into()],
    );
    Ok(select_query!(conn, query, Request))
}

/// How many requests wait.
pub async fn waiting(mut conn: Conn<'_>) -> Result<i64, StoreError> {
    const WAITING: &str = "select count(*) from promotions where status = 'pending'";
    Ok(on!(conn, c => sqlx::query_scalar(WAITING).fetch_one(&mut **c).await?))
}
