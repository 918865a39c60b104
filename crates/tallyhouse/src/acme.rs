//! Certificates by ACME (RFC 8555): asked for, kept in the site's database for all nodes, renewed and served without a restart.
//!
//! Invariants: one node at a time asks (a job, `base_jobs`); the key of the certificate and that of the account are kept
//! encrypted with the key that follows from `SESSION_SECRET`; whatever fails is told, tried again with growing pauses, and the
//! certificate that is there stays.

pub mod answers;
pub mod ask;
pub mod facts;
pub mod follow;
mod http;
pub mod job;
pub mod kept;
mod pace;

use base_core::time::Moment;
use base_db::{Db, StoreError};
use base_seams::Finding;
use base_secret::SecretKeys;

use self::facts::Facts;
use self::kept::Store;
use crate::config::{Acme, Certificate, Tls};

/// What to do about a certificate that an authority should have renewed.
const RENEWED: &str = "look into the log: it should have been renewed by itself";
/// What to do about one in files.
const REPLACED: &str = "put a new one into the files of tls.cert and tls.key, then send SIGHUP to the server";

/// Says how the certificate of the site is, for `tallyhouse doctor`.
pub async fn look(
    db: &Db,
    tls: Option<&Tls>,
    keys: Option<&SecretKeys>,
    now: Moment,
) -> Result<Vec<Finding>, StoreError> {
    let found = match tls.map(|tls| &tls.certificate) {
        None => Vec::new(),
        Some(Certificate::Files(files)) => {
            let facts = std::fs::read_to_string(&files.cert).ok().and_then(|chain| Facts::of(&chain));
            facts.map(|facts| vec![of_facts(&facts, now, REPLACED)]).unwrap_or_default()
        }
        Some(Certificate::Acme(acme)) => of_acme(db, acme, keys, now).await?,
    };
    Ok(found)
}

async fn of_acme(db: &Db, acme: &Acme, keys: Option<&SecretKeys>, now: Moment) -> Result<Vec<Finding>, StoreError> {
    let Some(keys) = keys else { return Ok(Vec::new()) };
    let store = Store { db, keys };
    let failures = store.failures().await?;
    let facts = store.certificate().await?.and_then(|kept| Facts::of(&kept.chain));
    let mut found: Vec<Finding> = facts.iter().map(|facts| of_facts(facts, now, RENEWED)).collect();
    if facts.is_none() && failures.count == 0 {
        let text = format!("there is no certificate for {} yet", acme.domains.join(", "));
        found.push(Finding::wrong(text, "start the server: it asks for one at once"));
    }
    if failures.count > 0 {
        let (count, why) = (failures.count, &failures.why);
        let text = format!("the certificate could not be had {count} times, the last time because {why}");
        found.push(Finding::wrong(
            text,
            "see to what it says: it is tried again by itself, sooner when the server is started again",
        ));
    }
    Ok(found)
}

fn of_facts(facts: &Facts, now: Moment, cure: &str) -> Finding {
    let (names, end) = (facts.domains.join(", "), facts.not_after.rfc3339());
    match facts.not_after.since_us(now) {
        left if left <= 0 => Finding::wrong(format!("the certificate of {names} ended at {end}"), cure),
        left if left < facts.soon_us() => Finding::wrong(format!("the certificate of {names} ends at {end}"), cure),
        _ => Finding::well(format!("the certificate of {names} is good until {end}")),
    }
}
