//! `[database]`: which database, and how many connections to it.

use std::path::Path;

use base_db::OpenOptions;

use super::given::CONNECTIONS;
use super::reader::Reader;
use super::secret::Secret;

const URL: &str = "sqlite:tallyhouse.db";

/// The section.
#[derive(Clone, Debug)]
pub struct Database {
    /// `sqlite:PATH` or `postgres://…`; may hold a password.
    pub url: Secret,
    /// Connections for reading (`SQLite`), or in all (`PostgreSQL`).
    pub connections: u32,
    /// From how long on a statement is told as slow, in milliseconds.
    pub slow_ms: u64,
}

impl Database {
    /// Reads the section.
    pub fn read(reader: &mut Reader) -> Self {
        let connections = reader.number("database.connections", u64::from(CONNECTIONS), 1..=1000);
        let url = reader.parsed("database.url", URL.to_owned(), |url| {
            let path = url.strip_prefix("sqlite:").map(|path| path.trim_start_matches('/'));
            let host = ["postgres://", "postgresql://"].into_iter().find_map(|kind| url.strip_prefix(kind));
            match path.or(host) {
                Some(rest) if !rest.is_empty() => Ok(url.to_owned()),
                _ => Err("must be sqlite:PATH or postgres://USER@HOST/NAME".into()),
            }
        });
        let slow_ms = reader.number("database.slow_query_ms", 100, 1..=600_000);
        Self { url: Secret::new(&url), connections: u32::try_from(connections).expect("at most 1,000"), slow_ms }
    }

    /// Another database: a `SQLite` file.
    pub fn use_sqlite(&mut self, path: &Path) {
        self.url = Secret::new(&format!("sqlite:{}", path.display()));
    }

    /// How the store opens it.
    pub fn open_options(&self) -> OpenOptions {
        OpenOptions { connections_max: self.connections, slow_ms: self.slow_ms, ..OpenOptions::default() }
    }
}
