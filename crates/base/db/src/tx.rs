//! Transactions that write.

use std::sync::Arc;

use sqlx::postgres::PgPool;
use sqlx::sqlite::SqliteConnection;
use sqlx::{Postgres, Transaction};
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::conn::{Conn, Either};
use crate::error::StoreError;
use crate::flush::{Flush, Log};

/// An open transaction. Dropped without a commit, it is rolled back.
#[derive(Debug)]
pub struct Tx {
    of: Either<SqliteTx, Transaction<'static, Postgres>>,
    flush: Flush,
}

impl Tx {
    /// Begins one of SQLite's one writer; `ahead` when it will end by [`Tx::commit_ahead`].
    pub(crate) async fn of_sqlite(
        writer: &Arc<Mutex<Writer>>,
        log: &Arc<Log>,
        ahead: bool,
    ) -> Result<Self, StoreError> {
        let of = Either::Sqlite(SqliteTx::begin(writer, ahead).await?);
        log.check()?;
        Ok(Self { of, flush: Flush(ahead.then(|| log.clone())) })
    }

    /// Begins one on a connection of PostgreSQL's.
    pub(crate) async fn of_postgres(pool: &PgPool) -> Result<Self, StoreError> {
        Ok(Self { of: Either::Postgres(pool.begin().await?), flush: Flush(None) })
    }

    /// The connection, for the functions of this crate.
    pub fn conn(&mut self) -> Conn<'_> {
        match &mut self.of {
            Either::Sqlite(transaction) => Either::Sqlite(transaction.connection()),
            Either::Postgres(transaction) => Either::Postgres(transaction),
        }
    }

    /// Rolls everything back.
    pub async fn rollback(self) -> Result<(), StoreError> {
        match self.of {
            // Dropped, it rolls itself back.
            Either::Sqlite(_) => {}
            Either::Postgres(transaction) => transaction.rollback().await?,
        }
        Ok(())
    }

    /// Commits, durably.
    pub async fn commit(self) -> Result<(), StoreError> {
        self.commit_ahead().await?.wait()
    }

    /// Commits; the changes are durable once they are flushed.
    pub async fn commit_ahead(self) -> Result<Flush, StoreError> {
        match self.of {
            Either::Sqlite(transaction) => transaction.commit().await?,
            Either::Postgres(transaction) => transaction.commit().await?,
        }
        Ok(self.flush)
    }
}

/// SQLite's one connection that writes.
#[derive(Debug)]
pub struct Writer {
    pub connection: SqliteConnection,
    /// Whether its commits return before the disk has them; `None` while that is not known.
    is_ahead: Option<bool>,
}

impl Writer {
    pub fn of(connection: SqliteConnection) -> Self {
        Self { connection, is_ahead: None }
    }

    async fn begin(&mut self, ahead: bool) -> Result<(), sqlx::Error> {
        if self.is_ahead != Some(ahead) {
            self.is_ahead = None;
            let pragma = if ahead { "pragma synchronous = normal" } else { "pragma synchronous = full" };
            sqlx::query(pragma).execute(&mut self.connection).await?;
            self.is_ahead = Some(ahead);
        }
        sqlx::query("begin immediate").execute(&mut self.connection).await.map(drop)
    }
}

/// A transaction of SQLite's one writer, which is ours until this is dropped.
#[derive(Debug)]
struct SqliteTx(Option<OwnedMutexGuard<Writer>>);

impl SqliteTx {
    async fn begin(writer: &Arc<Mutex<Writer>>, ahead: bool) -> Result<Self, sqlx::Error> {
        // Taken first, then begun: a caller that goes away while it begins leaves no open transaction behind.
        let mut tx = Self(Some(writer.clone().lock_owned().await));
        tx.writer().begin(ahead).await?;
        Ok(tx)
    }

    async fn commit(mut self) -> Result<(), sqlx::Error> {
        sqlx::query("commit").execute(self.connection()).await?;
        self.0 = None;
        Ok(())
    }

    fn connection(&mut self) -> &mut SqliteConnection {
        &mut self.writer().connection
    }

    fn writer(&mut self) -> &mut Writer {
        self.0.as_mut().expect("only `commit` and `drop` take it away, and both are the end")
    }
}

impl Drop for SqliteTx {
    /// Not committed: rolled back by a task that holds the writer until it is done, so that nobody sees half a change.
    fn drop(&mut self) {
        let Some(mut writer) = self.0.take() else { return };
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return;
        };
        runtime.spawn(async move {
            if let Err(error) = sqlx::query("rollback").execute(&mut writer.connection).await {
                tracing::debug!(%error, "nothing was left to roll back");
            }
        });
    }
}
