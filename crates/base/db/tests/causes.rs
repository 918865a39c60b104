//! Every kind of failure that a database can be made to show is sorted by its cause, on both databases alike.

use base_db::{Cause, Conn, Db, OpenOptions, StoreError, scratch};
use sqlx::AssertSqlSafe;
use tallyhouse_support::{TestDb, each_database, each_scarce_database};

async fn run(db: &Db, text: &str) -> Result<(), StoreError> {
    let mut tx = db.write().await?;
    let text = AssertSqlSafe(text.to_owned());
    let ran = match tx.conn() {
        Conn::Sqlite(connection) => sqlx::query(text).execute(connection).await.map(drop),
        Conn::Postgres(connection) => sqlx::query(text).execute(connection).await.map(drop),
    };
    ran?;
    tx.commit().await
}

#[tokio::test]
async fn what_is_wrong_with_a_statement_is_our_fault() {
    for TestDb { db, .. } in &each_database().await {
        for text in [
            "selekt 1",
            "select colour from jobs",
            "select 1 from no_such_table",
            "select no_such_function()",
            "insert into jobs (name, next_run_at) values ('never', null)",
        ] {
            let error = run(db, text).await.expect_err(text);
            assert_eq!(Cause::of(&error), Cause::Ours, "{text} on {}: {error:?}", db.name());
            assert!(!error.is_conflict(), "{text}: trying again does not help");
        }
    }
}

#[tokio::test]
async fn a_row_that_exists_already_is_worth_a_retry_and_our_fault_if_it_stays() {
    for TestDb { db, .. } in &each_database().await {
        let text = "insert into jobs (name, next_run_at) values ('twice', 1)";
        run(db, text).await.expect("the first");
        let error = run(db, text).await.expect_err("the second");
        assert!(matches!(error, StoreError::Constraint(_)), "{error:?}");
        assert_eq!((error.is_conflict(), Cause::of(&error)), (true, Cause::Ours));
    }
}

#[tokio::test]
async fn a_value_of_another_kind_is_our_fault() {
    const TEXT: &str = "select 'text' as number";
    for TestDb { db, .. } in &each_database().await {
        let mut reader = db.read().await.expect("a connection");
        let read: Result<i64, sqlx::Error> = match reader.conn() {
            Conn::Sqlite(connection) => sqlx::query_scalar(TEXT).fetch_one(connection).await,
            Conn::Postgres(connection) => sqlx::query_scalar(TEXT).fetch_one(connection).await,
        };
        let error = StoreError::from(read.expect_err("no number"));
        assert_eq!(Cause::of(&error), Cause::Ours, "{error:?}");
    }
}

#[tokio::test]
async fn no_free_connection_and_a_closed_database_are_passing_failures() {
    for TestDb { db, .. } in &each_scarce_database().await {
        let reader = db.read().await.expect("a connection");
        let error = db.read().await.map(drop).expect_err("there is but one");
        assert_eq!(Cause::of(&error), Cause::Passing, "{error:?}");
        drop(reader);
        db.close().await;
        let error = db.read().await.map(drop).expect_err("it is closed");
        assert_eq!(Cause::of(&error), Cause::Passing, "{error:?}");
    }
}

#[tokio::test]
async fn a_file_that_another_program_has_locked_is_a_passing_failure() {
    let test = each_database().await.remove(0);
    let path = test.address.strip_prefix("sqlite:").expect("SQLite comes first");
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path).busy_timeout(std::time::Duration::ZERO);
    let mut other = sqlx::ConnectOptions::connect(&options).await.expect("it opens");
    let _tx = test.db.write().await.expect("the writer");
    let locked = sqlx::query("begin immediate").execute(&mut other).await.expect_err("somebody else writes");
    assert_eq!(Cause::of(&StoreError::from(locked)), Cause::Passing);
}

#[tokio::test]
async fn a_server_that_ends_a_session_or_has_lost_the_database_is_a_passing_failure() {
    let Ok(server) = std::env::var("TALLYHOUSE_TEST_POSTGRES") else { return };
    let test = each_database().await.pop().expect("the second is PostgreSQL");
    for text in
        ["select pg_terminate_backend(pg_backend_pid())", "select pg_cancel_backend(pg_backend_pid()), pg_sleep(5)"]
    {
        let error = run(&test.db, text).await.expect_err(text);
        assert_eq!(Cause::of(&error), Cause::Passing, "{text}: {error:?}");
    }
    let name = test.address.rsplit('/').next().expect("a name");
    scratch::drop(&server, name).await.expect("it is dropped");
    let error = run(&test.db, "select 1").await.expect_err("it is gone");
    assert_eq!(Cause::of(&error), Cause::Passing, "{error:?}");
    let error = Db::open(&test.address, OpenOptions::default()).await.map(drop).expect_err("it is gone");
    assert_eq!(Cause::of(&error), Cause::Passing, "{error:?}");
}
