//! Rows of files that were refused, and what a rollback had to keep, each with its reason.

use base_db::batch::Batch;
use base_db::{Conn, Db, StoreError};

static PUT: Batch = Batch::rows(
    "with r (import_id, phase, row_number, code, outcome, message, cells) as (values ",
    7,
    ") insert into import_rows (import_id, phase, row_number, code, outcome, message, cells)
     select import_id, phase, row_number, code, outcome, message, cells from r where import_id is not null",
);
/// Longest text of a cell that is kept, in characters.
const CELL_CHARS_MAX: usize = 200;
/// How many rows one transaction forgets.
const FORGOTTEN_AT_ONCE: i64 = 5_000;

/// When a row was noted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// In the dry run.
    Check,
    /// In the run.
    Run,
    /// In the rollback.
    Back,
}

impl Phase {
    /// The stored name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Run => "run",
            Self::Back => "back",
        }
    }
}

/// A row, or a thing that was kept, and why.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct RowNote {
    /// The row's number in the file, the header being row 1; a running number for what was kept.
    pub row_number: i64,
    /// What it is about: the code or the number by which people know it.
    pub code: String,
    /// The stable code of the reason.
    pub outcome: String,
    /// The reason in words.
    pub message: String,
    /// What stood in the columns that count, as a JSON list of texts.
    pub cells: String,
}

/// Notes rows.
pub async fn put_rows(mut conn: Conn<'_>, import_id: &str, phase: Phase, notes: &[RowNote]) -> Result<(), StoreError> {
    let _written = execute_rows!(conn, PUT, notes, |row| [
        import_id => &str,
        phase.name() => &str,
        row.row_number => i64,
        row.code.as_str() => &str,
        row.outcome.as_str() => &str,
        row.message.as_str() => &str,
        row.cells.as_str() => &str,
    ]);
    Ok(())
}

/// Noted rows after a row number, in the order of the file.
pub async fn rows_after(
    db: &Db,
    import_id: &str,
    phase: Phase,
    after_row: i64,
    limit: u32,
) -> Result<Vec<RowNote>, StoreError> {
    const ROWS: &str = "select row_number, code, outcome, message, cells from import_rows
        where import_id = $1 and phase = $2 and row_number > $3 order by row_number limit $4";
    let mut reader = db.read().await?;
    Ok(on!(reader.conn(), c => sqlx::query_as(ROWS)
        .bind(import_id).bind(phase.name()).bind(after_row).bind(i64::from(limit)).fetch_all(&mut **c).await?))
}

/// Forgets what was noted in a phase, a few thousand rows at a time.
pub async fn forget_rows(db: &Db, import_id: &str, phase: Phase) -> Result<(), StoreError> {
    const LAST: &str = "select coalesce(max(row_number), 0) from (select row_number from import_rows
        where import_id = $1 and phase = $2 order by row_number limit $3) first";
    const FORGET: &str = "delete from import_rows where import_id = $1 and phase = $2 and row_number <= $3";
    loop {
        let mut reader = db.read().await?;
        let last: i64 = on!(reader.conn(), c => sqlx::query_scalar(LAST)
            .bind(import_id).bind(phase.name()).bind(FORGOTTEN_AT_ONCE).fetch_one(&mut **c).await?);
        drop(reader);
        if last == 0 {
            return Ok(());
        }
        let mut tx = db.write().await?;
        execute!(tx.conn(), FORGET, import_id, phase.name(), last);
        tx.commit().await?;
    }
}

/// The texts of a row's cells as [`RowNote::cells`] holds them, each cut to 200 characters.
pub fn cells_text<'c>(cells: impl Iterator<Item = &'c str>) -> String {
    let cut: Vec<String> = cells.map(|cell| cell.chars().take(CELL_CHARS_MAX).collect()).collect();
    serde_json::to_string(&cut).expect("a list of texts")
}
