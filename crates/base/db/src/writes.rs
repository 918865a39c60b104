//! What a group writes, collected first and sent at once: a statement that is sent by itself costs a round trip to the
//! database, whatever it does, and a group has nine of them.
//!
//! SQLite gets them as one text of several statements, PostgreSQL as one statement that writes in its `with` clauses.
//! Invariant: all are padded to one size, or to a quarter of it where that is enough, so that the number of different texts
//! stays small, and each is prepared once.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use sqlx::postgres::PgArguments;
use sqlx::sqlite::SqliteArguments;
use sqlx::{Arguments, AssertSqlSafe};

use crate::batch::{Batch, ROWS_MAX};
use crate::conn::{Conn, Either};
use crate::dialect::Dialect;
use crate::error::StoreError;

/// Most rows that are sent together: 100 columns of them stay below PostgreSQL's 65,535 parameters.
const ROWS_TOGETHER_MAX: usize = 512;
/// Most columns that are sent together, for the same reason.
const COLUMNS_TOGETHER_MAX: usize = 100;

/// A value to write. PostgreSQL needs to know the type of a missing one.
#[derive(Clone, Debug)]
pub enum Cell<'a> {
    /// A text.
    Text(Cow<'a, str>),
    /// A whole number.
    Int(i64),
    /// Sixteen bytes, such as a hash.
    Bytes([u8; 16]),
    /// No text.
    NoText,
    /// No whole number.
    NoInt,
    /// No bytes.
    NoBytes,
}

impl Cell<'_> {
    /// About how many bytes it takes when it is sent.
    fn bytes(&self) -> usize {
        match self {
            Self::Text(text) => text.len() + 4,
            Self::Bytes(bytes) => bytes.len() + 4,
            _ => 12,
        }
    }
}

impl<'a> From<&'a str> for Cell<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Cell<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl From<i64> for Cell<'_> {
    fn from(int: i64) -> Self {
        Self::Int(int)
    }
}

impl From<[u8; 16]> for Cell<'_> {
    fn from(bytes: [u8; 16]) -> Self {
        Self::Bytes(bytes)
    }
}

impl<'a> From<Option<&'a str>> for Cell<'a> {
    fn from(text: Option<&'a str>) -> Self {
        text.map_or(Self::NoText, Self::from)
    }
}

impl From<Option<String>> for Cell<'_> {
    fn from(text: Option<String>) -> Self {
        text.map_or(Self::NoText, Self::from)
    }
}

impl From<Option<i64>> for Cell<'_> {
    fn from(int: Option<i64>) -> Self {
        int.map_or(Self::NoInt, Self::Int)
    }
}

/// One statement with its rows.
struct Write<'a> {
    batch: &'static Batch,
    rows: usize,
    cells: Vec<Cell<'a>>,
}

impl Write<'_> {
    /// How many rows its text has, beside statements of which the longest has `size`.
    fn size(&self, size: usize) -> usize {
        let small = size.div_ceil(4);
        if self.rows <= small { small } else { size }
    }
}

/// Statements that do not need each other's results. Each writes every one of its rows, or all of it is a conflict.
#[derive(Default)]
pub struct Writes<'a>(Vec<Write<'a>>);

impl<'a> Writes<'a> {
    /// Adds a statement. A statement without rows is left out.
    pub fn add<T, const N: usize>(
        &mut self,
        batch: &'static Batch,
        rows: impl IntoIterator<Item = T>,
        cells_of: impl Fn(T) -> [Cell<'a>; N],
    ) {
        debug_assert_eq!(batch.columns(), N, "as many values as columns");
        let cells: Vec<Cell<'a>> = rows.into_iter().flat_map(cells_of).collect();
        if !cells.is_empty() {
            self.0.push(Write { batch, rows: cells.len() / N, cells });
        }
    }

    /// Sends everything. [`StoreError::Conflict`] when a row was not written, because another node wrote it first.
    pub async fn run(self, mut conn: Conn<'_>) -> Result<(), StoreError> {
        let size = self.0.iter().map(|write| write.rows).max().unwrap_or_default();
        let columns: usize = self.0.iter().map(|write| write.batch.columns()).sum();
        if size == 0 {
            return Ok(());
        }
        let expected: u64 = self.0.iter().map(|write| write.rows as u64).sum();
        let written = if size <= ROWS_TOGETHER_MAX && columns <= COLUMNS_TOGETHER_MAX {
            together(conn, &self.0, Batch::padded(size)).await?
        } else {
            let mut written = 0;
            for write in &self.0 {
                let columns = write.batch.columns();
                for cells in write.cells.chunks(ROWS_MAX * columns) {
                    let rows = cells.len() / columns;
                    let part = Write { batch: write.batch, rows, cells: cells.to_vec() };
                    written += together(conn.reborrow(), &[part], Batch::padded(rows)).await?;
                }
            }
            written
        };
        if written == expected { Ok(()) } else { Err(StoreError::Conflict) }
    }
}

async fn together(mut conn: Conn<'_>, writes: &[Write<'_>], size: usize) -> Result<u64, StoreError> {
    let text = AssertSqlSafe(text(conn.dialect(), writes, size));
    let cells = || writes.iter().flat_map(|write| padded(write, write.size(size)));
    macro_rules! arguments {
        ($arguments:ty) => {{
            let (count, bytes) = cells().fold((0, 0), |(count, bytes), cell| (count + 1, bytes + cell.bytes()));
            let mut arguments = <$arguments>::default();
            arguments.reserve(count, bytes);
            for cell in cells() {
                match cell {
                    // In the form that SQLite's thread takes, so that it is allocated once instead of twice.
                    Cell::Text(text) => arguments.add(Arc::<str>::from(&**text)),
                    Cell::Int(int) => arguments.add(*int),
                    Cell::Bytes(bytes) => arguments.add(bytes.as_slice()),
                    Cell::NoText => arguments.add(None::<&str>),
                    Cell::NoInt => arguments.add(None::<i64>),
                    Cell::NoBytes => arguments.add(None::<&[u8]>),
                }
                .map_err(sqlx::Error::Encode)?;
            }
            arguments
        }};
    }
    Ok(match &mut conn {
        Either::Sqlite(c) => {
            sqlx::query_with(text, arguments!(SqliteArguments)).execute(&mut **c).await?.rows_affected()
        }
        Either::Postgres(c) => {
            let written: i64 = sqlx::query_scalar_with(text, arguments!(PgArguments)).fetch_one(&mut **c).await?;
            u64::try_from(written).unwrap_or_default()
        }
    })
}

/// The cells of a statement, followed by empty rows that its text skips.
fn padded<'w, 'a>(write: &'w Write<'a>, size: usize) -> impl Iterator<Item = &'w Cell<'a>> {
    let columns = write.batch.columns();
    let empty = write.cells[..columns].iter().map(|cell| match cell {
        Cell::Text(_) | Cell::NoText => &Cell::NoText,
        Cell::Int(_) | Cell::NoInt => &Cell::NoInt,
        Cell::Bytes(_) | Cell::NoBytes => &Cell::NoBytes,
    });
    write.cells.iter().chain(empty.cycle().take((size - write.rows) * columns))
}

/// By the database, the addresses of the batches and their sizes.
type Texts = Mutex<HashMap<(Dialect, Vec<(usize, usize)>), Arc<str>>>;
static TEXTS: LazyLock<Texts> = LazyLock::new(Texts::default);

fn text(dialect: Dialect, writes: &[Write<'_>], size: usize) -> Arc<str> {
    let which = writes.iter().map(|write| (std::ptr::from_ref(write.batch).addr(), write.size(size))).collect();
    // A panic while the lock is held leaves a map of complete texts.
    let mut texts = TEXTS.lock().unwrap_or_else(PoisonError::into_inner);
    texts.entry((dialect, which)).or_insert_with(|| build(dialect, writes, size).into()).clone()
}

fn build(dialect: Dialect, writes: &[Write<'_>], size: usize) -> String {
    let mut text = String::new();
    let mut n = 0;
    for (at, write) in writes.iter().enumerate() {
        match dialect {
            Dialect::Sqlite => {
                text.push_str(if at > 0 { "; " } else { "" });
                n = write.batch.write(&mut text, dialect, write.size(size), n);
            }
            Dialect::Postgres => {
                text.push_str(if at > 0 { ", " } else { "with " });
                text.push_str(&format!("w{at} as ("));
                n = write.batch.write(&mut text, dialect, write.size(size), n);
                text.push_str(" returning 1)");
            }
        }
    }
    if dialect == Dialect::Postgres {
        text.push_str(" select ");
        let counts = (0..writes.len()).map(|at| format!("(select count(*) from w{at})"));
        text.push_str(&counts.collect::<Vec<_>>().join(" + "));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    static ONE: Batch =
        Batch::rows("with r (a) as (values ", 1, ") insert into one select a from r where a is not null");
    static TWO: Batch = Batch::rows("with r (a, b) as (values ", 2, ") insert into two select a, b from r");

    #[test]
    fn statements_become_one_text_and_short_ones_are_padded_less() {
        let rows = [("x", 1_i64), ("y", 2)];
        let mut writes = Writes::default();
        writes.add(&ONE, ["x"], |text| [text.into()]);
        writes.add(&TWO, rows, |row| [row.0.into(), row.1.into()]);
        let sqlite = build(Dialect::Sqlite, &writes.0, 2);
        assert_eq!(
            sqlite,
            "with r (a) as (values (?)) insert into one select a from r where a is not null; \
             with r (a, b) as (values (?, ?), (?, ?)) insert into two select a, b from r"
        );
        let postgres = build(Dialect::Postgres, &writes.0, 2);
        assert!(postgres.ends_with(" select (select count(*) from w0) + (select count(*) from w1)"), "{postgres}");
        assert!(postgres.contains("w1 as (with r (a, b) as (values ($2, $3), ($4, $5)) insert into two"), "{postgres}");
        assert_eq!([2, 5, 56].map(|size| writes.0[0].size(size)), [1, 2, 14]);
        assert_eq!(padded(&writes.0[0], 2).count(), 2);
    }
}
