//! Accounts of customers as those who look after them see them: with whose stock each of them sees.
//!
//! What is changed of an account goes through the wing that has the accounts; this only reads them.

use std::collections::{BTreeMap, BTreeSet};

use base_core::account::AccountId;
use base_core::time::Moment;
use base_db::query::{Query, anywhere};
use base_db::{Conn, StoreError};
use portal_rules::account::AccountFacts;
use portal_rules::customer::Customer;
use portal_rules::scope::Scope;

/// An account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerLine {
    /// Its number.
    pub id: AccountId,
    /// The e-mail, which is the user name.
    pub email: String,
    /// What pages call the customer, where it is not the e-mail.
    pub display_name: Option<String>,
    /// What pages call the customer.
    pub called: String,
    /// What there is to know of its state.
    pub facts: AccountFacts<Moment>,
    /// When it was made.
    pub created_at: Moment,
    /// Until when nobody gets in after wrong passwords.
    pub locked_until: Option<Moment>,
    /// The language.
    pub locale: String,
    /// Rises with each change.
    pub version: i64,
    /// Whose stock it sees.
    pub scope: Scope,
}

/// Which accounts.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter<'f> {
    /// A piece of the name, the e-mail, or the name of a customer of the ERP.
    pub text: &'f str,
    /// Those that may sign in, or those that may not.
    pub is_active: Option<bool>,
}

/// A page of the list, by e-mail.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// The accounts.
    pub customers: Vec<CustomerLine>,
    /// Where the next page begins: after this e-mail.
    pub next: Option<String>,
    /// How many fit the filter in all.
    pub total: i64,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    username: String,
    username_folded: String,
    display_name: Option<String>,
    called: String,
    is_active: bool,
    must_change_password: bool,
    signed_in_at: Option<i64>,
    created_at: i64,
    locked_until: Option<i64>,
    locale: String,
    version: i64,
    sees_all: Option<bool>,
}

#[derive(sqlx::FromRow)]
struct ScopeRow {
    account_id: i64,
    customer_key: Option<String>,
    customer_name: String,
}

const COLUMNS: &str = "select a.id, a.username, a.username_folded, a.display_name, a.called, a.is_active,
        a.must_change_password, a.signed_in_at, a.created_at, a.locked_until, a.locale, a.version, s.sees_all
    from accounts a left join portal_scopes s on s.account_id = a.id";

impl Row {
    fn line(self, chosen: &mut BTreeMap<i64, BTreeSet<Customer>>) -> CustomerLine {
        let scope = match self.sees_all {
            None => Scope::Nothing,
            Some(all) => Scope::chosen(all, chosen.remove(&self.id).unwrap_or_default()).unwrap_or_default(),
        };
        CustomerLine {
            id: self.id,
            email: self.username,
            display_name: self.display_name,
            called: self.called,
            facts: AccountFacts {
                is_active: self.is_active,
                must_change_password: self.must_change_password,
                last_sign_in: self.signed_in_at.map(Moment),
            },
            created_at: Moment(self.created_at),
            locked_until: self.locked_until.map(Moment),
            locale: self.locale,
            version: self.version,
            scope,
        }
    }
}

fn conditions(query: &mut Query, filter: &Filter<'_>) {
    query.push(" where a.realm = 'customer' and a.removed_at is null");
    match filter.is_active {
        None => {}
        Some(true) => _ = query.push(" and a.is_active"),
        Some(false) => _ = query.push(" and not a.is_active"),
    }
    let text = filter.text.trim();
    if !text.is_empty() {
        let part = anywhere(&text.to_lowercase());
        query.bind(
            " and (a.username_folded like ? escape '\\' or lower(a.called) like ? escape '\\'
                or exists (select 1 from portal_scope_customers c
                    where c.account_id = a.id and lower(c.customer_name) like ? escape '\\'))",
            [part.as_str().into(), part.as_str().into(), part.as_str().into()],
        );
    }
}

/// A page of the accounts, by e-mail.
pub async fn list(
    mut conn: Conn<'_>,
    filter: &Filter<'_>,
    after: Option<&str>,
    limit: u32,
) -> Result<Page, StoreError> {
    let mut query = Query::new(COLUMNS);
    conditions(&mut query, filter);
    if let Some(after) = after {
        query.bind(" and a.username_folded > ?", [after.into()]);
    }
    query.bind(" order by a.username_folded limit ?", [i64::from(limit + 1).into()]);
    let mut rows = select_query!(conn, query, Row);
    let is_more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let next = rows.last().filter(|_| is_more).map(|row| row.username_folded.clone());
    let mut chosen = chosen_of(conn.reborrow(), &rows).await?;
    let mut count = Query::new("select count(*) from accounts a");
    conditions(&mut count, filter);
    let total = select_query!(conn, count, (i64,)).first().map_or(0, |(n,)| *n);
    Ok(Page { customers: rows.into_iter().map(|row| row.line(&mut chosen)).collect(), next, total })
}

/// One account.
pub async fn find(mut conn: Conn<'_>, id: AccountId) -> Result<Option<CustomerLine>, StoreError> {
    let mut query = Query::new(COLUMNS);
    query.bind(" where a.realm = 'customer' and a.removed_at is null and a.id = ?", [id.into()]);
    let rows = select_query!(conn, query, Row);
    let mut chosen = chosen_of(conn, &rows).await?;
    Ok(rows.into_iter().next().map(|row| row.line(&mut chosen)))
}

/// The customers of the ERP that accounts were given.
async fn chosen_of(mut conn: Conn<'_>, rows: &[Row]) -> Result<BTreeMap<i64, BTreeSet<Customer>>, StoreError> {
    let mut ids = rows.iter().filter(|row| row.sees_all == Some(false)).map(|row| row.id);
    let mut chosen: BTreeMap<i64, BTreeSet<Customer>> = BTreeMap::new();
    let Some(first) = ids.next() else { return Ok(chosen) };
    let mut query = Query::new("select account_id, customer_key, customer_name from portal_scope_customers");
    query.bind(" where account_id in (?", [first.into()]);
    for id in ids {
        query.bind(", ?", [id.into()]);
    }
    query.push(")");
    for row in select_query!(conn, query, ScopeRow) {
        let customer = Customer { key: row.customer_key, name: row.customer_name };
        chosen.entry(row.account_id).or_default().insert(customer);
    }
    Ok(chosen)
}

/// How many accounts there are, and how many in each state. Each is in one state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Counts {
    /// All of them.
    pub all: i64,
    /// Those that may sign in.
    pub active: i64,
    /// Those that may not.
    pub inactive: i64,
}

/// Counts the accounts.
pub async fn counts(mut conn: Conn<'_>) -> Result<Counts, StoreError> {
    const COUNTS: &str = "select count(*) as \"all\", count(case when is_active then 1 end) as active,
            count(case when not is_active then 1 end) as inactive
        from accounts where realm = 'customer' and removed_at is null";
    Ok(on!(conn, c => sqlx::query_as(COUNTS).fetch_one(&mut **c).await?))
}
