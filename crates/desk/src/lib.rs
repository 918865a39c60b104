//! The desk: the one door through which every scan enters, alone or in thousands.
//!
//! What waits is taken together: one transaction loads the rows that the group touches, the rules decide one scan after
//! another in memory, and all is written and made durable at once. The cost of a scan falls as load rises.
//!
//! Invariants: an answer leaves only once the commit that holds it is on the disk; a scan id is answered once and then repeated; what
//! cannot be taken in is refused at the door (`Busy`) and never dropped behind it.

mod answers;
mod group;
mod import;
mod lane;
mod mailing;
mod submission;
mod take_back;

use std::sync::Arc;

use bags_rules::outcome::Answer;
use bags_rules::rules::Rules;
use bags_rules::scan::Scan;
use base_core::account::Actor;
use base_core::audit::Origin;
use base_core::time::Clock;
use base_db::{Db, StoreError};
pub use import::{ImportRow, ImportStep, note_of};
pub use mailing::{Mailing, NewBillWords};
use submission::{Envelope, Work};
pub use take_back::{TAKEN_AT_ONCE, TakeBackStep};
use tokio::sync::{Semaphore, mpsc, oneshot, watch};
use tokio::task::JoinHandle;

/// Most scans in one submission, and so in one API call.
pub const SCANS_PER_SUBMISSION_MAX: usize = 1000;
/// Most scans that wait for their answer at once; whoever comes later is told to come again.
pub const SCANS_WAITING_MAX: usize = 16_384;
/// Most scans that one transaction decides.
pub const SCANS_PER_GROUP_MAX: usize = 1024;

/// Gives the words for people that go with an answer.
pub type Phrase = Arc<dyn Fn(&Answer) -> Option<String> + Send + Sync>;

/// What the desk is made of.
#[derive(Clone)]
pub struct DeskParts {
    /// Where everything is kept.
    pub db: Db,
    /// The site's settings for the rules.
    pub rules: Arc<Rules>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The words of refusals.
    pub phrase: Phrase,
    /// How many groups may be under way at once. SQLite has one writer and gains nothing from a second.
    pub lanes: usize,
    /// How it writes to people; `None` where the house has no mail.
    pub mailing: Option<Mailing>,
}

/// Why the desk did not answer. In each case nothing was written, or the same scans may simply be sent again.
#[derive(Clone, Debug, thiserror::Error)]
pub enum DeskError {
    /// Too much is waiting; come again in a second.
    #[error("too many scans are waiting; send these again in a second")]
    Busy,
    /// The house is closing.
    #[error("the desk is closing; send these again in a moment")]
    Closing,
    /// The database cannot be reached or refused.
    #[error("the scans could not be stored; send them again")]
    Store(#[source] Arc<StoreError>),
}

/// The handle that everybody holds. Cheap to clone; the desk closes when [`Desk::close`] is called.
#[derive(Clone)]
pub struct Desk {
    lanes: Arc<[mpsc::UnboundedSender<Envelope>]>,
    waiting: Arc<Semaphore>,
    committed: watch::Receiver<u64>,
}

/// The running lanes, to be waited for when the house closes.
pub struct DeskTasks(Vec<JoinHandle<()>>);

impl Desk {
    /// Opens the desk.
    pub fn open(parts: &DeskParts) -> (Self, DeskTasks) {
        let (announce, committed) = watch::channel(0);
        let announce = Arc::new(announce);
        let mut senders = Vec::new();
        let mut tasks = Vec::new();
        for shard in 0..parts.lanes.max(1) {
            let (sender, receiver) = mpsc::unbounded_channel();
            senders.push(sender);
            let lane = lane::Lane::new(parts.clone(), shard, announce.clone());
            tasks.push(lane.start(receiver));
        }
        let waiting = Arc::new(Semaphore::new(SCANS_WAITING_MAX));
        (Self { lanes: senders.into(), waiting, committed }, DeskTasks(tasks))
    }

    /// Hands scans in and waits for their answers, JSON texts in the order of the scans. Each scan is decided on its
    /// own; the order is kept.
    pub async fn submit(
        &self,
        actor: Actor,
        origin: Arc<Origin>,
        scans: Vec<Scan>,
    ) -> Result<Vec<Arc<str>>, DeskError> {
        debug_assert!(scans.len() <= SCANS_PER_SUBMISSION_MAX, "the caller checks the limit");
        if scans.is_empty() {
            return Ok(Vec::new());
        }
        let (reply, answers) = oneshot::channel();
        let work = Work::scans(actor, origin, scans, reply);
        self.hand_in(work)?;
        answers.await.map_err(|_| DeskError::Closing)?
    }

    /// Takes an import one step on. The step and its rows become true together.
    pub async fn import(&self, step: ImportStep) -> Result<bags_store::import::Import, DeskError> {
        let (reply, answer) = oneshot::channel();
        self.hand_in(Work::Import { step: Box::new(step), reply })?;
        answer.await.map_err(|_| DeskError::Closing)?
    }

    /// Takes a roll back one step on.
    pub async fn take_back(&self, step: TakeBackStep) -> Result<bags_store::import::Import, DeskError> {
        let (reply, answer) = oneshot::channel();
        self.hand_in(Work::TakeBack { step, reply })?;
        answer.await.map_err(|_| DeskError::Closing)?
    }

    /// Changes with every commit that holds scans; the live feed waits on it.
    pub fn committed(&self) -> watch::Receiver<u64> {
        self.committed.clone()
    }

    fn hand_in(&self, work: Work) -> Result<(), DeskError> {
        let count = u32::try_from(work.len().max(1)).unwrap_or(u32::MAX);
        let place = self.waiting.clone().try_acquire_many_owned(count).map_err(|_| DeskError::Busy)?;
        let lane = &self.lanes[work.lane(self.lanes.len())];
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
