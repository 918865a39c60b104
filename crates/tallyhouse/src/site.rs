//! What every command needs: the configuration, the open database, the clock and randomness.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use bags_rules::bill::Bill;
use bags_work::mails::NewBill;
use bags_work::{DeskParts, Mailing};
use base_backup::{Keep, Shelf};
use base_core::audit::{Entry, Origin};
use base_core::entropy::Entropy;
use base_core::permission::Grants;
use base_core::time::{Clock, Moment};
use base_db::{Db, StoreError, Tx};
use base_records::audit;
use base_records::audit::Record;
use base_records::mail::Outbox;

use crate::config::{Config, Database};
use crate::system::{SystemClock, SystemEntropy};
use crate::wings;

/// Backups from before an upgrade that stay beside SQLite's file: of so many days.
const BEFORE_UPGRADE_KEPT: usize = 3;

/// An installation of Tallyhouse, opened.
pub struct Site {
    /// The site's settings.
    pub config: Config,
    /// The database, migrated.
    pub db: Db,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// Which role may do what.
    pub grants: Arc<Grants>,
}

impl Site {
    /// Opens the database and brings it up to date.
    pub async fn open(config: Config) -> anyhow::Result<Self> {
        let db = open(&config.database).await?;
        backup_first(&db, &config).await?;
        db.migrate(wings::MIGRATIONS).await?;
        Ok(Self { config, db, clock: Arc::new(SystemClock), entropy: Arc::new(SystemEntropy), grants: wings::grants() })
    }

    /// The present moment.
    pub fn now(&self) -> Moment {
        self.clock.now()
    }

    /// The parts of the desk of this site.
    pub fn desk_parts(&self) -> DeskParts {
        DeskParts {
            db: self.db.clone(),
            rules: Arc::new(self.config.bags.rules()),
            clock: self.clock.clone(),
            phrase: bags_web::phrase(),
            lanes: self.db.lanes(),
            mailing: self.config.mail.as_ref().map(|_| mailing(self.config.server.base_url())),
        }
    }

    /// Writes an audit entry in the transaction of the change, in the name of the system.
    pub async fn note(&self, tx: &mut Tx, entry: Entry) -> Result<(), StoreError> {
        let origin = command_line();
        let record = Record { at: self.now(), entry, origin: &origin };
        audit::insert(tx.conn(), &[record]).await
    }
}

/// The mail about a new bill, with the address of its page below `base_url`.
fn mailing(base_url: String) -> Mailing {
    let new_bill = move |bill: &Bill, created_by: &str, locale: &str| {
        let key = bill.number.to_uppercase();
        let link = format!("{}/bills/{}", base_url.trim_end_matches('/'), base_web::view::path_part(&key));
        let mail = NewBill {
            bill: &bill.number,
            capacity: bill.capacity,
            description: &bill.texts.description,
            destination: &bill.texts.destination,
            vehicle_number: &bill.texts.vehicle_number,
            created_by,
            link: &link,
        };
        mail.content(locale)
    };
    Mailing { outbox: Outbox::OPEN, new_bill: Arc::new(new_bill) }
}

/// Makes a backup of a database that holds something and is about to get another schema: into the folder for backups, or
/// beside SQLite's file. On PostgreSQL without a folder there is none, and the log says so.
pub async fn backup_first(db: &Db, config: &Config) -> anyhow::Result<()> {
    if db.migrations_run().await?.is_empty() || db.schema_state(wings::MIGRATIONS).await?.missing == 0 {
        return Ok(());
    }
    let beside = config.database.url.expose().strip_prefix("sqlite:").map(|path| {
        let path = Path::new(path.trim_start_matches("//"));
        path.with_file_name("before-upgrade")
    });
    let Some(folder) = config.backup.folder.clone().or(beside) else {
        tracing::warn!("the schema changes without a backup, because backup.folder is not set");
        return Ok(());
    };
    let made = crate::backups::make(db, config, &folder).await;
    let made = made.context("the schema was not changed, because no backup could be made before")?;
    if config.backup.folder.is_none() {
        Shelf(folder).tidy(Keep { hourly: 0, daily: BEFORE_UPGRADE_KEPT, weekly: 0, monthly: 0 }, &config.bags.zone)?;
    }
    tracing::info!(path = %made.path.display(), "a backup is made, because the schema changes");
    Ok(())
}

/// Opens the database as it is.
pub async fn open(database: &Database) -> anyhow::Result<Db> {
    Db::open(database.url.expose(), database.open_options()).await.context("the database cannot be opened")
}

/// The origin of what the command line does: the system, from no address.
pub fn command_line() -> Origin {
    Origin { agent: "command line".into(), ..Origin::default() }
}

#[cfg(test)]
pub mod tests {
    //! A site over a test's database.

    use super::*;
    use crate::config::{Environment, Sources};

    /// The default settings over an open database.
    pub fn site(db: Db) -> Site {
        let sources = Sources { file: None, environment: &Environment::new(), database: None };
        Site {
            config: Config::load(sources).expect("the defaults are sound"),
            db,
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy),
            grants: wings::grants(),
        }
    }
}
