//! What tests break on purpose.

use base_db::{Db, StoreError};

/// Counts a child for a parent in one person's totals, as no scan ever does: their sum stays the same.
pub async fn spoil_person_totals(db: &Db, account: i64) -> Result<(), StoreError> {
    const SPOIL: &str = "update person_totals set parents = parents + 1, children = children - 1 where account_id = $1";
    let mut tx = db.write().await?;
    execute!(tx.conn(), SPOIL, account);
    tx.commit().await
}

/// Takes rows away that others refer to without a foreign key: one parent, one bill, and the origins of the trail.
pub async fn lose_ends(db: &Db, parent: &str, bill: &str) -> Result<(), StoreError> {
    let mut tx = db.write().await?;
    execute!(tx.conn(), "delete from bags where code = $1", parent);
    execute!(tx.conn(), "delete from bill_areas where bill = $1", bill);
    execute!(tx.conn(), "delete from bills where key = $1", bill);
    execute!(tx.conn(), "delete from origins");
    tx.commit().await
}

/// Writes a bill's number and key as an earlier version had them, not yet in one form.
pub async fn decompose_number(db: &Db, key: &str, number: &str, odd_key: &str) -> Result<(), StoreError> {
    const STATEMENTS: [&str; 5] = [
        "insert into bills (key, bill, description, destination, vehicle_number, capacity, status, parents, children,
            created_at, updated_at) select $2, $3, description, destination, vehicle_number, capacity, status, parents,
            children, created_at, updated_at from bills where key = $1",
        "update bill_parents set bill = $2 where bill = $1 and $3 <> ''",
        "update bill_areas set bill = $2 where bill = $1 and $3 <> ''",
        "update scans set bill = $2 where bill = $1 and $3 <> ''",
        "delete from bills where key = $1 and $2 <> $3",
    ];
    let mut tx = db.write().await?;
    for statement in STATEMENTS {
        execute!(tx.conn(), statement, key, odd_key, number);
    }
    tx.commit().await
}
