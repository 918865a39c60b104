//! One hash for all bags, links and bills of a site: equal hashes, equal contents. For tests and measurements; it reads
//! everything, row by row.
//!
//! Not included: scans, audit, imports, and the times at which rows were last written.

use base_db::{Conn, Db, StoreError};
use sha2::{Digest, Sha256};

/// How many rows are read at once.
const PAGE_ROWS: i64 = 2000;

/// SHA-256 over every bag, link, bill and parent on a bill, and over the counters of things, as 64 characters. The same
/// on both databases.
pub async fn hash(db: &Db) -> Result<String, StoreError> {
    const BAGS: &str = "select code, kind || '|' || coalesce(area, '-') || '|' || children || '|' || status || '|'
            || coalesce(cast(closed_at as text), '-') || '|' || coalesce(cast(closed_by as text), '-') || '|' || placed
            || '|' || created_at || '|' || coalesce(cast(created_by as text), '-') || '|' || coalesce(import_id, '-')
            || '|' || coalesce(name, '-') || '|' || coalesce(legacy, '-')
        from bags where code > $1 order by code limit $2";
    const LINKS: &str = "select child, parent || '|' || linked_at || '|' || coalesce(cast(linked_by as text), '-')
            || '|' || coalesce(scan_id, '-') || '|' || coalesce(import_id, '-')
        from links where child > $1 order by child limit $2";
    const BILLS: &str = "select key, bill || '|' || description
            || case when destination = '' and vehicle_number = '' then ''
                else '|' || destination || '|' || vehicle_number end || '|' || capacity || '|' || status || '|' || parents
            || '|' || children || '|' || created_at || '|' || coalesce(cast(created_by as text), '-') || '|'
            || coalesce(cast(completed_at as text), '-') || '|' || coalesce(cast(completed_by as text), '-') || '|'
            || coalesce(import_id, '-') || '|' || coalesce(cast(edited_at as text), '-')
        from bills where key > $1 order by key limit $2";
    const ON_BILLS: &str = "select parent, bill || '|' || linked_at || '|' || coalesce(cast(linked_by as text), '-')
            || '|' || coalesce(scan_id, '-') || '|' || coalesce(import_id, '-')
        from bill_parents where parent > $1 order by parent limit $2";
    const COUNTERS: &str = "select name || ' ' || area, cast(sum(n) as text) from counters
        where quarter = 0 and name not like 'scans%' and name || ' ' || area > $1
        group by name, area having sum(n) <> 0 order by 1 limit $2";
    const AREAS: &str = "select area || ' ' || bill, cast(parents as text) from bill_areas
        where area || ' ' || bill > $1 order by 1 limit $2";
    let mut hash = Sha256::new();
    let mut reader = db.read().await?;
    for statement in [BAGS, LINKS, BILLS, ON_BILLS, COUNTERS, AREAS] {
        take_in(reader.conn(), statement, &mut hash).await?;
    }
    let mut text = String::new();
    for byte in hash.finalize() {
        text.push_str(&format!("{byte:02x}"));
    }
    Ok(text)
}

async fn take_in(mut conn: Conn<'_>, statement: &'static str, hash: &mut Sha256) -> Result<(), StoreError> {
    let mut after = String::new();
    hash.update([0]);
    loop {
        let rows: Vec<(String, String)> = on!(conn, c => sqlx::query_as(statement)
            .bind(&after).bind(PAGE_ROWS).fetch_all(&mut **c).await?);
        let Some(last) = rows.last() else { return Ok(()) };
        after.clone_from(&last.0);
        for (key, rest) in rows {
            for part in [key, rest] {
                hash.update((part.len() as u64).to_le_bytes());
                hash.update(part.as_bytes());
            }
        }
    }
}
