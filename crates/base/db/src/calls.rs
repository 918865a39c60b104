//! What nodes on one database tell each other at once. It may get lost: whoever needs to know looks for itself, too.

use std::time::Duration;

use sqlx::postgres::{PgListener, PgPoolOptions};

use crate::db::Db;
use crate::error::StoreError;

/// What the nodes of a site talk on.
const CHANNEL: &str = "tallyhouse";
/// After so long without a word the connection may be dead, and is made anew.
const QUIET_MAX: Duration = Duration::from_mins(1);

/// A connection of its own on which a node hears the others.
pub struct Calls(PgListener);

impl Db {
    /// Calls to all nodes, this one too. Where there are no others, nothing is done.
    pub async fn call(&self, word: &str) -> Result<(), StoreError> {
        if let Self::Postgres { writers, .. } = self {
            sqlx::query("select pg_notify($1, $2)").bind(CHANNEL).bind(word).execute(writers).await?;
        }
        Ok(())
    }

    /// Begins to hear what nodes call; `None` where there are no others.
    pub async fn calls(&self) -> Result<Option<Calls>, StoreError> {
        let Self::Postgres { readers, .. } = self else { return Ok(None) };
        let own = PgPoolOptions::new().max_connections(1).acquire_timeout(Duration::from_secs(10));
        let own = own.connect_lazy_with(readers.connect_options().as_ref().clone());
        let mut listener = PgListener::connect_with(&own).await?;
        listener.listen(CHANNEL).await?;
        Ok(Some(Calls(listener)))
    }
}

impl Calls {
    /// Waits for the next call; `None` when it is time to begin anew.
    pub async fn next(&mut self) -> Result<Option<String>, StoreError> {
        match tokio::time::timeout(QUIET_MAX, self.0.recv()).await {
            Ok(call) => Ok(Some(call?.payload().to_owned())),
            Err(_elapsed) => Ok(None),
        }
    }
}
