//! E-Pass's database, read only: a file of SQLite, or a PostgreSQL database.

use std::str::FromStr;

use base_db::StoreError;
use sqlx::Connection;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use uuid::Uuid;

/// The name space of source names (UUID version 5).
const NAMES: Uuid = Uuid::from_u128(0x6b1c_02a4_5e0d_5c9b_9c51_7f64_4be1_20d7);

/// Why a database cannot be read as E-Pass's.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The address is wrong.
    #[error("name the file of E-Pass, or its database as postgres://USER:PASSWORD@HOST/NAME")]
    Address(#[source] StoreError),
    /// It cannot be opened.
    #[error("the earlier database cannot be opened; check its path or address")]
    Unreachable(#[source] StoreError),
    /// The tables are not there, or not as they should be.
    #[error("this is no database of E-Pass: it has no tables `admins` and `passes` that can be read")]
    Foreign(#[source] StoreError),
}

/// An admin of E-Pass.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct EarlierAdmin {
    /// The user name.
    pub username: String,
    /// The password, hashed with bcrypt.
    pub password_hash: String,
    /// What they are called.
    pub display_name: Option<String>,
}

/// A pass of E-Pass, as it stands there.
#[derive(Clone, Debug, Default, sqlx::FromRow)]
pub struct EarlierPass {
    /// Its id.
    pub pass_id: String,
    /// The first person.
    pub name1: String,
    /// Their phone number.
    pub phone1: String,
    /// The second person; empty for a single pass.
    pub name2: Option<String>,
    /// Their phone number.
    pub phone2: Option<String>,
    /// `SINGLE` or `COUPLE`.
    pub pass_type: String,
    /// What was paid.
    pub amount: i64,
    /// `CASH` or `ONLINE`.
    pub payment_mode: String,
    /// What was said about the payment.
    pub txn_info: Option<String>,
    /// The slot.
    pub timing: String,
    /// When it was made, in UTC.
    pub created_at: Option<String>,
    /// When it was used, in UTC.
    pub scanned_at: Option<String>,
    /// By whom.
    pub scanned_by: Option<String>,
}

/// What a database of E-Pass holds.
#[derive(Clone, Debug, Default)]
pub struct Source {
    /// Its name: the same for every copy of it and however much it grows, because it is derived from its first pass.
    pub name: String,
    /// Its admins.
    pub admins: Vec<EarlierAdmin>,
    /// Its passes, the oldest first.
    pub passes: Vec<EarlierPass>,
}

const ADMINS: &str = "select username, password_hash, display_name from admins order by username";
const PASSES: &str = "select pass_id, name1, phone1, name2, phone2, pass_type, cast(amount as bigint) as amount,
        payment_mode, txn_info, timing, cast(created_at as text) as created_at, cast(scanned_at as text) as scanned_at,
        scanned_by
    from passes order by created_at, pass_id";

impl Source {
    /// Reads a whole database: E-Pass was made for hundreds of passes.
    pub async fn read(place: &str) -> Result<Self, SourceError> {
        let foreign = |error: sqlx::Error| SourceError::Foreign(error.into());
        let (admins, passes) = if place.starts_with("postgres://") || place.starts_with("postgresql://") {
            let options = PgConnectOptions::from_str(place).map_err(|error| SourceError::Address(error.into()))?;
            let opened = PgConnection::connect_with(&options).await;
            let mut connection = opened.map_err(|error| SourceError::Unreachable(error.into()))?;
            let admins = sqlx::query_as(ADMINS).fetch_all(&mut connection).await.map_err(foreign)?;
            (admins, sqlx::query_as(PASSES).fetch_all(&mut connection).await.map_err(foreign)?)
        } else {
            let path = place.strip_prefix("sqlite:").unwrap_or(place);
            let options = SqliteConnectOptions::new().filename(path).read_only(true);
            let opened = SqliteConnection::connect_with(&options).await;
            let mut connection = opened.map_err(|error| SourceError::Unreachable(error.into()))?;
            let admins = sqlx::query_as(ADMINS).fetch_all(&mut connection).await.map_err(foreign)?;
            (admins, sqlx::query_as(PASSES).fetch_all(&mut connection).await.map_err(foreign)?)
        };
        Ok(Self { name: name(&passes), admins, passes })
    }
}

fn name(passes: &[EarlierPass]) -> String {
    let first = passes.first().map(|pass| pass.pass_id.as_str()).unwrap_or_default();
    format!("epass:{}", Uuid::new_v5(&NAMES, first.as_bytes()).simple())
}
