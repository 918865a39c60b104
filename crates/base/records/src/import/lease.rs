//! Who carries an import on.

use base_core::time::Moment;
use base_db::{Db, StoreError};

use super::{Import, find};

/// Takes the import that waits longest for somebody to carry it on, and whose file is here.
pub async fn claim(db: &Db, node: &str, now: Moment, lease_us: i64) -> Result<Option<Import>, StoreError> {
    const WAITING: &str = "select id from imports
        where state in ('checking', 'running', 'rolling_back') and (stored = 1 or state = 'rolling_back')
            and (lease_until is null or lease_until <= $1)
        order by started_at, id limit 1";
    // Looked at without the writer: most of the time nothing waits.
    let mut reader = db.read().await?;
    let waiting: Option<String> =
        on!(reader.conn(), c => sqlx::query_scalar(WAITING).bind(now.0).fetch_optional(&mut **c).await?);
    drop(reader);
    let Some(id) = waiting else { return Ok(None) };
    if !claim_one(db, &id, node, now, lease_us).await? {
        return Ok(None);
    }
    let mut reader = db.read().await?;
    find(reader.conn(), &id).await
}

/// Takes one import, whatever its state. False when somebody else holds it.
pub async fn claim_one(db: &Db, id: &str, node: &str, now: Moment, lease_us: i64) -> Result<bool, StoreError> {
    const CLAIM: &str = "update imports set lease_by = $2, lease_until = $4
        where id = $1 and (lease_by = $2 or lease_until is null or lease_until <= $3)";
    let mut tx = db.write().await?;
    let claimed = execute!(tx.conn(), CLAIM, id, node, now.0, now.plus_us(lease_us).0);
    tx.commit().await?;
    Ok(claimed == 1)
}

/// Gives an import back.
pub async fn release(db: &Db, id: &str, node: &str) -> Result<(), StoreError> {
    give_back(db, (id, node), None).await
}

/// Gives back an import that has to wait for something: nobody takes it before this moment.
pub async fn put_off(db: &Db, id: &str, node: &str, until: Moment) -> Result<(), StoreError> {
    give_back(db, (id, node), Some(until)).await
}

async fn give_back(db: &Db, (id, node): (&str, &str), until: Option<Moment>) -> Result<(), StoreError> {
    const GIVE_BACK: &str = "update imports set lease_by = null, lease_until = $3 where id = $1 and lease_by = $2";
    let mut tx = db.write().await?;
    execute!(tx.conn(), GIVE_BACK, id, node, until.map(|at| at.0));
    tx.commit().await
}
