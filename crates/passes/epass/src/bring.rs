//! Writing what was read: everything in one transaction, or nothing.

use std::collections::BTreeMap;

use base_core::account::{AccountId, username_is_valid};
use base_core::audit::{Entry, Origin};
use base_core::permission::Role;
use base_core::realm::Realm;
use base_core::time::Moment;
use base_db::{Conn, Db, StoreError, Tx};
use base_records::account::{self, NewAccount};
use base_records::audit::{self, Record};
use passes_rules::event::{EventDetails, EventId, EventState, Prices};
use passes_rules::pass::PassKind;
use passes_store::counts::{self, Added};
use passes_store::event::By;
use passes_store::pass::{PassLine, folded};
use passes_store::{event, pass, sales};
use serde_json::json;

use crate::rules::{self, Finding, KeptPass};
use crate::source::{EarlierAdmin, Source};

/// Where a database is brought to.
#[derive(Clone, Copy)]
pub struct Target<'t> {
    /// The database of the site.
    pub db: &'t Db,
    /// The present moment.
    pub now: Moment,
    /// Who brings it.
    pub origin: &'t Origin,
    /// What the event is called.
    pub event: &'t str,
    /// Reads and reports everything, and changes nothing.
    pub is_dry_run: bool,
}

/// What was brought.
#[derive(Clone, Debug, Default)]
pub struct Brought {
    /// The event; `None` after a dry run that would have created it.
    pub event: Option<EventId>,
    /// Accounts that were created.
    pub people: u64,
    /// Passes that were brought.
    pub passes: u64,
    /// Passes that were here before.
    pub known: u64,
    /// Passes that were left out.
    pub left_out: u64,
    /// Of those that were brought, used ones.
    pub admitted: u64,
    /// What they cost together.
    pub amount: i64,
    /// What was not as expected.
    pub findings: Vec<Finding>,
}

/// Brings everything over.
pub async fn bring_over(target: Target<'_>, source: &Source) -> Result<Brought, StoreError> {
    let mut brought = Brought::default();
    let event = event_of(target, source, &mut brought).await?;
    let mut tx = target.db.write().await?;
    let accounts = people(&mut tx, target, source, event, &mut brought).await?;
    let mut people_sold = 0;
    for row in &source.passes {
        match rules::pass(row, target.now, &mut brought.findings) {
            Ok(kept) => {
                if one(&mut tx, event, &kept, &accounts, &mut brought).await? {
                    people_sold += kept.details.kind.people();
                }
            }
            Err(finding) => {
                brought.left_out += 1;
                brought.findings.push(finding);
            }
        }
    }
    if target.is_dry_run {
        tx.rollback().await?;
        return Ok(brought);
    }
    if brought.passes > 0 {
        execute!(tx.conn(), "update events set sold = sold + $2 where id = $1", event, people_sold);
        sales::recount(tx.conn(), event).await?;
        let entry = Entry::new("epass_imported", "event", event.to_string()).with_after(&json!({
            "source": source.name, "passes": brought.passes, "admitted": brought.admitted, "amount": brought.amount,
        }));
        audit::insert(tx.conn(), &[Record { at: target.now, entry, origin: target.origin }]).await?;
    }
    tx.commit().await?;
    brought.event = Some(event);
    Ok(brought)
}

/// The event of this source: it is created at the first time. A number that no event has, for a dry run.
async fn event_of(target: Target<'_>, source: &Source, brought: &mut Brought) -> Result<EventId, StoreError> {
    let known = event::imported(target.db.read().await?.conn(), &source.name).await?;
    brought.event = known;
    if let Some(id) = known {
        return Ok(id);
    }
    if target.is_dry_run {
        return Ok(0);
    }
    let newest = |kind: PassKind| {
        let mut of_kind = source.passes.iter().rev().filter(|row| row.pass_type == kind.name());
        of_kind.next().map(|row| row.amount)
    };
    let prices = Prices::default();
    let prices = Prices {
        single: newest(PassKind::Single).unwrap_or(prices.single),
        couple: newest(PassKind::Couple).unwrap_or(prices.couple),
    };
    let mut slots: Vec<&str> = source.passes.iter().map(|row| row.timing.trim()).collect();
    slots.sort_unstable();
    slots.dedup();
    // More than a handful are times of creation, which the published program filled in.
    let slots = if slots.len() <= 12 { slots.join("\n") } else { String::new() };
    let details = EventDetails { name: target.event.to_owned(), prices, slots, ..EventDetails::default() };
    let by = By { at: target.now, origin: target.origin };
    event::create(target.db, &details, EventState::Open, Some(&source.name), by).await
}

/// Admins become organisers of the event. Each keeps their password for one sign-in: E-Pass gave all of them the same.
async fn people(
    tx: &mut Tx,
    target: Target<'_>,
    source: &Source,
    event: EventId,
    brought: &mut Brought,
) -> Result<BTreeMap<String, AccountId>, StoreError> {
    const ASSIGN: &str = "insert into event_people (event_id, account_id) values ($1, $2) on conflict do nothing";
    let mut accounts = BTreeMap::new();
    for admin in &source.admins {
        let name = admin.username.trim();
        let about = |found, done| Finding { row: name.to_owned(), found, done };
        if !username_is_valid(name) {
            brought.findings.push(about("a user name that nobody can have here", "left out"));
            continue;
        }
        let id = if let Some(id) = here(tx.conn(), name).await? {
            brought.findings.push(about("a user name that somebody has here", "their account stays as it is"));
            id
        } else {
            brought.people += 1;
            create(tx, target, admin, name).await?
        };
        if event > 0 {
            execute!(tx.conn(), ASSIGN, event, id);
        }
        accounts.insert(admin.username.clone(), id);
    }
    Ok(accounts)
}

async fn here(mut conn: Conn<'_>, name: &str) -> Result<Option<AccountId>, StoreError> {
    const HERE: &str = "select id from accounts where realm = $1 and username_folded = $2";
    Ok(on!(conn, c => sqlx::query_scalar(HERE)
        .bind(Realm::Staff.name()).bind(name.to_lowercase()).fetch_optional(&mut **c).await?))
}

async fn create(tx: &mut Tx, target: Target<'_>, admin: &EarlierAdmin, name: &str) -> Result<AccountId, StoreError> {
    const MUST_CHANGE: &str = "update accounts set must_change_password = true, display_name = $2 where id = $1";
    let new = NewAccount {
        realm: Realm::Staff,
        username: name.to_owned(),
        email: None,
        password_hash: admin.password_hash.clone(),
        roles: vec![Role::Organiser],
        area: None,
    };
    let id = account::create(tx.conn(), &new, target.now).await?.ok_or(StoreError::Conflict)?;
    execute!(tx.conn(), MUST_CHANGE, id, admin.display_name.as_deref());
    let entry = Entry::new("user_created", "account", name).with_after(&json!({ "roles": [Role::Organiser.name()] }));
    audit::insert(tx.conn(), &[Record { at: target.now, entry, origin: target.origin }]).await?;
    Ok(id)
}

fn is_same(line: &PassLine, kept: &KeptPass) -> bool {
    let details = &kept.details;
    line.name1 == details.name1
        && line.phone1 == details.phone1
        && line.kind == details.kind
        && line.amount == kept.amount
}

/// Brings one pass. True if it was new.
async fn one(
    tx: &mut Tx,
    event: EventId,
    kept: &KeptPass,
    accounts: &BTreeMap<String, AccountId>,
    brought: &mut Brought,
) -> Result<bool, StoreError> {
    const INSERT: &str = "insert into passes (pass_id, event_id, name1, phone1, name2, phone2, folded, kind, amount, mode,
            txn_info, timing, created_at, admitted, inside, entered_at, entered_by, entered_by_name)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14, $15, $16, $17) on conflict do nothing";
    let about = |found, done| Finding { row: kept.id.clone(), found, done };
    if let Some(line) = pass::find(tx.conn(), &kept.id).await? {
        brought.known += 1;
        if !is_same(&line, kept) {
            brought.findings.push(about("a pass that was changed since", "the one here stays as it is"));
        }
        return Ok(false);
    }
    let details = &kept.details;
    let admitted = kept.entered_at.map_or(0, |_| details.kind.people());
    let by = kept.entered_by.as_ref().and_then(|name| accounts.get(name)).copied();
    let by_name = kept.entered_by.as_deref().filter(|_| by.is_none());
    let written = on!(tx.conn(), c => sqlx::query(INSERT)
        .bind(&kept.id).bind(event).bind(&details.name1).bind(&details.phone1).bind(&details.name2)
        .bind(&details.phone2).bind(folded(details)).bind(details.kind.name()).bind(kept.amount)
        .bind(details.mode.name()).bind(&details.txn_info).bind(&details.timing).bind(kept.created_at.0)
        .bind(admitted).bind(kept.entered_at.map(|at| at.0)).bind(by).bind(by_name)
        .execute(&mut **c).await?.rows_affected());
    if written == 0 {
        brought.left_out += 1;
        brought.findings.push(about("a guest who has another pass of this event", "left out"));
        return Ok(false);
    }
    if admitted > 0 {
        counts::add(tx, event, Added { admitted, inside: admitted }).await?;
    }
    brought.passes += 1;
    brought.admitted += u64::from(kept.entered_at.is_some());
    brought.amount += kept.amount;
    Ok(true)
}
