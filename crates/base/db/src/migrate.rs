//! Bringing the schema up to date.
//!
//! Each wing has a list of migrations; they run in the order of their numbers, each once, and the database remembers the
//! hash of each. Invariant: a database whose migrations are not those of this program is left as it is.

use std::collections::BTreeMap;

use sqlx::SqlSafeStr;
use sqlx::migrate::{MigrateError, MigrationType, Migrator};

use crate::conn::Either;
use crate::db::Db;
use crate::dialect::Dialect;
use crate::error::StoreError;

/// One step of the schema, for both databases.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// Its place in the order over all wings.
    pub number: i64,
    /// The name of its files, without the ending: `NNNN_wing_what`.
    pub name: &'static str,
    /// The statements for SQLite.
    pub sqlite: &'static str,
    /// The statements for PostgreSQL.
    pub postgres: &'static str,
}

/// A migration of the calling crate, from its folder `migrations`, read when the program is built.
#[macro_export]
macro_rules! migration {
    ($number:literal, $name:literal) => {
        $crate::Migration {
            number: $number,
            name: $name,
            sqlite: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/sqlite/", $name, ".sql")),
            postgres: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/postgres/", $name, ".sql")),
        }
    };
}

/// How the migrations of a database compare with those of this program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SchemaState {
    /// How many this program knows.
    pub known: usize,
    /// How many of them the database lacks.
    pub missing: usize,
    /// How many the database has that this program does not know: it was made by a newer one.
    pub newer: usize,
    /// The first one that differs in the database; see [`StoreError::ForeignSchema`].
    pub foreign: Option<i64>,
}

/// The lists of all wings.
pub type Migrations = &'static [&'static [Migration]];

impl Migration {
    fn text(&self, dialect: Dialect) -> &'static str {
        match dialect {
            Dialect::Sqlite => self.sqlite,
            Dialect::Postgres => self.postgres,
        }
    }
}

/// The lists as one, by number, to `last` and no further.
fn migrator_to(lists: Migrations, dialect: Dialect, last: i64) -> Migrator {
    let step = |one: &Migration| {
        let text = one.text(dialect).into_sql_str();
        sqlx::migrate::Migration::new(one.number, one.name.into(), MigrationType::Simple, text, false)
    };
    let wanted = lists.iter().copied().flatten().filter(|one| one.number <= last);
    let mut migrator = Migrator::with_migrations(wanted.map(step).collect());
    // A node of the previous release may start while nodes of this one run: each release only adds.
    migrator.set_ignore_missing(true);
    migrator
}

/// All of them.
fn migrator(lists: Migrations, dialect: Dialect) -> Migrator {
    migrator_to(lists, dialect, i64::MAX)
}

impl Db {
    /// Brings the schema up to date. Safe to call from several nodes at once.
    ///
    /// # Errors
    /// [`StoreError::ForeignSchema`] when the database was made by other migrations than these.
    pub async fn migrate(&self, lists: Migrations) -> Result<(), StoreError> {
        self.migrate_to(lists, i64::MAX).await
    }

    /// The same, to the migration `last` and no further: the schema as an earlier program had it.
    pub async fn migrate_to(&self, lists: Migrations, last: i64) -> Result<(), StoreError> {
        let migrated = match self {
            Self::Sqlite { writer, .. } => {
                let mut writer = writer.lock().await;
                migrator_to(lists, Dialect::Sqlite, last).run(&mut writer.connection).await
            }
            Self::Postgres { writers, .. } => migrator_to(lists, Dialect::Postgres, last).run(writers).await,
        };
        migrated.map_err(|error| match error {
            MigrateError::VersionMismatch(number) => StoreError::ForeignSchema { number },
            other => StoreError::Migration(other),
        })
    }

    /// How the database's migrations compare with these.
    pub async fn schema_state(&self, lists: Migrations) -> Result<SchemaState, StoreError> {
        const APPLIED: &str = "select version, checksum from _sqlx_migrations where success order by version";
        let mut reader = self.read().await?;
        let dialect = reader.conn().dialect();
        let applied: Vec<(i64, Vec<u8>)> = on!(reader.conn(), c => sqlx::query_as(APPLIED).fetch_all(&mut **c).await?);
        let mut applied: BTreeMap<i64, Vec<u8>> = applied.into_iter().collect();
        let mut state = SchemaState::default();
        for known in migrator(lists, dialect).iter() {
            state.known += 1;
            match applied.remove(&known.version) {
                None => state.missing += 1,
                Some(checksum) if *checksum != *known.checksum => {
                    state.foreign.get_or_insert(known.version);
                }
                Some(_) => {}
            }
        }
        state.newer = applied.len();
        Ok(state)
    }

    /// The foreign keys there are, as `table.column -> table.column`, sorted.
    pub async fn foreign_keys(&self) -> Result<Vec<String>, StoreError> {
        const SQLITE: &str = "select t.name || '.' || f.\"from\" || ' -> ' || f.\"table\" || '.' || f.\"to\"
            from sqlite_schema t join pragma_foreign_key_list(t.name) f where t.type = 'table' order by 1";
        const POSTGRES: &str = "select t.relname || '.' || a.attname || ' -> ' || o.relname || '.' || b.attname
            from pg_constraint k
            join pg_class t on t.oid = k.conrelid
            join pg_class o on o.oid = k.confrelid
            cross join unnest(k.conkey, k.confkey) as pair (own, other)
            join pg_attribute a on a.attrelid = t.oid and a.attnum = pair.own
            join pg_attribute b on b.attrelid = o.oid and b.attnum = pair.other
            where k.contype = 'f' and t.relnamespace = cast('public' as regnamespace) order by 1";
        let mut reader = self.read().await?;
        let mut keys: Vec<String> = match &mut reader {
            Either::Sqlite(connection) => sqlx::query_scalar(SQLITE).fetch_all(&mut **connection).await?,
            Either::Postgres(connection) => sqlx::query_scalar(POSTGRES).fetch_all(&mut **connection).await?,
        };
        keys.sort();
        Ok(keys)
    }
}
