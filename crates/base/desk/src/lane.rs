//! A lane: takes everything that waits, decides it in one transaction, answers, and begins again.

use std::sync::Arc;
use std::time::Duration;

use base_db::{Cause, StoreError};
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, mpsc, watch};
use tokio::task::JoinHandle;

use crate::answers::{Answers, Committed};
use crate::domain::{Domain, LaneParts};
use crate::group::{self, Done, Memory};
use crate::submission::{Envelope, Submission, Work};
use crate::{DeskError, Parts, SCANS_PER_GROUP_MAX};

/// How often a group is tried when another node was faster, or the database could not be reached for a moment.
const TRIES_MAX: u32 = 8;
/// The same for a part of a group that failed as a whole: the tries for what others may have done are over.
const TRIES_MAX_ALONE: u32 = 3;
/// How long a shared database may take over a group, and over a step, before it is taken for gone. Long after any wait for
/// a lock or a disk: a group that is tried again while its first try is still under way waits for that.
const GROUP_WITHIN: Duration = Duration::from_secs(15);
const STEP_WITHIN: Duration = Duration::from_mins(5);
/// The first pause between tries, in milliseconds; it doubles with each.
const PAUSE_MS: u64 = 10;

pub struct Lane<D: Domain> {
    parts: Parts,
    domain: Arc<D>,
    shard: i64,
    announce: Arc<watch::Sender<u64>>,
    memory: Memory<D>,
}

impl<D: Domain> Lane<D> {
    pub fn new(parts: Parts, domain: Arc<D>, shard: usize, announce: Arc<watch::Sender<u64>>) -> Self {
        // Different lanes and nodes rarely have the same shard; if they do, they wait for each other.
        let node = u64::from(std::process::id()) % 61;
        let shard = i64::try_from(node * 16 + shard as u64 % 16).unwrap_or_default();
        Self { parts, domain, shard, announce, memory: Memory::default() }
    }

    /// Starts the lane on a thread of its own. A lane mostly waits for the database; as a task among those that
    /// serve requests it would have to be scheduled again after every statement, and all callers would wait.
    pub fn start(self, queue: mpsc::UnboundedReceiver<Envelope<D>>) -> JoinHandle<()> {
        let (name, number) = (D::NAME, self.shard % 16);
        let runtime = Handle::current();
        let answers = Answers::start(format!("{name}-out-{number}"), self.announce.clone());
        let (ended, end) = tokio::sync::oneshot::channel::<()>();
        let lane = move || {
            runtime.block_on(self.run(queue, &answers));
            answers.finish();
            drop(ended);
        };
        let thread = std::thread::Builder::new().name(format!("{name}-{number}"));
        thread.spawn(lane).expect("the system gives one more thread at start");
        tokio::spawn(async move {
            let _ended = end.await;
        })
    }

    async fn run(mut self, mut queue: mpsc::UnboundedReceiver<Envelope<D>>, answers: &Answers<D>) {
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
                Work::Step { step, reply } => {
                    let result = self.step(&step).await;
                    self.announce.send_modify(|version| *version += 1);
                    // The caller may be gone; the step was done all the same.
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

    /// Decides a group and answers it. Where it fails for good, it may be one submission that the
    /// database does not take: then each is decided by itself, and the others are none the worse for it.
    async fn answer(&mut self, group: Vec<Submission<D>>, places: Vec<OwnedSemaphorePermit>, owed: &Answers<D>) {
        match self.decide(&group, TRIES_MAX).await {
            Ok(Done { answers, flush }) => owed.owe(Committed { group, answers, flush, places }),
            Err(DeskError::Store(cause)) if group.len() > 1 && Cause::of(&cause) == Cause::Ours => {
                for (submission, place) in group.into_iter().zip(places) {
                    let (alone, places) = (vec![submission], vec![place]);
                    match self.decide(&alone, TRIES_MAX_ALONE).await {
                        Ok(Done { answers, flush }) => owed.owe(Committed { group: alone, answers, flush, places }),
                        Err(error) => refuse(alone, &error),
                    }
                }
            }
            Err(error) => refuse(group, &error),
        }
    }

    async fn decide(&mut self, group: &[Submission<D>], tries_max: u32) -> Result<Done, DeskError> {
        let lane = LaneParts { db: &self.parts.db, clock: &*self.parts.clock, shard: self.shard };
        let mut tries = 0;
        loop {
            // Dropped half-way it leaves the lane's memory as it was, and nothing written but what its answers tell.
            let run = group::run(&*self.domain, lane, &mut self.memory, group, tries > 0);
            match self.parts.db.within(GROUP_WITHIN, run).await {
                Ok(done) => return Ok(done),
                Err(error) => pause::<D>(error, &mut tries, tries_max).await?,
            }
        }
    }

    async fn step(&self, step: &D::Step) -> Result<D::Stepped, DeskError> {
        let lane = LaneParts { db: &self.parts.db, clock: &*self.parts.clock, shard: self.shard };
        let mut tries = 0;
        loop {
            match self.parts.db.within(STEP_WITHIN, self.domain.step(lane, step)).await {
                Ok(stepped) => return Ok(stepped),
                Err(error) => pause::<D>(error, &mut tries, TRIES_MAX).await?,
            }
        }
    }
}

fn refuse<D: Domain>(group: Vec<Submission<D>>, error: &DeskError) {
    let mut is_told = false;
    for submission in group {
        is_told |= submission.reply.send(Err(error.clone())).is_ok();
    }
    if !is_told {
        let cause = error as &dyn std::error::Error;
        tracing::error!(desk = D::NAME, error = cause, "a group could not be stored, and nobody waits for its answers");
    }
}

/// Waits before the next try, or gives up. If a commit succeeded but its reply was lost, its scans are found by their
/// ids, so trying again is always safe.
async fn pause<D: Domain>(error: StoreError, tries: &mut u32, tries_max: u32) -> Result<(), DeskError> {
    *tries += 1;
    let (desk, count) = (D::NAME, *tries);
    let conflict = error.is_conflict();
    // A bug or a disk that failed will not get better by trying again.
    let hopeless = !conflict && (Cause::of(&error) == Cause::Ours || matches!(error, StoreError::Disk(_)));
    if hopeless || *tries == tries_max {
        // The caller logs it, with the id of the request.
        return Err(DeskError::Store(Arc::new(error)));
    }
    if conflict && *tries == 1 {
        return Ok(());
    }
    if !conflict {
        let cause = &error as &dyn std::error::Error;
        tracing::warn!(desk, error = cause, tries = count, "trying a group of scans again");
    }
    tokio::time::sleep(Duration::from_millis(PAUSE_MS << *tries)).await;
    Ok(())
}

/// Takes everything that waits into the group, up to its limit, and gives back what must wait for the next one.
fn gather<D: Domain>(
    queue: &mut mpsc::UnboundedReceiver<Envelope<D>>,
    group: &mut Vec<Submission<D>>,
    places: &mut Vec<OwnedSemaphorePermit>,
) -> Option<Envelope<D>> {
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
