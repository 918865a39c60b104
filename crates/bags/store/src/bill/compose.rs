//! Numbers of bills from before they were compared in one form: letters with marks may stand there in two characters, and
//! who types the number in one would not find the bill.
//!
//! Invariant: a bill keeps its parents, its scans and what is noted of it; two bills are never made one.

use bags_rules::bill::BillNumber;
use base_core::text::composed;
use base_db::{Db, StoreError};

use crate::search;

/// Numbers that are looked at in one statement.
const PAGE_ROWS: i64 = 1000;
/// Where each key of a bill stands.
const MOVES: [&str; 5] = [
    "update bill_parents set bill = $2 where bill = $1",
    "update bill_areas set bill = $2 where bill = $1",
    "update scans set bill = $2 where bill = $1",
    "update removed_bills set key = $2 where key = $1",
    "update import_changes set name = $2 where what = 'bill' and name = $1",
];

/// A bill under the key that it should not have.
struct Odd {
    key: String,
    number: String,
}

/// Gives every bill the key in which its number is looked for, and tells how many had another. One that would become the
/// same as another gets a number behind it.
pub async fn compose_keys(db: &Db) -> Result<u64, StoreError> {
    // In these two forms only the texts differ that are not plain.
    const KEYS: &str =
        "select key, bill from bills where octet_length(key) > length(key) and key > $1 order by key limit $2";
    let (mut after, mut composed_keys) = (String::new(), 0);
    loop {
        let mut reader = db.read().await?;
        let page: Vec<(String, String)> =
            on!(reader.conn(), c => sqlx::query_as(KEYS).bind(&*after).bind(PAGE_ROWS).fetch_all(&mut **c).await?);
        drop(reader);
        let Some((last, _)) = page.last() else { return Ok(composed_keys) };
        after.clone_from(last);
        for (key, number) in page {
            if composed(&key) != key {
                composed_keys += u64::from(compose(db, &Odd { key, number }).await?);
            }
        }
    }
}

/// False where the bill is gone meanwhile.
async fn compose(db: &Db, odd: &Odd) -> Result<bool, StoreError> {
    // The row is held while it is copied: its parents change only behind its lock.
    const HOLD: &str = "update bills set key = key where key = $1";
    const COPY: &str =
        "insert into bills (key, bill, description, destination, vehicle_number, capacity, status, parents,
            children, created_at, created_by, completed_at, completed_by, edited_at, updated_at, import_id)
        select $2, $3, description, destination, vehicle_number, capacity, status, parents, children, created_at,
            created_by, completed_at, completed_by, edited_at, updated_at, import_id
        from bills where key = $1 on conflict (key) do nothing";
    const WAIT: &str =
        "insert into search_pending (what, code) values ('bill', $1) on conflict (what, code) do nothing";
    let mut tx = db.write().await?;
    if execute!(tx.conn(), HOLD, &*odd.key) == 0 {
        tx.rollback().await?;
        return Ok(false);
    }
    let plain = composed(&odd.number).into_owned();
    let mut key = String::new();
    for attempt in 1.. {
        let number = if attempt == 1 { plain.clone() } else { format!("{plain} ({attempt})") };
        key = BillNumber::kept(&number).map_or_else(String::new, |number| number.key().as_str().to_owned());
        if execute!(tx.conn(), COPY, &*odd.key, &*key, &*number) > 0 {
            break;
        }
    }
    for statement in MOVES {
        execute!(tx.conn(), statement, &*odd.key, &*key);
    }
    execute!(tx.conn(), "delete from bills where key = $1", &*odd.key);
    search::withdraw(tx.conn(), "bill", &[odd.key.as_str()]).await?;
    execute!(tx.conn(), WAIT, &*key);
    tx.commit().await?;
    Ok(true)
}
