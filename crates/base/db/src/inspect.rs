//! What the database tells of itself to whoever looks after it: sizes, what runs now, and how a statement is carried out.

use sqlx::AssertSqlSafe;
use sqlx::postgres::PgConnection;
use sqlx::sqlite::SqliteConnection;

use crate::conn::Either;
use crate::db::Db;
use crate::error::StoreError;

/// A table and how much room it takes.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct TableSize {
    /// Its name.
    pub name: String,
    /// About how many rows it has; `None` where the database does not count them.
    pub rows: Option<i64>,
    /// Bytes of its rows.
    pub table_bytes: i64,
    /// Bytes of its indexes.
    pub index_bytes: i64,
}

/// A statement that runs now.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Running {
    /// The number of the server's process.
    pub pid: i64,
    /// For how long, in milliseconds.
    pub ms: i64,
    /// Its text.
    pub statement: String,
}

/// Statements of this program that run for longer than this are told, in milliseconds.
pub const LONG_MS: i64 = 5_000;
/// Those that run for longer than this may be ended, in milliseconds.
pub const END_MS: i64 = 60_000;

impl Db {
    /// Bytes of the whole database.
    pub async fn bytes(&self) -> Result<i64, StoreError> {
        const SQLITE: &str = "select c.page_count * s.page_size from pragma_page_count() c, pragma_page_size() s";
        const POSTGRES: &str = "select cast(pg_database_size(current_database()) as bigint)";
        let mut reader = self.read().await?;
        Ok(match &mut reader {
            Either::Sqlite(connection) => sqlx::query_scalar(SQLITE).fetch_one(&mut **connection).await?,
            Either::Postgres(connection) => sqlx::query_scalar(POSTGRES).fetch_one(&mut **connection).await?,
        })
    }

    /// Every table, the largest first. On SQLite this reads the whole file: ask for it rarely.
    pub async fn table_sizes(&self) -> Result<Vec<TableSize>, StoreError> {
        const SQLITE: &str = "select m.tbl_name as name, null as rows,
                sum(case when m.type = 'table' then s.pgsize else 0 end) as table_bytes,
                sum(case when m.type = 'index' then s.pgsize else 0 end) as index_bytes
            from dbstat('main', 1) s join sqlite_schema m on m.name = s.name
            group by m.tbl_name order by sum(s.pgsize) desc, m.tbl_name";
        const POSTGRES: &str = "select cast(c.relname as text) as name,
                case when c.reltuples < 0 then null else cast(c.reltuples as bigint) end as rows,
                cast(pg_table_size(c.oid) as bigint) as table_bytes,
                cast(pg_indexes_size(c.oid) as bigint) as index_bytes
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relkind = 'r' and n.nspname = 'public' order by pg_total_relation_size(c.oid) desc, c.relname";
        let mut reader = self.read().await?;
        Ok(match &mut reader {
            Either::Sqlite(connection) => sqlx::query_as(SQLITE).fetch_all(&mut **connection).await?,
            Either::Postgres(connection) => sqlx::query_as(POSTGRES).fetch_all(&mut **connection).await?,
        })
    }

    /// Statements of this program that have run for longer than [`LONG_MS`], the longest first; those of all nodes. SQLite does
    /// not tell.
    pub async fn running(&self) -> Result<Vec<Running>, StoreError> {
        const RUNNING: &str = "select cast(pid as bigint) as pid,
                cast(extract(epoch from clock_timestamp() - query_start) * 1000 as bigint) as ms, query as statement
            from pg_stat_activity where datname = current_database() and state = 'active' and pid <> pg_backend_pid()
                and application_name = 'tallyhouse' and query_start < clock_timestamp() - cast($1 as bigint) * interval '1 ms'
            order by query_start limit 100";
        let mut reader = self.read().await?;
        match &mut reader {
            Either::Sqlite(_) => Ok(Vec::new()),
            Either::Postgres(connection) => {
                Ok(sqlx::query_as(RUNNING).bind(LONG_MS).fetch_all(&mut **connection).await?)
            }
        }
    }

    /// Ends a statement of this program that has run for longer than [`END_MS`]. False where there is none of that number.
    pub async fn end_running(&self, pid: i64) -> Result<bool, StoreError> {
        const END: &str = "select pg_cancel_backend(pid) from pg_stat_activity where pid = cast($1 as int)
            and datname = current_database() and application_name = 'tallyhouse' and state = 'active'
            and pid <> pg_backend_pid() and query_start < clock_timestamp() - cast($2 as bigint) * interval '1 ms'";
        let mut reader = self.read().await?;
        match &mut reader {
            Either::Sqlite(_) => Ok(false),
            Either::Postgres(connection) => {
                let ended: Option<bool> =
                    sqlx::query_scalar(END).bind(pid).bind(END_MS).fetch_optional(&mut **connection).await?;
                Ok(ended == Some(true))
            }
        }
    }

    /// Indexes that no statement has used since the database began to count, with their bytes; SQLite does not count.
    pub async fn unused_indexes(&self) -> Result<Vec<(String, i64)>, StoreError> {
        const UNUSED: &str = "select cast(s.indexrelname as text), cast(pg_relation_size(s.indexrelid) as bigint)
            from pg_stat_user_indexes s join pg_index i on i.indexrelid = s.indexrelid
            where s.idx_scan = 0 and not i.indisunique order by 2 desc, 1 limit 100";
        let mut reader = self.read().await?;
        match &mut reader {
            Either::Sqlite(_) => Ok(Vec::new()),
            Either::Postgres(connection) => Ok(sqlx::query_as(UNUSED).fetch_all(&mut **connection).await?),
        }
    }

    /// How the database carries out a statement of this program, whatever its values are; nothing is carried out. The text
    /// comes from the program and never from a caller.
    pub async fn plan(&self, statement: &str) -> Result<Vec<String>, StoreError> {
        let mut reader = self.read().await?;
        match &mut reader {
            Either::Sqlite(connection) => plan_of_sqlite(connection, statement).await,
            Either::Postgres(connection) => plan_of_postgres(connection, statement).await,
        }
    }
}

async fn plan_of_sqlite(connection: &mut SqliteConnection, statement: &str) -> Result<Vec<String>, StoreError> {
    let text = format!("explain query plan {statement}");
    let lines: Vec<(i64, i64, i64, String)> = sqlx::query_as(AssertSqlSafe(text)).fetch_all(connection).await?;
    let mut depth = vec![(0, 0)];
    let mut told = Vec::with_capacity(lines.len());
    for (id, parent, _, detail) in lines {
        let above = depth.iter().find(|(known, _)| *known == parent).map_or(0, |(_, deep)| *deep);
        depth.push((id, above + 1));
        told.push(format!("{}{detail}", "  ".repeat(above)));
    }
    Ok(told)
}

/// The plan for any values: prepared, so that the server finds out the types, and explained with nothing for each value.
async fn plan_of_postgres(connection: &mut PgConnection, statement: &str) -> Result<Vec<String>, StoreError> {
    const NAME: &str = "tallyhouse_explained";
    let count = (1..=1_000).take_while(|n| names_value(statement, *n)).count();
    let nothing = if count == 0 { String::new() } else { format!("({})", vec!["null"; count].join(", ")) };
    let run = |text: String| AssertSqlSafe(text);
    sqlx::raw_sql(run(format!("prepare {NAME} as {statement}"))).execute(&mut *connection).await?;
    let explained = sqlx::query_scalar(run(format!("explain execute {NAME}{nothing}")))
        .persistent(false)
        .fetch_all(&mut *connection);
    let explained = explained.await;
    sqlx::raw_sql(run(format!("deallocate {NAME}"))).execute(&mut *connection).await?;
    Ok(explained?)
}

/// True where a statement has a value of this number.
fn names_value(statement: &str, n: usize) -> bool {
    let name = format!("${n}");
    let is_whole =
        |(at, _): (usize, &str)| !statement[at + name.len()..].starts_with(|letter: char| letter.is_ascii_digit());
    statement.match_indices(&name).any(is_whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_found_by_its_whole_number() {
        assert!(names_value("select $1, $2", 2) && !names_value("select $1, $12", 2) && names_value("limit $12", 12));
    }
}
