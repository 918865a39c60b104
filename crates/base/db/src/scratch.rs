//! Temporary databases on a PostgreSQL server, for tests and measurements.

use std::collections::BTreeMap;

use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::conn::Either;
use crate::db::Db;
use crate::error::StoreError;

/// Creates an empty database on the server at `address` and returns its address. `name` is made of letters, digits and
/// underscores.
pub async fn create(address: &str, name: &str) -> Result<String, StoreError> {
    check(name)?;
    let mut server = PgConnection::connect(address).await?;
    let text = format!("create database {name} template template0 encoding 'UTF8' lc_collate 'C' lc_ctype 'C'");
    sqlx::query(AssertSqlSafe(text)).execute(&mut server).await?;
    let (server_part, _) = address.rsplit_once('/').ok_or_else(|| StoreError::Address("postgres://…".into()))?;
    Ok(format!("{server_part}/{name}"))
}

/// Drops such a database, whoever is still connected to it.
pub async fn drop(address: &str, name: &str) -> Result<(), StoreError> {
    check(name)?;
    let mut server = PgConnection::connect(address).await?;
    let text = format!("drop database if exists {name} with (force)");
    sqlx::query(AssertSqlSafe(text)).execute(&mut server).await?;
    Ok(())
}

/// From now on, each new session in the PostgreSQL database at `address` receives the plan of each of its statements,
/// as a notice in JSON.
pub async fn tell_plans(address: &str) -> Result<(), StoreError> {
    let name = address.rsplit('/').next().unwrap_or_default();
    check(name)?;
    let mut connection = PgConnection::connect(address).await?;
    for (setting, value) in [
        ("session_preload_libraries", "auto_explain"),
        ("auto_explain.log_min_duration", "0"),
        ("auto_explain.log_analyze", "on"),
        ("auto_explain.log_timing", "off"),
        ("auto_explain.log_format", "json"),
        ("auto_explain.log_level", "notice"),
    ] {
        let text = format!("alter database {name} set {setting} = '{value}'");
        sqlx::query(AssertSqlSafe(text)).execute(&mut connection).await?;
    }
    Ok(())
}

/// Renames a table, so that every statement that names it fails, as one with a mistake in it would.
pub async fn rename_table(db: &Db, table: &str, to: &str) -> Result<(), StoreError> {
    check(table)?;
    check(to)?;
    let mut tx = db.write().await?;
    let text = format!("alter table {table} rename to {to}");
    on!(tx.conn(), c => sqlx::query(AssertSqlSafe(text)).execute(&mut **c).await?.rows_affected());
    tx.commit().await
}

/// Sets what pages call somebody.
pub async fn call_person(db: &Db, account: i64, name: &str) -> Result<(), StoreError> {
    const CALL: &str = "update accounts set display_name = $2 where id = $1";
    let mut tx = db.write().await?;
    execute!(tx.conn(), CALL, account, name);
    tx.commit().await
}

/// Gives somebody of staff an e-mail.
pub async fn give_email(db: &Db, username: &str, email: &str) -> Result<(), StoreError> {
    const GIVE: &str =
        "update accounts set email = $2, email_folded = $2 where realm = 'staff' and username_folded = $1";
    let mut tx = db.write().await?;
    execute!(tx.conn(), GIVE, username, email);
    tx.commit().await
}

/// Gives an account an encrypted second factor.
pub async fn keep_second_factor(db: &Db, account: i64, encrypted: &str) -> Result<(), StoreError> {
    const KEEP: &str = "update accounts set totp_encrypted = $2, two_factor = $3 where id = $1";
    let mut tx = db.write().await?;
    execute!(tx.conn(), KEEP, account, encrypted, true);
    tx.commit().await
}

/// Gives an account one more role.
pub async fn give_role(db: &Db, account: i64, role: &str) -> Result<(), StoreError> {
    let mut tx = db.write().await?;
    execute!(tx.conn(), "insert into account_roles (account_id, role) values ($1, $2)", account, role);
    tx.commit().await
}

/// Forgets which migrations have run in a database.
pub async fn forget_migrations(db: &Db) -> Result<(), StoreError> {
    let mut tx = db.write().await?;
    execute!(tx.conn(), "delete from _sqlx_migrations");
    tx.commit().await
}

fn check(name: &str) -> Result<(), StoreError> {
    let plain = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if plain { Ok(()) } else { Err(StoreError::Address(name.to_owned())) }
}

/// Every row of every table as text, sorted: what two runs must agree on.
pub async fn contents(db: &Db) -> Result<BTreeMap<String, Vec<String>>, StoreError> {
    let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for column in db.columns().await? {
        let (table, column) = column.trim_end_matches('?').split_once('.').unwrap_or((&column, ""));
        tables.entry(table.to_owned()).or_default().push(format!("\"{column}\""));
    }
    let mut reader = db.read().await?;
    let mut contents = BTreeMap::new();
    for (table, columns) in tables {
        let list = columns.join(", ");
        let rows: Vec<String> = match &mut reader {
            Either::Sqlite(connection) => {
                // JSON in SQLite has no bytes.
                let cells = columns
                    .iter()
                    .map(|column| format!("case typeof({column}) when 'blob' then hex({column}) else {column} end"));
                let cells = cells.collect::<Vec<_>>().join(", ");
                let text = format!("select json_array({cells}) from \"{table}\" order by 1");
                sqlx::query_scalar(AssertSqlSafe(text)).fetch_all(&mut **connection).await?
            }
            Either::Postgres(connection) => {
                let text =
                    format!("select cast(to_jsonb(t) as text) from (select {list} from \"{table}\") t order by 1");
                sqlx::query_scalar(AssertSqlSafe(text)).fetch_all(&mut **connection).await?
            }
        };
        contents.insert(table, rows);
    }
    Ok(contents)
}
