//! TraitorTrack's database, read only. It is always PostgreSQL.
//!
//! Invariants: nothing is ever written there; everything is read from one snapshot, in pages by number, so that it does
//! not matter how many rows there are or who is still changing them. Columns that a very old database does not have are
//! read as empty.

mod pages;
mod strange;
mod texts;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::str::FromStr;
use std::time::Duration;

use base_db::StoreError;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{Connection, Executor};
use uuid::Uuid;

pub use strange::{Strange, TextRow};

use super::rows::Kind;

/// The schemas that may contain the tables.
const SCHEMAS: [&str; 3] = ["production", "public", "development"];
/// Tables that every such database has.
const TABLES_NEEDED: [&str; 6] = ["user", "bag", "link", "bill", "bill_bag", "scan"];
const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);
/// The snapshot, and how its rows are read: each table is read to its end, so nothing is gained by looking up single rows,
/// and a database that was just restored has no statistics that would tell the planner so.
const BEGIN: [&str; 4] = [
    "begin transaction isolation level repeatable read read only",
    "set local enable_nestloop = off",
    "set local cursor_tuple_fraction = 1",
    "set local work_mem = '64MB'",
];
/// The name space of source names (UUID version 5).
const NAMES: Uuid = Uuid::from_u128(0x1d2f_5a36_7c1b_5f0e_8a44_93c5_0e6b_d871);

/// Why a database cannot be read as TraitorTrack's.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The address is not one of PostgreSQL.
    #[error("the earlier database is named by postgres://USER:PASSWORD@HOST/NAME")]
    Address,
    /// No server answers there, or it refuses.
    #[error("the earlier database cannot be reached; check its address, its password and that it runs")]
    Unreachable(#[source] StoreError),
    /// The tables are not there.
    #[error("this is no TraitorTrack database: there is no schema with the tables {}", TABLES_NEEDED.join(", "))]
    Foreign,
    /// Several schemas contain one.
    #[error("several schemas contain a TraitorTrack database: {0}; say which one: --schema NAME")]
    Several(String),
    /// A query failed.
    #[error("the earlier database cannot be read")]
    Read(#[from] StoreError),
}

/// An open TraitorTrack database.
pub struct Source {
    connection: PgConnection,
    /// The columns of each table.
    columns: BTreeMap<String, BTreeSet<String>>,
    /// Whose rows the cursor walks, and up to which number it has come.
    walked: Option<(Kind, i64)>,
    /// True once there is a cursor.
    is_walking: bool,
    /// The schema that contains its tables.
    pub schema: String,
    /// Its name: the same for every copy of it and however much it grows, because it is derived from its first account.
    pub name: String,
}

impl Source {
    /// Opens a database and takes the snapshot that everything is read from.
    pub async fn open(address: &str, schema: Option<&str>) -> Result<Self, SourceError> {
        if !(address.starts_with("postgres://") || address.starts_with("postgresql://")) {
            return Err(SourceError::Address);
        }
        let options = PgConnectOptions::from_str(address).map_err(|_| SourceError::Address)?;
        let options = options.application_name("tallyhouse import").options([("jit", "off")]);
        let connecting = tokio::time::timeout(CONNECT_TIMEOUT, PgConnection::connect_with(&options));
        let late = |_| StoreError::Database(sqlx::Error::PoolTimedOut);
        let connection = connecting.await.map_err(late).and_then(|connected| connected.map_err(StoreError::from));
        let mut connection = connection.map_err(SourceError::Unreachable)?;
        for statement in BEGIN {
            connection.execute(statement).await.map_err(StoreError::from)?;
        }
        let schema = find_schema(&mut connection, schema).await?;
        let columns = enter(&mut connection, &schema).await?;
        let name = name(&mut connection).await?;
        Ok(Self { connection, columns, walked: None, is_walking: false, schema, name })
    }

    /// How many rows of a kind there are.
    pub async fn count(&mut self, kind: Kind) -> Result<i64, StoreError> {
        let text = match kind {
            Kind::User => "select count(*) from \"user\"",
            Kind::Bag => "select count(*) from bag",
            Kind::Link => "select count(*) from link",
            Kind::Bill => "select count(*) from bill",
            Kind::BillBag => "select count(*) from bill_bag",
            Kind::Scan => "select count(*) from scan",
            Kind::Promotion => "select count(*) from promotionrequest",
            Kind::Notification => "select count(*) from notification",
            Kind::Audit => "select count(*) from audit_log",
        };
        if !self.has(kind) {
            return Ok(0);
        }
        Ok(sqlx::query_scalar(text).fetch_one(&mut self.connection).await?)
    }

    /// The name of each person.
    pub async fn user_names(&mut self) -> Result<HashSet<String>, StoreError> {
        const NAMES: &str = "select trim(username) from \"user\" where username is not null";
        let names: Vec<String> = sqlx::query_scalar(NAMES).fetch_all(&mut self.connection).await?;
        Ok(names.into_iter().collect())
    }

    /// True when the table is there: the most recent ones may be missing.
    fn has(&self, kind: Kind) -> bool {
        self.columns.contains_key(kind.table())
    }
}

async fn find_schema(connection: &mut PgConnection, wanted: Option<&str>) -> Result<String, SourceError> {
    const FIND: &str = "select cast(table_schema as text) from information_schema.tables
        where table_schema = any($1) and table_name = any($2) group by table_schema having count(*) = $3 order by 1";
    let schemas: Vec<&str> = wanted.map_or_else(|| SCHEMAS.to_vec(), |wanted| vec![wanted]);
    let found: Vec<String> = sqlx::query_scalar(FIND)
        .bind(schemas)
        .bind(TABLES_NEEDED.to_vec())
        .bind(i64::try_from(TABLES_NEEDED.len()).unwrap_or(i64::MAX))
        .fetch_all(connection)
        .await
        .map_err(StoreError::from)?;
    match found.as_slice() {
        [] => Err(SourceError::Foreign),
        [one] => Ok(one.clone()),
        several => Err(SourceError::Several(several.join(", "))),
    }
}

/// Makes the schema the one that bare names mean, and gives the columns of its tables.
async fn enter(connection: &mut PgConnection, schema: &str) -> Result<BTreeMap<String, BTreeSet<String>>, StoreError> {
    const ENTER: &str = "select set_config('search_path', quote_ident($1), true)";
    const COLUMNS: &str = "select cast(c.table_name as text), cast(c.column_name as text)
        from information_schema.columns c
        join information_schema.tables t on t.table_schema = c.table_schema and t.table_name = c.table_name
        where c.table_schema = $1 and t.table_type = 'BASE TABLE'";
    sqlx::query(ENTER).bind(schema).execute(&mut *connection).await?;
    let found: Vec<(String, String)> = sqlx::query_as(COLUMNS).bind(schema).fetch_all(connection).await?;
    let mut columns: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (table, column) in found {
        columns.entry(table).or_default().insert(column);
    }
    Ok(columns)
}

async fn name(connection: &mut PgConnection) -> Result<String, StoreError> {
    const FIRST: &str = "select concat_ws(' ', id, username, to_jsonb(u) ->> 'created_at') from \"user\" u
        order by id limit 1";
    let first: Option<String> = sqlx::query_scalar(FIRST).fetch_optional(connection).await?;
    let id = Uuid::new_v5(&NAMES, first.unwrap_or_default().as_bytes());
    Ok(format!("traitortrack:{}", id.simple()))
}
