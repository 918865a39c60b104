//! Search for any three signs in a row of a code. New codes wait in `search_pending` and are taken over into the index
//! by a job, because keeping an index of trigrams up to date costs more than the scan itself; who searches looks into
//! both, so nothing is missing meanwhile.

use crate::batch::{Batch, ROWS_MAX};
use crate::db::{Conn, Db};
use crate::dialect::Dialect;
use crate::error::StoreError;
use crate::query::Query;
use crate::writes::Writes;

/// Fewest signs that the index helps with.
pub const SIGNS_MIN: usize = 3;

/// Removed codes that one step takes out of the index; each costs a search.
const GONE_MAX: i64 = 20;

static FORGET: Batch = Batch::rows(
    "with r (code, what) as (values ",
    2,
    ") insert into search_gone (code, what) select code, what from r where code is not null
     on conflict (code, what) do nothing",
);
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

/// Withdraws codes of what was removed: those that wait wait no longer, and the index forgets the others.
pub(crate) async fn withdraw(mut conn: Conn<'_>, what: &'static str, codes: &[&str]) -> Result<(), StoreError> {
    let _waited = execute_rows!(conn, TAKEN, codes, |code| [*code => &str, what => &str]);
    let _told = execute_rows!(conn, FORGET, codes, |code| [*code => &str, what => &str]);
    Ok(())
}

/// Takes entries of removed codes out of the index, up to `limit` codes, and gives how many it were.
async fn forget(db: &Db, limit: i64) -> Result<usize, StoreError> {
    const GONE: &str = "select code, what from search_gone order by code limit $1";
    const FORGOTTEN: &str = "delete from search_gone where code = $1 and what = $2";
    let mut reader = db.read().await?;
    let gone: Vec<(String, String)> =
        on!(reader.conn(), c => sqlx::query_as(GONE).bind(limit).fetch_all(&mut **c).await?);
    drop(reader);
    if gone.is_empty() {
        return Ok(0);
    }
    let mut tx = db.write().await?;
    for (code, what) in &gone {
        let mut conn = tx.conn();
        let capitals = code.to_ascii_uppercase();
        let mut entries = Query::new("select s.rowid as n, s.code from code_search s");
        if capitals.chars().count() < SIGNS_MIN {
            entries.push(" where 1 = 1");
        } else {
            matching(&mut entries, conn.dialect(), &capitals);
        }
        entries.bind(" and s.code = ? and s.what = ?", [code.as_str().into(), what.as_str().into()]);
        let entries = select_query!(conn, entries, (i64, String));
        for (rowid, _) in entries {
            execute!(conn, "delete from code_search where rowid = $1", rowid);
        }
        execute!(conn, FORGOTTEN, code, what);
    }
    tx.commit().await?;
    Ok(gone.len())
}

/// Takes up to `limit` waiting codes over into the index, after those that were removed went out of it, and tells how
/// many it were. Zero: nothing waits.
pub async fn take_over(db: &Db, limit: u32) -> Result<usize, StoreError> {
    const WAITING: &str = "select code, what from search_pending order by code limit $1";
    // Looked at before the writer is taken: an idle house never waits for it.
    let limit = i64::from(limit).min(i64::try_from(ROWS_MAX).unwrap_or(i64::MAX));
    let gone = forget(db, limit.min(GONE_MAX)).await?;
    if gone > 0 {
        return Ok(gone);
    }
    let mut reader = db.read().await?;
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

/// Adds the condition that an entry of `code_search s` holds a text of [`SIGNS_MIN`] capitals or more, in whatever case
/// it stands there. On SQLite the index gives the entries that hold each three signs of the text, and the pattern keeps
/// those that hold them in a row: an index without places, as ours is, does not know.
pub(crate) fn matching(query: &mut Query, dialect: Dialect, capitals: &str) {
    let pattern = anywhere(capitals);
    match dialect {
        Dialect::Sqlite => {
            let signs: Vec<char> = capitals.chars().collect();
            let quoted = |three: &[char]| format!("\"{}\"", three.iter().collect::<String>().replace('"', "\"\""));
            let all = signs.windows(SIGNS_MIN).map(quoted).collect::<Vec<_>>().join(" and ").to_ascii_uppercase();
            let values = [all.into(), pattern.into()];
            query.bind(" where s.code_search match ? and upper(s.code) like ? escape '\\'", values)
        }
        Dialect::Postgres => query.bind(" where s.code ilike ? escape '\\'", [pattern.into()]),
    };
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
