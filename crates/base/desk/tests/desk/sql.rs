//! Statements of the domains of these tests, on whichever database is open.

use base_db::{Conn, Db, StoreError};

/// Runs a statement without values.
pub async fn run(db: &Db, statement: &'static str) {
    let mut tx = db.write().await.expect("a transaction");
    match tx.conn() {
        Conn::Sqlite(c) => sqlx::query(statement).execute(c).await.map(drop),
        Conn::Postgres(c) => sqlx::query(statement).execute(c).await.map(drop),
    }
    .expect("the statement runs");
    tx.commit().await.expect("a commit");
}

/// The rows of two texts that a statement finds for one text.
pub async fn pairs(conn: Conn<'_>, statement: &'static str, value: &str) -> Result<Vec<(String, String)>, StoreError> {
    Ok(match conn {
        Conn::Sqlite(c) => sqlx::query_as(statement).bind(value).fetch_all(c).await?,
        Conn::Postgres(c) => sqlx::query_as(statement).bind(value).fetch_all(c).await?,
    })
}

/// How many rows a table has.
pub async fn count(db: &Db, statement: &'static str) -> i64 {
    let mut reader = db.read().await.expect("a reader");
    match reader.conn() {
        Conn::Sqlite(c) => sqlx::query_scalar(statement).fetch_one(c).await,
        Conn::Postgres(c) => sqlx::query_scalar(statement).fetch_one(c).await,
    }
    .expect("a number")
}
