//! What people have chosen for themselves, each a text under a name, such as the columns of a list.
//!
//! Invariant: names come from the program and never from outside, so that a person has as many rows as there are names.

use base_core::account::AccountId;
use base_core::time::Moment;
use base_db::{Conn, StoreError};

/// What a person has chosen under a name; `None` where they have chosen nothing.
pub async fn get(mut conn: Conn<'_>, person: AccountId, name: &str) -> Result<Option<String>, StoreError> {
    const GET: &str = "select value from preferences where account_id = $1 and name = $2";
    Ok(on!(conn, c => sqlx::query_scalar(GET).bind(person).bind(name).fetch_optional(&mut **c).await?))
}

/// The same for who is going to change it: whoever else wants to waits until the transaction ends, so that no choice is
/// lost. `put` must follow.
pub async fn hold(mut conn: Conn<'_>, person: AccountId, name: &str, at: Moment) -> Result<String, StoreError> {
    const HOLD: &str = "insert into preferences (account_id, name, value, updated_at) values ($1, $2, '', $3)
        on conflict (account_id, name) do update set name = excluded.name returning value";
    Ok(on!(conn, c => sqlx::query_scalar(HOLD).bind(person).bind(name).bind(at.0).fetch_one(&mut **c).await?))
}

/// Keeps what a person has chosen under a name. An empty text is no choice.
pub async fn put(mut conn: Conn<'_>, person: AccountId, name: &str, value: &str, at: Moment) -> Result<(), StoreError> {
    const PUT: &str = "insert into preferences (account_id, name, value, updated_at) values ($1, $2, $3, $4)
        on conflict (account_id, name) do update set value = excluded.value, updated_at = excluded.updated_at";
    const REMOVE: &str = "delete from preferences where account_id = $1 and name = $2";
    if value.is_empty() {
        execute!(conn, REMOVE, person, name);
    } else {
        execute!(conn, PUT, person, name, value, at.0);
    }
    Ok(())
}
