//! Where the ERP is, what it looks like, and how much may be asked of it.

use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;

use crate::shape::OwnQuery;

/// Everything that is needed to open a source.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where it is.
    pub place: Place,
    /// What it looks like.
    pub shape: WhichShape,
    /// How much may be asked of it.
    pub limits: Limits,
}

/// Where an ERP is.
#[derive(Clone, Debug)]
pub enum Place {
    /// A file of SQLite: the demo, or a copy of the ERP's tables. It is opened for reading only.
    Sqlite(PathBuf),
    /// An address `postgres://…`.
    Postgres(SecretString),
    /// A SQL Server.
    SqlServer(SqlServerPlace),
}

/// What an ERP looks like.
#[derive(Clone, Debug)]
pub enum WhichShape {
    /// The tables of Deacom.
    Deacom,
    /// A query of the administrator's own.
    Own(OwnQuery),
}

/// A database on a SQL Server, and a login that may read it.
#[derive(Clone, Debug)]
pub struct SqlServerPlace {
    /// Host name, as in the server's certificate.
    pub host: String,
    /// Port, 1433 unless somebody says otherwise.
    pub port: u16,
    /// The database.
    pub database: String,
    /// The login.
    pub user: String,
    /// Its password.
    pub password: SecretString,
    /// Whether the connection is encrypted.
    pub encryption: Encryption,
    /// Whose certificate is believed.
    pub trust: Trust,
    /// What a read waits for.
    pub isolation: Isolation,
}

/// Whether the connection is encrypted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encryption {
    /// From the sign-in on.
    #[default]
    Required,
    /// From the first byte on (TDS 8.0, SQL Server 2022).
    Strict,
    /// Not at all. Only to this machine itself; anything else is refused.
    Off,
}

/// Whose certificate is believed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Trust {
    /// That of an authority which this machine's system trusts.
    #[default]
    System,
    /// Also that of the authority in this file (PEM or DER).
    File(PathBuf),
}

/// What a read of SQL Server waits for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Isolation {
    /// For whoever writes the same rows. The server's own setting may make this a snapshot.
    #[default]
    ReadCommitted,
    /// For nobody: a quantity that is just being moved may be seen twice or not at all.
    ReadUncommitted,
    /// For nobody, and all is of one moment. The database must permit it.
    Snapshot,
}

/// How much may be asked of an ERP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Most connections at a time.
    pub connections_max: u32,
    /// How long a connection may take to be made.
    pub connect: Duration,
    /// How long a query may take (`ERP_DB_TIMEOUT`).
    pub query: Duration,
    /// Most rows of one answer. What is cut is said.
    pub rows_max: usize,
    /// Most customers of an ERP. With more, the list of customers is refused.
    pub customers_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections_max: 4,
            connect: Duration::from_secs(5),
            query: Duration::from_secs(30),
            rows_max: 100_000,
            customers_max: 20_000,
        }
    }
}
