//! SQL Server: encrypted, with the intent to read only, each statement with a time limit on both sides.

use std::net::IpAddr;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::TryStreamExt;
use secrecy::ExposeSecret;
use tiberius::error::Error;
use tiberius::{AuthMethod, Config, EncryptionLevel, Query, QueryItem};
use tokio::time::timeout;

use super::tds_fault::sorted;
use super::tds_pool::{Lent, TdsPool, TdsPoolParts};
use super::{Driver, Statement, Take};
use crate::dialect::Dialect;
use crate::error::ErpError;
use crate::settings::{Encryption, Isolation, Limits, SqlServerPlace, Trust};

/// A database of SQL Server.
pub(super) struct SqlServer {
    pool: TdsPool,
    query: Duration,
}

impl SqlServer {
    /// The database at a place; a connection is made when it is first read.
    pub(super) fn new(place: &SqlServerPlace, limits: Limits) -> Result<Self, ErpError> {
        let parts = TdsPoolParts {
            config: config(place, limits)?,
            host: place.host.clone(),
            port: place.port,
            greeting: greeting(place.isolation, limits.query),
            connections_max: usize::try_from(limits.connections_max).unwrap_or(1),
            connect: limits.connect,
        };
        Ok(Self { pool: TdsPool::new(parts), query: limits.query })
    }

    async fn read_all(&self, statement: &Statement, take: &mut Take<'_>) -> Result<(), ErpError> {
        let mut rows_taken: u64 = 0;
        let mut counted = |cells: &[Option<&str>]| {
            rows_taken += 1;
            take(cells)
        };
        let mut lent = self.pool.lend(false).await?;
        let was_used = lent.is_used;
        match run(&mut lent, statement, &mut counted).await {
            Ok(()) => {
                self.pool.put_back(lent);
                Ok(())
            }
            // The server closed a connection that nobody used for a while: that is no outage.
            Err(ErpError::Unreachable(_)) if was_used && rows_taken == 0 => {
                drop(lent);
                let mut lent = self.pool.lend(true).await?;
                run(&mut lent, statement, take).await?;
                self.pool.put_back(lent);
                Ok(())
            }
            Err(fault) => Err(fault),
        }
    }
}

#[async_trait]
impl Driver for SqlServer {
    fn dialect(&self) -> Dialect {
        Dialect::SqlServer
    }

    async fn read(&self, statement: &Statement, take: &mut Take<'_>) -> Result<(), ErpError> {
        // What is cut off here is dropped with its connection, and the server ends the statement.
        timeout(self.query, self.read_all(statement, take)).await.map_err(|_| ErpError::Slow)?
    }
}

async fn run(lent: &mut Lent<'_>, statement: &Statement, take: &mut Take<'_>) -> Result<(), ErpError> {
    let mut query = Query::new(statement.text.as_str());
    for parameter in &statement.parameters {
        query.bind(parameter.as_str());
    }
    let asked = if statement.parameters.is_empty() {
        lent.client.simple_query(statement.text.as_str()).await
    } else {
        query.query(&mut lent.client).await
    };
    let mut items = asked.map_err(|fault| sorted(&fault))?;
    while let Some(item) = items.try_next().await.map_err(|fault| sorted(&fault))? {
        let QueryItem::Row(row) = item else { continue };
        let cells: Result<Vec<Option<&str>>, Error> = (0..row.len()).map(|at| row.try_get::<&str, _>(at)).collect();
        take(&cells.map_err(|fault| sorted(&fault))?)?;
    }
    Ok(())
}

fn config(place: &SqlServerPlace, limits: Limits) -> Result<Config, ErpError> {
    let encryption = match place.encryption {
        Encryption::Required => EncryptionLevel::Required,
        Encryption::Strict => EncryptionLevel::Strict,
        Encryption::Off if is_loopback(&place.host) => EncryptionLevel::NotSupported,
        Encryption::Off => {
            return Err(ErpError::Settings("a connection without encryption is for this machine itself only".into()));
        }
    };
    let mut config = Config::new();
    config.host(&place.host);
    config.port(place.port);
    config.database(&place.database);
    config.application_name("tallyhouse");
    config.authentication(AuthMethod::sql_server(&place.user, place.password.expose_secret()));
    config.encryption(encryption);
    config.readonly(true);
    config.handshake_timeout(Some(limits.connect));
    config.command_timeout(Some(limits.query));
    if let Trust::File(file) = &place.trust {
        config.trust_cert_ca(file.display());
    }
    Ok(config)
}

/// What each new connection is told: what a read waits for, and that nobody waits for a lock longer than for an answer.
fn greeting(isolation: Isolation, query: Duration) -> String {
    let level = match isolation {
        Isolation::ReadCommitted => "read committed",
        Isolation::ReadUncommitted => "read uncommitted",
        Isolation::Snapshot => "snapshot",
    };
    format!("set nocount on; set transaction isolation level {level}; set lock_timeout {};", query.as_millis())
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}
