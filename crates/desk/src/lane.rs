//! A lane: takes everything that waits, decides it in one transaction, answers, and begins again.

use std::sync::Arc;
use std::time::Duration;

use bags_store::import::Import;
use base_db::{Cause, StoreError};
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, mpsc, watch};
use tokio::task::JoinHandle;

use crate::answers::{Answers, Committed};
use crate::group::{self, Decided, Memory};
use crate::import::{self, ImportStep};
use crate::submission::{Envelope, Submission, Work};
use crate::take_back::{self, TakeBackStep};
use crate::{DeskError, DeskParts, SCANS_PER_GROUP_MAX};

/// How often a group is tried when another node was faster, or the database went away for a moment.
const TRIES_MAX: u32 = 8;
/// The first pause between tries, in milliseconds; it doubles with each.
const PAUSE_MS: u64 = 10;

pub struct Lane {
    parts: DeskParts,
    shard: i64,
    announce: Arc<watch::Sender<u64>>,
    memory: Memory,
}

impl Lane {
    pub fn new(parts: DeskParts, shard: usize, announce: Arc<watch::Sender<u64>>) -> Self {
        // Shards of different lanes and nodes rarely meet, and nothing goes wrong when they do: they wait.
        let node = u64::from(std::process::id()) % 61;
        let shard = i64::try_from(node * 16 + shard as u64 % 16).unwrap_or_default();
        Self { parts, shard, announce, memory: Memory::default() }
    }

    /// Starts the lane on a thread of its own. A lane mostly waits for the database; among the tasks that serve requests
    /// it would wait for its turn after every statement, and everybody with it.
    pub fn start(self, queue: mpsc::UnboundedReceiver<Envelope>) -> JoinHandle<()> {
        let (runtime, name) = (Handle::current(), format!("desk-{}", self.shard % 16));
        let answers = Answers::start(format!("answers-{}", self.shard % 16), self.announce.clone());
        let (ended, end) = tokio::sync::oneshot::channel::<()>();
        let lane = move || {
            runtime.block_on(self.run(queue, &answers));
            answers.finish();
            drop(ended);
        };
        std::thread::Builder::new().name(name).spawn(lane).expect("the system gives one more thread at start");
        tokio::spawn(async move {
            let _ended = end.await;
        })
    }

    async fn run(mut self, mut queue: mpsc::UnboundedReceiver<Envelope>, answers: &Answers) {
        let mut next = None;
        loop {
            let first = match next.take() {
                Some(envelope) => envelope,
                None => match queue.recv().await {
                    Some(envelope) => envelope,
                    None => return,
                },
            };
            let mut places = vec![first.place];
            match first.work {
                Work::Import { step, reply } => {
                    let result = self.import(&step).await;
                    self.announce.send_modify(|version| *version += 1);
                    // Nobody may wait any more: the import went on all the same.
                    let _gone = reply.send(result);
                }
                Work::TakeBack { step, reply } => {
                    let result = self.take_back(&step).await;
                    self.announce.send_modify(|version| *version += 1);
                    let _gone = reply.send(result);
                }
                Work::Scans(submission) => {
                    let mut group = vec![submission];
                    next = gather(&mut queue, &mut group, &mut places);
                    self.answer(group, places, answers).await;
                }
            }
        }
    }

    async fn answer(&mut self, group: Vec<Submission>, places: Vec<OwnedSemaphorePermit>, owed: &Answers) {
        match self.decide(&group).await {
            Ok(Decided { answers, flush }) => owed.owe(Committed { group, answers, flush, places }),
            Err(error) => {
                let mut is_told = false;
                for submission in group {
                    is_told |= submission.reply.send(Err(error.clone())).is_ok();
                }
                if !is_told {
                    let error = &error as &dyn std::error::Error;
                    tracing::error!(error, "a group of scans could not be stored, and nobody waits for its answers");
                }
            }
        }
    }

    async fn decide(&mut self, group: &[Submission]) -> Result<Decided, DeskError> {
        let mut tries = 0;
        loop {
            match group::run(&self.parts, self.shard, &mut self.memory, group, tries > 0).await {
                Ok(decided) => return Ok(decided),
                Err(error) => self.pause(error, &mut tries).await?,
            }
        }
    }

    async fn import(&self, step: &ImportStep) -> Result<Import, DeskError> {
        let mut tries = 0;
        loop {
            match import::run(&self.parts, self.shard, step).await {
                Ok(after) => return Ok(after),
                Err(error) => self.pause(error, &mut tries).await?,
            }
        }
    }

    async fn take_back(&self, step: &TakeBackStep) -> Result<Import, DeskError> {
        let mut tries = 0;
        loop {
            match take_back::run(&self.parts, self.shard, step).await {
                Ok(after) => return Ok(after),
                Err(error) => self.pause(error, &mut tries).await?,
            }
        }
    }

    /// Waits before the next try, or gives up. What was committed though the reply got lost is found again by its scan
    /// ids, so trying again is always safe.
    async fn pause(&self, error: StoreError, tries: &mut u32) -> Result<(), DeskError> {
        *tries += 1;
        let conflict = error.is_conflict();
        // A mistake of ours stays one however often it is tried, and a disk that refused is not asked again.
        let hopeless = !conflict && (Cause::of(&error) == Cause::Ours || matches!(error, StoreError::Disk(_)));
        if hopeless || *tries == TRIES_MAX {
            // Whoever waits for the answer logs it, with the id of the request.
            return Err(DeskError::Store(Arc::new(error)));
        }
        if conflict && *tries == 1 {
            return Ok(());
        }
        if !conflict {
            tracing::warn!(error = &error as &dyn std::error::Error, tries, "trying a group of scans again");
        }
        tokio::time::sleep(Duration::from_millis(PAUSE_MS << *tries)).await;
        Ok(())
    }
}

/// Takes everything that waits into the group, up to its limit, and gives back what must wait for the next one.
fn gather(
    queue: &mut mpsc::UnboundedReceiver<Envelope>,
    group: &mut Vec<Submission>,
    places: &mut Vec<OwnedSemaphorePermit>,
) -> Option<Envelope> {
    let mut count: usize = group.iter().map(|submission| submission.scans.len()).sum();
    while let Ok(Envelope { work, place }) = queue.try_recv() {
        match work {
            Work::Scans(more) if count + more.scans.len() <= SCANS_PER_GROUP_MAX => {
                count += more.scans.len();
                group.push(more);
                places.push(place);
            }
            work => return Some(Envelope { work, place }),
        }
    }
    None
}
