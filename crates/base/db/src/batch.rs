//! Statements over many rows at once. A statement costs the same 50 µs whether it carries one row or five hundred, so
//! everything on the path of a scan handles many rows at once.
//!
//! Invariant: the number of different texts is small. A batch is padded to one of [`SIZES`], so that each text is
//! prepared once and then reused.

use std::sync::OnceLock;

use crate::dialect::Dialect;

/// Most rows in one statement: 16 columns of them stay below SQLite's 32,766 parameters.
pub const ROWS_MAX: usize = 1024;
/// The numbers of rows that there are texts for: every number up to four, then four steps to each power of two. Padding
/// is bound and read like any other row, so the steps are small; each text is prepared at its first use, so there are
/// few of them.
pub const SIZES: [usize; 36] = [
    1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20, 24, 28, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320,
    384, 448, 512, 640, 768, 896, ROWS_MAX,
];

/// A statement around a list of rows: `head`, then `(…),(…)` or a plain list of values, then `tail`.
pub struct Batch {
    head: &'static str,
    columns: usize,
    tail: &'static str,
    locks: Option<&'static str>,
    end: &'static str,
    texts: [[OnceLock<String>; SIZES.len()]; 2],
}

impl Batch {
    /// Rows of `columns` values each. Padding rows are all null: `tail` must skip them.
    pub const fn rows(head: &'static str, columns: usize, tail: &'static str) -> Self {
        Self {
            head,
            columns,
            tail,
            locks: None,
            end: "",
            texts: [const { [const { OnceLock::new() }; SIZES.len()] }; 2],
        }
    }

    /// A plain list for `in (…)`. Padding repeats the last value.
    pub const fn list(head: &'static str, tail: &'static str) -> Self {
        Self::rows(head, 0, tail)
    }

    /// The same, with the rows locked where the database locks rows; `of` names the table, as in ` of b`.
    #[must_use]
    pub const fn locking(mut self, of: &'static str) -> Self {
        self.locks = Some(of);
        self
    }

    /// The same, with a fragment at the very end, after the locks.
    #[must_use]
    pub const fn ending(mut self, end: &'static str) -> Self {
        self.end = end;
        self
    }

    /// How many rows the text for `rows` rows has.
    pub fn padded(rows: usize) -> usize {
        SIZES[Self::place_of(rows)]
    }

    /// The index in [`SIZES`] of the size that so many rows are padded to.
    fn place_of(rows: usize) -> usize {
        SIZES.partition_point(|size| *size < rows).min(SIZES.len() - 1)
    }

    /// The text for up to [`ROWS_MAX`] rows.
    pub fn text(&'static self, dialect: Dialect, rows: usize) -> &'static str {
        let (place, size) = (Self::place_of(rows), Self::padded(rows));
        let by_dialect = match dialect {
            Dialect::Sqlite => &self.texts[0],
            Dialect::Postgres => &self.texts[1],
        };
        by_dialect[place].get_or_init(|| self.build(dialect, size))
    }

    /// How many values a row has.
    pub fn columns(&self) -> usize {
        self.columns
    }

    fn build(&self, dialect: Dialect, rows: usize) -> String {
        let mut text = String::with_capacity(self.head.len() + self.tail.len() + rows * self.columns.max(1) * 7);
        self.write(&mut text, dialect, rows, 0);
        text
    }

    /// Appends the text for exactly `rows` rows, whose parameters are numbered from `n + 1`; returns the last number.
    pub fn write(&self, text: &mut String, dialect: Dialect, rows: usize, mut n: usize) -> usize {
        text.push_str(self.head);
        for row in 0..rows {
            text.push_str(if row == 0 { "" } else { ", " });
            if self.columns > 0 {
                text.push('(');
            }
            for column in 0..self.columns.max(1) {
                text.push_str(if column == 0 { "" } else { ", " });
                n += 1;
                dialect.write_placeholder(text, n);
            }
            if self.columns > 0 {
                text.push(')');
            }
        }
        text.push_str(self.tail);
        if let Some(of) = self.locks.filter(|_| dialect.locks_rows()) {
            text.push_str(" for update");
            text.push_str(of);
        }
        text.push_str(self.end);
        n
    }
}

/// Runs a [`Batch`] of rows in as many statements as it needs and returns the number of rows affected. Each column is
/// written `value => type`; `Option` values are nullable columns. The first column is never null.
#[macro_export]
macro_rules! execute_rows {
    ($conn:expr, $batch:expr, $rows:expr, |$row:ident| [$($value:expr => $type:ty),+ $(,)?]) => {{
        let rows = $rows;
        let dialect = $conn.dialect();
        let mut affected = 0;
        for chunk in rows.chunks($crate::batch::ROWS_MAX) {
            affected += $crate::on!($conn, c => {
                let mut query = sqlx::query($batch.text(dialect, chunk.len()));
                for $row in chunk {
                    query = query$(.bind(Option::<$type>::from($value)))+;
                }
                for _ in chunk.len()..$crate::batch::Batch::padded(chunk.len()) {
                    query = query$(.bind(None::<$type>))+;
                }
                query.execute(&mut **c).await?.rows_affected()
            });
        }
        affected
    }};
}

/// Runs a [`Batch`] list of texts in as many statements as it needs and returns the rows.
#[macro_export]
macro_rules! select_in {
    ($conn:expr, $batch:expr, $type:ty, $values:expr) => {{
        let values: &[&str] = $values;
        let dialect = $conn.dialect();
        let mut found: Vec<$type> = Vec::new();
        for chunk in values.chunks($crate::batch::ROWS_MAX) {
            let rows: Vec<$type> = $crate::on!($conn, c => {
                let mut query = sqlx::query_as($batch.text(dialect, chunk.len()));
                let padding = chunk.last().into_iter().cycle();
                for value in chunk.iter().chain(padding).take($crate::batch::Batch::padded(chunk.len())) {
                    query = query.bind(*value);
                }
                query.fetch_all(&mut **c).await?
            });
            found.extend(rows);
        }
        found
    }};
}

/// Runs a [`Batch`] list of texts that returns no rows.
#[macro_export]
macro_rules! execute_in {
    ($conn:expr, $batch:expr, $values:expr) => {{
        let values: &[&str] = $values;
        let dialect = $conn.dialect();
        for chunk in values.chunks($crate::batch::ROWS_MAX) {
            $crate::on!($conn, c => {
                let mut query = sqlx::query($batch.text(dialect, chunk.len()));
                let padding = chunk.last().into_iter().cycle();
                for value in chunk.iter().chain(padding).take($crate::batch::Batch::padded(chunk.len())) {
                    query = query.bind(*value);
                }
                query.execute(&mut **c).await?;
            });
        }
    }};
}

#[cfg(test)]
mod tests {
    use super::*;

    static ROWS: Batch = Batch::rows("values ", 2, " end");
    static LIST: Batch = Batch::list("in (", ")").locking(" of b").ending(";");

    #[test]
    fn texts_are_padded_to_few_sizes() {
        let padded = [0, 1, 2, 5, 8, 9, 53, 65, 600, 700, 897, 1024].map(Batch::padded);
        assert_eq!(padded, [1, 1, 2, 5, 8, 10, 56, 80, 640, 768, 1024, 1024]);
        let little = |rows: &usize| Batch::padded(*rows) - rows <= rows / 4;
        assert!(SIZES.is_sorted() && (1..=ROWS_MAX).all(|rows| little(&rows)));
        assert_eq!(ROWS.text(Dialect::Postgres, 2), "values ($1, $2), ($3, $4) end");
        assert_eq!(ROWS.text(Dialect::Sqlite, 1), "values (?, ?) end");
        assert_eq!(LIST.text(Dialect::Postgres, 4), "in ($1, $2, $3, $4) for update of b;");
        assert_eq!(LIST.text(Dialect::Sqlite, 4), "in (?, ?, ?, ?);");
        assert_eq!(ROWS.text(Dialect::Sqlite, 11), ROWS.text(Dialect::Sqlite, 12));
        assert_eq!(ROWS.text(Dialect::Sqlite, 3), "values (?, ?), (?, ?), (?, ?) end");
    }
}
