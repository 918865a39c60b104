//! Answers leave once what they tell of is on the disk. Meanwhile the lane decides its next group: while one waits for the
//! disk, the other needs the processor.

use std::sync::{Arc, mpsc};
use std::thread;

use base_db::Flush;
use tokio::sync::{OwnedSemaphorePermit, watch};

use crate::DeskError;
use crate::domain::Domain;
use crate::submission::Submission;

/// A group that is committed, with what is still owed to it.
pub struct Committed<D: Domain> {
    pub group: Vec<Submission<D>>,
    /// By submission.
    pub answers: Vec<Vec<Arc<str>>>,
    pub flush: Flush,
    /// The group's places in what may wait, free again once it is answered.
    pub places: Vec<OwnedSemaphorePermit>,
}

/// The end of a lane that gives the answers, on a thread of its own: it waits for the disk.
pub struct Answers<D: Domain> {
    inbox: mpsc::Sender<Committed<D>>,
    thread: thread::JoinHandle<()>,
}

impl<D: Domain> Answers<D> {
    /// Starts the thread. `announce` is told of every group that is on the disk.
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
        // Its thread ends after this handle, or in a panic that was told where it happened: its callers then ask again.
        let _gone = self.inbox.send(committed);
    }

    /// Waits until everything is answered.
    pub fn finish(self) {
        drop(self.inbox);
        let _ended = self.thread.join();
    }
}

/// The last flush stands for all before it.
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
            // A caller that hung up will ask again with the same scan ids and get the same answers.
            let _gone = submission.reply.send(on_disk.clone().map(|()| answers));
        }
        drop(places);
    }
}
