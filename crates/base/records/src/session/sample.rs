//! Many sessions, written in one statement, for measurements and tests of query plans. Only for scratch databases.

use base_core::account::AccountId;
use base_core::realm::Realm;
use base_core::time::{HOUR_US, Moment};
use base_db::{Db, StoreError};

/// What is written.
#[derive(Clone, Copy, Debug)]
pub struct Many {
    /// The realm of all of them.
    pub realm: Realm,
    /// Whose they are: accounts with consecutive ids, from this one on.
    pub first: AccountId,
    /// How many accounts there are.
    pub people: i64,
    /// How many sessions there are.
    pub sessions: i64,
}

/// Writes sessions of the last hour, a few milliseconds apart, from a few thousand addresses.
pub async fn fill(db: &Db, many: Many, now: Moment) -> Result<(), StoreError> {
    // The hashes have the length of real ones, and their order is not that of time.
    const FILL: &str =
        "with recursive n (i) as (select cast(0 as bigint) union all select i + 1 from n where i + 1 < $1)
        insert into sessions (realm, token_hash, account_id, address, agent, created_at, seen_at, expires_at)
        select $2, substr(cast(100000000 + i * 7919 % 99999989 as text), 2) ||
                '00000000000000000000000000000000000000000000000000000000',
            $3 + i % $4, '10.0.' || cast(i % 200 as text) || '.' || cast(i % 50 as text), 'Mozilla/5.0',
            $5 - i * 20000, $5 - i * 20000, $6
        from n";
    let mut tx = db.write().await?;
    let ends = now.plus_us(HOUR_US).0;
    execute!(tx.conn(), FILL, many.sessions, many.realm.name(), many.first, many.people, now.0, ends);
    execute!(tx.conn(), "analyze");
    tx.commit().await
}
