//! Transactions that write.

use std::sync::Arc;

use sqlx::Transaction;
use sqlx::sqlite::SqliteConnection;
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::db::{Conn, Db, Either};
use crate::error::StoreError;
use crate::seal::Seal;

/// An open transaction. Dropped without a commit, it is rolled back.
#[derive(Debug)]
pub struct Tx {
    of: Either<SqliteTx, Transaction<'static, sqlx::Postgres>>,
    seal: Seal,
}

impl Tx {
    pub(crate) async fn begin(db: &Db, ahead: bool) -> Result<Self, StoreError> {
        Ok(match db {
            Db::Sqlite { writer, log, .. } => {
                let of = Either::Sqlite(SqliteTx::begin(writer, ahead).await?);
                log.check()?;
                Self { of, seal: Seal(ahead.then(|| log.clone())) }
            }
            Db::Postgres { desk, writers, .. } => {
                let pool = if ahead { desk } else { writers };
                Self { of: Either::Postgres(pool.begin().await?), seal: Seal(None) }
            }
        })
    }

    /// The connection, for the functions of this crate.
    pub fn conn(&mut self) -> Conn<'_> {
        match &mut self.of {
            Either::Sqlite(transaction) => Either::Sqlite(transaction.connection()),
            Either::Postgres(transaction) => Either::Postgres(transaction),
        }
    }

    /// Gives everything back.
    pub(crate) async fn rollback(self) -> Result<(), StoreError> {
        match self.of {
            // Dropped, it rolls itself back.
            Either::Sqlite(_) => {}
            Either::Postgres(transaction) => transaction.rollback().await?,
        }
        Ok(())
    }

    /// Makes everything true and durable.
    pub async fn commit(self) -> Result<(), StoreError> {
        self.commit_ahead().await?.close()
    }

    /// Makes everything true, and durable once the seal is closed.
    pub async fn commit_ahead(self) -> Result<Seal, StoreError> {
        match self.of {
            Either::Sqlite(transaction) => transaction.commit().await?,
            Either::Postgres(transaction) => transaction.commit().await?,
        }
        Ok(self.seal)
    }
}

/// SQLite's one connection that writes.
#[derive(Debug)]
pub struct Writer {
    pub(crate) connection: SqliteConnection,
    /// Whether its commits come ahead of the disk; `None` while that is not known.
    is_ahead: Option<bool>,
}

impl Writer {
    pub(crate) fn of(connection: SqliteConnection) -> Self {
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
        // First ours, then begun: who goes away while it begins leaves no open transaction to the next one.
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
    /// Not committed: rolled back by a task that holds the writer until it is done, so that nobody meets half a change.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::OpenOptions;

    #[tokio::test(flavor = "multi_thread")]
    async fn who_goes_away_while_a_transaction_begins_leaves_the_writer_free() {
        let folder = tempfile::tempdir().expect("a folder");
        let address = format!("sqlite:{}", folder.path().join("house.db").display());
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
