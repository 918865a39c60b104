//! `tallyhouse doctor`: is the database there and up to date, do its figures say what its rows say, and do the things around it
//! work. Each fault is followed by its cure.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use anyhow::ensure;
use base_core::realm::Realm;
use base_core::time::Clock;
use base_db::{Db, SchemaState, StoreError};
use base_records::{account, mail};
use base_wing::Finding;

use super::tell;
use crate::checks::{self, faults};
use crate::config::Config;
use crate::keys::{self, Readable};
use crate::system::SystemClock;
use crate::{acme, site, wings};

/// Runs the command.
pub async fn run(config: &Config) -> anyhow::Result<()> {
    must_be_there(config)?;
    let db = site::open(&config.database).await?;
    let faults = look(&db, config).await?;
    db.close().await;
    ensure!(faults == 0, "{faults} of these are not well");
    Ok(())
}

/// Refuses a SQLite file that is not there, which opening would make.
pub fn must_be_there(config: &Config) -> anyhow::Result<()> {
    let path = config.database.url.expose().strip_prefix("sqlite:");
    let path = path.map(|path| Path::new(path.trim_start_matches("//")));
    if let Some(path) = path.filter(|path| !path.exists()) {
        anyhow::bail!("there is no database file {}", path.display());
    }
    Ok(())
}

/// Tells everything as it is found: some of it takes a while.
async fn look(db: &Db, config: &Config) -> anyhow::Result<u32> {
    let (schema, goes_on) = schema(db).await?;
    let mut wrong = tell(&schema)?;
    if !goes_on {
        return Ok(wrong);
    }
    let now = SystemClock.now();
    wrong += tell(&around(db, config).await?)?;
    let keys = keys::of(&config.session);
    wrong += tell(&acme::look(db, config.tls.as_ref(), keys.as_ref(), now).await?)?;
    wrong += tell(&checks::backups::look(db, config, now).await?)?;
    wrong += tell(&checks::site::disks(config))?;
    wrong += tell(&checks::site::connections(db, config).await?)?;
    wrong += tell(&checks::site::seals(db, now).await?)?;
    wrong += tell(&checks::site::jobs(db).await?)?;
    for check in checks::of(config) {
        wrong += tell(&check.look(db).await?)?;
    }
    Ok(wrong)
}

/// Whether the database answers with the schema of this program; false where nothing more can be looked at.
pub async fn schema(db: &Db) -> anyhow::Result<(Vec<Finding>, bool)> {
    let started = Instant::now();
    db.ping().await?;
    let ms = started.elapsed().as_secs_f64() * 1000.0;
    let mut found = vec![Finding::well(format!("{} answers in {ms:.1} ms", db.name()))];
    // An empty database has not even the table that counts them.
    let state = db.schema_state(wings::MIGRATIONS).await;
    if let Ok(SchemaState { foreign: Some(number), .. }) = state {
        let text = StoreError::ForeignSchema { number }.to_string();
        found.push(Finding::wrong(text, "name another database by --database, or start with an empty one"));
        return Ok((found, false));
    }
    let Some(SchemaState { known, newer, .. }) = state.ok().filter(|state| state.missing == 0) else {
        found.push(Finding::wrong("the schema is not up to date", "run: tallyhouse migrate"));
        return Ok((found, false));
    };
    found.push(Finding::well(format!("all {known} migrations are there")));
    if newer > 0 {
        // Each release only adds, so the program before it works on.
        found.push(Finding::well("the schema is newer than this program; install the newer version soon"));
    }
    Ok((found, true))
}

/// What is around the database: accounts, secrets, mail, the ERP, the directory.
async fn around(db: &Db, config: &Config) -> anyhow::Result<Vec<Finding>> {
    let (staff, customers) = (account::count(db, Realm::Staff).await?, account::count(db, Realm::Customer).await?);
    let mut found = vec![Finding::well(format!("{staff} accounts of staff, {customers} of customers"))];
    found.push(secrets(db, config).await?);
    found.extend(mail_works(config).await);
    found.extend(outbox(db, config).await?);
    let (is_well, words) = crate::erp::look(config).await;
    let cure = "look at [erp] of the configuration and at docs/erp.md";
    found.push(if is_well { Finding::well(words) } else { Finding::wrong(words, cure) });
    found.extend(directory(db, config).await?);
    Ok(found)
}

/// Whether the configured keys read what is stored encrypted.
async fn secrets(db: &Db, config: &Config) -> anyhow::Result<Finding> {
    Ok(match keys::look(db, keys::of(&config.session).as_ref()).await? {
        Readable::All => Finding::well("every stored secret has the present key"),
        Readable::WithPrevious => {
            Finding::well("some stored secrets need SESSION_SECRET_PREVIOUS still; run: tallyhouse secret rotate")
        }
        Readable::Not(why) => Finding::wrong(why, "set SESSION_SECRET to what it was; see Secrets in docs/running.md"),
    })
}

/// Whether the directory answers, and says what is configured of it.
async fn directory(db: &Db, config: &Config) -> anyhow::Result<Vec<Finding>> {
    let accounts = people_store::directory::count(db.read().await?.conn()).await?;
    Ok(match (&config.directory, accounts) {
        (Some(directory), _) => match directory.open(Arc::new(SystemClock)) {
            Ok(directory) => {
                let well = format!("{accounts} people sign in by the directory of {}", directory.describe());
                let mut found = vec![Finding::well(well)];
                found.extend(directory.look().await);
                found
            }
            Err(error) => {
                vec![Finding::wrong(format!("the directory: {error}"), "look at [directory] of the configuration")]
            }
        },
        (None, 0) => Vec::new(),
        (None, _) => {
            let text = format!("{accounts} people sign in by a directory, and none is configured: they cannot get in");
            vec![Finding::wrong(text, "set [directory], see docs/directory.md, or give them passwords at /admin/users")]
        }
    })
}

/// Whether mail is configured, and the server lets us in.
async fn mail_works(config: &Config) -> Vec<Finding> {
    let Some(settings) = &config.mail else {
        return vec![Finding::well("mail is not configured; what would be mailed is shown or done by hand")];
    };
    let place = settings.smtp.describe();
    let checked = match settings.post() {
        Ok(post) => post.mailer.check().await,
        Err(error) => Err(error),
    };
    let mut found = vec![match checked {
        Ok(()) => Finding::well(format!("mail goes to {place}, from {}", settings.from)),
        Err(error) => {
            let text = format!("mail to {place}: {error} ({})", error.detail);
            Finding::wrong(text, "look at [mail] of the configuration, then: tallyhouse mail test ADDRESS")
        }
    }];
    if config.server.public_url.is_none() {
        let text = format!("links in mails lead to {}", config.server.base_url());
        found.push(Finding::wrong(text, "set server.public_url to how people reach the site"));
    }
    found
}

/// What waits and what was given up. Given up is told and no fault of the site: it may be the recipient's.
async fn outbox(db: &Db, config: &Config) -> anyhow::Result<Option<Finding>> {
    let mail::Counts { waiting, failed } = mail::counts(db).await?;
    if waiting > 0 && config.mail.is_none() {
        let text = format!("{waiting} mails wait, and mail is not configured");
        return Ok(Some(Finding::wrong(text, "set [mail] of the configuration; see Mail in docs/running.md")));
    }
    let is_told = config.mail.is_some() || failed > 0;
    Ok(is_told.then(|| Finding::well(format!("{waiting} mails wait, {failed} were given up"))))
}

/// `tallyhouse verify`: everything in the database, recounted; no look at what is around it.
pub async fn verify(config: &Config) -> anyhow::Result<()> {
    must_be_there(config)?;
    let db = site::open(&config.database).await?;
    let (schema, goes_on) = schema(&db).await?;
    let mut wrong = tell(&schema)?;
    if goes_on {
        let found = checks::findings(&db, config).await?;
        tell(&found)?;
        wrong = wrong.saturating_add(faults(&found));
    }
    db.close().await;
    ensure!(wrong == 0, "{wrong} of these are not well");
    Ok(())
}
