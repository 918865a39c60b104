//! What can be seen of the database from outside: its connections and its clock.

use sqlx::{Database, Pool};

use crate::conn::Either;
use crate::db::Db;
use crate::error::StoreError;

/// Connections for one purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolState {
    /// For what: `readers`, `writers` or `desk`.
    pub pool: &'static str,
    /// How many there may be.
    pub max: u32,
    /// How many there are.
    pub open: u32,
    /// How many are in use now.
    pub in_use: u32,
}

impl Db {
    /// The connections, by purpose. SQLite's one writer is a pool of one.
    pub fn pools(&self) -> Vec<PoolState> {
        match self {
            Self::Sqlite { writer, readers, .. } => {
                let in_use = u32::from(writer.try_lock().is_err());
                vec![of("readers", readers), PoolState { pool: "writers", max: 1, open: 1, in_use }]
            }
            Self::Postgres { desk, writers, readers, .. } => {
                vec![of("readers", readers), of("writers", writers), of("desk", desk)]
            }
        }
    }

    /// The time of the database's own clock, in microseconds; `None` where it has none but this machine's.
    pub async fn clock_us(&self) -> Result<Option<i64>, StoreError> {
        const NOW: &str = "select cast(extract(epoch from clock_timestamp()) * 1000000 as bigint)";
        if !self.is_shared() {
            return Ok(None);
        }
        let mut reader = self.read().await?;
        match &mut reader {
            Either::Sqlite(_) => Ok(None),
            Either::Postgres(connection) => Ok(Some(sqlx::query_scalar(NOW).fetch_one(&mut **connection).await?)),
        }
    }
}

fn of<D: Database>(name: &'static str, pool: &Pool<D>) -> PoolState {
    let open = pool.size();
    let idle = u32::try_from(pool.num_idle()).unwrap_or(u32::MAX);
    PoolState { pool: name, max: pool.options().get_max_connections(), open, in_use: open.saturating_sub(idle) }
}
