//! `tallyhouse doctor`: is the database there and up to date, and do its figures say what its rows say.

use std::path::Path;
use std::time::Instant;

use anyhow::ensure;
use bags_store::{counter, person_scans, search};
use base_core::realm::Realm;
use base_db::{Db, SchemaState, Snapshot, StoreError};
use base_records::{account, audit, mail};

use super::answer;
use crate::config::Config;
use crate::house;
use crate::keys::{self, Readable};

/// Most wrong rows of a kind that are named.
const NAMED_MAX: usize = 20;
/// Most audit entries without an origin that are counted.
const ORIGINS_MAX: u32 = 1_000;

/// Runs the command.
pub async fn run(config: &Config) -> anyhow::Result<()> {
    let path = config.database.url.expose().strip_prefix("sqlite:");
    let path = path.map(|path| Path::new(path.trim_start_matches("//")));
    if let Some(path) = path.filter(|path| !path.exists()) {
        anyhow::bail!("there is no database file {}", path.display());
    }
    let db = house::open(&config.database).await?;
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
    let state = db.schema_state(crate::wings::MIGRATIONS).await;
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
    searches(db).await?;
    Ok(rows(db, config.bags.capacity).await? + mail + secrets)
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

/// Whether figures say what rows say. A house at work changes meanwhile: what is compared is of one moment.
async fn rows(db: &Db, capacity: u32) -> anyhow::Result<u32> {
    let mut snapshot = db.snapshot().await?;
    let counters = figures(&mut snapshot).await?;
    let wrong = counter::wrong_parents(snapshot.conn(), capacity).await?;
    let well = "every parent has as many children as links";
    let parents = tell(&wrong, well, "the links do not give the count or the status of parent")?;
    let wrong = counter::wrong_bills(snapshot.conn()).await?;
    let bills = tell(&wrong, "every bill says what stands on it", "what a bill says is not what stands on it:")?;
    let wrong: Vec<String> = person_scans::wrong(snapshot.conn()).await?.iter().map(ToString::to_string).collect();
    let well = "the figures of all people equal a recount";
    let people = tell(&wrong, well, "the scans do not give the figures of account")?;
    let wrong: Vec<String> =
        audit::wrong_origins(snapshot.conn(), ORIGINS_MAX).await?.iter().map(i64::to_string).collect();
    let trail = tell(&wrong, "every audit entry says where it came from", "the origin is missing of audit entry")?;
    Ok(counters + parents + bills + people + trail)
}

/// How far search is behind. Codes that wait are found all the same, only slower where they are very many.
async fn searches(db: &Db) -> anyhow::Result<()> {
    let waiting = search::waiting(db).await?;
    answer(&format!("well: search knows every code; {waiting} of them wait to be sorted in"))
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

/// What waits and what was given up. Given up is told and no fault of the house: it may be the recipient's.
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

async fn figures(snapshot: &mut Snapshot) -> anyhow::Result<u32> {
    let stored = counter::stored(snapshot.conn()).await?;
    let counted = counter::recount(snapshot.conn()).await?;
    if stored == counted {
        answer(&format!("well: {} counters equal a recount", counted.len()))?;
        return Ok(0);
    }
    let keys: std::collections::BTreeSet<_> = stored.keys().chain(counted.keys()).collect();
    let mut wrong = 0;
    for key in keys {
        let (has, should) = (stored.get(key).copied(), counted.get(key).copied());
        if has != should {
            wrong += 1;
            let (name, area) = (key.0.name(), key.1.as_ref().map_or("no area", |area| area.as_str()));
            let (has, should) = (has.unwrap_or_default(), should.unwrap_or_default());
            answer(&format!("not well: {name} of {area} is {has}, a recount says {should}"))?;
        }
    }
    Ok(wrong)
}

/// Tells what is wrong, a few of them by name.
fn tell(wrong: &[String], well: &str, not_well: &str) -> anyhow::Result<u32> {
    if wrong.is_empty() {
        answer(&format!("well: {well}"))?;
    }
    for name in wrong.iter().take(NAMED_MAX) {
        answer(&format!("not well: {not_well} {name}"))?;
    }
    if wrong.len() > NAMED_MAX {
        answer(&format!("not well: and {} more of these", wrong.len() - NAMED_MAX))?;
    }
    Ok(u32::try_from(wrong.len()).unwrap_or(u32::MAX))
}
