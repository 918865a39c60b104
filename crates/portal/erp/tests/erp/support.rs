//! Sources over the same tables, one for each database that is there.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use base_db::scratch;
use portal_erp::tables::Tables;
use portal_erp::{Dialect, Limits, Place, Settings, Source, WhichShape};
use secrecy::SecretString;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection};

static COUNT: AtomicU32 = AtomicU32::new(0);

/// An ERP in one database. It is deleted when this is dropped.
pub struct TestErp {
    /// Which database it is.
    pub dialect: Dialect,
    /// Where it is, for a login that may read only.
    pub place: Place,
    /// The address for a login that may do everything; empty for SQLite.
    pub owner: String,
    _folder: tempfile::TempDir,
    scratch: Option<Scratch>,
}

struct Scratch {
    server: String,
    name: String,
}

impl TestErp {
    /// A source of a shape, with these limits.
    pub fn source(&self, shape: WhichShape, limits: Limits) -> Source {
        Source::open(Settings { place: self.place.clone(), shape, limits }).expect("settings are right")
    }

    /// The tables of Deacom, within the limits of tests.
    pub fn deacom(&self) -> Source {
        self.source(WhichShape::Deacom, limits())
    }
}

impl Drop for TestErp {
    fn drop(&mut self) {
        let Some(Scratch { server, name }) = self.scratch.take() else { return };
        let end = async move {
            let _ = scratch::drop(&server, &name).await;
            if let Ok(mut connection) = PgConnection::connect(&server).await {
                let text = format!("drop role if exists {name}");
                let _ = sqlx::query(AssertSqlSafe(text)).execute(&mut connection).await;
            }
        };
        let run =
            || tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(end);
        let _ = std::thread::spawn(run).join();
    }
}

/// Limits that end a test soon.
pub fn limits() -> Limits {
    Limits { query: Duration::from_secs(20), connect: Duration::from_secs(5), ..Limits::default() }
}

/// An ERP with these tables in each database: SQLite always, PostgreSQL where `TALLYHOUSE_TEST_POSTGRES` names one.
pub async fn each_erp(tables: &Tables) -> Vec<TestErp> {
    let mut all = vec![in_sqlite(&tables.statements()).await];
    if let Ok(server) = std::env::var("TALLYHOUSE_TEST_POSTGRES") {
        all.push(in_postgres(&server, &tables.statements()).await);
    }
    all
}

/// The same from statements, in SQLite alone.
pub async fn in_sqlite(statements: &[String]) -> TestErp {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("erp.sqlite");
    let options = SqliteConnectOptions::new().filename(&file).create_if_missing(true);
    let mut connection = options.connect().await.expect("a new file");
    for statement in statements {
        sqlx::query(AssertSqlSafe(statement.clone())).execute(&mut connection).await.expect("the tables are right");
    }
    connection.close().await.expect("closed");
    let place = Place::Sqlite(file);
    TestErp { dialect: Dialect::Sqlite, place, owner: String::new(), _folder: folder, scratch: None }
}

async fn in_postgres(server: &str, statements: &[String]) -> TestErp {
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let name = format!("erp_{}_{number}", std::process::id());
    let owner = scratch::create(server, &name).await.expect("a database");
    let mut connection = PgConnection::connect(&owner).await.expect("the database is there");
    let grants =
        [format!("create role {name} login"), format!("grant select on all tables in schema public to {name}")];
    for statement in statements.iter().chain(&grants) {
        sqlx::query(AssertSqlSafe(statement.clone())).execute(&mut connection).await.expect("the tables are right");
    }
    let (scheme, rest) = owner.split_once("://").expect("an address");
    let host = rest.split_once('@').map_or(rest, |(_, host)| host);
    let place = Place::Postgres(SecretString::from(format!("{scheme}://{name}@{host}")));
    TestErp {
        dialect: Dialect::Postgres,
        place,
        owner,
        _folder: tempfile::tempdir().expect("a folder"),
        scratch: Some(Scratch { server: server.to_owned(), name }),
    }
}
