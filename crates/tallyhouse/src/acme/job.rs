//! The job that asks for the first certificate and for each next one, on one node at a time.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use base_core::audit::Entry;
use base_core::entropy::Entropy;
use base_core::time::{MINUTE_US, Moment};
use base_jobs::{Done, Job, JobError, Schedule, Worker};
use base_records::audit::{self, Record};
use base_secret::SecretKeys;
use serde_json::json;

use super::ask::{self, Refused};
use super::facts::Facts;
use super::kept::{self, Kept, Store};
use super::pace::Failures;
use crate::config::Acme;
use crate::site;

/// The job.
pub struct Certificates {
    /// What is asked for.
    pub acme: Acme,
    /// What keys are encrypted with.
    pub keys: Arc<SecretKeys>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// True until it has run once: a server that was started again tries without waiting for long.
    is_first: AtomicBool,
}

impl Certificates {
    /// The job of a site that has just started.
    pub fn new(acme: Acme, keys: Arc<SecretKeys>, entropy: Arc<dyn Entropy>) -> Self {
        Self { acme, keys, entropy, is_first: AtomicBool::new(true) }
    }

    async fn renew(&self, worker: &Worker, store: Store<'_>) -> Result<Facts, Refused> {
        let kept = ask::certificate(&self.acme, store, &*self.entropy).await?;
        let unread = || Refused::Settings("what the authority gave is no certificate".to_owned());
        let facts = Facts::of(&kept.chain).ok_or_else(unread)?;
        let mut tx = worker.db.write().await?;
        store.keep_certificate(tx.conn(), &kept, &*self.entropy).await?;
        let entry = Entry::new("certificate_renewed", "certificate", facts.domains.join(", "));
        let entry = entry.with_after(&json!({ "until": facts.not_after.rfc3339(), "authority": self.acme.directory }));
        let origin = site::command_line();
        audit::insert(tx.conn(), &[Record { at: worker.clock.now(), entry, origin: &origin }]).await?;
        tx.commit().await?;
        Ok(facts)
    }
}

/// True if another certificate is wanted: there is none, it is for other names or of another authority, or a third of its time
/// is left.
fn is_due(acme: &Acme, kept: Option<&Kept>, now: Moment) -> bool {
    let Some((kept, facts)) = kept.and_then(|kept| Some((kept, Facts::of(&kept.chain)?))) else { return true };
    kept.directory != acme.directory || !facts.is_for(&acme.domains) || now >= facts.renew_at()
}

/// True if it may be tried now, after what failed before.
fn may_try(failures: &Failures, is_first: bool, now: Moment) -> bool {
    let again_at = failures.again_at();
    now >= again_at || (is_first && now >= Moment(failures.at).plus_us(MINUTE_US))
}

#[async_trait]
impl Job for Certificates {
    fn name(&self) -> &'static str {
        "certificates"
    }

    fn schedule(&self) -> Schedule {
        Schedule::Every(Duration::from_mins(1))
    }

    async fn run(&self, worker: &Worker) -> Result<Done, JobError> {
        let store = Store { db: &worker.db, keys: &self.keys };
        let now = worker.clock.now();
        let failures = store.failures().await?;
        let is_first = self.is_first.swap(false, Ordering::Relaxed);
        let kept = store.certificate().await?;
        if !is_due(&self.acme, kept.as_ref(), now) || !may_try(&failures, is_first, now) {
            return Ok(Done::All);
        }
        match self.renew(worker, store).await {
            Ok(facts) => {
                let until = facts.not_after.rfc3339();
                tracing::info!(names = facts.domains.join(", "), until, "a certificate was given by the authority");
                store.keep_failures(&Failures::default()).await?;
            }
            Err(Refused::Store(error)) => return Err(error.into()),
            Err(refused) => {
                let failures = kept::failed(&failures, worker.clock.now(), refused.to_string());
                let (why, again) = (&failures.why, failures.again_at().rfc3339());
                let stays = kept.is_some();
                tracing::warn!(why, again, stays, "no certificate was given; the one that is there stays");
                store.keep_failures(&failures).await?;
            }
        }
        Ok(Done::All)
    }
}

#[cfg(test)]
mod tests {
    use base_core::time::DAY_US;

    use super::*;

    fn acme(domains: &[&str]) -> Acme {
        Acme {
            contact: "ops@site.example".into(),
            domains: domains.iter().map(|name| (*name).to_owned()).collect(),
            directory: "https://authority.example/directory".into(),
            ca_file: None,
        }
    }

    #[test]
    fn a_certificate_is_asked_for_when_there_is_none_that_fits_and_when_a_third_of_its_time_is_left() {
        let kept = Kept {
            chain: include_str!("../../tests/web/tls/cert.pem").into(),
            key: String::new(),
            directory: "https://authority.example/directory".into(),
        };
        let facts = Facts::of(&kept.chain).expect("a certificate");
        let (ours, start, end) = (acme(&["site.example"]), facts.not_before, facts.renew_at());
        assert!(is_due(&ours, None, start));
        assert!(!is_due(&ours, Some(&kept), start) && !is_due(&ours, Some(&kept), end.plus_us(-1)));
        assert!(is_due(&ours, Some(&kept), end));
        assert!(is_due(&acme(&["site.example", "more.example"]), Some(&kept), start));
        let elsewhere = Acme { directory: "https://other.example/directory".into(), ..ours };
        assert!(is_due(&elsewhere, Some(&kept), start));
    }

    #[test]
    fn after_failures_it_waits_and_a_server_that_was_started_again_waits_less() {
        let now = Moment(DAY_US);
        let failures = Failures { count: 9, at: now.0, why: String::new() };
        assert!(may_try(&Failures::default(), false, now));
        assert!(!may_try(&failures, false, now.plus_us(2 * MINUTE_US)));
        assert!(may_try(&failures, true, now.plus_us(2 * MINUTE_US)) && !may_try(&failures, true, now));
    }
}
