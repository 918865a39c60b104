//! PostgreSQL: sessions that say of themselves that they only read, and that end a statement after its time.

use std::str::FromStr;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::TryStreamExt;
use secrecy::{ExposeSecret, SecretString};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, PgPool, Row};
use tokio::time::timeout;

use super::{Driver, Statement, Take, sorted};
use crate::dialect::Dialect;
use crate::error::ErpError;
use crate::settings::Limits;

/// How much longer than the server's own limit we wait for its word that it has ended a statement.
const GRACE: Duration = Duration::from_millis(500);

/// A database of PostgreSQL.
pub(super) struct Postgres {
    pool: PgPool,
    query: Duration,
}

impl Postgres {
    /// The database at an address; a connection is made when it is first read.
    pub(super) fn new(address: &SecretString, limits: Limits) -> Result<Self, ErpError> {
        let options = PgConnectOptions::from_str(address.expose_secret()).map_err(|fault| sorted(&fault))?;
        let options = options.application_name("tallyhouse").options([
            ("default_transaction_read_only", "on".to_owned()),
            ("statement_timeout", limits.query.as_millis().to_string()),
        ]);
        let pool = PgPoolOptions::new()
            .max_connections(limits.connections_max)
            .acquire_timeout(limits.connect)
            .connect_lazy_with(options);
        Ok(Self { pool, query: limits.query })
    }

    async fn read_all(&self, statement: &Statement, take: &mut Take<'_>) -> Result<(), ErpError> {
        let mut connection = self.pool.acquire().await.map_err(|fault| sorted(&fault))?;
        let mut query = sqlx::query(AssertSqlSafe(statement.text.clone()));
        for parameter in &statement.parameters {
            query = query.bind(parameter.as_str());
        }
        let mut rows = query.fetch(&mut *connection);
        while let Some(row) = rows.try_next().await.map_err(|fault| sorted(&fault))? {
            let cells: Result<Vec<Option<&str>>, sqlx::Error> = (0..row.len()).map(|at| row.try_get(at)).collect();
            take(&cells.map_err(|fault| sorted(&fault))?)?;
        }
        Ok(())
    }
}

#[async_trait]
impl Driver for Postgres {
    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    async fn read(&self, statement: &Statement, take: &mut Take<'_>) -> Result<(), ErpError> {
        timeout(self.query + GRACE, self.read_all(statement, take)).await.map_err(|_| ErpError::Slow)?
    }
}
