//! A whole database as it was at one moment, out to a backup and back into an empty one.
//!
//! SQLite makes a file of its own, PostgreSQL one text of rows for each table; the schema comes from the migrations.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use futures_util::TryStreamExt;
use sqlx::postgres::PgPoolCopyExt;
use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Connection, Postgres, Transaction};
use tokio::sync::mpsc::{Receiver, Sender};

use crate::background;
use crate::conn::Either;
use crate::db::Db;
use crate::error::StoreError;

/// A table and the columns that are stored, in the order of its rows' cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Its columns, without those that are computed.
    pub columns: Vec<String>,
}

/// Everything that PostgreSQL held at one moment.
pub struct Rows {
    snapshot: Transaction<'static, Postgres>,
}

impl Db {
    /// Writes a whole copy of SQLite's file to `path`, which must not exist. People go on working meanwhile.
    ///
    /// # Errors
    /// [`StoreError::Address`] when the database is PostgreSQL, which has no file.
    pub async fn vacuum_into(&self, path: &Path) -> Result<(), StoreError> {
        let Self::Sqlite { readers, .. } = self else { return Err(StoreError::Address(self.name().into())) };
        let (options, path) = (readers.connect_options(), path.display().to_string());
        // A connection of its own, whose thread gets the processor only when nobody else wants it.
        let copied = background("backup", move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.map_err(|error| StoreError::Disk(Some(error)))?.block_on(async {
                let mut connection = SqliteConnection::connect_with(&options).await?;
                sqlx::query("vacuum into $1").bind(path).execute(&mut connection).await?;
                connection.close().await?;
                Ok(())
            })
        });
        copied.await.unwrap_or(Err(StoreError::Disk(None)))
    }

    /// Holds PostgreSQL as it is now, to be read table by table; `None` on SQLite.
    pub async fn rows(&self) -> Result<Option<Rows>, StoreError> {
        match self.snapshot().await? {
            Either::Sqlite(_) => Ok(None),
            Either::Postgres(snapshot) => Ok(Some(Rows { snapshot })),
        }
    }

    /// Empties every table that the migrations have made, so that rows of a backup can come in.
    pub async fn empty_all(&self, tables: &[Table]) -> Result<(), StoreError> {
        let Self::Postgres { writers, .. } = self else { return Ok(()) };
        let names: Vec<String> = tables.iter().map(|table| quoted(&table.name)).collect();
        let text = format!("truncate {} restart identity", names.join(", "));
        sqlx::query(AssertSqlSafe(text)).execute(writers).await?;
        Ok(())
    }

    /// Takes the rows of one table in, as [`Rows::of`] gave them, piece by piece. Returns how many there were.
    pub async fn fill(&self, table: &Table, pieces: &mut Receiver<Vec<u8>>) -> Result<u64, StoreError> {
        let Self::Postgres { writers, .. } = self else { return Ok(0) };
        let text = format!("copy {} ({}) from stdin", quoted(&table.name), list(&table.columns));
        let mut copy = writers.copy_in_raw(&text).await?;
        while let Some(piece) = pieces.recv().await {
            copy.send(piece).await?;
        }
        Ok(copy.finish().await?)
    }

    /// Sets every counter of PostgreSQL that numbers rows behind the greatest number there is.
    pub async fn renumber(&self) -> Result<(), StoreError> {
        const COUNTERS: &str = "select table_name, column_name from information_schema.columns
            where table_schema = 'public' and is_identity = 'YES'";
        let Self::Postgres { writers, .. } = self else { return Ok(()) };
        let counters: Vec<(String, String)> = sqlx::query_as(COUNTERS).fetch_all(writers).await?;
        for (table, column) in counters {
            let (table, quoted_column) = (quoted(&table), quoted(&column));
            let text = format!(
                "select setval(pg_get_serial_sequence('{table}', '{column}'), max({quoted_column}))
                from {table} having max({quoted_column}) is not null"
            );
            sqlx::query(AssertSqlSafe(text)).execute(writers).await?;
        }
        Ok(())
    }

    /// The numbers of the migrations that have run here, in their order; empty for a database without any.
    pub async fn migrations_run(&self) -> Result<Vec<i64>, StoreError> {
        const RUN: &str = "select version from _sqlx_migrations where success order by version";
        if self.columns().await?.is_empty() {
            return Ok(Vec::new());
        }
        let mut reader = self.read().await?;
        Ok(on!(reader.conn(), c => sqlx::query_scalar(RUN).fetch_all(&mut **c).await?))
    }

    /// The version of PostgreSQL's server, such as 15; `None` on SQLite, which comes with this program.
    pub async fn server_version(&self) -> Result<Option<i64>, StoreError> {
        const VERSION: &str = "select cast(current_setting('server_version_num') as bigint) / 10000";
        let Self::Postgres { readers, .. } = self else { return Ok(None) };
        Ok(Some(sqlx::query_scalar(VERSION).fetch_one(readers).await?))
    }
}

impl Rows {
    /// Every table, each behind those that it refers to.
    pub async fn tables(&mut self) -> Result<Vec<Table>, StoreError> {
        const COLUMNS: &str = "select c.table_name, c.column_name from information_schema.columns c
            join information_schema.tables t on t.table_schema = c.table_schema and t.table_name = c.table_name
            where c.table_schema = 'public' and t.table_type = 'BASE TABLE' and c.is_generated = 'NEVER'
            and left(c.table_name, 5) <> '_sqlx'
            order by c.table_name, c.ordinal_position";
        const REFERS: &str = "select t.relname, o.relname from pg_constraint k
            join pg_class t on t.oid = k.conrelid join pg_class o on o.oid = k.confrelid
            where k.contype = 'f' and t.relnamespace = cast('public' as regnamespace)";
        let found: Vec<(String, String)> = sqlx::query_as(COLUMNS).fetch_all(&mut *self.snapshot).await?;
        let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (table, column) in found {
            tables.entry(table).or_default().push(column);
        }
        let refers: Vec<(String, String)> = sqlx::query_as(REFERS).fetch_all(&mut *self.snapshot).await?;
        Ok(in_order(tables, &refers))
    }

    /// The rows of a table, sent to `pieces` as PostgreSQL writes them. Returns how many there were.
    pub async fn of<T: From<Vec<u8>>>(&mut self, table: &Table, pieces: &Sender<T>) -> Result<u64, StoreError> {
        let text = format!("copy (select {} from {}) to stdout", list(&table.columns), quoted(&table.name));
        let mut rows = 0_u64;
        let mut stream = self.snapshot.copy_out_raw(&text).await?;
        while let Some(piece) = stream.try_next().await? {
            // A line break inside a cell is written as `\n`, so each of these ends a row.
            rows += piece.split(|byte| *byte == b'\n').count() as u64 - 1;
            if pieces.send(piece.to_vec().into()).await.is_err() {
                break;
            }
        }
        Ok(rows)
    }
}

/// Tables in an order in which each stands behind those it refers to; a table may refer to itself.
fn in_order(mut tables: BTreeMap<String, Vec<String>>, refers: &[(String, String)]) -> Vec<Table> {
    let mut ordered: Vec<Table> = Vec::new();
    let mut placed: BTreeSet<String> = BTreeSet::new();
    while !tables.is_empty() {
        let is_free = |name: &String| {
            refers.iter().filter(|(from, to)| from == name && to != name).all(|(_, to)| placed.contains(to))
        };
        // Where tables refer to each other in a circle, the first of them goes first, and its rows are refused at restore.
        let next = tables.keys().find(|name| is_free(name)).or_else(|| tables.keys().next()).cloned();
        let Some((name, columns)) = next.and_then(|name| tables.remove_entry(&name)) else { break };
        placed.insert(name.clone());
        ordered.push(Table { name, columns });
    }
    ordered
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn list(columns: &[String]) -> String {
    columns.iter().map(|column| quoted(column)).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_stands_behind_those_that_it_refers_to() {
        let names = ["a", "b", "c"].map(|name| (name.to_owned(), Vec::new()));
        let refers = [("a", "c"), ("c", "b"), ("a", "a")].map(|(from, to)| (from.to_owned(), to.to_owned()));
        let ordered: Vec<String> =
            in_order(BTreeMap::from(names), &refers).into_iter().map(|table| table.name).collect();
        assert_eq!(ordered, ["b", "c", "a"]);
    }
}
