//! The desk: every scan is handed to it, alone or in thousands. A [`Domain`] knows what a scan is; the desk knows
//! queue, lanes, groups, retries, answers, audit and durability.
//!
//! What waits is taken together: one transaction loads the rows that the group touches, the domain decides one scan
//! after another in memory, and everything is written and flushed at once. The cost of a scan falls as load rises.
//!
//! Invariants: an answer is sent only once its commit is on the disk; a scan id is decided once, and repeats get the
//! same answer; what the queue cannot take is refused (`Busy`) when it is handed in, and never dropped later.

mod answers;
mod domain;
mod fingerprint;
mod group;
mod lane;
mod submission;

use std::sync::Arc;

use base_core::account::Actor;
use base_core::audit::Origin;
use base_core::time::Clock;
use base_db::{Db, StoreError};
pub use domain::{Answered, Decided, Domain, Fresh, Head, LaneParts, Turn};
pub use fingerprint::Fingerprint;
use submission::{Envelope, Work};
use tokio::sync::{Semaphore, mpsc, oneshot, watch};
use tokio::task::JoinHandle;

/// Most scans in one submission, and so in one API call.
pub const SCANS_PER_SUBMISSION_MAX: usize = 1000;
/// Most scans that wait for their answer at once; more are refused as `Busy`.
pub const SCANS_WAITING_MAX: usize = 16_384;
/// Most scans that one transaction decides.
const SCANS_PER_GROUP_MAX: usize = 1024;

/// The parts of a desk, besides its domain.
#[derive(Clone)]
pub struct Parts {
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// How many groups may be under way at once. SQLite has one writer and gains nothing from a second.
    pub lanes: usize,
}

/// Why the desk did not answer. In each case nothing was written, or the same scans may simply be sent again.
#[derive(Clone, Debug, thiserror::Error)]
pub enum DeskError {
    /// Too much is waiting; try again in a second.
    #[error("Too many scans are waiting. Send these again in a second.")]
    Busy,
    /// The program is closing.
    #[error("The server is closing. Send these again in a moment.")]
    Closing,
    /// The database cannot be reached, or returned an error.
    #[error("The scans could not be stored. Send them again.")]
    Store(#[source] Arc<StoreError>),
}

/// The handle that everybody holds. Cheap to clone; the desk closes when its last handle is dropped.
pub struct Desk<D: Domain> {
    domain: Arc<D>,
    lanes: Arc<[mpsc::UnboundedSender<Envelope<D>>]>,
    waiting: Arc<Semaphore>,
    committed: watch::Receiver<u64>,
}

impl<D: Domain> Clone for Desk<D> {
    fn clone(&self) -> Self {
        let Self { domain, lanes, waiting, committed } = self;
        Self { domain: domain.clone(), lanes: lanes.clone(), waiting: waiting.clone(), committed: committed.clone() }
    }
}

/// The running lanes, which the program waits for when it closes.
pub struct DeskTasks(Vec<JoinHandle<()>>);

impl<D: Domain> Desk<D> {
    /// Opens the desk of a domain. Several may be open on one database, each for a domain of its own.
    pub fn open(parts: &Parts, domain: D) -> (Self, DeskTasks) {
        let domain = Arc::new(domain);
        let (announce, committed) = watch::channel(0);
        let announce = Arc::new(announce);
        let mut senders = Vec::new();
        let mut tasks = Vec::new();
        for shard in 0..parts.lanes.max(1) {
            let (sender, receiver) = mpsc::unbounded_channel();
            senders.push(sender);
            let lane = lane::Lane::new(parts.clone(), domain.clone(), shard, announce.clone());
            tasks.push(lane.start(receiver));
        }
        let waiting = Arc::new(Semaphore::new(SCANS_WAITING_MAX));
        (Self { domain, lanes: senders.into(), waiting, committed }, DeskTasks(tasks))
    }

    /// Hands scans in and waits for their answers, in the order of the scans: each is the text that is stored for its
    /// scan id. Each scan is decided on its own, in order.
    pub async fn submit(
        &self,
        actor: Actor,
        origin: Arc<Origin>,
        scans: Vec<D::Command>,
    ) -> Result<Vec<Arc<str>>, DeskError> {
        debug_assert!(scans.len() <= SCANS_PER_SUBMISSION_MAX, "the caller checks the limit");
        if scans.is_empty() {
            return Ok(Vec::new());
        }
        let (reply, answers) = oneshot::channel();
        let work = Work::scans(&*self.domain, submission::Sent { actor, origin, scans }, reply);
        self.hand_in(work)?;
        answers.await.map_err(|_| DeskError::Closing)?
    }

    /// Runs a step of the domain's larger work, in its turn and in a transaction of its own.
    pub async fn step(&self, step: D::Step) -> Result<D::Stepped, DeskError> {
        let (reply, answer) = oneshot::channel();
        self.hand_in(Work::Step { step, reply })?;
        answer.await.map_err(|_| DeskError::Closing)?
    }

    /// Changes with every commit of this desk; the live feed waits on it.
    pub fn committed(&self) -> watch::Receiver<u64> {
        self.committed.clone()
    }

    fn hand_in(&self, work: Work<D>) -> Result<(), DeskError> {
        let count = u32::try_from(work.size(&self.domain).max(1)).unwrap_or(u32::MAX);
        let place = self.waiting.clone().try_acquire_many_owned(count).map_err(|_| DeskError::Busy)?;
        let lane = &self.lanes[work.lane(&self.domain, self.lanes.len())];
        lane.send(Envelope { work, place }).map_err(|_| DeskError::Closing)
    }
}

impl DeskTasks {
    /// Waits until everything that was handed in is answered. All [`Desk`] handles must be dropped first.
    pub async fn finish(self) {
        for task in self.0 {
            // A lane ends when its last sender is gone; a panic in it was already reported where it happened.
            let _ended = task.await;
        }
    }
}
