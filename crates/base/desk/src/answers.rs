//! Answers are sent once their commit is on the disk. Meanwhile the lane decides its next group: one waits for the disk
//! while the other uses the processor.

use std::sync::{Arc, mpsc};
use std::thread;

use base_db::Flush;
use tokio::sync::{OwnedSemaphorePermit, watch};

use crate::DeskError;
use crate::domain::Domain;
use crate::submission::Submission;

/// A group that is committed, with the answers that are still to be sent.
pub struct Committed<D: Domain> {
    pub group: Vec<Submission<D>>,
    /// By submission.
    pub answers: Vec<Vec<Arc<str>>>,
    pub flush: Flush,
    /// The group's places in the queue, freed once it is answered.
    pub places: Vec<OwnedSemaphorePermit>,
}

/// The part of a lane that sends the answers, on a thread of its own because it waits for the disk.
pub struct Answers<D: Domain> {
    inbox: mpsc::Sender<Committed<D>>,
    thread: thread::JoinHandle<()>,
}

impl<D: Domain> Answers<D> {
    /// Starts the thread. `announce` is called for every group that is on the disk.
    pub fn start(name: String, announce: Arc<watch::Sender<u64>>) -> Self {
        let (inbox, committed) = mpsc::channel::<Committed<D>>();
        let answer = move || {
            while let Ok(first) = committed.recv() {
                let groups = std::iter::once(first).chain(committed.try_iter()).collect();
                give(groups, &announce);
            }
        };
        let thread =
            thread::Builder::new().name(name).spawn(answer).expect("the system gives one more thread at start");
        Self { inbox, thread }
    }

    /// Takes a group over.
    pub fn owe(&self, committed: Committed<D>) {
        // The thread outlives this handle, unless it panicked, which was reported where it happened: its callers ask
        // again.
        let _gone = self.inbox.send(committed);
    }

    /// Waits until everything is answered.
    pub fn finish(self) {
        drop(self.inbox);
        let _ended = self.thread.join();
    }
}

/// The last flush covers all before it.
fn give<D: Domain>(groups: Vec<Committed<D>>, announce: &watch::Sender<u64>) {
    let mut flushes = Vec::with_capacity(groups.len());
    let mut owed = Vec::with_capacity(groups.len());
    for Committed { group, answers, flush, places } in groups {
        flushes.push(flush);
        owed.push((group, answers, places));
    }
    let on_disk = flushes.pop().map_or(Ok(()), Flush::wait).map_err(|error| {
        let cause = &error as &dyn std::error::Error;
        tracing::error!(desk = D::NAME, error = cause, "scans were committed and did not reach the disk");
        DeskError::Store(Arc::new(error))
    });
    if on_disk.is_ok() {
        announce.send_modify(|version| *version += 1);
    }
    for (group, answers, places) in owed {
        for (submission, answers) in group.into_iter().zip(answers) {
            // A caller that has gone can ask again with the same scan ids and gets the same answers.
            let _gone = submission.reply.send(on_disk.clone().map(|()| answers));
        }
        drop(places);
    }
}
