//! What is handed to the desk, parsed and fingerprinted before it waits, so that the lane only decides.

use std::sync::Arc;

use base_core::account::Actor;
use base_core::audit::Origin;
use tokio::sync::{OwnedSemaphorePermit, oneshot};

use crate::DeskError;
use crate::domain::{Domain, Head};

/// Work with its place in the queue, which is freed when the work is answered.
pub struct Envelope<D: Domain> {
    pub work: Work<D>,
    pub place: OwnedSemaphorePermit,
}

/// One scan, parsed.
pub struct Prepared<I> {
    pub head: Head,
    pub id_text: String,
    pub intent: I,
}

type Reply<T> = oneshot::Sender<Result<T, DeskError>>;

/// Scans of one call, as they were sent.
pub struct Sent<C> {
    pub actor: Actor,
    pub origin: Arc<Origin>,
    pub scans: Vec<C>,
}

/// Scans of one call.
pub struct Submission<D: Domain> {
    pub actor: Actor,
    pub origin: Arc<Origin>,
    pub scans: Vec<Prepared<D::Intent>>,
    pub reply: Reply<Vec<Arc<str>>>,
}

/// Everything that the desk does.
pub enum Work<D: Domain> {
    Scans(Submission<D>),
    Step { step: D::Step, reply: Reply<D::Stepped> },
}

impl<D: Domain> Work<D> {
    pub fn scans(domain: &D, sent: Sent<D::Command>, reply: Reply<Vec<Arc<str>>>) -> Self {
        let Sent { actor, origin, scans } = sent;
        let prepare = |command: D::Command| {
            let head = domain.head(&command, actor.account);
            Prepared { head, id_text: head.id.to_string(), intent: domain.read(command) }
        };
        let scans = scans.into_iter().map(prepare).collect();
        Self::Scans(Submission { actor, origin, scans, reply })
    }

    /// How many places it takes in the queue.
    pub fn size(&self, domain: &D) -> usize {
        match self {
            Self::Scans(submission) => submission.scans.len(),
            Self::Step { step, .. } => domain.step_size(step),
        }
    }

    /// Which of `lanes` it goes to. Scans that touch the same rows go to the same lane, so that lanes rarely wait for
    /// each other.
    pub fn lane(&self, domain: &D, lanes: usize) -> usize {
        let Self::Scans(submission) = self else { return 0 };
        let Some(first) = submission.scans.first() else { return 0 };
        usize::try_from(domain.lane(&first.intent) % lanes as u64).unwrap_or_default()
    }
}
