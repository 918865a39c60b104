//! What every command stands on: the configuration, the open database, the clock and chance.

use std::sync::Arc;

use anyhow::Context;
use tallyhouse_core::audit::{Entry, Origin};
use tallyhouse_core::entropy::Entropy;
use tallyhouse_core::time::{Clock, Moment};
use tallyhouse_desk::DeskParts;
use tallyhouse_store::audit::Record;
use tallyhouse_store::{Db, StoreError, Tx, audit};

use crate::config::{Config, Database};
use crate::system::{SystemClock, SystemEntropy};

/// How many groups may be under way at once where the database has more than one writer. One group decides while the
/// other waits for its commit; a third finds nothing left to overlap.
const LANES_SHARED: usize = 2;

/// The open house.
pub struct House {
    /// The site's settings.
    pub config: Config,
    /// The database, migrated.
    pub db: Db,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub entropy: Arc<dyn Entropy>,
}

impl House {
    /// Opens the database and brings it up to date.
    pub async fn open(config: Config) -> anyhow::Result<Self> {
        let db = open(&config.database).await?;
        db.migrate().await?;
        Ok(Self { config, db, clock: Arc::new(SystemClock), entropy: Arc::new(SystemEntropy) })
    }

    /// The present moment.
    pub fn now(&self) -> Moment {
        self.clock.now()
    }

    /// What a desk over this house is made of.
    pub fn desk_parts(&self) -> DeskParts {
        DeskParts {
            db: self.db.clone(),
            rules: Arc::new(self.config.bags.rules()),
            clock: self.clock.clone(),
            phrase: tallyhouse_web::phrase(),
            lanes: if self.db.is_shared() { LANES_SHARED } else { 1 },
        }
    }

    /// Writes an audit entry in the transaction of what it tells of, in the name of the system.
    pub async fn note(&self, tx: &mut Tx, entry: Entry) -> Result<(), StoreError> {
        let origin = command_line();
        let record = Record { at: self.now(), entry, origin: &origin };
        audit::insert(tx.conn(), &[record]).await
    }
}

/// Opens the database as it is.
pub async fn open(database: &Database) -> anyhow::Result<Db> {
    Db::open(database.url.expose(), database.open_options()).await.context("the database cannot be opened")
}

/// The one behind what is done here: the system, from no address.
pub fn command_line() -> Origin {
    Origin { agent: "command line".into(), ..Origin::default() }
}

#[cfg(test)]
pub mod tests {
    //! A house over a test's database.

    use super::*;
    use crate::config::{Environment, Sources};

    /// The default settings over an open database.
    pub fn house(db: Db) -> House {
        let sources = Sources { file: None, environment: &Environment::new(), database: None };
        House {
            config: Config::load(sources).expect("the defaults are sound"),
            db,
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy),
        }
    }
}
