//! SQLite: a file that is opened for reading only.

use std::path::Path;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use futures_util::TryStreamExt;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use sqlx::{AssertSqlSafe, Row, SqlitePool};

use super::{Driver, Statement, Take, sorted};
use crate::dialect::Dialect;
use crate::error::ErpError;
use crate::settings::Limits;

/// How often SQLite looks at the time: after so many of its own steps, some milliseconds.
const STEPS_BETWEEN_LOOKS: i32 = 100_000;
/// How long a read waits for a writer of the same file.
const LOCK_WAIT: Duration = Duration::from_secs(2);

/// A file of SQLite.
pub(super) struct Sqlite {
    pool: SqlitePool,
    query: Duration,
}

impl Sqlite {
    /// The file at a path; it is opened when it is first read.
    pub(super) fn new(file: &Path, limits: Limits) -> Self {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .read_only(true)
            .create_if_missing(false)
            .busy_timeout(LOCK_WAIT)
            .pragma("query_only", "on");
        let pool = SqlitePoolOptions::new()
            .max_connections(limits.connections_max)
            .acquire_timeout(limits.connect)
            .connect_lazy_with(options);
        Self { pool, query: limits.query }
    }
}

#[async_trait]
impl Driver for Sqlite {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    async fn read(&self, statement: &Statement, take: &mut Take<'_>) -> Result<(), ErpError> {
        let mut connection = self.pool.acquire().await.map_err(|fault| sorted(&fault))?;
        let ends = Instant::now() + self.query;
        let mut handle = connection.lock_handle().await.map_err(|fault| sorted(&fault))?;
        // The next read of this connection sets a time of its own.
        handle.set_progress_handler(STEPS_BETWEEN_LOOKS, move || Instant::now() < ends);
        drop(handle);
        let mut query = sqlx::query(AssertSqlSafe(statement.text.clone()));
        for parameter in &statement.parameters {
            query = query.bind(parameter.as_str());
        }
        let mut rows = query.fetch(&mut *connection);
        while let Some(row) = rows.try_next().await.map_err(|fault| sorted(&fault))? {
            if Instant::now() >= ends {
                return Err(ErpError::Slow);
            }
            let cells: Result<Vec<Option<&str>>, sqlx::Error> = (0..row.len()).map(|at| row.try_get(at)).collect();
            take(&cells.map_err(|fault| sorted(&fault))?)?;
        }
        Ok(())
    }
}
