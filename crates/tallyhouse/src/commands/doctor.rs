//! `tallyhouse doctor`: is the database there and up to date, and do its figures say what its rows say.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use anyhow::ensure;
use base_core::realm::Realm;
use base_db::{Db, SchemaState, StoreError};
use base_records::{account, mail};
use base_wing::Finding;

use super::answer;
use crate::config::Config;
use crate::keys::{self, Readable};
use crate::system::SystemClock;
use crate::{checks, site, wings};

/// Runs the command.
pub async fn run(config: &Config) -> anyhow::Result<()> {
    let path = config.database.url.expose().strip_prefix("sqlite:");
    let path = path.map(|path| Path::new(path.trim_start_matches("//")));
    if let Some(path) = path.filter(|path| !path.exists()) {
        anyhow::bail!("there is no database file {}", path.display());
    }
    let db = site::open(&config.database).await?;
    let faults = look(&db, config).await?;
    db.close().await;
    ensure!(faults == 0, "{faults} of these are not well");
    Ok(())
}

async fn look(db: &Db, config: &Config) -> anyhow::Result<u32> {
    let started = Instant::now();
    db.ping().await?;
    let ms = started.elapsed().as_secs_f64() * 1000.0;
    answer(&format!("well: {} answers in {ms:.1} ms", db.name()))?;
    // An empty database has not even the table that counts them.
    let state = db.schema_state(wings::MIGRATIONS).await;
    if let Ok(SchemaState { foreign: Some(number), .. }) = state {
        answer(&format!("not well: {}", StoreError::ForeignSchema { number }))?;
        return Ok(1);
    }
    let Some(SchemaState { known, newer, .. }) = state.ok().filter(|state| state.missing == 0) else {
        answer("not well: the schema is not up to date; run: tallyhouse migrate")?;
        return Ok(1);
    };
    answer(&format!("well: all {known} migrations are there"))?;
    if newer > 0 {
        // Each release only adds, so the program before it works on.
        answer("well: the schema is newer than this program; install the newer version soon")?;
    }
    let (staff, customers) = (account::count(db, Realm::Staff).await?, account::count(db, Realm::Customer).await?);
    answer(&format!("well: {staff} accounts of staff, {customers} of customers"))?;
    let secrets = secrets(db, config).await?;
    let mail = mail_works(config).await? + outbox(db, config).await?;
    let outside = erp(config).await? + directory(db, config).await?;
    Ok(wings(db, config).await? + outside + mail + secrets)
}

/// Whether the configured keys read what is stored encrypted.
async fn secrets(db: &Db, config: &Config) -> anyhow::Result<u32> {
    match keys::look(db, keys::of(&config.session).as_ref()).await? {
        Readable::All => answer("well: every stored secret has the present key")?,
        Readable::WithPrevious => {
            answer("well: some stored secrets need SESSION_SECRET_PREVIOUS still; run: tallyhouse secret rotate")?;
        }
        Readable::Not(why) => {
            answer(&format!("not well: {why}"))?;
            return Ok(1);
        }
    }
    Ok(0)
}

/// Whether the directory answers, and says what is configured of it.
async fn directory(db: &Db, config: &Config) -> anyhow::Result<u32> {
    let accounts = people_store::directory::count(db.read().await?.conn()).await?;
    match (&config.directory, accounts) {
        (Some(directory), _) => match directory.open(Arc::new(SystemClock)) {
            Ok(directory) => {
                answer(&format!("well: {accounts} people sign in by the directory of {}", directory.describe()))?;
                tell(&directory.look().await)
            }
            Err(error) => tell(&[Finding::wrong(format!("the directory: {error}"))]),
        },
        (None, 0) => Ok(0),
        (None, _) => {
            let text = format!("{accounts} people sign in by a directory, and none is configured: they cannot get in");
            tell(&[Finding::wrong(text)])
        }
    }
}

/// What the wings find of their own, and whether the trail is whole.
async fn wings(db: &Db, config: &Config) -> anyhow::Result<u32> {
    let mut faults = 0;
    for check in checks::of(config) {
        faults += tell(&check.look(db).await?)?;
    }
    Ok(faults)
}

/// Whether the stock of customers can be read.
async fn erp(config: &Config) -> anyhow::Result<u32> {
    let (is_well, words) = crate::erp::look(config).await;
    answer(&format!("{}: {words}", if is_well { "well" } else { "not well" }))?;
    Ok(u32::from(!is_well))
}

/// Whether mail is configured, and the server lets us in.
async fn mail_works(config: &Config) -> anyhow::Result<u32> {
    let Some(settings) = &config.mail else {
        answer("well: mail is not configured; what would be mailed is shown or done by hand")?;
        return Ok(0);
    };
    let place = settings.smtp.describe();
    let checked = match settings.post() {
        Ok(post) => post.mailer.check().await,
        Err(error) => Err(error),
    };
    match checked {
        Ok(()) => answer(&format!("well: mail goes to {place}, from {}", settings.from))?,
        Err(error) => {
            answer(&format!("not well: mail to {place}: {error} ({}); see [mail] of the configuration", error.detail))?;
            return Ok(1);
        }
    }
    if config.server.public_url.is_none() {
        let base_url = config.server.base_url();
        answer(&format!("not well: links in mails lead to {base_url}; set server.public_url"))?;
        return Ok(1);
    }
    Ok(0)
}

/// What waits and what was given up. Given up is told and no fault of the site: it may be the recipient's.
async fn outbox(db: &Db, config: &Config) -> anyhow::Result<u32> {
    let mail::Counts { waiting, failed } = mail::counts(db).await?;
    if waiting > 0 && config.mail.is_none() {
        answer(&format!("not well: {waiting} mails wait, and mail is not configured"))?;
        return Ok(1);
    }
    if config.mail.is_some() || failed > 0 {
        answer(&format!("well: {waiting} mails wait, {failed} were given up"))?;
    }
    Ok(0)
}

/// Tells what was found, and how many things are wrong.
fn tell(found: &[Finding]) -> anyhow::Result<u32> {
    for finding in found {
        let state = if finding.wrong == 0 { "well" } else { "not well" };
        answer(&format!("{state}: {}", finding.text))?;
    }
    Ok(found.iter().fold(0, |wrong, finding| finding.wrong.saturating_add(wrong)))
}
