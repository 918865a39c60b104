//! Whose stock a customer sees.
//!
//! Invariant: what is missing or cannot be read is nothing, never everything.

use base_core::account::AccountId;
use base_db::{Conn, StoreError};
use base_records::mail;
use portal_rules::customer::Customer;
use portal_rules::scope::Scope;

#[derive(sqlx::FromRow)]
struct CustomerRow {
    customer_key: Option<String>,
    customer_name: String,
}

/// The scope of an account.
pub async fn of(mut conn: Conn<'_>, account: AccountId) -> Result<Scope, StoreError> {
    const ALL: &str = "select sees_all from portal_scopes where account_id = $1";
    const CUSTOMERS: &str =
        "select customer_key, customer_name from portal_scope_customers where account_id = $1 order by place";
    let sees_all: Option<bool> = on!(conn, c => sqlx::query_scalar(ALL).bind(account).fetch_optional(&mut **c).await?);
    let rows: Vec<CustomerRow> = match sees_all {
        None => return Ok(Scope::Nothing),
        Some(true) => return Ok(Scope::All),
        Some(false) => on!(conn, c => sqlx::query_as(CUSTOMERS).bind(account).fetch_all(&mut **c).await?),
    };
    let customers = rows.into_iter().map(|row| Customer { key: row.customer_key, name: row.customer_name });
    Ok(Scope::chosen(false, customers).unwrap_or_default())
}

/// Gives an account a scope in place of the one it had. It acts on the next request; mails with the stock of the one before
/// that were not sent yet are taken back.
pub async fn put(mut conn: Conn<'_>, account: AccountId, scope: &Scope) -> Result<(), StoreError> {
    const PUT: &str = "insert into portal_scopes (account_id, sees_all) values ($1, $2)
        on conflict (account_id) do update set sees_all = excluded.sees_all";
    const ADD: &str = "insert into portal_scope_customers (account_id, place, customer_key, customer_name)
        values ($1, $2, $3, $4)";
    mail::take_back(conn.reborrow(), account).await?;
    execute!(conn, PUT, account, *scope == Scope::All);
    execute!(conn, "delete from portal_scope_customers where account_id = $1", account);
    if let Scope::Customers(customers) = scope {
        for (place, customer) in (1_i64..).zip(customers) {
            execute!(conn, ADD, account, place, &customer.key, &customer.name);
        }
    }
    Ok(())
}
