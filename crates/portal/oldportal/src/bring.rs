//! Writing what was read: everything in one transaction, or nothing.

use std::collections::{BTreeMap, BTreeSet};

use base_core::account::AccountId;
use base_core::audit::{Entry, Origin};
use base_core::time::Moment;
use base_db::{Conn, Db, StoreError, Tx};
use base_records::audit::{self, Record};
use base_seams::{CustomerAccounts, CustomerFault, Doing, KnownCustomer, NewCustomer};
use portal_rules::customer::Customer;
use portal_rules::scope::Scope;
use portal_store::earlier::{self, Kind};
use portal_store::scope;
use serde_json::{Map, Value, json};

use crate::customer::{OldCustomer, OldPassword};
use crate::options::Warning;
use crate::reading::Reading;
use crate::trail;

/// The hash of no password.
const NO_PASSWORD: &str = "!";
/// Longest name by which pages call somebody, in characters.
const NAME_CHARS_MAX: usize = 64;

/// Where a portal is brought to.
#[derive(Clone, Copy)]
pub struct Target<'t> {
    /// The database of the site.
    pub db: &'t Db,
    /// The accounts of customers.
    pub accounts: &'t dyn CustomerAccounts,
    /// The present moment.
    pub now: Moment,
    /// Who brings it.
    pub origin: &'t Origin,
    /// Which portal it is: by this name it is known the next time.
    pub source: &'t str,
    /// The customers of the ERP, by whose keys accounts are given them from now on. None: by name.
    pub known: &'t [Customer],
    /// Reads and reports everything, and changes nothing.
    pub is_dry_run: bool,
}

/// What became of the rows of a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Rows that were read.
    pub read: u64,
    /// Rows that are here now and were not before.
    pub brought: u64,
    /// Rows that were here before.
    pub known: u64,
    /// Rows that were left out.
    pub left_out: u64,
}

/// Something that was not as expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Of which table.
    pub kind: &'static str,
    /// Its number there.
    pub earlier_id: i64,
    /// The e-mail, or the action.
    pub code: String,
    /// What was found, a stable name.
    pub found: &'static str,
    /// What was done about it.
    pub done: String,
}

/// What was brought.
#[derive(Clone, Debug, Default)]
pub struct Brought {
    /// Accounts.
    pub customers: Counts,
    /// Entries of the trail.
    pub entries: Counts,
    /// What was not as expected.
    pub findings: Vec<Finding>,
}

/// Brings everything over.
pub async fn bring_over(target: Target<'_>, reading: &Reading) -> Result<Brought, StoreError> {
    let mut brought = Brought::default();
    told(reading, &mut brought);
    let mut tx = target.db.write().await?;
    let accounts = customers(&mut tx, target, reading, &mut brought).await?;
    entries(&mut tx, target, reading, &accounts, &mut brought).await?;
    if target.is_dry_run {
        tx.rollback().await?;
        return Ok(brought);
    }
    let (people, lines) = (brought.customers.brought, brought.entries.brought);
    if people + lines > 0 {
        let after = json!({ "source": target.source, "customers": people, "entries": lines });
        let entry = Entry::new("portal_imported", "import", target.source).with_after(&after);
        audit::insert(tx.conn(), &[Record { at: target.now, entry, origin: target.origin }]).await?;
    }
    tx.commit().await?;
    Ok(brought)
}

/// What reading has found out.
fn told(reading: &Reading, brought: &mut Brought) {
    brought.customers.read = reading.customers.len() as u64;
    brought.entries.read = reading.entries.len() as u64;
    for refused in &reading.refused {
        let counts = match refused.table {
            crate::cells::Table::Customers => &mut brought.customers,
            crate::cells::Table::AuditLog => &mut brought.entries,
        };
        counts.read += 1;
        counts.left_out += 1;
        let row = i64::try_from(refused.row).unwrap_or_default();
        let done = format!("left out: {}", refused.fault);
        let (kind, code) = (refused.table.name(), format!("row {row}"));
        brought.findings.push(Finding { kind, earlier_id: 0, code, found: "unreadable", done });
    }
    for (warning, ids) in &reading.warnings {
        let (found, done) = words(warning);
        let about = |id: &i64| Finding { kind: "row", earlier_id: *id, code: String::new(), found, done: done.clone() };
        brought.findings.extend(ids.iter().map(about));
    }
    for ((table, column), strange) in &reading.strange {
        let done = if strange.values.is_empty() {
            format!("{} rows, left out: the name says that it holds secrets", strange.filled)
        } else {
            format!("{} rows, not in this program; they are in the archive beside the report", strange.filled)
        };
        let code = format!("{table}.{column}");
        brought.findings.push(Finding { kind: "table", earlier_id: 0, code, found: "unknown_column", done });
    }
    for (table, rows) in reading.strange_tables.iter().filter(|(_, rows)| **rows > 0) {
        let done = format!("{rows} rows, not in this program");
        brought.findings.push(Finding {
            kind: "table",
            earlier_id: 0,
            code: table.clone(),
            found: "unknown_table",
            done,
        });
    }
}

fn words(warning: &Warning) -> (&'static str, String) {
    match warning {
        Warning::Ambiguous => ("hour_twice", "the clock showed this time twice; the first was taken".into()),
        Warning::ResetNeeded => ("reset_needed", "the hash is not believed any more; give a new password".into()),
        Warning::NoScope => ("no_customer", "sees nothing until somebody chooses customers".into()),
        Warning::AllAmongNames => ("all_among_names", "`All` was taken for a customer of that name".into()),
        Warning::ManyNames => ("too_many_names", "sees nothing until somebody chooses fewer customers, or all".into()),
        Warning::NotInErp(name) => ("not_in_erp", format!("the ERP has no customer {name:?}; it was kept by name")),
    }
}

/// Brings the accounts, and gives those that are here by their number there.
async fn customers(
    tx: &mut Tx,
    target: Target<'_>,
    reading: &Reading,
    brought: &mut Brought,
) -> Result<BTreeMap<i64, AccountId>, StoreError> {
    let mut here = earlier::known(tx.conn(), target.source, Kind::Customer).await?;
    let mut new = Vec::new();
    for old in &reading.customers {
        if here.contains_key(&old.id) {
            brought.customers.known += 1;
            continue;
        }
        let about = |found, done: &str| Finding {
            kind: "Customers",
            earlier_id: old.id,
            code: old.email.clone(),
            found,
            done: done.to_owned(),
        };
        let id = if let Some(id) = by_email(tx.conn(), &old.email).await? {
            brought.customers.known += 1;
            brought.findings.push(about("email_here", "the account here stays as it is"));
            id
        } else {
            if old.last_name.chars().count() + old.first_name.chars().count() >= NAME_CHARS_MAX {
                brought.findings.push(about("long_name", "the name was cut"));
            }
            match one(tx, target, old).await {
                Ok(id) => id,
                Err(CustomerFault::Store(error)) => return Err(error),
                Err(fault) => {
                    brought.customers.left_out += 1;
                    brought.findings.push(about("refused", &format!("left out: {fault}")));
                    continue;
                }
            }
        };
        new.push((old.id, id));
        here.insert(old.id, id);
    }
    let known_by_email = brought.findings.iter().filter(|finding| finding.found == "email_here").count();
    brought.customers.brought = (new.len() - known_by_email.min(new.len())) as u64;
    earlier::remember(tx.conn(), target.source, Kind::Customer, &new).await?;
    Ok(here)
}

async fn by_email(mut conn: Conn<'_>, email: &str) -> Result<Option<AccountId>, StoreError> {
    const HERE: &str =
        "select id from accounts where realm = 'customer' and (username_folded = $1 or email_folded = $1)";
    Ok(on!(conn, c => sqlx::query_scalar(HERE).bind(email).fetch_optional(&mut **c).await?))
}

/// The name by which pages call somebody.
fn name_of(old: &OldCustomer) -> String {
    let name = format!("{} {}", old.first_name, old.last_name);
    let plain: String = name.chars().filter(|one| !one.is_control()).take(NAME_CHARS_MAX).collect();
    plain.trim().trim_start_matches('~').trim().to_owned()
}

async fn one(tx: &mut Tx, target: Target<'_>, old: &OldCustomer) -> Result<AccountId, CustomerFault> {
    let scope = keyed(&old.scope, target.known);
    let mut also = Map::new();
    also.insert("source".into(), json!(target.source));
    also.insert("earlier_id".into(), json!(old.id));
    also.insert("customers".into(), Value::String(scope.words()));
    let name = name_of(old);
    let known = KnownCustomer {
        new: NewCustomer { email: &old.email, display_name: &name, also: &also },
        hash: match &old.password {
            OldPassword::Hash(hash) => hash,
            OldPassword::ResetNeeded => NO_PASSWORD,
        },
        is_active: old.is_active,
        must_change_password: old.must_change_password,
        created_at: old.created,
        signed_in_at: old.last_sign_in,
    };
    let id = target.accounts.bring(tx.conn(), &known, Doing { at: target.now, origin: target.origin }).await?;
    scope::put(tx.conn(), id, &scope).await?;
    Ok(id)
}

/// The same customers by the key of the ERP, where exactly one has the name.
fn keyed(scope: &Scope, known: &[Customer]) -> Scope {
    let Scope::Customers(chosen) = scope else { return scope.clone() };
    let keyed = |customer: &Customer| {
        let mut found = known.iter().filter(|one| customer.means(one));
        match (found.next(), found.next()) {
            (Some(one), None) => one.clone(),
            _ => customer.clone(),
        }
    };
    Scope::Customers(chosen.iter().map(keyed).collect())
}

/// Brings the entries of the trail, each with its own time.
async fn entries(
    tx: &mut Tx,
    target: Target<'_>,
    reading: &Reading,
    accounts: &BTreeMap<i64, AccountId>,
    brought: &mut Brought,
) -> Result<(), StoreError> {
    let known: BTreeSet<i64> = earlier::known(tx.conn(), target.source, Kind::Entry).await?.into_keys().collect();
    let new: Vec<_> = reading.entries.iter().filter(|entry| !known.contains(&entry.id)).collect();
    let kept: Vec<_> = new.iter().map(|entry| trail::kept(entry, target.source, accounts)).collect();
    trail::write(tx.conn(), &kept).await?;
    let ids: Vec<(i64, i64)> = new.iter().map(|entry| (entry.id, 0)).collect();
    earlier::remember(tx.conn(), target.source, Kind::Entry, &ids).await?;
    brought.entries.known = (reading.entries.len() - new.len()) as u64;
    brought.entries.brought = new.len() as u64;
    Ok(())
}
