//! The jobs of the base: one file for each, and the list of them.

pub mod alerts;
mod checkpoints;
pub(crate) mod mails;
mod origins;
mod sessions;
pub mod upkeep;

use std::sync::Arc;

use base_core::entropy::Entropy;
use base_health::tell::Teller;
use base_mail::Post;
use base_proof::note::Signer;

use self::alerts::{AlertCalls, Alerts, Has, OldAlerts, Webhook};
use crate::Job;

/// What the jobs of the base are made with.
pub struct Parts {
    /// The way mails go, when there is one.
    pub post: Option<Post>,
    /// The key that signs checkpoints of the trail; without it none are made.
    pub signer: Option<Arc<Signer>>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// Who is told of alerts, and what is looked at.
    pub alerts: (Teller, Has),
    /// The webhook of alerts, when there is one.
    pub webhook: Option<Webhook>,
}

/// Every job of the base. Mail is sent only where there is a way to send it.
pub fn all(parts: Parts) -> Vec<Arc<dyn Job>> {
    let mut jobs: Vec<Arc<dyn Job>> =
        vec![Arc::new(sessions::Sessions), Arc::new(mails::OldMails), Arc::new(origins::Origins::default())];
    let (teller, has) = parts.alerts;
    jobs.extend([Arc::new(Alerts::new(teller, has)) as Arc<dyn Job>, Arc::new(OldAlerts)]);
    if let Some(webhook) = parts.webhook {
        jobs.push(Arc::new(AlertCalls(webhook)));
    }
    if let Some(signer) = parts.signer {
        jobs.push(Arc::new(checkpoints::OldEntries(signer.clone())));
        jobs.push(Arc::new(checkpoints::Checkpoints { signer, entropy: parts.entropy }));
    }
    if let Some(post) = parts.post {
        jobs.push(Arc::new(mails::Mails(post)));
    }
    jobs
}
