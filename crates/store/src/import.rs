//! Imports: how far each has come, and which rows were refused and why. Written with the rows themselves, so that an
//! import that was cut off goes on exactly where it stood.

use tallyhouse_core::account::AccountId;
use tallyhouse_core::time::Moment;

use crate::batch::Batch;
use crate::db::{Conn, Db};
use crate::error::StoreError;

static REFUSE: Batch = Batch::rows(
    "with r (import_id, row_number, code, outcome, message) as (values ",
    5,
    ") insert into import_refusals (import_id, row_number, code, outcome, message)
     select import_id, row_number, code, outcome, message from r where import_id is not null",
);

/// An import and how far it has come.
#[derive(Clone, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Import {
    /// A hash of the file's content and of who imports it where; the same file goes on, it does not begin again.
    pub id: String,
    /// The file's name, for people.
    pub file_name: String,
    /// Who imports; `None` is the system.
    pub account_id: Option<AccountId>,
    /// 1 while parents are registered, 2 while children are, 3 when all is done.
    pub pass: i64,
    /// How many rows of this pass are done.
    pub rows_done: i64,
    /// Bags registered.
    pub created: i64,
    /// Links made.
    pub linked: i64,
    /// Rows that say what is so already.
    pub known: i64,
    /// Rows that a rule refused.
    pub refused: i64,
}

/// A refused row.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Refusal {
    /// The row's number in the file; the header is row 1.
    pub row_number: i64,
    /// What stood in the code's column.
    pub code: String,
    /// The stable code of the reason.
    pub outcome: String,
    /// The reason in words.
    pub message: String,
}

/// Begins an import, or finds it where it was left.
pub async fn begin(
    mut conn: Conn<'_>,
    id: &str,
    file_name: &str,
    account: Option<AccountId>,
    at: Moment,
) -> Result<Import, StoreError> {
    const BEGIN: &str =
        "insert into imports (id, file_name, account_id, pass, rows_done, created, linked, known, refused, started_at)
        values ($1, $2, $3, 1, 0, 0, 0, 0, 0, $4) on conflict (id) do nothing";
    const FIND: &str = "select id, file_name, account_id, pass, rows_done, created, linked, known, refused
        from imports where id = $1";
    execute!(conn, BEGIN, id, file_name, account, at.0);
    Ok(on!(conn, c => sqlx::query_as(FIND).bind(id).fetch_one(&mut **c).await?))
}

/// Notes how far an import has come, with the rows that were refused on the way. [`StoreError::Conflict`] when
/// somebody else carries the same import on: `before` is where this one stood.
pub async fn advance(
    mut conn: Conn<'_>,
    before: &Import,
    after: &Import,
    refusals: &[Refusal],
    finished_at: Option<Moment>,
) -> Result<(), StoreError> {
    const ADVANCE: &str = "update imports set pass = $2, rows_done = $3, created = $4, linked = $5, known = $6,
            refused = $7, finished_at = $8
        where id = $1 and pass = $9 and rows_done = $10";
    let moved = execute!(
        conn,
        ADVANCE,
        &after.id,
        after.pass,
        after.rows_done,
        after.created,
        after.linked,
        after.known,
        after.refused,
        finished_at.map(|at| at.0),
        before.pass,
        before.rows_done
    );
    if moved != 1 {
        return Err(StoreError::Conflict);
    }
    let _written = execute_rows!(conn, REFUSE, refusals, |row| [
        after.id.as_str() => &str,
        row.row_number => i64,
        row.code.as_str() => &str,
        row.outcome.as_str() => &str,
        row.message.as_str() => &str,
    ]);
    Ok(())
}

/// Refused rows after a row number, in the order of the file.
pub async fn refusals(db: &Db, import_id: &str, after_row: i64, limit: u32) -> Result<Vec<Refusal>, StoreError> {
    const REFUSALS: &str = "select row_number, code, outcome, message from import_refusals
        where import_id = $1 and row_number > $2 order by row_number limit $3";
    let mut reader = db.read().await?;
    Ok(on!(reader.conn(), c => sqlx::query_as(REFUSALS)
        .bind(import_id).bind(after_row).bind(i64::from(limit)).fetch_all(&mut **c).await?))
}
