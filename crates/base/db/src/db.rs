//! Opening the database, and the handles that everything else works on.
//!
//! SQLite: one writer and several readers, write-ahead log, every commit synchronised to the disk, see
//! [`crate::flush`]. PostgreSQL: a pool for each.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::str::FromStr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use log::LevelFilter;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection};
use tokio::sync::Mutex;

use crate::conn::{Either, Reader, Snapshot};
use crate::error::StoreError;
use crate::flush::Log;
use crate::silence::Silence;
use crate::tx::{Tx, Writer};
use crate::waits::waited;

/// How the database is opened.
#[derive(Clone, Copy, Debug)]
pub struct OpenOptions {
    /// Connections for reading (SQLite), or in all (PostgreSQL).
    pub connections_max: u32,
    /// SQLite: memory for the writer's pages, in kibibytes. A commit may look through all of it, so a larger cache does
    /// not make scans faster.
    pub cache_kib: u32,
    /// How long to wait for a free connection, in milliseconds.
    pub acquire_timeout_ms: u64,
    /// SQLite: large sorts use the disk instead of memory.
    pub sorts_on_disk: bool,
    /// How long a statement takes before it counts as slow, in milliseconds, see [`crate::slow`].
    pub slow_ms: u64,
}

impl OpenOptions {
    /// For writing many millions of rows at once.
    pub fn bulk() -> Self {
        Self { cache_kib: 1_048_576, sorts_on_disk: true, ..Self::default() }
    }
}

impl Default for OpenOptions {
    fn default() -> Self {
        Self { connections_max: 8, cache_kib: 16_384, acquire_timeout_ms: 10_000, sorts_on_disk: false, slow_ms: 100 }
    }
}

/// The open database. Cheap to clone.
#[derive(Clone, Debug)]
pub enum Db {
    /// The built-in database: exactly one writer, and readers beside it.
    Sqlite {
        /// The one connection that writes. Not in a pool: taking it out of one costs two more round trips to its
        /// thread.
        writer: Arc<Mutex<Writer>>,
        /// Connections that only read.
        readers: SqlitePool,
        /// The log that the writer appends to.
        log: Arc<Log>,
    },
    /// PostgreSQL.
    Postgres {
        /// Connections of the desk, one for each of its lanes: the fewer there are, the more of its work each has
        /// cached.
        desk: PgPool,
        /// Connections on which everything else writes. Like those of the desk, they find rows by key and plan
        /// accordingly, see [`BY_KEY`].
        writers: PgPool,
        /// Connections that read.
        readers: PgPool,
        /// Whether one of them was silent.
        silence: Silence,
    },
}

/// How many lanes of the desk work side by side where the database has more than one writer. One group is decided while
/// the other waits for its commit; a third lane would gain nothing.
const LANES_SHARED: usize = 2;

/// How writers plan. A plan is kept with its connection; one that was made while a table was small would go on reading
/// the whole table, so that scans would become slower with every row until the statistics were renewed. One plan serves
/// all values from the first use on: otherwise the server would plan each text again for its first five uses.
pub const BY_KEY: [(&str, &str); 5] = [
    ("enable_seqscan", "off"),
    ("enable_hashjoin", "off"),
    ("enable_mergejoin", "off"),
    ("plan_cache_mode", "force_generic_plan"),
    ("jit", "off"),
];

/// How readers plan. What people look at is in memory or on a solid-state disk, where any page costs hardly more to
/// read than the next one; with the usual costs, the server would read a year of rows to find a hundred of them. Merge
/// joins and hash joins are off, because a page of a list is joined by key. A plan is made once for each statement and
/// connection: planning a list costs three times as much as reading a page of it. Such a plan does not know that a page
/// is short, so it would use parallel workers; starting them takes longer than reading the page alone.
pub const BY_PAGE: [(&str, &str); 6] = [
    ("random_page_cost", "1.1"),
    ("enable_hashjoin", "off"),
    ("enable_mergejoin", "off"),
    ("plan_cache_mode", "force_generic_plan"),
    ("max_parallel_workers_per_gather", "0"),
    ("jit", "off"),
];

/// A connection to PostgreSQL is tested when it is returned to its pool. Before its next use it is tested again only if
/// it was idle for at least this long: a round trip to the server for each page would cost as much as a short
/// statement. The desk retries a group for longer than this, so that no scan fails because the server was restarted.
const TRUSTED_FOR: Duration = Duration::from_secs(1);

/// How long a lane of the desk waits for its connection, in milliseconds. It shares it with nobody, so it waits only while
/// the server is away; the pool asks the server again after a fifth of this at most, and the desk tries again by itself.
const DESK_CONNECTS_MS: u64 = 2_000;

impl Db {
    /// Opens `sqlite:PATH` or `postgres://…`. A SQLite file that is not there is created; nothing is migrated yet.
    pub async fn open(address: &str, options: OpenOptions) -> Result<Self, StoreError> {
        if let Some(path) = address.strip_prefix("sqlite:") {
            return Self::open_sqlite(path.trim_start_matches("//"), options).await;
        }
        if address.starts_with("postgres://") || address.starts_with("postgresql://") {
            let connect = PgConnectOptions::from_str(address)
                .map_err(|_| StoreError::Address(without_password(address)))?
                .statement_cache_capacity(500)
                .application_name("tallyhouse")
                .log_slow_statements(LevelFilter::Warn, Duration::from_millis(options.slow_ms));
            let silence = Silence::default();
            let pool = |connections: u32, acquire_timeout_ms: u64| {
                let (taken, given_back) = (silence.clone(), silence.clone());
                PgPoolOptions::new()
                    .max_connections(connections.max(1))
                    .test_before_acquire(false)
                    .before_acquire(move |connection, meta| {
                        let silence = taken.clone();
                        Box::pin(async move {
                            if meta.idle_for >= TRUSTED_FOR {
                                silence.ask(connection).await?;
                            }
                            Ok(true)
                        })
                    })
                    .after_release(move |connection, _meta| {
                        let silence = given_back.clone();
                        Box::pin(async move {
                            if silence.is_suspected() {
                                silence.ask(connection).await?;
                            }
                            Ok(true)
                        })
                    })
                    .acquire_timeout(Duration::from_millis(acquire_timeout_ms))
            };
            let half = options.connections_max / 2;
            let lanes = u32::try_from(LANES_SHARED).unwrap_or(1).min(half);
            let (by_key, by_page) = (connect.clone().options(BY_KEY), connect.options(BY_PAGE));
            let waits_ms = options.acquire_timeout_ms;
            let desk = pool(lanes, waits_ms.min(DESK_CONNECTS_MS)).connect_with(by_key.clone()).await?;
            let writers = pool(half - lanes, waits_ms).connect_with(by_key).await?;
            let readers = pool(options.connections_max - half, waits_ms).connect_with(by_page).await?;
            return Ok(Self::Postgres { desk, writers, readers, silence });
        }
        Err(StoreError::Address(without_password(address)))
    }

    async fn open_sqlite(path: &str, options: OpenOptions) -> Result<Self, StoreError> {
        if path.is_empty() {
            return Err(StoreError::Address("sqlite:".into()));
        }
        keep_private(path);
        let base = SqliteConnectOptions::new()
            .filename(path)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(10))
            .statement_cache_capacity(500)
            .log_slow_statements(LevelFilter::Warn, Duration::from_millis(options.slow_ms))
            .pragma("temp_store", if options.sorts_on_disk { "file" } else { "memory" });
        let write = base
            .clone()
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .pragma("cache_size", format!("-{}", options.cache_kib))
            .pragma("wal_autocheckpoint", "8000")
            .pragma("journal_size_limit", "134217728");
        let writer = Arc::new(Mutex::new(Writer::of(SqliteConnection::connect_with(&write).await?)));
        let log = Arc::new(Log::beside(path.as_ref()).map_err(|error| StoreError::Disk(Some(error)))?);
        let readers = SqlitePoolOptions::new()
            .max_connections(options.connections_max.max(1))
            .test_before_acquire(false)
            .max_lifetime(None)
            .idle_timeout(None)
            .acquire_timeout(Duration::from_millis(options.acquire_timeout_ms))
            .connect_with(base.read_only(true).pragma("cache_size", "-8192"))
            .await?;
        Ok(Self::Sqlite { writer, readers, log })
    }

    /// The tables and columns there are, as `table.column`, sorted; with `?` after those that may be null.
    pub async fn columns(&self) -> Result<Vec<String>, StoreError> {
        // `xinfo` tells of columns that are computed, too.
        const SQLITE: &str =
            "select t.name || '.' || c.name || case when c.\"notnull\" = 1 or c.pk > 0 then '' else '?' end
            from sqlite_schema t join pragma_table_xinfo(t.name) c
            where t.type = 'table' and t.name not like 'sqlite%' and t.name not like '\\_sqlx%' escape '\\' order by 1";
        const POSTGRES: &str =
            "select table_name || '.' || column_name || case is_nullable when 'YES' then '?' else '' end
            from information_schema.columns where table_schema = 'public' and left(table_name, 5) <> '_sqlx' order by 1";
        let mut reader = self.read().await?;
        let mut columns: Vec<String> = match &mut reader {
            Either::Sqlite(connection) => sqlx::query_scalar(SQLITE).fetch_all(&mut **connection).await?,
            Either::Postgres(connection) => sqlx::query_scalar(POSTGRES).fetch_all(&mut **connection).await?,
        };
        columns.sort();
        Ok(columns)
    }

    /// Which database this is, for people.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Sqlite { .. } => "SQLite",
            Self::Postgres { .. } => "PostgreSQL",
        }
    }

    /// True when several nodes may share this database.
    pub fn is_shared(&self) -> bool {
        matches!(self, Self::Postgres { .. })
    }

    /// How many groups of the desk may be under way at once.
    pub fn lanes(&self) -> usize {
        if self.is_shared() { LANES_SHARED } else { 1 }
    }

    /// Waits for work on a shared database for so long, and then takes the database for gone: what its connections hold is
    /// closed, and the work may be tried again on others. A database of this machine is waited for without an end.
    pub async fn within<T>(
        &self,
        time: Duration,
        work: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        let Self::Postgres { silence, .. } = self else { return work.await };
        match tokio::time::timeout(time, work).await {
            Ok(done) => done,
            Err(_elapsed) => {
                silence.suspect();
                Err(StoreError::silent())
            }
        }
    }

    /// A connection for reading.
    pub async fn read(&self) -> Result<Reader, StoreError> {
        Ok(match self {
            Self::Sqlite { readers, .. } => Either::Sqlite(readers.acquire().await?),
            Self::Postgres { readers, .. } => Either::Postgres(readers.acquire().await?),
        })
    }

    /// A connection for figures that must agree with each other.
    pub async fn snapshot(&self) -> Result<Snapshot, StoreError> {
        const BEGIN: &str = "begin isolation level repeatable read read only";
        Ok(match self {
            Self::Sqlite { readers, .. } => Either::Sqlite(readers.begin().await?),
            Self::Postgres { readers, .. } => Either::Postgres(readers.begin_with(BEGIN).await?),
        })
    }

    /// A transaction for writing, durable with its commit. On SQLite it waits for the one writer, first come first
    /// served.
    pub async fn write(&self) -> Result<Tx, StoreError> {
        self.begin(false).await
    }

    /// The same for the desk, to be ended by [`Tx::commit_ahead`]: the desk goes on while the disk is still writing.
    pub async fn write_ahead(&self) -> Result<Tx, StoreError> {
        self.begin(true).await
    }

    async fn begin(&self, ahead: bool) -> Result<Tx, StoreError> {
        let asked = Instant::now();
        let begun = match self {
            Self::Sqlite { writer, log, .. } => Tx::of_sqlite(writer, log, ahead).await,
            Self::Postgres { desk, writers, .. } => Tx::of_postgres(if ahead { desk } else { writers }).await,
        };
        waited(asked.elapsed(), ahead);
        begun
    }

    /// Succeeds when the database answers and can be written to.
    pub async fn ping(&self) -> Result<(), StoreError> {
        if let Self::Sqlite { log, .. } = self {
            log.check()?;
        }
        let mut reader = self.read().await?;
        let _one: i64 =
            on!(reader.conn(), c => sqlx::query_scalar("select cast(1 as bigint)").fetch_one(&mut **c).await?);
        Ok(())
    }

    /// Closes every connection; SQLite merges its log into the file.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { writer, readers, .. } => {
                readers.close().await;
                // The last connection merges the log when it is dropped; this merges all of it.
                let merged =
                    sqlx::query("pragma wal_checkpoint(truncate)").execute(&mut writer.lock().await.connection).await;
                if let Err(error) = merged {
                    tracing::warn!(%error, "the write-ahead log was not merged into the file; the next start does that");
                }
            }
            Self::Postgres { desk, writers, readers, .. } => {
                for pool in [readers, writers, desk] {
                    pool.close().await;
                }
            }
        }
    }
}

/// Takes the files of a database away from everybody but their owner. SQLite gives its log the rights of the file, so one
/// that was once made readable would stay so.
fn keep_private(path: &str) {
    for name in [path.to_owned(), format!("{path}-wal"), format!("{path}-shm")] {
        let Ok(found) = std::fs::metadata(&name) else { continue };
        let mode = found.permissions().mode();
        if found.is_file() && mode & 0o077 != 0 {
            let owner_only = Permissions::from_mode(mode & 0o7700);
            if let Err(error) = std::fs::set_permissions(&name, owner_only) {
                tracing::warn!(name, %error, "others may read the database, and that cannot be changed");
            }
        }
    }
}

/// The address as it may be shown: without user and password.
fn without_password(address: &str) -> String {
    match (address.split_once("://"), address.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, host))) => format!("{scheme}://***@{host}"),
        _ => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_unknown_address_is_named_without_its_password() {
        let error = Db::open("mysql://me:hunter2@host/db", OpenOptions::default()).await.expect_err("no such database");
        let text = error.to_string();
        assert!(text.contains("mysql://***@host/db"), "{text}");
        assert!(!text.contains("hunter2"), "{text}");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_caller_that_goes_away_while_a_transaction_begins_leaves_the_writer_free() {
        let folder = tempfile::tempdir().expect("a folder");
        let address = format!("sqlite:{}", folder.path().join("site.db").display());
        let db = Db::open(&address, OpenOptions::default()).await.expect("it opens");
        for polls in 0..40 {
            let mut begun = Box::pin(db.write());
            for _ in 0..polls {
                let poll = std::future::poll_fn(|context| std::task::Poll::Ready(begun.as_mut().poll(context))).await;
                if poll.is_ready() {
                    break;
                }
                tokio::task::yield_now().await;
            }
            drop(begun);
            let tx = db.write().await.expect("the writer is free");
            tx.commit().await.expect("it commits");
        }
    }
}
