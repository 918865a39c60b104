//! Upkeep of the database itself: statistics, room that is free, indexes, and what the database says of its own state.
//!
//! Invariants: nothing here changes a row. On SQLite, whose one writer everybody waits for, no step holds it longer than
//! [`HELD_MAX`]; what would take longer is left and told. PostgreSQL does its upkeep beside the work.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use sqlx::postgres::PgPool;
use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Row};

use crate::conn::Either;
use crate::db::Db;
use crate::dialect::Dialect;
use crate::error::StoreError;
use crate::migrate::Migrations;

/// Longest that a step of upkeep keeps SQLite's writer from others.
pub const HELD_MAX: Duration = Duration::from_secs(2);
/// SQLite's file is written anew only where at least this share of it is free.
const FREE_SHARE_MIN: f64 = 0.25;
/// Steps of SQLite's machine between two looks at the clock.
const STEPS_PER_LOOK: i32 = 10_000;
/// Most faults of one kind that are told.
const FAULTS_MAX: i64 = 20;

/// What a run of upkeep came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Upkeep {
    /// How many things were done: tables, or indexes.
    pub done: u64,
    /// What was left, in words; empty where nothing was.
    pub left: Vec<String>,
}

/// Connections to PostgreSQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Connections {
    /// Most that the server takes from users like ours.
    pub max: i64,
    /// How many there are now, of everybody.
    pub now: i64,
}

/// An index and its state.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Index {
    /// Its name.
    pub name: String,
    /// False for one whose making was cut off: it costs and is not used.
    pub is_valid: bool,
}

impl Db {
    /// Brings the statistics up to date by which PostgreSQL plans. SQLite's statements name their indexes and are planned
    /// without any: nothing is done there.
    pub async fn analyze(&self) -> Result<Upkeep, StoreError> {
        let Self::Postgres { writers, .. } = self else { return Ok(Upkeep::default()) };
        each_table(writers, "analyze (skip_locked)").await
    }

    /// Gives room of removed rows back. PostgreSQL: every table, with its statistics, while people work. SQLite: the file is
    /// written anew where a quarter of it is free, unless that takes longer than [`HELD_MAX`].
    pub async fn vacuum(&self) -> Result<Upkeep, StoreError> {
        match self {
            Self::Postgres { writers, .. } => each_table(writers, "vacuum (analyze, skip_locked)").await,
            Self::Sqlite { writer, .. } => {
                let mut writer = writer.lock().await;
                vacuum_file(&mut writer.connection).await
            }
        }
    }

    /// Builds indexes anew. PostgreSQL: all of them beside the work, and what a broken try has left is removed. SQLite: each by
    /// itself, with a pause for others in between; one that takes longer than [`HELD_MAX`] stays as it is.
    pub async fn reindex(&self) -> Result<Upkeep, StoreError> {
        match self {
            Self::Postgres { writers, .. } => reindex_beside(writers).await,
            Self::Sqlite { writer, .. } => {
                let mut upkeep = Upkeep::default();
                for index in self.indexes().await? {
                    let mut writer = writer.lock().await;
                    let text = format!("reindex {}", quoted(&index.name));
                    if run_bounded(&mut writer.connection, &text).await? {
                        upkeep.done += 1;
                    } else {
                        upkeep.left.push(format!("{} would keep others waiting", index.name));
                    }
                    drop(writer);
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                Ok(upkeep)
            }
        }
    }

    /// The indexes there are, without those that a key or a constraint brings along, by name.
    pub async fn indexes(&self) -> Result<Vec<Index>, StoreError> {
        const SQLITE: &str = "select name, 1 from sqlite_schema where type = 'index' and sql is not null order by name";
        const POSTGRES: &str = "select c.relname, cast(i.indisvalid as int)
            from pg_index i join pg_class c on c.oid = i.indexrelid
            where c.relnamespace = cast('public' as regnamespace)
            and not exists (select 1 from pg_constraint k where k.conindid = i.indexrelid) order by c.relname";
        let mut reader = self.read().await?;
        let found: Vec<(String, i32)> = match &mut reader {
            Either::Sqlite(connection) => sqlx::query_as(SQLITE).fetch_all(&mut **connection).await?,
            Either::Postgres(connection) => sqlx::query_as(POSTGRES).fetch_all(&mut **connection).await?,
        };
        let mut indexes: Vec<Index> =
            found.into_iter().map(|(name, is_valid)| Index { name, is_valid: is_valid == 1 }).collect();
        indexes.sort();
        Ok(indexes)
    }

    /// The indexes that these migrations make and that are not there or not whole.
    pub async fn missing_indexes(&self, lists: Migrations) -> Result<Vec<String>, StoreError> {
        let dialect = if self.is_shared() { Dialect::Postgres } else { Dialect::Sqlite };
        let there = self.indexes().await?;
        let there: BTreeSet<&str> =
            there.iter().filter(|index| index.is_valid).map(|index| index.name.as_str()).collect();
        Ok(expected_indexes(lists, dialect).into_iter().filter(|name| !there.contains(name.as_str())).collect())
    }

    /// How many connections PostgreSQL takes and has; `None` on SQLite.
    pub async fn connections(&self) -> Result<Option<Connections>, StoreError> {
        const ASK: &str = "select cast(current_setting('max_connections') as bigint)
            - cast(current_setting('superuser_reserved_connections') as bigint),
            (select count(*) from pg_stat_activity where backend_type = 'client backend')";
        let Self::Postgres { readers, .. } = self else { return Ok(None) };
        let (max, now): (i64, i64) = sqlx::query_as(ASK).fetch_one(readers).await?;
        Ok(Some(Connections { max, now }))
    }

    /// What the database itself says of its state; empty when it is sound. SQLite reads its whole file. PostgreSQL: indexes
    /// (every entry where `amcheck` is installed), constraints, checksums of pages, and rows whose other row is missing.
    pub async fn integrity_faults(&self) -> Result<Vec<String>, StoreError> {
        let mut told = match self {
            Self::Sqlite { .. } => self.file_faults().await?,
            Self::Postgres { readers, .. } => server_faults(readers).await?,
        };
        told.truncate(usize::try_from(FAULTS_MAX).unwrap_or(usize::MAX));
        Ok(told)
    }

    async fn file_faults(&self) -> Result<Vec<String>, StoreError> {
        let Self::Sqlite { readers, .. } = self else { return Ok(Vec::new()) };
        let mut reader = readers.acquire().await?;
        let mut told: Vec<String> = sqlx::query_scalar("pragma integrity_check(20)").fetch_all(&mut *reader).await?;
        let strays: Vec<String> = sqlx::query_scalar(
            "select \"table\" || ' row ' || coalesce(rowid, 0) || ' names a row of ' || parent || ' that is not there'
            from pragma_foreign_key_check",
        )
        .fetch_all(&mut *reader)
        .await?;
        told.retain(|line| line != "ok");
        told.extend(strays);
        Ok(told)
    }
}

async fn each_table(pool: &PgPool, what: &str) -> Result<Upkeep, StoreError> {
    const TABLES: &str = "select relname from pg_class
        where relnamespace = cast('public' as regnamespace) and relkind = 'r' order by relname";
    let tables: Vec<String> = sqlx::query_scalar(TABLES).fetch_all(pool).await?;
    let mut upkeep = Upkeep::default();
    for table in tables {
        sqlx::raw_sql(AssertSqlSafe(format!("{what} {}", quoted(&table)))).execute(pool).await?;
        upkeep.done += 1;
    }
    Ok(upkeep)
}

async fn reindex_beside(pool: &PgPool) -> Result<Upkeep, StoreError> {
    // What a reindex that was cut off leaves behind ends so; the index itself is still there.
    const BROKEN: &str = "select c.relname from pg_index i join pg_class c on c.oid = i.indexrelid
        where c.relnamespace = cast('public' as regnamespace) and not i.indisvalid
        and c.relname ~ '_cc(new|old)[0-9]*$'";
    const ALL: &str = "select c.relname from pg_index i join pg_class c on c.oid = i.indexrelid
        where c.relnamespace = cast('public' as regnamespace) order by pg_relation_size(c.oid), c.relname";
    let broken: Vec<String> = sqlx::query_scalar(BROKEN).fetch_all(pool).await?;
    for name in broken {
        let text = format!("drop index concurrently if exists {}", quoted(&name));
        sqlx::raw_sql(AssertSqlSafe(text)).execute(pool).await?;
    }
    let names: Vec<String> = sqlx::query_scalar(ALL).fetch_all(pool).await?;
    let mut upkeep = Upkeep::default();
    for name in names {
        let text = format!("reindex index concurrently {}", quoted(&name));
        sqlx::raw_sql(AssertSqlSafe(text)).execute(pool).await?;
        upkeep.done += 1;
    }
    Ok(upkeep)
}

/// Writes SQLite's file anew where enough of it is free.
async fn vacuum_file(connection: &mut SqliteConnection) -> Result<Upkeep, StoreError> {
    const PAGES: &str = "select page_count, freelist_count from pragma_page_count(), pragma_freelist_count()";
    let (pages, free): (i64, i64) = sqlx::query_as(PAGES).fetch_one(&mut *connection).await?;
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52 pages")]
    let share = free as f64 / pages.max(1) as f64;
    let told = format!("{free} of {pages} pages are free and will be used again");
    if share < FREE_SHARE_MIN {
        return Ok(Upkeep { done: 0, left: vec![told] });
    }
    if run_bounded(connection, "vacuum").await? {
        return Ok(Upkeep { done: 1, left: Vec::new() });
    }
    Ok(Upkeep { done: 0, left: vec![format!("{told}: writing the file anew would keep others waiting")] })
}

/// Runs a statement on SQLite's writer, and cuts it off after [`HELD_MAX`]. False when it was cut off: nothing has changed
/// then.
async fn run_bounded(connection: &mut SqliteConnection, text: &str) -> Result<bool, StoreError> {
    const INTERRUPTED: &str = "9";
    let until = Instant::now() + HELD_MAX;
    connection.lock_handle().await?.set_progress_handler(STEPS_PER_LOOK, move || Instant::now() < until);
    let ran = sqlx::raw_sql(AssertSqlSafe(text.to_owned())).execute(&mut *connection).await;
    connection.lock_handle().await?.remove_progress_handler();
    match ran {
        Ok(_) => Ok(true),
        Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some(INTERRUPTED) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// What PostgreSQL's own tables say of its state, and a walk along every key from one table to another.
async fn server_faults(pool: &PgPool) -> Result<Vec<String>, StoreError> {
    const STATES: &str = "select 'index ' || c.relname || ' is not whole' from pg_index i
            join pg_class c on c.oid = i.indexrelid
            where c.relnamespace = cast('public' as regnamespace) and not i.indisvalid
        union all select 'constraint ' || conname || ' was never checked' from pg_constraint
            where connamespace = cast('public' as regnamespace) and not convalidated
        union all select 'a page of the disk was damaged ' || checksum_failures || ' times' from pg_stat_database
            where datname = current_database() and checksum_failures > 0";
    const KEYS: &str = "select k.conname, cast(t.oid as regclass)::text, cast(o.oid as regclass)::text,
            (select string_agg('c.' || quote_ident(a.attname) || ' is not null', ' and ' order by n)
                from unnest(k.conkey) with ordinality as own (number, n)
                join pg_attribute a on a.attrelid = t.oid and a.attnum = own.number),
            (select string_agg('p.' || quote_ident(b.attname) || ' = c.' || quote_ident(a.attname), ' and ' order by n)
                from unnest(k.conkey, k.confkey) with ordinality as pair (own, other, n)
                join pg_attribute a on a.attrelid = t.oid and a.attnum = pair.own
                join pg_attribute b on b.attrelid = o.oid and b.attnum = pair.other)
        from pg_constraint k join pg_class t on t.oid = k.conrelid join pg_class o on o.oid = k.confrelid
        where k.contype = 'f' and t.relnamespace = cast('public' as regnamespace) order by k.conname";
    let mut told: Vec<String> = sqlx::query_scalar(STATES).fetch_all(pool).await?;
    for key in sqlx::query(KEYS).fetch_all(pool).await? {
        let part = |at: usize| key.try_get::<String, usize>(at);
        let (name, table, other, is_set, is_equal) = (part(0)?, part(1)?, part(2)?, part(3)?, part(4)?);
        let text = format!(
            "select count(*) from (select 1 from {table} c where {is_set}
            and not exists (select 1 from {other} p where {is_equal}) limit {FAULTS_MAX}) x"
        );
        let strays: i64 = sqlx::query_scalar(AssertSqlSafe(text)).fetch_one(pool).await?;
        if strays > 0 {
            told.push(format!("{strays} rows of {table} name a row of {other} that is not there ({name})"));
        }
    }
    told.extend(entry_faults(pool).await?);
    Ok(told)
}

/// What `amcheck` finds in indexes, where the server has it.
async fn entry_faults(pool: &PgPool) -> Result<Vec<String>, StoreError> {
    const IS_THERE: &str = "select exists (select 1 from pg_extension where extname = 'amcheck')
        and has_function_privilege('bt_index_check(regclass)', 'execute')";
    const INDEXES: &str = "select c.relname from pg_index i join pg_class c on c.oid = i.indexrelid
        join pg_am m on m.oid = c.relam where c.relnamespace = cast('public' as regnamespace) and m.amname = 'btree'
        and i.indisvalid order by c.relname";
    const CHECK: &str = "select cast(bt_index_check(cast(quote_ident($1) as regclass)) as text)";
    let has_amcheck: Vec<bool> =
        sqlx::query_scalar("select true from pg_extension where extname = 'amcheck'").fetch_all(pool).await?;
    // The function is only named where it is there: a name that is not known is an error.
    if has_amcheck.is_empty() || !sqlx::query_scalar::<_, bool>(IS_THERE).fetch_one(pool).await? {
        return Ok(Vec::new());
    }
    let mut told = Vec::new();
    for name in sqlx::query_scalar::<_, String>(INDEXES).fetch_all(pool).await? {
        match sqlx::query(CHECK).bind(&name).execute(pool).await {
            Ok(_) => {}
            // What it finds is told as an error of the statement; no transaction is open.
            Err(sqlx::Error::Database(error)) if error.code().is_some_and(|code| code.starts_with("XX")) => {
                told.push(format!("index {name}: {}", error.message()));
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(told)
}

/// The names of the indexes that migrations make, in order, without those that a later one drops again.
pub fn expected_indexes(lists: Migrations, dialect: Dialect) -> BTreeSet<String> {
    let mut all: Vec<_> = lists.iter().copied().flatten().collect();
    all.sort_by_key(|one| one.number);
    let mut names = BTreeSet::new();
    for one in all {
        let text = match dialect {
            Dialect::Sqlite => one.sqlite,
            Dialect::Postgres => one.postgres,
        };
        let lines = text.lines().map(|line| line.split("--").next().unwrap_or_default());
        let text = lines.collect::<Vec<_>>().join("\n").to_lowercase();
        for statement in text.split(';') {
            let words: Vec<&str> = statement.split(|c: char| c.is_whitespace() || c == '(').collect();
            let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
            match words[..] {
                ["create", "index", name, ..] | ["create", "unique", "index", name, ..] => {
                    names.insert(name.to_owned());
                }
                ["drop", "index", name, ..] => {
                    names.remove(name);
                }
                _ => {}
            }
        }
    }
    names
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
