//! Search for any three signs in a row of a code. New codes wait in `search_pending` and are taken over into the index
//! by a job, because keeping an index of trigrams up to date costs more than the scan itself; who searches looks into
//! both, so nothing is missing meanwhile.

use crate::batch::{Batch, ROWS_MAX};
use crate::db::{Conn, Db};
use crate::error::StoreError;
use crate::writes::Writes;

/// Fewest signs that the index helps with.
pub const SIGNS_MIN: usize = 3;

static OFFER: Batch = Batch::rows(
    "with r (code, what) as (values ",
    2,
    ") insert into search_pending (code, what) select code, what from r where code is not null
     on conflict (code, what) do update set what = excluded.what",
);
static TAKE: Batch = Batch::rows(
    "with r (code, what) as (values ",
    2,
    ") insert into code_search (code, what) select code, what from r where code is not null",
);
static TAKEN: Batch = Batch::rows(
    "with r (code, what) as (values ",
    2,
    ") delete from search_pending where (code, what) in (select code, what from r where code is not null)",
);

/// Gathers new codes of one kind, `bag` or `bill`, for search.
pub(crate) fn gather<'c>(what: &'static str, codes: impl Iterator<Item = &'c str>, writes: &mut Writes<'c>) {
    writes.add(&OFFER, codes, |code| [code.into(), what.into()]);
}

/// Takes up to `limit` waiting codes over into the index and tells how many it were. Zero: nothing waits.
pub async fn take_over(db: &Db, limit: u32) -> Result<usize, StoreError> {
    const WAITING: &str = "select code, what from search_pending order by code limit $1";
    // Looked at before the writer is taken: an idle house never waits for it.
    let mut reader = db.read().await?;
    let limit = i64::from(limit).min(i64::try_from(ROWS_MAX).unwrap_or(i64::MAX));
    let rows: Vec<(String, String)> =
        on!(reader.conn(), c => sqlx::query_as(WAITING).bind(limit).fetch_all(&mut **c).await?);
    drop(reader);
    if rows.is_empty() {
        return Ok(0);
    }
    let mut tx = db.write().await?;
    let taken = execute_rows!(tx.conn(), TAKEN, &rows, |row| [row.0.as_str() => &str, row.1.as_str() => &str]);
    if taken != rows.len() as u64 {
        // Another node takes the same ones over; it does the work.
        tx.rollback().await?;
        return Ok(rows.len());
    }
    let _indexed = execute_rows!(tx.conn(), TAKE, &rows, |row| [row.0.as_str() => &str, row.1.as_str() => &str]);
    tx.commit().await?;
    Ok(rows.len())
}

/// How many codes wait to be taken over.
pub async fn waiting(db: &Db) -> Result<i64, StoreError> {
    const WAITING: &str = "select count(*) from search_pending";
    let mut reader = db.read().await?;
    Ok(on!(reader.conn(), c => sqlx::query_scalar(WAITING).fetch_one(&mut **c).await?))
}

/// True when searches are answered from an index; false where PostgreSQL would not give us `pg_trgm`.
pub async fn is_indexed(db: &Db) -> Result<bool, StoreError> {
    const THERE: &str = "select count(*) from pg_indexes where indexname = 'code_search_by_trigram'";
    let mut reader = db.read().await?;
    let mut conn = reader.conn();
    let found: i64 = match &mut conn {
        Conn::Sqlite(_) => 1,
        Conn::Postgres(c) => sqlx::query_scalar(THERE).fetch_one(&mut **c).await?,
    };
    Ok(found > 0)
}

/// The pattern that finds `text` anywhere, for `like … escape '\'`.
pub(crate) fn anywhere(text: &str) -> String {
    let mut pattern = String::from("%");
    for sign in text.chars() {
        if matches!(sign, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(sign);
    }
    pattern.push('%');
    pattern
}
