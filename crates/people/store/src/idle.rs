//! Sessions of customers who do nothing.
//!
//! Invariant: whoever is signed out this way has an entry in the trail, written in the same transaction.

use std::collections::BTreeMap;

use base_core::account::AccountId;
use base_core::audit::Entry;
use base_core::time::{MINUTE_US, Moment};
use base_db::{Conn, StoreError};
use people_rules::trail::{CUSTOMER, KICK};
use serde_json::json;

use crate::failed::By;

/// Most sessions that end in one transaction.
const ENDED_MAX: i64 = 500;

/// How many sessions ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ended {
    /// So many.
    pub n: u64,
    /// True when there may be more.
    pub is_more: bool,
}

/// Ends sessions of customers who did nothing for so many minutes, those that were idle longest first, with one entry for
/// each customer.
pub async fn end_customers(mut conn: Conn<'_>, minutes: i64, by: By<'_>) -> Result<Ended, StoreError> {
    // The realm stands in the text, so that the index of customers alone is used.
    const END: &str = "delete from sessions where realm = 'customer' and token_hash in
            (select token_hash from sessions where realm = 'customer' and seen_at <= $1
                order by seen_at, token_hash limit $2)
        returning account_id";
    const NAME: &str = "select username from accounts where id = $1";
    let since = Moment(by.at.0 - minutes * MINUTE_US);
    let ended: Vec<(AccountId,)> =
        on!(conn, c => sqlx::query_as(END).bind(since.0).bind(ENDED_MAX).fetch_all(&mut **c).await?);
    let mut of_each: BTreeMap<AccountId, u64> = BTreeMap::new();
    for (account,) in &ended {
        *of_each.entry(*account).or_default() += 1;
    }
    for (account, n) in of_each {
        let username: String = on!(conn, c => sqlx::query_scalar(NAME).bind(account).fetch_one(&mut **c).await?);
        let after = json!({ "sessions": n, "idle_minutes": minutes });
        by.note(conn.reborrow(), Entry::new(KICK, CUSTOMER, username).with_after(&after)).await?;
    }
    Ok(Ended { n: ended.len() as u64, is_more: i64::try_from(ended.len()).is_ok_and(|n| n >= ENDED_MAX) })
}
