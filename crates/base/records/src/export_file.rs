//! Files that were asked for and take longer than a person waits: who asked, how far the work is, and the file itself in
//! parts.
//!
//! Invariants: `waiting` is made by a job; `making` that nobody makes any more begins anew; what has ended never changes
//! its state again, and is gone after a day.

use base_core::account::AccountId;
use base_core::time::Moment;
use base_db::{Conn, Db, StoreError};

/// Most files that wait or are being made at once; who asks for more is told to wait.
pub const OPEN_MAX: i64 = 10;
/// A file that could not be made so often is given up.
pub const TRIES_MAX: i64 = 3;

/// A file.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct ExportFile {
    /// Its id.
    pub id: String,
    /// What is in it: the name of its kind.
    pub what: String,
    /// What was chosen, JSON.
    pub filter: String,
    /// The zone of its times.
    pub zone: String,
    /// What the site had set when it was asked for, JSON.
    pub settings: String,
    /// Who asked for it.
    pub account_id: Option<AccountId>,
    /// Their name.
    pub person: Option<String>,
    /// What it is called.
    pub file_name: String,
    /// `waiting`, `making`, `ready`, `failed` or `cancelled`.
    pub state: String,
    /// Rows that are in it.
    pub rows_done: i64,
    /// Rows that there were when it was asked for.
    pub rows_total: i64,
    /// Its size, once it is ready.
    pub bytes: i64,
    /// How often it was begun.
    pub tries: i64,
    /// When it was asked for, in microseconds.
    pub created_at: i64,
    /// When it ended, in microseconds.
    pub ended_at: Option<i64>,
}

macro_rules! columns {
    ($rest:literal) => {
        concat!(
            "select e.id, e.what, e.filter, e.zone, e.settings, e.account_id, a.called as person, e.file_name,
                e.state, e.rows_done, e.rows_total, e.bytes, e.tries, e.created_at, e.ended_at
            from exports e left join accounts a on a.id = e.account_id ",
            $rest
        )
    };
}

/// Asks for a file. False when [`OPEN_MAX`] wait already.
pub async fn ask(mut conn: Conn<'_>, file: &ExportFile) -> Result<bool, StoreError> {
    const ASK: &str = "insert into exports (id, what, filter, zone, settings, account_id, file_name, state,
            rows_done, rows_total, bytes, tries, created_at)
        select $1, $2, $3, $4, $5, $6, $7, 'waiting', 0, $8, 0, 0, $9
        where (select count(*) from exports where state in ('waiting', 'making')) < $10";
    let asked = execute!(
        conn,
        ASK,
        &file.id,
        &file.what,
        &file.filter,
        &file.zone,
        &file.settings,
        file.account_id,
        &file.file_name,
        file.rows_total,
        file.created_at,
        OPEN_MAX,
    );
    Ok(asked == 1)
}

/// The newest files, for those that are kept.
pub async fn list(db: &Db, limit: u32) -> Result<Vec<ExportFile>, StoreError> {
    const LIST: &str = columns!("order by e.created_at desc, e.id desc limit $1");
    let mut reader = db.read().await?;
    Ok(on!(reader.conn(), c => sqlx::query_as(LIST).bind(i64::from(limit)).fetch_all(&mut **c).await?))
}

/// One file.
pub async fn find(db: &Db, id: &str) -> Result<Option<ExportFile>, StoreError> {
    const FIND: &str = columns!("where e.id = $1");
    let mut reader = db.read().await?;
    Ok(on!(reader.conn(), c => sqlx::query_as(FIND).bind(id).fetch_optional(&mut **c).await?))
}

/// The oldest file that is to be made, begun: parts of an earlier try are gone. Only for the one job that makes them.
pub async fn begin_next(db: &Db, now: Moment) -> Result<Option<ExportFile>, StoreError> {
    const NEXT: &str = columns!("where e.state in ('waiting', 'making') order by e.created_at, e.id limit 1");
    const BEGIN: &str = "update exports set state = 'making', rows_done = 0, tries = tries + 1
        where id = $1 and state in ('waiting', 'making') and tries < $2";
    const GIVE_UP: &str = "update exports set state = 'failed', ended_at = $2
        where id = $1 and state in ('waiting', 'making')";
    let mut reader = db.read().await?;
    let next: Option<ExportFile> = on!(reader.conn(), c => sqlx::query_as(NEXT).fetch_optional(&mut **c).await?);
    drop(reader);
    let Some(mut file) = next else { return Ok(None) };
    let mut tx = db.write().await?;
    execute!(tx.conn(), "delete from export_parts where export_id = $1", &file.id);
    if execute!(tx.conn(), BEGIN, &file.id, TRIES_MAX) == 0 {
        execute!(tx.conn(), GIVE_UP, &file.id, now.0);
        file.state = "failed".into();
    } else {
        file.state = "making".into();
        file.tries += 1;
    }
    tx.commit().await?;
    Ok(Some(file))
}

/// Notes how far the making is. False when it was cancelled: whoever hears that stops.
pub async fn progress(db: &Db, id: &str, rows_done: u64) -> Result<bool, StoreError> {
    const PROGRESS: &str = "update exports set rows_done = $2 where id = $1 and state = 'making'";
    let mut tx = db.write().await?;
    let noted = execute!(tx.conn(), PROGRESS, id, i64::try_from(rows_done).unwrap_or(i64::MAX));
    tx.commit().await?;
    Ok(noted == 1)
}

/// Keeps a part of the file. False when it was cancelled.
pub async fn keep_part(db: &Db, id: &str, place: i64, content: &[u8]) -> Result<bool, StoreError> {
    const KEEP: &str = "insert into export_parts (export_id, place, content)
        select id, $2, $3 from exports where id = $1 and state = 'making'";
    let mut tx = db.write().await?;
    let kept = execute!(tx.conn(), KEEP, id, place, content);
    tx.commit().await?;
    Ok(kept == 1)
}

/// Ends a file that is being made or waits: `ready`, `failed` or `cancelled`. False when it had ended before. Only a file
/// that is ready keeps its parts.
pub async fn end(
    mut conn: Conn<'_>,
    id: &str,
    state: &'static str,
    (rows, bytes): (u64, u64),
    now: Moment,
) -> Result<bool, StoreError> {
    const END: &str = "update exports set state = $2, rows_done = $3, bytes = $4, ended_at = $5
        where id = $1 and state in ('waiting', 'making')";
    let whole = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    let ended = execute!(conn, END, id, state, whole(rows), whole(bytes), now.0);
    if ended == 1 && state != "ready" {
        execute!(conn, "delete from export_parts where export_id = $1", id);
    }
    Ok(ended == 1)
}

/// A part of a file that is ready; `None` behind the last.
pub async fn part(db: &Db, id: &str, place: i64) -> Result<Option<Vec<u8>>, StoreError> {
    const PART: &str = "select content from export_parts where export_id = $1 and place = $2";
    let mut reader = db.read().await?;
    Ok(on!(reader.conn(), c => sqlx::query_scalar(PART).bind(id).bind(place).fetch_optional(&mut **c).await?))
}

/// Removes a file that was asked for before a moment and has ended, one a call, so that the writer is never held for long.
/// False when there is none.
pub async fn remove_old(db: &Db, before: Moment) -> Result<bool, StoreError> {
    const OLD: &str = "select id from exports where created_at < $1 and state in ('ready', 'failed', 'cancelled')
        order by created_at, id limit 1";
    let mut reader = db.read().await?;
    let old: Option<String> = on!(reader.conn(), c => sqlx::query_scalar(OLD)
        .bind(before.0).fetch_optional(&mut **c).await?);
    drop(reader);
    let Some(id) = old else { return Ok(false) };
    let mut tx = db.write().await?;
    execute!(tx.conn(), "delete from export_parts where export_id = $1", &id);
    execute!(tx.conn(), "delete from exports where id = $1", &id);
    tx.commit().await?;
    Ok(true)
}
