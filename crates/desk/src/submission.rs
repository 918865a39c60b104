//! What is handed in at the desk, read and fingerprinted before it waits, so that the lane only decides.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use bags_rules::intent::Intent;
use bags_rules::scan::Scan;
use bags_store::import::Import;
use base_core::account::{AccountId, Actor};
use base_core::audit::Origin;
use sha2::{Digest, Sha256};
use tokio::sync::{OwnedSemaphorePermit, oneshot};

use crate::DeskError;
use crate::import::ImportStep;
use crate::take_back::{TAKEN_AT_ONCE, TakeBackStep};

/// Work with its place in the queue, which becomes free when the work is answered.
pub struct Envelope {
    pub work: Work,
    pub place: OwnedSemaphorePermit,
}

/// One scan, read.
pub struct Prepared {
    pub scan: Scan,
    pub id_text: String,
    pub fingerprint: i64,
    pub intent: Intent,
}

type Reply<T> = oneshot::Sender<Result<T, DeskError>>;

/// Scans of one call.
pub struct Submission {
    pub actor: Actor,
    pub origin: Arc<Origin>,
    pub scans: Vec<Prepared>,
    pub reply: Reply<Vec<Arc<str>>>,
}

/// Everything that the desk does.
pub enum Work {
    Scans(Submission),
    Import { step: Box<ImportStep>, reply: Reply<Import> },
    TakeBack { step: TakeBackStep, reply: Reply<Import> },
}

impl Work {
    pub fn scans(actor: Actor, origin: Arc<Origin>, scans: Vec<Scan>, reply: Reply<Vec<Arc<str>>>) -> Self {
        let prepare = |scan: Scan| Prepared {
            id_text: scan.id.to_string(),
            fingerprint: fingerprint(&scan, actor.account),
            intent: scan.intent(),
            scan,
        };
        let scans = scans.into_iter().map(prepare).collect();
        Self::Scans(Submission { actor, origin, scans, reply })
    }

    /// How many scans or rows it holds.
    pub fn len(&self) -> usize {
        match self {
            Self::Scans(submission) => submission.scans.len(),
            Self::Import { step, .. } => step.rows.len(),
            Self::TakeBack { .. } => TAKEN_AT_ONCE as usize,
        }
    }

    /// Which of `lanes` it goes to. Scans into one parent go the same way, so that lanes rarely meet.
    pub fn lane(&self, lanes: usize) -> usize {
        let Self::Scans(submission) = self else { return 0 };
        let Some(intent) = submission.scans.first().map(|scan| &scan.intent) else { return 0 };
        let mut hasher = DefaultHasher::new();
        match (intent.bill(), intent.codes().last()) {
            (Some(bill), _) => bill.hash(&mut hasher),
            (None, Some(code)) => code.hash(&mut hasher),
            (None, None) => return 0,
        }
        usize::try_from(hasher.finish() % lanes as u64).unwrap_or_default()
    }
}

/// What a scan asks for, in 64 bits: the same id with another fingerprint is refused.
fn fingerprint(scan: &Scan, account: Option<AccountId>) -> i64 {
    let mut hash = Sha256::new();
    hash.update(account.unwrap_or(-1).to_le_bytes());
    hash.update(scan.client_at.0.to_le_bytes());
    hash.update(scan.action.name().as_bytes());
    for text in [scan.code.as_str(), scan.parent.as_deref().unwrap_or("\u{0}")] {
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text.as_bytes());
    }
    // Only what came later and is there: what was answered before must keep its fingerprint.
    if let Some(bill) = &scan.bill {
        hash.update(b"bill");
        hash.update(bill.as_bytes());
    }
    if let Some(details) = &scan.details {
        hash.update(format!("{details:?}").as_bytes());
    }
    let digest = hash.finalize();
    let mut first = [0; 8];
    first.copy_from_slice(&digest[..8]);
    i64::from_le_bytes(first)
}
